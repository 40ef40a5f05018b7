//! A budget, spread fairly: nobody gets more than another as long as the other could use it.

/// The shares of takers that can use so much each: as equal as their capacities allow, all of the budget or all of the
/// capacity in sum. What cannot be divided goes to those whose turn the seed says it is.
#[must_use]
pub fn share(budget: usize, capacities: &[usize], seed: Seed) -> Vec<usize> {
    let mut shares = vec![0; capacities.len()];
    let mut order: Vec<usize> = (0..capacities.len()).collect();
    order.sort_by_key(|taker| (capacities[*taker], *taker));
    let mut left = budget;
    for (place, taker) in order.iter().enumerate() {
        // From the smallest up: whoever cannot use an equal share leaves the rest of it to the others.
        let equal = left / (order.len() - place);
        if capacities[*taker] > equal {
            let mut rest: Vec<usize> = order[place..].to_vec();
            rest.sort_by_key(|taker| (seed.of(*taker), *taker));
            let over = left - equal * rest.len();
            for (turn, taker) in rest.into_iter().enumerate() {
                // Whoever is full with the equal share cannot be here: the smallest is not.
                shares[taker] = equal + usize::from(turn < over);
            }
            return shares;
        }
        shares[*taker] = capacities[*taker];
        left -= capacities[*taker];
    }
    shares
}

/// So many of `0..of`, ascending, each as likely as any other.
#[must_use]
pub fn pick(count: usize, of: usize, seed: Seed) -> Vec<usize> {
    if count >= of {
        return (0..of).collect();
    }
    // Floyd's sampling: one draw for each that is picked.
    let mut picked = std::collections::BTreeSet::new();
    for top in of - count..of {
        let drawn = seed.of(top) % (top as u64 + 1);
        let drawn = usize::try_from(drawn).expect("less than a length");
        if !picked.insert(drawn) {
            picked.insert(top);
        }
    }
    picked.into_iter().collect()
}

/// Where chance comes from: the same seed and the same words are the same chance on every machine, and one word more or less
/// elsewhere changes nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed of a run.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(*blake3::hash(&number.to_le_bytes()).as_bytes())
    }

    /// The seed of something in it that goes by this word.
    #[must_use]
    pub fn join(self, word: &str) -> Self {
        Self(*blake3::keyed_hash(&self.0, word.as_bytes()).as_bytes())
    }

    fn of(self, place: usize) -> u64 {
        let hash = blake3::keyed_hash(&self.0, &(place as u64).to_le_bytes());
        let (first, _) = hash.as_bytes().split_at(8);
        u64::from_le_bytes(first.try_into().expect("eight bytes"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_small_get_all_and_the_large_an_equal_part() {
        let seed = Seed::new(0);
        assert_eq!(share(30, &[2, 100, 8, 100], seed), [2, 10, 8, 10]);
        assert_eq!(share(1000, &[2, 3], seed), [2, 3]);
        assert_eq!(share(0, &[2, 3], seed), [0, 0]);
        assert!(share(5, &[], seed).is_empty());
    }

    #[test]
    fn a_seed_says_who_and_another_says_another() {
        let of = |number| pick(5, 1000, Seed::new(number).join("x"));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_ne!(Seed::new(1).join("x"), Seed::new(1).join("y"));
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_another_could_use(budget in 0..500_usize, capacities in proptest::collection::vec(0..100_usize, 0..12), seed: u64) {
            let shares = share(budget, &capacities, Seed::new(seed));
            prop_assert_eq!(shares.iter().sum::<usize>(), budget.min(capacities.iter().sum()));
            for (one, capacity) in shares.iter().zip(&capacities) {
                prop_assert!(one <= capacity);
                for other in &shares {
                    prop_assert!(one == capacity || other <= &(one + 1), "{:?} of {:?}", shares, capacities);
                }
            }
        }

        #[test]
        fn what_is_picked_is_there_once(count in 0..60_usize, of in 0..50_usize, seed: u64) {
            let picked = pick(count, of, Seed::new(seed));
            prop_assert_eq!(picked.len(), count.min(of));
            prop_assert!(picked.is_sorted_by(|a, b| a < b));
            prop_assert!(picked.iter().all(|place| *place < of));
        }
    }
}
