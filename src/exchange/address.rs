//! Addresses inside of texts.

/// The text with `new` for the address `old` wherever that is not just the beginning of a longer host or port; `None` where
/// it does not stand.
#[must_use]
pub fn with_address(text: &str, old: &str, new: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find(old) {
        let after = &rest[at + old.len()..];
        out.push_str(&rest[..at]);
        let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
        out.push_str(if goes_on { old } else { new });
        found |= !goes_on;
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_only_where_it_ends() {
        let without_base = |text: &str| with_address(text, "http://127.0.0.1:80", "{base}");
        assert_eq!(without_base("see http://127.0.0.1:80/run/1").as_deref(), Some("see {base}/run/1"));
        assert_eq!(without_base("http://127.0.0.1:80").as_deref(), Some("{base}"));
        assert_eq!(without_base("http://127.0.0.1:8080/x"), None);
        assert_eq!(without_base("nothing"), None);
    }
}
