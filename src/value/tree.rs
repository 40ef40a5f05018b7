//! The tree itself: plain data.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One JSON value, with text borrowed from the document where possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its source text.
    Number(Number<'a>),
    /// A string, after decoding of its escapes.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object, with every member that the text has.
    Object(Object<'a>),
}

/// A number as its source text, and how exactly a candidate must repeat it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a> {
    /// A JSON number token (RFC 8259, section 6).
    pub text: Cow<'a, str>,
    /// Whether an integer token must be answered by an integer token.
    pub exactness: Exactness,
}

/// How a number on the expected side is held against the candidate's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// An integer token is answered by an integer token only: `34.0` is not `34`.
    Token,
    /// Any spelling of the same decimal will do: made by the translation `number` only.
    Decimal,
}

/// The members of an object in document order; a name may occur more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<'a> {
    /// Every member, duplicates included.
    pub members: Vec<Member<'a>>,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// The member's name.
    pub name: Cow<'a, str>,
    /// The member's value.
    pub value: Value<'a>,
}

/// What a value is, in the words of a message; integers are told from other numbers by their token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number token without fraction and exponent.
    Integer,
    /// Any other number token.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> Value<'a> {
    /// Whether it is one of the ways of writing nothing: `null`, an empty text, list or object.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::Array(items) => items.is_empty(),
            Self::Object(object) => object.members.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// A string value.
    pub fn string(text: impl Into<Cow<'a, str>>) -> Self {
        Self::String(text.into())
    }

    /// A number value from a JSON number token, compared by token.
    pub fn number(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Number(Number {
            text: text.into(),
            exactness: Exactness::Token,
        })
    }

    /// What this value is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Boolean,
            Self::Number(number) if number.is_integer() => Kind::Integer,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// The value at a JSON pointer (RFC 6901) of plain names and indexes, or `None`.
    ///
    /// Of duplicate members the first is taken.
    #[must_use]
    pub fn pointer(&self, pointer: &crate::path::Path) -> Option<&Value<'a>> {
        pointer.segments().iter().try_fold(self, |value, segment| match (value, segment) {
            (Value::Object(object), crate::path::Segment::Member(name)) => object.get(name),
            (Value::Array(items), crate::path::Segment::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// How a scalar reads as text: the text of a string, the token of a number, `true`, `false`, `null`; `None` for a list
    /// or an object.
    #[must_use]
    pub fn scalar_text(&self) -> Option<&str> {
        match self {
            Self::Null => Some("null"),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(number) => Some(&number.text),
            Self::String(text) => Some(text),
            Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The same value with every text owned, free of the document it was read from.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(Number {
                text: Cow::Owned(number.text.into_owned()),
                exactness: number.exactness,
            }),
            Self::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(object) => Value::Object(Object {
                members: object
                    .members
                    .into_iter()
                    .map(|member| Member {
                        name: Cow::Owned(member.name.into_owned()),
                        value: member.value.into_owned(),
                    })
                    .collect(),
            }),
        }
    }
}

impl crate::path::Node for Value<'_> {
    fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    fn member_text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Object(object) => object.get(name)?.scalar_text(),
            _ => None,
        }
    }
}

impl Number<'_> {
    /// Whether the token is an integer (RFC 8259: no fraction, no exponent).
    #[must_use]
    pub fn is_integer(&self) -> bool {
        !self.text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E'))
    }
}

impl<'a> Object<'a> {
    /// The first member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The place of the first member of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }
}

impl Kind {
    /// Every kind with its name, as suites write them.
    pub const ALL: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    /// The kind with its article, for sentences: `an integer`.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }

    /// The kind's name: `integer`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_four_words_so_that_large_documents_stay_small() {
        assert_eq!(size_of::<Value<'_>>(), 32);
    }

    #[test]
    fn kinds_tell_integer_tokens_from_other_numbers() {
        for (text, kind) in [
            ("34", Kind::Integer),
            ("-0", Kind::Integer),
            ("34.0", Kind::Number),
            ("1E5", Kind::Number),
        ] {
            assert_eq!(Value::number(text).kind(), kind, "{text}");
        }
    }
}
