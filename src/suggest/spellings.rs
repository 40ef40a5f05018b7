//! Rules of texts: dates, case, blanks, character references, what is left out.

use crate::rule::Datetime;
use crate::value::Value;

use super::draft::{Options, quoted};
use super::gap::same;
use super::meet::Pair;

/// How dates and times are written, as far as they are told apart.
const FORMATS: [&str; 12] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%:z",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%s",
];

/// What of a text may go where it was seen once only, in characters: more of it could be that case's data.
const SHORT: usize = 4;

/// A chain of rules.
type Way = Vec<(&'static str, Options)>;

/// The ways in which all of these could be written as the candidate writes them.
pub(super) fn ways(pairs: &[Pair<'_>]) -> Vec<Way> {
    let Some(texts) = texts(pairs) else { return Vec::new() };
    let differing: Vec<(&str, &str)> = texts.iter().filter(|(one, other)| one != other).copied().collect();
    let all = |test: &dyn Fn(&str, &str) -> bool| texts.iter().all(|(one, other)| test(one, other));
    let plain = |words: &[&'static str]| -> Way { words.iter().map(|word| (*word, Options::new())).collect() };
    let mut ways = Vec::new();
    if let Some(options) = datetime(&texts) {
        ways.push(vec![("datetime", options)]);
    }
    if all(&|one, other| one.trim() == other) {
        ways.push(plain(&["trim"]));
    }
    if all(&|one, other| one.to_lowercase() == other) {
        ways.push(plain(&["lower"]));
    }
    if all(&|one, other| one.trim().to_lowercase() == other) {
        ways.push(plain(&["trim", "lower"]));
    }
    if differing.iter().any(|(one, _)| has_reference(one)) {
        ways.push(plain(&["unescape_html"]));
        ways.push(vec![("unescape_html", vec![("times", "2".to_owned())])]);
        ways.push(plain(&["unescape_html", "trim"]));
    }
    if differing.iter().all(|(_, other)| has_reference(other)) {
        ways.push(plain(&["escape_html"]));
    }
    if let Some(options) = replace(&differing) {
        ways.push(vec![("replace", options)]);
    }
    ways
}

/// Both sides as texts; nothing where one is something else.
fn texts<'v>(pairs: &[Pair<'v>]) -> Option<Vec<(&'v str, &'v str)>> {
    let text = |value: &'v Value<'v>| match value {
        Value::String(text) => Some(&**text),
        _ => None,
    };
    // Seconds since 1970 may be a number.
    let read = |value: &'v Value<'v>| match value {
        Value::Number(number) => Some(&*number.text),
        value => text(value),
    };
    pairs
        .iter()
        .map(|pair| Some((read(pair.expected)?, text(pair.candidate)?)))
        .collect()
}

fn has_reference(text: &str) -> bool {
    text.split('&')
        .skip(1)
        .any(|after| after.find(';').is_some_and(|end| end > 1 && end < 10))
}

fn datetime(texts: &[(&str, &str)]) -> Option<Options> {
    for reads in FORMATS {
        for writes in FORMATS.into_iter().filter(|writes| *writes != reads) {
            let Ok(datetime) = Datetime::new(vec![reads.to_owned()], writes.to_owned()) else {
                continue;
            };
            if texts.iter().all(|(one, other)| datetime.reword(one).as_deref() == Some(*other)) {
                return Some(vec![("reads", quoted(reads)), ("writes", quoted(writes))]);
            }
        }
    }
    None
}

/// The same part of every text that became the same other.
fn replace(differing: &[(&str, &str)]) -> Option<Options> {
    let mut found: Option<(String, String)> = None;
    for (one, other) in differing {
        let (removed, inserted) = edit(one, other);
        if removed.is_empty() || removed == *one {
            return None;
        }
        match &found {
            None => found = Some((removed.to_owned(), inserted.to_owned())),
            Some(known) if known.0 == removed && known.1 == inserted => {}
            Some(_) => return None,
        }
    }
    let (mut removed, mut inserted) = found?;
    // A mark behind it belongs to it where it always stands there: `:80` is no part of `:8080`.
    let behind = |one: &str| {
        let (_, after) = one.split_once(removed.as_str())?;
        after.chars().next().filter(|next| !next.is_alphanumeric())
    };
    let mut marks = differing.iter().map(|(one, _)| behind(one));
    if let Some(Some(mark)) = marks.next()
        && marks.all(|other| other == Some(mark))
    {
        removed.push(mark);
        inserted.push(mark);
    }
    let telling = differing.len() > 1 || removed.chars().count() <= SHORT;
    telling.then(|| {
        vec![
            ("pattern", quoted(&regex::escape(&removed))),
            ("with", quoted(&inserted.replace('$', "$$"))),
        ]
    })
}

/// What stands in the one text between a beginning and an end that it shares with the other, and what stands there in the other.
fn edit<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str) {
    let begin: usize = one
        .chars()
        .zip(other.chars())
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (one, other) = (&one[begin..], &other[begin..]);
    let end: usize = one
        .chars()
        .rev()
        .zip(other.chars().rev())
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    (&one[..one.len() - end], &other[..other.len() - end])
}

/// How lists of texts became texts.
pub(super) fn join(pairs: &[Pair<'_>]) -> Option<Options> {
    let several = pairs
        .iter()
        .any(|pair| matches!(pair.expected, Value::Array(items) if items.len() > 1));
    let joined = |separator: &str| {
        pairs.iter().all(|pair| match (pair.expected, pair.candidate) {
            (Value::Array(items), Value::String(text)) => {
                let parts: Option<Vec<&str>> = items.iter().map(Value::scalar_text).collect();
                parts.is_some_and(|parts| parts.join(separator) == *text)
            }
            (ours, theirs) => same(ours, theirs),
        })
    };
    let separator = [", ", ",", ";", "; ", " ", "|", "\n", ""]
        .into_iter()
        .find(|separator| joined(separator))?;
    several.then(|| vec![("separator", quoted(separator))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_what_is_between() {
        for (one, other, removed, inserted) in [
            ("http://x:80/a", "http://x/a", ":80", ""),
            ("a b", "aTb", " ", "T"),
            ("ab", "axb", "", "x"),
            ("aaa", "aa", "a", ""),
            ("ä-ö", "ä+ö", "-", "+"),
        ] {
            assert_eq!(edit(one, other), (removed, inserted), "{one} {other}");
        }
    }

    #[test]
    fn what_one_text_alone_says_is_replaced_only_where_it_is_short() {
        assert!(replace(&[("http://x:80/a", "http://x/a")]).is_some());
        assert!(replace(&[("uploaded by somebody", "uploaded")]).is_none());
        assert!(replace(&[("a (old)", "a"), ("b (old)", "b")]).is_some());
        assert!(replace(&[("a (old)", "a"), ("b (bad)", "b")]).is_none());
    }

    #[test]
    fn dates_are_read_and_written_as_they_were_seen() {
        let options = datetime(&[("2014-04-06 23:19:24", "2014-04-06T23:19:24")]).unwrap();
        assert_eq!(options[1].1, "\"%Y-%m-%dT%H:%M:%S\"");
        assert!(datetime(&[("1396826364", "2014-04-06T23:19:24Z")]).is_some());
        assert!(datetime(&[("2014-04-06", "2014-04-07")]).is_none());
    }
}
