//! What a run and a re-judging have in common: a judgement as a case of the report, and its snapshot.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::exchange::{Exchange, PerSide, Repeats, Request};
use crate::report::{Asked, CaseReport, Pardon};
use crate::snapshot::{Pending, Settled, SnapshotError, SnapshotInput, SnapshotState, Store, Today, render};
use crate::suite::{Case, Suite};
use crate::verdict::Judgement;

/// A case that was asked, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    pub suite: &'a Suite,
    pub case: &'a Case,
    /// Whether it exists on the command line only.
    pub ad_hoc: bool,
    /// Masked.
    pub requests: &'a PerSide<Request>,
    pub exchange: &'a Exchange,
    pub attempts: PerSide<u32>,
    pub repeats: &'a PerSide<Repeats>,
    pub bases: PerSide<Option<&'a str>>,
    pub judgement: &'a Judgement<'a>,
}

impl Judged<'_> {
    /// The text of its snapshot as it would be approved today; `mask` is for what outlives the record. `None` for a case that
    /// keeps none, or of which nobody could approve anything: of a candidate that answers otherwise the next time, either.
    pub fn snapshot(&self, mask: impl FnOnce(&str) -> String) -> Option<String> {
        let stable = self.judgement.repeated.unstable.candidate.is_empty();
        (self.keeps_snapshot() && self.judgement.standing.passes() && stable).then(|| {
            mask(&render(&SnapshotInput {
                suite: self.suite,
                case: self.case,
                requests: self.requests,
                exchange: self.exchange,
                bases: self.bases,
                judgement: self.judgement,
            }))
        })
    }

    /// How that text stands to what was approved.
    pub fn settle(&self, text: Option<&str>, store: Option<&Store>, pending: Pending) -> Result<Settled, SnapshotError> {
        match store {
            Some(store) if self.keeps_snapshot() => store.settle(self.case, text.map_or(Today::Failing, Today::Reviewable), pending),
            _ => Ok(Settled {
                state: SnapshotState::NotKept,
                diff: None,
            }),
        }
    }

    /// The case as every renderer sees it, not masked yet.
    pub fn report(&self, settled: Settled) -> CaseReport {
        let judgement = self.judgement;
        CaseReport {
            case: self.case.clone(),
            ad_hoc: self.ad_hoc,
            pardon: self.suite.draft.then_some(Pardon::Draft),
            verdict: judgement.verdict,
            standing: judgement.standing.clone(),
            snapshot: settled.state,
            snapshot_diff: settled.diff,
            failures: judgement.failures.clone(),
            applied: judgement.applied.clone(),
            differences: judgement.differences.clone(),
            deviations: judgement.deviations.clone(),
            notes: judgement.all_notes(),
            repeated: judgement.repeated.clone(),
            requests: self.requests.clone(),
            elapsed: self
                .exchange
                .as_ref()
                .map(|answer| answer.as_ref().ok().map(|observation| as_recorded(observation.elapsed))),
            attempts: self.attempts,
            asked: self.repeats.as_ref().map(Asked::of),
        }
    }

    fn keeps_snapshot(&self) -> bool {
        !self.ad_hoc && self.suite.keeps_snapshot(self.case)
    }
}

/// A time in whole microseconds, as records have it: a run and its record tell the same, also of what is made of it.
fn as_recorded(elapsed: Duration) -> Duration {
    Duration::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
}

/// The snapshot files that no case of these suites refers to.
///
/// # Errors
/// When a folder cannot be read.
pub fn unreferenced(store: &Store, known: &[Arc<Suite>]) -> Result<Vec<PathBuf>, SnapshotError> {
    let cases: Vec<_> = known
        .iter()
        .flat_map(|suite| suite.shown_cases().into_iter().filter(|case| suite.keeps_snapshot(case)))
        .collect();
    store.unreferenced(&cases)
}

/// Files for people.
pub fn named(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|file| file.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_what_its_record_says() {
        assert_eq!(as_recorded(Duration::from_nanos(2_585_999)), Duration::from_micros(2_585));
        assert_eq!(as_recorded(Duration::from_micros(7)), Duration::from_micros(7));
    }
}
