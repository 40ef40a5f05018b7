//! What a trace looks like to the client; the order of the fields is the order of the members.

use std::num::NonZeroU32;

use serde::{Serialize, Serializer};

use super::evaluation::Evaluation;
use super::query::TraceRow;

/// The body of a 200 answer.
#[derive(Clone, Debug, Serialize)]
pub struct RunTrace {
    /// The run.
    pub run_id: NonZeroU32,
    /// Its iterations, ordered by repeat, fold, iteration and evaluation engine; always a list, never empty.
    pub trace: Vec<TraceIteration>,
}

/// One setting that the optimiser tried.
#[derive(Clone, Debug, Serialize)]
pub struct TraceIteration {
    /// Repeat of the cross-validation, from 0.
    pub repeat: i32,
    /// Fold of the cross-validation, from 0.
    pub fold: i32,
    /// Iteration of the optimiser, from 0.
    pub iteration: i32,
    /// The setting, as it was uploaded; usually JSON.
    pub setup_string: String,
    /// The score that the optimiser gave it.
    pub evaluation: Evaluation,
    /// Whether the optimiser chose it in the end.
    pub selected: Selected,
}

impl From<TraceRow> for TraceIteration {
    fn from(row: TraceRow) -> Self {
        let TraceRow {
            repeat,
            fold,
            iteration,
            setup_string,
            evaluation,
            selected,
        } = row;
        Self {
            repeat,
            fold,
            iteration,
            setup_string,
            evaluation: Evaluation::read(&evaluation),
            selected,
        }
    }
}

/// Whether a setting was chosen: a boolean in JSON, or `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selected {
    /// `true`.
    Yes,
    /// `false`.
    No,
    /// `null`: the empty text that MySQL keeps when an enum was given a value that it does not have.
    Unknown,
}

impl TryFrom<String> for Selected {
    type Error = UnexpectedSelected;

    /// Reads a value of the column, an `enum('true','false')`.
    fn try_from(stored: String) -> Result<Self, UnexpectedSelected> {
        match stored.as_str() {
            "true" => Ok(Self::Yes),
            "false" => Ok(Self::No),
            "" => Ok(Self::Unknown),
            _ => Err(UnexpectedSelected { stored }),
        }
    }
}

impl Serialize for Selected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_bool(true),
            Self::No => serializer.serialize_bool(false),
            Self::Unknown => serializer.serialize_unit(),
        }
    }
}

/// The column is not the enum that this service was written for.
#[derive(Debug, thiserror::Error)]
#[error("column `selected` holds none of `true`, `false` and the empty text: {stored}")]
pub struct UnexpectedSelected {
    stored: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_typed_members_in_their_order() {
        let row = TraceRow {
            repeat: 0,
            fold: 1,
            iteration: -2,
            setup_string: "{\"a\": \"é €\"}\n</b>".to_owned(),
            evaluation: "0.9300".to_owned(),
            selected: Selected::Yes,
        };
        let trace = RunTrace {
            run_id: NonZeroU32::new(34).unwrap(),
            trace: vec![row.into()],
        };
        assert_eq!(
            serde_json::to_string(&trace).unwrap(),
            r#"{"run_id":34,"trace":[{"repeat":0,"fold":1,"iteration":-2,"setup_string":"{\"a\": \"é €\"}\n</b>","evaluation":0.9300,"selected":true}]}"#
        );
    }

    #[test]
    fn selected_is_a_boolean_or_null() {
        for (stored, json) in [("true", "true"), ("false", "false"), ("", "null")] {
            let selected = Selected::try_from(stored.to_owned()).unwrap();
            assert_eq!(serde_json::to_string(&selected).unwrap(), json);
        }
    }

    #[test]
    fn a_value_that_the_enum_does_not_have_is_an_error() {
        let error = Selected::try_from("TRUE".to_owned()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "column `selected` holds none of `true`, `false` and the empty text: TRUE"
        );
    }
}
