//! A suite's comparisons, compiled once and applied to every case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exchange::{MediaType, Part};
use crate::path::{Path, Pattern, Selector};
use crate::rule::{Comparison, ComparisonRule, Condition, Facts, HeaderRule, RuleName, Tolerance};
use crate::translate::Expected;
use crate::value::{Value, compact};

use super::difference::{Change, Difference};
use super::exact::Amount;
use super::headers::HeaderComparisons;
use super::problem;
use super::walk::Walk;

/// A suite's comparisons, ready to be applied.
#[derive(Debug, Clone, Default)]
pub struct Comparer {
    pub(super) rules: Vec<Rule>,
    /// Each with its place in `rules`.
    pub(super) selector: Selector<usize>,
    headers: HeaderComparisons,
}

/// What the candidate answered, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The media type; `None` when it names none.
    pub media_type: Option<MediaType>,
    /// The values of the headers that rules name, in the order of what is owed; of others nothing is read.
    pub headers: Vec<Vec<String>>,
    /// The body; `None` when there is none.
    pub body: Option<Value<'a>>,
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// The differences, by place.
    pub differences: Vec<Difference>,
    /// What is no difference and still worth saying, such as a key that is not unique.
    pub notes: Vec<String>,
    /// How often each comparison acted: excused something, or paired the rows of a list.
    pub applied: BTreeMap<RuleName, u64>,
    /// Whether anything was excused, so that the two are not simply equal.
    pub excused: bool,
    /// The largest deviation that each tolerance excused, by rule.
    pub deviations: Vec<Deviation>,
}

/// The largest deviation that a tolerance excused: with that as its limit it would have excused all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    /// The tolerance.
    pub rule: RuleName,
    /// How far the two numbers are apart, as a decimal; relative to the expected one where the tolerance is. What does not
    /// show in twelve digits is rounded up.
    pub largest: String,
    /// Where, the first of several.
    pub path: Path,
}

impl Deviation {
    /// Whether it is larger than another of the same tolerance.
    #[must_use]
    pub fn exceeds(&self, other: &Self) -> bool {
        amount(&self.largest) > amount(&other.largest)
    }
}

/// A comparison, compiled.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub name: RuleName,
    pub when: Option<Condition>,
    pub act: Act,
    /// Whether what is equal without any comparison is equal below this one, and nothing need be counted of it.
    pub equal_is_enough: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Declared(ComparisonRule),
    Absolute(Amount),
    Relative(Amount),
    Decimals(u32),
    Float64,
}

impl Comparer {
    /// Compiles a suite's comparisons.
    #[must_use]
    pub fn new(comparisons: &[Comparison]) -> Self {
        let mut selector = Selector::default();
        let mut rules = Vec::new();
        for (place, comparison) in comparisons.iter().enumerate() {
            selector.insert(&comparison.at, place);
            let others = comparisons.iter().enumerate().filter(|(other, _)| *other != place);
            rules.push(Rule {
                name: comparison.name(),
                when: comparison.when.clone(),
                act: Act::of(&comparison.rule),
                equal_is_enough: !is_recursive(&comparison.at)
                    && others
                        .filter(|(_, other)| speaks_of_equals(&other.rule))
                        .all(|(_, other)| !is_recursive(&other.at) && other.at.covers_pattern(&comparison.at)),
            });
        }
        Self {
            rules,
            selector,
            headers: HeaderComparisons::default(),
        }
    }

    /// The same with a suite's rules on headers.
    #[must_use]
    pub fn with_headers(self, rules: &[HeaderRule]) -> Self {
        Self {
            headers: HeaderComparisons::new(rules),
            ..self
        }
    }

    /// Everything in which the candidate's answer is not the expected one, sorted by place. `facts` are what conditions ask of
    /// the case.
    #[must_use]
    pub fn compare(&self, expected: &Expected<'_>, got: &Received<'_>, facts: &Facts) -> Compared {
        let mut walk = Walk::new(self, expected.body.as_ref(), facts);
        if expected.status != got.status {
            walk.push_part(Part::Status, expected.status.to_string(), got.status.to_string());
        }
        if expected.media_type != got.media_type {
            let name = |media_type: &Option<MediaType>| media_type.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
            walk.push_part(Part::MediaType, name(&expected.media_type), name(&got.media_type));
        }
        match (&expected.body, &got.body) {
            (Some(expected), Some(got)) => walk.root(expected, got),
            (Some(expected), None) => walk.push(Change::Missing {
                expected: compact(expected),
            }),
            (None, Some(got)) => walk.push(Change::Extra { got: compact(got) }),
            (None, None) => {}
        }
        let mut found = walk.close();
        for (owed, got) in expected.headers.iter().zip(&got.headers) {
            let compared = self.headers.compare(owed, got);
            if compared.acted {
                *found.applied.entry(owed.rule.clone()).or_insert(0) += 1;
            }
            found.excused |= compared.excused;
            found.differences.extend(compared.difference);
        }
        problem::check(expected, got, &mut found.differences);
        found.differences.sort_by(|a, b| a.part.cmp(&b.part));
        found
    }

    /// Whether there is no difference at all, for those who do not ask which.
    #[must_use]
    pub fn agrees(&self, expected: &Expected<'_>, got: &Received<'_>, facts: &Facts) -> bool {
        let headers = || expected.headers.iter().zip(&got.headers);
        expected.status == got.status
            && expected.media_type == got.media_type
            && headers().all(|(owed, got)| self.headers.compare(owed, got).difference.is_none())
            && match (&expected.body, &got.body) {
                (Some(body), Some(other)) => {
                    let mut walk = Walk::new(self, expected.body.as_ref(), facts);
                    walk.root(body, other);
                    walk.differences.is_empty()
                }
                (None, None) => true,
                _ => false,
            }
    }
}

impl Act {
    fn of(rule: &ComparisonRule) -> Self {
        match rule {
            ComparisonRule::Tolerance(tolerance) => match tolerance {
                Tolerance::Absolute(limit) => Self::Absolute(amount(limit)),
                Tolerance::Relative(part) => Self::Relative(amount(part)),
                Tolerance::Decimals(places) => Self::Decimals(*places),
                Tolerance::Float64 => Self::Float64,
            },
            other => Self::Declared(other.clone()),
        }
    }
}

/// A text that is no decimal tolerates nothing: suites that hold one are refused.
fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap_or_else(Amount::zero)
}

/// Whether it has something to say of two equal nodes: that they were paired, that their key is not unique, that a member is
/// missing on both sides.
const fn speaks_of_equals(rule: &ComparisonRule) -> bool {
    matches!(rule, ComparisonRule::Rows { .. } | ComparisonRule::Extra { optional: false, .. })
}

/// Whether the nodes of a pattern can stand below each other.
fn is_recursive(pattern: &Pattern) -> bool {
    pattern.parts().iter().any(|part| matches!(part, crate::path::Part::Deep))
}
