//! Members of JSON documents by their name, found without changing anything around them.

use std::borrow::Cow;
use std::ops::Range;

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where its token stands.
    place: Range<usize>,
    /// What a string says.
    pub text: Option<String>,
}

/// The values of members with such names; `null`, empty strings, and everything behind a place that is no JSON, are left out.
pub(super) fn of(document: &str, secret: impl Fn(&str) -> bool) -> Vec<Found> {
    let bytes = document.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', &bytes[at..]).map(|offset| at + offset) {
        let Some(end) = string_end(bytes, quote) else {
            break;
        };
        at = end;
        let colon = skip_blanks(bytes, end);
        if bytes.get(colon) != Some(&b':') || !is_name(&document[quote..end], &secret) {
            continue;
        }
        let start = skip_blanks(bytes, colon + 1);
        let Some(place) = value_end(bytes, start).map(|end| start..end) else {
            continue;
        };
        let token = &document[place.clone()];
        if matches!(token, "" | "null" | "\"\"") {
            continue;
        }
        at = place.end;
        found.push(Found {
            text: serde_json::from_str(token).ok(),
            place,
        });
    }
    found
}

/// The document with the values of such members replaced by strings that `mask` gives for them. A value that is no string
/// has another mask than the string of its digits: what differs in type still differs.
pub(super) fn replace(document: &str, secret: impl Fn(&str) -> bool, mask: impl Fn(&[u8]) -> String) -> Cow<'_, str> {
    let found = of(document, secret);
    if found.is_empty() {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len() + 32 * found.len());
    let mut copied = 0;
    for Found { place, text } in found {
        let masked = match text {
            Some(text) => mask(text.as_bytes()),
            None => mask(format!("\0{}", &document[place.clone()]).as_bytes()),
        };
        out.push_str(&document[copied..place.start]);
        out.push('"');
        out.push_str(&masked);
        out.push('"');
        copied = place.end;
    }
    out.push_str(&document[copied..]);
    Cow::Owned(out)
}

/// Behind the quote that closes the string which opens at `quote`.
fn string_end(bytes: &[u8], quote: usize) -> Option<usize> {
    let mut at = quote + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Behind the value that begins at `start`, with everything in it when it is an array or object.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'[' | b'{' => {
                depth += 1;
                at += 1;
            }
            b']' | b'}' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            _ if depth > 0 => {
                at += 1;
                continue;
            }
            _ => {
                let rest = &bytes[at..];
                return Some(
                    at + rest
                        .iter()
                        .position(|b| matches!(b, b',' | b'}' | b']') || b.is_ascii_whitespace())
                        .unwrap_or(rest.len()),
                );
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let blanks = bytes.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_whitespace());
    from + blanks.count()
}

fn is_name(token: &str, secret: impl Fn(&str) -> bool) -> bool {
    if !token.contains('\\') {
        return secret(token.trim_matches('"'));
    }
    serde_json::from_str::<String>(token).is_ok_and(|name| secret(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn replaced(document: &str) -> String {
        replace(
            document,
            |name| name == "key",
            |secret| format!("<{}>", String::from_utf8_lossy(secret).replace('\0', "!")),
        )
        .into_owned()
    }

    #[test]
    fn only_values_of_the_name_are_replaced_and_nothing_else_changes() {
        for (document, expected) in [
            (r#"{"key":"a\nb"}"#, "{\"key\":\"<a\nb>\"}"),
            (r#"{ "a": [ {"key" : "x" , "b":1} ] }"#, r#"{ "a": [ {"key" : "<x>" , "b":1} ] }"#),
            (r#"{"key":12,"keys":"x","k":"key"}"#, r#"{"key":"<!12>","keys":"x","k":"key"}"#),
            (r#"{"key":null,"x":{"key":""}}"#, r#"{"key":null,"x":{"key":""}}"#),
            (r#"{"\u006bey":"x"}"#, r#"{"\u006bey":"<x>"}"#),
            (r#"{"key":["a]",{"b":"c}"}],"d":1}"#, r#"{"key":"<!["a]",{"b":"c}"}]>","d":1}"#),
            (r#"["key","x"]"#, r#"["key","x"]"#),
            (r#"{"a":"\"key\":\"x\""}"#, r#"{"a":"\"key\":\"x\""}"#),
            (r#"{"key":"never closed"#, r#"{"key":"never closed"#),
            (r#"<a href="key">: "x"</a>"#, r#"<a href="key">: "x"</a>"#),
        ] {
            assert_eq!(replaced(document), expected, "{document}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in r#"["\\{}\[\]:, a-c\u{e9}]*|.*"#) {
            of(&text, |_| true);
        }
    }
}
