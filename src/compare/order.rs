//! The fewest moves between two orders.

/// The places in `sequence` (distinct numbers) of the fewest items that must move for the rest to be ascending: all that
/// are outside a longest increasing subsequence. Ascending; O(n log n).
pub(super) fn moved(sequence: &[usize]) -> Vec<usize> {
    // tails[length - 1]: the place of the smallest last item of an increasing subsequence of that length.
    let mut tails: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; sequence.len()];
    for (place, item) in sequence.iter().enumerate() {
        let length = tails.partition_point(|tail| sequence[*tail] < *item);
        if length > 0 {
            before[place] = tails[length - 1];
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = place,
            None => tails.push(place),
        }
    }
    let mut stays = vec![false; sequence.len()];
    let mut place = tails.last().copied();
    while let Some(at) = place {
        stays[at] = true;
        place = (before[at] != usize::MAX).then_some(before[at]);
    }
    (0..sequence.len()).filter(|at| !stays[*at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fewest_items_move() {
        assert!(moved(&[0, 1, 2]).is_empty());
        assert_eq!(moved(&[1, 2, 3, 0]), [3]);
        assert_eq!(moved(&[3, 0, 1, 2]), [0]);
        assert_eq!(moved(&[1, 0]).len(), 1);
        assert_eq!(moved(&[3, 2, 1, 0]).len(), 3);
        assert!(moved(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn what_stays_is_ascending_and_nothing_shorter_would_do(sequence in Just((0..7).collect::<Vec<usize>>()).prop_shuffle()) {
            let moves = moved(&sequence);
            let stays: Vec<usize> = (0..sequence.len()).filter(|at| !moves.contains(at)).map(|at| sequence[at]).collect();
            prop_assert!(stays.is_sorted());
            let longest = (0u32..1 << sequence.len())
                .map(|mask| (0..sequence.len()).filter(|at| mask & (1 << at) != 0).map(|at| sequence[at]).collect::<Vec<_>>())
                .filter(|kept| kept.is_sorted())
                .map(|kept| kept.len())
                .max();
            prop_assert_eq!(Some(stays.len()), longest);
        }
    }
}
