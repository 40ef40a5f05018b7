//! Expected verdicts: known defects, pinned to what they look like.

use std::fmt;

use super::justification::{Justification, RuleName};

/// A declared verdict other than parity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedVerdict {
    /// Which cases.
    pub case: CasePattern,
    /// The verdict they must get.
    pub verdict: VerdictName,
    /// The signatures that may be seen, each of which must be seen in every one of these cases; none is any.
    pub signatures: Vec<String>,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// The verdicts that can be expected: those that do not pass by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictName {
    /// A known difference of the two systems that nobody wants translated away.
    Mismatch,
    /// A known defect of the legacy.
    LegacyBroken,
    /// A known defect of the candidate.
    CandidateBroken,
}

/// Cases by their bound parameters as text, in which `*` stands for any characters: `run_id=36`, `run_id=36*`; one of several
/// has to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePattern(pub Vec<String>);

impl VerdictName {
    /// Every name that a suite may write.
    pub const ALL: [Self; 3] = [Self::Mismatch, Self::LegacyBroken, Self::CandidateBroken];

    /// As it is written: `legacy-broken`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mismatch => "mismatch",
            Self::LegacyBroken => "legacy-broken",
            Self::CandidateBroken => "candidate-broken",
        }
    }
}

impl ExpectedVerdict {
    /// Its name in outputs: `expected mismatch run_id=36*`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        self.justification.named(format!("expected {} {}", self.verdict.name(), self.case))
    }
}

impl CasePattern {
    /// One pattern alone.
    #[must_use]
    pub fn one(pattern: &str) -> Self {
        Self(vec![pattern.to_owned()])
    }

    /// Whether the patterns name this case.
    #[must_use]
    pub fn matches(&self, binding: &str) -> bool {
        self.0.iter().any(|pattern| Self::names(pattern, binding))
    }

    fn names(pattern: &str, binding: &str) -> bool {
        let mut parts = pattern.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = binding.strip_prefix(first) else {
            return false;
        };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

impl fmt::Display for CasePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => Ok(()),
            [only] => f.write_str(only),
            [first, rest @ ..] => write!(f, "{first} and {} more", rest.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_characters() {
        for (pattern, binding, expected) in [
            ("run_id=36", "run_id=36", true),
            ("run_id=36", "run_id=361", false),
            ("run_id=36*", "run_id=361", true),
            ("*", "", true),
            ("*=3*,page=*", "run_id=36,page=1", true),
            ("a*b", "ab", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("*b", "abx", false),
        ] {
            assert_eq!(CasePattern::one(pattern).matches(binding), expected, "{pattern} {binding}");
        }
    }
}
