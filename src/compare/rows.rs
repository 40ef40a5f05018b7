//! Lists with a declared key: rows are paired by it, the order is judged on its own.

use std::sync::Arc;

use crate::path::{Path, Selector, Step};
use crate::value::{Value, compact};

use super::comparer::{RowKey, Walk};
use super::difference::{Change, Move};
use super::keys::{KeyReader, describe};
use super::order::moved;
use super::pairing::{Pairing, pair};

pub(super) fn compare<'v>(
    walk: &mut Walk<'v>,
    expected: &'v [Value<'_>],
    got: &'v [Value<'_>],
    key: &RowKey,
    below: Option<&Selector<Arc<RowKey>>>,
) {
    *walk.found.applied.entry(key.rule.clone()).or_insert(0) += 1;
    let pairing = pair(expected, got, &mut KeyReader::new(&key.members));
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
