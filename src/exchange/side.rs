//! The two sides.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the two implementations under comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The API that is being replaced: what it answers is right, apart from declared differences.
    Legacy,
    /// The API that replaces it: what it answers is never rewritten.
    Candidate,
}

/// Something that each side has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerSide<T> {
    /// The legacy's.
    pub legacy: T,
    /// The candidate's.
    pub candidate: T,
}

impl Side {
    /// Both sides, the legacy first.
    pub const BOTH: [Self; 2] = [Self::Legacy, Self::Candidate];

    /// The one that it is held against.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Legacy => Self::Candidate,
            Self::Candidate => Self::Legacy,
        }
    }

    /// The side's name: `legacy` or `candidate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Candidate => "candidate",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<T> PerSide<T> {
    /// That side's.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Legacy => &self.legacy,
            Side::Candidate => &self.candidate,
        }
    }

    /// That side's, to be changed.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Legacy => &mut self.legacy,
            Side::Candidate => &mut self.candidate,
        }
    }

    /// Both, borrowed.
    pub const fn as_ref(&self) -> PerSide<&T> {
        PerSide {
            legacy: &self.legacy,
            candidate: &self.candidate,
        }
    }

    /// The same made of each.
    pub fn map<U>(self, mut make: impl FnMut(T) -> U) -> PerSide<U> {
        PerSide {
            legacy: make(self.legacy),
            candidate: make(self.candidate),
        }
    }
}
