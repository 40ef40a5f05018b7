//! Strict equality without rules, on its own: the audit must not take the word of the comparison that it audits.

use crate::value::{Decimal, Member, Number, Object, Value};

/// Whether a reader of JSON cannot tell `other` from `original`: members in any order, numbers by their value, an integer
/// token only by an integer token, texts to the letter, items in their order.
#[must_use]
pub fn equal(original: &Value<'_>, other: &Value<'_>) -> bool {
    match (original, other) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => equal_numbers(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => equal_objects(a, b),
        _ => false,
    }
}

fn equal_numbers(original: &Number<'_>, other: &Number<'_>) -> bool {
    if original.text == other.text {
        return true;
    }
    if original.is_integer() && !other.is_integer() {
        return false;
    }
    Decimal::parse(&original.text).is_some_and(|value| Some(value) == Decimal::parse(&other.text))
}

/// Members of one name are told apart by their order, so that none of several may be dropped or exchanged.
fn equal_objects(original: &Object<'_>, other: &Object<'_>) -> bool {
    if original.members.len() != other.members.len() {
        return false;
    }
    let in_order = original.members.iter().zip(&other.members).all(|(a, b)| a.name == b.name);
    if in_order {
        return original.members.iter().zip(&other.members).all(|(a, b)| equal(&a.value, &b.value));
    }
    let (ours, theirs) = (by_name(original), by_name(other));
    ours.iter().zip(theirs).all(|(a, b)| a.name == b.name && equal(&a.value, &b.value))
}

fn by_name<'o, 'a>(object: &'o Object<'a>) -> Vec<&'o Member<'a>> {
    let mut members: Vec<_> = object.members.iter().collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn is_equal(a: &str, b: &str) -> bool {
        equal(&read(a.as_bytes()).unwrap(), &read(b.as_bytes()).unwrap())
    }

    #[test]
    fn only_what_no_reader_can_tell_apart_is_equal() {
        for (a, b) in [
            (r#"{"a":1,"b":[null,true]}"#, r#"{"b":[null,true],"a":1}"#),
            ("0", "-0"),
            ("0.93", "9.30e-1"),
            ("1.0", "1"),
            (r#"{"a":1,"b":3,"a":2}"#, r#"{"b":3,"a":1,"a":2}"#),
            ("\"\\u00e9\"", "\"é\""),
        ] {
            assert!(is_equal(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("1", "1.0"),
            ("1", "\"1\""),
            ("[1,2]", "[2,1]"),
            ("[]", "[null]"),
            ("{}", "[]"),
            ("\"a\"", "\"A\""),
            ("\"é\"", "\"e\u{301}\""),
            ("9007199254740993", "9007199254740992"),
            ("1e99999999999999999999", "2e99999999999999999999"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#),
            (r#"{"a":1}"#, r#"{"a":1,"a":1}"#),
            (r#"{"a":1}"#, r#"{"A":1}"#),
        ] {
            assert!(!is_equal(a, b), "{a} {b}");
        }
    }
}
