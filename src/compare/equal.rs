//! Whether two values are equal where no comparison speaks: the answer for nearly every node, and so the fast way.

use std::collections::BTreeSet;

use crate::value::{Decimal, Exactness, Number, Object, Value};

/// Up to this many members a search is faster than an index.
pub(super) const FEW: usize = 24;

/// Whether there is no difference. Object member order is free; a repeated member is a difference, even on both sides.
pub(super) fn same(expected: &Value<'_>, got: &Value<'_>) -> bool {
    match (expected, got) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => same_members(a, b),
        _ => false,
    }
}

/// Numbers are equal as decimals; an integer token that was not declared a `number` needs an integer token.
pub(super) fn same_number(expected: &Number<'_>, got: &Number<'_>) -> bool {
    if expected.text == got.text {
        return true;
    }
    if expected.exactness == Exactness::Token && expected.is_integer() && !got.is_integer() {
        return false;
    }
    same_decimal(&expected.text, &got.text)
}

/// Whether two texts are the same decimal number; texts that are none are not.
pub(super) fn same_decimal(one: &str, other: &str) -> bool {
    match (Decimal::parse(one), Decimal::parse(other)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// Whether a name occurs more than once.
pub(super) fn repeats(object: &Object<'_>) -> bool {
    let members = &object.members;
    if members.len() <= FEW {
        return (1..members.len()).any(|at| members[..at].iter().any(|earlier| earlier.name == members[at].name));
    }
    let mut seen = BTreeSet::new();
    !members.iter().all(|member| seen.insert(&*member.name))
}

fn same_members(expected: &Object<'_>, got: &Object<'_>) -> bool {
    let (ours, theirs) = (&expected.members, &got.members);
    if ours.len() != theirs.len() || repeats(expected) {
        return false;
    }
    // Both sides mostly list their members alike; then their names are unique on both sides or on neither.
    if ours.iter().zip(theirs).all(|(a, b)| a.name == b.name) {
        return ours.iter().zip(theirs).all(|(a, b)| same(&a.value, &b.value));
    }
    if ours.len() > FEW {
        // An index is built by the walk that names the differences.
        return false;
    }
    // As many members, each with a partner of its name, and no name twice on this side: so none twice on the other.
    ours.iter()
        .all(|member| got.get(&member.name).is_some_and(|other| same(&member.value, other)))
}
