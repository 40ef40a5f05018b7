//! Rules of values: types, declared values, spellings.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::Pattern;
use crate::value::{Kind, Value, compact, is_decimal_text, is_integer_text};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::{Draft, Options, quoted, texts};
use super::gap::{is_container, same};
use super::meet::{Meetings, Node, Pair};
use super::names::is_id;
use super::spellings;
use super::wrappers::as_json;

/// How many values a map may name, and how long their texts may be.
const FEW: usize = 5;
const SHORT: usize = 40;

/// What a value is, where both sides have one and say it in two ways; the narrowest rule first.
pub(super) fn values(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().map(|(place, node)| {
        let drafts = treatments(place, node);
        let candidates = drafts
            .into_iter()
            .map(|drafts| Candidate::new(Goal::Settled, [place.clone()], drafts));
        candidates.collect()
    });
    found.filter(|alternatives: &Alternatives| !alternatives.is_empty()).collect()
}

/// Rules of one place that act together.
type Together = Vec<Draft>;

fn treatments(place: &Pattern, node: &Node<'_>) -> Vec<Together> {
    let pairs = distinct(&node.pairs);
    if pairs.iter().all(|pair| same(pair.expected, pair.candidate)) {
        return Vec::new();
    }
    let is_whole = |value: &Value<'_>| is_container(value) && !value.is_nothing();
    if pairs.iter().any(|pair| is_whole(pair.expected) || is_whole(pair.candidate)) {
        let join = spellings::join(&pairs).map(|options| Draft::at("join", place.clone(), options));
        let differing = || pairs.iter().filter(|pair| !same(pair.expected, pair.candidate));
        let of_nothing = differing().all(|pair| pair.expected.is_nothing() && pair.candidate.kind() == Kind::Array);
        let map = of_nothing.then(|| map(place, &pairs, node.pairs.len())).flatten();
        return join.into_iter().chain(map).map(|draft| vec![draft]).collect();
    }
    let (nothing, rest): (Vec<Pair<'_>>, Vec<Pair<'_>>) = pairs.iter().partition(|pair| pair.expected.is_nothing());
    let mut found = Vec::new();
    let rest_differs = rest.iter().any(|pair| !same(pair.expected, pair.candidate));
    let becomes_null = !nothing.is_empty() && nothing.iter().all(|pair| *pair.candidate == Value::Null);
    let of_rest: Vec<Vec<(&'static str, Options)>> = if rest_differs { ways(&rest) } else { vec![Vec::new()] };
    for way in &of_rest {
        let drafts = |options: &[(&'static str, String)]| -> Together {
            way.iter()
                .map(|(word, own)| {
                    let more = options.iter().filter(|_| is_type(word)).cloned();
                    Draft::at(word, place.clone(), own.iter().cloned().chain(more).collect())
                })
                .collect()
        };
        let typed = way.iter().any(|(word, _)| is_type(word));
        if nothing.iter().all(|pair| same(pair.expected, pair.candidate)) {
            found.push(drafts(&[]));
            if typed && !nothing.is_empty() {
                found.push(drafts(&[("unreadable", quoted("keep"))]));
            }
        } else if becomes_null {
            if typed && is_empty_text_or_list(&nothing) {
                found.push(drafts(&[("empty", quoted("null"))]));
            }
            found.push([null(place, &nothing)].into_iter().chain(drafts(&[])).collect());
        } else if let Some(map) = map(place, &nothing, nothing.len()) {
            found.push([map].into_iter().chain(drafts(&[])).collect());
        }
    }
    found.extend(kept(&pairs).map(|(word, options)| vec![Draft::at(word, place.clone(), options)]));
    if !is_id(place.last_name().unwrap_or_default()) {
        found.extend(map(place, &pairs, node.pairs.len()).map(|map| vec![map]));
    }
    found.retain(|drafts| !drafts.is_empty());
    found
}

/// Each pair of values once.
fn distinct<'d>(pairs: &[Pair<'d>]) -> Vec<Pair<'d>> {
    let mut seen = BTreeSet::new();
    let new = |pair: &&Pair<'d>| seen.insert((compact(pair.expected), compact(pair.candidate)));
    pairs.iter().filter(new).copied().collect()
}

fn is_type(word: &str) -> bool {
    ["integer", "number", "boolean", "text", "datetime"].contains(&word)
}

/// The ways in which all of these could be said as the candidate says them, each a chain of rules.
fn ways(pairs: &[Pair<'_>]) -> Vec<Vec<(&'static str, Options)>> {
    let typed = types(pairs).map(|rule| vec![rule]);
    let kept = kept(pairs).map(|rule| vec![rule]);
    typed.into_iter().chain(spellings::ways(pairs)).chain(kept).collect()
}

/// The type of which all of the candidate's values are, where all of the legacy's read as it.
fn types(pairs: &[Pair<'_>]) -> Option<(&'static str, Options)> {
    let all = |test: &dyn Fn(&Value<'_>, &Value<'_>) -> bool| pairs.iter().all(|pair| test(pair.expected, pair.candidate));
    if all(&|ours, theirs| theirs.kind() == Kind::Integer && reads(ours, is_integer_text)) {
        return Some(("integer", Options::new()));
    }
    if all(&|ours, theirs| matches!(theirs, Value::Number(_)) && reads(ours, is_decimal_text)) {
        return Some(("number", Options::new()));
    }
    if all(&|_, theirs| matches!(theirs, Value::Bool(_))) {
        return booleans(pairs).map(|options| ("boolean", options));
    }
    if all(&|ours, theirs| matches!(ours, Value::Number(_) | Value::Bool(_)) && ours.scalar_text() == text_of(theirs)) {
        return Some(("text", Options::new()));
    }
    None
}

fn reads(value: &Value<'_>, reads: fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => reads(text),
        Value::Number(number) => reads(&number.text),
        _ => false,
    }
}

fn text_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// How booleans are spelt, when each spelling means one of them.
fn booleans(pairs: &[Pair<'_>]) -> Option<Options> {
    let mut spellings: BTreeMap<bool, BTreeSet<&str>> = BTreeMap::new();
    for pair in pairs {
        let Value::Bool(value) = pair.candidate else { return None };
        let text = match pair.expected {
            Value::Bool(_) => continue,
            Value::String(text) => text,
            Value::Number(number) => &number.text,
            _ => return None,
        };
        spellings.entry(*value).or_default().insert(text);
    }
    let of = |value: bool| spellings.get(&value).cloned().unwrap_or_default();
    let (yes, no) = (of(true), of(false));
    if yes.len() > 3 || no.len() > 3 || yes.intersection(&no).next().is_some() {
        return None;
    }
    let said = [("true", "true", yes), ("false", "false", no)]
        .into_iter()
        .filter(|(_, otherwise, spelt)| spelt.iter().any(|text| text != otherwise));
    Some(
        said.map(|(key, _, spelt)| (key, format!("[{}]", spelt.into_iter().map(quoted).collect::<Vec<_>>().join(", "))))
            .collect(),
    )
}

/// A type for those that read as it, where all others stay as they are.
fn kept(pairs: &[Pair<'_>]) -> Option<(&'static str, Options)> {
    let others = |pair: &Pair<'_>| same(pair.expected, pair.candidate);
    let (unchanged, changed): (Vec<Pair<'_>>, Vec<Pair<'_>>) = pairs.iter().partition(|pair| others(pair));
    let (word, mut options) = types(&changed)?;
    if unchanged.is_empty() {
        return None;
    }
    options.push(("unreadable", quoted("keep")));
    Some((word, options))
}

fn is_empty_text_or_list(nothing: &[Pair<'_>]) -> bool {
    nothing.iter().all(|pair| !matches!(pair.expected, Value::Object(_)))
}

/// What becomes null.
fn null(place: &Pattern, nothing: &[Pair<'_>]) -> Draft {
    let options = if is_empty_text_or_list(nothing) {
        Options::new()
    } else {
        let values = nothing
            .iter()
            .filter(|pair| *pair.expected != Value::Null)
            .map(|pair| as_json(pair.expected));
        vec![("values", format!("[{}]", values.collect::<Vec<_>>().join(", ")))]
    };
    Draft::at("null", place.clone(), options)
}

/// A map of the values that were seen, where each always becomes the same one, and it is no table of one case's data.
fn map(place: &Pattern, pairs: &[Pair<'_>], seen: usize) -> Option<Draft> {
    let mut rows: BTreeMap<String, (&Value<'_>, &Value<'_>)> = BTreeMap::new();
    for pair in pairs {
        let (_, known) = rows.entry(compact(pair.expected)).or_insert((pair.expected, pair.candidate));
        if !same(known, pair.candidate) {
            return None;
        }
    }
    rows.retain(|_, (ours, theirs)| !same(ours, theirs));
    let few = rows.len() <= FEW && rows.keys().all(|text| text.len() <= SHORT);
    let cases: BTreeSet<usize> = pairs.iter().map(|pair| pair.case).collect();
    let nothing = rows.values().all(|(ours, _)| ours.is_nothing());
    // A number of its own for each value is an identifier or a measure, and what one case says is that case's data.
    let known = nothing || (seen >= 2 * rows.len() && (cases.len() > 1 || seen >= 3 * rows.len()));
    if rows.is_empty() || !few || !known {
        return None;
    }
    let rows = rows.values().map(|(ours, theirs)| {
        let (legacy, candidate) = (as_json(ours), as_json(theirs));
        format!("{{ legacy = {legacy}, candidate = {candidate} }}")
    });
    let values = format!("[{}]", rows.collect::<Vec<_>>().join(", "));
    Some(Draft::at("map", place.clone(), vec![("values", values)]))
}

/// A member that may be one of several ways of writing nothing, of which the legacy does not say which.
pub(super) fn one_of(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let pairs = distinct(&node.pairs);
        let differing: Vec<&Pair<'_>> = pairs.iter().filter(|pair| !same(pair.expected, pair.candidate)).collect();
        let first = differing.first()?;
        let ways_of_nothing = differing
            .iter()
            .all(|pair| pair.expected.is_nothing() && pair.candidate.is_nothing());
        let one_kind = differing.iter().all(|pair| pair.expected == first.expected);
        // Where the candidate says the same everywhere, a translation says it better.
        let either = pairs
            .iter()
            .any(|pair| pair.expected == first.expected && same(pair.expected, pair.candidate));
        if !ways_of_nothing || !one_kind || !either {
            return None;
        }
        let values = differing.iter().map(|pair| as_json(pair.candidate)).collect::<Vec<_>>().join(", ");
        let options = vec![
            ("values", format!("[{values}]")),
            ("when", format!("{{ equals = {} }}", as_json(first.expected))),
        ];
        let draft = Draft::compare("one_of", place.clone(), options);
        Some(vec![Candidate::new(Goal::Excused, [place.clone()], [draft])])
    });
    found.collect()
}

/// Texts as a suite lists them.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [only] => format!("[{}]", quoted(only)),
        several => texts(several.iter().cloned()),
    }
}
