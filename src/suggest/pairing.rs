//! Which item of one list stands for which of the other, before any rule says so.

use std::collections::BTreeMap;

use crate::value::{Object, Value};

use super::gap::likeness;

/// A place in the expected list, in the candidate's, or in both.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// How alike two items must be to be taken for the same, where no member tells them apart.
const ALIKE: f64 = 0.8;

/// Pairs two lists: by their places, where nothing speaks against it; else by a text or a member that each item has for itself.
pub(super) fn pairs(ours: &[Value<'_>], theirs: &[Value<'_>]) -> Vec<Pair> {
    let in_place = || (0..ours.len()).map(|place| (Some(place), Some(place))).collect();
    if let Some(paired) = by_text(ours, theirs, |value| value.scalar_text()) {
        return paired;
    }
    for name in shared_names(ours, theirs) {
        let text = |value: &'_ Value<'_>| -> Option<String> {
            let Value::Object(object) = value else { return None };
            object.get(&name)?.scalar_text().map(str::to_owned)
        };
        if let Some(paired) = by_text(ours, theirs, text) {
            return paired;
        }
    }
    if ours.len() == theirs.len() {
        return in_place();
    }
    in_order(ours, theirs)
}

/// The scalar members of the first items that both sides have.
fn shared_names(ours: &[Value<'_>], theirs: &[Value<'_>]) -> Vec<String> {
    let (Some(Value::Object(one)), Some(Value::Object(other))) = (ours.first(), theirs.first()) else {
        return Vec::new();
    };
    let scalar = |object: &Object<'_>, name: &str| object.get(name).is_some_and(|value| value.scalar_text().is_some());
    let names = one.members.iter().map(|member| member.name.to_string());
    names.filter(|name| scalar(one, name) && scalar(other, name)).collect()
}

/// Pairs by texts that no two items of one side share; nothing where some do, or where most have no counterpart.
fn by_text<'v, 'd, T: AsRef<str> + Ord>(
    ours: &'v [Value<'d>],
    theirs: &'v [Value<'d>],
    text: impl Fn(&'v Value<'d>) -> Option<T>,
) -> Option<Vec<Pair>> {
    let mut places = BTreeMap::new();
    for (place, item) in theirs.iter().enumerate() {
        if places.insert(text(item)?, place).is_some() {
            return None;
        }
    }
    let mut seen = BTreeMap::new();
    let mut paired = Vec::with_capacity(ours.len());
    for (place, item) in ours.iter().enumerate() {
        let text = text(item)?;
        let other = places.remove(&text);
        if seen.insert(text, place).is_some() {
            return None;
        }
        paired.push((Some(place), other));
    }
    let met = paired.iter().filter(|(_, other)| other.is_some()).count();
    let most = met > 0 && 2 * met >= ours.len().max(theirs.len());
    let mut left: Vec<usize> = places.into_values().collect();
    left.sort_unstable();
    paired.extend(left.into_iter().map(|place| (None, Some(place))));
    most.then_some(paired)
}

/// Pairs what is alike and stands in the same order.
fn in_order(ours: &[Value<'_>], theirs: &[Value<'_>]) -> Vec<Pair> {
    let mut paired = Vec::new();
    let mut next = 0;
    for (place, item) in ours.iter().enumerate() {
        let found = (next..theirs.len()).find(|other| likeness(item, &theirs[*other]) >= ALIKE);
        if let Some(found) = found {
            paired.extend((next..found).map(|skipped| (None, Some(skipped))));
            paired.push((Some(place), Some(found)));
            next = found + 1;
        } else {
            paired.push((Some(place), None));
        }
    }
    paired.extend((next..theirs.len()).map(|left| (None, Some(left))));
    paired
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn paired(one: &str, other: &str) -> Vec<Pair> {
        let (Value::Array(one), Value::Array(other)) = (read(one.as_bytes()).unwrap(), read(other.as_bytes()).unwrap()) else {
            unreachable!()
        };
        pairs(&one, &other)
    }

    #[test]
    fn items_are_paired_by_what_tells_them_apart() {
        let both = |one, other| (Some(one), Some(other));
        for (one, other, expected) in [
            ("[\"1\", \"2\"]", "[2, 1]", vec![both(0, 1), both(1, 0)]),
            (
                r#"[{"id": "1", "a": "x"}, {"id": "2", "a": "x"}]"#,
                r#"[{"id": 2, "a": "x"}, {"id": 1, "a": "x"}]"#,
                vec![both(0, 1), both(1, 0)],
            ),
            (
                r#"[{"n": "a", "v": "1"}, {"n": "b", "v": "None"}, {"n": "c", "v": "3"}]"#,
                r#"[{"n": "a", "v": 1}, {"n": "c", "v": 3}]"#,
                vec![both(0, 0), (Some(1), None), both(2, 1)],
            ),
            ("[\"a\", \"b\"]", "[\"c\", \"d\"]", vec![both(0, 0), both(1, 1)]),
            (
                "[[1, 2], [9, 9], [3, 4]]",
                "[[1, 2], [3, 4]]",
                vec![both(0, 0), (Some(1), None), both(2, 1)],
            ),
        ] {
            assert_eq!(paired(one, other), expected, "{one} {other}");
        }
    }
}
