//! What every rule carries.

use std::fmt;
use std::sync::Arc;

/// Why a rule is there, and where a reader finds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Justification {
    /// For the maintainer: why the two sides differ here.
    pub why: String,
    /// The one-based line of the suite file on which the rule begins.
    pub line: usize,
}

/// A rule's name in every output: what it does and where, `integer /trace/*/fold`.
///
/// Stable as long as the rule says the same thing; it does not change when rules are added before it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleName(pub Arc<str>);

impl From<String> for RuleName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
