//! "Did you mean": the valid name that a misspelt one most likely stands for.

/// The name nearest to `found`, when one is near enough to be worth saying (about one slip in three characters).
///
/// ```
/// use parity::diagnostic::nearest;
/// assert_eq!(nearest("databse", ["legacy", "database"]), Some("database"));
/// assert_eq!(nearest("search", ["legacy", "database"]), None);
/// ```
pub fn nearest<'n>(found: &str, valid: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = (found.chars().count() / 3).max(1);
    let lower = found.to_lowercase();
    valid
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|&(distance, name)| distance <= most && distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        for (found, valid, expected) in [
            ("whi", &["why", "rule"][..], Some("why")),
            ("Why", &["why"], Some("why")),
            ("imgae", &["image", "command"], Some("image")),
            ("x", &["y"], None),
            ("", &["a"], None),
            ("port", &["postgres"], None),
        ] {
            assert_eq!(nearest(found, valid.iter().copied()), expected, "{found}");
        }
    }
}
