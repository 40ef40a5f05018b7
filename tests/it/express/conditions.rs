//! `when`: every test of every subject, and each negated.

use std::collections::BTreeSet;

use parity::verdict::Verdict;

use super::pair::{pair, suite};
use crate::support::middle::{answer, json, judge};

/// What a member `v` may be, by the row that has it; row 0 has none.
const VALUES: [&str; 14] = [
    "",
    "null",
    "true",
    "\"false\"",
    "7",
    "\"7\"",
    "7.0",
    "\"1E-5\"",
    "\".5\"",
    "\"x\"",
    "\"\"",
    "[]",
    "{\"a\":1}",
    "\"2014-04-06 23:19:24\"",
];

/// Tests, and the rows of which they hold.
const TESTS: &[(&str, &[usize])] = &[
    ("type = 'null'", &[1]),
    ("type = 'boolean'", &[2]),
    ("type = 'integer'", &[4]),
    ("type = 'number'", &[4, 6]),
    ("type = 'string'", &[3, 5, 7, 8, 9, 10, 13]),
    ("type = 'array'", &[11]),
    ("type = ['object', 'null']", &[1, 12]),
    ("equals = '7'", &[4]),
    ("equals = '\"7\"'", &[5]),
    ("equals = ['[]', '{\"a\":1}', '\"\"', 'null']", &[1, 10, 11, 12]),
    ("pattern = '7.*'", &[4, 5, 6]),
    ("pattern = '[a-z]+'", &[1, 2, 3, 9]),
    ("pattern = 'x?'", &[9, 10]),
    ("reads_as = 'integer'", &[4, 5]),
    ("reads_as = 'number'", &[4, 5, 6, 7, 8]),
    ("reads_as = 'boolean'", &[2, 3]),
    ("reads_as = 'datetime'", &[13]),
    ("present = true", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
    ("present = false", &[0]),
    // Several tests of one table must all hold.
    ("type = 'string', reads_as = 'number'", &[5, 7, 8]),
];

fn rows() -> Vec<String> {
    let member = |value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!(",\"v\":{value}")
        }
    };
    VALUES
        .iter()
        .enumerate()
        .map(|(id, value)| format!("{{\"id\":{id}{}}}", member(value)))
        .collect()
}

fn list(rows: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", rows.into_iter().collect::<Vec<_>>().join(","))
}

const SIDES: &str = "[legacy]\nget = '/'\n[candidate]\nget = '/'\n";

/// With this rule the candidate owes exactly that: neither the legacy's own answer, nor one more or less changed.
fn owes(rule: &str, owed: &[String], otherwise: &[String]) {
    let suite = suite(SIDES, &[rule]);
    let judged = |candidate: &[String]| judge(&suite, json(&list(rows())), json(&list(candidate.iter().cloned()))).verdict;
    assert!(judged(owed).is_parity(), "{rule}");
    for candidate in [rows(), otherwise.to_vec()] {
        assert!(
            candidate == owed || judged(&candidate) == Verdict::Mismatch,
            "{rule}: {candidate:?}"
        );
    }
}

#[test]
fn every_test_of_the_value_a_member_and_a_sibling_and_each_negated() {
    let all: BTreeSet<usize> = (0..VALUES.len()).collect();
    for (test, holds) in TESTS {
        let holds: BTreeSet<usize> = holds.iter().copied().collect();
        let fails: BTreeSet<usize> = all.difference(&holds).copied().collect();
        for (condition, of, others) in [("", &holds, &fails), ("not", &fails, &holds)] {
            let when = |subject: &str| match condition {
                "not" => format!("when = {{ not = {{ {subject}{test} }} }}"),
                _ => format!("when = {{ {subject}{test} }}"),
            };
            let rows = rows();
            let without = |gone: &BTreeSet<usize>| -> Vec<String> {
                rows.iter()
                    .enumerate()
                    .filter(|(id, _)| !gone.contains(id))
                    .map(|(_, row)| row.clone())
                    .collect()
            };
            // A member of the node: rows are dropped.
            owes(
                &format!("translation rule = 'drop', from = '/*', {}", when("member = 'v', ")),
                &without(of),
                &without(others),
            );
            // A sibling of the node: the member beside it is dropped.
            let beside = |gone: &BTreeSet<usize>| -> Vec<String> {
                let change = |(id, row): (usize, &String)| {
                    if gone.contains(&id) {
                        row.replace(&format!("\"id\":{id}"), "").replacen("{,", "{", 1)
                    } else {
                        row.clone()
                    }
                };
                rows.iter().enumerate().map(change).collect()
            };
            owes(
                &format!("translation rule = 'drop', from = '/*/id', {}", when("sibling = 'v', ")),
                &beside(of),
                &beside(others),
            );
            // The node itself, which is there.
            let bare = |gone: &BTreeSet<usize>| -> Vec<String> {
                let change = |(id, row): (usize, &String)| {
                    if gone.contains(&id) {
                        format!("{{\"id\":{id}}}")
                    } else {
                        row.clone()
                    }
                };
                rows.iter().enumerate().map(change).collect()
            };
            owes(
                &format!("translation rule = 'drop', from = '/*/v', {}", when("")),
                &bare(of),
                &bare(others),
            );
        }
    }
}

#[test]
fn several_conditions_and_one_of_several() {
    let rule = |when: &str| format!("translation rule = 'drop', from = '/*', when = {when}");
    let without = |gone: &[usize]| -> Vec<String> {
        rows()
            .into_iter()
            .enumerate()
            .filter(|(id, _)| !gone.contains(id))
            .map(|(_, row)| row)
            .collect()
    };
    for (when, gone) in [
        (
            "[{ member = 'v', type = 'string' }, { not = { member = 'v', equals = '\"\"' } }, { member = 'id', pattern = '.' }]",
            &[3, 5, 7, 8, 9][..],
        ),
        (
            "{ any = [{ member = 'v', equals = '\"x\"' }, { member = 'id', equals = ['0', '12'] }] }",
            &[0, 9, 12],
        ),
        (
            "{ not = { any = [{ member = 'v', present = true }, { member = 'id', equals = '3' }] } }",
            &[0],
        ),
        (
            "{ member = 'v', type = 'string', not = [{ member = 'v', reads_as = 'number' }] }",
            &[3, 9, 10, 13],
        ),
    ] {
        owes(&rule(when), &without(gone), &without(&gone[1..]));
    }
}

/// A suite of one case whose parameter is that.
fn with_parameter(value: &str, rule: &str) -> Verdict {
    let sides = format!("[parameters]\nkind = [{value}]\n[legacy]\nget = '/{{kind}}'\n[candidate]\nget = '/{{kind}}'\n");
    judge(&suite(&sides, &[rule]), json("{\"a\":\"7\"}"), json("{\"a\":7}")).verdict
}

#[test]
fn a_parameter_of_the_case() {
    for (test, value, holds) in [
        ("equals = '\"new\"'", "'new'", true),
        ("equals = '\"new\"'", "'old'", false),
        ("equals = ['1', '2']", "2", true),
        ("pattern = 'n.*'", "'new'", true),
        ("pattern = 'n.*'", "'anew'", false),
        ("reads_as = 'integer'", "34", true),
        ("reads_as = 'integer'", "'x'", false),
        ("present = true", "'x'", true),
    ] {
        let rule = |when: String| format!("translation rule = 'integer', at = '/a', when = {when}");
        let said = |holds| if holds { Verdict::Translated } else { Verdict::Mismatch };
        assert_eq!(
            with_parameter(value, &rule(format!("{{ parameter = 'kind', {test} }}"))),
            said(holds),
            "{test} of {value}"
        );
        let negated = rule(format!("{{ not = {{ parameter = 'kind', {test} }} }}"));
        assert_eq!(with_parameter(value, &negated), said(!holds), "not {test} of {value}");
    }
}

#[test]
fn the_status_of_the_answer() {
    let judged = |status: u16, when: &str| {
        let rule = format!("translation rule = 'integer', at = '/a', when = {when}");
        let body = |body| answer(status, "application/json", body);
        judge(&suite(SIDES, &[&rule]), body("{\"a\":\"7\"}"), body("{\"a\":7}")).verdict
    };
    for (status, when, verdict) in [
        (200, "{ status = 200 }", Verdict::Translated),
        (201, "{ status = 200 }", Verdict::Mismatch),
        (201, "{ status = [200, 201] }", Verdict::Translated),
        (201, "{ not = { status = 200 } }", Verdict::Translated),
        (200, "{ not = { status = 200 } }", Verdict::Mismatch),
    ] {
        assert_eq!(judged(status, when), verdict, "{status} {when}");
    }
}

#[test]
fn the_code_and_the_body_of_an_error() {
    let legacy = |code: &str, more: &str| {
        let body = format!("{{\"error\":{{\"code\":\"{code}\"}}{more}}}");
        answer(412, "application/json", &body)
    };
    let gone = answer(404, "application/problem+json", "{\"status\":404}");
    for (when, code, more, named) in [
        ("{ code = '571' }", "571", "", true),
        ("{ code = ['570', '571'] }", "571", "", true),
        ("{ code = '571' }", "572", "", false),
        ("{ not = { code = '571' } }", "572", "", true),
        ("{ not = { code = '571' } }", "571", "", false),
        ("{ path = '/gone', equals = '\"yes\"' }", "571", ",\"gone\":\"yes\"", true),
        ("{ path = '/gone', equals = '\"yes\"' }", "571", ",\"gone\":\"no\"", false),
        ("{ not = { path = '/gone', present = true } }", "571", "", true),
        ("{ not = { path = '/gone', present = true } }", "571", ",\"gone\":\"no\"", false),
    ] {
        let sides = "[legacy]\nget = '/'\nerror_code = '/error/code'\n[candidate]\nget = '/'\n";
        let of_one = if when.contains("code") { "" } else { "code = '571', " };
        let row = format!("error legacy = {{ status = 412, {of_one}when = {when} }}, candidate = {{ status = 404 }}");
        let said = judge(&suite(sides, &[&row]), legacy(code, more), gone.clone());
        assert_eq!(said.verdict == Verdict::Translated, named, "{when} of {code} {more}: {said:?}");
    }
}

#[test]
fn comparisons_ask_it_of_the_expected_side() {
    pair(
        &["comparison rule = 'tolerance', at = '/*/x', absolute = '0.1', when = { sibling = 'kind', equals = '\"soft\"' }"],
        r#"[{"kind":"soft","x":0.5},{"kind":"hard","x":0.5}]"#,
        r#"[{"kind":"soft","x":0.6},{"kind":"hard","x":0.5}]"#,
    )
    .misses(&[
        (
            "{\"kind\":\"hard\",\"x\":0.5}",
            "{\"kind\":\"hard\",\"x\":0.6}",
            "/*/x: other value",
        ),
        // What the candidate says of itself does not matter.
        (
            "{\"kind\":\"hard\",\"x\":0.5}",
            "{\"kind\":\"soft\",\"x\":0.6}",
            "/*/kind: other value + /*/x: other value",
        ),
    ])
    .holds();
}
