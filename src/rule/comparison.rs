//! Comparisons: the only leniency on the candidate's side.

use crate::path::Pattern;

use super::justification::{Justification, RuleName};

/// One declared relaxation, or sharpening, of how a node is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What it does.
    pub rule: ComparisonRule,
    /// The node, in the candidate's shape.
    pub at: Pattern,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// The comparisons there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComparisonRule {
    /// Rows of a list are paired by these members; the order is then judged on its own. Hides nothing.
    Rows {
        /// Names of the members that tell one row from another.
        key: Vec<String>,
    },
}

impl Comparison {
    /// Its name in outputs: `rows /trace by repeat, fold, iteration`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        match &self.rule {
            ComparisonRule::Rows { key } => format!("rows {} by {}", self.at, key.join(", ")).into(),
        }
    }
}
