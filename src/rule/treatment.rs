//! Translations of the later phases: what a value is. They select in the candidate's shape.

use crate::value::Value;

use super::datetime::Datetime;
use super::text::Text;
use super::translation::Phase;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Treatment {
    /// A declared value becomes another declared value; any other value is left as it is.
    Map(Vec<ValueMap>),
    /// A text is written in another way.
    Text {
        /// How.
        text: Text,
        /// What becomes of a value that the rule cannot read.
        unreadable: Unreadable,
    },
    /// A text becomes a typed value.
    Type {
        /// Which.
        into: Type,
        /// What an empty value becomes.
        empty: Empty,
        /// What becomes of a value that the rule cannot read.
        unreadable: Unreadable,
    },
}

/// What a text becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// One of these values becomes null, any other is left as it is; before the other types, which a null then passes.
    Null(Vec<Value<'static>>),
    /// Text of an integer becomes an integer token.
    Integer,
    /// Decimal text becomes a number with every digit; the candidate may write the same number in another way.
    Number,
    /// A declared spelling becomes `true` or `false`.
    Boolean(Spellings),
    /// A number or a boolean becomes its text.
    Text,
    /// A date or a time is written in another way.
    Datetime(Datetime),
}

/// One row of a value map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMap {
    /// The value of the legacy, compared as a document (numbers by their token).
    pub legacy: Value<'static>,
    /// What the candidate owes in its place.
    pub candidate: Value<'static>,
}

/// What becomes of a value that a rule claims and cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unreadable {
    /// It is a difference that names the rule.
    #[default]
    Fault,
    /// It is left as it is: the rule converts where it reads.
    Keep,
}

/// What becomes of an empty value: `[]` or `""`, the legacy's two ways of writing nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Empty {
    /// It cannot be read, and is a difference.
    #[default]
    Refused,
    /// It becomes `null`.
    Null,
}

/// The spellings of the two booleans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spellings {
    /// What is read as `true`.
    pub yes: Vec<String>,
    /// What is read as `false`.
    pub no: Vec<String>,
}

impl Default for Spellings {
    fn default() -> Self {
        Self {
            yes: vec!["true".to_owned()],
            no: vec!["false".to_owned()],
        }
    }
}

impl Treatment {
    /// The word that declares it: `integer`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Map(_) => "map",
            Self::Text { text, .. } => text.word(),
            Self::Type { into, .. } => into.word(),
        }
    }

    /// When it acts.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Map(_) => Phase::Values,
            Self::Text { .. } => Phase::Text,
            Self::Type { .. } => Phase::Types,
        }
    }

    /// Its turn within its phase; two rules of one turn cannot claim one node.
    #[must_use]
    pub const fn turn(&self) -> u8 {
        match self {
            Self::Map(_) => 0,
            Self::Text { text, .. } => text.turn(),
            Self::Type { into, .. } => into.turn(),
        }
    }
}

impl Type {
    /// The word that declares it: `integer`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Null(_) => "null",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean(_) => "boolean",
            Self::Text => "text",
            Self::Datetime(_) => "datetime",
        }
    }

    const fn turn(&self) -> u8 {
        match self {
            Self::Null(_) => 0,
            Self::Integer | Self::Number | Self::Boolean(_) | Self::Text | Self::Datetime(_) => 1,
        }
    }
}
