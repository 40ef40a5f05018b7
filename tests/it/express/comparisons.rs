//! Comparisons, the only leniency on the candidate's side: what each excuses, and what is refused because it hides too much.

use parity::diagnostic::Source;
use parity::suite::read_suite;

use super::pair::pair;

#[test]
fn rows_are_paired_by_their_key_and_their_order_counts() {
    // One missing row is one difference, although every row behind it stands elsewhere.
    pair(
        &[
            "translation rule = 'integer', at = '/*/k'",
            "comparison rule = 'rows', at = '/', key = ['k', 'f']",
        ],
        r#"[{"k":"1","f":0,"v":"a"},{"k":"1","f":1,"v":"b"},{"k":"2","f":0,"v":"c"}]"#,
        r#"[{"k":1,"f":0,"v":"a"},{"k":1,"f":1,"v":"b"},{"k":2,"f":0,"v":"c"}]"#,
    )
    .misses(&[
        (r#"{"k":1,"f":0,"v":"a"},"#, "", "/*: missing"),
        (
            r#"{"k":1,"f":1,"v":"b"}"#,
            r#"{"k":1,"f":1,"v":"b"},{"k":3,"f":0,"v":"d"}"#,
            "/*: extra",
        ),
        (
            r#"{"k":1,"f":0,"v":"a"},{"k":1,"f":1,"v":"b"}"#,
            r#"{"k":1,"f":1,"v":"b"},{"k":1,"f":0,"v":"a"}"#,
            "/: other order",
        ),
        ("\"c\"", "\"d\"", "/*/v: other value"),
        ("\"k\":2", "\"k\":\"2\"", "/*/k: integer became string (integer /*/k)"),
    ])
    .holds();
}

#[test]
fn an_unordered_list_is_a_multiset() {
    pair(
        &["comparison rule = 'unordered', at = '/ids'"],
        r#"{"ids":[3,1,2,1]}"#,
        r#"{"ids":[1,1,2,3]}"#,
    )
    .misses(&[
        ("[1,1,2,3]", "[1,2,3]", "/ids/*: missing"),
        ("[1,1,2,3]", "[1,2,2,3]", "/ids/*: other value"),
        ("[1,1,2,3]", "[1,1,2,3,4]", "/ids/*: extra"),
        ("2", "\"2\"", "/ids/*: integer became string"),
        ("2", "2.0", "/ids/*: integer became number"),
        ("[1,1,2,3]", "{}", "/ids: array became object"),
    ])
    .holds();
}

#[test]
fn an_unordered_list_with_a_key() {
    pair(
        &["comparison rule = 'unordered', at = '/', key = ['id']"],
        r#"[{"id":1,"n":"a"},{"id":2,"n":"b"}]"#,
        r#"[{"id":2,"n":"b"},{"id":1,"n":"a"}]"#,
    )
    .misses(&[
        ("\"b\"", "\"c\"", "/*/n: other value"),
        (r#",{"id":1,"n":"a"}"#, "", "/*: missing"),
        (r#"{"id":2,"n":"b"}"#, r#"{"id":2,"n":"b"},{"id":2,"n":"b"}"#, "/*: extra"),
    ])
    .holds();
}

#[test]
fn tolerances_of_each_measure() {
    let number = "translation rule = 'number', at = '/x'";
    pair(
        &[number, "comparison rule = 'tolerance', at = '/x', absolute = '0.01'"],
        "{\"x\":\"0.93\"}",
        "{\"x\":0.94}",
    )
    .misses(&[
        (
            "0.94",
            "0.9400000000000000000000000001",
            "/x: other value (tolerance /x absolute 0.01)",
        ),
        ("0.94", "\"0.93\"", "/x: number became string (number /x)"),
        ("0.94", "null", "/x: number became null (number /x)"),
    ])
    .holds();
    pair(
        &[number, "comparison rule = 'tolerance', at = '/x', relative = '1e-3'"],
        "{\"x\":\"200\"}",
        "{\"x\":200.2}",
    )
    .misses(&[("200.2", "200.2001", "/x: other value (tolerance /x relative 1e-3)")])
    .holds();
    pair(
        &[number, "comparison rule = 'tolerance', at = '/x', decimals = 2"],
        "{\"x\":\"0.125\"}",
        "{\"x\":0.13}",
    )
    .misses(&[("0.13", "0.12", "/x: other value (tolerance /x 2 decimal places)")])
    .holds();
    pair(
        &[number, "comparison rule = 'tolerance', at = '/x', float = 64"],
        "{\"x\":\"0.1\"}",
        "{\"x\":0.1000000000000000055511151231257827021181583404541015625}",
    )
    .misses(&[(
        "0.1000000000000000055511151231257827021181583404541015625",
        "0.10000000000000002",
        "/x: other value (tolerance /x 64-bit float)",
    )])
    .holds();
}

#[test]
fn a_pattern() {
    pair(
        &["comparison rule = 'pattern', at = '/took', pattern = '[0-9]+ ms'"],
        "{\"took\":\"12 ms\"}",
        "{\"took\":\"7 ms\"}",
    )
    .misses(&[
        ("\"7 ms\"", "\"7 ms \"", "/took: other value (pattern /took [0-9]+ ms)"),
        ("\"7 ms\"", "7", "/took: string became integer"),
        ("\"took\":\"7 ms\"", "", "/took: missing"),
    ])
    .holds();
}

#[test]
fn one_of_several_values() {
    pair(
        &["comparison rule = 'one_of', at = '/state', values = ['null', '\"none\"', '0']"],
        "{\"state\":\"\"}",
        "{\"state\":null}",
    )
    .misses(&[
        ("null", "\"null\"", "/state: other value (one_of /state null|\"none\"|0)"),
        ("null", "0.0", "/state: string became number (one_of /state null|\"none\"|0)"),
        ("\"state\":null", "", "/state: missing"),
    ])
    .holds();
}

#[test]
fn a_member_that_only_the_new_api_has() {
    pair(
        &["comparison rule = 'extra', at = '/took', type = ['integer', 'null']"],
        "{}",
        "{\"took\":7}",
    )
    .misses(&[
        ("7", "\"7\"", "/took: not an integer or null (extra /took integer|null)"),
        ("7", "7.5", "/took: not an integer or null (extra /took integer|null)"),
        ("\"took\":7", "", "/took: missing (extra /took integer|null)"),
        ("\"took\":7", "\"took\":7,\"more\":1", "/more: extra"),
    ])
    .holds();
}

#[test]
fn what_is_ignored() {
    pair(
        &["comparison rule = 'ignore', at = '/*/now'"],
        r#"[{"id":1,"now":1},{"id":2}]"#,
        r#"[{"id":1,"now":{}},{"id":2,"now":3}]"#,
    )
    .misses(&[
        ("\"id\":1", "\"id\":2", "/*/id: other value"),
        ("\"now\":3", "\"now\":3,\"then\":4", "/*/then: extra"),
        ("\"now\":3", "\"now\":3,\"now\":3", "/*/now: duplicate on the candidate side"),
    ])
    .holds();
}

/// What is said of a suite that declares too much.
fn refused(rules: &str) -> String {
    let text = format!(
        "suite = 's'\n[legacy]\nget = '/'\nerror_code = '/c'\n[candidate]\nget = '/'\n{}",
        rules.replace(';', "\n") + "\n"
    );
    match read_suite(&Source::new("s.toml", text.clone())) {
        Ok(_) => panic!("it is not refused:\n{text}"),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn what_is_broader_than_it_must_be_is_refused_with_a_reason() {
    let comparison = |rule: &str| format!("[[comparison]];why = 'x';{rule};");
    let translation = |rule: &str| format!("[[translation]];why = 'x';{rule};");
    let error = |legacy: &str| format!("[[error]];why = 'x';legacy = {{ {legacy} }};candidate = {{ status = 404 }};");
    for (rules, reason) in [
        (
            comparison("rule = 'ignore';at = '/'"),
            "an `ignore` at the root compares nothing at all",
        ),
        (
            comparison("rule = 'rows';at = '/a';key = ['k']") + &comparison("rule = 'unordered';at = '/a'"),
            "two comparisons claim `/a`: `rows` and `unordered`",
        ),
        (
            translation("rule = 'integer';at = '/*/n'") + &comparison("rule = 'tolerance';at = '/*/n';absolute = '1'"),
            "a tolerance on `/*/n`, which an `integer` makes: integers are exact",
        ),
        (
            comparison("rule = 'ignore';at = '/a'") + &comparison("rule = 'pattern';at = '/a/b';pattern = 'x'"),
            "`pattern` at `/a/b` can never act: `/a` is ignored as a whole",
        ),
        (
            comparison("rule = 'unordered';at = '/a'") + &comparison("rule = 'tolerance';at = '/a/*/x';absolute = '1'"),
            "stands below `/a`, an unordered list without a `key`",
        ),
        (
            comparison("rule = 'ignore';at = '/**/a'") + &comparison("rule = 'one_of';at = '/b/a';values = ['1']"),
            "two comparisons claim `/b/a`",
        ),
        (
            translation("rule = 'integer';at = '/*/n'") + &translation("rule = 'integer';at = '/**/n'"),
            "two rules claim what both `/*/n` and `/**/n` name",
        ),
        (
            translation("rule = 'drop';from = '/a'") + &translation("rule = 'rename';from = '/a/b';to = 'c'"),
            "`rename` at `/a/b` can never show: `drop` takes `/a` away",
        ),
        (
            error("status = 412") + &error("status = 412, code = '1'"),
            "two error rows speak of the same error",
        ),
        (error("status = 200"), "the row takes every answer with status 200 for an error"),
    ] {
        let said = refused(&rules);
        assert!(said.contains(reason), "{rules}\nis refused because\n{said}");
    }
}

#[test]
fn every_rule_has_its_why() {
    for rule in [
        "[[translation]];rule = 'list';from = '/a'",
        "[[comparison]];rule = 'ignore';at = '/a'",
        "[[preset]];use = 'php-xml-json@1';lists = '/a'",
    ] {
        assert!(refused(rule).contains("missing key `why`"), "{rule}");
        let empty = format!("{rule};why = ' '");
        assert!(refused(&empty).contains("why"), "{rule}");
    }
}
