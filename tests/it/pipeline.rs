//! The pure middle on a run that the tool recorded: no service is asked, and today's rules say what was said then.

use std::collections::BTreeMap;
use std::sync::Arc;

use parity::diagnostic::Source;
use parity::exchange::{Body, Exchange, PerSide, Side};
use parity::record::{Event, Record, RecordedExchange};
use parity::suite::{Suite, read_suite};
use parity::translate::Detail;
use parity::verdict::{Judge, Standing, Verdict};

use crate::support::services::root;

fn suite() -> Arc<Suite> {
    let source = Source::read(&root().join("fixtures/suites/run-trace.toml")).unwrap();
    Arc::new(read_suite(&source).unwrap_or_else(|errors| panic!("{errors}")))
}

/// The recorded exchanges, and the recorded verdicts by case.
fn recorded() -> (Vec<RecordedExchange>, BTreeMap<String, Verdict>) {
    let record = Record::open(root().join("fixtures/recordings/run-trace.jsonl")).unwrap();
    let (mut exchanges, mut verdicts) = (Vec::new(), BTreeMap::new());
    for event in record {
        match event.unwrap() {
            Event::Exchange(exchange) => exchanges.push(*exchange),
            Event::Verdict(verdict) => {
                verdicts.insert(verdict.case.to_string(), verdict.verdict);
            }
            Event::End(end) => assert_eq!(end.exit, 0),
        }
    }
    (exchanges, verdicts)
}

#[test]
fn judged_again_every_case_gets_its_verdict() {
    let suite = suite();
    let judge = Judge::new(Arc::clone(&suite));
    let (exchanges, verdicts) = recorded();
    assert_eq!(exchanges.len(), suite.cases().len());
    for recorded in &exchanges {
        let judgement = judge.judge(&recorded.case, &recorded.exchange, PerSide::default(), Detail::Counts);
        assert_eq!(
            Some(&judgement.verdict),
            verdicts.get(&recorded.case.to_string()),
            "{}",
            recorded.case
        );
        assert!(judgement.standing.passes(), "{}: {:?}", recorded.case, judgement.differences);
    }
}

#[test]
fn a_candidate_with_any_one_character_less_does_not_pass() {
    let judge = Judge::new(suite());
    let (exchanges, _) = recorded();
    let small = exchanges
        .iter()
        .filter(|recorded| recorded.case.binding.get("run_id") == Some("35"));
    let recorded = small.last().expect("run 35 is recorded");
    let body = recorded.exchange.candidate.as_ref().unwrap().body.text().unwrap().to_owned();
    for at in 0..body.len() {
        let mut shorter = body.clone();
        shorter.remove(at);
        let mut exchange: Exchange = recorded.exchange.clone();
        exchange.get_mut(Side::Candidate).as_mut().unwrap().body = Body::from(shorter.clone());
        let judgement = judge.judge(&recorded.case, &exchange, PerSide::default(), Detail::Counts);
        assert_ne!(judgement.standing, Standing::Passes, "{shorter}");
    }
}
