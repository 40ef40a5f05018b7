//! A recorded run, judged again without services: [`parity::run::judge_record`].

use std::sync::Arc;

use parity::diagnostic::Source;
use parity::record::Record;
use parity::report::Exit;
use parity::run::{Rejudged, Rejudging, judge_record, recorded_suites};
use parity::snapshot::{SnapshotState, Store};
use parity::suite::{Suite, read_suite};
use parity::translate::Detail;

use crate::support::services::root;

fn record() -> Record {
    Record::open(root().join("fixtures/recordings/run-trace.jsonl")).unwrap()
}

/// The shipped suite, changed.
fn suites(change: impl Fn(String) -> String) -> Vec<Arc<Suite>> {
    let text = std::fs::read_to_string(root().join("fixtures/suites/run-trace.toml")).unwrap();
    let changed = change(text.clone());
    let suite = read_suite(&Source::new("fixtures/suites/run-trace.toml", changed));
    vec![Arc::new(suite.unwrap_or_else(|errors| panic!("{errors}")))]
}

fn again(suites: &[Arc<Suite>]) -> Rejudged {
    let store = Store::new(root().join("snapshots"));
    let by = Rejudging {
        all: true,
        store: Some(&store),
        ..Rejudging::by(suites)
    };
    let mut record = record();
    let header = record.header().clone();
    judge_record(&header, &mut record, &by, |_| {}).unwrap()
}

#[test]
fn the_same_rules_say_the_same_again() {
    let recorded = recorded_suites(record().header()).unwrap();
    for suites in [suites(|text| text), recorded] {
        let again = again(&suites);
        assert!(again.ended);
        assert_eq!(again.report.cases.len(), 8);
        for case in &again.report.cases {
            assert_eq!(case.verdict, again.before[&case.case.to_string()].verdict, "{}", case.case);
            assert_eq!(case.snapshot, SnapshotState::Approved, "{}", case.case);
        }
        let order: Vec<String> = again.report.cases.iter().map(|case| case.case.to_string()).collect();
        let declared: Vec<String> = suites[0].cases().iter().map(ToString::to_string).collect();
        assert_eq!(order, declared);
        assert_eq!(again.missing, [""; 0]);
        assert_eq!(again.undeclared, [""; 0]);
        assert!(again.report.full);
    }
}

#[test]
fn other_rules_say_something_else() {
    let again = again(&suites(|text| text.replace("rule = \"boolean\"", "rule = \"integer\"")));
    assert_eq!(again.report.exit(), Exit::Differs);
    assert!(again.report.signatures()[0].0.contains("/trace/*/selected: untranslatable"));
}

#[test]
fn cases_come_and_go() {
    let again = again(&suites(|text| {
        text.replace("{ value = 24, is = \"no trace\" }", "{ value = 25, is = \"another\" }")
    }));
    assert_eq!(again.missing, ["run-trace/run_id=25"]);
    assert_eq!(again.undeclared, ["run-trace/run_id=24"]);
    assert_eq!(again.report.cases.len(), 7);
    assert!(!again.report.full, "nothing is said of what only a full run can show");
}

#[test]
fn an_answer_to_another_question_is_judged_by_nobody() {
    let again = again(&suites(|text| {
        text.replace("/run/trace/{run_id}\"\n\n[[", "/run/traces/{run_id}\"\n\n[[")
    }));
    assert_eq!(again.report.cases.len(), 0);
    assert_eq!(again.asked_otherwise.len(), 8);
    let of_24 = again
        .asked_otherwise
        .iter()
        .find(|other| other.case == "run-trace/run_id=24")
        .unwrap();
    assert_eq!(
        (of_24.then.as_str(), of_24.now.as_str()),
        ("GET /run/trace/24", "GET /run/traces/24")
    );
}

#[test]
fn visitors_see_what_is_judged() {
    let suites = suites(|text| text);
    let by = Rejudging {
        genuine_only: true,
        detail: Detail::Effects,
        ..Rejudging::by(&suites)
    };
    let mut record = record();
    let header = record.header().clone();
    let mut seen = Vec::new();
    let again = judge_record(&header, &mut record, &by, |visit| {
        assert_eq!(visit.recorded.case.to_string(), visit.case.to_string());
        assert_eq!(visit.snapshot.is_some(), visit.report.standing.passes());
        seen.push((visit.case.to_string(), visit.judgement.effects.len()));
    })
    .unwrap();
    assert_eq!(seen.len(), 8);
    assert!(
        seen.iter().any(|(case, effects)| case == "run-trace/run_id=34" && *effects > 10),
        "{seen:?}"
    );
    assert!(again.report.cases.iter().all(|case| case.snapshot == SnapshotState::NotKept));
    assert_eq!(
        again.report.exit(),
        Exit::CannotCompare,
        "a stand-in where only the genuine one is accepted"
    );
    assert!(!again.report.full);
}
