//! Why a request failed, in plain words: the root of an error, not the layers around it.

use std::error::Error;
use std::io;

use crate::exchange::{Unreachable, UnreachableKind};

use super::body::Progress;

/// The one error of a chain that says what happened.
#[derive(Debug)]
pub(super) enum Cause<'e> {
    /// The operating system's.
    System(&'e io::Error),
    /// The name has no address.
    Name,
    /// The TLS handshake failed.
    Tls(&'e rustls::Error),
    /// What came is not HTTP.
    NotHttp(&'e hyper::Error),
    /// The connection was closed in the middle.
    Closed,
    /// Anything else.
    Other(&'e (dyn Error + 'static)),
}

impl<'e> Cause<'e> {
    /// Looks through the layers of an error.
    pub fn of(error: &'e (dyn Error + 'static)) -> Self {
        let mut cause = Cause::Other(error);
        let mut layer = Some(error);
        while let Some(current) = layer {
            if let Some(tls) = current.downcast_ref::<rustls::Error>() {
                return Cause::Tls(tls);
            }
            // The connector's error type is private; this is all it says of its kind.
            if current.to_string() == "dns error" {
                return Cause::Name;
            }
            cause = match current.downcast_ref::<hyper::Error>() {
                Some(http) if http.is_parse() => return Cause::NotHttp(http),
                Some(http) if http.is_incomplete_message() || http.is_canceled() || http.is_closed() => Cause::Closed,
                _ => match current.downcast_ref::<io::Error>() {
                    // An error that wraps another shows that one's source as its own.
                    Some(system) => match system.get_ref() {
                        Some(inner) if system.kind() != io::ErrorKind::UnexpectedEof => {
                            layer = Some(inner);
                            continue;
                        }
                        _ if system.kind() == io::ErrorKind::UnexpectedEof => Cause::Closed,
                        _ => Cause::System(system),
                    },
                    None if current.source().is_none() && matches!(cause, Cause::Other(_)) => Cause::Other(current),
                    None => cause,
                },
            };
            layer = current.source();
        }
        cause
    }

    /// The failure before any head came; `authority` is who was asked.
    pub fn before_head(&self, authority: &str) -> Unreachable {
        use io::ErrorKind as Kind;
        let (kind, reason) = match self {
            Self::System(error) => match error.kind() {
                Kind::ConnectionRefused => (UnreachableKind::Refused, format!("connection refused by {authority}")),
                Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => (
                    UnreachableKind::Refused,
                    format!("connection reset by {authority} before an answer"),
                ),
                Kind::TimedOut => (UnreachableKind::TimedOut, format!("no connection to {authority}: {}", words(error))),
                _ => (UnreachableKind::Refused, format!("no connection to {authority}: {}", words(error))),
            },
            Self::Name => {
                let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
                (UnreachableKind::Refused, format!("no address is known for the host `{host}`"))
            }
            Self::Tls(error) => (UnreachableKind::Refused, format!("no TLS with {authority}: {error}")),
            Self::NotHttp(error) => (UnreachableKind::Broken, format!("the answer is not HTTP: {error}")),
            Self::Closed => (
                UnreachableKind::Refused,
                format!("connection closed by {authority} before an answer"),
            ),
            Self::Other(error) => (UnreachableKind::Refused, format!("no answer from {authority}: {error}")),
        };
        Unreachable { kind, reason }
    }

    /// The failure after the head came.
    pub fn in_body(&self, progress: &Progress) -> Unreachable {
        let why = match self {
            Self::Closed => "connection closed".to_owned(),
            Self::System(error) if error.kind() == io::ErrorKind::ConnectionReset => "connection reset".to_owned(),
            Self::System(error) => words(error),
            Self::NotHttp(error) => error.to_string(),
            Self::Tls(error) => error.to_string(),
            Self::Name => "no such host".to_owned(),
            Self::Other(error) => error.to_string(),
        };
        Unreachable {
            kind: UnreachableKind::Broken,
            reason: format!("the body breaks off after {}: {why}", progress.bytes()),
        }
    }
}

/// The innermost error of a chain.
pub(super) fn root<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    std::iter::successors(Some(error), |error| (*error).source())
        .last()
        .unwrap_or(error)
}

/// What the operating system says, without its number: `network is unreachable`.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words);
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] io::Error);

    fn before_head(error: io::Error) -> String {
        Cause::of(&Outer(error)).before_head("example.org:80").to_string()
    }

    #[test]
    fn the_root_is_said_in_words() {
        assert_eq!(
            before_head(io::Error::from_raw_os_error(111)),
            "refused: connection refused by example.org:80"
        );
        assert_eq!(
            before_head(io::Error::from_raw_os_error(101)),
            "refused: no connection to example.org:80: network is unreachable"
        );
        assert_eq!(
            before_head(io::Error::from_raw_os_error(110)),
            "timed out: no connection to example.org:80: connection timed out"
        );
        assert_eq!(
            before_head(io::Error::other(rustls::Error::DecryptError)),
            "refused: no TLS with example.org:80: cannot decrypt peer's message"
        );
        assert_eq!(
            before_head(io::Error::other(Outer(io::Error::from(io::ErrorKind::ConnectionReset)))),
            "refused: connection reset by example.org:80 before an answer"
        );
    }

    #[test]
    fn a_broken_body_says_how_far_it_came() {
        let progress = Progress {
            head: true,
            received: 10,
            announced: Some(20),
        };
        let error = Outer(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "end of file before message length reached",
        ));
        assert_eq!(
            Cause::of(&error).in_body(&progress).to_string(),
            "broken off: the body breaks off after 10 of 20 bytes: connection closed"
        );
    }
}
