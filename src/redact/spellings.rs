//! The ways in which one text is written inside others.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Every spelling of a text to look for, longest first: as it is, escaped for JSON by the usual habits once and twice, percent-encoded
/// for paths and forms, escaped for HTML once and twice, in Base64.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let encoded = utf8_percent_encode(text, ENCODED).to_string();
    let html = html(text);
    let mut all = BTreeSet::from([
        text.to_owned(),
        lower_hex(&encoded),
        encoded.replace("%20", "+"),
        encoded,
        self::html(&html),
        html,
    ]);
    // Twice: a document may quote another one.
    for _ in 0..2 {
        let escaped: Vec<String> = all.iter().flat_map(|spelling| in_json(spelling)).collect();
        all.extend(escaped);
    }
    let mut all: Vec<String> = all.into_iter().chain(in_base64(text)).collect();
    // Where one spelling holds another, as `a\/b` ends in `b`, the whole must go.
    all.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    all
}

/// What the Base64 of a text is, and what it is inside that of a longer one: of the characters that it shares with what stands around
/// it nothing can be known, and each holds less than a byte of it.
fn in_base64(text: &str) -> Vec<String> {
    let mut all = vec![BASE64_STANDARD.encode(text)];
    for before in 0..3 {
        let inside = BASE64_STANDARD.encode(format!("{}{text}", &"\0\0"[..before]));
        let start = [0, 2, 3][before];
        let end = (before + text.len()) * 8 / 6;
        all.push(inside[start..end].to_owned());
    }
    let safe: Vec<String> = all.iter().map(|one| one.replace('+', "-").replace('/', "_")).collect();
    all.extend(safe);
    all.retain(|one| one.len() >= SHORTEST);
    all.sort();
    all.dedup();
    all
}

/// A shorter piece of Base64 may be a piece of anything.
const SHORTEST: usize = 8;

fn in_json(text: &str) -> [String; 4] {
    [
        json(text, Slash::Plain, Letters::Kept),
        json(text, Slash::Escaped, Letters::Kept),
        json(text, Slash::Plain, Letters::Escaped),
        json(text, Slash::Escaped, Letters::Escaped),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slash {
    Plain,
    Escaped,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Kept,
    Escaped,
}

fn json(text: &str, slash: Slash, letters: Letters) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if slash == Slash::Escaped => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' || (letters == Letters::Escaped && !c.is_ascii()) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}").expect("writing to a String");
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#039;")
}

fn lower_hex(encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some(at) = rest.find('%') {
        let end = at + 3;
        out.push_str(&rest[..at]);
        out.push_str(&rest[at..end].to_ascii_lowercase());
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_has_one_spelling() {
        let all = spellings("AD00ff-_.~");
        let escaped: Vec<&String> = all.iter().filter(|spelling| spelling.contains("AD00ff")).collect();
        assert_eq!(escaped, ["AD00ff-_.~"]);
    }

    #[test]
    fn escapes_are_spelled_longest_first() {
        let all = spellings("a/b é\"&");
        for wanted in [
            "a/b é\"&",
            "a/b é\\\"&",
            "a\\/b é\\\"&",
            "a\\/b \\u00e9\\\"&",
            "a%2Fb%20%C3%A9%22%26",
            "a%2fb%20%c3%a9%22%26",
            "a%2Fb+%C3%A9%22%26",
            "a/b é&quot;&amp;",
            "a/b é&amp;quot;&amp;amp;",
        ] {
            assert!(all.iter().any(|spelling| spelling == wanted), "{wanted} in {all:?}");
        }
        for around in ["", "a", "ab", "abc"] {
            let encoded = BASE64_STANDARD.encode(format!("{around}a/b é\"& and more"));
            assert!(all.iter().any(|spelling| encoded.contains(spelling.as_str())), "{encoded}");
        }
        assert!(all.is_sorted_by_key(|spelling| std::cmp::Reverse(spelling.len())));
    }
}
