//! Translations: legacy to what the candidate owes, one direction only.

use crate::path::Pattern;
use crate::value::Value;

use super::justification::{Justification, RuleName};

/// One declared step from the legacy's answer to the expected one.
#[derive(Debug, Clone, PartialEq)]
pub enum Translation {
    /// Changes where things stand; selects in the untouched legacy tree (`from`).
    Shape {
        /// What it does.
        shape: Shape,
        /// The nodes it acts on.
        from: Vec<Pattern>,
        /// Why, and where it is declared.
        justification: Justification,
    },
    /// Changes what a value is; selects in the candidate's shape (`at`).
    Treatment {
        /// What it does.
        treatment: Treatment,
        /// The nodes it acts on.
        at: Vec<Pattern>,
        /// Why, and where it is declared.
        justification: Justification,
    },
}

/// Where things stand. A `list` acts before the others, so that `*` sees the list that it made.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An element or a list of them becomes a list.
    List,
    /// The node takes the place of the object around it, of which it must be the only member.
    Unwrap,
    /// The member stays where it is under another name.
    Rename {
        /// The name in the candidate's shape.
        to: String,
    },
}

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

impl Translation {
    /// Why it is there.
    #[must_use]
    pub const fn justification(&self) -> &Justification {
        match self {
            Self::Shape { justification, .. } | Self::Treatment { justification, .. } => justification,
        }
    }

    /// The nodes it acts on, in the tree that it selects in.
    #[must_use]
    pub fn patterns(&self) -> &[Pattern] {
        match self {
            Self::Shape { from, .. } => from,
            Self::Treatment { at, .. } => at,
        }
    }

    /// The word that declares it: `unwrap`, `integer`, …
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Shape { shape, .. } => match shape {
                Shape::List => "list",
                Shape::Unwrap => "unwrap",
                Shape::Rename { .. } => "rename",
            },
            Self::Treatment { treatment, .. } => match treatment {
                Treatment::Map(_) => "map",
                Treatment::Integer { .. } => "integer",
                Treatment::Number { .. } => "number",
                Treatment::Boolean { .. } => "boolean",
            },
        }
    }

    /// Its name where it acts through `pattern`: `rename /trace/trace_iteration to trace`.
    #[must_use]
    pub fn name(&self, pattern: &Pattern) -> RuleName {
        let word = self.word();
        RuleName::from(match self {
            Self::Shape {
                shape: Shape::Rename { to },
                ..
            } => format!("{word} {pattern} to {to}"),
            _ => format!("{word} {pattern}"),
        })
    }
}
