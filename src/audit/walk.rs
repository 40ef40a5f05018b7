//! Every mutant that can be made of an answer, told in the order of the document, and a fair choice of them.

use std::collections::BTreeMap;

use crate::compare::Received;
use crate::exchange::Observation;
use crate::path::{Path, Pattern, Segment};
use crate::value::Value;

use super::class::Class;
use super::edit::{Edit, Trail};
use super::layout::{self, About};
use super::mutant::{Act, Mutant};
use super::response::{is_xml, response};
use super::scalars::scalar;
use super::spread::{Seed, pick, share};

/// Mutants of one class that are about nodes of one pattern, by its number; of a response as a whole, without one.
type Group = (Class, Option<usize>);

/// How many mutants can be made of an answer.
#[derive(Debug)]
pub struct Survey {
    groups: BTreeMap<Group, usize>,
    patterns: Patterns,
}

impl Survey {
    /// Counts them.
    pub fn of(answer: &Observation, received: &Received<'_>) -> Self {
        let mut groups = BTreeMap::new();
        let mut walk = Walk::new(|class, pattern, _: &Trail, _: Act| *groups.entry((class, pattern)).or_insert(0) += 1);
        walk.answer(answer, received);
        let patterns = walk.patterns;
        Self { groups, patterns }
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.groups.values().sum()
    }

    /// So many of them, of the answer that was surveyed: of each class as many as of any other, and within a class of each
    /// pattern.
    pub fn choose(&self, budget: usize, seed: Seed, answer: &Observation, received: &Received<'_>) -> Vec<Mutant> {
        let mut chosen = self.shares(budget, seed);
        let mut found = Vec::with_capacity(budget.min(self.total()));
        let mut walk = Walk::new(|class, pattern: Option<usize>, trail: &Trail, act| {
            let wanted = chosen.get_mut(&(class, pattern));
            if wanted.is_some_and(Wanted::this_one) {
                found.push(Mutant {
                    class,
                    pattern: pattern.map(|pattern| self.patterns.pattern(pattern)),
                    trail: trail.clone(),
                    act,
                });
            }
        });
        walk.answer(answer, received);
        found
    }

    fn shares(&self, budget: usize, seed: Seed) -> BTreeMap<Group, Wanted> {
        let mut classes: BTreeMap<Class, Vec<(Option<usize>, usize)>> = BTreeMap::new();
        for ((class, pattern), count) in &self.groups {
            classes.entry(*class).or_default().push((*pattern, *count));
        }
        let capacities: Vec<usize> = classes
            .values()
            .map(|patterns| patterns.iter().map(|(_, count)| count).sum())
            .collect();
        let mut chosen = BTreeMap::new();
        for (of_class, (class, patterns)) in share(budget, &capacities, seed).into_iter().zip(classes) {
            let seed = seed.join(&class.to_string());
            let counts: Vec<usize> = patterns.iter().map(|(_, count)| *count).collect();
            for (of_pattern, (pattern, count)) in share(of_class, &counts, seed).into_iter().zip(patterns) {
                let word = pattern.map(|pattern| self.patterns.pattern(pattern).to_string());
                let places = pick(of_pattern, count, seed.join(&word.unwrap_or_default()));
                chosen.insert((class, pattern), Wanted { places, met: 0, next: 0 });
            }
        }
        chosen
    }
}

/// The chosen ones of a group, met one after another.
struct Wanted {
    /// Their places among all of the group, ascending.
    places: Vec<usize>,
    met: usize,
    next: usize,
}

impl Wanted {
    fn this_one(&mut self) -> bool {
        let wanted = self.places.get(self.next) == Some(&self.met);
        self.met += 1;
        self.next += usize::from(wanted);
        wanted
    }
}

struct Walk<V> {
    visit: V,
    patterns: Patterns,
    trail: Trail,
    /// Whether the document was read from JSON.
    json: bool,
}

impl<V: FnMut(Class, Option<usize>, &Trail, Act)> Walk<V> {
    fn new(visit: V) -> Self {
        Self {
            visit,
            patterns: Patterns::default(),
            trail: Trail::new(),
            json: true,
        }
    }

    fn answer(&mut self, answer: &Observation, received: &Received<'_>) {
        let root = Trail::new();
        self.json = !is_xml(answer);
        response(answer, received, &mut |class, change| {
            (self.visit)(class, None, &root, Act::Change(change));
        });
        let Some(document) = &received.body else { return };
        (self.visit)(Class::DocumentWrapped, Some(ROOT), &root, Act::Edit(Edit::Wrap("data")));
        if let (Value::Object(object), true) = (document, received.status >= 400) {
            layout::error(object, &mut |class, place, other| {
                let pattern = self.patterns.member(ROOT, &object.members[place].name);
                (self.visit)(class, Some(pattern), &vec![place], Act::Edit(Edit::Replace(other)));
            });
        }
        self.value(document, ROOT);
    }

    fn value(&mut self, value: &Value<'_>, pattern: usize) {
        let Self {
            visit,
            patterns,
            trail,
            json,
        } = self;
        match value {
            Value::Object(object) => {
                layout::object(object, &mut |class, about, edit| {
                    let about = match about {
                        About::Node => pattern,
                        About::Child(place) => patterns.member(pattern, &object.members[place].name),
                    };
                    visit(class, Some(about), trail, Act::Edit(edit));
                });
                for (place, member) in object.members.iter().enumerate() {
                    let below = self.patterns.member(pattern, &member.name);
                    self.below(place, &member.value, below);
                }
            }
            Value::Array(items) => {
                layout::list(items, &mut |class, about, edit| {
                    let about = match about {
                        About::Node => pattern,
                        About::Child(_) => patterns.items(pattern),
                    };
                    visit(class, Some(about), trail, Act::Edit(edit));
                });
                for (place, item) in items.iter().enumerate() {
                    let below = self.patterns.items(pattern);
                    self.below(place, item, below);
                }
            }
            simple => {
                scalar(simple, &mut |class, other| {
                    visit(class, Some(pattern), trail, Act::Edit(Edit::Replace(other)));
                });
                if *json && matches!(simple, Value::Number(_)) {
                    visit(Class::NotANumber, Some(pattern), trail, Act::NotANumber);
                }
            }
        }
    }

    fn below(&mut self, place: usize, value: &Value<'_>, pattern: usize) {
        self.trail.push(place);
        self.value(value, pattern);
        self.trail.pop();
    }
}

/// The number of the root among [`Patterns`].
const ROOT: usize = 0;

/// The patterns of a document's nodes, numbered as they are met, so that a walk names none of them.
#[derive(Debug)]
struct Patterns(Vec<Below>);

#[derive(Debug, Default)]
struct Below {
    above: Option<(usize, Segment)>,
    items: Option<usize>,
    members: BTreeMap<String, usize>,
}

impl Default for Patterns {
    fn default() -> Self {
        Self(vec![Below::default()])
    }
}

impl Patterns {
    fn items(&mut self, above: usize) -> usize {
        if let Some(known) = self.0[above].items {
            return known;
        }
        let new = self.push(above, Segment::Index(0));
        self.0[above].items = Some(new);
        new
    }

    fn member(&mut self, above: usize, name: &str) -> usize {
        if let Some(known) = self.0[above].members.get(name) {
            return *known;
        }
        let new = self.push(above, Segment::Member(name.to_owned()));
        self.0[above].members.insert(name.to_owned(), new);
        new
    }

    fn push(&mut self, above: usize, segment: Segment) -> usize {
        self.0.push(Below {
            above: Some((above, segment)),
            ..Below::default()
        });
        self.0.len() - 1
    }

    fn pattern(&self, number: usize) -> Pattern {
        let mut segments = Vec::new();
        let mut below = &self.0[number];
        while let Some((above, segment)) = &below.above {
            segments.push(segment.clone());
            below = &self.0[*above];
        }
        segments.into_iter().rev().collect::<Path>().generalise()
    }
}
