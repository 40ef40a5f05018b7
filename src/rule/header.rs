//! Headers: those that a suite names, and what the candidate owes in them.

use std::fmt;

use super::condition::Condition;
use super::justification::{Justification, RuleName};
use super::text_pattern::TextPattern;

/// What is owed in one header; of a header that no rule names nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRule {
    /// The header's name, as the suite writes it; it means the same in any case.
    pub name: String,
    /// What is owed.
    pub owed: OwedInHeader,
    /// Whether it acts only where a success, or only where an error is owed; `None` for both.
    pub on: Option<Outcome>,
    /// What must hold of the legacy's answer besides.
    pub when: Option<Condition>,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// What the candidate owes in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwedInHeader {
    /// The values that the legacy sends.
    Equal,
    /// This value, once, whatever the legacy sends.
    Constant(String),
    /// The values that the legacy sends, with others for these.
    Map(Vec<HeaderMap>),
    /// No value, whatever the legacy sends.
    Absent,
    /// One value, all of which matches, whatever the legacy sends.
    Pattern(TextPattern),
}

/// A value of the legacy's, and the one that is owed in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMap {
    /// What the legacy sends.
    pub legacy: String,
    /// What is owed.
    pub candidate: String,
}

/// What an owed answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its status is below 400.
    Success,
    /// It is not.
    Error,
}

impl Outcome {
    /// What an answer with this status is.
    #[must_use]
    pub const fn of(status: u16) -> Self {
        if status < 400 { Self::Success } else { Self::Error }
    }
}

impl HeaderRule {
    /// Its name in outputs: `header Cache-Control = no-store on error`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let on = match self.on {
            None => "",
            Some(Outcome::Success) => " on success",
            Some(Outcome::Error) => " on error",
        };
        let when = self.when.as_ref().map(|when| format!(" when {when}")).unwrap_or_default();
        self.justification.named(format!("header {} {}{on}{when}", self.name, self.owed))
    }

    /// Whether the two surely never speak of one header of one answer.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        !self.name.eq_ignore_ascii_case(&other.name)
            || matches!((self.on, other.on), (Some(one), Some(other)) if one != other)
            || matches!((&self.when, &other.when), (Some(one), Some(other)) if one.excludes(other))
    }
}

impl fmt::Display for OwedInHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal => f.write_str("equal"),
            Self::Constant(value) => write!(f, "= {value}"),
            Self::Map(_) => f.write_str("map"),
            Self::Absent => f.write_str("absent"),
            Self::Pattern(pattern) => write!(f, "like {pattern}"),
        }
    }
}
