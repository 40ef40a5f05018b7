//! The whole middle on the shipped suite: one exchange, broken in one way at a time.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Source;
use crate::exchange::{Exchange, Headers, Observation, PerSide, Unreachable, UnreachableKind};
use crate::suite::{Case, Suite, read_suite};
use crate::translate::Detail;

use super::*;

const SUITE: &str = include_str!("../../fixtures/suites/run-trace.toml");

const LEGACY: &str = r#"{"trace":{"run_id":"34","trace_iteration":[
    {"repeat":"0","fold":"0","iteration":"0","setup_string":[],"evaluation":"0.9300","selected":"false"},
    {"repeat":"0","fold":"0","iteration":"1","setup_string":"b","evaluation":[],"selected":"true"},
    {"repeat":"0","fold":"1","iteration":"0","setup_string":"c","evaluation":"1E-5","selected":"false"}]}}"#;

const CANDIDATE: &str = r#"{"run_id":34,"trace":[
    {"repeat":0,"fold":0,"iteration":0,"setup_string":"","evaluation":0.93,"selected":false},
    {"repeat":0,"fold":0,"iteration":1,"setup_string":"b","evaluation":null,"selected":true},
    {"repeat":0,"fold":1,"iteration":0,"setup_string":"c","evaluation":0.00001,"selected":false}]}"#;

fn suite() -> Arc<Suite> {
    Arc::new(read_suite(&Source::new("run-trace.toml", SUITE)).unwrap_or_else(|errors| panic!("{errors}")))
}

fn case(suite: &Suite, run_id: &str) -> Case {
    let binding = format!("run_id={run_id}");
    let found = suite.cases().into_iter().find(|case| case.binding.to_string() == binding);
    found.expect("a declared case")
}

fn answer(status: u16, media_type: &str, body: impl Into<bytes::Bytes>) -> Observation {
    Observation {
        status,
        headers: Headers(vec![("Content-Type".into(), media_type.into())]),
        body: body.into().into(),
        elapsed: Duration::ZERO,
    }
}

fn pair(legacy: &'static str, candidate: impl Into<bytes::Bytes>) -> Exchange {
    PerSide {
        legacy: Ok(answer(200, "application/json; charset=utf-8", legacy)),
        candidate: Ok(answer(200, "application/json", candidate)),
    }
}

/// The verdict and the signatures of an exchange of run 34.
fn judged(exchange: &Exchange) -> (Verdict, Vec<String>) {
    judged_as("34", exchange)
}

fn judged_as(run_id: &str, exchange: &Exchange) -> (Verdict, Vec<String>) {
    let suite = suite();
    let judgement = Judge::new(Arc::clone(&suite)).judge(&case(&suite, run_id), exchange, PerSide::default(), Detail::Counts);
    (judgement.verdict, judgement.signatures().into_iter().collect())
}

#[test]
fn what_is_owed_and_answered_is_translated_and_every_rule_is_counted() {
    let suite = suite();
    let exchange = pair(LEGACY, CANDIDATE);
    let judgement = Judge::new(Arc::clone(&suite)).judge(&case(&suite, "34"), &exchange, PerSide::default(), Detail::Effects);
    assert_eq!(judgement.differences, []);
    assert_eq!(judgement.verdict, Verdict::Translated);
    assert_eq!(judgement.standing, Standing::Passes);
    let applied: Vec<String> = judgement
        .applied
        .iter()
        .map(|applied| format!("{} {}", applied.count, applied.rule))
        .collect();
    assert_eq!(
        applied,
        [
            "1 unwrap /trace",
            "1 rename /trace/trace_iteration to trace",
            "1 map /trace/*/setup_string",
            "1 integer /run_id",
            "3 integer /trace/*/repeat",
            "3 integer /trace/*/fold",
            "3 integer /trace/*/iteration",
            "3 number /trace/*/evaluation",
            "3 boolean /trace/*/selected",
            "1 rows /trace by repeat, fold, iteration",
        ]
    );
    assert_eq!(judgement.effects.len(), 19);
}

#[test]
fn each_break_of_the_candidate_is_one_difference_at_its_place() {
    for (from, to, signature) in [
        (
            "\"run_id\":34",
            "\"run_id\":\"34\"",
            "/run_id: integer became string (integer /run_id)",
        ),
        (
            "\"run_id\":34",
            "\"run_id\":34.0",
            "/run_id: integer became number (integer /run_id)",
        ),
        ("\"run_id\":34", "\"run_id\":35", "/run_id: other value (integer /run_id)"),
        (
            "\"selected\":true",
            "\"selected\":\"true\"",
            "/trace/*/selected: boolean became string (boolean /trace/*/selected)",
        ),
        (
            "\"selected\":true",
            "\"selected\":false",
            "/trace/*/selected: other value (boolean /trace/*/selected)",
        ),
        (
            "0.93,",
            "0.930000001,",
            "/trace/*/evaluation: other value (number /trace/*/evaluation)",
        ),
        ("0.93,", "0.9,", "/trace/*/evaluation: other value (number /trace/*/evaluation)"),
        (
            "\"evaluation\":null,",
            "",
            "/trace/*/evaluation: missing (number /trace/*/evaluation)",
        ),
        (
            "\"evaluation\":null,",
            "\"evaluation\":\"\",",
            "/trace/*/evaluation: null became string (number /trace/*/evaluation)",
        ),
        (
            "\"setup_string\":\"b\"",
            "\"setup_string\":\"b \"",
            "/trace/*/setup_string: other value (map /trace/*/setup_string)",
        ),
        (
            "\"fold\":1",
            "\"fold\":\"1\"",
            "/trace/*/fold: integer became string (integer /trace/*/fold)",
        ),
        ("\"run_id\":34,", "\"run_id\":34,\"tag\":1,", "/tag: extra"),
        (
            "\"run_id\":34,",
            "\"run_id\":34,\"run_id\":34,",
            "/run_id: duplicate on the candidate side (integer /run_id)",
        ),
    ] {
        let broken = CANDIDATE.replacen(from, to, 1);
        assert_ne!(broken, CANDIDATE, "{from}");
        assert_eq!(
            judged(&pair(LEGACY, broken)),
            (Verdict::Mismatch, vec![signature.to_owned()]),
            "{from} -> {to}"
        );
    }
}

#[test]
fn spellings_of_one_number_are_equal_where_a_number_is_declared() {
    for spelling in ["0.930", "9.3e-1", "93E-2"] {
        assert_eq!(
            judged(&pair(LEGACY, CANDIDATE.replacen("0.93", spelling, 1))).0,
            Verdict::Translated
        );
    }
    assert_eq!(
        judged(&pair(LEGACY, CANDIDATE.replacen("\"repeat\":0", "\"repeat\":-0", 1))).0,
        Verdict::Translated
    );
}

fn lines(order: [usize; 3]) -> String {
    let lines: Vec<&str> = CANDIDATE.lines().collect();
    let row = |at: usize| lines[at + 1].trim().trim_end_matches("]}").trim_end_matches(',');
    format!("{}{},{},{}]}}", lines[0], row(order[0]), row(order[1]), row(order[2]))
}

#[test]
fn rows_in_another_order_are_one_difference_and_a_missing_row_is_one() {
    assert_eq!(judged(&pair(LEGACY, lines([0, 1, 2]))).0, Verdict::Translated);
    assert_eq!(
        judged(&pair(LEGACY, lines([1, 0, 2]))),
        (Verdict::Mismatch, vec!["/trace: other order".to_owned()])
    );
    let missing = CANDIDATE.replacen(
        "{\"repeat\":0,\"fold\":0,\"iteration\":0,\"setup_string\":\"\",\"evaluation\":0.93,\"selected\":false},",
        "",
        1,
    );
    assert_eq!(
        judged(&pair(LEGACY, missing)),
        (Verdict::Mismatch, vec!["/trace/*: missing".to_owned()])
    );
}

#[test]
fn a_legacy_value_that_does_not_read_is_a_difference_that_names_the_rule() {
    let legacy = LEGACY.replace("\"run_id\":\"34\"", "\"run_id\":\"abc\"");
    let exchange = PerSide {
        legacy: Ok(answer(200, "application/json", legacy)),
        candidate: Ok(answer(200, "application/json", CANDIDATE)),
    };
    assert_eq!(
        judged(&exchange),
        (Verdict::Mismatch, vec!["/run_id: untranslatable (integer /run_id)".to_owned()])
    );
}

#[test]
fn shape_rules_never_throw_anything_away() {
    let beside = LEGACY.replace("{\"trace\":{", "{\"note\":1,\"trace\":{");
    let taken = LEGACY.replace("\"run_id\":\"34\"", "\"run_id\":\"34\",\"trace\":\"x\"");
    for (legacy, signature) in [
        (beside, "/trace: untranslatable (unwrap /trace)"),
        (
            taken,
            "/trace/trace_iteration: untranslatable (rename /trace/trace_iteration to trace)",
        ),
    ] {
        let exchange = PerSide {
            legacy: Ok(answer(200, "application/json", legacy)),
            candidate: Ok(answer(200, "application/json", CANDIDATE)),
        };
        let (verdict, signatures) = judged(&exchange);
        assert_eq!(verdict, Verdict::Mismatch);
        assert!(signatures.contains(&signature.to_owned()), "{signatures:?}");
    }
}

const NOT_FOUND: &str = r#"{"error":{"code":"571","message":"Run not found."}}"#;
const PROBLEM: &str = r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 999999 not found.","code":"571"}"#;

fn errors(legacy: &str, status: u16, media_type: &str, candidate: &str) -> (Verdict, Vec<String>) {
    let exchange = PerSide {
        legacy: Ok(answer(412, "application/json; charset=utf-8", legacy.to_owned())),
        candidate: Ok(answer(status, media_type, candidate.to_owned())),
    };
    judged_as("999999", &exchange)
}

#[test]
fn errors_go_through_the_error_table() {
    let problem = "application/problem+json";
    assert_eq!(errors(NOT_FOUND, 412, problem, PROBLEM), (Verdict::Translated, vec![]));
    assert_eq!(
        errors(NOT_FOUND, 404, problem, PROBLEM).1,
        [
            "/status: not the status of the answer (error 412 571)",
            "status: 412 became 404 (error 412 571)"
        ]
    );
    assert_eq!(
        errors(NOT_FOUND, 412, "application/json", PROBLEM).1,
        ["media type: application/problem+json became application/json (error 412 571)"]
    );
    assert_eq!(
        errors(NOT_FOUND, 412, problem, &PROBLEM.replace("571", "572")).1,
        ["/code: other value (error 412 571)"]
    );
    assert_eq!(
        errors(NOT_FOUND, 412, problem, &PROBLEM.replace("999999", "1")).1,
        ["/detail: other value (error 412 571)"]
    );
    let unknown = NOT_FOUND.replace("571", "573");
    assert_eq!(
        errors(&unknown, 412, problem, PROBLEM),
        (Verdict::Mismatch, vec!["status: error without a row".into()])
    );
    let more = NOT_FOUND.replace("}}", ",\"additional_information\":\"x\"}}");
    assert_eq!(
        errors(&more, 412, problem, PROBLEM).1,
        ["/error/additional_information: untranslatable (error 412 571)"]
    );
}

#[test]
fn a_broken_oracle_is_never_green() {
    let candidate = || Ok(answer(200, "application/json", CANDIDATE));
    for (status, media_type, body, signature) in [
        (
            200,
            "text/html",
            "<b>Fatal error</b>",
            "legacy: status 200 text/html, a body that is not JSON",
        ),
        (
            200,
            "application/json",
            "{\"trace\":{\"run",
            "legacy: status 200 application/json, a body that is not JSON",
        ),
        (200, "application/json", "", "legacy: status 200 application/json, empty body"),
        (200, "text/html", LEGACY, "legacy: status 200 text/html, a JSON body"),
        (500, "text/html", "", "legacy: status 500 text/html, empty body"),
        (400, "text/html", "<html>", "legacy: status 400 text/html, a body that is not JSON"),
        (302, "text/html", "", "legacy: status 302 text/html, empty body"),
    ] {
        let exchange = PerSide {
            legacy: Ok(answer(status, media_type, body)),
            candidate: candidate(),
        };
        assert_eq!(judged(&exchange), (Verdict::LegacyBroken, vec![signature.to_owned()]));
    }
}

#[test]
fn a_candidate_outside_its_contract_is_broken_and_not_just_different() {
    for (status, media_type, body) in [
        (500, "application/problem+json", "{}"),
        (200, "application/json", "{\"run_id\":34"),
        (200, "text/html", "<p>"),
    ] {
        let exchange = PerSide {
            legacy: Ok(answer(200, "application/json", LEGACY)),
            candidate: Ok(answer(status, media_type, body)),
        };
        assert_eq!(judged(&exchange).0, Verdict::CandidateBroken, "{status} {media_type} {body}");
    }
    let empty = PerSide {
        legacy: Ok(answer(200, "application/json", LEGACY)),
        candidate: Ok(answer(200, "application/json", "")),
    };
    assert_eq!(judged(&empty), (Verdict::Mismatch, vec!["/: missing".to_owned()]));
}

#[test]
fn no_answer_is_unreachable_and_half_an_answer_is_broken() {
    let fail = |kind| Err(Unreachable { kind, reason: "x".into() });
    let good = || Ok(answer(200, "application/json", LEGACY));
    for (legacy, candidate, verdict) in [
        (fail(UnreachableKind::Refused), good(), Verdict::Unreachable),
        (good(), fail(UnreachableKind::TimedOut), Verdict::Unreachable),
        (fail(UnreachableKind::Broken), good(), Verdict::LegacyBroken),
        (good(), fail(UnreachableKind::Broken), Verdict::CandidateBroken),
        (fail(UnreachableKind::Broken), fail(UnreachableKind::Refused), Verdict::Unreachable),
        (fail(UnreachableKind::NotRecorded), good(), Verdict::Unreachable),
    ] {
        assert_eq!(judged(&PerSide { legacy, candidate }).0, verdict);
    }
}

#[test]
fn a_known_defect_is_excused_only_as_it_is_declared() {
    let suite = suite();
    let stand = |exchange: &Exchange| {
        Judge::new(Arc::clone(&suite))
            .judge(&case(&suite, "36"), exchange, PerSide::default(), Detail::Counts)
            .standing
    };
    let candidate = || Ok(answer(200, "application/json", CANDIDATE));
    let known = PerSide {
        legacy: Ok(answer(500, "text/html", "")),
        candidate: candidate(),
    };
    assert!(matches!(stand(&known), Standing::Expected { .. }));
    let other = PerSide {
        legacy: Ok(answer(500, "text/html", "<p>")),
        candidate: candidate(),
    };
    let Standing::Surprises(surprise) = stand(&other) else {
        panic!("another signature is not excused")
    };
    assert_eq!(surprise.unexpected, ["legacy: status 500 text/html, a body that is not JSON"]);
    assert_eq!(surprise.absent, ["legacy: status 500 text/html, empty body"]);
    assert!(
        matches!(stand(&pair(LEGACY, CANDIDATE)), Standing::Surprises(_)),
        "parity must remove the line"
    );
    let candidate_broken = PerSide {
        legacy: Ok(answer(500, "text/html", "")),
        candidate: Ok(answer(500, "text/html", "")),
    };
    assert!(
        matches!(stand(&candidate_broken), Standing::Surprises(_)),
        "a broken candidate is not hidden behind a broken legacy"
    );
    let gone = PerSide {
        legacy: Err(Unreachable {
            kind: UnreachableKind::Refused,
            reason: "x".into(),
        }),
        candidate: candidate(),
    };
    assert_eq!(stand(&gone), Standing::Fails);
}

#[test]
fn each_sides_own_address_is_no_difference() {
    let suite = suite();
    let legacy = LEGACY.replace("\"b\"", "\"http:\\/\\/127.0.0.1:81\\/x\"");
    let exchange = PerSide {
        legacy: Ok(answer(200, "application/json", legacy)),
        candidate: Ok(answer(
            200,
            "application/json",
            CANDIDATE.replace("\"b\"", "\"http://127.0.0.1:82/x\""),
        )),
    };
    let judge = |bases| {
        Judge::new(Arc::clone(&suite))
            .judge(&case(&suite, "34"), &exchange, bases, Detail::Counts)
            .verdict
    };
    let bases = PerSide {
        legacy: Some("http://127.0.0.1:81"),
        candidate: Some("http://127.0.0.1:82/"),
    };
    assert_eq!(judge(bases), Verdict::Translated);
    assert_eq!(judge(PerSide::default()), Verdict::Mismatch);
}

#[test]
fn repeated_keys_are_paired_in_order_and_said() {
    let suite = suite();
    let legacy = LEGACY.replace("\"iteration\":\"1\"", "\"iteration\":\"0\"");
    let candidate = CANDIDATE.replace("\"iteration\":1", "\"iteration\":0");
    let exchange = PerSide {
        legacy: Ok(answer(200, "application/json", legacy)),
        candidate: Ok(answer(200, "application/json", candidate)),
    };
    let judgement = Judge::new(Arc::clone(&suite)).judge(&case(&suite, "34"), &exchange, PerSide::default(), Detail::Counts);
    assert_eq!(judgement.verdict, Verdict::Translated);
    assert_eq!(
        judgement.notes,
        [
            "/trace: the key is not unique, 1 row has the key of an earlier row (first: repeat=0, fold=0, iteration=0); such rows are paired in order"
        ]
    );
}

#[test]
fn the_order_of_rules_in_a_file_means_nothing() {
    let forward = suite();
    let mut backward = (*forward).clone();
    backward.translations.reverse();
    backward.errors.reverse();
    let exchange = pair(LEGACY, CANDIDATE);
    let judge = |suite: Suite| {
        Judge::new(Arc::new(suite))
            .judge(&case(&forward, "34"), &exchange, PerSide::default(), Detail::Counts)
            .expected
    };
    assert_eq!(judge((*forward).clone()), judge(backward));
}

#[test]
fn a_prepared_judge_says_of_every_answer_what_judging_it_says() {
    let suite = suite();
    let judge = Judge::new(Arc::clone(&suite));
    let owed = pair(LEGACY, CANDIDATE);
    let prepared = judge.prepare(&case(&suite, "34"), &owed, PerSide::default()).unwrap();
    let bodies = [
        CANDIDATE.to_owned(),
        CANDIDATE.replace("0.93", "9.30e-1"),
        CANDIDATE.replace("34", "\"34\""),
        CANDIDATE.replace("\"b\"", "\"b \""),
        CANDIDATE.replacen("},", "}", 1),
        String::new(),
    ];
    for (status, media_type) in [
        (200, "application/json"),
        (200, "text/html"),
        (201, "application/json"),
        (500, "application/json"),
    ] {
        for body in &bodies {
            let answer = answer(status, media_type, body.clone());
            let exchange = PerSide {
                legacy: owed.legacy.clone(),
                candidate: Ok(answer.clone()),
            };
            let judgement = judge.judge(&case(&suite, "34"), &exchange, PerSide::default(), Detail::Counts);
            let read = prepared.read(&answer);
            let agrees = read.as_ref().is_some_and(|received| prepared.agrees(received));
            assert_eq!(agrees, judgement.verdict.is_parity(), "{status} {media_type} {body}");
            if judgement.verdict == Verdict::Mismatch {
                assert_eq!(prepared.differences(&read.unwrap()), judgement.differences);
            }
        }
    }
    let broken = PerSide {
        legacy: Ok(answer(500, "text/html", "")),
        candidate: Ok(answer(200, "application/json", CANDIDATE)),
    };
    assert!(judge.prepare(&case(&suite, "34"), &broken, PerSide::default()).is_none());
}
