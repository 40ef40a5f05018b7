//! Translations of the first two phases: lists, then where things stand. They select in the untouched legacy tree.

use super::translation::Phase;

/// Where things stand. A `list` acts before the others, so that `*` sees the list that it made.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An element or a list of them becomes a list.
    List,
    /// The node takes the place of the object around it, of which it must be the only member.
    Unwrap,
    /// The member stays where it is under another name.
    Rename {
        /// The name in the candidate's shape.
        to: String,
    },
}

impl Shape {
    /// The word that declares it: `unwrap`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Unwrap => "unwrap",
            Self::Rename { .. } => "rename",
        }
    }

    /// When it acts.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::List => Phase::Lists,
            Self::Unwrap | Self::Rename { .. } => Phase::Shape,
        }
    }

    /// What its name says after the path: ` to trace`.
    #[must_use]
    pub fn suffix(&self) -> String {
        match self {
            Self::Rename { to } => format!(" to {to}"),
            Self::List | Self::Unwrap => String::new(),
        }
    }
}
