//! Many nodes of a document.

use std::fmt;

use super::filter::{Filter, Node};
use super::location::{Path, Segment, escape};
use super::parse::{PatternError, parse};

/// A set of nodes: names that must be there, `*` for every item of a list, `**` for any way down, and filters.
///
/// Shown as it is written, and read back as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Vec<Part>);

/// One part of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// One step: every item of a list, and nothing of an object: `*`.
    Items,
    /// One step: the member of that name, and nothing of a list: rules speak of lists as a whole, never of the third item.
    Name(String),
    /// Any number of steps, none included, into members and items alike: `**`. Never the last part.
    Deep,
    /// No step: only the objects, of those where the pattern stands, that the filter picks. Behind a name, `*` or a filter.
    Where(Filter),
}

impl Pattern {
    /// A pattern from its parts; none of them is the root.
    #[must_use]
    pub const fn new(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    /// Reads a pattern; `/` alone is the root.
    ///
    /// # Errors
    /// When the text is no such thing.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        parse(text).map(Self)
    }

    /// The parts from the root.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The last part that is a step, filters aside; `None` for the root.
    #[must_use]
    pub fn last_step(&self) -> Option<&Part> {
        self.0.iter().rev().find(|part| !matches!(part, Part::Where(_)))
    }

    /// The name of the member that it ends with, filters aside.
    #[must_use]
    pub fn last_name(&self) -> Option<&str> {
        match self.last_step() {
            Some(Part::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// The filters on the very nodes that it names.
    #[must_use]
    pub fn last_filters(&self) -> Vec<&Filter> {
        let filters = self.0.iter().rev().map_while(|part| match part {
            Part::Where(filter) => Some(filter),
            _ => None,
        });
        filters.collect()
    }

    /// The pattern without its filters.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        Self(self.0.iter().filter(|part| !matches!(part, Part::Where(_))).cloned().collect())
    }

    /// Whether it has a filter, so that a path alone does not always tell whether it is named.
    #[must_use]
    pub fn has_filters(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Where(_)))
    }

    /// Whether the pattern may name that node: everything but its filters, for which the document is needed.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        self.reach(path.segments(), None::<&[&NoNode]>) == Some(path.segments().len())
    }

    /// Whether the pattern may name that node or one above it; filters aside.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.depth_of_cover(path).is_some()
    }

    /// The number of steps to the lowest node at or above `path` that the pattern may name; filters aside.
    #[must_use]
    pub fn depth_of_cover(&self, path: &Path) -> Option<usize> {
        self.reach(path.segments(), None::<&[&NoNode]>)
    }

    /// The number of steps to the lowest node at or above `path` that the pattern names, filters included; `nodes` are those
    /// from the root to `path`, of which a missing end counts as nodes that no filter picks.
    #[must_use]
    pub fn depth_in<N: Node + ?Sized>(&self, path: &Path, nodes: &[&N]) -> Option<usize> {
        self.reach(path.segments(), Some(nodes))
    }

    /// The deepest prefix of `path` that the pattern names.
    fn reach<N: Node + ?Sized>(&self, path: &[Segment], nodes: Option<&[&N]>) -> Option<usize> {
        // The parts at which a reading of the path may stand, as an automaton: never more than there are parts.
        let mut states = vec![0];
        let mut deepest = None;
        for depth in 0..=path.len() {
            let accepts = |filter: &Filter| nodes.is_none_or(|nodes| nodes.get(depth).is_some_and(|node| filter.accepts(*node)));
            self.close(&mut states, accepts);
            if states.contains(&self.0.len()) {
                deepest = Some(depth);
            }
            let Some(segment) = path.get(depth) else { break };
            states = states.iter().filter_map(|state| self.step(*state, segment)).collect();
        }
        deepest
    }

    /// Adds the states that are reached without a step.
    fn close(&self, states: &mut Vec<usize>, accepts: impl Fn(&Filter) -> bool) {
        let mut at = 0;
        while let Some(state) = states.get(at).copied() {
            let next = match self.0.get(state) {
                Some(Part::Deep) => true,
                Some(Part::Where(filter)) => accepts(filter),
                _ => false,
            };
            if next && !states.contains(&(state + 1)) {
                states.push(state + 1);
            }
            at += 1;
        }
    }

    fn step(&self, state: usize, segment: &Segment) -> Option<usize> {
        match (self.0.get(state)?, segment) {
            (Part::Deep, _) => Some(state),
            (Part::Items, Segment::Index(_)) => Some(state + 1),
            (Part::Name(name), Segment::Member(member)) if name == member => Some(state + 1),
            _ => None,
        }
    }

    /// Whether some node of some document may be named by both: `false` only where that is sure.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        meet(&self.0, &other.0, &mut Vec::new(), &mut Vec::new())
    }

    /// Whether every node that `other` names is surely named by this pattern, or stands below a node that is.
    #[must_use]
    pub fn covers_pattern(&self, other: &Self) -> bool {
        cover(&self.0, &other.0)
    }
}

/// Whether both rests can end at one node. `ours` and `theirs` are the filters already met at the node where both stand.
fn meet<'p>(one: &'p [Part], other: &'p [Part], ours: &mut Vec<&'p Filter>, theirs: &mut Vec<&'p Filter>) -> bool {
    if let [Part::Where(filter), rest @ ..] = one {
        if theirs.iter().any(|their| their.excludes(filter)) {
            return false;
        }
        ours.push(filter);
        let met = meet(rest, other, ours, theirs);
        ours.pop();
        return met;
    }
    if let [Part::Where(_), ..] = other {
        return meet(other, one, theirs, ours);
    }
    let (mut none, mut neither) = (Vec::new(), Vec::new());
    match (one, other) {
        ([], []) => true,
        // `**` takes no step here, or one more of the other's, at a node of which it says nothing.
        ([Part::Deep, rest @ ..], _) => {
            meet(rest, other, ours, theirs)
                || match other {
                    [Part::Deep, below @ ..] => meet(one, below, ours, theirs),
                    [_, below @ ..] => meet(one, below, &mut none, &mut neither),
                    [] => false,
                }
        }
        (_, [Part::Deep, ..]) => meet(other, one, theirs, ours),
        ([a, one @ ..], [b, other @ ..]) => a == b && meet(one, other, &mut none, &mut neither),
        ([], _) | (_, []) => false,
    }
}

fn cover(one: &[Part], other: &[Part]) -> bool {
    match (one, other) {
        ([], _) => true,
        ([Part::Deep, rest @ ..], _) => cover(rest, other) || matches!(other, [_, below @ ..] if cover(one, below)),
        ([Part::Where(filter), rest @ ..], _) => {
            let given = other.iter().map_while(|part| match part {
                Part::Where(given) => Some(given),
                _ => None,
            });
            given.into_iter().any(|given| filter.follows_from(given)) && cover(rest, other)
        }
        (_, [Part::Where(_), below @ ..]) => cover(one, below),
        ([a @ (Part::Items | Part::Name(_)), one @ ..], [b, other @ ..]) => a == b && cover(one, other),
        (_, []) => false,
    }
}

/// For readings without a document.
struct NoNode;

impl Node for NoNode {
    fn is_object(&self) -> bool {
        false
    }

    fn member_text(&self, _: &str) -> Option<&str> {
        None
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        for part in &self.0 {
            match part {
                Part::Items => f.write_str("/*")?,
                Part::Deep => f.write_str("/**")?,
                Part::Name(name) => write!(f, "/{}", escape(name))?,
                Part::Where(filter) => filter.fmt(f)?,
            }
        }
        Ok(())
    }
}
