//! Rules of shape: wrappers, lists, and what else a node is made of.

use crate::path::{Part, Pattern};
use crate::value::{Object, Value, compact};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::{Draft, quoted};
use super::gap::likeness;
use super::meet::{Meetings, Node, Pair, member};
use super::origin::Origins;

/// How deep a wrapper in a wrapper is looked for.
const DEEPEST: usize = 4;

/// Objects of one member of which the candidate has what stands in them.
pub(super) fn wrappers(meetings: &Meetings<'_>, origins: &Origins) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter(|(_, node)| !is_kept(node)).map(|(place, node)| {
        let mut alternatives: Vec<(usize, Candidate)> = Vec::new();
        let mut paths = Vec::new();
        let mut shape = place.clone();
        let mut inner: Vec<&Value<'_>> = node.pairs.iter().map(|pair| pair.expected).collect();
        for _ in 0..DEEPEST {
            let Some((name, values)) = only_members(&inner) else { break };
            shape = member(&shape, name);
            inner = values;
            let Some(from) = origins.from(&shape) else { break };
            paths.push(from.clone());
            let unwrapped = Draft::from_all("unwrap", paths.clone(), Vec::new());
            let needs_list = node
                .pairs
                .iter()
                .zip(&inner)
                .any(|(pair, value)| matches!(pair.candidate, Value::Array(_)) && !matches!(value, Value::Array(_)));
            let list = needs_list.then(|| Draft::from("list", from, Vec::new()));
            let candidate = Candidate::new(Goal::Nearer, [place.clone()], [unwrapped].into_iter().chain(list));
            let others = node
                .pairs
                .iter()
                .zip(&inner)
                .filter(|(pair, value)| pair.candidate.kind() != value.kind());
            alternatives.push((others.count(), candidate));
        }
        // A wrapper in which there is what the candidate has comes before one of which a list would have to be made.
        alternatives.sort_by_key(|(others, _)| *others);
        alternatives.into_iter().map(|(_, candidate)| candidate).collect()
    });
    found.filter(|alternatives: &Alternatives| !alternatives.is_empty()).collect()
}

/// Whether the candidate has the same only member, and so the same wrapper.
fn is_kept(node: &Node<'_>) -> bool {
    node.pairs.iter().all(|pair| match (pair.expected, pair.candidate) {
        (Value::Object(ours), Value::Object(theirs)) => match (ours.members.as_slice(), theirs.members.as_slice()) {
            ([one], [other]) => one.name == other.name,
            _ => false,
        },
        _ => false,
    })
}

/// The name of the only member that all of these are objects of, and what it is in each.
fn only_members<'v>(values: &[&'v Value<'v>]) -> Option<(&'v str, Vec<&'v Value<'v>>)> {
    let mut name: Option<&str> = None;
    let mut inner = Vec::with_capacity(values.len());
    for value in values {
        let Value::Object(Object { members }) = value else { return None };
        let [only] = members.as_slice() else { return None };
        if *name.get_or_insert(&only.name) != only.name {
            return None;
        }
        inner.push(&only.value);
    }
    name.map(|name| (name, inner))
}

/// Nodes that both sides have, made of different things.
pub(super) fn forms(meetings: &Meetings<'_>, origins: &Origins) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let from = origins.from(place)?;
        let differ = node.pairs.iter().any(|pair| pair.expected.kind() != pair.candidate.kind());
        let drafts = if differ { made_otherwise(node, &from) } else { first(node, &from) };
        let alternatives: Alternatives = drafts
            .into_iter()
            .map(|draft| Candidate::new(Goal::Nearer, [place.clone()], [draft]))
            .collect();
        (!alternatives.is_empty()).then_some(alternatives)
    });
    found.collect()
}

fn made_otherwise(node: &Node<'_>, from: &Pattern) -> Vec<Draft> {
    let any = |test: &dyn Fn(&Value<'_>, &Value<'_>) -> bool| node.pairs.iter().any(|pair| test(pair.expected, pair.candidate));
    let mut drafts = Vec::new();
    if let Some(split) = split(node, from) {
        drafts.push(split);
    }
    if any(&|ours, theirs| !matches!(ours, Value::Array(_)) && matches!(theirs, Value::Array(_))) {
        drafts.push(Draft::from("list", from.clone(), Vec::new()));
    }
    if any(&|ours, theirs| matches!(ours, Value::Array(items) if items.len() == 1) && !matches!(theirs, Value::Array(_))) {
        let null = any(&|ours, theirs| matches!(ours, Value::Array(items) if items.is_empty()) && *theirs == Value::Null);
        let options = if null { vec![("empty", quoted("null"))] } else { Vec::new() };
        drafts.push(Draft::from("single", from.clone(), options));
    }
    for pair in &node.pairs {
        match (pair.expected, pair.candidate) {
            (Value::Object(ours), Value::Array(theirs)) => {
                drafts.extend(entries_of(ours, theirs).map(|options| Draft::from("list_from_entries", from.clone(), options)));
                if ours.members.iter().all(|member| matches!(member.value, Value::Array(_))) {
                    drafts.push(Draft::from("rows_from_columns", from.clone(), Vec::new()));
                }
            }
            (Value::Array(ours), Value::Object(theirs)) => {
                drafts.extend(entries_of(theirs, ours).map(|options| Draft::from("entries_from_list", from.clone(), options)));
                if theirs.members.iter().all(|member| matches!(member.value, Value::Array(_))) {
                    drafts.push(Draft::from("columns_from_rows", from.clone(), Vec::new()));
                }
            }
            (ours, Value::Object(theirs)) if from.parts().last() != Some(&Part::Items) => {
                if let [only] = theirs.members.as_slice()
                    && likeness(ours, &only.value) > 0.8
                {
                    drafts.push(Draft::from("wrap", from.clone(), vec![("in", quoted(&only.name))]));
                }
            }
            _ => {}
        }
        if drafts.len() > 8 {
            break;
        }
    }
    drafts.dedup();
    drafts
}

/// How an object could be listed as these items, each of which names one of its members.
fn entries_of(object: &Object<'_>, listed: &[Value<'_>]) -> Option<super::draft::Options> {
    let Value::Object(first) = listed.first()? else { return None };
    let [one, other] = first.members.as_slice() else { return None };
    let names = |key: &str| {
        listed.iter().all(|item| match item {
            Value::Object(item) => item
                .get(key)
                .and_then(|name| name.scalar_text())
                .is_some_and(|name| object.get(name).is_some()),
            _ => false,
        })
    };
    let (key, value) = if names(&one.name) {
        (&one.name, &other.name)
    } else if names(&other.name) {
        (&other.name, &one.name)
    } else {
        return None;
    };
    let said = [("key", key), ("value", value)]
        .into_iter()
        .filter(|(otherwise, name)| **name != *otherwise);
    Some(said.map(|(key, name)| (key, quoted(name))).collect())
}

/// A text that the candidate has in parts.
fn split(node: &Node<'_>, from: &Pattern) -> Option<Draft> {
    let texts: Vec<(&str, Vec<&str>)> = node.pairs.iter().filter_map(parts).collect();
    let several = texts.iter().any(|(_, parts)| parts.len() > 1);
    let separator = [",", ";", "|", " ", "\n"].into_iter().find(|separator| {
        texts.iter().all(|(text, parts)| {
            let mut seen: Vec<&str> = text.split(separator).map(str::trim).collect();
            if text.trim().is_empty() {
                seen.clear();
            }
            seen == *parts
        })
    })?;
    let trim = texts
        .iter()
        .any(|(text, parts)| text.split(separator).ne(parts.iter().copied()) && !parts.is_empty());
    let trim = trim.then(|| ("trim", "true".to_owned()));
    let options = [("separator", quoted(separator))].into_iter().chain(trim).collect();
    several.then(|| Draft::from("split", from.clone(), options))
}

/// The text of the one side, and what the other has of it.
fn parts<'v>(pair: &Pair<'v>) -> Option<(&'v str, Vec<&'v str>)> {
    let (Value::String(text), Value::Array(items)) = (pair.expected, pair.candidate) else {
        return None;
    };
    let parts = items.iter().map(|item| match item {
        Value::String(part) => Some(part.trim()),
        _ => None,
    });
    Some((text, parts.collect::<Option<_>>()?))
}

/// A list of which the candidate has the first items only, and everywhere as many.
fn first(node: &Node<'_>, from: &Pattern) -> Vec<Draft> {
    let mut counts = Vec::new();
    for pair in &node.pairs {
        let (Value::Array(ours), Value::Array(theirs)) = (pair.expected, pair.candidate) else {
            return Vec::new();
        };
        if theirs.len() < ours.len() {
            let alike = ours.iter().zip(theirs).all(|(one, other)| likeness(one, other) > 0.8);
            if !alike || theirs.is_empty() {
                return Vec::new();
            }
            counts.push((pair.case, theirs.len()));
        }
    }
    // Of one list alone nobody can tell how many it would have been of another.
    match counts.as_slice() {
        [(case, count), rest @ ..] if rest.iter().all(|(_, other)| other == count) && rest.iter().any(|(other, _)| other != case) => {
            vec![Draft::from("first", from.clone(), vec![("count", count.to_string())])]
        }
        _ => Vec::new(),
    }
}

/// A value as a suite writes it.
pub(super) fn as_json(value: &Value<'_>) -> String {
    super::draft::json(&compact(value))
}
