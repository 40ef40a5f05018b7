use super::*;
use crate::exchange::{Exchange, Unreachable, UnreachableKind};
use crate::path::Pattern;
use crate::rule::{CasePattern, Comparison, ComparisonRule, ExpectedVerdict, Justification, VerdictName};
use crate::suite::{Suite, sample};
use crate::verdict::Standing;
use proptest::prelude::*;

/// Two rows of run 34, changed by hand.
fn candidate(from: &str, to: &str) -> Answer {
    sample::answer(200, "application/json", &sample::candidate_trace(2).replace(from, to))
}

fn legacy(from: &str, to: &str) -> Answer {
    sample::answer(200, "application/json", &sample::legacy_trace(2).replace(from, to))
}

fn no_answer(kind: UnreachableKind) -> Answer {
    Err(Unreachable {
        kind,
        reason: "gone".into(),
    })
}

fn fatal() -> Answer {
    sample::answer(500, "text/html", "")
}

/// The answers of both sides, the first ones apart.
fn given(legacy: &[Answer], candidate: &[Answer]) -> (Exchange, PerSide<Repeats>) {
    let exchange = PerSide {
        legacy: legacy[0].clone(),
        candidate: candidate[0].clone(),
    };
    let again = |answers: &[Answer]| {
        let mut repeats = Repeats::default();
        answers[1..]
            .iter()
            .for_each(|answer| repeats.add(&answers[0], answer.clone(), 1, &[]));
        repeats
    };
    let repeats = PerSide {
        legacy: again(legacy),
        candidate: again(candidate),
    };
    (exchange, repeats)
}

struct Said {
    verdict: Verdict,
    signatures: Vec<String>,
    notes: Vec<String>,
    judgement: String,
}

fn judged_by(suite: Suite, legacy: &[Answer], candidate: &[Answer]) -> Said {
    let (exchange, repeats) = given(legacy, candidate);
    let judge = Judge::new(Arc::new(suite));
    let judgement = judge.judge_repeated(&sample::case("34"), &exchange, &repeats, PerSide::default(), Detail::Counts);
    assert_eq!(judgement.standing.passes(), judgement.verdict.is_parity(), "{judgement:?}");
    Said {
        verdict: judgement.verdict,
        signatures: judgement.signatures().into_iter().collect(),
        notes: judgement.repeated.notes(&judgement.differences),
        judgement: format!("{judgement:?}"),
    }
}

fn judged(legacy: &[Answer], candidate: &[Answer]) -> Said {
    judged_by(sample::suite(), legacy, candidate)
}

const SELECTED: &str = "\"iteration\":1,\"setup_string\":\"{\\\"C\\\": 1}\",\"evaluation\":0.91,\"selected\":false";

fn flipped() -> Answer {
    candidate(SELECTED, &SELECTED.replace("false", "true"))
}

#[test]
fn a_candidate_that_is_wrong_only_sometimes_is_wrong() {
    let right = candidate("", "");
    let unstable = ["/trace/*/selected: unstable (boolean /trace/*/selected)"];
    for answers in [
        vec![right.clone(), flipped()],
        vec![flipped(), right.clone()],
        vec![right.clone(), right.clone(), flipped(), right.clone()],
    ] {
        let said = judged(&[legacy("", "")], &answers);
        assert_eq!(said.verdict, Verdict::Mismatch);
        assert_eq!(said.signatures, unstable, "whichever answer comes first");
        assert_eq!(said.notes, [""; 0], "the difference says it");
    }
    // What is wrong each time stays what it is beside it.
    let wrong = |answer: &Answer| {
        let mut answer = answer.clone().unwrap();
        answer.body = answer.body.text().unwrap().replace("\"run_id\":34", "\"run_id\":\"34\"").into();
        Ok(answer)
    };
    let said = judged(&[legacy("", "")], &[wrong(&right), wrong(&flipped())]);
    assert_eq!(
        said.signatures,
        [unstable[0], "/run_id: integer became string (integer /run_id)"]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_the_candidate_had_there_is_shown() {
    let (exchange, repeats) = given(&[legacy("", "")], &[flipped(), candidate("", ""), candidate("0.91", "null")]);
    let judge = Judge::new(Arc::new(sample::suite()));
    let judgement = judge.judge_repeated(&sample::case("34"), &exchange, &repeats, PerSide::default(), Detail::Counts);
    let shown: Vec<String> = judgement
        .differences
        .iter()
        .map(|difference| format!("{} {:?}", difference.part, difference.change))
        .collect();
    assert_eq!(
        shown,
        [
            "/trace/1/evaluation Unstable { first: \"0.910\", other: \"null\", number: 3 }",
            "/trace/1/selected Unstable { first: \"true\", other: \"false\", number: 2 }",
        ]
    );
    assert!(judgement.differences.iter().all(|difference| difference.row.is_some()));
}

#[test]
fn an_unstable_legacy_is_told_and_excuses_nothing() {
    let other = legacy("\"selected\":\"false\"},", "\"selected\":\"true\"},");
    let said = judged(&[legacy("", ""), other.clone()], &[candidate("", "")]);
    assert_eq!((said.verdict, said.signatures.len()), (Verdict::Translated, 0));
    assert_eq!(
        said.notes,
        ["the legacy is unstable at /trace/*/selected: first false, then true in answer 2"]
    );
    let said = judged(&[other, legacy("", "")], &[candidate("", "")]);
    assert_eq!(said.verdict, Verdict::Mismatch);
    assert_eq!(said.signatures, ["/trace/*/selected: other value (boolean /trace/*/selected)"]);
    assert_eq!(
        said.notes,
        ["the legacy is unstable at /trace/*/selected: first true, then false in answer 2"]
    );
}

#[test]
fn another_order_is_told_from_the_side_that_changes() {
    let reversed = |body: &str, at: &str| {
        let mut document: serde_json::Value = serde_json::from_str(body).unwrap();
        document.pointer_mut(at).unwrap().as_array_mut().unwrap().reverse();
        sample::answer(200, "application/json", &document.to_string())
    };
    let (theirs, ours) = (
        reversed(&sample::legacy_trace(2), "/trace/trace_iteration"),
        reversed(&sample::candidate_trace(2), "/trace"),
    );
    let another = "another order (1 of 2 stand elsewhere)";
    for (answers, first, then) in [
        ([legacy("", ""), theirs.clone()], "the candidate's order", another),
        ([theirs, legacy("", "")], another, "the candidate's order"),
    ] {
        let said = judged(&answers, &[candidate("", "")]);
        let told = format!("the legacy is unstable at /trace: first {first}, then {then} in answer 2");
        assert_eq!(said.notes, [told]);
    }
    let (exchange, repeats) = given(&[legacy("", "")], &[candidate("", ""), ours]);
    let judge = Judge::new(Arc::new(sample::suite()));
    let judgement = judge.judge_repeated(&sample::case("34"), &exchange, &repeats, PerSide::default(), Detail::Counts);
    let shown = Change::Unstable {
        first: "the owed order".to_owned(),
        other: another.to_owned(),
        number: 2,
    };
    assert_eq!(judgement.differences.iter().map(|one| &one.change).collect::<Vec<_>>(), [&shown]);
}

#[test]
fn where_both_are_unstable_neither_is_held_against_the_other() {
    let other = legacy("\"selected\":\"false\"},", "\"selected\":\"true\"},");
    // Not in the same row: a list in another order each time moves from row to row.
    let said = judged(&[legacy("", ""), other.clone()], &[candidate("", ""), flipped()]);
    assert_eq!((said.verdict, said.signatures.len()), (Verdict::Translated, 0));
    assert_eq!(
        said.notes,
        ["both sides are unstable at /trace/*/selected: first false, then true in answer 2 of the legacy"]
    );
    // Elsewhere the candidate is alone with it.
    let elsewhere = candidate("0.91", "0.92");
    let said = judged(&[legacy("", ""), other], &[candidate("", ""), elsewhere]);
    assert_eq!(said.signatures, ["/trace/*/evaluation: unstable (number /trace/*/evaluation)"]);
}

#[test]
fn what_the_rules_allow_is_no_instability_and_they_count_as_needed() {
    let mut suite = sample::suite();
    suite.comparisons.push(Comparison {
        rule: ComparisonRule::Tolerance(crate::rule::Tolerance::Absolute("0.01".into())),
        at: Pattern::parse("/trace/*/evaluation").unwrap(),
        when: None,
        justification: Justification::default(),
    });
    let answers = [candidate("", ""), candidate("0.91", "0.915"), candidate("0.91", "9.1e-1")];
    let (exchange, repeats) = given(&[legacy("", ""), legacy("0.910", "0.91")], &answers);
    let judge = Judge::new(Arc::new(suite.clone()));
    let case = sample::case("34");
    let judgement = judge.judge_repeated(&case, &exchange, &repeats, PerSide::default(), Detail::Counts);
    let once = judge.judge(&case, &exchange, PerSide::default(), Detail::Counts);
    let acted: Vec<String> = judgement.repeated.acted.iter().map(ToString::to_string).collect();
    assert_eq!(acted, ["tolerance /trace/*/evaluation absolute 0.01"]);
    let forgotten = Judgement {
        repeated: Repeated::NONE,
        ..judgement
    };
    assert_eq!(forgotten, once);
    let said = judged_by(suite, &[legacy("", "")], &[answers[0].clone(), candidate("0.91", "0.93")]);
    assert_eq!(
        said.signatures,
        ["/trace/*/evaluation: unstable (tolerance /trace/*/evaluation absolute 0.01)"]
    );
}

#[test]
fn a_side_that_breaks_once_is_broken() {
    let (right, owed) = (candidate("", ""), legacy("", ""));
    for (legacy, candidate, verdict, signature, note) in [
        (
            vec![owed.clone()],
            vec![right.clone(), fatal()],
            Verdict::CandidateBroken,
            "candidate: unstable, status 500 text/html, empty body",
            "the candidate is unstable: first status 200, then status 500 text/html, empty body in answer 2",
        ),
        (
            vec![owed.clone()],
            vec![fatal(), right.clone()],
            Verdict::CandidateBroken,
            "candidate: unstable, status 500 text/html, empty body",
            "the candidate is unstable: first status 500 text/html, empty body, then status 200 in answer 2",
        ),
        (
            vec![owed.clone()],
            vec![right.clone(), flipped(), fatal()],
            Verdict::CandidateBroken,
            "candidate: unstable, status 500 text/html, empty body",
            "the candidate is unstable: first status 200, then status 500 text/html, empty body in answer 3",
        ),
        (
            vec![owed.clone()],
            vec![right.clone(), no_answer(UnreachableKind::Broken)],
            Verdict::CandidateBroken,
            "candidate: unstable, broken off",
            "the candidate is unstable: first status 200, then broken off in answer 2",
        ),
        (
            vec![owed.clone()],
            vec![right.clone(), no_answer(UnreachableKind::TimedOut)],
            Verdict::Unreachable,
            "candidate: unstable, timed out",
            "the candidate is unstable: first status 200, then timed out in answer 2",
        ),
        (
            vec![owed.clone(), fatal()],
            vec![right.clone()],
            Verdict::LegacyBroken,
            "legacy: unstable, status 500 text/html, empty body",
            "the legacy is unstable: first status 200, then status 500 text/html, empty body in answer 2",
        ),
        (
            vec![fatal(), owed.clone()],
            vec![right.clone()],
            Verdict::LegacyBroken,
            "legacy: unstable, status 500 text/html, empty body",
            "the legacy is unstable: first status 500 text/html, empty body, then status 200 in answer 2",
        ),
        (
            vec![owed.clone(), no_answer(UnreachableKind::TimedOut)],
            vec![right.clone()],
            Verdict::Unreachable,
            "legacy: unstable, timed out",
            "the legacy is unstable: first status 200, then timed out in answer 2",
        ),
    ] {
        let said = judged(&legacy, &candidate);
        assert_eq!(said.verdict, verdict, "{signature}");
        assert_eq!(said.signatures, [signature]);
        assert!(said.notes.contains(&note.to_owned()), "{:?}", said.notes);
        assert!(
            said.judgement.contains("answer "),
            "the reason says which answer it was: {}",
            said.judgement
        );
    }
}

#[test]
fn a_server_error_that_is_owed_only_sometimes_is_the_legacys_doing() {
    let mut suite = sample::suite();
    suite.errors[0].candidate.status = 500;
    let problem = r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":500,"detail":"Run 34 not found.","code":"571"}"#;
    let owing = sample::answer(412, "application/json", r#"{"error":{"code":"571","message":"Run not found."}}"#);
    let said = judged_by(
        suite,
        &[owing, legacy("", "")],
        &[sample::answer(500, "application/problem+json", problem)],
    );
    assert_eq!((said.verdict, said.signatures.len()), (Verdict::Translated, 0));
    assert_eq!(
        said.notes,
        ["the legacy is unstable in the status: first 500, then 200 in answer 2"]
    );
}

#[test]
fn an_answer_with_another_status_is_another_answer() {
    let problem = r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 34 not found.","code":"571"}"#;
    let not_found = || sample::answer(412, "application/problem+json", problem);
    let error = |code: &str| {
        sample::answer(
            412,
            "application/json",
            &format!(r#"{{"error":{{"code":"{code}","message":"Run not found."}}}}"#),
        )
    };
    // The members that come and go with it are no differences of their own, whichever answer came first.
    for answers in [[candidate("", ""), not_found()], [not_found(), candidate("", "")]] {
        let said = judged(&[legacy("", "")], &answers);
        assert_eq!(
            (said.verdict, said.signatures),
            (Verdict::Mismatch, vec!["status: unstable".to_owned()])
        );
    }
    // That the legacy did not find it once does not excuse what the candidate does elsewhere.
    for legacy_error in [error("571"), error("999")] {
        let said = judged(&[legacy("", ""), legacy_error], &[candidate("", ""), flipped()]);
        assert_eq!(said.verdict, Verdict::Mismatch);
        assert_eq!(said.signatures, ["/trace/*/selected: unstable (boolean /trace/*/selected)"]);
        assert_eq!(
            said.notes,
            ["the legacy is unstable in the status: first 200, then 412 in answer 2"]
        );
    }
    let said = judged(&[legacy("", ""), error("571")], &[candidate("", ""), not_found()]);
    assert_eq!((said.verdict, said.signatures.len()), (Verdict::Translated, 0));
    assert_eq!(
        said.notes,
        ["both sides are unstable in the status: first 200, then 412 in answer 2 of the legacy"]
    );
}

#[test]
fn what_no_difference_tells_is_told_in_notes() {
    let said = judged(&[legacy("", "")], &[candidate("", ""), flipped(), fatal()]);
    assert_eq!(said.verdict, Verdict::CandidateBroken);
    assert!(
        said.notes
            .contains(&"the candidate is unstable at /trace/*/selected: first false, then true in answer 2".to_owned()),
        "{:?}",
        said.notes
    );
    let said = judged(&[legacy("", ""), legacy("\"false\"", "\"no\"")], &[candidate("", "")]);
    assert_eq!(said.verdict, Verdict::Translated);
    assert_eq!(
        said.notes,
        [
            "the legacy is unstable at /trace/*/selected: first what can be translated, then the legacy answers \"no\", \
             which does not read as a boolean in answer 2; so it is at 2 such places"
        ]
    );
}

#[test]
fn a_difference_that_was_seen_outweighs_that_once_there_was_no_answer() {
    let said = judged(
        &[legacy("", "")],
        &[candidate("", ""), flipped(), no_answer(UnreachableKind::TimedOut)],
    );
    assert_eq!(said.verdict, Verdict::Mismatch);
    assert_eq!(said.signatures, ["/trace/*/selected: unstable (boolean /trace/*/selected)"]);
    assert_eq!(
        said.notes,
        ["the candidate is unstable: first status 200, then timed out in answer 3"]
    );
}

#[test]
fn an_instability_can_be_declared_like_any_difference() {
    let mut suite = sample::suite();
    suite.expected = vec![ExpectedVerdict {
        case: CasePattern::one("run_id=34"),
        verdict: VerdictName::Mismatch,
        signatures: vec!["/trace/*/selected: unstable (boolean /trace/*/selected)".into()],
        justification: Justification::default(),
    }];
    let judge = Judge::new(Arc::new(suite));
    let (exchange, repeats) = given(&[legacy("", "")], &[candidate("", ""), flipped()]);
    let judgement = judge.judge_repeated(&sample::case("34"), &exchange, &repeats, PerSide::default(), Detail::Counts);
    assert!(matches!(judgement.standing, Standing::Expected { .. }), "{judgement:?}");
}

#[test]
fn many_unstable_places_are_counted() {
    let other = legacy("\"selected\":\"false\"", "\"selected\":\"true\"");
    let said = judged(&[legacy("", ""), other], &[candidate("", "")]);
    assert_eq!(
        said.notes,
        ["the legacy is unstable at /trace/*/selected: first false, then true in answer 2; so it is at 2 such places"]
    );
}

/// Answers that are judged alike, though no two of them are the same bytes.
fn spelled(number: usize) -> Answer {
    let evaluation = format!("0.91{}", "0".repeat(number));
    candidate("0.91", &evaluation)
}

proptest! {
    #[test]
    fn stable_answers_are_judged_as_one(answers in proptest::collection::vec(0usize..5, 1..8), broken in any::<bool>()) {
        let answers: Vec<Answer> = answers.into_iter().map(|number| if broken { fatal() } else { spelled(number) }).collect();
        let (exchange, repeats) = given(&[legacy("", ""), legacy("0.910", "0.9100")], &answers);
        let judge = Judge::new(Arc::new(sample::suite()));
        let case = sample::case("34");
        let judgement = judge.judge_repeated(&case, &exchange, &repeats, PerSide::default(), Detail::Counts);
        prop_assert_eq!(judgement, judge.judge(&case, &exchange, PerSide::default(), Detail::Counts));
    }

    #[test]
    fn one_wrong_answer_among_any_fails_and_their_order_means_nothing(wrong in proptest::collection::vec(any::<bool>(), 1..8)) {
        let answers: Vec<Answer> = wrong
            .iter()
            .enumerate()
            .map(|(number, wrong)| if *wrong { flipped() } else { spelled(number) })
            .collect();
        let said = judged(&[legacy("", "")], &answers);
        prop_assert_eq!(said.verdict.is_parity(), !wrong.contains(&true));
        let mut backwards = answers;
        backwards.reverse();
        prop_assert_eq!(judged(&[legacy("", "")], &backwards).signatures, said.signatures);
    }
}
