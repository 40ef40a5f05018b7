//! The lines of a record as they are written: types of their own, so that the format changes only when this file does.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::exchange::{Once, OracleKind, UnreachableKind};
use crate::snapshot::SnapshotState;
use crate::verdict::{Told, Verdict};

use super::event::{End, RecordedGate, RecordedPart, RecordedService, RecordedShard, RecordedSuite, Said, Totals};

/// What every line begins with; the first also has a version.
#[derive(Debug, Deserialize)]
pub(super) struct AnyLine {
    #[serde(rename = "type")]
    pub kind: String,
    pub version: Option<u32>,
    pub tool: Option<String>,
}

/// The type of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Run,
    Exchange,
    Verdict,
    End,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunLine<'a> {
    #[serde(rename = "type")]
    pub kind: Kind,
    pub version: u32,
    pub tool: Cow<'a, str>,
    pub started: Timestamp,
    pub oracle: OracleLine<'a>,
    pub services: Vec<RecordedService>,
    pub suites: Vec<RecordedSuite>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<RecordedPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Cow<'a, str>>,
    #[serde(default)]
    pub full: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<RecordedShard>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OracleLine<'a> {
    pub kind: OracleKind,
    pub source: Cow<'a, str>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExchangeLine<'a> {
    #[serde(rename = "type")]
    pub kind: Kind,
    pub suite: Cow<'a, str>,
    pub case: Vec<BoundLine<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub ad_hoc: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub veiled: bool,
    /// Microseconds from the beginning of the run until both answers were there.
    pub at_us: u64,
    pub legacy: SideLine<'a>,
    pub candidate: SideLine<'a>,
}

/// A parameter: its name, its value, and what the value stands for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BoundLine<'a>(pub Cow<'a, str>, pub Cow<'a, str>, pub Option<Cow<'a, str>>);

/// One side: `response` or `unreachable`, never both.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SideLine<'a> {
    pub request: RequestLine<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<UnreachableLine<'a>>,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub attempts: u32,
    /// How often it was asked in all.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
    /// Why it was asked once in a run that asks again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<Once>,
    /// The answers that are not the first one over again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherLine<'a>>,
}

/// One more answer of a side: `response` or `unreachable`, never both.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OtherLine<'a> {
    /// Which answer it is; the first one of the side is 1.
    pub number: u32,
    /// How often it came.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub seen: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<UnreachableLine<'a>>,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub attempts: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RequestLine<'a> {
    pub method: Cow<'a, str>,
    pub target: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyLine<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ResponseLine<'a> {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: BodyLine<'a>,
    /// Microseconds from sending the request to the last byte of the body.
    pub elapsed_us: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UnreachableLine<'a> {
    pub kind: UnreachableKind,
    pub reason: Cow<'a, str>,
}

/// `{"text": …}` for UTF-8, `{"base64": …}` (RFC 4648, with padding) for anything else.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum BodyLine<'a> {
    Text(Cow<'a, str>),
    Base64(Cow<'a, str>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VerdictLine<'a> {
    #[serde(rename = "type")]
    pub kind: Kind,
    pub suite: Cow<'a, str>,
    pub case: Vec<BoundLine<'a>>,
    pub verdict: Verdict,
    pub standing: Said,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
    pub snapshot: SnapshotState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Cow<'a, Told>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EndLine {
    #[serde(rename = "type")]
    pub kind: Kind,
    pub totals: Totals,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oracle: Option<OracleKind>,
    pub exit: u8,
    #[serde(default, skip_serializing_if = "is_false")]
    pub interrupted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<RecordedGate>,
}

impl EndLine {
    pub fn of(end: &End) -> Self {
        Self {
            kind: Kind::End,
            totals: end.totals.clone(),
            oracle: end.oracle,
            exit: end.exit,
            interrupted: end.interrupted,
            gate: end.gate.clone(),
        }
    }
}

impl<'a> BodyLine<'a> {
    pub fn of(body: &'a [u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok(text) => Self::Text(Cow::Borrowed(text)),
            Err(_) => Self::Base64(Cow::Owned(BASE64_STANDARD.encode(body))),
        }
    }

    pub fn into_bytes(self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.into_owned().into_bytes()),
            Self::Base64(text) => BASE64_STANDARD
                .decode(text.as_bytes())
                .map_err(|error| format!("a body is no base64: {error}")),
        }
    }
}

const fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_once(times: &u32) -> bool {
    *times == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
