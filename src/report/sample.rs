//! Runs for the tests of renderers, judged by the real judge.

use std::time::Duration;

use crate::exchange::{Answer, Exchange, Once, Oracle, OracleKind, PerSide, Repeats, Side, Unreachable, UnreachableKind};
use crate::path::Pattern;
use crate::rule::{Comparison, ComparisonRule, Justification, Tolerance};
use crate::snapshot::{Pending, SnapshotDiff, SnapshotState};
use crate::suite::{Suite, sample};
use crate::translate::Detail;
use crate::verdict::Judge;

use super::accountability::Accountability;
use super::accountability::{Concern, ConcernKind};
use super::model::{Asked, CaseReport, Pardon, RunReport, SuiteReport};

pub(crate) fn report(suite: &Suite, run_id: &str, exchange: &Exchange) -> CaseReport {
    repeated(suite, run_id, exchange, &PerSide::default())
}

/// A case whose sides were asked again.
pub(crate) fn repeated(suite: &Suite, run_id: &str, exchange: &Exchange, repeats: &PerSide<Repeats>) -> CaseReport {
    let case = sample::case(run_id);
    let judge = Judge::new(std::sync::Arc::new(suite.clone()));
    let judgement = judge.judge_repeated(&case, exchange, repeats, PerSide::default(), Detail::Counts);
    let elapsed = |answer: &Answer| answer.as_ref().ok().map(|observation| observation.elapsed);
    let passes = judgement.standing.passes();
    let notes = judgement.all_notes();
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
        deviations: judgement.deviations,
        repeated: judgement.repeated,
        notes,
        requests: sample::requests(&case),
        elapsed: PerSide {
            legacy: elapsed(&exchange.legacy),
            candidate: elapsed(&exchange.candidate).map(|elapsed| elapsed / 4),
        },
        attempts: PerSide { legacy: 1, candidate: 1 },
        asked: repeats.as_ref().map(Asked::of),
        case,
    }
}

/// A case for each text that the candidate appends to a number of two digits behind the point; a tolerance excuses all.
pub(crate) fn tolerated(by: &[&str]) -> Vec<CaseReport> {
    let mut suite = sample::suite();
    suite.comparisons.push(Comparison {
        rule: ComparisonRule::Tolerance(Tolerance::Absolute("0.001".into())),
        at: Pattern::parse("/trace/*/evaluation").unwrap(),
        when: None,
        justification: Justification::default(),
    });
    let off = |by: &&str| {
        let candidate = sample::candidate_trace(2).replacen("\"evaluation\":0.90", &format!("\"evaluation\":0.90{by}"), 1);
        report(&suite, "34", &sample::exchange(&sample::legacy_trace(2), &candidate))
    };
    by.iter().map(off).collect()
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
        changed: Vec::new(),
        refused_oracle: None,
        record: Some(".parity/records/latest.jsonl".into()),
        started: Some("2026-11-24T09:30:00Z".parse().unwrap()),
        elapsed: Duration::from_millis(1_240),
        interrupted: false,
        share: false,
    }
}

/// A run with a case of every kind that reports tell apart, and texts that would break out of any format.
pub(crate) fn everything() -> RunReport {
    let suite = sample::suite();
    let answer = |legacy: &str, candidate: &str| sample::exchange(legacy, candidate);
    let (legacy, candidate) = (sample::legacy_trace(6), sample::candidate_trace(6));
    let green = |run_id: &str| report(&suite, run_id, &answer(&legacy, &candidate));
    let broken = PerSide {
        legacy: sample::answer(500, "text/html", ""),
        candidate: sample::answer(200, "application/json", "{}"),
    };
    let refused = PerSide {
        legacy: sample::answer(200, "application/json", &legacy),
        candidate: Err(Unreachable {
            kind: UnreachableKind::Refused,
            reason: "connection refused".into(),
        }),
    };
    let mut retried = green("34");
    retried.attempts.candidate = 2;
    let mut changed = green("35");
    changed.snapshot = SnapshotState::Changed;
    changed.snapshot_diff = Some(SnapshotDiff {
        approved: "case  run-trace/run_id=35\n\nexpected body\n{\n  \"run_id\": 36\n}".into(),
        today: "case  run-trace/run_id=35\n\nexpected body\n{\n  \"run_id\": 35\n}".into(),
    });
    let mut missing = green("37");
    missing.snapshot = SnapshotState::Missing;
    let asked_again = |run_id: &str, side: Side, body: &str| one_side_again(&suite, run_id, &answer(&legacy, &candidate), side, body);
    let mut all = run(vec![
        retried,
        report(&suite, "1", &answer(&legacy, &candidate.replace("true", "\"true\""))),
        report(
            &suite,
            "2",
            &answer(
                &legacy,
                &candidate.replace("true", "\"true\"").replace("\"run_id\":34", "\"run_id\":35"),
            ),
        ),
        report(
            &suite,
            NASTY,
            &answer(&legacy, &sample::candidate_trace(6).replace("\"run_id\":34", &nasty_member())),
        ),
        report(&suite, "36", &broken),
        report(&suite, "24", &broken),
        report(&suite, "3", &refused),
        report(&suite, "4", &answer(&legacy, "{")),
        report(&suite, "36", &answer(&legacy, &candidate)),
        changed,
        missing,
        asked_again(
            "5",
            Side::Candidate,
            &sample::candidate_trace(6).replace("\"run_id\":34", &nasty_member()),
        ),
        asked_again(
            "6",
            Side::Legacy,
            &legacy.replace("\"true\"", &crate::value::compact(&crate::value::Value::string(NASTY))),
        ),
    ]);
    all.unreferenced = vec!["snapshots/run-trace/run_id=33.snap".into()];
    let suite = all.suites[0].clone();
    let today: jiff::civil::Date = "2026-11-24".parse().unwrap();
    let kinds = [
        ConcernKind::Expired {
            on: today.yesterday().unwrap(),
        },
        ConcernKind::Stale,
        ConcernKind::ExpiresSoon {
            on: today.tomorrow().unwrap(),
            days: 1,
        },
        ConcernKind::Unproven {
            because: "no recorded run has one".into(),
            acted: 0,
        },
    ];
    all.accountability.concerns = suite
        .rules
        .iter()
        .zip(kinds)
        .map(|((rule, justification), kind)| Concern {
            suite: suite.name.clone(),
            rule: rule.clone(),
            at: suite.at(justification.line),
            line: justification.line,
            fails: matches!(kind, ConcernKind::Expired { .. } | ConcernKind::Stale),
            kind,
            owner: Some("the API team".into()),
            why: justification.why.clone(),
        })
        .collect();
    all
}

/// A case in which one side answers this when it is asked again; the other is a recording.
fn one_side_again(suite: &Suite, run_id: &str, exchange: &Exchange, side: Side, body: &str) -> CaseReport {
    let mut repeats = PerSide::<Repeats>::default();
    let again = sample::answer(200, "application/json", body);
    repeats.get_mut(side).add(exchange.get(side), again, 1, &[]);
    repeats.get_mut(side.other()).once = Some(Once::Recording);
    repeated(suite, run_id, exchange, &repeats)
}

/// What breaks out of badly made formats: markup, ends of sections, control characters, commands, mentions.
pub(crate) const NASTY: &str = "]]></failure><script>alert(1)</script>\u{0}\u{1b}[31m\u{fffe}\r\n::error::x%0A`|@all #1 \u{1f600}\u{202e}";

fn nasty_member() -> String {
    let text = crate::value::compact(&crate::value::Value::string(NASTY));
    format!("\"run_id\":{text},{text}:{text}")
}
