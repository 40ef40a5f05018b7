//! What a re-judging says otherwise than the run that was recorded.

use std::collections::BTreeSet;

use crate::verdict::Verdict;

/// What was said of a case once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the case passed with it.
    pub passes: bool,
    /// The signatures of its differences and failures.
    pub signatures: BTreeSet<String>,
}

/// A case of which something else is said now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange {
    /// The case.
    pub case: String,
    /// What was said.
    pub before: Said,
    /// What is said.
    pub now: Said,
}

impl VerdictChange {
    /// The change, if there is one.
    #[must_use]
    pub fn of(case: String, before: Said, now: Said) -> Option<Self> {
        (before != now).then_some(Self { case, before, now })
    }

    /// In words: `mismatch → translated`, `mismatch, other differences`.
    #[must_use]
    pub fn said(&self) -> String {
        let told = |said: &Said| {
            let expected = if said.passes && !said.verdict.is_parity() {
                " (expected)"
            } else if !said.passes && said.verdict.is_parity() {
                " (not expected)"
            } else {
                ""
            };
            format!("{}{expected}", said.verdict)
        };
        let (before, now) = (told(&self.before), told(&self.now));
        if before == now {
            return format!("{now}, with other signatures");
        }
        format!("{before} → {now}")
    }

    /// The signatures that are seen no more, and those that were not seen before.
    #[must_use]
    pub fn signatures(&self) -> (Vec<&str>, Vec<&str>) {
        (
            self.before
                .signatures
                .difference(&self.now.signatures)
                .map(String::as_str)
                .collect(),
            self.now
                .signatures
                .difference(&self.before.signatures)
                .map(String::as_str)
                .collect(),
        )
    }
}
