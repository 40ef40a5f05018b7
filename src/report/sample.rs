//! Runs for the tests of renderers, judged by the real judge.

use std::time::Duration;

use crate::exchange::{Answer, Exchange, Oracle, OracleKind, PerSide};
use crate::snapshot::{Pending, SnapshotState};
use crate::suite::{Suite, sample};
use crate::translate::Detail;
use crate::verdict::Judge;

use super::accountability::Accountability;
use super::model::{CaseReport, Pardon, RunReport, SuiteReport};

pub(crate) fn report(suite: &Suite, run_id: &str, exchange: &Exchange) -> CaseReport {
    let case = sample::case(run_id);
    let judgement = Judge::new(std::sync::Arc::new(suite.clone())).judge(&case, exchange, PerSide::default(), Detail::Counts);
    let elapsed = |answer: &Answer| answer.as_ref().ok().map(|observation| observation.elapsed);
    let passes = judgement.standing.passes();
    CaseReport {
        ad_hoc: false,
        pardon: suite.draft.then_some(Pardon::Draft),
        verdict: judgement.verdict,
        standing: judgement.standing,
        snapshot: if passes { SnapshotState::Approved } else { SnapshotState::NotKept },
        snapshot_diff: None,
        failures: judgement.failures,
        applied: judgement.applied,
        differences: judgement.differences,
        notes: judgement.notes,
        requests: suite.request.as_ref().map(|template| case.request(template)),
        elapsed: PerSide {
            legacy: elapsed(&exchange.legacy),
            candidate: elapsed(&exchange.candidate).map(|elapsed| elapsed / 4),
        },
        attempts: PerSide { legacy: 1, candidate: 1 },
        case,
    }
}

pub(crate) fn run(cases: Vec<CaseReport>) -> RunReport {
    RunReport {
        oracle: Oracle {
            kind: OracleKind::StandIn,
            source: "php fixtures/legacy".into(),
        },
        sides: PerSide {
            legacy: "php fixtures/legacy".into(),
            candidate: "target/release/openml-api".into(),
        },
        suites: vec![SuiteReport::of(&sample::suite())],
        cases,
        unreferenced: Vec::new(),
        full: true,
        pending: Pending::Write,
        accountability: Accountability::default(),
        refused_oracle: None,
        record: Some(".parity/records/latest.jsonl".into()),
        started: Some("2026-11-24T09:30:00Z".parse().unwrap()),
        elapsed: Duration::from_millis(1_240),
        interrupted: false,
    }
}
