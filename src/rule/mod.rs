//! What a suite declares: plain data, no behaviour.
//!
//! A *translation* turns part of the legacy observation into what the candidate owes; a *comparison* relaxes equality at
//! one path; an *error row* says what an error becomes; an *expected verdict* names a known defect. Each carries its `why`.

mod comparison;
mod condition;
mod datetime;
mod error_row;
mod expected;
mod header;
mod json_template;
mod justification;
mod shape;
mod status;
mod supply;
mod template;
mod text;
mod text_pattern;
mod translation;
mod treatment;

pub use comparison::{Comparison, ComparisonRule, Tolerance};
pub use condition::{At, Condition, Facts, Readable, Subject, Test};
pub use datetime::{Datetime, DatetimeError};
pub use error_row::{CandidateError, ErrorRow, LegacyError, Message, OwedBody, Problem, SAID_BY_ERRORS};
pub use expected::{CasePattern, ExpectedVerdict, VerdictName};
pub use header::{HeaderMap, HeaderRule, Outcome, OwedInHeader};
pub use json_template::{JsonTemplate, TypedText, Unfilled, fill};
pub use justification::{Justification, RuleName};
pub use shape::{Entry, Shape};
pub use status::{StatusRule, is_bodyless};
pub use supply::{Choice, Supply};
pub use template::{Piece, Template, TemplateError, TemplatePart, is_name, pieces};
pub use text::{LEGACY, Replacement, Text};
pub use text_pattern::{TextPattern, TextPatternError};
pub use translation::{Action, Phase, Translation};
pub use treatment::{Empty, Spellings, Treatment, Type, Unreadable, ValueMap};
