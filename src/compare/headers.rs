//! Headers: the values that are owed against those that came, in order, each to the letter.

use crate::exchange::Part;
use crate::rule::{HeaderRule, OwedInHeader, RuleName, TextPattern};
use crate::translate::OwedHeader;
use crate::value::{Value, compact};

use super::difference::{Change, Difference};

/// The rules on headers that are comparisons: what they compare counts as an act of theirs.
#[derive(Debug, Clone, Default)]
pub(super) struct HeaderComparisons(Vec<(RuleName, Option<TextPattern>)>);

/// What became of one header.
pub(super) struct ComparedHeader {
    pub difference: Option<Difference>,
    /// Whether a comparison acted: there was something to compare, or something was excused.
    pub acted: bool,
    /// Whether something was excused.
    pub excused: bool,
}

impl HeaderComparisons {
    pub fn new(rules: &[HeaderRule]) -> Self {
        let comparisons = rules.iter().filter_map(|rule| match &rule.owed {
            OwedInHeader::Equal => Some((rule.name(), None)),
            OwedInHeader::Pattern(pattern) => Some((rule.name(), Some(pattern.clone()))),
            OwedInHeader::Constant(_) | OwedInHeader::Map(_) | OwedInHeader::Absent => None,
        });
        Self(comparisons.collect())
    }

    pub fn compare(&self, owed: &OwedHeader, got: &[String]) -> ComparedHeader {
        let comparison = self.0.iter().find(|(name, _)| *name == owed.rule);
        let same = owed.values == got;
        let change = match comparison {
            Some((_, Some(pattern))) => unlike(pattern, got),
            _ => (!same).then(|| change(&owed.values, got)),
        };
        let matches = matches!(comparison, Some((_, Some(_)))) && change.is_none();
        let anything = !owed.values.is_empty() || !got.is_empty();
        ComparedHeader {
            acted: match comparison {
                Some((_, Some(_))) => matches && !same,
                Some((_, None)) => anything,
                None => false,
            },
            excused: matches && !same,
            difference: change.map(|change| Difference {
                part: Part::Header(owed.name.clone()),
                change,
                rule: Some(owed.rule.clone()),
                row: None,
            }),
        }
    }
}

/// What is wrong with values of which one is owed, all of which matches.
fn unlike(pattern: &TextPattern, got: &[String]) -> Option<Change> {
    match got {
        [value] if pattern.is_match(value) => None,
        _ => Some(Change::Unlike {
            wanted: format!("one value like `{pattern}`"),
            got: (!got.is_empty()).then(|| shown(got)),
        }),
    }
}

fn change(owed: &[String], got: &[String]) -> Change {
    match (owed, got) {
        (owed, []) => Change::Missing { expected: shown(owed) },
        ([], got) => Change::Extra { got: shown(got) },
        (owed, got) => Change::Value {
            expected: shown(owed),
            got: shown(got),
        },
    }
}

/// One value as it is; several as a list.
fn shown(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        several => compact(&Value::Array(several.iter().map(|value| Value::string(value.as_str())).collect())),
    }
}
