//! Translations of the later phases: what a value is. They select in the candidate's shape.

use crate::value::Value;

use super::translation::Phase;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Treatment {
    /// A declared value becomes another declared value; any other value is left as it is.
    Map(Vec<ValueMap>),
    /// Text of an integer becomes an integer token.
    Integer {
        /// What an empty value becomes.
        empty: Empty,
    },
    /// Decimal text becomes a number with every digit; the candidate may write the same number in another way.
    Number {
        /// What an empty value becomes.
        empty: Empty,
    },
    /// A declared spelling becomes `true` or `false`.
    Boolean {
        /// The spellings, compared exactly.
        spellings: Spellings,
        /// What an empty value becomes.
        empty: Empty,
    },
}

/// One row of a value map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMap {
    /// The value of the legacy, compared as a document (numbers by their token).
    pub legacy: Value<'static>,
    /// What the candidate owes in its place.
    pub candidate: Value<'static>,
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
            Self::Integer { .. } => "integer",
            Self::Number { .. } => "number",
            Self::Boolean { .. } => "boolean",
        }
    }

    /// When it acts.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Map(_) => Phase::Values,
            Self::Integer { .. } | Self::Number { .. } | Self::Boolean { .. } => Phase::Types,
        }
    }
}
