//! Statuses of successes: what each of the legacy's became, where that is always the same.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::Draft;
use super::ground::{Ground, State};

/// One rule for each status of the legacy's successes in place of which the candidate has one other.
pub(super) fn statuses(ground: &Ground<'_>, state: &State<'_>) -> Vec<Alternatives> {
    let mut became: BTreeMap<u16, (BTreeSet<u16>, Vec<usize>)> = BTreeMap::new();
    for (case, seen) in state.cases.iter().enumerate().filter(|(_, seen)| seen.is_open()) {
        let exchange = &ground.input().exchanges[case].1;
        let (Ok(legacy), Ok(candidate)) = (&exchange.legacy, &exchange.candidate) else {
            continue;
        };
        let owed = seen.status.unwrap_or(legacy.status);
        // An error in the place of a success is one for the error table.
        if (200..300).contains(&legacy.status) && (200..400).contains(&owed) && candidate.status < 400 {
            let (statuses, cases) = became.entry(legacy.status).or_default();
            statuses.insert(candidate.status);
            cases.push(case);
        }
    }
    let found = became.into_iter().filter_map(|(legacy, (statuses, cases))| {
        let candidate = statuses
            .first()
            .copied()
            .filter(|status| statuses.len() == 1 && *status != legacy)?;
        let draft = Draft::Status { legacy, candidate };
        Some(vec![Candidate::new(Goal::Nearer, [], [draft]).in_cases(cases)])
    });
    found.collect()
}
