//! Answers in JSON and in XML, held against each other.

use std::sync::Arc;

use parity::exchange::Observation;
use parity::suite::Suite;
use parity::verdict::Verdict;

use crate::support::middle::{answer, json, judge, plain_suite, suite};

/// A trace of two rows as the legacy writes it under `/xml/`, and the same under `/json/`.
const XML: &str = "<oml:trace xmlns:oml=\"http://openml.org/openml\">\n  <oml:run_id>37</oml:run_id>\n\
    \t\t<oml:trace_iteration>\n\t\t<oml:fold>0</oml:fold>\n\t\t<oml:setup_string>a &amp; b</oml:setup_string>\n\t</oml:trace_iteration>\n\
    \t\t<oml:trace_iteration>\n\t\t<oml:fold>1</oml:fold>\n\t\t<oml:setup_string></oml:setup_string>\n\t</oml:trace_iteration>\n\t \n</oml:trace>\n";
const JSON: &str = r#"{"trace":{"run_id":"37","trace_iteration":[{"fold":"0","setup_string":"a & b"},{"fold":"1","setup_string":[]}]}}"#;

const RULES: &str = "
[[translation]]
rule = 'unwrap'
from = '/trace'
why = 'the root element'
[[translation]]
rule = 'integer'
at = ['/run_id', '/trace_iteration/*/fold']
why = 'typed'
[[translation]]
rule = 'map'
at = '/trace_iteration/*/setup_string'
values = [{ legacy = '[]', candidate = '\"\"' }]
why = 'an empty text'
";
const CANDIDATE: &str = r#"{"run_id":37,"trace_iteration":[{"fold":0,"setup_string":"a & b"},{"fold":1,"setup_string":""}]}"#;

const SIDES: &str = "[legacy]\nget = '/'\nencoding = 'xml'\n[candidate]\nget = '/'";

fn xml(status: u16, body: &str) -> Observation {
    answer(status, "text/xml; charset=utf-8", body)
}

fn sides(legacy: &str, candidate: &str) -> Arc<Suite> {
    let encoding = |word: &str| {
        if word.is_empty() {
            String::new()
        } else {
            format!("encoding = '{word}'")
        }
    };
    let (legacy, candidate) = (encoding(legacy), encoding(candidate));
    suite(&format!("[legacy]\nget = '/'\n{legacy}\n[candidate]\nget = '/'\n{candidate}"), "")
}

#[test]
fn a_legacy_xml_answer_is_held_against_a_json_candidate() {
    let said = judge(&suite(SIDES, RULES), xml(200, XML), json(CANDIDATE));
    assert_eq!((said.verdict, &said.signatures), (Verdict::Translated, &Vec::new()));
    assert_eq!(said.expected.as_deref(), Some(CANDIDATE));
    assert_eq!(
        said.applied,
        [
            "1 encoding xml to json",
            "1 unwrap /trace",
            "1 map /trace_iteration/*/setup_string",
            "1 integer /run_id",
            "2 integer /trace_iteration/*/fold",
        ]
    );
    let as_json = judge(&plain_suite(RULES), json(JSON), json(CANDIDATE));
    assert_eq!(as_json.expected, said.expected, "the same translations do for both");

    let wrong = CANDIDATE.replace("\"fold\":1", "\"fold\":\"1\"");
    let said = judge(&suite(SIDES, RULES), xml(200, XML), json(&wrong));
    assert_eq!(
        said.signatures,
        ["/trace_iteration/*/fold: integer became string (integer /trace_iteration/*/fold)"]
    );
    let said = judge(&suite(SIDES, RULES), xml(200, XML), answer(200, "text/plain", CANDIDATE));
    assert_eq!(
        said.signatures,
        ["media type: application/json became text/plain (encoding xml to json)"]
    );
}

#[test]
fn what_cannot_be_read_as_xml_breaks_its_side() {
    for (legacy, reason) in [
        (
            xml(200, "<a>1 & 2</a>"),
            "status 200 text/xml, a body that is not XML: `&` that begins no entity: it is written `&amp;` at line 1 column 6",
        ),
        (
            xml(200, "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"),
            "status 200 text/xml, a body that is not XML: a document type declaration, which is never followed at line 1 column 1",
        ),
        (xml(200, ""), "status 200 text/xml, empty body"),
        (
            answer(200, "text/html", "<html><body>It works!</body></html>"),
            "status 200 text/html, a body that is not XML: a web page",
        ),
        (
            answer(200, "text/html", "<br />\n<b>Fatal error</b>: Uncaught"),
            "status 200 text/html, a body that is not XML: text where a tag is expected at line 2 column 1",
        ),
        (json("{}"), "status 200 application/json, a JSON body"),
        (xml(500, "<a/>"), "status 500 text/xml, an XML body"),
    ] {
        let said = judge(&suite(SIDES, ""), legacy, json("{}"));
        assert_eq!(said.verdict, Verdict::LegacyBroken, "{reason}");
        assert_eq!(said.failures, [reason]);
    }
    let said = judge(&sides("json", "xml"), json("{}"), xml(200, "<a>"));
    assert_eq!(said.verdict, Verdict::CandidateBroken);
    assert_eq!(
        said.failures,
        ["status 200 text/xml, a body that is not XML: the end inside an element at line 1 column 4"]
    );
}

#[test]
fn a_media_type_says_what_an_answer_is_where_the_suite_says_nothing() {
    let body = "<a><b>1</b></a>";
    let said = judge(&sides("", ""), xml(200, body), xml(200, "<a> <b>1</b> </a>"));
    assert_eq!(said.verdict, Verdict::Match, "{said:?}");
    let said = judge(&sides("", ""), xml(200, body), json(r#"{"a":{"b":"1"}}"#));
    assert_eq!(said.signatures, ["media type: text/xml; charset=utf-8 became application/json"]);
    // XML that nobody announced is not what the suite says.
    let said = judge(&sides("", ""), answer(200, "text/plain", body), json("{}"));
    assert_eq!(said.verdict, Verdict::LegacyBroken);
    let said = judge(&sides("json", ""), xml(200, body), json("{}"));
    assert_eq!(
        (said.verdict, said.failures),
        (Verdict::LegacyBroken, vec!["status 200 text/xml, an XML body".to_owned()])
    );
}

#[test]
fn a_declared_encoding_reads_what_goes_by_another_media_type() {
    let said = judge(&sides("xml", ""), answer(200, "text/html", "<a>1</a>"), json(r#"{"a":"1"}"#));
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 encoding xml to json".to_owned()])
    );
    let said = judge(&sides("json", ""), answer(200, "text/html", "{}"), json("{}"));
    assert_eq!(said.signatures, ["media type: text/html became application/json"]);
}

#[test]
fn a_candidate_may_owe_xml() {
    let said = judge(
        &sides("", "xml"),
        json(r#"{"a":{"b":["1",[]]}}"#),
        answer(200, "application/xml", "<a><b>1</b><b/></a>"),
    );
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 encoding json to xml".to_owned()])
    );
    let said = judge(&sides("xml", "xml"), xml(200, "<a/>"), xml(200, "<a> </a>"));
    assert_eq!(said.verdict, Verdict::Match);
    let said = judge(&sides("", "xml"), json(r#"{"a":"1"}"#), json(r#"{"a":"1"}"#));
    assert_eq!(
        said.signatures,
        ["media type: application/xml became application/json (encoding json to xml)"]
    );
}

/// Measured: a wrong `api_key` gives an XML error even where JSON is asked for.
#[test]
fn an_error_in_another_encoding_finds_its_row() {
    let suite = suite(
        "[legacy]\nget = '/'\nerror_code = '/error/code'\nerror_message = '/error/message'\n[candidate]\nget = '/'",
        "[[error]]\nlegacy = { status = 412, code = '103', message = 'Authentication failed' }\n\
         candidate = { status = 401, title = 'No', code = '103' }\nwhy = 'problem details'",
    );
    let legacy = "<oml:error xmlns:oml=\"http://openml.org/openml\">\n\t<oml:code>103</oml:code>\n\t<oml:message>Authentication failed</oml:message>\n\t</oml:error>\n";
    let owed = answer(401, "application/problem+json", r#"{"title":"No","status":401,"code":"103"}"#);
    let said = judge(&suite, xml(412, legacy), owed.clone());
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 error 412 103".to_owned()])
    );
    // The same row does for the same error in JSON.
    let as_json = answer(
        412,
        "application/json",
        r#"{"error":{"code":"103","message":"Authentication failed"}}"#,
    );
    assert_eq!(judge(&suite, as_json, owed.clone()).verdict, Verdict::Translated);
    let broken = xml(412, &legacy.replace("</oml:error>", ""));
    assert_eq!(judge(&suite, broken, owed).verdict, Verdict::LegacyBroken);
}
