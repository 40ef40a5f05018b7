//! Both documents of every case, walked side by side: what meets what, by the pattern of its path.

use std::collections::BTreeMap;

use crate::path::{Part, Pattern};
use crate::value::{Object, Value};

use super::ground::{Ground, State};
use super::pairing::pairs;

/// What is known of the nodes of each pattern.
#[derive(Default)]
pub(super) struct Meetings<'d>(pub BTreeMap<Pattern, Node<'d>>);

/// The nodes of one pattern.
#[derive(Default)]
pub(super) struct Node<'d> {
    /// Nodes that both sides have.
    pub pairs: Vec<Pair<'d>>,
    /// Nodes that only the expected side has.
    pub expected: Vec<Lone<'d>>,
    /// Nodes that only the candidate has.
    pub candidate: Vec<Lone<'d>>,
    /// How often both sides have the object or the list around.
    pub chances: usize,
}

/// Two nodes that stand at one place.
#[derive(Clone, Copy)]
pub(super) struct Pair<'d> {
    pub case: usize,
    pub expected: &'d Value<'d>,
    pub candidate: &'d Value<'d>,
}

/// A node that has no counterpart.
#[derive(Clone)]
pub(super) struct Lone<'d> {
    pub case: usize,
    /// The list items in which it stands, from the root down.
    pub items: Vec<usize>,
    pub value: &'d Value<'d>,
}

impl<'d> Meetings<'d> {
    /// Of all cases in which a success is held against a success, but for those whose difference is declared.
    pub fn of(ground: &'d Ground<'_>, state: &'d State<'_>) -> Self {
        let mut meetings = Self::default();
        for (case, seen) in state.cases.iter().enumerate() {
            let candidate = ground.documents[case].candidate.as_ref();
            if let (true, Some(expected), Some(candidate)) = (seen.speaks, &seen.expected, candidate) {
                let mut walk = Walk {
                    meetings: &mut meetings,
                    case,
                    parts: Vec::new(),
                    items: Vec::new(),
                };
                walk.pair(expected, candidate);
            }
        }
        meetings
    }

    pub fn get(&self, pattern: &Pattern) -> Option<&Node<'d>> {
        self.0.get(pattern)
    }
}

struct Walk<'m, 'd> {
    meetings: &'m mut Meetings<'d>,
    case: usize,
    parts: Vec<Part>,
    items: Vec<usize>,
}

impl<'d> Walk<'_, 'd> {
    fn node(&mut self) -> &mut Node<'d> {
        let pattern = Pattern::new(self.parts.clone());
        self.meetings.0.entry(pattern).or_default()
    }

    fn pair(&mut self, expected: &'d Value<'d>, candidate: &'d Value<'d>) {
        let case = self.case;
        let node = self.node();
        node.chances += 1;
        node.pairs.push(Pair { case, expected, candidate });
        match (expected, candidate) {
            (Value::Object(ours), Value::Object(theirs)) => self.members(ours, theirs),
            (Value::Array(ours), Value::Array(theirs)) => {
                self.parts.push(Part::Items);
                for pair in pairs(ours, theirs) {
                    let (one, other) = (pair.0.map(|place| &ours[place]), pair.1.map(|place| &theirs[place]));
                    self.items.push(pair.0.or(pair.1).unwrap_or_default());
                    self.either(one, other);
                    self.items.pop();
                }
                self.parts.pop();
            }
            _ => {}
        }
    }

    fn members(&mut self, ours: &'d Object<'d>, theirs: &'d Object<'d>) {
        let others = theirs.members.iter().filter(|member| ours.get(&member.name).is_none());
        for member in ours.members.iter().chain(others) {
            self.parts.push(Part::Name(member.name.to_string()));
            self.either(ours.get(&member.name), theirs.get(&member.name));
            self.parts.pop();
        }
    }

    fn either(&mut self, expected: Option<&'d Value<'d>>, candidate: Option<&'d Value<'d>>) {
        let lone = |value: &'d Value<'d>| Lone {
            case: self.case,
            items: self.items.clone(),
            value,
        };
        match (expected, candidate) {
            (Some(expected), Some(candidate)) => self.pair(expected, candidate),
            (Some(only), None) => {
                let lone = lone(only);
                let node = self.node();
                node.chances += 1;
                node.expected.push(lone);
            }
            (None, Some(only)) => {
                let lone = lone(only);
                let node = self.node();
                node.chances += 1;
                node.candidate.push(lone);
            }
            (None, None) => {}
        }
    }
}

/// The pattern of a member of these nodes.
pub(super) fn member(pattern: &Pattern, name: &str) -> Pattern {
    with(pattern, Part::Name(name.to_owned()))
}

/// The pattern of the items of these nodes.
pub(super) fn items(pattern: &Pattern) -> Pattern {
    with(pattern, Part::Items)
}

fn with(pattern: &Pattern, part: Part) -> Pattern {
    Pattern::new(pattern.parts().iter().cloned().chain([part]).collect())
}

/// The pattern of the nodes around these; nothing at the root.
pub(super) fn above(pattern: &Pattern) -> Option<Pattern> {
    let (_, above) = pattern.parts().split_last()?;
    Some(Pattern::new(above.to_vec()))
}

/// How many `*` there are.
pub(super) fn stars(pattern: &Pattern) -> usize {
    pattern.parts().iter().filter(|part| **part == Part::Items).count()
}
