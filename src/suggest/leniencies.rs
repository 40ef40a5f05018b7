//! Comparisons, where no translation explains what differs.

use std::collections::BTreeSet;

use crate::compare::Deviation;
use crate::path::{Part, Pattern};
use crate::value::{Object, Value};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::{Draft, quoted};
use super::ground::{Ground, State};
use super::meet::{Meetings, Node};
use super::pairing::pairs;
use super::values::listed;

/// How many members a key may have.
const LONGEST_KEY: usize = 3;

/// Lists of the same items in another order, and lists of which rows are missing.
pub(super) fn lists(meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let (mut moved, mut lone) = (false, false);
        for pair in &node.pairs {
            let (Value::Array(ours), Value::Array(theirs)) = (pair.expected, pair.candidate) else {
                return None;
            };
            for pair in pairs(ours, theirs) {
                moved |= matches!(pair, (Some(one), Some(other)) if one != other);
                lone |= matches!(pair, (None, _) | (_, None));
            }
        }
        if !moved && !lone {
            return None;
        }
        let key = key(node);
        let keyed = |word| {
            key.as_ref()
                .map(|key| Draft::compare(word, place.clone(), vec![("key", listed(key))]))
        };
        let unordered = if moved && !lone {
            keyed("unordered").or_else(|| is_of_scalars(node).then(|| Draft::compare("unordered", place.clone(), Vec::new())))
        } else {
            None
        };
        let rows = if lone { keyed("rows") } else { None };
        let unordered = unordered.map(|draft| Candidate::new(Goal::Excused, [], [draft]));
        let rows = rows.map(|draft| Candidate::new(Goal::Clearer, [], [draft]));
        let alternatives: Alternatives = unordered.into_iter().chain(rows).collect();
        (!alternatives.is_empty()).then_some(alternatives)
    });
    found.collect()
}

fn is_of_scalars(node: &Node<'_>) -> bool {
    let lists = node.pairs.iter().flat_map(|pair| [pair.expected, pair.candidate]);
    let mut items = lists.flat_map(|list| match list {
        Value::Array(items) => items.as_slice(),
        _ => &[],
    });
    items.all(|item| item.scalar_text().is_some())
}

/// The fewest members that tell all rows of every list apart.
fn key(node: &Node<'_>) -> Option<Vec<String>> {
    let mut lists: Vec<Vec<&Object<'_>>> = Vec::new();
    for list in node.pairs.iter().flat_map(|pair| [pair.expected, pair.candidate]) {
        let Value::Array(items) = list else { return None };
        let rows = items.iter().map(|item| match item {
            Value::Object(row) => Some(row),
            _ => None,
        });
        lists.push(rows.collect::<Option<_>>()?);
    }
    let first = lists.iter().find_map(|rows| rows.first())?;
    let scalar = |name: &str| {
        let rows = lists.iter().flatten();
        rows.clone()
            .all(|row| row.get(name).is_some_and(|value| value.scalar_text().is_some()))
    };
    let names: Vec<String> = first
        .members
        .iter()
        .map(|member| member.name.to_string())
        .filter(|name| scalar(name))
        .collect();
    let tells = |key: &[String]| {
        lists.iter().all(|rows| {
            let mut seen = BTreeSet::new();
            let text = |row: &Object<'_>, name: &str| row.get(name).and_then(|value| value.scalar_text()).map(str::to_owned);
            rows.iter()
                .all(|row| seen.insert(key.iter().map(|name| text(row, name)).collect::<Vec<_>>()))
        })
    };
    (1..=LONGEST_KEY).find_map(|length| combinations(&names, length).into_iter().find(|key| tells(key)))
}

/// So many of these names, in their order.
fn combinations(names: &[String], length: usize) -> Vec<Vec<String>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (place, name) in names.iter().enumerate() {
        for rest in combinations(&names[place + 1..], length - 1) {
            found.push([name.clone()].into_iter().chain(rest).collect());
        }
    }
    found
}

/// Numbers that are nearly the same: as floats, or by no more than was seen.
pub(super) fn tolerances(ground: &Ground<'_>, state: &State<'_>, meetings: &Meetings<'_>) -> Vec<Alternatives> {
    let found = meetings.0.iter().filter_map(|(place, node)| {
        let mut differ = false;
        for pair in &node.pairs {
            let (Value::Number(ours), Value::Number(theirs)) = (pair.expected, pair.candidate) else {
                return None;
            };
            let (one, other) = (ours.text.parse::<f64>().ok()?, theirs.text.parse::<f64>().ok()?);
            // What is further apart is no question of how numbers are computed or written.
            if (one - other).abs() > 1e-4 * one.abs().max(other.abs()).max(1e-4) || (ours.is_integer() && theirs.is_integer()) {
                return None;
            }
            differ |= !super::gap::same(pair.expected, pair.candidate);
        }
        if !differ || !matches!(place.parts().last(), Some(Part::Name(_) | Part::Items)) {
            return None;
        }
        let tolerance = |key, value: String| Draft::compare("tolerance", place.clone(), vec![(key, value)]);
        let float = tolerance("float", "64".to_owned());
        let measured = ["relative", "absolute"].map(|key| {
            let wide = tolerance(key, quoted("0.0001"));
            let largest = largest(ground, state, place, wide)?;
            Some(tolerance(key, quoted(&largest)))
        });
        let drafts = [Some(float)].into_iter().chain(measured).flatten();
        Some(
            drafts
                .map(|draft| Candidate::new(Goal::Excused, [place.clone()], [draft]))
                .collect(),
        )
    });
    found.collect()
}

/// The largest deviation that a tolerance would excuse.
fn largest(ground: &Ground<'_>, state: &State<'_>, place: &Pattern, draft: Draft) -> Option<String> {
    let drafts = state.drafts.iter().cloned().chain([draft]).collect();
    let tried = ground.judge(drafts).ok()?;
    let deviations = tried.cases.iter().flat_map(|seen| &seen.deviations);
    let here = deviations.filter(|deviation| deviation.path.generalise() == *place);
    let largest: Option<&Deviation> = here.fold(None, |most, one| match most {
        Some(most) if !one.exceeds(most) => Some(most),
        _ => Some(one),
    });
    largest.map(|deviation| deviation.largest.clone()).filter(|largest| largest != "0")
}
