//! Absolute addresses to targets below a base.

use std::collections::BTreeSet;

use url::Url;

/// An address, split where the path begins; the target is kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Scheme, host and port, in one spelling.
    pub origin: String,
    /// Path and query, beginning with `/`.
    pub target: String,
}

impl Address {
    /// Splits an address; `None` when it is not one of `http` or `https`.
    pub fn parse(address: &str) -> Option<Self> {
        let address = address.split('#').next().unwrap_or_default();
        let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let (_, behind_scheme) = address.split_once("://")?;
        let target = &behind_scheme[behind_scheme.find(['/', '?']).unwrap_or(behind_scheme.len())..];
        Some(Self {
            origin: url.origin().ascii_serialization(),
            target: if target.starts_with('/') {
                target.to_owned()
            } else {
                format!("/{target}")
            },
        })
    }
}

/// The base of all targets: an origin, and the path below which they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    origin: String,
    /// Without a slash at the end.
    path: String,
}

impl Base {
    pub fn of(base: &Url) -> Self {
        Self {
            origin: base.origin().ascii_serialization(),
            path: base.path().trim_end_matches('/').to_owned(),
        }
    }

    /// The one origin of all addresses. A path that they have in common is not part of it: whether `/run/1` and `/run/2` are
    /// below `/run` nobody can tell.
    pub fn common<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Result<Self, BTreeSet<String>> {
        let mut origins: BTreeSet<String> = addresses.into_iter().map(|address| address.origin.clone()).collect();
        match (origins.pop_first(), origins.is_empty()) {
            (Some(origin), true) => Ok(Self {
                origin,
                path: String::new(),
            }),
            (first, _) => Err(first.into_iter().chain(origins).collect()),
        }
    }

    /// The target below the base, or `None` when it is elsewhere.
    pub fn relative(&self, address: &Address) -> Option<String> {
        if address.origin != self.origin {
            return None;
        }
        let below = address.target.strip_prefix(&self.path)?;
        match below.as_bytes().first() {
            Some(b'/') => Some(below.to_owned()),
            Some(b'?') | None => Some(format!("/{below}")),
            Some(_) => None,
        }
    }
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn targets_are_kept_as_written() {
        for (text, origin, target) in [
            ("http://legacy.test/api/run/24", "http://legacy.test", "/api/run/24"),
            ("HTTP://Legacy.test:80", "http://legacy.test", "/"),
            (
                "https://u:p@x.org:8443//a/%2e%2E/b%2F?c=%20#d",
                "https://x.org:8443",
                "//a/%2e%2E/b%2F?c=%20",
            ),
            ("http://x?a", "http://x", "/?a"),
        ] {
            let parsed = address(text);
            assert_eq!((parsed.origin.as_str(), parsed.target.as_str()), (origin, target), "{text}");
        }
        for nothing in ["data:text/plain,x", "chrome-extension://x/y", "/a", "", "http://"] {
            assert_eq!(Address::parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_base_strips_whole_segments() {
        let base = Base::of(&Url::parse("http://x.org:80/api/").unwrap());
        assert_eq!(base.to_string(), "http://x.org/api");
        let relative = |text| base.relative(&address(text));
        assert_eq!(relative("http://x.org/api/run"), Some("/run".into()));
        assert_eq!(relative("http://x.org/api"), Some("/".into()));
        assert_eq!(relative("http://x.org/api?a=1"), Some("/?a=1".into()));
        assert_eq!(relative("http://x.org/apis/run"), None);
        assert_eq!(relative("https://x.org/api/run"), None);
    }

    #[test]
    fn without_a_base_there_is_one_origin() {
        let common = |texts: &[&str]| Base::common(&texts.iter().map(|text| address(text)).collect::<Vec<_>>());
        assert_eq!(common(&["http://x/run/1", "http://x:80/run/2"]).unwrap().to_string(), "http://x");
        assert_eq!(common(&["http://x/", "http://y/"]).unwrap_err().len(), 2);
        assert_eq!(common(&[]).unwrap_err().len(), 0);
    }
}
