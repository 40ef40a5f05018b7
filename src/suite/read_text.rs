//! Translations of how a text is written, as they are written themselves.

use crate::diagnostic::{Table, Value};
use crate::rule::{Replacement, Template, Text, TextPattern, Treatment};

use super::read::template;
use super::read_treatment::unreadable;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum TextWord {
    Join,
    UnescapeHtml,
    Trim,
    Lower,
    Replace,
    Template,
    EscapeHtml,
}

pub(super) const TEXTS: [(&str, TextWord); 7] = [
    ("join", TextWord::Join),
    ("unescape_html", TextWord::UnescapeHtml),
    ("trim", TextWord::Trim),
    ("lower", TextWord::Lower),
    ("replace", TextWord::Replace),
    ("template", TextWord::Template),
    ("escape_html", TextWord::EscapeHtml),
];

/// Passes that a legacy may have escaped a text in, at most.
const MAX_TIMES: u8 = 4;

pub(super) fn read_text(word: TextWord, table: &mut Table<'_>) -> Option<Treatment> {
    let text = match word {
        TextWord::Join => table
            .required_with("separator", |value| Some(value.string()?.value.to_owned()))
            .map(|separator| Text::Join { separator }),
        TextWord::UnescapeHtml => Some(Text::UnescapeHtml {
            times: table.optional_with("times", |value| value.integer_in(1..=MAX_TIMES)).unwrap_or(1),
        }),
        TextWord::Trim => Some(Text::Trim),
        TextWord::Lower => Some(Text::Lower),
        TextWord::Replace => replacements(table).map(Text::Replace),
        TextWord::Template => captured(table),
        TextWord::EscapeHtml => Some(Text::EscapeHtml),
    };
    let unreadable = unreadable(table);
    Some(Treatment::Text { text: text?, unreadable })
}

/// One replacement in the rule itself, or several in `steps`.
fn replacements(table: &mut Table<'_>) -> Option<Vec<Replacement>> {
    let Some(steps) = table.value("steps") else {
        return replacement(table).map(|one| vec![one]);
    };
    let single = [table.value("pattern"), table.value("with")];
    if single.iter().any(Option::is_some) {
        return steps.error("several replacements stand in `steps`, each with its `pattern` and `with`; a single one stands without it");
    }
    let items = steps.list()?;
    if items.is_empty() {
        return steps.error("expected at least one `{ pattern = \"…\", with = \"…\" }`");
    }
    let read: Vec<_> = items
        .into_iter()
        .map(|item| {
            let mut table = item.table()?;
            let one = replacement(&mut table);
            table.finish();
            one
        })
        .collect();
    read.into_iter().collect()
}

fn replacement(table: &mut Table<'_>) -> Option<Replacement> {
    let pattern = table.required_with("pattern", |value| match TextPattern::part(value.string()?.value) {
        // An empty match stands between any two characters, and is never what is meant.
        Ok(pattern) if pattern.is_match("") => value.error("the pattern matches an empty text, so it would match everywhere"),
        Ok(pattern) => Some(pattern),
        Err(error) => value.error(format_args!("expected a regular expression: {error}")),
    });
    let with = table.required_with("with", |value| Some((value, value.string()?.value)));
    let (pattern, (value, with)) = (pattern?, with?);
    for reference in references(with) {
        if !is_group(&pattern, reference) {
            let diagnostic = value
                .diagnostic(format_args!("`${reference}` is no group of the pattern `{pattern}`"))
                .help(group_help(&pattern, reference));
            value.note(diagnostic);
            return None;
        }
    }
    Some(Replacement {
        pattern,
        with: with.to_owned(),
    })
}

/// What follows the dollar signs of a replacement, as the crate `regex` reads them: the longest word, or what braces hold.
fn references(with: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix('$') {
            rest = after;
            continue;
        }
        if let Some((name, after)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            found.push(name);
            rest = after;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        if end > 0 {
            found.push(&after[..end]);
        }
        rest = &after[end..];
    }
    found
}

fn is_group(pattern: &TextPattern, reference: &str) -> bool {
    match reference.parse::<usize>() {
        Ok(number) => number < pattern.regex().captures_len(),
        Err(_) => pattern.groups().any(|name| name == reference),
    }
}

fn group_help(pattern: &TextPattern, reference: &str) -> String {
    let known: String = reference.chars().take_while(char::is_ascii_digit).collect();
    if !known.is_empty() && known.len() < reference.len() && is_group(pattern, &known) {
        return format!(
            "a reference takes the longest word: write `${{{known}}}{}`",
            &reference[known.len()..]
        );
    }
    let names: Vec<&str> = pattern.groups().collect();
    let count = pattern.regex().captures_len() - 1;
    match (names.is_empty(), count) {
        (true, 0) => "the pattern has no groups; a dollar sign is written `$$`".to_owned(),
        (true, 1) => "the pattern has the group `$1`; a dollar sign is written `$$`".to_owned(),
        (true, _) => format!("the pattern has the groups `$1` to `${count}`; a dollar sign is written `$$`"),
        (false, _) => format!(
            "the pattern has the groups {}",
            quoted(names.iter().map(|name| format!("${{{name}}}")))
        ),
    }
}

/// A pattern for the whole text, and what the text becomes.
fn captured(table: &mut Table<'_>) -> Option<Text> {
    let pattern = table.required_with("pattern", |value| match TextPattern::whole(value.string()?.value) {
        Ok(pattern) => Some(pattern),
        Err(error) => value.error(format_args!("expected a regular expression: {error}")),
    });
    let to = table.required_with("to", |value| Some((value, template(value)?)));
    let (pattern, (value, to)) = (pattern?, to?);
    captures_are_groups(value, &to, &pattern)?;
    Some(Text::Template { pattern, to })
}

/// Every `{legacy.name}` of the template is a group of the pattern.
fn captures_are_groups(value: Value<'_>, template: &Template, pattern: &TextPattern) -> Option<()> {
    let Some(unknown) = template.captures().find(|name| !pattern.groups().any(|group| group == *name)) else {
        return Some(());
    };
    let groups: Vec<&str> = pattern.groups().collect();
    let help = match (crate::diagnostic::nearest(unknown, groups.iter().copied()), groups.is_empty()) {
        (Some(near), _) => format!("did you mean `{{legacy.{near}}}`?"),
        (None, true) => format!("name a group in the pattern: `(?<{unknown}>…)`"),
        (None, false) => format!("the pattern has {}", quoted(groups.iter().map(|name| format!("{{legacy.{name}}}")))),
    };
    let diagnostic = value.diagnostic(format_args!("`{{legacy.{unknown}}}` is no named group of the pattern `{pattern}`"));
    value.note(diagnostic.help(help));
    None
}

fn quoted(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_those_that_the_regex_crate_sees() {
        for (with, expected) in [
            ("$1-$name", &["1", "name"][..]),
            ("$1a", &["1a"]),
            ("${1}a", &["1"]),
            ("$$1 $ ${x", &[]),
            ("a$", &[]),
            ("${a b}", &["a b"]),
        ] {
            assert_eq!(references(with), expected, "{with}");
        }
    }
}
