//! Which row of one list is which row of the other.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::value::Value;

use super::keys::KeyReader;

/// The rows of two lists, paired by their keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairing {
    /// For each row of the candidate, the place of its partner on the expected side.
    pub theirs: Vec<Option<usize>>,
    /// The expected rows without a partner.
    pub missing: Vec<usize>,
    /// The first expected row whose key an earlier one has, and how many there are.
    pub repeated: Option<(usize, usize)>,
}

/// Pairs rows of equal keys, the first with the first: rows of one key are told apart by their order only.
pub(super) fn pair(ours: &[Value<'_>], theirs: &[Value<'_>], keys: &mut KeyReader<'_>) -> Pairing {
    // Lists that are sorted by their keys have no key twice, so what both have at their ends is paired where it stands. That
    // is what the table would say, and costs none.
    if !sorted(ours, keys) {
        return by_table(ours, theirs, keys);
    }
    let head = ours.iter().zip(theirs).take_while(|(a, b)| keys.equal(a, b)).count();
    let mut tail = 0;
    if sorted(&theirs[head..], keys) {
        let backwards = ours[head..].iter().rev().zip(theirs[head..].iter().rev());
        tail = backwards.take_while(|(a, b)| keys.equal(a, b)).count();
    }
    let ours_end = ours.len() - tail;
    let middle = by_table(&ours[head..ours_end], &theirs[head..theirs.len() - tail], keys);
    let mut pairing = Pairing {
        theirs: (0..head).map(Some).collect(),
        missing: middle.missing.into_iter().map(|row| row + head).collect(),
        repeated: None,
    };
    pairing.theirs.reserve(theirs.len() - head);
    pairing
        .theirs
        .extend(middle.theirs.into_iter().map(|row| row.map(|row| row + head)));
    pairing.theirs.extend((ours_end..ours.len()).map(Some));
    pairing
}

fn sorted(rows: &[Value<'_>], keys: &mut KeyReader<'_>) -> bool {
    rows.windows(2).all(|rows| keys.ascends(&rows[0], &rows[1]))
}

/// A key of the expected side: its next unpaired row, and its last one.
struct Slot {
    hash: u64,
    next: usize,
    last: usize,
}

/// No row.
const NONE: usize = usize::MAX;

fn by_table(ours: &[Value<'_>], theirs: &[Value<'_>], keys: &mut KeyReader<'_>) -> Pairing {
    if ours.is_empty() || theirs.is_empty() {
        return Pairing {
            theirs: vec![None; theirs.len()],
            missing: (0..ours.len()).collect(),
            repeated: repeated(ours, keys),
        };
    }
    let state = DefaultHashBuilder::default();
    let (mut table, chain, repeated) = index(ours, keys, &state);
    let mut paired = vec![false; ours.len()];
    let theirs = theirs
        .iter()
        .map(|row| {
            let hash = keys.hash(row, &state);
            let slot = table.find_mut(hash, |slot| slot.hash == hash && keys.equal(&ours[slot.last], row))?;
            let index = slot.next;
            if index == NONE {
                return None;
            }
            slot.next = chain[index];
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

/// Each key with its rows: the table leads to the first row of a key, the chain from each row to the next of its key.
fn index(rows: &[Value<'_>], keys: &mut KeyReader<'_>, state: &impl BuildHasher) -> (HashTable<Slot>, Vec<usize>, Option<(usize, usize)>) {
    let mut table: HashTable<Slot> = HashTable::with_capacity(rows.len());
    let mut chain = vec![NONE; rows.len()];
    let mut repeated: Option<(usize, usize)> = None;
    for (place, row) in rows.iter().enumerate() {
        let hash = keys.hash(row, state);
        match table.find_mut(hash, |slot| slot.hash == hash && keys.equal(&rows[slot.last], row)) {
            Some(slot) => {
                chain[slot.last] = place;
                slot.last = place;
                repeated = Some(repeated.map_or((place, 1), |(first, count)| (first, count + 1)));
            }
            None => {
                let slot = Slot {
                    hash,
                    next: place,
                    last: place,
                };
                table.insert_unique(hash, slot, |slot| slot.hash);
            }
        }
    }
    (table, chain, repeated)
}

fn repeated(rows: &[Value<'_>], keys: &mut KeyReader<'_>) -> Option<(usize, usize)> {
    index(rows, keys, &DefaultHashBuilder::default()).2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Member, Object};
    use proptest::prelude::*;

    fn rows(keys: &[u8]) -> Vec<Value<'static>> {
        let row = |key: &u8| {
            Value::Object(Object {
                members: vec![Member {
                    name: "k".into(),
                    value: Value::number(key.to_string()),
                }],
            })
        };
        keys.iter().map(row).collect()
    }

    /// Every row with the first unpaired one of its key.
    fn plainly(ours: &[u8], theirs: &[u8]) -> Pairing {
        let mut free: Vec<usize> = (0..ours.len()).collect();
        let theirs = theirs.iter().map(|key| {
            let at = free.iter().position(|row| ours[*row] == *key)?;
            Some(free.remove(at))
        });
        let theirs = theirs.collect();
        let again: Vec<usize> = (0..ours.len()).filter(|at| ours[..*at].contains(&ours[*at])).collect();
        Pairing {
            theirs,
            missing: free,
            repeated: again.first().map(|first| (*first, again.len())),
        }
    }

    proptest! {
        #[test]
        fn pairs_are_those_of_the_plain_way(
            ours in proptest::collection::vec(0..12_u8, 0..12),
            theirs in proptest::collection::vec(0..12_u8, 0..12),
            sorted in any::<bool>(),
        ) {
            let mut ours = ours;
            if sorted {
                ours.sort_unstable();
                ours.dedup();
            }
            let members = ["k".to_owned()];
            prop_assert_eq!(pair(&rows(&ours), &rows(&theirs), &mut KeyReader::new(&members)), plainly(&ours, &theirs));
        }
    }
}
