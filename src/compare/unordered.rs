//! Lists whose order does not count: a multiset. Items are found by their digests, never searched: the work grows with the
//! lists, whatever differs.

use hashbrown::{DefaultHashBuilder, HashMap};

use crate::value::Value;

use super::digest::Digester;
use super::keys::KeyReader;
use super::pairing::Pairing;
use super::walk::{Rules, Walk};

pub(super) fn compare<'v>(walk: &mut Walk<'v>, expected: &'v [Value<'v>], got: &'v [Value<'v>], place: usize, rules: &Rules<'v>) {
    let digester = Digester::default();
    let mut pairs = Pairs::of(expected.len(), got.len());
    // Equal items are one as good as another, so those that stand in one place are a pair.
    let in_place = expected.iter().zip(got).take_while(|(a, b)| walk.equal(a, b, rules)).count();
    for at in 0..in_place {
        pairs.ours[at] = true;
        pairs.theirs[at] = Some(at);
    }
    {
        let digest = |item: &'v Value<'v>| {
            let below = rules.as_ref().and_then(|rules| rules.item(item));
            digester.ruled(walk, item, &below)
        };
        pairs.by(|at| Some(digest(&expected[at])), |at| Some(digest(&got[at])));
    }
    let out_of_order = !pairs.theirs.iter().flatten().is_sorted();
    // What is left over is paired where that makes fewer differences: objects that differ in one member, the same text in
    // another kind, and then any two scalars, the one for the other.
    pairs.by_any(
        |at| one_member_off(&digester, &expected[at]),
        |at| one_member_off(&digester, &got[at]),
    );
    pairs.by(|at| digester.text(&expected[at]), |at| digester.text(&got[at]));
    pairs.by(|at| scalar(&expected[at]), |at| scalar(&got[at]));
    if out_of_order {
        walk.excuse(place);
    }
    let equal_is_enough = walk.rule_at(place).equal_is_enough;
    for (at, partner) in pairs.theirs.iter().enumerate() {
        match partner {
            Some(index) => walk.item(*index, (&expected[*index], &got[at]), rules, equal_is_enough, || None),
            None => walk.extra_item(at, &got[at]),
        }
    }
    for index in pairs.missing() {
        walk.missing(index, &expected[index]);
    }
}

/// Within the rows of one key, pairs those that are equal before the others.
pub(super) fn pair_equals(pairing: &mut Pairing, expected: &[Value<'_>], got: &[Value<'_>], key: &[String]) {
    let digester = Digester::default();
    let state = DefaultHashBuilder::default();
    let mut keys = KeyReader::new(key);
    let mut pairs = Pairs::of(expected.len(), got.len());
    pairs.by(|at| Some(digester.plain(&expected[at])), |at| Some(digester.plain(&got[at])));
    let ours: Vec<u64> = expected.iter().map(|row| keys.hash(row, &state)).collect();
    let theirs: Vec<u64> = got.iter().map(|row| keys.hash(row, &state)).collect();
    pairs.by(|at| Some(ours[at]), |at| Some(theirs[at]));
    pairing.missing = pairs.missing().collect();
    pairing.theirs = pairs.theirs;
}

/// Items of two lists, paired step by step; each has one partner at most.
struct Pairs {
    ours: Vec<bool>,
    theirs: Vec<Option<usize>>,
}

impl Pairs {
    fn of(ours: usize, theirs: usize) -> Self {
        Self {
            ours: vec![false; ours],
            theirs: vec![None; theirs],
        }
    }

    /// Pairs what is not paired yet and has one digest, the first with the first.
    fn by(&mut self, ours: impl Fn(usize) -> Option<u64>, theirs: impl Fn(usize) -> Option<u64>) {
        self.by_any(|at| ours(at).into_iter().collect(), |at| theirs(at).into_iter().collect());
    }

    /// Pairs what is not paired yet and shares a digest.
    fn by_any(&mut self, ours: impl Fn(usize) -> Vec<u64>, theirs: impl Fn(usize) -> Vec<u64>) {
        if self.theirs.iter().all(Option::is_some) || self.ours.iter().all(|paired| *paired) {
            return;
        }
        // Each digest with its items, the first last.
        let mut free: HashMap<u64, Vec<usize>> = HashMap::new();
        for at in (0..self.ours.len()).rev().filter(|at| !self.ours[*at]) {
            for digest in ours(at) {
                free.entry(digest).or_default().push(at);
            }
        }
        for at in 0..self.theirs.len() {
            if self.theirs[at].is_some() {
                continue;
            }
            for digest in theirs(at) {
                let Some(items) = free.get_mut(&digest) else { continue };
                // Items that found a partner through another digest are passed by, each of them once.
                while items.last().is_some_and(|item| self.ours[*item]) {
                    items.pop();
                }
                if let Some(item) = items.pop() {
                    self.ours[item] = true;
                    self.theirs[at] = Some(item);
                    break;
                }
            }
        }
    }

    fn missing(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.ours.len()).filter(|at| !self.ours[*at])
    }
}

fn one_member_off(digester: &Digester, value: &Value<'_>) -> Vec<u64> {
    match value {
        Value::Object(object) => digester.without_each(object),
        _ => Vec::new(),
    }
}

fn scalar(value: &Value<'_>) -> Option<u64> {
    value.scalar_text().map(|_| 0)
}
