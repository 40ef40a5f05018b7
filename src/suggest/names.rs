//! How alike two names are.

use std::collections::BTreeSet;

/// From 0 to 1: the share of words that they have in common, of the name that has fewer.
pub(super) fn alike(one: &str, other: &str) -> f64 {
    let (one, other) = (words(one), words(other));
    let shared = u32::try_from(one.intersection(&other).count()).unwrap_or_default();
    let fewer = u32::try_from(one.len().min(other.len()).max(1)).unwrap_or(u32::MAX);
    f64::from(shared) / f64::from(fewer)
}

/// Whether a name is that of an identifier.
pub(super) fn is_id(name: &str) -> bool {
    let words = words(name);
    ["id", "did", "uuid", "guid", "key", "hash", "md5"]
        .iter()
        .any(|word| words.contains(*word))
}

/// Its words in lower case and in the singular: `TraceIterations` and `trace_iteration` have the same.
fn words(name: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars().chain(['_']) {
        let breaks = !c.is_alphanumeric() || (c.is_uppercase() && was_lower);
        if breaks && !word.is_empty() {
            let singular = word.strip_suffix('s').filter(|rest| rest.len() > 1 && !rest.ends_with('s'));
            words.insert(singular.unwrap_or(&word).to_owned());
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_by_their_words() {
        for (one, other, likeness) in [
            ("trace_iteration", "trace", 1.0),
            ("nominal_value", "nominalValues", 1.0),
            ("tag", "tags", 1.0),
            ("task_name", "name", 1.0),
            ("task_id", "task_name", 0.5),
            ("component", "subflows", 0.0),
            ("status", "state", 0.0),
        ] {
            assert!((alike(one, other) - likeness).abs() < 1e-9, "{one} {other} {}", alike(one, other));
        }
        assert!(is_id("task_id") && is_id("dataIds") && !is_id("identity"));
    }
}
