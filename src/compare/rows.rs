//! Lists with a declared key: rows are paired by it, the order is judged on its own.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::path::{Path, Selector, Step};
use crate::value::{Decimal, Value, compact, excerpt};

use super::comparer::{RowKey, Walk};
use super::difference::{Change, Move};
use super::order::moved;

pub(super) fn compare<'v>(
    walk: &mut Walk<'v>,
    expected: &'v [Value<'_>],
    got: &'v [Value<'_>],
    key: &RowKey,
    below: Option<&Selector<Arc<RowKey>>>,
) {
    *walk.found.applied.entry(key.rule.clone()).or_insert(0) += 1;
    let ours = Keys::of(expected, &key.members);
    let theirs = Keys::of(got, &key.members);
    let pairing = pair(&ours, &theirs);
    if let Some(note) = repeated(walk, expected, &pairing, key) {
        walk.found.notes.push(note);
    }
    for (at, place) in pairing.theirs.iter().enumerate() {
        match place {
            Some(index) => walk.item(*index, &expected[*index], &got[at], below, || {
                Some(describe(&expected[*index], &key.members))
            }),
            None => {
                walk.steps.push(Step::Index(at));
                walk.push(Change::Extra { got: compact(&got[at]) });
                walk.steps.pop();
            }
        }
    }
    for index in &pairing.missing {
        walk.steps.push(Step::Index(*index));
        walk.push(Change::Missing {
            expected: compact(&expected[*index]),
        });
        walk.steps.pop();
    }
    judge_order(walk, expected, &pairing, key);
}

struct Pairing {
    /// For each row of the candidate, the place of its partner on the expected side.
    theirs: Vec<Option<usize>>,
    /// The expected rows without a partner.
    missing: Vec<usize>,
    /// The first expected row whose key an earlier one has, and how many there are.
    repeated: Option<(usize, usize)>,
}

/// Pairs rows of equal keys, the first with the first: rows of one key are told apart by their order only.
fn pair(ours: &Keys, theirs: &Keys) -> Pairing {
    // Each key's next unpaired row; `next[row]` chains the rows of one key.
    let mut heads: HashMap<&str, (usize, usize)> = HashMap::with_capacity(ours.len());
    let mut next = vec![usize::MAX; ours.len()];
    let mut repeated: Option<(usize, usize)> = None;
    for row in 0..ours.len() {
        heads
            .entry(ours.get(row))
            .and_modify(|(_, last)| {
                next[*last] = row;
                *last = row;
                repeated = Some(repeated.map_or((row, 1), |(first, count)| (first, count + 1)));
            })
            .or_insert((row, row));
    }
    let mut paired = vec![false; ours.len()];
    let theirs = (0..theirs.len())
        .map(|row| {
            let (head, _) = heads.get_mut(theirs.get(row))?;
            let index = *head;
            if index == usize::MAX {
                return None;
            }
            *head = next[index];
            paired[index] = true;
            Some(index)
        })
        .collect();
    Pairing {
        theirs,
        missing: (0..paired.len()).filter(|row| !paired[*row]).collect(),
        repeated,
    }
}

fn judge_order(walk: &mut Walk<'_>, expected: &[Value<'_>], pairing: &Pairing, key: &RowKey) {
    let sequence: Vec<usize> = pairing.theirs.iter().filter_map(|place| *place).collect();
    if sequence.is_sorted() {
        return;
    }
    let places: Vec<usize> = (0..pairing.theirs.len()).filter(|at| pairing.theirs[*at].is_some()).collect();
    let mut moves: Vec<Move> = moved(&sequence)
        .into_iter()
        .map(|at| Move {
            item: describe(&expected[sequence[at]], &key.members),
            expected: sequence[at],
            got: places[at],
        })
        .collect();
    moves.sort_by_key(|one| one.expected);
    walk.push(Change::Order { moves, of: sequence.len() });
}

fn repeated(walk: &Walk<'_>, expected: &[Value<'_>], pairing: &Pairing, key: &RowKey) -> Option<String> {
    let (first, count) = pairing.repeated?;
    let path: Path = walk.steps.iter().copied().collect();
    let rows = if count == 1 { "1 row has" } else { &format!("{count} rows have") };
    Some(format!(
        "{path}: the key is not unique, {rows} the key of an earlier row (first: {}); such rows are paired in order",
        describe(&expected[first], &key.members)
    ))
}

/// A row's key in words: `repeat=0, fold=1`.
#[must_use]
pub fn describe(row: &Value<'_>, members: &[String]) -> String {
    let Value::Object(object) = row else {
        return excerpt(row, 60);
    };
    let mut out = String::new();
    for name in members {
        let separator = if out.is_empty() { "" } else { ", " };
        let value = object.get(name).map_or_else(|| "absent".to_owned(), |value| excerpt(value, 40));
        write!(out, "{separator}{name}={value}").expect("writing to a String");
    }
    out
}

/// The keys of all rows in one text. Spelling does not count here: a row whose `fold` became `"1"` or `1.0` is still that
/// row, and the change of its `fold` one difference.
struct Keys {
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    fn of(rows: &[Value<'_>], members: &[String]) -> Self {
        let mut keys = Self {
            text: String::with_capacity(rows.len() * members.len() * 4),
            ends: Vec::with_capacity(rows.len()),
        };
        for row in rows {
            keys.push(row, members);
            keys.ends.push(keys.text.len());
        }
        keys
    }

    fn push(&mut self, row: &Value<'_>, members: &[String]) {
        let Value::Object(object) = row else {
            self.text.push_str("no object: ");
            self.text.push_str(&compact(row));
            return;
        };
        for (place, name) in members.iter().enumerate() {
            // Both sides mostly list their members alike, so the declared order is tried first.
            let value = match object.members.get(place) {
                Some(member) if member.name == *name => Some(&member.value),
                _ => object.get(name),
            };
            match value {
                None => self.text.push('?'),
                Some(Value::Number(number)) => self.push_number(&number.text),
                Some(Value::String(text)) if Decimal::parse(text).is_some() => self.push_number(text),
                Some(Value::String(text)) => self.text.push_str(text),
                Some(other) => self.text.push_str(&compact(other)),
            }
            self.text.push('\u{1f}');
        }
    }

    fn push_number(&mut self, text: &str) {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0') && !text.ends_with('0');
        match Decimal::parse(text) {
            Some(decimal) if !plain => write!(self.text, "{decimal}").expect("writing to a String"),
            _ => self.text.push_str(text),
        }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }
}
