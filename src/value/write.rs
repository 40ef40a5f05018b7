//! A tree to JSON text, deterministic to the byte.

use super::tree::{Object, Value};

/// The value on one line, without blanks.
#[must_use]
pub fn compact(value: &Value<'_>) -> String {
    let mut out = String::new();
    write_compact(&mut out, value);
    out
}

/// The value over several lines, two blanks a level; arrays and objects without arrays and objects in them stay on one line
/// when they are short, so that a row of a table is a line of a diff.
#[must_use]
pub fn pretty(value: &Value<'_>) -> String {
    let mut out = String::new();
    write_pretty(&mut out, value, 0);
    out
}

/// The value on one line, cut in the middle when it is longer than `limit` characters.
#[must_use]
pub fn excerpt(value: &Value<'_>, limit: usize) -> String {
    shorten(compact(value), limit)
}

fn shorten(text: String, limit: usize) -> String {
    let count = text.chars().count();
    if count <= limit {
        return text;
    }
    let head: String = text.chars().take(limit * 2 / 3).collect();
    let tail: String = text.chars().skip(count - limit / 3).collect();
    format!("{head} … {tail}")
}

fn write_compact(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_compact(out, item);
            }
            out.push(']');
        }
        Value::Object(Object { members }) => {
            out.push('{');
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, &member.name);
                out.push(':');
                write_compact(out, &member.value);
            }
            out.push('}');
        }
        scalar => write_scalar(out, scalar),
    }
}

/// Lines up to this many characters are kept whole by [`pretty`].
const LINE: usize = 160;

fn write_pretty(out: &mut String, value: &Value<'_>, level: usize) {
    let flat = match value {
        Value::Array(items) => items.iter().all(is_scalar),
        Value::Object(object) => level > 0 && object.members.iter().all(|member| is_scalar(&member.value)),
        _ => true,
    };
    if flat {
        let start = out.len();
        write_spaced(out, value);
        if out.len() - start <= LINE || is_scalar(value) {
            return;
        }
        out.truncate(start);
    }
    match value {
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(out, index, level + 1);
                write_pretty(out, item, level + 1);
            }
            close_line(out, level, ']');
        }
        Value::Object(object) if !object.members.is_empty() => {
            out.push('{');
            for (index, member) in object.members.iter().enumerate() {
                new_line(out, index, level + 1);
                write_string(out, &member.name);
                out.push_str(": ");
                write_pretty(out, &member.value, level + 1);
            }
            close_line(out, level, '}');
        }
        empty_or_scalar => write_compact(out, empty_or_scalar),
    }
}

fn new_line(out: &mut String, index: usize, level: usize) {
    if index > 0 {
        out.push(',');
    }
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

fn close_line(out: &mut String, level: usize, bracket: char) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
    out.push(bracket);
}

fn write_spaced(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_scalar(out, item);
            }
            out.push(']');
        }
        Value::Object(object) => {
            if object.members.is_empty() {
                out.push_str("{}");
                return;
            }
            out.push_str("{ ");
            for (index, member) in object.members.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_string(out, &member.name);
                out.push_str(": ");
                write_scalar(out, &member.value);
            }
            out.push_str(" }");
        }
        scalar => write_scalar(out, scalar),
    }
}

fn is_scalar(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.members.is_empty(),
    }
}

fn write_scalar(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number.text),
        Value::String(text) => write_string(out, text),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Invisible or direction-changing characters would let two different bodies look the same to a reviewer.
            c if c.is_control() || is_invisible(c) => push_escape(out, c),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn push_escape(out: &mut String, c: char) {
    use std::fmt::Write as _;
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        write!(out, "\\u{unit:04x}").expect("writing to a String");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    #[test]
    fn rows_stay_on_one_line() {
        let value = read(br#"{"run_id":34,"none":[],"trace":[{"a":1,"b":true},{"a":2,"b":{"c":[1,2]}}]}"#).unwrap();
        insta::assert_snapshot!(pretty(&value), @r#"
        {
          "run_id": 34,
          "none": [],
          "trace": [
            { "a": 1, "b": true },
            {
              "a": 2,
              "b": {
                "c": [1, 2]
              }
            }
          ]
        }
        "#);
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(compact(&Value::string("a\u{200b}b\u{7}\u{feff}é")), r#""a\u200bb\u0007\ufeffé""#);
    }

    #[test]
    fn excerpts_keep_both_ends() {
        assert_eq!(excerpt(&Value::string("abcdefghijklmnopqrstuvwxyz"), 12), "\"abcdefg … xyz\"");
        assert_eq!(excerpt(&Value::Null, 4), "null");
    }
}
