//! What changed in a snapshot, in kind, so that snapshots that changed alike are known as such.

use std::collections::BTreeSet;

use similar::{ChangeTag, TextDiff};

use super::state::SnapshotDiff;

/// How many hexadecimal digits make a word a digest.
const DIGEST: usize = 16;

/// What changed, a phrase for each kind of change, sorted: `"evaluation": another number`, `verdict: match → translated`. Which
/// values they are is left out, so that snapshots of the same changes are equal in it.
#[must_use]
pub fn changes(diff: &SnapshotDiff) -> BTreeSet<String> {
    let text = TextDiff::from_lines(&diff.approved, &diff.today);
    let mut found = BTreeSet::new();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for change in text.iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => gone.push(tokens(change.value())),
            ChangeTag::Insert => new.push(tokens(change.value())),
            ChangeTag::Equal => between(&mut gone, &mut new, &mut found),
        }
    }
    between(&mut gone, &mut new, &mut found);
    found
}

/// The lines that stand in the place of others, side by side.
fn between<'t>(gone: &mut Vec<Vec<Token<'t>>>, new: &mut Vec<Vec<Token<'t>>>, found: &mut BTreeSet<String>) {
    let (gone, new) = (std::mem::take(gone), std::mem::take(new));
    let pairs = gone.len().min(new.len());
    for (before, after) in gone.iter().zip(&new) {
        if !within(before, after, found) {
            found.insert(format!("- {}", shape(before)));
            found.insert(format!("+ {}", shape(after)));
        }
    }
    found.extend(gone[pairs..].iter().map(|line| format!("- {}", shape(line))));
    found.extend(new[pairs..].iter().map(|line| format!("+ {}", shape(line))));
}

/// What changed within a line; false when its parts are not the same.
fn within(before: &[Token<'_>], after: &[Token<'_>], found: &mut BTreeSet<String>) -> bool {
    let same_part = |(one, other): (&Token<'_>, &Token<'_>)| one == other || (one.may_change() && other.may_change());
    if before.len() != after.len() || !before.iter().zip(after).all(same_part) {
        return false;
    }
    for (place, (one, other)) in before.iter().zip(after).enumerate().filter(|(_, (one, other))| one != other) {
        let member = before[..place].iter().rfind(|token| matches!(token, Token::Member(_)));
        let label = match member.or(before[..place].first()) {
            Some(label) => format!("{}: ", label.kind()),
            None => String::new(),
        };
        found.insert(match (one.kind(), other.kind()) {
            (one, other) if one == other => format!("{label}another {one}"),
            (one, other) => format!("{label}{one} → {other}"),
        });
    }
    true
}

fn shape(line: &[Token<'_>]) -> String {
    line.iter().map(|token| token.kind()).collect::<Vec<_>>().join(" ")
}

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// The name of a member, with its quotes.
    Member(&'t str),
    Text(&'t str),
    Number(&'t str),
    Digest(&'t str),
    Word(&'t str),
    Mark(&'t str),
}

impl<'t> Token<'t> {
    const fn may_change(self) -> bool {
        !matches!(self, Self::Member(_) | Self::Mark(_))
    }

    /// What is the same in all that are of its kind.
    const fn kind(self) -> &'t str {
        match self {
            Self::Member(text) | Self::Word(text) | Self::Mark(text) => text,
            Self::Text(_) => "string",
            Self::Number(_) => "number",
            Self::Digest(_) => "digest",
        }
    }
}

/// The parts of a line; a comma at its end says only that another follows.
fn tokens(line: &str) -> Vec<Token<'_>> {
    let line = line.trim();
    let mut rest = line.strip_suffix(',').unwrap_or(line);
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/');
        let length = match first {
            '"' => quoted(rest),
            first if is_word(first) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        rest = after.trim_start();
        found.push(match first {
            '"' if rest.starts_with(':') => Token::Member(text),
            '"' => Token::Text(text),
            _ if is_number(text) => Token::Number(text),
            _ if text.len() >= DIGEST && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => Token::Digest(text),
            first if is_word(first) => Token::Word(text),
            _ => Token::Mark(text),
        });
    }
    found
}

fn is_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

/// How long the string is that a text begins with; a string without an end is the whole text.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn changed(approved: &str, today: &str) -> Vec<String> {
        let diff = SnapshotDiff {
            approved: approved.into(),
            today: today.into(),
        };
        changes(&diff).into_iter().collect()
    }

    #[test]
    fn values_are_told_by_member_and_kind() {
        for (approved, today, expected) in [
            ("{ \"a\": 1, \"b\": 2 }", "{ \"a\": 1, \"b\": 3.5 }", &["\"b\": another number"][..]),
            ("  \"a\": \"x \\\" y\",", "  \"a\": 1", &["\"a\": string → number"]),
            ("\"a\": true", "\"a\": false", &["\"a\": true → false"]),
            ("\"a\": null", "\"a\": \"\"", &["\"a\": null → string"]),
            ("verdict    match", "verdict    translated", &["verdict: match → translated"]),
            ("  integer /id × 1", "  integer /id × 12", &["integer: another number"]),
            (
                "… 48: blake3 0123456789abcdef",
                "… 48: blake3 fedcba9876543210",
                &["…: another digest"],
            ),
            (
                "{ \"a\": 1 }",
                "{ \"a\": 1, \"b\": 2 }",
                &["+ { \"a\" : number , \"b\" : number }", "- { \"a\" : number }"],
            ),
            ("x\n  \"a\": 1\n}", "x\n  \"a\": 1,\n  \"b\": \"c\"\n}", &["+ \"b\" : string"]),
            ("same", "same", &[]),
        ] {
            assert_eq!(changed(approved, today), expected, "{approved} | {today}");
        }
    }

    #[test]
    fn other_values_are_the_same_change_and_other_members_are_not() {
        let one = changed("\"a\": 1\n\"z\": 0", "\"a\": 2\n\"z\": 0");
        assert_eq!(one, changed("\"a\": 7\n\"y\": 5", "\"a\": 8\n\"y\": 5"));
        assert_ne!(one, changed("\"b\": 1", "\"b\": 2"));
        assert_ne!(one, changed("\"a\": 1", "\"a\": \"2\""));
    }

    proptest! {
        #[test]
        fn only_equal_texts_have_no_change(approved in "[\\PC\n]{0,40}", today in "[\\PC\n]{0,40}") {
            // A comma at the end of a line, and blanks, say nothing by themselves.
            let plain = |text: &str| text.lines().map(|line| tokens(line).iter().map(|token| format!("{token:?}")).collect()).collect::<Vec<Vec<String>>>();
            let differ = plain(&approved) != plain(&today);
            prop_assert!(!differ || !changed(&approved, &today).is_empty());
        }
    }
}
