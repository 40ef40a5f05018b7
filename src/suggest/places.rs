//! Rules of place: what only one side has may be what only the other side has, elsewhere or by another name.

use std::collections::BTreeMap;

use crate::path::{Part, Pattern};
use crate::value::{Value, compact};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::{Draft, json, quoted};
use super::gap::{is_container, likeness, ratio};
use super::meet::{Lone, Meetings, Node, above, member, stars};
use super::names;
use super::origin::Origins;
use super::wrappers::as_json;

/// How deep inside of what only one side has a counterpart is looked for.
const DEEPEST: usize = 3;

/// How alike two nodes must be to be taken for one; and how alike their names, where their values say nothing.
const ALIKE: f64 = 0.8;
const NEARLY: f64 = 0.7;
const ALIKE_IN_NAME: f64 = 0.55;

/// What only one side has, by pattern.
type Nodes<'d> = Vec<(Pattern, Vec<Lone<'d>>)>;

/// Names that became others, and nodes that went elsewhere.
pub(super) fn places(meetings: &Meetings<'_>, origins: &Origins) -> Vec<Alternatives> {
    matched(meetings, origins, |_| true)
}

/// Lists and objects of which only the name is another: nobody should take them for wrappers.
pub(super) fn renamed(meetings: &Meetings<'_>, origins: &Origins) -> Vec<Alternatives> {
    matched(meetings, origins, |found| found.whole && found.stays())
}

fn matched(meetings: &Meetings<'_>, origins: &Origins, wanted: impl Fn(&Match<'_>) -> bool) -> Vec<Alternatives> {
    let ours = deeper(meetings, |node| &node.expected);
    let theirs = deeper(meetings, |node| &node.candidate);
    let mut matches = Vec::new();
    for (place, nodes) in &ours {
        for (other, others) in &theirs {
            if let Some(found) = Match::of((place, nodes), (other, others)) {
                matches.extend(Some(found).filter(&wanted));
            }
        }
    }
    matches.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.depth().cmp(&other.depth())));
    let mut chosen: Vec<&Match<'_>> = Vec::new();
    for found in &matches {
        let overlaps = |taken: &Match<'_>| related(taken.ours, found.ours) || related(taken.theirs, found.theirs);
        if !chosen.iter().any(|taken| overlaps(taken)) {
            chosen.push(found);
        }
    }
    let candidates = chosen.into_iter().filter_map(|found| found.candidate(origins));
    candidates.map(|one| vec![one]).collect()
}

struct Match<'m> {
    ours: &'m Pattern,
    theirs: &'m Pattern,
    score: f64,
    list: bool,
    single: bool,
    /// Whether both are lists, or both objects, that are alike.
    whole: bool,
}

impl<'m> Match<'m> {
    fn of((ours, nodes): (&'m Pattern, &[Lone<'_>]), (theirs, others): (&'m Pattern, &[Lone<'_>])) -> Option<Self> {
        if stars(ours) != stars(theirs) || !matches!(theirs.parts().last(), Some(Part::Name(_))) || !same_lists(ours, theirs) {
            return None;
        }
        let by_place: BTreeMap<(usize, &[usize]), &Value<'_>> =
            others.iter().map(|lone| ((lone.case, lone.items.as_slice()), lone.value)).collect();
        let (mut met, mut telling, mut alike) = (0_u64, 0_u64, 0.0);
        let (mut list, mut single, mut whole) = (false, false, true);
        for lone in nodes {
            let Some(other) = by_place.get(&(lone.case, lone.items.as_slice())) else {
                continue;
            };
            met += 1;
            whole &= is_container(lone.value) && lone.value.kind() == other.kind();
            list |= !matches!(lone.value, Value::Array(_)) && matches!(other, Value::Array(_));
            single |= matches!(lone.value, Value::Array(_)) && !matches!(other, Value::Array(_));
            if !(lone.value.is_nothing() && other.is_nothing()) {
                telling += 1;
                alike += as_one(lone.value, other);
            }
        }
        let name = |pattern: &'m Pattern| pattern.last_name().unwrap_or_default();
        let names = names::alike(name(ours), name(theirs));
        let alike = if telling == 0 { 0.0 } else { alike / ratio(telling, 1) };
        let is_one = match telling {
            0 => names >= ALIKE_IN_NAME,
            _ => alike >= ALIKE || (alike >= NEARLY && names >= ALIKE_IN_NAME),
        };
        if met == 0 || !is_one {
            return None;
        }
        let most = u64::try_from(nodes.len().max(others.len())).unwrap_or(u64::MAX);
        Some(Self {
            ours,
            theirs,
            score: alike * (0.5 + 0.5 * ratio(met, most)) + 0.3 * names,
            list,
            single,
            whole: whole && telling > 0 && alike >= ALIKE,
        })
    }

    fn depth(&self) -> usize {
        self.ours.parts().len() + self.theirs.parts().len()
    }

    /// Whether only the name is another.
    fn stays(&self) -> bool {
        above(self.ours) == above(self.theirs)
    }

    fn candidate(&self, origins: &Origins) -> Option<Candidate> {
        let from = origins.from(self.ours)?;
        let name = self.theirs.last_name()?;
        let place = if self.stays() {
            Draft::from("rename", from.clone(), vec![("to", quoted(name))])
        } else {
            Draft::from("move", from.clone(), vec![("to", quoted(&self.theirs.to_string()))])
        };
        let list = self.list.then(|| Draft::from("list", from.clone(), Vec::new()));
        let single = (self.single && !self.list).then(|| Draft::from("single", from, Vec::new()));
        let drafts = [Some(place), list, single].into_iter().flatten();
        Some(Candidate::new(Goal::Nearer, [self.ours.clone(), self.theirs.clone()], drafts))
    }
}

/// How alike two nodes are, where one may be the only item of the other.
fn as_one(ours: &Value<'_>, theirs: &Value<'_>) -> f64 {
    match (ours, theirs) {
        (Value::Array(_), Value::Array(_)) => likeness(ours, theirs),
        (Value::Array(items), other) | (other, Value::Array(items)) => match items.as_slice() {
            [only] => likeness(only, other),
            _ => 0.0,
        },
        _ => likeness(ours, theirs),
    }
}

/// Whether both stand in the same lists, as far as they stand in lists at all.
fn same_lists(ours: &Pattern, theirs: &Pattern) -> bool {
    let up_to_items = |pattern: &Pattern| {
        let last = pattern.parts().iter().rposition(|part| *part == Part::Items);
        pattern.parts()[..last.map_or(0, |last| last + 1)].to_vec()
    };
    up_to_items(ours) == up_to_items(theirs)
}

/// Whether one is the other, or stands inside of it.
fn related(one: &Pattern, other: &Pattern) -> bool {
    one.parts().starts_with(other.parts()) || other.parts().starts_with(one.parts())
}

/// What only one side has, and what stands inside of it, up to lists.
fn deeper<'d>(meetings: &Meetings<'d>, side: impl for<'n> Fn(&'n Node<'d>) -> &'n Vec<Lone<'d>>) -> Nodes<'d> {
    let mut found = Nodes::new();
    for (pattern, node) in &meetings.0 {
        let lone = side(node);
        if !lone.is_empty() && matches!(pattern.parts().last(), Some(Part::Name(_))) {
            inside(pattern, lone.clone(), DEEPEST, &mut found);
        }
    }
    found
}

fn inside<'d>(pattern: &Pattern, lone: Vec<Lone<'d>>, deeper: usize, found: &mut Nodes<'d>) {
    let mut members: BTreeMap<&str, Vec<Lone<'d>>> = BTreeMap::new();
    if deeper > 0 {
        for one in &lone {
            let Value::Object(object) = one.value else { continue };
            for member in &object.members {
                members.entry(&member.name).or_default().push(Lone {
                    value: &member.value,
                    ..one.clone()
                });
            }
        }
    }
    for (name, lone) in members {
        inside(&member(pattern, name), lone, deeper - 1, found);
    }
    found.push((pattern.clone(), lone));
}

/// What the candidate has no more.
pub(super) fn drops(meetings: &Meetings<'_>, origins: &Origins) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        if node.expected.is_empty() || !node.candidate.is_empty() {
            return None;
        }
        let from = origins.from(place)?;
        let dropped = match place.parts().last()? {
            Part::Name(_) if node.pairs.is_empty() => vec![from],
            Part::Items => filtered(node, &from),
            _ => return None,
        };
        let candidates = dropped
            .into_iter()
            .map(|from| Candidate::new(Goal::Matched, [place.clone()], [Draft::from("drop", from, Vec::new())]));
        Some(candidates.collect())
    });
    found.filter(|alternatives: &Alternatives| !alternatives.is_empty()).collect()
}

/// List items that are gone, picked by a member that only they have.
fn filtered(node: &Node<'_>, from: &Pattern) -> Vec<Pattern> {
    let Some(Value::Object(first)) = node.expected.first().map(|lone| lone.value) else {
        return Vec::new();
    };
    let texts = first
        .members
        .iter()
        .filter_map(|member| Some((&member.name, member.value.scalar_text()?)));
    let tells = |name: &str, text: &str| {
        let has = |value: &Value<'_>| matches!(value, Value::Object(object) if object.get(name).and_then(|value| value.scalar_text()) == Some(text));
        node.expected.iter().all(|lone| has(lone.value)) && !node.pairs.iter().any(|pair| has(pair.expected))
    };
    // One item alone is known by anything, and so by nothing.
    let several = node.expected.len() > 1;
    let filters = texts.filter(|(name, text)| several && tells(name, text));
    let patterns = filters.filter_map(|(name, text)| {
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let value = if plain(text) {
            text.to_owned()
        } else {
            serde_json::to_string(text).ok()?
        };
        Pattern::parse(&format!("{from}[{name}={value}]")).ok()
    });
    patterns.collect()
}

/// What the legacy leaves out.
pub(super) fn defaults(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let Some(Part::Name(_)) = place.parts().last() else { return None };
        let (value, lone) = most_common(&node.candidate)?;
        let all = node.candidate.len() == lone;
        let ways_of_nothing = node.candidate.iter().all(|lone| lone.value.is_nothing());
        let cases: std::collections::BTreeSet<usize> = node.candidate.iter().map(|lone| lone.case).collect();
        let plain = value.is_nothing() || matches!(value, Value::Bool(false)) || compact(value) == "0";
        // What one case says is that case's data, unless it is nothing.
        if !(all && (plain || cases.len() > 1) || ways_of_nothing) {
            return None;
        }
        let goal = if all { Goal::Matched } else { Goal::Nearer };
        let draft = Draft::at("default", place.clone(), vec![("value", as_json(value))]);
        Some(vec![Candidate::new(goal, [place.clone()], [draft])])
    });
    found.collect()
}

/// The value that most of them have, and how many that are.
fn most_common<'d>(lone: &[Lone<'d>]) -> Option<(&'d Value<'d>, usize)> {
    let mut counts: BTreeMap<String, (usize, &Value<'_>)> = BTreeMap::new();
    for one in lone {
        counts.entry(compact(one.value)).or_insert((0, one.value)).0 += 1;
    }
    counts
        .into_values()
        .max_by_key(|(count, _)| *count)
        .map(|(count, value)| (value, count))
}

/// What only the candidate has: a leniency, as the legacy says nothing of it.
pub(super) fn extras(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let Some(Part::Name(_)) = place.parts().last() else { return None };
        if node.candidate.is_empty() || !node.expected.is_empty() || !node.pairs.is_empty() {
            return None;
        }
        let mut kinds: Vec<&str> = node.candidate.iter().map(|lone| lone.value.kind().name()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let around = above(place)
            .and_then(|above| meetings.get(&above))
            .map_or(0, |node| node.pairs.len());
        let optional = (node.candidate.len() < around).then(|| ("optional", "true".to_owned()));
        let kinds = super::draft::texts(kinds.into_iter().map(str::to_owned));
        let options = [("type", kinds)].into_iter().chain(optional).collect();
        let draft = Draft::compare("extra", place.clone(), options);
        Some(vec![Candidate::new(Goal::Excused, [place.clone()], [draft])])
    });
    found.collect()
}

/// A member that is one value, whatever the legacy says.
pub(super) fn constants(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let Some(Part::Name(_)) = place.parts().last() else { return None };
        let first = node.pairs.first()?;
        let owed = compact(first.candidate);
        let mut said: Vec<String> = node.pairs.iter().map(|pair| compact(pair.expected)).collect();
        said.sort_unstable();
        said.dedup();
        let constant = node.pairs.iter().all(|pair| compact(pair.candidate) == owed);
        // A candidate that says nothing, whatever the legacy says, has rather forgotten it.
        if !constant || said.len() < 2 || first.candidate.is_nothing() || is_container(first.candidate) {
            return None;
        }
        let draft = Draft::at("constant", place.clone(), vec![("value", json(&owed))]);
        Some(vec![Candidate::new(Goal::Settled, [place.clone()], [draft])])
    });
    found.collect()
}
