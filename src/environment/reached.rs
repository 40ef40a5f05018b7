//! Where a service is reached: from this machine, and from inside a container.

/// Where a service is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    /// From this machine.
    pub(super) local: (String, u16),
    /// From inside a container.
    pub(super) contained: (String, u16),
}

impl Reached {
    /// A process on this machine.
    pub(super) fn process(port: u16) -> Self {
        Self {
            local: ("127.0.0.1".to_owned(), port),
            contained: ("host.docker.internal".to_owned(), port),
        }
    }

    /// Something with a URL; on this machine, a container reaches it by the name of its host.
    pub(super) fn url(url: &url::Url) -> Option<Self> {
        let host = url.host_str()?.to_owned();
        let port = url.port_or_known_default()?;
        let contained = if is_loopback(url) {
            "host.docker.internal".to_owned()
        } else {
            host.clone()
        };
        Some(Self {
            local: (host, port),
            contained: (contained, port),
        })
    }
}

/// Whether a URL leads to this machine itself.
pub(super) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        // Where the scheme is none of the web's, an address is read as a name.
        Some(url::Host::Domain(name)) => {
            let is_address = |address: std::net::Ipv4Addr| address.is_loopback();
            name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_address)
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (address, expected) in [
            ("http://127.0.0.1:80/", true),
            ("mysql://root:ok@127.0.0.1:3306/", true),
            ("mysql://root@127.1.2.3/db", true),
            ("http://[::1]:80/", true),
            ("mysql://root@[::1]/", true),
            ("mysql://root@localhost/", true),
            ("http://api.localhost/", true),
            ("mysql://root@10.0.0.1/", false),
            ("mysql://root@127.0.0.1.example.org/", false),
            ("http://example.org/", false),
        ] {
            assert_eq!(is_loopback(&address.parse().unwrap()), expected, "{address}");
        }
    }
}
