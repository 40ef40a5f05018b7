//! What tells one recorded request from another.

use std::fmt;

use crate::exchange::{Body, MediaType, Request};
use crate::redact::SecretNames;
use crate::value::{Decimal, Number, Value, compact, read};

/// A request as far as it matters for finding its answer: method, target and body. Secrets are left out, for a record does
/// not have them; headers are, for tools add their own. Ordered by target first, so that neighbours are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
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
            target: names.target_without_secrets(&request.target),
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
            return Content::Bytes(names.form_without_secrets(text).into_bytes());
        }
        Some(media_type) if !media_type.is_json() => return Content::Bytes(body.to_vec()),
        // Some tools record no header: what reads as JSON is JSON.
        _ => {}
    }
    let text = names.document_without_secrets(text);
    match read(text.as_bytes()) {
        Ok(document) => Content::Document(compact(&normal(document))),
        Err(_) => Content::Bytes(body.to_vec()),
    }
}

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
    fn secrets_tell_no_requests_apart() {
        let json = Some("application/json");
        assert_eq!(
            question(json, r#"{"api_key":"x"}"#),
            question(json, r#"{"api_key":"masked:0123456789abcdef"}"#)
        );
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(question(form, "api_key=x&a=1"), question(form, "api_key=y&a=1"));
        assert_ne!(question(form, "api_key=x&a=1"), question(form, "api_key=x&a=2"));
    }
}
