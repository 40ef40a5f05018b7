//! What a client is told, and the mistakes in it.

use std::net::IpAddr;

use url::{Host, Url};

use super::pace::Pace;
use super::retry::Patience;

/// How one side is asked.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The address that request targets are appended to. A user and password in it are sent as basic authentication.
    pub base: Url,
    /// The limit of a body, in bytes.
    pub max_body: usize,
    /// What is done with requests that may change something.
    pub writes: Writes,
    /// How long a busy service is waited for.
    pub patience: Patience,
    /// How fast the side is asked. Clones of a pace count together: give one to both sides when they are one host.
    pub pace: Pace,
    /// The `User-Agent` header.
    pub user_agent: String,
}

/// What is done with requests other than `GET`, `HEAD` and `OPTIONS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Writes {
    /// They are sent to loopback addresses only: whoever else serves them is not ours to change.
    #[default]
    LoopbackOnly,
    /// They are sent anywhere.
    Anywhere,
}

/// Where a service is, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On this machine: nobody else is disturbed.
    Loopback,
    /// Anywhere else: the tool is a guest there.
    Remote,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base address cannot have targets appended to it.
    #[error("`{base}` is no base address: {reason}; write it like `http://127.0.0.1:8000` or `https://example.org/api`")]
    Base {
        /// The address, without its password.
        base: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The `User-Agent` is not one line of visible ASCII characters.
    #[error("`{0}` cannot be sent as `User-Agent`: use visible ASCII characters only")]
    UserAgent(String),
    /// The HTTP library could not be set up.
    #[error("cannot set up the HTTP client: {0}")]
    SetUp(String),
}

impl ClientConfig {
    /// The limit of a body in bytes, unless another is asked for: 64 MiB.
    pub const MAX_BODY: usize = 64 << 20;

    /// The defaults for an address: a guest's pace and no writes where it is not loopback.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            pace: Pace::towards(Reach::of(&base), None, None),
            base,
            max_body: Self::MAX_BODY,
            writes: Writes::default(),
            patience: Patience::default(),
            user_agent: concat!("parity/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl Reach {
    /// Where an address leads: loopback is `127.0.0.0/8`, `::1`, and `localhost` with the names below it (RFC 6761, section 6.3).
    #[must_use]
    pub fn of(base: &Url) -> Self {
        let loopback = match base.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
            Some(Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
            }
            None => false,
        };
        if loopback { Self::Loopback } else { Self::Remote }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_machine_and_nothing_that_looks_like_it() {
        for (base, expected) in [
            ("http://127.0.0.1:80", Reach::Loopback),
            ("http://127.8.9.1", Reach::Loopback),
            ("http://[::1]:8080/x", Reach::Loopback),
            ("http://[::ffff:127.0.0.1]/", Reach::Loopback),
            ("http://localhost", Reach::Loopback),
            ("http://api.localhost.", Reach::Loopback),
            ("http://localhost.example.org", Reach::Remote),
            ("http://notlocalhost", Reach::Remote),
            ("http://127.0.0.1.example.org", Reach::Remote),
            ("http://10.0.0.1", Reach::Remote),
            ("http://0.0.0.0", Reach::Remote),
            ("https://example.org", Reach::Remote),
        ] {
            assert_eq!(Reach::of(&Url::parse(base).unwrap()), expected, "{base}");
        }
    }
}
