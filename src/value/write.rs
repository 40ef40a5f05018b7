//! A tree to JSON text, deterministic to the byte.

use std::borrow::Cow;

use crate::path::Step;

use super::tree::{Object, Value};

/// What stands in place of the children of a long array or object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// How many children, from the first, are shown.
    pub shown: usize,
    /// The lines that stand for the others; whoever reads them must be able to tell them from JSON.
    pub rest: Vec<String>,
}

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
    pretty_cut(value, &mut |_, _| None)
}

/// [`pretty`], with long arrays and objects cut: `cut` is asked about each one that takes more than a line.
#[must_use]
pub fn pretty_cut<'v, 'd>(value: &'v Value<'d>, cut: &mut dyn FnMut(&[Step<'v>], &'v Value<'d>) -> Option<Cut>) -> String {
    let mut writer = Pretty {
        out: String::new(),
        steps: Vec::new(),
        cut,
    };
    writer.value(value);
    writer.out
}

/// The value on one line, cut in the middle when it is longer than `limit` characters.
#[must_use]
pub fn excerpt(value: &Value<'_>, limit: usize) -> String {
    shorten(compact(value), limit)
}

/// Text for a line of a report: control characters, and characters that are invisible or change the direction of writing,
/// are shown as JSON escapes, so that no text can end a line, colour a terminal or pass for another.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
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

struct Pretty<'v, 'd, 'c> {
    out: String,
    steps: Vec<Step<'v>>,
    cut: &'c mut dyn FnMut(&[Step<'v>], &'v Value<'d>) -> Option<Cut>,
}

impl<'v, 'd> Pretty<'v, 'd, '_> {
    fn value(&mut self, value: &'v Value<'d>) {
        let flat = match value {
            Value::Array(items) => items.iter().all(is_scalar),
            Value::Object(object) => !self.steps.is_empty() && object.members.iter().all(|member| is_scalar(&member.value)),
            _ => true,
        };
        if flat {
            let start = self.out.len();
            write_spaced(&mut self.out, value);
            if self.out.len() - start <= LINE || is_scalar(value) {
                return;
            }
            self.out.truncate(start);
        }
        let (open, close) = match value {
            Value::Array(items) if !items.is_empty() => ('[', ']'),
            Value::Object(object) if !object.members.is_empty() => ('{', '}'),
            empty_or_scalar => return write_compact(&mut self.out, empty_or_scalar),
        };
        let cut = (self.cut)(&self.steps, value);
        let shown = cut.as_ref().map_or(usize::MAX, |cut| cut.shown);
        self.out.push(open);
        self.children(value, shown);
        for line in cut.into_iter().flat_map(|cut| cut.rest) {
            self.new_line(1);
            self.out.push_str(&line);
        }
        self.new_line(0);
        self.out.push(close);
    }

    fn children(&mut self, value: &'v Value<'d>, shown: usize) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().take(shown).enumerate() {
                    self.separate(index);
                    self.steps.push(Step::Index(index));
                    self.value(item);
                    self.steps.pop();
                }
            }
            Value::Object(object) => {
                for (index, member) in object.members.iter().take(shown).enumerate() {
                    self.separate(index);
                    write_string(&mut self.out, &member.name);
                    self.out.push_str(": ");
                    self.steps.push(Step::Member(&member.name));
                    self.value(&member.value);
                    self.steps.pop();
                }
            }
            _ => {}
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.new_line(1);
    }

    fn new_line(&mut self, further: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.steps.len() + further));
    }
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
            c if is_hidden(c) => push_escape(out, c),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
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
    fn visible_text_stays_on_its_line() {
        assert_eq!(visible("a\n\u{1b}[31mb\u{202e}é"), "a\\n\\u001b[31mb\\u202eé");
        assert!(matches!(visible("plain \\ \"text\""), Cow::Borrowed(_)));
    }

    #[test]
    fn long_lists_are_cut_where_asked() {
        let value = read(br#"{"t":[{"a":1},{"a":2},{"a":3}],"u":[[],{}]}"#).unwrap();
        let cut = pretty_cut(&value, &mut |steps, _| {
            (steps == [Step::Member("t")]).then(|| Cut {
                shown: 1,
                rest: vec!["(2 more)".to_owned()],
            })
        });
        insta::assert_snapshot!(cut, @r#"
        {
          "t": [
            { "a": 1 }
            (2 more)
          ],
          "u": [[], {}]
        }
        "#);
    }

    #[test]
    fn excerpts_keep_both_ends() {
        assert_eq!(excerpt(&Value::string("abcdefghijklmnopqrstuvwxyz"), 12), "\"abcdefg … xyz\"");
        assert_eq!(excerpt(&Value::Null, 4), "null");
    }
}
