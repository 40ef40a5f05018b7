//! An observation read as what the suite says it is, or the reason why it cannot be.

use std::borrow::Cow;

use crate::exchange::{Encoding, MediaType, Observation, Side, Unreachable, UnreachableKind, with_address};
use crate::value::{Object, ReadError, Value, read, read_xml};

use super::judgement::Failure;

/// An answer's body as it is judged: a document in which the side's own base URL is `{base}`; `None` when it is not one.
/// `declared` is what the suite says of the side.
#[must_use]
pub fn document<'x>(observation: &'x Observation, base: Option<&str>, declared: Option<Encoding>) -> Option<Value<'x>> {
    match Reading::of(observation, base, declared) {
        Reading::Document(document, _) => Some(document),
        Reading::Empty | Reading::Unreadable(..) => None,
    }
}

/// A body as far as it can be read.
#[derive(Debug)]
pub(super) enum Reading<'x> {
    /// A document, and what it was written in.
    Document(Value<'x>, Encoding),
    /// No body at all.
    Empty,
    /// Something else: what it was read as, and why it is not a document.
    Unreadable(Encoding, ReadError),
}

impl<'x> Reading<'x> {
    /// Reads a body as what its media type says it is, else as what is declared, else as JSON: a legacy may answer JSON, and
    /// some of its errors in XML. The side's own base URL becomes `{base}`.
    pub fn of(observation: &'x Observation, base: Option<&str>, declared: Option<Encoding>) -> Self {
        if observation.body.0.is_empty() {
            return Self::Empty;
        }
        let said = media_type(observation).as_ref().and_then(Encoding::of);
        let encoding = said.or(declared).unwrap_or(Encoding::Json);
        let document = match encoding {
            Encoding::Json => read(&observation.body.0),
            Encoding::Xml => read_xml(&observation.body.0).and_then(|document| match said {
                None if is_web_page(&document) => Err(ReadError {
                    line: 0,
                    column: 0,
                    reason: "a web page".to_owned(),
                }),
                _ => Ok(document),
            }),
        };
        match document {
            Ok(mut document) => {
                if let Some(base) = base {
                    neutralise(&mut document, base, &observation.body.0);
                }
                Self::Document(document, encoding)
            }
            Err(error) => Self::Unreadable(encoding, error),
        }
    }

    /// The document, with what it was written in.
    pub fn into_body(self) -> Option<(Value<'x>, Encoding)> {
        match self {
            Self::Document(document, encoding) => Some((document, encoding)),
            Self::Empty | Self::Unreadable(..) => None,
        }
    }

    pub const fn document(&self) -> Option<&Value<'x>> {
        match self {
            Self::Document(document, _) => Some(document),
            Self::Empty | Self::Unreadable(..) => None,
        }
    }
}

/// The media type that an answer names.
pub(super) fn media_type(observation: &Observation) -> Option<MediaType> {
    observation.headers.get("content-type").map(MediaType::parse)
}

/// The values of a header, in each of which the side's own base URL is `{base}`.
#[must_use]
pub fn header_values(observation: &Observation, base: Option<&str>, name: &str) -> Vec<String> {
    let neutral = |value: &str| base.and_then(|base| with_address(value, base.trim_end_matches('/'), "{base}"));
    let values = observation.headers.all(name);
    values.map(|value| neutral(value).unwrap_or_else(|| value.to_owned())).collect()
}

/// Whether a document is a well-formed page of HTML, which a server may answer in place of anything.
fn is_web_page(document: &Value<'_>) -> bool {
    matches!(document, Value::Object(Object { members }) if members.iter().any(|root| root.name.eq_ignore_ascii_case("html")))
}

/// Why an answer that came is no response of its side's contract.
pub(super) fn failure(side: Side, observation: &Observation, reading: &Reading<'_>) -> Failure {
    let media_type = media_type(observation).map_or_else(|| "no media type".to_owned(), |media_type| media_type.essence().to_owned());
    let (body, why) = match reading {
        Reading::Document(_, Encoding::Json) => ("a JSON body", String::new()),
        Reading::Document(_, Encoding::Xml) => ("an XML body", String::new()),
        Reading::Empty => ("empty body", String::new()),
        Reading::Unreadable(Encoding::Json, error) => ("a body that is not JSON", format!(": {error}")),
        Reading::Unreadable(Encoding::Xml, error) => ("a body that is not XML", format!(": {error}")),
    };
    let signature = format!("{side}: status {} {media_type}, {body}", observation.status);
    Failure {
        reason: format!("status {} {media_type}, {body}{why}", observation.status),
        signature,
    }
}

/// Why there is no answer.
pub(super) fn no_answer(side: Side, unreachable: &Unreachable) -> Failure {
    Failure {
        reason: unreachable.to_string(),
        signature: format!("{side}: {}", unreachable.kind.name()),
    }
}

/// Whether an answer began and was cut off: that is a broken side, and not one that cannot be reached.
pub(super) const fn is_cut_off(unreachable: &Unreachable) -> bool {
    matches!(unreachable.kind, UnreachableKind::Broken)
}

fn neutralise(document: &mut Value<'_>, base: &str, text: &[u8]) {
    // A base URL holds its authority, which JSON never needs to escape: most bodies are done with here.
    let base = base.trim_end_matches('/');
    let authority = base.split_once("://").map_or(base, |(_, rest)| rest);
    if authority.is_empty() || !contains(text, authority.as_bytes()) {
        return;
    }
    replace(document, base);
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    // The text was read, so it is UTF-8, and str has a linear search.
    match (std::str::from_utf8(text), std::str::from_utf8(part)) {
        (Ok(text), Ok(part)) => text.contains(part),
        _ => false,
    }
}

fn replace(value: &mut Value<'_>, base: &str) {
    match value {
        Value::String(text) => {
            if let Some(neutral) = with_address(text, base, "{base}") {
                *text = Cow::Owned(neutral);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, base)),
        Value::Object(Object { members }) => members.iter_mut().for_each(|member| replace(&mut member.value, base)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
