//! The error table: what an error of the legacy becomes.

use super::condition::Condition;
use super::justification::{Justification, RuleName};
use super::template::Template;

/// One row of the error table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRow {
    /// Which errors of the legacy the row speaks of.
    pub legacy: LegacyError,
    /// What the candidate owes in their place.
    pub candidate: CandidateError,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// An error of the legacy; a part that is not said is not looked at, but a part of the body that no row claims is a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyError {
    /// The HTTP status.
    pub status: u16,
    /// The error's code, as the text that the legacy sends.
    pub code: Option<String>,
    /// The error's message, whole.
    pub message: Option<Template>,
    /// What must hold of the answer besides.
    pub when: Option<Condition>,
}

/// A problem document (RFC 9457) that the candidate owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateError {
    /// The HTTP status, which the document's own `status` member repeats.
    pub status: u16,
    /// The `type` member: a URI that names the kind of problem.
    pub problem_type: Option<String>,
    /// The `title` member.
    pub title: Option<String>,
    /// The `detail` member; `{name}` stands for a parameter.
    pub detail: Option<Template>,
    /// The `code` member, an extension that keeps the legacy's number.
    pub code: Option<String>,
    /// The media type of the answer.
    pub media_type: String,
}

impl ErrorRow {
    /// Its name in outputs: `error 412 571`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let LegacyError {
            status,
            code,
            message,
            when,
        } = &self.legacy;
        let name = match (code, message) {
            (Some(code), _) => format!("error {status} {code}"),
            (None, Some(message)) => format!("error {status} {message}"),
            (None, None) => format!("error {status}"),
        };
        RuleName::from(match when {
            Some(when) => format!("{name} when {when}"),
            None => name,
        })
    }
}
