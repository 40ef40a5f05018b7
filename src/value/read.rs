//! JSON text to a tree.

use std::borrow::Cow;
use std::fmt;

use jiter::{Jiter, JiterError, Peek};

use super::tree::{Member, Object, Value};

/// How many arrays and objects may stand inside each other; deeper documents are refused and not followed.
pub const MAX_DEPTH: usize = 256;

/// Why a text is not a JSON or XML document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// One-based line; 0 where there is no place to name, as with an empty document.
    pub line: usize,
    /// One-based column, in bytes.
    pub column: usize,
    /// What is wrong, as a lowercase fragment.
    pub reason: String,
}

/// Reads one JSON document (RFC 8259), keeping number text and duplicate members.
///
/// # Errors
/// When the bytes are not UTF-8, start with a byte-order mark, are not one whole JSON document, or nest deeper than [`MAX_DEPTH`].
pub fn read(document: &[u8]) -> Result<Value<'_>, ReadError> {
    let text = text(document)?;
    let mut reader = Reader {
        jiter: Jiter::new(document),
        text,
        depth: 0,
        members: Vec::new(),
    };
    let value = reader.jiter.peek().and_then(|peek| reader.value(peek));
    let value = match value {
        Ok(value) if reader.depth <= MAX_DEPTH => value,
        Ok(_) => return Err(too_deep()),
        Err(error) => return Err(reader.error(&error)),
    };
    reader.jiter.finish().map_err(|error| reader.error(&error))?;
    Ok(value)
}

impl ReadError {
    pub(super) fn without_place(reason: impl Into<String>) -> Self {
        Self {
            line: 0,
            column: 0,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str(&self.reason);
        }
        write!(f, "{} at line {} column {}", self.reason, self.line, self.column)
    }
}

impl std::error::Error for ReadError {}

/// The document as text, when it is one.
fn text(document: &[u8]) -> Result<&str, ReadError> {
    if document.is_empty() {
        return Err(ReadError::without_place("empty body"));
    }
    if document.starts_with(b"\xef\xbb\xbf") {
        return Err(ReadError {
            line: 1,
            column: 1,
            reason: "byte-order mark before the document".to_owned(),
        });
    }
    std::str::from_utf8(document).map_err(|error| not_text(document, error.valid_up_to()))
}

/// The document is UTF-8 only up to that place.
pub(super) fn not_text(document: &[u8], valid_up_to: usize) -> ReadError {
    let before = &document[..valid_up_to];
    let lines: Vec<&[u8]> = before.split(|b| *b == b'\n').collect();
    ReadError {
        line: lines.len(),
        column: lines.last().map_or(0, |line| line.len()) + 1,
        reason: "text that is not UTF-8".to_owned(),
    }
}

pub(super) fn too_deep() -> ReadError {
    ReadError::without_place(format!("more than {MAX_DEPTH} arrays and objects inside each other"))
}

struct Reader<'a> {
    jiter: Jiter<'a>,
    text: &'a str,
    /// How deep the reader stands; above [`MAX_DEPTH`] once it gave up.
    depth: usize,
    /// How many members the last object of each depth had: a row is followed by rows like it, and need not grow.
    members: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, peek: Peek) -> Result<Value<'a>, JiterError> {
        match peek {
            Peek::Null => self.jiter.known_null().map(|()| Value::Null),
            Peek::True | Peek::False => self.jiter.known_bool(peek).map(Value::Bool),
            Peek::String => self.string().map(Value::String),
            Peek::Array => {
                if !self.enter() {
                    return Ok(Value::Null);
                }
                let mut items = Vec::new();
                let mut next = self.jiter.known_array()?;
                while let Some(peek) = next {
                    items.push(self.value(peek)?);
                    if self.depth > MAX_DEPTH {
                        return Ok(Value::Null);
                    }
                    next = self.jiter.array_step()?;
                }
                self.depth -= 1;
                Ok(Value::Array(items))
            }
            Peek::Object => {
                if !self.enter() {
                    return Ok(Value::Null);
                }
                let depth = self.depth;
                if self.members.len() <= depth {
                    self.members.resize(depth + 1, 0);
                }
                let mut members = Vec::with_capacity(self.members[depth]);
                let text = self.text;
                let mut name = self.jiter.known_object()?.map(|name| borrow(text, name));
                while let Some(current) = name {
                    let peek = self.jiter.peek()?;
                    let value = self.value(peek)?;
                    if self.depth > MAX_DEPTH {
                        return Ok(Value::Null);
                    }
                    members.push(Member { name: current, value });
                    name = self.jiter.next_key()?.map(|name| borrow(text, name));
                }
                self.members[depth] = members.len();
                self.depth -= 1;
                Ok(Value::Object(Object { members }))
            }
            _ => {
                let start = self.jiter.current_index();
                self.jiter.known_number_bytes(peek)?;
                Ok(Value::number(&self.text[start..self.jiter.current_index()]))
            }
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JiterError> {
        let text = self.text;
        Ok(borrow(text, self.jiter.known_str()?))
    }

    /// Whether one level deeper is still allowed.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth <= MAX_DEPTH
    }

    fn error(&self, error: &JiterError) -> ReadError {
        if self.depth > MAX_DEPTH {
            return too_deep();
        }
        let position = error.get_position(&self.jiter);
        ReadError {
            line: position.line,
            column: position.column,
            reason: match &error.error_type {
                jiter::JiterErrorType::JsonError(kind) => lowercase_first(&kind.to_string()),
                other @ jiter::JiterErrorType::WrongType { .. } => lowercase_first(&other.to_string()),
            },
        }
    }
}

/// What was decoded, as a slice of the document when it stands there unescaped, else a copy.
///
/// Jiter gives a slice of the document itself for a text without escapes; the address tells it from a decoded one.
fn borrow<'a>(document: &'a str, decoded: &str) -> Cow<'a, str> {
    let offset = decoded.as_ptr().addr().wrapping_sub(document.as_ptr().addr());
    match offset.checked_add(decoded.len()).and_then(|end| document.get(offset..end)) {
        Some(same) => Cow::Borrowed(same),
        None => Cow::Owned(decoded.to_owned()),
    }
}

fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // `EOF` stays as it is.
        Some(first) if chars.clone().next().is_none_or(char::is_lowercase) => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{compact, pretty};
    use proptest::prelude::*;

    #[test]
    fn number_text_survives() {
        for token in [
            "0",
            "-0",
            "1E5",
            "1e-05",
            "0.9300",
            "100000000000000000000",
            "1e400",
            "-1.5E+3",
            "9007199254740993",
        ] {
            let value = read(token.as_bytes()).unwrap();
            assert_eq!(value, Value::number(token));
        }
    }

    #[test]
    fn duplicate_members_survive_in_order() {
        let value = read(br#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(compact(&value), r#"{"a":1,"b":2,"a":3}"#);
    }

    #[test]
    fn serde_jsons_private_key_is_a_member_like_any_other() {
        let text = r#"{"$serde_json::private::Number":"1"}"#;
        assert_eq!(compact(&read(text.as_bytes()).unwrap()), text);
    }

    #[test]
    fn plain_text_is_borrowed_and_escaped_text_is_decoded() {
        let document = r#" { "plain" : "caf\u00e9 \/ \"x\"" , "k\u0065y": "é" } "#.as_bytes();
        let Value::Object(object) = read(document).unwrap() else {
            panic!("an object")
        };
        assert!(matches!(object.members[0].name, Cow::Borrowed("plain")));
        assert_eq!(object.members[0].value, Value::string("café / \"x\""));
        assert!(matches!(object.members[1].name, Cow::Owned(ref name) if name == "key"));
        assert!(matches!(object.members[1].value, Value::String(Cow::Borrowed("é"))));
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, message) in [
            ("", "empty body"),
            ("\u{feff}{}", "byte-order mark before the document at line 1 column 1"),
            ("<html>", "expected value at line 1 column 1"),
            ("{\"a\":1", "EOF while parsing an object at line 1 column 6"),
            ("[1,]", "trailing comma at line 1 column 4"),
            ("{} x", "trailing characters at line 1 column 4"),
            ("[NaN]", "expected value at line 1 column 2"),
            ("[01]", "invalid number at line 1 column 3"),
            ("[1.]", "invalid number at line 1 column 4"),
            ("[+1]", "expected value at line 1 column 2"),
            ("\"\\ud800\"", "unexpected end of hex escape at line 1 column 8"),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert_eq!(error, message, "{text:?}");
        }
        assert_eq!(
            read(b"[\"a\n\xff\"]").unwrap_err().to_string(),
            "text that is not UTF-8 at line 2 column 1"
        );
    }

    #[test]
    fn deep_documents_are_refused_and_do_not_overflow_the_stack() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(read(&nested(MAX_DEPTH + 1)).is_err());
        let message = read(&vec![b'['; 1_000_000]).unwrap_err().to_string();
        assert_eq!(message, "more than 256 arrays and objects inside each other");
        assert!(read(&b"{\"a\":".repeat(1_000_000)).is_err());
    }

    fn documents() -> impl Strategy<Value = Value<'static>> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?".prop_map(Value::number),
            any::<String>().prop_map(Value::string),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::vec((any::<String>(), inner), 0..6).prop_map(|members| {
                    Value::Object(Object {
                        members: members
                            .into_iter()
                            .map(|(name, value)| Member { name: name.into(), value })
                            .collect(),
                    })
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(document in documents()) {
            for text in [compact(&document), pretty(&document)] {
                prop_assert_eq!(&read(text.as_bytes()).unwrap(), &document);
            }
        }

        #[test]
        fn accepts_what_serde_json_accepts(text in "[\\[\\]{}\",:0-9eE.+\\-a-z\\\\ ]{0,24}") {
            let ours = read(text.as_bytes()).is_ok();
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
