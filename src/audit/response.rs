//! Changes to a response that are not changes inside its document.

use crate::compare::Received;
use crate::exchange::{MediaType, Observation};
use crate::value::{Object, Value, compact};

use super::class::Class;
use super::edit::{self, Edit};
use super::equal::equal;

/// A response that is changed as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It has this status.
    Status(u16),
    /// It has this media type, or names none.
    MediaType(Option<&'static str>),
    /// The header at this place among those that are named has these values.
    Header(usize, Vec<String>),
    /// It has no body.
    NoBody,
    /// It has this body, which is read as every answer is.
    Text(Vec<u8>),
}

/// Statuses that services confuse.
const STATUSES: [u16; 8] = [200, 201, 204, 400, 404, 412, 422, 500];

/// Media types that services confuse.
const MEDIA_TYPES: [Option<&str>; 6] = [
    None,
    Some("application/json"),
    Some("application/problem+json"),
    Some("application/json; charset=iso-8859-1"),
    Some("text/html"),
    Some("text/plain"),
];

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>\n";

/// Tells every change to a response as a whole.
pub fn response(answer: &Observation, received: &Received<'_>, tell: &mut dyn FnMut(Class, Change)) {
    for status in STATUSES.into_iter().filter(|status| *status != received.status) {
        tell(Class::Status, Change::Status(status));
    }
    for media_type in MEDIA_TYPES {
        if media_type.map(MediaType::parse) != received.media_type {
            tell(Class::MediaType, Change::MediaType(media_type));
        }
    }
    for (place, values) in received.headers.iter().enumerate() {
        header(values, &mut |class, values| tell(class, Change::Header(place, values)));
    }
    let text = answer.body.0.trim_ascii_end();
    let Some(document) = &received.body else {
        tell(Class::BodyExtra, Change::Text(b"{}".to_vec()));
        return;
    };
    tell(Class::BodyMissing, Change::NoBody);
    tell(Class::BodyHtml, Change::Text(PAGE.into()));
    for length in [text.len() / 2, text.len() - 1] {
        // A number that breaks off may be another spelling of the same.
        let cut = &text[..length];
        if !cut.is_empty() && !crate::value::read(cut).is_ok_and(|other| equal(document, &other)) {
            tell(Class::BodyCut, Change::Text(cut.to_vec()));
        }
    }
    if is_xml(answer) {
        return;
    }
    tell(Class::ByteOrderMark, Change::Text([b"\xef\xbb\xbf", text].concat()));
    if let Some(twice) = with_a_key_twice(document) {
        tell(Class::DuplicateKey, Change::Text(twice.into_bytes()));
    }
}

/// Tells other values of a header.
fn header(values: &[String], tell: &mut dyn FnMut(Class, Vec<String>)) {
    let Some((last, others)) = values.split_last() else {
        tell(Class::HeaderExtra, vec!["parity-audit".to_owned()]);
        return;
    };
    tell(Class::HeaderMissing, others.to_vec());
    tell(Class::HeaderDoubled, [values, std::slice::from_ref(last)].concat());
    let other_case = super::scalars::other_case(last);
    for changed in [format!("{last}x"), "parity-audit".to_owned(), other_case] {
        if changed != *last {
            tell(Class::HeaderChanged, [others, &[changed]].concat());
        }
    }
    if let [first, .., last] = values
        && first != last
    {
        let mut swapped = values.to_vec();
        swapped.swap(0, values.len() - 1);
        tell(Class::HeaderChanged, swapped);
    }
}

/// Whether the document was read from XML, which knows none of what only JSON can get wrong.
pub fn is_xml(answer: &Observation) -> bool {
    answer.body.0.trim_ascii_start().starts_with(b"<")
}

/// The document with the first member of its first object written twice.
fn with_a_key_twice(document: &Value<'_>) -> Option<String> {
    let trail = first_object(document)?;
    let mut document = document.clone();
    edit::apply(&mut document, &trail, &Edit::Double(0));
    Some(compact(&document))
}

fn first_object(value: &Value<'_>) -> Option<Vec<usize>> {
    let below = |place: usize, value| {
        let mut trail = first_object(value)?;
        trail.insert(0, place);
        Some(trail)
    };
    match value {
        Value::Object(Object { members }) if !members.is_empty() => Some(Vec::new()),
        Value::Array(items) => items.iter().enumerate().find_map(|(place, item)| below(place, item)),
        _ => None,
    }
}

/// The document with `NaN` for the number at the end of the trail.
pub fn with_not_a_number(document: &mut Value<'_>, trail: &[usize]) -> Vec<u8> {
    // A number token is written as it stands, and this one is known to be none.
    let token = Edit::Replace(Value::number("NaN"));
    let taken_back = edit::apply(document, trail, &token);
    let text = compact(document);
    edit::undo(document, trail, taken_back);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::exchange::Headers;
    use crate::value::read;

    fn answer(media_type: &str, body: &str) -> Observation {
        Observation {
            status: 200,
            headers: Headers(vec![("content-type".into(), media_type.into())]),
            body: body.to_owned().into(),
            elapsed: Duration::ZERO,
        }
    }

    fn mutants(body: &str) -> BTreeMap<String, Vec<Change>> {
        let answer = answer("application/json; charset=utf-8", body);
        let received = Received {
            status: 200,
            media_type: Some(MediaType::parse("application/json")),
            headers: Vec::new(),
            body: read(body.as_bytes()).ok(),
        };
        let mut found: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        response(&answer, &received, &mut |class, change| {
            found.entry(class.to_string()).or_default().push(change);
        });
        found
    }

    fn text(text: &str) -> Change {
        Change::Text(text.into())
    }

    #[test]
    fn each_class_changes_the_part_that_it_says() {
        let body = "[{\"a\":1}]\n";
        let found = mutants(body);
        assert_eq!(found["status"].len(), 7);
        assert!(!found["status"].contains(&Change::Status(200)));
        assert_eq!(found["media-type"].len(), 5);
        assert!(!found["media-type"].contains(&Change::MediaType(Some("application/json"))));
        assert_eq!(found["body-missing"], [Change::NoBody]);
        assert_eq!(found["byte-order-mark"], [text("\u{feff}[{\"a\":1}]")]);
        assert_eq!(found["body-cut"], [text("[{\"a"), text("[{\"a\":1}")]);
        assert_eq!(found["duplicate-key"], [text("[{\"a\":1,\"a\":1}]")]);
        assert!(matches!(&found["body-html"][..], [Change::Text(page)] if page.starts_with(b"<!DOCTYPE html>")));
        for class in ["byte-order-mark", "body-cut", "body-html"] {
            for change in &found[class] {
                let Change::Text(text) = change else { panic!("{class} is text") };
                assert!(read(text).is_err(), "{class} is no JSON");
            }
        }
    }

    #[test]
    fn a_number_cut_where_nothing_is_lost_is_no_mutant() {
        assert_eq!(mutants("10.50")["body-cut"], [text("10")], "`10.5` is the same number");
    }

    #[test]
    fn a_body_where_there_is_none_is_a_mutant() {
        let found = mutants("");
        assert_eq!(found["body-extra"], [text("{}")]);
        assert!(!found.contains_key("body-missing") && !found.contains_key("body-cut"));
    }

    #[test]
    fn not_a_number_stands_where_the_number_stood() {
        let mut document = read(br#"{"a":[1,2.5]}"#).unwrap();
        let text = with_not_a_number(&mut document, &[0, 1]);
        assert_eq!(text, br#"{"a":[1,NaN]}"#);
        assert!(read(&text).is_err());
        assert_eq!(compact(&document), r#"{"a":[1,2.5]}"#);
    }
}
