//! Differences as plain data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::exchange::{Part, Side};
use crate::path::Path;
use crate::rule::RuleName;
use crate::value::Kind;

/// One disagreement between what the candidate owes and what it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which part of the response.
    pub part: Part,
    /// What differs.
    pub change: Change,
    /// The rule that made or claims this part of the expected side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// The list item around it, for a reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Arc<Row>>,
}

/// What differs. Values are JSON text on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Two values of one kind.
    Value {
        /// What is owed.
        expected: String,
        /// What came.
        got: String,
    },
    /// Values of two kinds, such as a boolean and a string.
    Kind {
        /// The kind and the value that are owed.
        expected: (Kind, String),
        /// What came.
        got: (Kind, String),
    },
    /// The candidate lacks it.
    Missing {
        /// What is owed.
        expected: String,
    },
    /// Only the candidate has it.
    Extra {
        /// What came.
        got: String,
    },
    /// The items are there in another order.
    Order {
        /// The fewest items whose move gives the owed order, in that order.
        moves: Vec<Move>,
        /// How many items stand on both sides.
        of: usize,
    },
    /// A member's name occurs more than once in an object.
    Duplicate {
        /// On which side.
        side: Side,
        /// How often.
        times: usize,
    },
    /// A member that only the candidate has is not as it is declared.
    Unlike {
        /// What is declared, with its article: `an integer`.
        wanted: String,
        /// What came; `None` when there is no such member.
        got: Option<String>,
    },
    /// A translation claims this part of the legacy's answer and cannot make of it what is owed.
    Untranslatable {
        /// What is in the way, as a sentence fragment.
        reason: String,
    },
    /// A problem document is owed, and the answer is none by RFC 9457.
    Problem {
        /// What the RFC asks for.
        expected: String,
        /// What came.
        got: String,
        /// Which rule is broken, as a sentence fragment.
        reason: String,
    },
    /// The legacy's error is named by no row of the error table.
    UnknownError {
        /// Status, code and message.
        legacy: String,
        /// Status and body.
        got: String,
    },
    /// The candidate answers otherwise when it is asked again, and the legacy does not.
    Unstable {
        /// What it answered there at first.
        first: String,
        /// What it answered there then.
        other: String,
        /// In which of its answers; the first one is 1.
        number: u32,
    },
}

/// One item that stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The item's key, or its text.
    pub item: String,
    /// Its zero-based place on the expected side.
    pub expected: usize,
    /// Its zero-based place on the candidate's side.
    pub got: usize,
}

/// A list item, shown around a difference in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The item, by its place on the expected side.
    pub path: Path,
    /// Its key when rows are paired by one: `repeat=0, fold=1, iteration=0`.
    pub key: Option<String>,
    /// The item that is owed, shortened.
    pub expected: String,
    /// The item that came, shortened.
    pub got: String,
}

impl Difference {
    /// What this difference has in common with those of the same kind in other cases: path pattern, change, rule.
    #[must_use]
    pub fn signature(&self) -> String {
        let place = match &self.part {
            Part::Status => "status".to_owned(),
            Part::MediaType => "media type".to_owned(),
            Part::Header(name) => format!("header {name}"),
            Part::Body(path) => path.generalise().to_string(),
        };
        let change = match &self.change {
            // A status or a media type is one of few, so the change itself is what cases share.
            Change::Value { expected, got } if matches!(self.part, Part::Status | Part::MediaType) => format!("{expected} became {got}"),
            Change::Value { .. } => "other value".to_owned(),
            Change::Kind { expected, got } => format!("{} became {}", expected.0, got.0),
            Change::Missing { .. } => "missing".to_owned(),
            Change::Extra { .. } => "extra".to_owned(),
            Change::Order { .. } => "other order".to_owned(),
            Change::Duplicate { side, .. } => format!("duplicate on the {side} side"),
            Change::Unlike { got: None, .. } => "missing".to_owned(),
            Change::Unlike { wanted, got: Some(_) } => format!("not {wanted}"),
            Change::Untranslatable { .. } => "untranslatable".to_owned(),
            Change::Problem { expected, got, .. } if self.part == Part::MediaType => format!("{expected} became {got}"),
            Change::Problem { .. } => "not the status of the answer".to_owned(),
            Change::UnknownError { .. } => "error without a row".to_owned(),
            // What it changes from, and what to, is chance.
            Change::Unstable { .. } => "unstable".to_owned(),
        };
        match &self.rule {
            Some(rule) => format!("{place}: {change} ({rule})"),
            None => format!("{place}: {change}"),
        }
    }
}

impl Change {
    /// The change's name in machine-readable outputs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Value { .. } => "value",
            Self::Kind { .. } => "kind",
            Self::Missing { .. } => "missing",
            Self::Extra { .. } => "extra",
            Self::Order { .. } => "order",
            Self::Duplicate { .. } => "duplicate",
            Self::Unlike { .. } => "unlike",
            Self::Untranslatable { .. } => "untranslatable",
            Self::Problem { .. } => "problem",
            Self::UnknownError { .. } => "unknown-error",
            Self::Unstable { .. } => "unstable",
        }
    }
}
