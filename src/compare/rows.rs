//! Lists with a declared key: rows are paired by it. Their order is judged on its own, or does not count where that is declared.

use crate::path::Path;
use crate::rule::ComparisonRule;
use crate::value::Value;

use super::comparer::Act;
use super::difference::{Change, Move};
use super::keys::{KeyReader, describe};
use super::order::moved;
use super::pairing::{Pairing, pair};
use super::unordered::pair_equals;
use super::walk::{Rules, Walk};

pub(super) fn compare<'v>(
    walk: &mut Walk<'v>,
    expected: &'v [Value<'v>],
    got: &'v [Value<'v>],
    (place, key): (usize, &'v [String]),
    rules: &Rules<'v>,
) {
    let rule = walk.rule_at(place);
    let order_counts = matches!(rule.act, Act::Declared(ComparisonRule::Rows { .. }));
    let mut pairing = pair(expected, got, &mut KeyReader::new(key));
    if let Some(note) = repeated(walk, expected, &pairing, key, order_counts) {
        walk.notes.push(note);
        if !order_counts {
            // Rows of one key are not told apart by an order that does not count.
            pair_equals(&mut pairing, expected, got, key);
        }
    }
    if order_counts && pairing.theirs.iter().any(Option::is_some) {
        walk.paired(place);
    }
    for (at, partner) in pairing.theirs.iter().enumerate() {
        match partner {
            Some(index) => {
                let row = &expected[*index];
                walk.item(*index, (row, &got[at]), rules, rule.equal_is_enough, || Some(describe(row, key)));
            }
            None => walk.extra_item(at, &got[at]),
        }
    }
    for index in &pairing.missing {
        walk.missing(*index, &expected[*index]);
    }
    judge_order(walk, expected, &pairing, (place, key), order_counts);
}

fn judge_order(walk: &mut Walk<'_>, expected: &[Value<'_>], pairing: &Pairing, (place, key): (usize, &[String]), counts: bool) {
    let sequence: Vec<usize> = pairing.theirs.iter().filter_map(|partner| *partner).collect();
    if sequence.is_sorted() {
        return;
    }
    if !counts {
        return walk.excuse(place);
    }
    let places: Vec<usize> = (0..pairing.theirs.len()).filter(|at| pairing.theirs[*at].is_some()).collect();
    let mut moves: Vec<Move> = moved(&sequence)
        .into_iter()
        .map(|at| Move {
            item: describe(&expected[sequence[at]], key),
            expected: sequence[at],
            got: places[at],
        })
        .collect();
    moves.sort_by_key(|one| one.expected);
    walk.push(Change::Order { moves, of: sequence.len() });
}

fn repeated(walk: &Walk<'_>, expected: &[Value<'_>], pairing: &Pairing, key: &[String], order_counts: bool) -> Option<String> {
    let (first, count) = pairing.repeated?;
    let path: Path = walk.steps.iter().copied().collect();
    let rows = if count == 1 { "1 row has" } else { &format!("{count} rows have") };
    let how = if order_counts {
        "in order"
    } else {
        "where they are equal, else in order"
    };
    Some(format!(
        "{path}: the key is not unique, {rows} the key of an earlier row (first: {}); such rows are paired {how}",
        describe(&expected[first], key)
    ))
}
