//! The walk over both trees.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::exchange::{MediaType, Side};
use crate::path::{Path, Selector, Step};
use crate::rule::{Comparison, ComparisonRule, RuleName};
use crate::translate::Expected;
use crate::value::{Number, Object, Value, compact, excerpt};

use super::difference::{Change, Difference, Part, Row};
use super::equal::{FEW, repeats, same, same_decimal, same_number};
use super::{lists, rows};

/// A suite's comparisons, compiled once.
#[derive(Debug, Clone, Default)]
pub struct Comparer {
    keys: Selector<Arc<RowKey>>,
}

/// What the candidate answered, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The media type; `None` when it names none.
    pub media_type: Option<MediaType>,
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
    /// The comparisons that acted, with the number of lists.
    pub applied: BTreeMap<RuleName, u64>,
}

/// A declared row key.
#[derive(Debug)]
pub(super) struct RowKey {
    pub members: Vec<String>,
    pub rule: RuleName,
}

impl Comparer {
    /// Compiles a suite's comparisons.
    #[must_use]
    pub fn new(comparisons: &[Comparison]) -> Self {
        let mut keys = Selector::default();
        for comparison in comparisons {
            let ComparisonRule::Rows { key } = &comparison.rule;
            keys.insert(
                &comparison.at,
                Arc::new(RowKey {
                    members: key.clone(),
                    rule: comparison.name(),
                }),
            );
        }
        Self { keys }
    }

    /// Everything in which the candidate's answer is not the expected one, sorted by place.
    #[must_use]
    pub fn compare(&self, expected: &Expected<'_>, got: &Received<'_>) -> Compared {
        let mut walk = Walk::default();
        if expected.status != got.status {
            walk.push_part(Part::Status, expected.status.to_string(), got.status.to_string());
        }
        if expected.media_type != got.media_type {
            let name = |media_type: &Option<MediaType>| media_type.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
            walk.push_part(Part::MediaType, name(&expected.media_type), name(&got.media_type));
        }
        match (&expected.body, &got.body) {
            (Some(expected), Some(got)) => walk.value(expected, got, Some(&self.keys)),
            (Some(expected), None) => walk.push(Change::Missing {
                expected: compact(expected),
            }),
            (None, Some(got)) => walk.push(Change::Extra { got: compact(got) }),
            (None, None) => {}
        }
        let mut found = walk.found;
        found.differences.sort_by(|a, b| a.part.cmp(&b.part));
        found
    }

    /// Whether there is no difference at all, for those who do not ask which: it may end at the first.
    #[must_use]
    pub fn agrees(&self, expected: &Expected<'_>, got: &Received<'_>) -> bool {
        self.compare(expected, got).differences.is_empty()
    }
}

/// How much of a row is shown around a difference, in characters.
const ROW_SHOWN: usize = 240;

#[derive(Default)]
pub(super) struct Walk<'v> {
    pub found: Compared,
    pub steps: Vec<Step<'v>>,
}

impl<'v> Walk<'v> {
    pub fn value(&mut self, expected: &'v Value<'_>, got: &'v Value<'_>, keys: Option<&Selector<Arc<RowKey>>>) {
        match (expected, got) {
            (Value::Null, Value::Null) => {}
            (Value::Bool(a), Value::Bool(b)) if a == b => {}
            (Value::String(a), Value::String(b)) if a == b => {}
            (Value::Number(a), Value::Number(b)) => self.number(a, b, expected, got),
            (Value::Object(a), Value::Object(b)) => self.object(a, b, keys),
            (Value::Array(a), Value::Array(b)) => {
                let key = keys.and_then(|keys| keys.here().first());
                let below = keys.and_then(Selector::items);
                match key {
                    Some(key) => rows::compare(self, a, b, key, below),
                    None => lists::compare(self, a, b, below),
                }
            }
            _ => self.push(changed(expected, got)),
        }
    }

    fn number(&mut self, a: &Number<'_>, b: &Number<'_>, expected: &Value<'_>, got: &Value<'_>) {
        if same_number(a, b) {
            return;
        }
        self.push(if same_decimal(&a.text, &b.text) {
            // Only the token is wrong: `34.0` where the integer `34` is owed.
            Change::Kind {
                expected: (expected.kind(), compact(expected)),
                got: (got.kind(), compact(got)),
            }
        } else {
            changed(expected, got)
        });
    }

    fn object(&mut self, expected: &'v Object<'_>, got: &'v Object<'_>, keys: Option<&Selector<Arc<RowKey>>>) {
        let (ours, theirs) = (Names::of(expected), Names::of(got));
        for (place, member) in expected.members.iter().enumerate() {
            if !ours.is_first(&member.name, place) {
                continue;
            }
            self.steps.push(Step::Member(&member.name));
            match theirs.first(&member.name) {
                Some(at) => self.value(
                    &member.value,
                    &got.members[at].value,
                    keys.and_then(|keys| keys.member(&member.name)),
                ),
                None => self.push(Change::Missing {
                    expected: compact(&member.value),
                }),
            }
            self.steps.pop();
        }
        for (place, member) in got.members.iter().enumerate() {
            if theirs.is_first(&member.name, place) && ours.first(&member.name).is_none() {
                self.steps.push(Step::Member(&member.name));
                self.push(Change::Extra {
                    got: compact(&member.value),
                });
                self.steps.pop();
            }
        }
        for (side, names, object) in [(Side::Legacy, &ours, expected), (Side::Candidate, &theirs, got)] {
            if names.repeat() {
                self.duplicates(side, names, object);
            }
        }
    }

    /// Reports the names that occur more than once: what readers make of such an object is anybody's guess (RFC 8259, section 4).
    fn duplicates(&mut self, side: Side, names: &Names<'_>, object: &'v Object<'_>) {
        for (place, member) in object.members.iter().enumerate() {
            let times = names.times(&member.name);
            if times > 1 && names.is_first(&member.name, place) {
                self.steps.push(Step::Member(&member.name));
                self.push(Change::Duplicate { side, times });
                self.steps.pop();
            }
        }
    }

    /// Two items that are one row, `index` being its place on the expected side.
    pub fn item(
        &mut self,
        index: usize,
        expected: &'v Value<'_>,
        got: &'v Value<'_>,
        below: Option<&Selector<Arc<RowKey>>>,
        key: impl FnOnce() -> Option<String>,
    ) {
        if below.is_none() && same(expected, got) {
            return;
        }
        let before = self.found.differences.len();
        self.steps.push(Step::Index(index));
        self.value(expected, got, below);
        let new = &mut self.found.differences[before..];
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

    pub fn push(&mut self, change: Change) {
        let path: Path = self.steps.iter().copied().collect();
        self.found.differences.push(Difference {
            part: Part::Body(path),
            change,
            rule: None,
            row: None,
        });
    }

    fn push_part(&mut self, part: Part, expected: String, got: String) {
        self.found.differences.push(Difference {
            part,
            change: Change::Value { expected, got },
            rule: None,
            row: None,
        });
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
    Change::Kind {
        expected: (expected.kind(), compact(expected)),
        got: (got.kind(), compact(got)),
    }
}

/// The names of an object's members. Small objects are searched, large ones are indexed.
enum Names<'o> {
    Few { object: &'o Object<'o>, repeated: bool },
    Many(BTreeMap<&'o str, (usize, usize)>),
}

impl<'o> Names<'o> {
    fn of(object: &'o Object<'_>) -> Self {
        let members = &object.members;
        if members.len() <= FEW {
            let repeated = repeats(object);
            return Self::Few { object, repeated };
        }
        let mut names = BTreeMap::new();
        for (place, member) in members.iter().enumerate() {
            names.entry(&*member.name).or_insert((place, 0)).1 += 1;
        }
        Self::Many(names)
    }

    /// The place of the first member of that name.
    fn first(&self, name: &str) -> Option<usize> {
        match self {
            Self::Few { object, .. } => object.position(name),
            Self::Many(names) => names.get(name).map(|(place, _)| *place),
        }
    }

    /// How often that name occurs.
    fn times(&self, name: &str) -> usize {
        match self {
            Self::Few { object, repeated: true } => object.members.iter().filter(|member| member.name == name).count(),
            Self::Few { object, repeated: false } => usize::from(object.position(name).is_some()),
            Self::Many(names) => names.get(name).map_or(0, |(_, times)| *times),
        }
    }

    /// Whether the member at that place is the first of its name.
    fn is_first(&self, name: &str, place: usize) -> bool {
        matches!(self, Self::Few { repeated: false, .. }) || self.first(name) == Some(place)
    }

    /// Whether any name occurs more than once.
    fn repeat(&self) -> bool {
        match self {
            Self::Few { repeated, .. } => *repeated,
            Self::Many(names) => names.values().any(|(_, times)| *times > 1),
        }
    }
}
