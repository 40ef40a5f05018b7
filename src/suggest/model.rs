//! What is proposed, as plain data.

use crate::exchange::Part;

/// What could be declared for one suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The suite's name.
    pub suite: String,
    /// The suite's file.
    pub file: String,
    /// How many cases were judged.
    pub cases: usize,
    /// How many of them do not pass today.
    pub open_before: usize,
    /// How many would not pass with all that is proposed.
    pub open_after: usize,
    /// The rules, which hold together.
    pub proposals: Vec<Proposal>,
    /// What no rule explains.
    pub unexplained: Vec<Unexplained>,
}

/// One rule that could be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub(super) draft: super::draft::Draft,
    /// What it explains.
    pub explains: Vec<Explained>,
    /// What it does, in one case.
    pub example: Option<Example>,
    /// Changes of the candidate's answers that would not be noticed with it, as `parity audit` finds them.
    pub tolerates: Vec<String>,
}

/// A signature that a rule explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The signature.
    pub signature: String,
    /// In how many cases it is seen no more.
    pub gone: usize,
    /// In how many it was seen.
    pub of: usize,
    /// Whether it shows only once other rules act.
    pub later: bool,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The case.
    pub case: String,
    /// Which part of the answer.
    pub part: Part,
    /// What is owed without the rule.
    pub before: String,
    /// What is owed, or excused, with it.
    pub after: String,
}

/// A signature that no rule explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexplained {
    /// The signature.
    pub signature: String,
    /// The cases that have it.
    pub cases: Vec<String>,
    /// One of the differences, on one line.
    pub example: String,
    /// Why nothing is proposed.
    pub why: String,
}

impl Proposal {
    /// The rule as a suite has it, with this reason.
    #[must_use]
    pub fn toml(&self, why: &str) -> String {
        self.draft.toml(why)
    }

    /// The word that declares it: `integer`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        self.draft.word()
    }

    /// Whether it brings the legacy's tree into the candidate's shape, in which the other rules select.
    #[must_use]
    pub fn is_of_shape(&self) -> bool {
        self.draft.is_of_shape()
    }

    /// Whether it is a leniency on the candidate's side.
    #[must_use]
    pub const fn is_comparison(&self) -> bool {
        self.draft.is_comparison()
    }
}
