//! Requests and answers as they were on the wire.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::side::PerSide;

/// A request as it was sent, relative to the side's base URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, upper case.
    pub method: String,
    /// Path and query, percent-encoded, beginning with `/`.
    pub target: String,
    /// Headers that the suite declares; those that the client adds are left out.
    pub headers: Headers,
    /// The body, when there is one.
    pub body: Option<Body>,
}

/// What one side answered, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The HTTP status code.
    pub status: u16,
    /// Every header, in the order in which it came.
    pub headers: Headers,
    /// The body, whole.
    pub body: Body,
    /// From sending the request to the last byte of the body.
    pub elapsed: Duration,
}

/// The outcome of asking one side.
pub type Answer = Result<Observation, Unreachable>;

/// The outcomes of asking both sides the same thing.
pub type Exchange = PerSide<Answer>;

/// Header fields in order; names compare without regard to case (RFC 9110, section 5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(pub Vec<(String, String)>);

/// The bytes of a body; cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(pub Bytes);

/// Why a side gave no answer to judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    /// What happened.
    pub kind: UnreachableKind,
    /// What the operating system or the limit says, as a lowercase fragment.
    pub reason: String,
}

/// The ways in which a side gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreachableKind {
    /// No connection: refused, reset before an answer, no such host.
    Refused,
    /// The time limit passed.
    TimedOut,
    /// The body is larger than the size limit.
    TooLarge,
    /// The answer is not HTTP, or ended before its declared length.
    Broken,
    /// The service asks to come again later: 429, or 502 to 504 from an address that is not loopback.
    Busy,
    /// The recording that stands for the side has no answer to this request.
    NotRecorded,
    /// The request was not sent: it would change something where the tool is a guest, or would arrive as another one.
    NotAsked,
}

impl Observation {
    /// Whether the service itself says that it only stands in for the genuine one.
    #[must_use]
    pub fn says_stand_in(&self) -> bool {
        let said = self.headers.get("parity-oracle");
        said.is_some_and(|value| value.eq_ignore_ascii_case("stand-in"))
    }
}

impl Headers {
    /// Every value of a header, in the order in which they came.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.0.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name));
        fields.map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Body {
    /// The body as text, when it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => write!(f, "Body({text:?})"),
            None => write!(f, "Body({} bytes)", self.0.len()),
        }
    }
}

impl UnreachableKind {
    /// The kind in words: `timed out`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed out",
            Self::TooLarge => "too large",
            Self::Broken => "broken off",
            Self::Busy => "busy",
            Self::NotRecorded => "not recorded",
            Self::NotAsked => "not asked",
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.reason)
    }
}
