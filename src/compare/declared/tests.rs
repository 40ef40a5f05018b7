//! Each comparison: what it excuses, what it does not, and what is said of it.

use proptest::prelude::*;

use crate::diagnostic::Source;
use crate::rule::Facts;
use crate::suite::read_suite;
use crate::translate::Expected;
use crate::value::{Exactness, Number, Value, read};

use super::super::*;

/// The comparer of these comparisons, each as it is written, without its `why`.
fn comparer(rules: &[&str]) -> Comparer {
    let rules: Vec<String> = rules
        .iter()
        .map(|rule| format!("[[comparison]]\n{rule}\nwhy = 'a test'\n"))
        .collect();
    let rules = rules.concat();
    let text = format!("suite = 's'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n{rules}");
    let suite = read_suite(&Source::new("s.toml", text)).unwrap_or_else(|errors| panic!("{errors}"));
    Comparer::new(&suite.comparisons)
}

/// The document as the expected side has it: numbers that are no integers compare as decimals, as `number` makes them.
fn owed(text: &str) -> Value<'_> {
    fn decimals(value: &mut Value<'_>) {
        match value {
            Value::Number(Number { text, exactness }) if text.contains(['.', 'e']) => *exactness = Exactness::Decimal,
            Value::Array(items) => items.iter_mut().for_each(decimals),
            Value::Object(object) => object.members.iter_mut().for_each(|member| decimals(&mut member.value)),
            _ => {}
        }
    }
    let mut value = read(text.as_bytes()).unwrap();
    decimals(&mut value);
    value
}

fn compared(comparer: &Comparer, expected: &str, got: &str) -> Compared {
    let expected = Expected {
        status: 200,
        media_type: None,
        headers: Vec::new(),
        body: Some(owed(expected)),
    };
    let got = Received {
        status: 200,
        media_type: None,
        headers: Vec::new(),
        body: Some(read(got.as_bytes()).unwrap()),
    };
    let found = comparer.compare(&expected, &got, &Facts::default());
    assert_eq!(comparer.agrees(&expected, &got, &Facts::default()), found.differences.is_empty());
    found
}

/// How often rules acted, and the signatures of what is left.
fn told(comparer: &Comparer, expected: &str, got: &str) -> (u64, Vec<String>) {
    let found = compared(comparer, expected, got);
    (
        found.applied.values().sum(),
        found.differences.iter().map(Difference::signature).collect(),
    )
}

/// Each row: rule, expected, got, how often it acts, signatures.
type Rows = &'static [(&'static str, &'static str, &'static str, u64, &'static [&'static str])];

const TOLERANCE: &str = "rule = 'tolerance'\nat = '/x'\nabsolute = '0.01'";
const RELATIVE: &str = "rule = 'tolerance'\nat = '/x'\nrelative = '0.01'";
const DECIMALS: &str = "rule = 'tolerance'\nat = '/x'\ndecimals = 2";
const FLOAT: &str = "rule = 'tolerance'\nat = '/x'\nfloat = 64";
const PATTERN: &str = "rule = 'pattern'\nat = '/x'\npattern = '\\d+ ms'";
const ONE_OF: &str = "rule = 'one_of'\nat = '/x'\nvalues = ['null', '\"none\"', '1']";
const EXTRA: &str = "rule = 'extra'\nat = '/x'\ntype = ['integer', 'null']";
const OPTIONAL: &str = "rule = 'extra'\nat = '/x'\noptional = true";
const IGNORE: &str = "rule = 'ignore'\nat = '/x'";
const SET: &str = "rule = 'unordered'\nat = '/x'";
const KEYED: &str = "rule = 'unordered'\nat = '/x'\nkey = ['k']";
const ROWS: &str = "rule = 'rows'\nat = '/x'\nkey = ['k']";

const TABLE: Rows = &[
    (TOLERANCE, "{\"x\":0.93}", "{\"x\":0.94}", 1, &[]),
    (TOLERANCE, "{\"x\":0.93}", "{\"x\":0.930}", 0, &[]),
    (TOLERANCE, "{\"x\":1.0}", "{\"x\":1}", 0, &[]),
    (
        TOLERANCE,
        "{\"x\":0.93}",
        "{\"x\":0.9400000000000000000001}",
        0,
        &["/x: other value (tolerance /x absolute 0.01)"],
    ),
    // Numbers against numbers, and nothing else.
    (TOLERANCE, "{\"x\":0.93}", "{\"x\":\"0.93\"}", 0, &["/x: number became string"]),
    (TOLERANCE, "{\"x\":0.93}", "{\"x\":null}", 0, &["/x: number became null"]),
    (TOLERANCE, "{\"x\":null}", "{\"x\":0.001}", 0, &["/x: null became number"]),
    (TOLERANCE, "{\"x\":0.93}", "{}", 0, &["/x: missing"]),
    (TOLERANCE, "{}", "{\"x\":0.93}", 0, &["/x: extra"]),
    (TOLERANCE, "{\"x\":\"0.93\"}", "{\"x\":\"0.931\"}", 0, &["/x: other value"]),
    (TOLERANCE, "{\"x\":[0.93]}", "{\"x\":[0.931]}", 0, &["/x/*: other value"]),
    // An integer is exact.
    (TOLERANCE, "{\"x\":34}", "{\"x\":34.001}", 0, &["/x: other value"]),
    (TOLERANCE, "{\"x\":34}", "{\"x\":34.0}", 0, &["/x: integer became number"]),
    (RELATIVE, "{\"x\":200.0}", "{\"x\":202}", 1, &[]),
    (
        RELATIVE,
        "{\"x\":0.0}",
        "{\"x\":0.0001}",
        0,
        &["/x: other value (tolerance /x relative 0.01)"],
    ),
    (DECIMALS, "{\"x\":0.125}", "{\"x\":0.13}", 1, &[]),
    (
        DECIMALS,
        "{\"x\":0.125}",
        "{\"x\":0.12}",
        0,
        &["/x: other value (tolerance /x 2 decimal places)"],
    ),
    (FLOAT, "{\"x\":0.1}", "{\"x\":0.10000000000000000555}", 1, &[]),
    (
        FLOAT,
        "{\"x\":0.1}",
        "{\"x\":0.10000000000000002}",
        0,
        &["/x: other value (tolerance /x 64-bit float)"],
    ),
    (PATTERN, "{\"x\":\"12 ms\"}", "{\"x\":\"7 ms\"}", 1, &[]),
    (PATTERN, "{\"x\":\"12 ms\"}", "{\"x\":\"12 ms\"}", 0, &[]),
    (
        PATTERN,
        "{\"x\":\"12 ms\"}",
        "{\"x\":\"7 ms!\"}",
        0,
        &["/x: other value (pattern /x \\d+ ms)"],
    ),
    (PATTERN, "{\"x\":\"12 ms\"}", "{\"x\":7}", 0, &["/x: string became integer"]),
    (PATTERN, "{\"x\":12}", "{\"x\":\"7 ms\"}", 0, &["/x: integer became string"]),
    (ONE_OF, "{\"x\":\"a\"}", "{\"x\":null}", 1, &[]),
    (ONE_OF, "{\"x\":\"a\"}", "{\"x\":1}", 1, &[]),
    (ONE_OF, "{\"x\":\"a\"}", "{\"x\":\"a\"}", 0, &[]),
    (
        ONE_OF,
        "{\"x\":\"a\"}",
        "{\"x\":1.0}",
        0,
        &["/x: string became number (one_of /x null|\"none\"|1)"],
    ),
    (
        ONE_OF,
        "{\"x\":\"a\"}",
        "{\"x\":\"b\"}",
        0,
        &["/x: other value (one_of /x null|\"none\"|1)"],
    ),
    (ONE_OF, "{\"x\":\"a\"}", "{}", 0, &["/x: missing"]),
    (EXTRA, "{}", "{\"x\":7}", 1, &[]),
    (EXTRA, "{}", "{\"x\":null}", 1, &[]),
    (
        EXTRA,
        "{}",
        "{\"x\":7.5}",
        0,
        &["/x: not an integer or null (extra /x integer|null)"],
    ),
    (EXTRA, "{}", "{}", 0, &["/x: missing (extra /x integer|null)"]),
    (EXTRA, "{\"x\":1}", "{\"x\":2}", 0, &["/x: other value"]),
    (EXTRA, "{\"x\":1}", "{}", 0, &["/x: missing"]),
    (EXTRA, "{}", "{\"x\":7,\"y\":1}", 1, &["/y: extra"]),
    (OPTIONAL, "{}", "{\"x\":[]}", 1, &[]),
    (OPTIONAL, "{}", "{}", 0, &[]),
    (IGNORE, "{\"x\":1}", "{\"x\":\"a\"}", 1, &[]),
    (IGNORE, "{\"x\":1}", "{\"x\":1}", 0, &[]),
    (IGNORE, "{\"x\":1}", "{}", 1, &[]),
    (IGNORE, "{}", "{\"x\":1}", 1, &[]),
    (
        IGNORE,
        "{\"x\":1}",
        "{\"x\":1,\"x\":1}",
        0,
        &["/x: duplicate on the candidate side"],
    ),
    (SET, "{\"x\":[1,2,3]}", "{\"x\":[3,1,2]}", 1, &[]),
    (SET, "{\"x\":[1,2,3]}", "{\"x\":[1,2,3]}", 0, &[]),
    (SET, "{\"x\":[1,1,2]}", "{\"x\":[1,2,2]}", 0, &["/x/*: other value"]),
    (SET, "{\"x\":[1,2,3]}", "{\"x\":[3,1]}", 1, &["/x/*: missing"]),
    (SET, "{\"x\":[1,3]}", "{\"x\":[3,2,1]}", 1, &["/x/*: extra"]),
    (SET, "{\"x\":[1,\"2\"]}", "{\"x\":[2,1]}", 0, &["/x/*: string became integer"]),
    (SET, "{\"x\":[1,2]}", "{\"x\":[2.0,1]}", 1, &["/x/*: integer became number"]),
    (SET, "{\"x\":[[1],{}]}", "{\"x\":[{},[1]]}", 1, &[]),
    (
        SET,
        "{\"x\":[{\"a\":1,\"b\":2},{\"a\":2,\"b\":3}]}",
        "{\"x\":[{\"a\":2,\"b\":4},{\"b\":2,\"a\":1}]}",
        0,
        &["/x/*/b: other value"],
    ),
    (
        SET,
        "{\"x\":[{\"a\":1,\"b\":2},{\"a\":2,\"b\":3}]}",
        "{\"x\":[{\"b\":3},{\"a\":1,\"b\":2}]}",
        0,
        &["/x/*/a: missing"],
    ),
    (SET, "{\"x\":[1]}", "{\"x\":1}", 0, &["/x: array became integer"]),
    (
        KEYED,
        "{\"x\":[{\"k\":1,\"v\":1},{\"k\":2,\"v\":2}]}",
        "{\"x\":[{\"k\":2,\"v\":3},{\"k\":1,\"v\":1}]}",
        1,
        &["/x/*/v: other value"],
    ),
    (
        KEYED,
        "{\"x\":[{\"k\":1,\"v\":1},{\"k\":1,\"v\":2}]}",
        "{\"x\":[{\"k\":1,\"v\":2},{\"k\":1,\"v\":1}]}",
        1,
        &[],
    ),
    (
        ROWS,
        "{\"x\":[{\"k\":1},{\"k\":2}]}",
        "{\"x\":[{\"k\":2},{\"k\":1}]}",
        1,
        &["/x: other order"],
    ),
    (ROWS, "{\"x\":[]}", "{\"x\":[]}", 0, &[]),
];

#[test]
fn each_comparison_excuses_what_it_says_and_nothing_else() {
    for (rule, expected, got, acted, signatures) in TABLE {
        let signatures = signatures.iter().map(|signature| (*signature).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told(&comparer(&[rule]), expected, got),
            (*acted, signatures),
            "{rule}\n{expected}\n{got}"
        );
    }
}

#[test]
fn the_largest_deviation_is_kept_with_its_place() {
    let comparer = comparer(&["rule = 'tolerance'\nat = '/*/x'\nabsolute = '0.01'"]);
    let found = compared(
        &comparer,
        r#"[{"x":0.5},{"x":0.5},{"x":0.5},{"x":0.5}]"#,
        r#"[{"x":0.501},{"x":0.492},{"x":0.508},{"x":0.9}]"#,
    );
    assert_eq!(found.applied.into_values().collect::<Vec<_>>(), [3]);
    let told: Vec<String> = found
        .deviations
        .iter()
        .map(|deviation| format!("{} {} {}", deviation.rule, deviation.largest, deviation.path))
        .collect();
    assert_eq!(told, ["tolerance /*/x absolute 0.01 0.008 /1/x"]);
    assert!(found.excused);
}

#[test]
fn why_an_integer_is_not_excused_is_said_once() {
    let comparer = comparer(&["rule = 'tolerance'\nat = '/*'\nabsolute = '5'"]);
    let found = compared(&comparer, "[34,35]", "[35,36]");
    assert_eq!(found.differences.len(), 2);
    assert_eq!(
        found.notes,
        ["/0: the legacy answers the integer 34, which `tolerance /* absolute 5` does not excuse: only what is a `number` may be apart"]
    );
}

#[test]
fn comparisons_act_at_any_depth_and_where_their_condition_holds() {
    let deep = comparer(&["rule = 'tolerance'\nat = '/**/x'\nabsolute = '0.1'"]);
    assert_eq!(
        told(&deep, r#"{"a":[{"x":0.5}],"x":0.5}"#, r#"{"a":[{"x":0.6}],"x":0.4}"#),
        (2, vec![])
    );
    let when = comparer(&["rule = 'tolerance'\nat = '/*/x'\nabsolute = '0.1'\nwhen = { sibling = 'kind', equals = '\"soft\"' }"]);
    assert_eq!(
        told(
            &when,
            r#"[{"kind":"soft","x":0.5},{"kind":"hard","x":0.5}]"#,
            r#"[{"kind":"soft","x":0.6},{"kind":"hard","x":0.6}]"#
        ),
        (1, vec!["/*/x: other value".to_owned()])
    );
    let filter = comparer(&["rule = 'ignore'\nat = '/*[kind=soft]/x'"]);
    assert_eq!(
        told(
            &filter,
            r#"[{"kind":"soft","x":1},{"kind":"hard","x":1}]"#,
            r#"[{"kind":"soft","x":2},{"kind":"hard","x":2}]"#
        ),
        (1, vec!["/*/x: other value".to_owned()])
    );
    let extra = comparer(&["rule = 'extra'\nat = '/*/y'\nwhen = { sibling = 'kind', equals = '\"soft\"' }"]);
    assert_eq!(
        told(
            &extra,
            r#"[{"kind":"soft"},{"kind":"hard"}]"#,
            r#"[{"kind":"soft"},{"kind":"hard","y":1}]"#
        ),
        (
            0,
            vec![
                "/*/y: missing (extra /*/y when sibling kind = \"soft\")".to_owned(),
                "/*/y: extra".to_owned()
            ]
        )
    );
}

#[test]
fn rules_below_a_list_act_however_its_items_are_paired() {
    let tolerance = "rule = 'tolerance'\nat = '/*/v'\nabsolute = '0.1'";
    for list in ["rule = 'rows'\nat = '/'\nkey = ['k']", "rule = 'unordered'\nat = '/'\nkey = ['k']"] {
        let found = compared(
            &comparer(&[list, tolerance]),
            r#"[{"k":1,"v":0.5},{"k":2,"v":0.5},{"k":3,"v":0.5}]"#,
            r#"[{"k":1,"v":0.6},{"k":3,"v":0.55},{"k":4,"v":0.5}]"#,
        );
        let signatures: Vec<String> = found.differences.iter().map(Difference::signature).collect();
        assert_eq!(signatures, ["/*: missing", "/*: extra"], "{list}");
        assert_eq!(found.deviations[0].largest, "0.1");
        assert_eq!(
            found
                .applied
                .iter()
                .find(|(rule, _)| rule.0.starts_with("tolerance"))
                .map(|(_, count)| *count),
            Some(2)
        );
    }
    // Without a key, what both ends have in common is found through what the rules excuse, and that is counted.
    let found = compared(
        &comparer(&[tolerance]),
        r#"[{"v":0.5},{"v":1.5},{"v":2.5}]"#,
        r#"[{"v":0.6},{"v":2.6}]"#,
    );
    assert_eq!(
        found.differences.iter().map(Difference::signature).collect::<Vec<_>>(),
        ["/*: missing"]
    );
    assert_eq!(found.applied.into_values().collect::<Vec<_>>(), [2]);
}

#[test]
fn what_a_multiset_leaves_out_is_left_out_of_the_pairing_too() {
    let rules = comparer(&[
        "rule = 'unordered'\nat = '/'",
        "rule = 'unordered'\nat = '/*/tags'",
        "rule = 'ignore'\nat = '/*/seen'",
    ]);
    let (acted, signatures) = told(
        &rules,
        r#"[{"id":1,"tags":["a","b"],"seen":1},{"id":2,"tags":[],"seen":2}]"#,
        r#"[{"id":2,"tags":[]},{"id":1,"tags":["b","a"],"seen":9}]"#,
    );
    assert_eq!((acted, signatures), (4, vec![]));
}

fn list_of(items: &[u8]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    format!("[{}]", items.join(","))
}

fn objects_of(items: &[u8]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| format!("{{\"id\":{item},\"tag\":\"{}\",\"same\":true}}", item % 3))
        .collect();
    format!("[{}]", items.join(","))
}

proptest! {
    #[test]
    fn the_items_of_a_multiset_in_another_order_are_equal(
        items in proptest::collection::vec(0..9_u8, 0..12).prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
    ) {
        let set = comparer(&["rule = 'unordered'\nat = '/'"]);
        let (ours, theirs) = items;
        for write in [list_of, objects_of] {
            let (acted, signatures) = told(&set, &write(&ours), &write(&theirs));
            prop_assert_eq!(signatures, Vec::<String>::new());
            prop_assert!(acted <= 1);
            prop_assert_eq!(acted == 0, ours == theirs);
        }
    }

    #[test]
    fn a_multiset_has_the_fewest_differences(ours in proptest::collection::vec(0..9_u8, 0..12), theirs in proptest::collection::vec(0..9_u8, 0..12)) {
        let set = comparer(&["rule = 'unordered'\nat = '/'"]);
        let left_over = |one: &[u8], other: &[u8]| {
            let mut other = other.to_vec();
            one.iter().filter(|item| match other.iter().position(|it| it == *item) {
                Some(at) => { other.remove(at); false }
                None => true,
            }).count()
        };
        let fewest = left_over(&ours, &theirs).max(left_over(&theirs, &ours));
        prop_assert_eq!(told(&set, &list_of(&ours), &list_of(&theirs)).1.len(), fewest);
    }

    #[test]
    fn rows_whose_order_does_not_count_differ_as_they_do_in_order(
        order in Just((0..12_u8).collect::<Vec<u8>>()).prop_shuffle(), changed in 0..12_u8,
    ) {
        let row = |key: &u8, value: u8| format!("{{\"k\":{key},\"v\":{value}}}");
        let write = |keys: &[u8], changed: Option<u8>| {
            let rows: Vec<String> = keys.iter().map(|key| row(key, u8::from(Some(*key) == changed))).collect();
            format!("[{}]", rows.join(","))
        };
        let sorted: Vec<u8> = (0..12).collect();
        let keyed = comparer(&["rule = 'unordered'\nat = '/'\nkey = ['k']"]);
        let found = compared(&keyed, &write(&sorted, None), &write(&order, Some(changed)));
        let paths: Vec<String> = found.differences.iter().map(|difference| difference.part.to_string()).collect();
        prop_assert_eq!(paths, [format!("/{changed}/v")]);
    }
}
