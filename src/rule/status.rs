//! Statuses of successes: what the candidate owes in place of the legacy's.

use super::condition::Condition;
use super::justification::{Justification, RuleName};

/// A status that is owed in place of the one that the legacy's success has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRule {
    /// The legacy's status.
    pub legacy: u16,
    /// The one that is owed.
    pub candidate: u16,
    /// What must hold of the legacy's answer besides.
    pub when: Option<Condition>,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// Whether an answer with this status has no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
#[must_use]
pub const fn is_bodyless(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}

impl StatusRule {
    /// Its name in outputs: `status 200 to 204`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let when = self.when.as_ref().map(|when| format!(" when {when}")).unwrap_or_default();
        self.justification
            .named(format!("status {} to {}{when}", self.legacy, self.candidate))
    }
}
