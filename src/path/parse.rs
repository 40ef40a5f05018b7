//! The text of a pattern.

use super::filter::{Filter, is_plain};
use super::pattern::Part;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It does not begin with `/`.
    #[error("a path begins with `/`: `/{0}`")]
    NoSlash(String),
    /// A `*` inside a longer name.
    #[error(
        "`*` (every item of a list) and `**` (any way down) stand alone between two slashes, as in `/trace/*/selected`; a `*` in a name is written `~2`"
    )]
    Star,
    /// `~` before something that it does not escape.
    #[error("`~` is written `~0`, `/` in a name `~1`, `*` in a name `~2`, `[` in a name `~3`, and a member called `**` is written `~4`")]
    Tilde,
    /// A slash at the end.
    #[error("a path does not end with `/`")]
    TrailingSlash,
    /// `**` at the end.
    #[error("`**` (any way down) needs a step after it: `/**/parameter`")]
    DeepLast,
    /// Two `**`.
    #[error("`**` stands in a path only once")]
    DeepTwice,
    /// A filter where no object stands.
    #[error("a filter stands behind a name or `*`: `/input/*[name=source_data]/data_set`")]
    FilterPlace,
    /// A filter that is not closed, or not `[member=text]`.
    #[error(
        "a filter is `[member=text]` or `[member!=text]`, with quotes around texts that are empty or hold blanks, `=`, `!`, brackets, quotes or backslashes: `[name=\"a b\"]`; found `{0}`"
    )]
    Filter(String),
    /// List items of what a filter says is an object.
    #[error("a filter picks objects, and `*` behind it stands for items of a list: there are none")]
    ItemsOfObject,
}

pub(super) fn parse(text: &str) -> Result<Vec<Part>, PatternError> {
    if text == "/" {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        rest = match rest.strip_prefix('/') {
            Some(rest) => step(rest, &mut parts)?,
            None if parts.is_empty() => return Err(PatternError::NoSlash(text.to_owned())),
            None => filter(rest, &mut parts)?,
        };
    }
    if parts.is_empty() {
        return Err(PatternError::NoSlash(text.to_owned()));
    }
    if text.ends_with('/') {
        return Err(PatternError::TrailingSlash);
    }
    check(&parts)?;
    Ok(parts)
}

fn check(parts: &[Part]) -> Result<(), PatternError> {
    if parts.last() == Some(&Part::Deep) {
        return Err(PatternError::DeepLast);
    }
    if parts.iter().filter(|part| **part == Part::Deep).count() > 1 {
        return Err(PatternError::DeepTwice);
    }
    if parts.windows(2).any(|pair| matches!(pair, [Part::Where(_), Part::Items])) {
        return Err(PatternError::ItemsOfObject);
    }
    Ok(())
}

/// One step, up to the next `/` or the filter behind it; gives the rest.
fn step<'t>(text: &'t str, parts: &mut Vec<Part>) -> Result<&'t str, PatternError> {
    let end = text.find(['/', '[']).unwrap_or(text.len());
    let (step, rest) = text.split_at(end);
    parts.push(match step {
        "*" => Part::Items,
        "**" => Part::Deep,
        name => Part::Name(name_of(name)?),
    });
    if rest.starts_with('[') && (step.is_empty() || step == "**") {
        return Err(PatternError::FilterPlace);
    }
    Ok(rest)
}

fn name_of(text: &str) -> Result<String, PatternError> {
    if text.contains('*') {
        return Err(PatternError::Star);
    }
    let mut name = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '~' {
            name.push(c);
            continue;
        }
        name.push_str(match chars.next() {
            Some('0') => "~",
            Some('1') => "/",
            Some('2') => "*",
            Some('3') => "[",
            Some('4') => "**",
            _ => return Err(PatternError::Tilde),
        });
    }
    Ok(name)
}

/// One filter, from its `[`; gives what stands behind its `]`.
fn filter<'t>(text: &'t str, parts: &mut Vec<Part>) -> Result<&'t str, PatternError> {
    let wrong = || PatternError::Filter(text.to_owned());
    let inside = text.strip_prefix('[').ok_or_else(wrong)?;
    let (member, rest) = word(inside).ok_or_else(wrong)?;
    let (equal, rest) = match (rest.strip_prefix('='), rest.strip_prefix("!=")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(wrong()),
    };
    let (text, rest) = word(rest).ok_or_else(wrong)?;
    let rest = rest.strip_prefix(']').ok_or_else(wrong)?;
    parts.push(Part::Where(Filter { member, equal, text }));
    Ok(rest)
}

/// A plain or a quoted text, and what stands behind it.
fn word(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c| !is_plain(c)).unwrap_or(text.len());
        let (plain, rest) = text.split_at(end);
        return (!plain.is_empty()).then(|| (plain.to_owned(), rest));
    };
    let mut word = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((word, &quoted[at + 1..])),
            '\\' => match chars.next()? {
                (_, escaped @ ('"' | '\\')) => word.push(escaped),
                _ => return None,
            },
            other => word.push(other),
        }
    }
    None
}
