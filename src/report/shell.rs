//! Words for a POSIX shell.

use std::borrow::Cow;

/// One argument as it is typed: as it is where that is safe, else in single quotes.
#[must_use]
pub fn quote(text: &str) -> Cow<'_, str> {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-+=,./:@%".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        for (text, typed) in [
            ("run-trace/run_id=34", "run-trace/run_id=34"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME;`x`", "'$HOME;`x`'"),
            ("日本", "'日本'"),
            ("http://x/y?z=1&w", "'http://x/y?z=1&w'"),
        ] {
            assert_eq!(quote(text), typed);
        }
    }
}
