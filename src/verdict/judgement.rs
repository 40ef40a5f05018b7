//! Verdicts as plain data.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::compare::{Deviation, Difference};
use crate::exchange::{PerSide, Side};
use crate::translate::{Applied, Effect, Expected};

use super::known::Standing;
use super::repeated::Repeated;

/// What is said of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal without any translation.
    Match,
    /// Equal after translations, or but for what a comparison excuses.
    Translated,
    /// At least one difference is left.
    Mismatch,
    /// The oracle cannot be read as what the suite says it answers.
    LegacyBroken,
    /// The candidate answered something that is not a response of its contract.
    CandidateBroken,
    /// A side gave no answer.
    Unreachable,
}

/// A verdict with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement<'x> {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the case passes with it.
    pub standing: Standing,
    /// Why a side could not be compared.
    pub failures: PerSide<Option<Failure>>,
    /// What the candidate owes; `None` when the legacy could not be read.
    pub expected: Option<Expected<'x>>,
    /// The rules that acted, with counts: translations in phase order, then comparisons.
    pub applied: Vec<Applied>,
    /// The differences, by place; empty unless the verdict is `mismatch`.
    pub differences: Vec<Difference>,
    /// The largest deviation that each tolerance excused.
    pub deviations: Vec<Deviation>,
    /// What is no difference and still worth saying.
    pub notes: Vec<String>,
    /// Every change that a translation made, when asked for.
    pub effects: Vec<Effect>,
    /// What came of asking the sides again; nothing when that was not done, or nothing came of it.
    pub repeated: Repeated,
}

/// Why one side's answer could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// In words, for this case: `status 200 with a body that is not JSON: expected value at line 1 column 1`.
    pub reason: String,
    /// The part that cases of the same kind share: `legacy: status 500 text/html, empty body`.
    pub signature: String,
}

impl Verdict {
    /// Every verdict, from best to worst.
    pub const ALL: [Self; 6] = [
        Self::Match,
        Self::Translated,
        Self::Mismatch,
        Self::LegacyBroken,
        Self::CandidateBroken,
        Self::Unreachable,
    ];

    /// As it is written everywhere: `legacy-broken`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Translated => "translated",
            Self::Mismatch => "mismatch",
            Self::LegacyBroken => "legacy-broken",
            Self::CandidateBroken => "candidate-broken",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the two sides are in parity.
    #[must_use]
    pub const fn is_parity(self) -> bool {
        matches!(self, Self::Match | Self::Translated)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Judgement<'_> {
    /// Of a case in which nothing was compared: the verdict, and why.
    #[must_use]
    pub const fn without_comparison(verdict: Verdict, failures: PerSide<Option<Failure>>) -> Self {
        Self {
            verdict,
            standing: Standing::Fails,
            failures,
            expected: None,
            applied: Vec::new(),
            differences: Vec::new(),
            deviations: Vec::new(),
            notes: Vec::new(),
            effects: Vec::new(),
            repeated: Repeated::NONE,
        }
    }

    /// What is no difference and still worth saying, of asking again as well.
    #[must_use]
    pub fn all_notes(&self) -> Vec<String> {
        let again = self.repeated.notes(&self.differences);
        self.notes.iter().cloned().chain(again).collect()
    }

    /// What this case has in common with others of its kind, sorted.
    #[must_use]
    pub fn signatures(&self) -> BTreeSet<String> {
        signatures(&self.failures, &self.differences)
    }
}

/// What failures and differences have in common with those of other cases, sorted.
#[must_use]
pub fn signatures(failures: &PerSide<Option<Failure>>, differences: &[Difference]) -> BTreeSet<String> {
    let failures = Side::BOTH.into_iter().filter_map(|side| failures.get(side).as_ref());
    failures
        .map(|failure| failure.signature.clone())
        .chain(differences.iter().map(Difference::signature))
        .collect()
}
