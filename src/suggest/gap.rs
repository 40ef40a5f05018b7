//! How far two documents are apart, as a number that falls when a rule is a step in the right direction.

use crate::value::{Decimal, Exactness, Kind, Member, Value, is_decimal_text};

use super::pairing::pairs;

/// What a leaf without a counterpart costs on either side.
const LONE: u64 = 4;

/// How far they are apart; 0 when they are the same.
pub(super) fn gap(expected: &Value<'_>, got: &Value<'_>) -> u64 {
    match (expected, got) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let matched = ours.members.iter().map(|member| match theirs.get(&member.name) {
                Some(other) => gap(&member.value, other),
                None => lone(&member.value),
            });
            let others = theirs.members.iter().filter(|member| ours.get(&member.name).is_none());
            matched.sum::<u64>() + others.map(|member| lone(&member.value)).sum::<u64>()
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let costs = pairs(ours, theirs).into_iter().map(|pair| match pair {
                // Another order is something, too.
                (Some(one), Some(other)) => gap(&ours[one], &theirs[other]) + u64::from(one != other && ours.len() == theirs.len()),
                (Some(one), None) => lone(&ours[one]),
                (None, Some(other)) => lone(&theirs[other]),
                (None, None) => 0,
            });
            costs.sum()
        }
        _ if same(expected, got) => 0,
        _ if reads_alike(expected, got) => 1,
        _ if is_container(expected) || is_container(got) => lone(expected) + lone(got),
        _ => 2,
    }
}

/// What a document costs of which the other side has nothing; what stands deeper costs a little more.
pub(super) fn lone(value: &Value<'_>) -> u64 {
    LONE * leaves(value) + levels(value)
}

/// How many objects stand in it, itself included.
fn levels(value: &Value<'_>) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(levels).sum(),
        Value::Object(object) => 1 + object.members.iter().map(|member| levels(&member.value)).sum::<u64>(),
        _ => 0,
    }
}

/// How many scalars there are; something without any counts as one.
pub(super) fn leaves(value: &Value<'_>) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum::<u64>().max(1),
        Value::Object(object) => object.members.iter().map(|member| leaves(&member.value)).sum::<u64>().max(1),
        _ => 1,
    }
}

/// How alike two documents are, from 0 to 1, types aside.
pub(super) fn likeness(one: &Value<'_>, other: &Value<'_>) -> f64 {
    let worst = lone(one) + lone(other);
    1.0 - ratio(gap(one, other).min(worst), worst)
}

#[expect(clippy::cast_precision_loss, reason = "a likeness is no exact number")]
pub(super) fn ratio(part: u64, of: u64) -> f64 {
    part as f64 / of.max(1) as f64
}

/// Whether the candidate's value is what is owed, as the comparison takes it.
pub(super) fn same(expected: &Value<'_>, got: &Value<'_>) -> bool {
    match (expected, got) {
        (Value::Number(ours), Value::Number(theirs)) => {
            let tokens = ours.exactness == Exactness::Decimal || !ours.is_integer() || theirs.is_integer();
            let equal = match (Decimal::parse(&ours.text), Decimal::parse(&theirs.text)) {
                (Some(one), Some(other)) => one == other,
                _ => ours.text == theirs.text,
            };
            equal && tokens
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| same(one, other))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let has = |member: &Member<'_>| theirs.get(&member.name).is_some_and(|other| same(&member.value, other));
            ours.members.len() == theirs.members.len() && ours.members.iter().all(has)
        }
        _ => expected == got,
    }
}

/// Whether they say the same in two ways: `"34"` and `34`, nothing and nothing.
fn reads_alike(one: &Value<'_>, other: &Value<'_>) -> bool {
    if one.is_nothing() && other.is_nothing() {
        return true;
    }
    let (Some(one), Some(other)) = (one.scalar_text(), other.scalar_text()) else {
        return false;
    };
    let numbers = is_decimal_text(one) && is_decimal_text(other);
    (numbers && Decimal::parse(one) == Decimal::parse(other)) || one.trim().eq_ignore_ascii_case(other.trim())
}

/// Whether it is a list or an object.
pub(super) fn is_container(value: &Value<'_>) -> bool {
    matches!(value.kind(), Kind::Array | Kind::Object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn apart(one: &str, other: &str) -> u64 {
        gap(&read(one.as_bytes()).unwrap(), &read(other.as_bytes()).unwrap())
    }

    #[test]
    fn every_step_in_the_right_direction_brings_documents_nearer() {
        let candidate = r#"{"id": 34, "rows": [{"a": 1}, {"a": 2}]}"#;
        let steps = [
            r#"{"data": {"id": "34", "row": [{"a": "1"}, {"a": "2"}]}}"#,
            r#"{"id": "34", "row": [{"a": "1"}, {"a": "2"}]}"#,
            r#"{"id": "34", "rows": [{"a": "1"}, {"a": "2"}]}"#,
            r#"{"id": "34", "rows": [{"a": 1}, {"a": 2}]}"#,
            candidate,
        ];
        let gaps: Vec<u64> = steps.iter().map(|legacy| apart(legacy, candidate)).collect();
        assert!(gaps.is_sorted_by(|one, other| one > other), "{gaps:?}");
        assert_eq!(gaps.last(), Some(&0));
    }

    #[test]
    fn what_reads_alike_is_nearer_than_what_does_not() {
        for (one, other, gap) in [
            ("\"34\"", "34", 1),
            ("\"0.930\"", "0.93", 1),
            ("\"True\"", "true", 1),
            ("[]", "null", 1),
            ("\"\"", "[]", 1),
            ("\"a\"", "\"b\"", 2),
            ("1", "1", 0),
            ("1", "1.0", 1),
            ("1.50", "1.5", 0),
            ("[1]", "1", 8),
        ] {
            assert_eq!(apart(one, other), gap, "{one} {other}");
        }
    }
}
