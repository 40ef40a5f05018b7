//! What tells one recorded request from another.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::exchange::{Body, MediaType, Request};
use crate::redact::{SecretNames, without_digests};
use crate::value::{Decimal, Number, Value, compact, read};

/// A request as far as it matters for finding its answer: method, target and body, however a tool spells them. Secrets are
/// left out, for a record does not have them; headers are, for tools add their own. Ordered by target first, so that
/// neighbours are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    /// Path and query, percent-encoded in one way; pairs of the query by their names.
    pub target: String,
    pub method: String,
    pub body: Content,
}

/// A body as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    /// None, or an empty one.
    Nothing,
    /// A JSON document by its value: members sorted, numbers in one spelling.
    Document(String),
    /// The pairs of a form, in the spelling and order of a query's.
    Form(String),
    /// Anything else, byte by byte.
    Bytes(Vec<u8>),
}

/// Whether two requests ask the same, as far as a record can tell: method, target and body, secrets left out.
#[must_use]
pub fn same_question(one: &Request, other: &Request) -> bool {
    let names = SecretNames::default();
    Question::of(one, &names) == Question::of(other, &names)
}

impl Question {
    pub fn of(request: &Request, names: &SecretNames) -> Self {
        Self {
            target: normal_target(&without_digests(&names.target_without_secrets(&request.target))),
            method: request.method.to_ascii_uppercase(),
            body: content(request, names),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}

fn content(request: &Request, names: &SecretNames) -> Content {
    let body = match &request.body {
        Some(Body(bytes)) if !bytes.is_empty() => bytes,
        _ => return Content::Nothing,
    };
    let media_type = request.headers.get("content-type").map(MediaType::parse);
    let Ok(text) = std::str::from_utf8(body) else {
        return Content::Bytes(body.to_vec());
    };
    match media_type {
        Some(media_type) if media_type.essence() == "application/x-www-form-urlencoded" => {
            return Content::Form(normal_pairs(&without_digests(&names.form_without_secrets(text))));
        }
        Some(media_type) if !media_type.is_json() => return Content::Bytes(body.to_vec()),
        // Some tools record no header: what reads as JSON is JSON.
        _ => {}
    }
    let text = names.document_without_secrets(text);
    let text = without_digests(&text);
    match read(text.as_bytes()) {
        Ok(document) => Content::Document(compact(&normal(document))),
        Err(_) => Content::Bytes(body.to_vec()),
    }
}

/// A target in the one spelling that all of its spellings share: what a tool percent-encodes without need, and how it writes a
/// blank, says nothing.
fn normal_target(target: &str) -> String {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| encoded(&percent_decode_str(segment).decode_utf8_lossy()))
        .collect();
    match query {
        Some(query) if !query.is_empty() => format!("{}?{}", segments.join("/"), normal_pairs(query)),
        _ => segments.join("/"),
    }
}

/// Pairs in one spelling, by their names; those of one name keep their order.
fn normal_pairs(text: &str) -> String {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    let mut pairs: Vec<(String, String)> = pairs.map(|(name, value)| (encoded(&name), encoded(&value))).collect();
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Everything but what never needs to be encoded (RFC 3986, section 2.3) and what masks and labels are written with.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'{')
    .remove(b'}');

/// The document in the one spelling that all documents of the same value share. Duplicate members keep their order.
fn normal(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Number(Number { text, exactness }) => Value::Number(Number {
            text: Decimal::parse(&text).map(|decimal| decimal.to_string().into()).unwrap_or(text),
            exactness,
        }),
        Value::Array(items) => Value::Array(items.into_iter().map(normal).collect()),
        Value::Object(mut object) => {
            object.members.sort_by(|one, other| one.name.cmp(&other.name));
            for member in &mut object.members {
                member.value = normal(std::mem::replace(&mut member.value, Value::Null));
            }
            Value::Object(object)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Headers;

    fn question(content_type: Option<&str>, body: &str) -> Question {
        let headers = content_type.map(|value| ("Content-Type".to_owned(), value.to_owned()));
        let request = Request {
            method: "POST".into(),
            target: "/x".into(),
            headers: Headers(headers.into_iter().collect()),
            body: Some(Body::from(body.to_owned())),
        };
        Question::of(&request, &SecretNames::default())
    }

    #[test]
    fn documents_are_told_apart_by_value_and_other_bodies_by_bytes() {
        let json = Some("application/json; charset=utf-8");
        let same = |one, other| question(json, one) == question(json, other);
        assert!(same(r#"{"a": 1, "b": [1.50]}"#, r#"{"b":[15e-1],"a":1.0}"#));
        assert!(same(r#""\u0061""#, r#""a""#));
        assert!(!same(r#"{"a":1}"#, r#"{"a":"1"}"#));
        assert!(!same("[1,2]", "[2,1]"));
        assert!(!same(r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#));
        assert!(!same("{", "{ "));
        assert_eq!(question(None, "[1]"), question(json, "[1.0]"));
        assert_ne!(question(Some("text/plain"), "[1]"), question(Some("text/plain"), "[1.0]"));
        assert_eq!(question(json, "").body, Content::Nothing);
    }

    #[test]
    fn targets_are_told_apart_by_what_they_mean() {
        let target = |target: &str| {
            let request = Request {
                target: target.into(),
                ..Request::default()
            };
            Question::of(&request, &SecretNames::default()).target
        };
        for (one, other) in [
            ("/a(b)=c,d/%7Ex", "/a%28b%29%3dc%2Cd/~x"),
            ("/x?a=1+2&b=%20", "/x?b=+&a=1%202"),
            ("/x?", "/x"),
            ("/x?a", "/x?a="),
            ("/u/masked:0123456789abcdef", "/u/masked:fedcba9876543210"),
        ] {
            assert_eq!(target(one), target(other));
        }
        for (one, other) in [
            ("/a%2Fb", "/a/b"),
            ("/a%3Fb", "/a?b"),
            ("/a+b", "/a%20b"),
            ("/x?a=1&a=2", "/x?a=2&a=1"),
            ("/x/", "/x"),
            ("/x?a=%26b", "/x?a=&b"),
        ] {
            assert_ne!(target(one), target(other));
        }
    }

    #[test]
    fn secrets_tell_no_requests_apart() {
        let json = Some("application/json");
        assert_eq!(
            question(json, r#"{"api_key":"x"}"#),
            question(json, r#"{"api_key":"masked:0123456789abcdef"}"#)
        );
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(question(form, "a=x+y&b=%31"), question(form, "b=1&a=x%20y"));
        assert_ne!(question(form, "a=1&a=2"), question(form, "a=2&a=1"));
        assert_eq!(question(form, "api_key=x&a=1"), question(form, "api_key=y&a=1"));
        assert_ne!(question(form, "api_key=x&a=1"), question(form, "api_key=x&a=2"));
    }
}
