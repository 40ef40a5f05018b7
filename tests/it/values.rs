//! Value maps, texts and types over the whole middle: phases, what cannot be read, what becomes null.

use parity::verdict::Verdict;

use crate::support::middle::{Said, json, judge, plain_suite};

/// A translation as TOML.
fn rule(word: &str, at: &str, rest: &str) -> String {
    format!("[[translation]]\nrule = '{word}'\nat = '{at}'\n{rest}\nwhy = 'known'\n")
}

fn judged(rules: &[String], legacy: &str, candidate: &str) -> Said {
    judge(&plain_suite(&rules.concat()), json(legacy), json(candidate))
}

fn untouched(rules: &[String], legacy: &str) -> String {
    judged(rules, legacy, "{}").expected.unwrap_or_default()
}

#[test]
fn map_then_texts_then_types_whatever_the_order_of_the_file() {
    let mut rules = vec![
        rule("number", "/a", "empty = 'null'"),
        rule("null", "/a", "values = ['\"none\"']"),
        rule("replace", "/a", "pattern = ','\nwith = '.'"),
        rule("lower", "/a", ""),
        rule("trim", "/a", ""),
        rule("unescape_html", "/a", ""),
        rule("map", "/a", "values = [{ legacy = '[\"x\"]', candidate = '\" 7,5&#48; \"' }]"),
    ];
    for _ in 0..rules.len() {
        rules.rotate_left(1);
        let said = judged(&rules, r#"{"a":["x"]}"#, r#"{"a":7.50}"#);
        assert_eq!((said.verdict, &said.signatures), (Verdict::Translated, &Vec::new()), "{rules:?}");
        assert_eq!(
            said.applied,
            ["1 map /a", "1 unescape_html /a", "1 trim /a", "1 replace /a", "1 number /a"]
        );
        // A null that an earlier rule made passes the later ones.
        let said = judged(&rules, r#"{"a":" NONE "}"#, r#"{"a":null}"#);
        assert_eq!(
            (said.verdict, said.applied),
            (
                Verdict::Translated,
                vec!["1 trim /a".to_owned(), "1 lower /a".to_owned(), "1 null /a".to_owned()],
            )
        );
    }
    rules.reverse();
    assert_eq!(judged(&rules, r#"{"a":" NONE "}"#, r#"{"a":null}"#).verdict, Verdict::Translated);
}

#[test]
fn a_null_that_a_value_map_made_passes_texts_and_types() {
    let rules = [
        rule("integer", "/a", ""),
        rule("trim", "/a", ""),
        rule("map", "/a", "values = [{ legacy = '[]', candidate = 'null' }]"),
    ];
    assert_eq!(judged(&rules, r#"{"a":[]}"#, r#"{"a":null}"#).verdict, Verdict::Translated);
    // A null of the legacy's own is none that a rule made, and no integer.
    let said = judged(&rules, r#"{"a":null}"#, r#"{"a":null}"#);
    assert_eq!(said.signatures, ["/a: untranslatable (trim /a)"]);
    let said = judged(&[rule("integer", "/a", "empty = 'null'")], r#"{"a":null}"#, r#"{"a":null}"#);
    assert_eq!(said.verdict, Verdict::Match, "null stands for an empty value already");
}

#[test]
fn what_cannot_be_read_is_a_difference_that_names_the_rule_even_if_the_candidate_says_the_same() {
    for (word, rest, legacy) in [
        ("integer", "", "\"abc\""),
        ("number", "", "\"0,93\""),
        ("boolean", "", "\"maybe\""),
        ("text", "", "{\"b\":1}"),
        ("datetime", "reads = '%Y-%m-%d'\nwrites = '%d.%m.%Y'", "\"tomorrow\""),
        ("trim", "", "7"),
        ("lower", "", "[]"),
        ("join", "separator = ','", "[1]"),
        ("replace", "pattern = 'a'\nwith = 'b'", "{}"),
        ("unescape_html", "", "false"),
        ("escape_html", "", "0"),
        ("template", "pattern = 'Run (?<id>[0-9]+)'\nto = '{legacy.id}'", "\"Run x\""),
    ] {
        let body = format!("{{\"a\":{legacy}}}");
        let said = judged(&[rule(word, "/a", rest)], &body, &body);
        assert_eq!(said.signatures, [format!("/a: untranslatable ({word} /a)")]);
        let kept = judged(&[rule(word, "/a", &format!("{rest}\nunreadable = 'keep'"))], &body, &body);
        assert_eq!((kept.verdict, kept.applied), (Verdict::Match, Vec::new()), "{word}");
    }
}

#[test]
fn converting_where_it_reads_leaves_the_rest_to_be_compared_exactly() {
    let rules = [rule("number", "/*/value", "unreadable = 'keep'")];
    let legacy = r#"[{"value":"1E-5"},{"value":"C4.5"},{"value":".5"},{"value":"+5"}]"#;
    assert_eq!(
        untouched(&rules, legacy),
        r#"[{"value":1E-5},{"value":"C4.5"},{"value":0.5},{"value":5}]"#
    );
    let said = judged(
        &rules,
        legacy,
        r#"[{"value":0.00001},{"value":"C4.5"},{"value":0.50},{"value":5.0}]"#,
    );
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["3 number /*/value".to_owned()])
    );
    let said = judged(&rules, legacy, r#"[{"value":"1E-5"},{"value":"C4.5"},{"value":0.5},{"value":5}]"#);
    assert_eq!(said.signatures, ["/*/value: number became string (number /*/value)"]);
}

#[test]
fn an_integer_is_owed_as_an_integer_token_and_a_number_as_any_spelling() {
    for (word, candidate, same) in [
        ("integer", "34", true),
        ("integer", "34.0", false),
        ("integer", "3.4e1", false),
        ("integer", "\"34\"", false),
        ("number", "34", true),
        ("number", "34.0", true),
        ("number", "3.4e1", true),
        ("number", "\"34\"", false),
        ("number", "34.000000000000000000001", false),
    ] {
        let said = judged(&[rule(word, "/a", "")], r#"{"a":"34"}"#, &format!("{{\"a\":{candidate}}}"));
        assert_eq!(said.verdict == Verdict::Translated, same, "{word} {candidate}: {said:?}");
    }
}

#[test]
fn every_normalisation_of_a_hand_written_suite_can_be_said() {
    let rules = [
        rule("replace", "/url", "pattern = '^(https?://[^/:]+):80/'\nwith = '${1}/'"),
        rule(
            "datetime",
            "/upload_date",
            "reads = '%Y-%m-%d %H:%M:%S'\nwrites = '%Y-%m-%dT%H:%M:%S'",
        ),
        rule("null", "/default_value", ""),
        rule(
            "map",
            "/nothing",
            "values = [{ legacy = '[]', candidate = '[\"\"]' }, { legacy = '\"\"', candidate = '{}' }]",
        ),
        rule("unescape_html", "/error", "times = 2"),
        rule(
            "template",
            "/message",
            "pattern = 'Run (?<id>\\d+) not found\\.'\nto = 'No run {legacy.id}'",
        ),
        rule("join", "/creators", "separator = '; '"),
        rule("text", "/version", ""),
    ];
    let legacy = r#"{"url":"http://test.openml.org:80/data/1","upload_date":"2014-04-06 23:19:24","default_value":[],"nothing":[],
        "error":"a &amp;quot;b&amp;quot;","message":"Run 7 not found.","creators":["A, B","C"],"version":1}"#;
    assert_eq!(
        untouched(&rules, legacy),
        r#"{"url":"http://test.openml.org/data/1","upload_date":"2014-04-06T23:19:24","default_value":null,"nothing":[""],"error":"a \"b\"","message":"No run 7","creators":"A, B; C","version":"1"}"#
    );
}

#[test]
fn where_nothing_matches_nothing_changes_and_nothing_is_counted() {
    let rules = [
        rule("map", "/a", "values = [{ legacy = '\"z\"', candidate = '1' }]"),
        rule("trim", "/a", ""),
        rule("lower", "/b", ""),
        rule("integer", "/c/*/d", ""),
        rule("null", "/d", ""),
    ];
    let body = r#"{"a":"a","c":{"d":"1"},"d":[[]],"e":" X "}"#;
    let said = judged(&rules, body, body);
    assert_eq!(
        (said.verdict, said.applied, said.expected.as_deref()),
        (Verdict::Match, Vec::new(), Some(body))
    );
}
