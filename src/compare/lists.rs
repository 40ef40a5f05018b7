//! Lists without a declared key: paired by place, after what is the same at both ends.

use std::sync::Arc;

use crate::path::{Selector, Step};
use crate::value::{Value, compact};

use super::comparer::{RowKey, Walk};
use super::difference::Change;
use super::equal::same;

pub(super) fn compare<'v>(walk: &mut Walk<'v>, expected: &'v [Value<'_>], got: &'v [Value<'_>], below: Option<&Selector<Arc<RowKey>>>) {
    if expected.len() == got.len() {
        for (index, (a, b)) in expected.iter().zip(got).enumerate() {
            walk.item(index, a, b, below, || None);
        }
        return;
    }
    // One item more or less is one difference: what both ends have in common is paired first, from whichever end fits.
    let same = |a: &Value<'_>, b: &Value<'_>| equal(a, b, below);
    let head = expected.iter().zip(got).take_while(|(a, b)| same(a, b)).count();
    let tail = expected[head..]
        .iter()
        .rev()
        .zip(got[head..].iter().rev())
        .take_while(|(a, b)| same(a, b))
        .count();
    let (ours, theirs) = (&expected[head..expected.len() - tail], &got[head..got.len() - tail]);
    let paired = ours.len().min(theirs.len());
    for (offset, (a, b)) in ours.iter().zip(theirs).enumerate() {
        walk.item(head + offset, a, b, below, || None);
    }
    for (offset, item) in ours.iter().enumerate().skip(paired) {
        walk.steps.push(Step::Index(head + offset));
        walk.push(Change::Missing { expected: compact(item) });
        walk.steps.pop();
    }
    for (offset, item) in theirs.iter().enumerate().skip(paired) {
        walk.steps.push(Step::Index(head + offset));
        walk.push(Change::Extra { got: compact(item) });
        walk.steps.pop();
    }
}

fn equal(expected: &Value<'_>, got: &Value<'_>, below: Option<&Selector<Arc<RowKey>>>) -> bool {
    if below.is_none() {
        return same(expected, got);
    }
    let mut walk = Walk::default();
    walk.value(expected, got, below);
    walk.found.differences.is_empty()
}
