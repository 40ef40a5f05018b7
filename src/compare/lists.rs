//! Lists of which no rule speaks: paired by place, after what is the same at both ends.

use crate::value::Value;

use super::walk::{Rules, Walk};

pub(super) fn compare<'v>(walk: &mut Walk<'v>, expected: &'v [Value<'v>], got: &'v [Value<'v>], rules: &Rules<'v>) {
    if expected.len() == got.len() {
        for (index, pair) in expected.iter().zip(got).enumerate() {
            walk.item(index, pair, rules, false, || None);
        }
        return;
    }
    // One item more or less is one difference: what both ends have in common is paired first, from whichever end fits.
    let head = expected.iter().zip(got).take_while(|(a, b)| walk.equal(a, b, rules)).count();
    let backwards = expected[head..].iter().rev().zip(got[head..].iter().rev());
    let tail = backwards.take_while(|(a, b)| walk.equal(a, b, rules)).count();
    let (ours_end, theirs_end) = (expected.len() - tail, got.len() - tail);
    let middle = ours_end.min(theirs_end);
    for (index, pair) in expected[..middle].iter().zip(got).enumerate() {
        walk.item(index, pair, rules, false, || None);
    }
    for (index, item) in expected.iter().enumerate().take(ours_end).skip(middle) {
        walk.missing(index, item);
    }
    for (index, item) in got.iter().enumerate().take(theirs_end).skip(middle) {
        walk.extra_item(index, item);
    }
    for (offset, pair) in expected[ours_end..].iter().zip(&got[theirs_end..]).enumerate() {
        walk.item(ours_end + offset, pair, rules, false, || None);
    }
}
