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

impl SnapshotState {
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
