//! The walk over both trees.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::exchange::{Part, Side};
use crate::path::{Cursor, Path, Step};
use crate::rule::{At, ComparisonRule, Facts, RuleName};
use crate::value::{Exactness, Kind, Number, Object, Value, compact, excerpt};

use super::comparer::{Act, Compared, Comparer, Deviation, Rule};
use super::difference::{Change, Difference, Row};
use super::equal::{same, same_decimal, same_number};
use super::exact::Amount;
use super::names::Names;
use super::{lists, rows, tolerance, unordered};

/// How much of a row is shown around a difference, in characters.
const ROW_SHOWN: usize = 240;

/// Where a walk stands among the rules; `None` when nothing is said there or below.
pub(super) type Rules<'v> = Option<Cursor<'v, usize>>;

pub(super) struct Walk<'v> {
    pub differences: Vec<Difference>,
    pub notes: Vec<String>,
    pub steps: Vec<Step<'v>>,
    comparer: &'v Comparer,
    root: Option<&'v Value<'v>>,
    facts: &'v Facts,
    /// How often each rule acted.
    acted: Vec<u64>,
    excused: bool,
    /// The largest deviation that each rule excused, and where.
    deviations: Vec<Option<(Amount, Path)>>,
}

impl<'v> Walk<'v> {
    pub fn new(comparer: &'v Comparer, root: Option<&'v Value<'v>>, facts: &'v Facts) -> Self {
        Self {
            differences: Vec::new(),
            notes: Vec::new(),
            steps: Vec::new(),
            comparer,
            root,
            facts,
            acted: vec![0; comparer.rules.len()],
            excused: false,
            deviations: vec![None; comparer.rules.len()],
        }
    }

    /// Both documents, from their roots.
    pub fn root(&mut self, expected: &'v Value<'v>, got: &'v Value<'v>) {
        let rules = (!self.comparer.selector.is_empty()).then(|| self.comparer.selector.at(expected));
        self.value(expected, got, &rules, None);
    }

    pub fn close(self) -> Compared {
        let names = || self.comparer.rules.iter().map(|rule| &rule.name);
        let mut applied = BTreeMap::new();
        for (name, count) in names().zip(self.acted).filter(|(_, count)| *count > 0) {
            *applied.entry(name.clone()).or_insert(0) += count;
        }
        let deviations = names().zip(self.deviations).filter_map(|(name, largest)| {
            let (largest, path) = largest?;
            Some(Deviation {
                rule: name.clone(),
                largest: largest.to_string(),
                path,
            })
        });
        let mut deviations: Vec<Deviation> = deviations.collect();
        deviations.sort_by(|a, b| a.rule.cmp(&b.rule));
        let mut differences = self.differences;
        differences.sort_by(|a, b| a.part.cmp(&b.part));
        Compared {
            differences,
            notes: self.notes,
            applied,
            excused: self.excused,
            deviations,
        }
    }

    /// The rule that judges a node: one of those that name it, whose condition holds.
    pub fn rule(&self, rules: &Rules<'v>, node: Option<&'v Value<'v>>, parent: Option<&'v Object<'v>>) -> Option<usize> {
        let at = At {
            node,
            parent,
            root: self.root,
            facts: self.facts,
        };
        let holds = |place: &&usize| self.comparer.rules[**place].when.as_ref().is_none_or(|when| when.holds(&at));
        rules.as_ref()?.here().find(holds).copied()
    }

    pub fn rule_at(&self, place: usize) -> &'v Rule {
        &self.comparer.rules[place]
    }

    /// A rule excused something.
    pub fn excuse(&mut self, place: usize) {
        self.acted[place] += 1;
        self.excused = true;
    }

    /// A rule paired the rows of a list.
    pub fn paired(&mut self, place: usize) {
        self.acted[place] += 1;
    }

    /// `parent` is the object in which the expected node stands.
    pub fn value(&mut self, expected: &'v Value<'v>, got: &'v Value<'v>, rules: &Rules<'v>, parent: Option<&'v Object<'v>>) {
        match self.rule(rules, Some(expected), parent) {
            Some(place) => self.judged(place, expected, got, rules),
            None => self.strictly(expected, got, rules),
        }
    }

    /// Two nodes of which no rule speaks; rules may speak of nodes below.
    pub fn strictly(&mut self, expected: &'v Value<'v>, got: &'v Value<'v>, rules: &Rules<'v>) {
        match (expected, got) {
            (Value::Null, Value::Null) => {}
            (Value::Bool(a), Value::Bool(b)) if a == b => {}
            (Value::String(a), Value::String(b)) if a == b => {}
            (Value::Number(a), Value::Number(b)) => {
                if !same_number(a, b) {
                    self.push(other_number(a, b, expected, got));
                }
            }
            (Value::Object(a), Value::Object(b)) => self.object(a, b, rules),
            (Value::Array(a), Value::Array(b)) => lists::compare(self, a, b, rules),
            _ => self.push(changed(expected, got)),
        }
    }

    /// Two nodes of which a rule speaks.
    fn judged(&mut self, place: usize, expected: &'v Value<'v>, got: &'v Value<'v>, rules: &Rules<'v>) {
        let rule = self.rule_at(place);
        match (&rule.act, expected, got) {
            (Act::Declared(ComparisonRule::Rows { key }), Value::Array(a), Value::Array(b)) => {
                rows::compare(self, a, b, (place, key), rules);
            }
            (Act::Declared(ComparisonRule::Unordered { key: Some(key) }), Value::Array(a), Value::Array(b)) => {
                rows::compare(self, a, b, (place, key), rules);
            }
            (Act::Declared(ComparisonRule::Unordered { key: None }), Value::Array(a), Value::Array(b)) => {
                unordered::compare(self, a, b, place, rules);
            }
            (Act::Declared(ComparisonRule::Ignore), ..) => {
                if !same(expected, got) {
                    self.excuse(place);
                }
            }
            (Act::Declared(ComparisonRule::Pattern(pattern)), Value::String(a), Value::String(b)) if a != b => {
                if pattern.is_match(b) {
                    self.excuse(place);
                } else {
                    self.refuse(place, changed(expected, got));
                }
            }
            (Act::Declared(ComparisonRule::OneOf(values)), ..) if !same(expected, got) => {
                if values.iter().any(|value| same(value, got)) {
                    self.excuse(place);
                } else {
                    self.refuse(place, unequal(expected, got));
                }
            }
            (Act::Absolute(_) | Act::Relative(_) | Act::Decimals(_) | Act::Float64, Value::Number(a), Value::Number(b))
                if !same_number(a, b) =>
            {
                self.apart(place, (a, expected), (b, got));
            }
            _ => self.strictly(expected, got, rules),
        }
    }

    /// Two numbers that are not the same, where a tolerance is declared.
    fn apart(&mut self, place: usize, (a, expected): (&Number<'_>, &Value<'_>), (b, got): (&Number<'_>, &Value<'_>)) {
        let rule = self.rule_at(place);
        if a.exactness == Exactness::Token && a.is_integer() {
            let path: Path = self.steps.iter().copied().collect();
            let note = format!(
                "{path}: the legacy answers the integer {}, which `{}` does not excuse: only what is a `number` may be apart",
                a.text, rule.name
            );
            let said = format!("which `{}` does not excuse", rule.name);
            if !self.notes.iter().any(|note| note.contains(&said)) {
                self.notes.push(note);
            }
            return self.push(other_number(a, b, expected, got));
        }
        match tolerance::excused(&rule.act, &a.text, &b.text) {
            Some(deviation) => {
                self.excuse(place);
                let largest = &mut self.deviations[place];
                if largest.as_ref().is_none_or(|(largest, _)| deviation > *largest) {
                    *largest = Some((deviation, self.steps.iter().copied().collect()));
                }
            }
            None => self.refuse(place, other_number(a, b, expected, got)),
        }
    }

    fn object(&mut self, expected: &'v Object<'v>, got: &'v Object<'v>, rules: &Rules<'v>) {
        let (ours, theirs) = (Names::of(expected), Names::of(got));
        let at = |name: &str, node: &Value<'_>| rules.as_ref().and_then(|rules| rules.member(name, node));
        for (place, member) in expected.members.iter().enumerate() {
            if !ours.is_first(&member.name, place) {
                continue;
            }
            self.steps.push(Step::Member(&member.name));
            let below = at(&member.name, &member.value);
            match theirs.first(&member.name) {
                Some(at) => self.value(&member.value, &got.members[at].value, &below, Some(expected)),
                None => match self.rule(&below, Some(&member.value), Some(expected)) {
                    Some(place) if self.ignores(place) => self.excuse(place),
                    _ => self.push(Change::Missing {
                        expected: compact(&member.value),
                    }),
                },
            }
            self.steps.pop();
        }
        for (place, member) in got.members.iter().enumerate() {
            if theirs.is_first(&member.name, place) && ours.first(&member.name).is_none() {
                self.steps.push(Step::Member(&member.name));
                let below = at(&member.name, &member.value);
                self.extra(&member.value, &below, expected);
                self.steps.pop();
            }
        }
        if let Some(rules) = rules {
            self.lacking(rules, &ours, &theirs, expected);
        }
        for (side, names, object) in [(Side::Legacy, &ours, expected), (Side::Candidate, &theirs, got)] {
            if names.repeat() {
                self.duplicates(side, names, object);
            }
        }
    }

    fn ignores(&self, place: usize) -> bool {
        matches!(self.rule_at(place).act, Act::Declared(ComparisonRule::Ignore))
    }

    /// A member that only the candidate has.
    fn extra(&mut self, got: &Value<'_>, rules: &Rules<'v>, parent: &'v Object<'v>) {
        let Some(place) = self.rule(rules, None, Some(parent)) else {
            return self.push(Change::Extra { got: compact(got) });
        };
        match &self.rule_at(place).act {
            Act::Declared(ComparisonRule::Ignore) => self.excuse(place),
            Act::Declared(ComparisonRule::Extra { kinds, .. }) if kinds.is_empty() || kinds.iter().any(|kind| is(got, *kind)) => {
                self.excuse(place);
            }
            Act::Declared(ComparisonRule::Extra { kinds, .. }) => self.refuse(
                place,
                Change::Unlike {
                    wanted: wanted(kinds),
                    got: Some(compact(got)),
                },
            ),
            _ => self.push(Change::Extra { got: compact(got) }),
        }
    }

    /// Members that only the candidate has to have, and has not.
    fn lacking(&mut self, rules: &Cursor<'v, usize>, ours: &Names<'_>, theirs: &Names<'_>, parent: &'v Object<'v>) {
        let mut names: Vec<&'v str> = rules
            .names()
            .filter(|name| ours.first(name).is_none() && theirs.first(name).is_none())
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let below = rules.member(name, &Value::Null);
            let Some(place) = self.rule(&below, None, Some(parent)) else {
                continue;
            };
            if let Act::Declared(ComparisonRule::Extra { kinds, optional: false }) = &self.rule_at(place).act {
                self.steps.push(Step::Member(name));
                self.refuse(
                    place,
                    Change::Unlike {
                        wanted: wanted(kinds),
                        got: None,
                    },
                );
                self.steps.pop();
            }
        }
    }

    /// Reports the names that occur more than once: what readers make of such an object is anybody's guess (RFC 8259, section 4).
    fn duplicates(&mut self, side: Side, names: &Names<'_>, object: &'v Object<'v>) {
        for (place, member) in object.members.iter().enumerate() {
            let times = names.times(&member.name);
            if times > 1 && names.is_first(&member.name, place) {
                self.steps.push(Step::Member(&member.name));
                self.push(Change::Duplicate { side, times });
                self.steps.pop();
            }
        }
    }

    /// Two items that are one row, `index` being its place on the expected side; `equal_is_enough` as in [`Rule`].
    pub fn item(
        &mut self,
        index: usize,
        (expected, got): (&'v Value<'v>, &'v Value<'v>),
        rules: &Rules<'v>,
        equal_is_enough: bool,
        key: impl FnOnce() -> Option<String>,
    ) {
        let below = rules.as_ref().and_then(|rules| rules.item(expected));
        if (equal_is_enough || below.is_none()) && same(expected, got) {
            return;
        }
        let before = self.differences.len();
        self.steps.push(Step::Index(index));
        self.value(expected, got, &below, None);
        let new = &mut self.differences[before..];
        if new.iter().any(|difference| difference.row.is_none()) && matches!(expected, Value::Object(_)) {
            let row = Arc::new(Row {
                path: self.steps.iter().copied().collect(),
                key: key(),
                expected: excerpt(expected, ROW_SHOWN),
                got: excerpt(got, ROW_SHOWN),
            });
            for difference in new.iter_mut().filter(|difference| difference.row.is_none()) {
                difference.row = Some(Arc::clone(&row));
            }
        }
        self.steps.pop();
    }

    /// Whether two items have no difference, without a trace of the question.
    pub fn equal(&self, expected: &'v Value<'v>, got: &'v Value<'v>, rules: &Rules<'v>) -> bool {
        let Some(below) = rules.as_ref().and_then(|rules| rules.item(expected)) else {
            return same(expected, got);
        };
        let mut walk = Self::new(self.comparer, self.root, self.facts);
        walk.value(expected, got, &Some(below), None);
        walk.differences.is_empty()
    }

    /// An item that only the expected side has.
    pub fn missing(&mut self, index: usize, expected: &Value<'_>) {
        self.steps.push(Step::Index(index));
        self.push(Change::Missing {
            expected: compact(expected),
        });
        self.steps.pop();
    }

    /// An item that only the candidate has, at its place there.
    pub fn extra_item(&mut self, index: usize, got: &Value<'_>) {
        self.steps.push(Step::Index(index));
        self.push(Change::Extra { got: compact(got) });
        self.steps.pop();
    }

    pub fn push(&mut self, change: Change) {
        self.add(change, None);
    }

    /// A difference that a rule judged, and did not excuse.
    fn refuse(&mut self, place: usize, change: Change) {
        let rule = self.rule_at(place).name.clone();
        self.add(change, Some(rule));
    }

    fn add(&mut self, change: Change, rule: Option<RuleName>) {
        let path: Path = self.steps.iter().copied().collect();
        self.differences.push(Difference {
            part: Part::Body(path),
            change,
            rule,
            row: None,
        });
    }

    pub fn push_part(&mut self, part: Part, expected: String, got: String) {
        self.differences.push(Difference {
            part,
            change: Change::Value { expected, got },
            rule: None,
            row: None,
        });
    }
}

/// Two numbers that are not the same.
fn other_number(a: &Number<'_>, b: &Number<'_>, expected: &Value<'_>, got: &Value<'_>) -> Change {
    if same_decimal(&a.text, &b.text) {
        // Only the token is wrong: `34.0` where the integer `34` is owed.
        return kinds(expected, got);
    }
    changed(expected, got)
}

/// Two values that are not the same, whatever they are.
fn unequal(expected: &Value<'_>, got: &Value<'_>) -> Change {
    match (expected, got) {
        (Value::Number(a), Value::Number(b)) => other_number(a, b, expected, got),
        _ => changed(expected, got),
    }
}

fn changed(expected: &Value<'_>, got: &Value<'_>) -> Change {
    let numeric = |value: &Value<'_>| matches!(value, Value::Number(_));
    // Two numbers of different value differ in value first: `1` against `1.5` is no question of kinds.
    if expected.kind() == got.kind() || (numeric(expected) && numeric(got)) {
        return Change::Value {
            expected: compact(expected),
            got: compact(got),
        };
    }
    kinds(expected, got)
}

fn kinds(expected: &Value<'_>, got: &Value<'_>) -> Change {
    Change::Kind {
        expected: (expected.kind(), compact(expected)),
        got: (got.kind(), compact(got)),
    }
}

/// Whether a value is of that kind; an integer is a number too.
fn is(value: &Value<'_>, kind: Kind) -> bool {
    value.kind() == kind || (kind == Kind::Number && value.kind() == Kind::Integer)
}

/// The kinds in words: `an integer or null`.
fn wanted(kinds: &[Kind]) -> String {
    match kinds {
        [] => "any value".to_owned(),
        kinds => kinds.iter().map(|kind| kind.with_article()).collect::<Vec<_>>().join(" or "),
    }
}
