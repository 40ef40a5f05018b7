//! The address of a request: the base with the target appended, nothing more.

use url::{Position, Url};

use crate::exchange::{Unreachable, UnreachableKind};

use super::config::ClientError;

/// A base address, ready to have targets appended.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// Scheme, authority and path prefix, without the user, the password and a slash at the end.
    prefix: String,
    /// Where the path begins in it.
    path_at: usize,
}

impl Base {
    pub fn new(url: &Url) -> Result<Self, ClientError> {
        let wrong = |reason| {
            let mut shown = url.clone();
            // Both fail only where there is no host, and then there is no password either.
            let _ = shown.set_password(None);
            let _ = shown.set_username("");
            Err(ClientError::Base {
                base: shown.into(),
                reason,
            })
        };
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("its scheme is neither `http` nor `https`");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return wrong("a query or fragment cannot have targets appended to it");
        }
        let origin = format!("{}://{}", url.scheme(), &url[Position::BeforeHost..Position::AfterPort]);
        let path = url.path().trim_end_matches('/');
        Ok(Self {
            path_at: origin.len(),
            prefix: origin + path,
        })
    }

    /// The address that targets are appended to.
    pub fn address(&self) -> &str {
        &self.prefix
    }

    /// Host and port, for people.
    pub fn authority(&self) -> &str {
        let origin = &self.prefix[..self.path_at];
        origin.split_once("://").map_or(origin, |(_, authority)| authority)
    }

    /// The address of a target, exactly as it is written.
    ///
    /// The URL standard, by which every HTTP library in use reads addresses, changes some of them: it takes `.` and `..`
    /// segments out of the path, also as `%2e`, turns `\` into `/`, drops line ends and encodes what must not stand
    /// there. A request that would arrive as another one than was asked for is not sent.
    pub fn join(&self, target: &str) -> Result<Url, Unreachable> {
        let not_asked = |reason: String| Unreachable {
            kind: UnreachableKind::NotAsked,
            reason,
        };
        if !target.starts_with('/') {
            return Err(not_asked(format!("a request target begins with `/`: `{target}`")));
        }
        let mut address = String::with_capacity(self.prefix.len() + target.len());
        address.push_str(&self.prefix);
        address.push_str(target);
        let url = Url::parse(&address).map_err(|error| not_asked(format!("`{address}` is no URL: {error}")))?;
        if url[Position::BeforePath..] == address[self.path_at..] && url.fragment().is_none() {
            return Ok(url);
        }
        let sent = &url[Position::BeforePath..Position::AfterQuery];
        let base = &self.prefix[self.path_at..];
        let sent = sent.strip_prefix(base).unwrap_or(sent);
        Err(not_asked(format!(
            "`{target}` cannot be sent as it is written, but only as `{sent}`: percent-encode what must not stand in a URL; `.` and `..` cannot be segments of a path"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> Base {
        Base::new(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn targets_are_appended_verbatim() {
        for target in [
            "/",
            "/run/trace/34",
            "/run/trace/34%2F",
            "/run//trace/",
            "/run/trace/%2f%2F%41%e9",
            "/a:b@c;d=e,f!$&'()*+~",
            "/x?",
            "/x?a=1&a=2&b=%20+&c=[]|^`{}",
            "/x?/../y",
            "/...",
            "/.x/x..",
        ] {
            let joined = |prefix: &str| base(prefix).join(target).map(String::from);
            assert_eq!(joined("http://127.0.0.1:81").unwrap(), format!("http://127.0.0.1:81{target}"));
            assert_eq!(
                joined("http://example.org/api/v1/").unwrap(),
                format!("http://example.org/api/v1{target}")
            );
            assert_eq!(joined("http://u:p@example.org/").unwrap(), format!("http://example.org{target}"));
        }
    }

    #[test]
    fn a_target_that_would_arrive_as_another_is_not_asked() {
        for (target, sent) in [
            ("/a/../b", "/b"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.", "/a/"),
            ("/a\\b", "/a/b"),
            ("/a b", "/a%20b"),
            ("/é", "/%C3%A9"),
            ("/a\nb", "/ab"),
            ("/x?a='", "/x?a=%27"),
            ("/x#y", "/x"),
        ] {
            let refused = base("http://127.0.0.1/api").join(target).unwrap_err();
            assert_eq!(refused.kind, UnreachableKind::NotAsked, "{target}");
            assert!(
                refused.reason.contains(&format!("only as `{sent}`")),
                "{target}: {}",
                refused.reason
            );
        }
        let escape = base("http://127.0.0.1/api").join("/../../secret").unwrap_err();
        assert!(escape.reason.contains("only as `/secret`"), "{}", escape.reason);
        let foreign = base("http://127.0.0.1").join("@example.org/").unwrap_err();
        assert_eq!(foreign.reason, "a request target begins with `/`: `@example.org/`");
    }

    #[test]
    fn a_base_is_http_without_query_and_its_password_is_never_shown() {
        let error = |url: &str| Base::new(&Url::parse(url).unwrap()).unwrap_err().to_string();
        assert_eq!(
            error("ftp://u:secret@example.org/x"),
            "`ftp://example.org/x` is no base address: its scheme is neither `http` nor `https`; write it like `http://127.0.0.1:8000` or `https://example.org/api`"
        );
        assert!(error("http://example.org/?a=b").contains("a query or fragment"));
        assert!(error("data:x").contains("neither `http` nor `https`"));
        assert_eq!(base("https://u:p@[::1]:8443/api").authority(), "[::1]:8443");
        assert_eq!(base("http://example.org:80").authority(), "example.org");
    }
}
