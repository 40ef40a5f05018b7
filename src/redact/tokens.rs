//! Strings and other tokens of JSON text, replaced without making it anything else than JSON.

use std::borrow::Cow;

/// The document with `string` applied to what stands between quotes, as it is written there, and `token` to every other
/// token, in whose place it may give a string. Text that is no JSON, or ends too early, is gone through in the same way.
pub(super) fn replace(document: &str, string: impl Fn(&str) -> Option<String>, token: impl Fn(&str) -> Option<String>) -> Cow<'_, str> {
    let bytes = document.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let replaced = match bytes[at] {
            b'"' => {
                at = string_end(bytes, at + 1);
                let inner = start + 1..at;
                at = (at + 1).min(bytes.len());
                string(&document[inner.clone()]).map(|new| (inner, new))
            }
            byte if is_separator(byte) => {
                at += 1;
                None
            }
            _ => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| !is_separator(**byte) && **byte != b'"')
                    .count();
                token(&document[start..at]).map(|new| (start..at, new))
            }
        };
        if let Some((range, new)) = replaced {
            out.push_str(&document[copied..range.start]);
            out.push_str(&new);
            copied = range.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(document);
    }
    out.push_str(&document[copied..]);
    Cow::Owned(out)
}

/// Whether a text begins as JSON documents of services do.
pub(super) fn looks_like_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[', '"'])
}

/// Where the quote stands that closes a string, or the end.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        if bytes[at + found] == b'"' {
            return at + found;
        }
        at += found + 2;
    }
    bytes.len()
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'[' | b']' | b'{' | b'}' | b',' | b':') || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn replaced(document: &str) -> String {
        let string = |text: &str| text.contains("cat").then(|| text.replace("cat", "*"));
        let token = |text: &str| (text == "12").then(|| "\"*\"".to_owned());
        replace(document, string, token).into_owned()
    }

    #[test]
    fn strings_and_tokens_are_told_apart() {
        for (document, expected) in [
            (r#"{"a":12,"b":"12","c":["cat",112,12]}"#, r#"{"a":"*","b":"12","c":["*",112,"*"]}"#),
            (r#"{"cat": "a\"cat\\", "x": cat}"#, r#"{"*": "a\"*\\", "x": cat}"#),
            (r#"["never closed cat"#, r#"["never closed *"#),
            (r#"["ends in \"#, r#"["ends in \"#),
            ("12", "\"*\""),
            ("é12", "é12"),
            ("", ""),
        ] {
            assert_eq!(replaced(document), expected, "{document}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_json_stays_json(text in ".{0,40}", number in any::<i64>()) {
            replaced(&text);
            let document = serde_json::json!({ "a": [text, number], "cat": number }).to_string();
            let read: Result<serde_json::Value, _> = serde_json::from_str(&replaced(&document));
            prop_assert!(read.is_ok());
        }
    }
}
