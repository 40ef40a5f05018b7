//! The error table over the whole middle.

use std::sync::Arc;

use parity::exchange::Observation;
use parity::suite::Suite;
use parity::verdict::Verdict;

use crate::support::middle::{Said, answer, json, judge, read};

/// A suite of one case, `run_id=34`, with these rows.
fn suite(rows: &str) -> Arc<Suite> {
    read(&format!(
        "suite = 's'\n[parameters]\nrun_id = [34]\n[legacy]\nget = '/{{run_id}}'\nerror_code = '/error/code'\n\
         error_message = '/error/message'\nerror_information = '/error/additional_information'\n\
         [candidate]\nget = '/{{run_id}}'\n{rows}"
    ))
}

fn row(legacy: &str, candidate: &str) -> String {
    format!("[[error]]\nlegacy = {{ {legacy} }}\ncandidate = {{ {candidate} }}\nwhy = 'known'\n")
}

fn legacy(code: &str, message: &str) -> Observation {
    answer(
        412,
        "application/json",
        &format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"{message}\"}}}}"),
    )
}

fn problem(status: u16, body: &str) -> Observation {
    answer(status, "application/problem+json", body)
}

/// What the row owes for an error of the legacy, and what was in the way.
fn owed(rows: &str, legacy: Observation) -> (Option<String>, Vec<String>) {
    let Said { expected, signatures, .. } = judge(&suite(rows), legacy, problem(400, "{}"));
    (expected, signatures)
}

#[test]
fn what_a_message_says_is_captured_into_every_text() {
    let rows = row(
        "status = 412, code = '571', message_pattern = '(?<what>Run|Task) (?<id>\\d+) not found(?<dot>\\.)?'",
        "status = 404, type = 'https://x/{legacy.what}', title = '{legacy.what} Not Found', detail = '{legacy.what} {legacy.id} of {run_id}: {legacy.message} ({legacy.code}){legacy.dot}', \
         code = '{legacy.code}', members = { id = '\"{legacy.id:int}\"', where = '{ \"run\": \"{run_id}\", \"list\": [1.0, null] }' }",
    );
    let (expected, _) = owed(&rows, legacy("571", "Task 7 not found"));
    assert_eq!(
        expected.unwrap(),
        r#"{"type":"https://x/Task","title":"Task Not Found","status":404,"detail":"Task 7 of 34: Task 7 not found (571)","code":"571","id":7,"where":{"run":"34","list":[1.0,null]}}"#
    );
    // Another message under the same code is another error, and no row names it.
    let said = judge(&suite(&rows), legacy("571", "Run 7 is private"), problem(404, "{}"));
    assert_eq!(said.signatures, ["status: error without a row"]);
    let said = judge(&suite(&rows), legacy("571", "No Run 7 not found"), problem(404, "{}"));
    assert_eq!(said.signatures, ["status: error without a row"], "the whole message must match");
}

#[test]
fn each_member_is_judged_on_its_own_and_an_absent_one_is_owed_absent() {
    let rows = row("status = 412, code = '571'", "status = 404, title = 'No', code = '571'");
    let body = r#"{"title":"No","status":404,"code":"571"}"#;
    let message = |body: &str| {
        judge(
            &suite(&rows),
            answer(412, "application/json", r#"{"error":{"code":"571"}}"#),
            problem(404, body),
        )
    };
    let said = message(body);
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 error 412 571".to_owned()])
    );
    for (from, to, signature) in [
        ("\"No\"", "\"no\"", "/title: other value (error 412 571)"),
        (",\"code\":\"571\"", "", "/code: missing (error 412 571)"),
        ("\"571\"", "571", "/code: string became integer (error 412 571)"),
        ("\"title\"", "\"detail\":\"x\",\"title\"", "/detail: extra (error 412 571)"),
    ] {
        assert_eq!(message(&body.replace(from, to)).signatures, [signature], "{to}");
    }
}

#[test]
fn additional_information_is_owed_where_it_is_quoted_and_a_difference_where_it_is_not() {
    let with = |row_says: &str| row("status = 412, code = '1', message = 'No'", row_says);
    let says = answer(
        412,
        "application/json",
        r#"{"error":{"code":"1","message":"No","additional_information":"line 7"}}"#,
    );
    let quoting = with("status = 412, detail = '{legacy.additional_information}'");
    let (expected, _) = owed(&quoting, says.clone());
    assert_eq!(expected.unwrap(), r#"{"status":412,"detail":"line 7"}"#);
    // Quoted and not said.
    let said = judge(&suite(&quoting), legacy("1", "No"), problem(412, r#"{"status":412,"detail":""}"#));
    assert_eq!(said.signatures, ["/: untranslatable (error 412 1)"]);
    // Said and not quoted.
    let silent = with("status = 412");
    let said = judge(&suite(&silent), says.clone(), problem(412, r#"{"status":412}"#));
    assert_eq!(said.signatures, ["/error/additional_information: untranslatable (error 412 1)"]);
    // A condition that looks at it speaks of it, and drops it aloud.
    let dropped = row(
        "status = 412, code = '1', message = 'No', when = { path = '/error/additional_information', present = true }",
        "status = 412",
    );
    assert_eq!(
        judge(&suite(&dropped), says, problem(412, r#"{"status":412}"#)).verdict,
        Verdict::Translated
    );
}

/// Measured: the legacy answers 200 `{"exists":"false","id":"-1"}` where its successor answers 404.
#[test]
fn a_success_of_the_legacy_may_be_an_error_of_the_candidate() {
    let rows = row(
        "status = 200, when = [{ path = '/flow_exists/exists', equals = '\"false\"' }, { path = '/flow_exists/id', equals = '\"-1\"' }]",
        "status = 404, title = 'No Such Flow', detail = 'There is no {run_id}.'",
    );
    let suite = suite(&rows);
    let owed = r#"{"title":"No Such Flow","status":404,"detail":"There is no 34."}"#;
    let said = judge(&suite, json(r#"{"flow_exists":{"exists":"false","id":"-1"}}"#), problem(404, owed));
    assert_eq!((said.verdict, &said.signatures), (Verdict::Translated, &Vec::new()), "{said:?}");
    assert!(said.applied[0].starts_with("1 error 200 when "), "{:?}", said.applied);
    // Any other success is compared as one.
    let body = r#"{"flow_exists":{"exists":"true","id":"1"}}"#;
    assert_eq!(judge(&suite, json(body), json(body)).verdict, Verdict::Match);
    // What the row does not speak of is not thrown away.
    let more = r#"{"flow_exists":{"exists":"false","id":"-1","note":"gone"}}"#;
    let said = judge(&suite, json(more), problem(404, owed));
    assert_eq!(said.signatures.len(), 1);
    assert!(said.signatures[0].starts_with("/flow_exists/note: untranslatable"), "{said:?}");
    // A page in place of JSON is broken, whatever the table says of its status.
    let said = judge(&suite, answer(200, "text/html", "<html></html>"), problem(404, owed));
    assert_eq!(said.verdict, Verdict::LegacyBroken);
}

#[test]
fn an_error_of_the_legacy_may_be_a_success_of_the_candidate() {
    let rows = row(
        "status = 412, code = '482', message = 'No results'",
        "status = 200, body = '{ \"tasks\": [], \"of\": \"{run_id:int}\" }'",
    );
    let suite = suite(&rows);
    let said = judge(&suite, legacy("482", "No results"), json(r#"{"tasks":[],"of":34}"#));
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 error 412 482".to_owned()])
    );
    let said = judge(&suite, legacy("482", "No results"), json(r#"{"tasks":[],"of":"34"}"#));
    assert_eq!(said.signatures, ["/of: integer became string (error 412 482)"]);
    let said = judge(&suite, legacy("482", "No results"), problem(200, r#"{"tasks":[],"of":34}"#));
    assert_eq!(
        said.signatures,
        ["media type: application/json became application/problem+json (error 412 482)"]
    );
}

#[test]
fn any_document_and_no_document_may_be_owed() {
    let rows = [
        row(
            "status = 412, code = '1'",
            "status = 400, body = '{ \"message\": \"{legacy.message}\" }', media_type = 'application/vnd.x+json; v=2'",
        ),
        row("status = 412, code = '2', message = 'Gone'", "status = 204"),
    ]
    .concat();
    let suite = suite(&rows);
    let said = judge(
        &suite,
        legacy("1", "oops"),
        answer(400, "application/vnd.x+json;v=2", r#"{"message":"oops"}"#),
    );
    assert_eq!((said.verdict, said.signatures), (Verdict::Translated, Vec::new()));
    let nothing = || Observation {
        headers: parity::exchange::Headers::default(),
        ..answer(204, "", "")
    };
    let said = judge(&suite, legacy("2", "Gone"), nothing());
    assert_eq!((said.verdict, said.signatures), (Verdict::Translated, Vec::new()));
    let said = judge(&suite, legacy("2", "Gone"), answer(204, "application/json", "{}"));
    assert_eq!(
        said.signatures,
        ["/: extra (error 412 2)", "media type: none became application/json (error 412 2)"]
    );
}

#[test]
fn what_is_captured_must_read_as_what_it_becomes() {
    let rows = row(
        "status = 412, code = '1', message_pattern = 'Run (?<id>.*)'",
        "status = 200, body = '{ \"id\": \"{legacy.id:int}\" }'",
    );
    let said = judge(&suite(&rows), legacy("1", "Run x7"), json(r#"{"id":"x7"}"#));
    assert_eq!(said.signatures, ["/: untranslatable (error 412 1)"]);
}

#[test]
fn a_problem_document_that_contradicts_its_answer_is_a_difference_of_its_own_kind() {
    let rows = row("status = 412, code = '571'", "status = 404, title = 'No'");
    let suite = suite(&rows);
    let error = || answer(412, "application/json", r#"{"error":{"code":"571"}}"#);
    for (candidate, signatures) in [
        (problem(404, r#"{"title":"No","status":404}"#), &[][..]),
        (
            problem(404, r#"{"title":"No","status":412}"#),
            &["/status: not the status of the answer (error 412 571)"],
        ),
        (
            problem(412, r#"{"title":"No","status":404}"#),
            &[
                "/status: not the status of the answer (error 412 571)",
                "status: 404 became 412 (error 412 571)",
            ],
        ),
        (
            problem(412, r#"{"title":"No","status":412}"#),
            &["/status: other value (error 412 571)", "status: 404 became 412 (error 412 571)"],
        ),
        (
            problem(404, r#"{"title":"No","status":"404"}"#),
            &["/status: integer became string (error 412 571)"],
        ),
        (
            answer(404, "application/json", r#"{"title":"No","status":404}"#),
            &["media type: application/problem+json became application/json (error 412 571)"],
        ),
    ] {
        assert_eq!(judge(&suite, error(), candidate).signatures, signatures);
    }
}

#[test]
fn rows_that_exclude_each_other_may_share_a_code_and_are_told_apart_by_name() {
    let rows = [
        row(
            "status = 412, code = '571', message_pattern = 'Run \\d+ not found'",
            "status = 404, title = 'Run'",
        ),
        row(
            "status = 412, code = '571', message_pattern = 'Task \\d+ not found'",
            "status = 404, title = 'Task'",
        ),
        row(
            "status = 412, code = '571', message = 'Study not found'",
            "status = 404, title = 'Study'",
        ),
    ]
    .concat();
    let suite = suite(&rows);
    for (message, title, name) in [
        ("Run 7 not found", "Run", "1 error 412 571 like Run \\d+ not found"),
        ("Task 7 not found", "Task", "1 error 412 571 like Task \\d+ not found"),
        ("Study not found", "Study", "1 error 412 571 Study not found"),
    ] {
        let said = judge(
            &suite,
            legacy("571", message),
            problem(404, &format!("{{\"title\":\"{title}\",\"status\":404}}")),
        );
        assert_eq!((said.verdict, said.applied), (Verdict::Translated, vec![name.to_owned()]));
    }
}

#[test]
fn an_error_that_no_row_names_stays_a_mismatch_whatever_the_candidate_answers() {
    let suite = suite(&row("status = 412, code = '571'", "status = 404, title = 'No'"));
    let error = legacy("999", "Who knows");
    for candidate in [error.clone(), problem(404, r#"{"title":"No","status":404}"#), json("{}")] {
        let said = judge(&suite, error.clone(), candidate);
        assert_eq!(
            (said.verdict, said.signatures),
            (Verdict::Mismatch, vec!["status: error without a row".to_owned()])
        );
    }
}
