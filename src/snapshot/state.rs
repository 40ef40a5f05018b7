//! How a case stands to its snapshot.

use serde::{Deserialize, Serialize};

/// How what a case shows today stands to what was reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotState {
    /// The approved snapshot says the same.
    Approved,
    /// The approved snapshot says something else.
    Changed,
    /// There is none yet.
    Missing,
    /// The case keeps none: by its suite, because it exists on the command line only, or because its verdict does not pass.
    NotKept,
}

/// What a case shows today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today<'t> {
    /// The verdict passes or is the expected one: this text, made by [`render`](super::render), may be approved.
    Reviewable(&'t str),
    /// The verdict fails: there is nothing that anybody could approve.
    Failing,
}

/// What is done with a snapshot that is not approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// It is written beside the approved one, to be reviewed.
    Write,
    /// The disk is left as it is: under CI, where nobody could review it.
    Leave,
}

/// A changed snapshot, for showing what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotDiff {
    /// The contents that were approved.
    pub approved: String,
    /// The contents of today.
    pub today: String,
}

impl SnapshotState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Approved, Self::Changed, Self::Missing, Self::NotKept];

    /// As it is written everywhere: `not-kept`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::NotKept => "not-kept",
        }
    }

    /// Whether a case passes with it.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::Approved | Self::NotKept)
    }
}
