//! The error table: what an error of the legacy becomes.

use super::pair::{Pair, pair};

const LEGACY: &str = r#"{"error":{"code":"571","message":"Run 34 not found."}}"#;

const fn error<'a>(rules: &'a [&'a str], legacy: &'a str, candidate: &'a str) -> Pair<'a> {
    pair(rules, legacy, candidate)
        .legacy_is(412, "application/json")
        .candidate_is(404, "application/problem+json")
}

#[test]
fn status_code_and_message_become_a_problem_document() {
    let rules = [
        "error legacy = { status = 412, code = '571', message_pattern = 'Run (?<id>[0-9]+) not found\\.' }, \
                  candidate = { status = 404, type = 'https://x.test/not-found', title = 'Not Found', detail = 'There is no run {legacy.id}.', code = '571' }",
    ];
    let owed = r#"{"type":"https://x.test/not-found","title":"Not Found","status":404,"detail":"There is no run 34.","code":"571"}"#;
    error(&rules, LEGACY, owed)
        .misses(&[
            ("run 34", "run 35", "/detail: other value (error 412 571)"),
            ("Not Found", "Not found", "/title: other value (error 412 571)"),
            ("x.test/not-found", "x.test/not_found", "/type: other value (error 412 571)"),
            ("\"571\"", "571", "/code: string became integer (error 412 571)"),
            (",\"code\":\"571\"", "", "/code: missing (error 412 571)"),
            (
                "\"code\":\"571\"",
                "\"code\":\"571\",\"instance\":\"x\"",
                "/instance: extra (error 412 571)",
            ),
            // The member is not the status of the answer (RFC 9457, section 3.1.2).
            (
                "\"status\":404",
                "\"status\":412",
                "/status: not the status of the answer (error 412 571)",
            ),
        ])
        // Another error is named by no row.
        .unread(&[
            ("\"571\"", "\"572\"", "status: error without a row"),
            ("Run 34", "Run x", "status: error without a row"),
        ])
        .holds();
    // The candidate's status and media type.
    let said = |status, media_type| {
        let mut pair = error(&rules, LEGACY, owed);
        pair.candidate = (status, media_type, owed);
        pair.signatures()
    };
    assert_eq!(
        said(412, "application/problem+json"),
        [
            "/status: not the status of the answer (error 412 571)",
            "status: 404 became 412 (error 412 571)"
        ]
    );
    assert_eq!(
        said(404, "application/json"),
        ["media type: application/problem+json became application/json (error 412 571)"]
    );
}

#[test]
fn a_code_that_the_new_api_does_not_have() {
    error(
        &["error legacy = { status = 412, code = '571' }, candidate = { status = 404, title = 'Not Found' }"],
        r#"{"error":{"code":"571"}}"#,
        r#"{"title":"Not Found","status":404}"#,
    )
    .misses(&[("\"title\"", "\"code\":\"571\",\"title\"", "/code: extra (error 412 571)")])
    .holds();
}

#[test]
fn detail_from_additional_information() {
    error(
        &[
            "error legacy = { status = 412, code = '571', message = 'Run {run_id} not found.' }, \
           candidate = { status = 404, title = '{legacy.message}', detail = '{legacy.additional_information} ({legacy.code})' }",
        ],
        r#"{"error":{"code":"571","message":"Run 34 not found.","additional_information":"Did you mean 35?"}}"#,
        r#"{"title":"Run 34 not found.","status":404,"detail":"Did you mean 35? (571)"}"#,
    )
    .sides(
        "[parameters]\nrun_id = [34]\n[legacy]\nget = '/{run_id}'\nerror_code = '/error/code'\nerror_message = '/error/message'\n\
         error_information = '/error/additional_information'\n[candidate]\nget = '/{run_id}'\n",
    )
    .misses(&[("35?", "36?", "/detail: other value (error 412 571)")])
    .unread(&[
        (
            ",\"additional_information\":\"Did you mean 35?\"",
            "",
            "/: untranslatable (error 412 571)",
        ),
        // An error about another id is another error.
        ("Run 34", "Run 35", "status: error without a row"),
    ])
    .holds();
}

#[test]
fn typed_members_and_another_media_type() {
    error(
        &["error legacy = { status = 412, code = '571', message_pattern = 'Run (?<id>[0-9]+) not found\\.' }, \
           candidate = { status = 404, title = 'No', members = { run = '\"{legacy.id:int}\"', tried = '[\"{legacy.id}\", null]' }, media_type = 'application/json' }"],
        LEGACY,
        r#"{"title":"No","status":404,"run":34,"tried":["34",null]}"#,
    )
    .candidate_is(404, "application/json")
    .misses(&[("34,", "\"34\",", "/run: integer became string (error 412 571)")])
    .holds();
}

#[test]
fn a_success_that_is_an_error_of_the_candidate() {
    pair(
        &["error legacy = { status = 200, when = { path = '/exists', equals = '\"false\"' } }, candidate = { status = 404, title = 'No Such Flow' }"],
        r#"{"exists":"false"}"#,
        r#"{"title":"No Such Flow","status":404}"#,
    )
    .candidate_is(404, "application/problem+json")
    .misses(&[("No Such Flow", "No such flow", "/title: other value (error 200 when /exists = \"false\")")])
    // Any other success is compared as one.
    .unread(&[(
        "\"false\"",
        "\"true\"",
        "status: 200 became 404 + media type: application/json became application/problem+json + /exists: missing + /status: extra + /title: extra",
    )])
    .holds();
}

#[test]
fn an_error_that_is_a_success_of_the_candidate() {
    error(
        &["error legacy = { status = 412, code = '482', message = 'No results' }, candidate = { status = 200, body = '[]' }"],
        r#"{"error":{"code":"482","message":"No results"}}"#,
        "[]",
    )
    .candidate_is(200, "application/json")
    .misses(&[
        ("[]", "[1]", "/*: extra (error 412 482)"),
        ("[]", "null", "/: array became null (error 412 482)"),
    ])
    .unread(&[("482", "483", "status: error without a row")])
    .holds();
}

#[test]
fn an_error_that_is_an_answer_without_a_body() {
    error(
        &["error legacy = { status = 412, code = '482' }, candidate = { status = 204 }"],
        r#"{"error":{"code":"482"}}"#,
        "",
    )
    .candidate_is(204, "")
    .holds();
}
