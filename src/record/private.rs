//! Private values of an answer, replaced by digests before anything of it is stored.
//!
//! A place that names too much is better here than one that names too little: a name looks through lists, and `*` stands for
//! an element that is alone as for the items of a list, for legacies write the one in place of the other.

use std::fmt::Write as _;

use crate::exchange::{Body, Encoding, MediaType, Observation, Side};
use crate::path::Part;
use crate::redact::{Masks, is_mask};
use crate::rule::RuleName;
use crate::suite::Private;
use crate::value::{Decimal, Number, Object, Value, compact, read, read_xml, write_xml};

/// An answer's body without what is private in it.
#[derive(Debug, Default)]
pub(super) struct Veil {
    /// The body as it is stored; `None` where there is nothing to hide.
    pub body: Option<Body>,
    /// How many nodes each place named.
    pub found: Vec<(RuleName, u64)>,
    /// The private texts, which may be quoted elsewhere.
    pub texts: Vec<String>,
}

/// Hides what is private in a body. One in which places cannot be found, because it cannot be read, is hidden as a whole.
pub(super) fn veil(masks: &Masks<'_>, private: &Private, side: Side, declared: Option<Encoding>, answer: &Observation) -> Veil {
    let whole = || Veil {
        body: Some(Body::from(masks.body_digest(&answer.body.0))),
        ..Veil::default()
    };
    if answer.body.0.is_empty() || private.is_nothing() {
        return Veil::default();
    }
    if private.bodies {
        return whole();
    }
    if private.of(side).next().is_none() {
        return Veil::default();
    }
    let encoding = encoding(answer, declared);
    let Ok(mut document) = document(answer, encoding) else {
        return whole();
    };
    let mut veil = Veil::default();
    let mut hidden = Vec::new();
    for place in private.of(side) {
        let before = hidden.len();
        select(&document, place.at.parts(), &mut Vec::new(), &mut hidden);
        veil.found.push((place.name(), (hidden.len() - before) as u64));
    }
    hidden.sort();
    hidden.dedup();
    for position in &hidden {
        texts(node(&document, position), &mut veil.texts);
    }
    // What stands inside goes first, or the way to it would be gone.
    for position in hidden.iter().rev() {
        let node = node_mut(&mut document, position);
        // What says nothing but that there is nothing stays as it is.
        if !node.is_nothing() {
            *node = Value::string(digest(masks, node));
        }
    }
    if !hidden.is_empty() {
        veil.body = Some(Body::from(match encoding {
            Encoding::Json => compact(&document),
            Encoding::Xml => write_xml(&document),
        }));
    }
    veil
}

/// Whether an answer holds digests where private values stood, as an answer of a recording does.
#[must_use]
pub fn is_veiled(private: &Private, side: Side, declared: Option<Encoding>, answer: &Observation) -> bool {
    let Ok(document) = document(answer, encoding(answer, declared)) else {
        return false;
    };
    let mut found = Vec::new();
    for place in private.of(side) {
        select(&document, place.at.parts(), &mut Vec::new(), &mut found);
    }
    found
        .iter()
        .any(|position| matches!(node(&document, position), Value::String(text) if is_mask(text)))
}

/// As what an answer is judged.
fn encoding(answer: &Observation, declared: Option<Encoding>) -> Encoding {
    let said = answer.headers.get("content-type").map(MediaType::parse);
    said.as_ref().and_then(Encoding::of).or(declared).unwrap_or(Encoding::Json)
}

fn document(answer: &Observation, encoding: Encoding) -> Result<Value<'_>, crate::value::ReadError> {
    match encoding {
        Encoding::Json => read(&answer.body.0),
        Encoding::Xml => read_xml(&answer.body.0),
    }
}

/// Where a node stands: the number of each child on the way to it. Duplicate members have one each.
type Position = Vec<usize>;

fn select(value: &Value<'_>, parts: &[Part], at: &mut Position, found: &mut Vec<Position>) {
    let Some((part, rest)) = parts.split_first() else {
        found.push(at.clone());
        return;
    };
    match (part, value) {
        (Part::Where(filter), _) if filter.accepts(value) => select(value, rest, at, found),
        (Part::Where(_), _) => {}
        (Part::Name(name), Value::Object(object)) => {
            let members = object.members.iter().enumerate().filter(|(_, member)| member.name == *name);
            members.for_each(|(index, member)| below(&member.value, index, rest, at, found));
        }
        (Part::Name(_), Value::Array(items)) => each(items, parts, at, found),
        (Part::Items, Value::Array(items)) => each(items, rest, at, found),
        (Part::Items, _) => select(value, rest, at, found),
        (Part::Deep, Value::Array(items)) => {
            // Its items are met one step further down, each once.
            if !matches!(rest.first(), Some(Part::Name(_))) {
                select(value, rest, at, found);
            }
            each(items, parts, at, found);
        }
        (Part::Deep, Value::Object(object)) => {
            select(value, rest, at, found);
            let members = object.members.iter().enumerate();
            members.for_each(|(index, member)| below(&member.value, index, parts, at, found));
        }
        _ => {}
    }
}

fn each(items: &[Value<'_>], parts: &[Part], at: &mut Position, found: &mut Vec<Position>) {
    let items = items.iter().enumerate();
    items.for_each(|(index, item)| below(item, index, parts, at, found));
}

fn below(value: &Value<'_>, index: usize, parts: &[Part], at: &mut Position, found: &mut Vec<Position>) {
    at.push(index);
    select(value, parts, at, found);
    at.pop();
}

fn node<'v, 'd>(document: &'v Value<'d>, position: &[usize]) -> &'v Value<'d> {
    position.iter().fold(document, |value, index| match value {
        Value::Array(items) => &items[*index],
        Value::Object(Object { members }) => &members[*index].value,
        scalar => scalar,
    })
}

fn node_mut<'v, 'd>(document: &'v mut Value<'d>, position: &[usize]) -> &'v mut Value<'d> {
    position.iter().fold(document, |value, index| match value {
        Value::Array(items) => &mut items[*index],
        Value::Object(Object { members }) => &mut members[*index].value,
        scalar => scalar,
    })
}

fn texts(value: &Value<'_>, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone().into_owned()),
        Value::Number(number) => out.push(number.text.clone().into_owned()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(object) => object.members.iter().for_each(|member| texts(&member.value, out)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Values that compare as equal have one digest, and a text never has that of a number.
fn digest(masks: &Masks<'_>, value: &Value<'_>) -> String {
    if let Value::String(text) = value {
        return masks.digest(text.as_bytes());
    }
    let mut text = "\0".to_owned();
    canonical(value, &mut text);
    masks.digest(text.as_bytes())
}

fn canonical(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Number(number @ Number { text, .. }) => {
            let kind = if number.is_integer() { "integer" } else { "number" };
            let _ = match Decimal::parse(text) {
                Some(decimal) => write!(out, "{kind} {decimal}"),
                None => write!(out, "{kind} {text}"),
            };
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut members: Vec<_> = object.members.iter().collect();
            members.sort_by(|one, other| one.name.cmp(&other.name));
            out.push('{');
            for member in members {
                out.push_str(&compact(&Value::string(&*member.name)));
                out.push(':');
                canonical(&member.value, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => out.push_str(&compact(scalar)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::exchange::Headers;
    use crate::path::Pattern;
    use crate::redact::{Key, Redactor, SecretNames};
    use crate::suite::PrivatePlace;

    fn redactor() -> Redactor {
        Redactor::new(Key::new([7; 32]), SecretNames::default(), [])
    }

    fn answer(media_type: &str, body: &str) -> Observation {
        Observation {
            status: 200,
            headers: Headers(vec![("content-type".into(), media_type.into())]),
            body: Body::from(body.to_owned()),
            elapsed: Duration::ZERO,
        }
    }

    fn private(places: &[&str]) -> Private {
        let place = |at: &&str| PrivatePlace {
            at: Pattern::parse(at).unwrap(),
            side: None,
            line: 1,
        };
        Private {
            places: places.iter().map(place).collect(),
            bodies: false,
        }
    }

    /// The body with `#1`, `#2`, … for its digests in their order, equal ones alike; and how often each place was found.
    fn veiled(places: &[&str], media_type: &str, body: &str) -> (String, Vec<u64>) {
        let redactor = redactor();
        let veil = veil(&redactor.masks(), &private(places), Side::Legacy, None, &answer(media_type, body));
        let mut text = veil.body.map_or_else(|| body.to_owned(), |body| body.text().unwrap().to_owned());
        let mut number = 0;
        while let Some(at) = text.find("masked:") {
            number += 1;
            let mask = text[at..at + 23].to_owned();
            text = text.replace(&mask, &format!("#{number}"));
        }
        (text, veil.found.into_iter().map(|(_, count)| count).collect())
    }

    #[test]
    fn values_become_digests_and_equal_ones_stay_equal() {
        for (places, body, expected, found) in [
            (
                vec!["/a"],
                r#"{"a":"x","b":"x","a":"y"}"#,
                r##"{"a":"#1","b":"x","a":"#2"}"##,
                vec![2],
            ),
            (
                vec!["/*/n"],
                r#"[{"n":1},{"n":1.0},{"n":"1"},{"n":1e0},{"n":0.5},{"n":0.50}]"#,
                r##"[{"n":"#1"},{"n":"#2"},{"n":"#3"},{"n":"#2"},{"n":"#4"},{"n":"#4"}]"##,
                vec![6],
            ),
            (
                vec!["/a", "/b"],
                r#"{"a":{"x":1,"y":[true]},"b":{"y":[true],"x":1}}"#,
                r##"{"a":"#1","b":"#1"}"##,
                vec![1, 1],
            ),
            (
                vec!["/a", "/missing"],
                r#"{"a":null,"c":1.10}"#,
                r#"{"a":null,"c":1.10}"#,
                vec![1, 0],
            ),
            // A legacy may write an element for a list of one, and a list for an element.
            (vec!["/u/*/mail"], r#"{"u":{"mail":"x"}}"#, r##"{"u":{"mail":"#1"}}"##, vec![1]),
            (
                vec!["/u/mail"],
                r#"{"u":[{"mail":"x"},{"mail":"y"}]}"#,
                r##"{"u":[{"mail":"#1"},{"mail":"#2"}]}"##,
                vec![2],
            ),
            (
                vec!["/**/key"],
                r#"{"key":"a","l":[{"key":"b","m":[[{"key":"c"}]]}]}"#,
                r##"{"key":"#1","l":[{"key":"#2","m":[[{"key":"#3"}]]}]}"##,
                vec![3],
            ),
            // A place may pick objects by what another hides.
            (
                vec!["/*/name", "/*[name=x]/value"],
                r#"[{"name":"x","value":1},{"name":"y","value":2}]"#,
                r##"[{"name":"#1","value":"#2"},{"name":"#3","value":2}]"##,
                vec![2, 1],
            ),
            (vec!["/a", "/a/b"], r#"{"a":{"b":1}}"#, r##"{"a":"#1"}"##, vec![1, 1]),
        ] {
            assert_eq!(
                veiled(&places, "application/json", body),
                (expected.to_owned(), found),
                "{places:?} {body}"
            );
        }
    }

    #[test]
    fn xml_is_xml_after_it() {
        let body = "<u:user xmlns:u=\"urn:u\"><!-- x@y --><u:mail id=\"7\">x@y</u:mail><u:mail>z@y</u:mail><u:empty/></u:user>";
        let (text, found) = veiled(&["/user/mail/*/#text", "/user/mail", "/user/empty"], "text/xml", body);
        assert_eq!(text, "<user><mail>#1</mail><empty></empty></user>");
        assert_eq!(found, [1, 1, 1]);
    }

    #[test]
    fn what_cannot_be_read_is_hidden_as_a_whole() {
        let (text, found) = veiled(&["/mail"], "application/json", "{\"mail\":\"x@y\"");
        assert_eq!(text, "#1 (13 bytes)");
        assert_eq!(found, Vec::<u64>::new());
        let (text, _) = veiled(&["/mail"], "application/json", "");
        assert_eq!(text, "");
    }

    #[test]
    fn an_answer_that_was_hidden_is_known_and_hidden_no_further() {
        let redactor = redactor();
        let (masks, private) = (redactor.masks(), private(&["/a"]));
        let open = answer("application/json", r#"{"a":"x"}"#);
        assert!(!is_veiled(&private, Side::Legacy, None, &open));
        let once = veil(&masks, &private, Side::Legacy, None, &open);
        assert_eq!(once.texts, ["x"]);
        let hidden = Observation {
            body: once.body.unwrap(),
            ..open
        };
        assert!(is_veiled(&private, Side::Legacy, None, &hidden));
        assert_eq!(veil(&masks, &private, Side::Legacy, None, &hidden).body.unwrap(), hidden.body);
    }
}
