//! Comparisons: the only leniency on the candidate's side.

use std::fmt;

use crate::path::Pattern;
use crate::value::{Kind, Value, compact};

use super::condition::Condition;
use super::justification::{Justification, RuleName};
use super::text_pattern::TextPattern;

/// One declared relaxation, or sharpening, of how a node is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What it does.
    pub rule: ComparisonRule,
    /// The node, in the candidate's shape.
    pub at: Pattern,
    /// What must hold of the expected node for the comparison to act there.
    pub when: Option<Condition>,
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
    /// The order of a list does not count.
    Unordered {
        /// Names of the members that tell one row from another; without any the items are a multiset.
        key: Option<Vec<String>>,
    },
    /// Two numbers may be apart.
    Tolerance(Tolerance),
    /// The candidate's text need not be the expected one where all of it matches.
    Pattern(TextPattern),
    /// The candidate's value need not be the expected one where it is one of these.
    OneOf(Vec<Value<'static>>),
    /// A member that only the candidate has.
    Extra {
        /// The kinds of value that it may have; none is any. An integer is a number too.
        kinds: Vec<Kind>,
        /// Whether the candidate may lack it.
        optional: bool,
    },
    /// What stands there is not compared.
    Ignore,
}

/// How far two numbers may be apart. Texts are decimals above zero, as the suite writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// By no more than this.
    Absolute(String),
    /// By no more than this part of the expected number.
    Relative(String),
    /// By what is lost when both are rounded, half away from zero, to so many decimal places.
    Decimals(u32),
    /// By what a 64-bit float (IEEE 754) does not tell apart.
    Float64,
}

impl Comparison {
    /// The word that declares it: `rows`, `one_of`, …
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match &self.rule {
            ComparisonRule::Rows { .. } => "rows",
            ComparisonRule::Unordered { .. } => "unordered",
            ComparisonRule::Tolerance(_) => "tolerance",
            ComparisonRule::Pattern(_) => "pattern",
            ComparisonRule::OneOf(_) => "one_of",
            ComparisonRule::Extra { .. } => "extra",
            ComparisonRule::Ignore => "ignore",
        }
    }

    /// Whether it pairs or judges the items of a list.
    #[must_use]
    pub const fn is_of_lists(&self) -> bool {
        matches!(self.rule, ComparisonRule::Rows { .. } | ComparisonRule::Unordered { .. })
    }

    /// Its name in outputs: `rows /trace by repeat, fold, iteration`, `tolerance /evaluation absolute 0.001`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let mut name = format!("{} {}{}", self.word(), self.at, self.rule);
        if let Some(when) = &self.when {
            name.push_str(" when ");
            name.push_str(&when.to_string());
        }
        self.justification.named(name)
    }
}

/// What is said behind the path, with a blank before it; nothing where nothing is to be said.
impl fmt::Display for ComparisonRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { key } | Self::Unordered { key: Some(key) } => write!(f, " by {}", key.join(", ")),
            Self::Unordered { key: None } | Self::Ignore => Ok(()),
            Self::Tolerance(tolerance) => write!(f, " {tolerance}"),
            Self::Pattern(pattern) => write!(f, " {pattern}"),
            Self::OneOf(values) => {
                let values: Vec<String> = values.iter().map(compact).collect();
                write!(f, " {}", values.join("|"))
            }
            Self::Extra { kinds, optional } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                write!(f, "{}{}", if kinds.is_empty() { "" } else { " " }, kinds.join("|"))?;
                f.write_str(if *optional { " optional" } else { "" })
            }
        }
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(limit) => write!(f, "absolute {limit}"),
            Self::Relative(part) => write!(f, "relative {part}"),
            Self::Decimals(1) => f.write_str("1 decimal place"),
            Self::Decimals(places) => write!(f, "{places} decimal places"),
            Self::Float64 => f.write_str("64-bit float"),
        }
    }
}
