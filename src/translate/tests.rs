//! Each translation over a table: rules, what the legacy answers, what is owed, and what cannot be made.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Diagnostics, Source};
use crate::exchange::{Encoding, Headers, Observation};
use crate::path::Step;
use crate::suite::{Binding, Suite, read_suite};
use crate::value::{self, compact};

use super::{Detail, FaultKind, Translated, Translator};

/// A suite with these translations, written as `rule = "…"` tables without `why`.
pub(super) fn suite(rules: &str) -> Arc<Suite> {
    let (text, read) = read(&rules.split("---").collect::<Vec<_>>());
    Arc::new(read.unwrap_or_else(|errors| panic!("{errors}\n{text}")))
}

/// The text of such a suite, and what it reads as.
pub(super) fn read(rules: &[&str]) -> (String, Result<Suite, Diagnostics>) {
    let mut text = String::from("suite = \"t\"\n[legacy]\nget = \"/old\"\n[candidate]\nget = \"/new\"\n");
    for rule in rules.iter().filter(|rule| !rule.trim().is_empty()) {
        let header = if rule.contains("use = ") { "preset" } else { "translation" };
        let _ = write!(text, "[[{header}]]\n{}\nwhy = \"because\"\n", rule.trim());
    }
    let suite = read_suite(&Source::new("t.toml", text.clone()));
    (text, suite)
}

pub(super) fn translated<'a>(suite: &Arc<Suite>, legacy: &'a str, detail: Detail) -> Translated<'a> {
    let observation = Observation {
        status: 200,
        headers: Headers::default(),
        body: legacy.to_owned().into(),
        elapsed: Duration::ZERO,
    };
    let body = value::read(legacy.as_bytes()).unwrap_or_else(|error| panic!("{error}: {legacy}"));
    Translator::new(Arc::clone(suite)).success(&observation, Some((body, Encoding::Json)), &Binding::default(), detail)
}

/// What is owed, and what could not be made, in one text.
fn made(rules: &str, legacy: &str) -> String {
    let translated = translated(&suite(rules), legacy, Detail::Counts);
    let mut out = translated.expected.body.as_ref().map(compact).unwrap_or_default();
    for fault in &translated.faults {
        let kind = match &fault.kind {
            FaultKind::Misshapen { wanted, found } => format!("{found} is not {wanted}"),
            FaultKind::Unreadable { wanted, found } => format!("{found} does not read as {wanted}"),
            FaultKind::NoPlace { to, reason } => format!("not to {to}: {reason}"),
            FaultKind::Siblings { names } => format!("beside {}", names.join(", ")),
            FaultKind::Occupied { name } => format!("{name} is taken"),
            FaultKind::Absent { name } => format!("{name} is not said"),
            FaultKind::Unclaimed { found } => format!("{found} is not claimed"),
        };
        let _ = write!(out, " | {} at {}: {kind}", fault.rule, fault.path);
    }
    out
}

fn table(rows: &[(&str, &str, &str)]) {
    for (rules, legacy, expected) in rows {
        assert_eq!(made(rules, legacy), *expected, "{rules}\n{legacy}");
    }
}

const LIST: &str = "rule = \"list\"\nfrom = \"/a\"";
const SPLIT: &str = "rule = \"split\"\nfrom = \"/a\"\nseparator = \",\"";

#[test]
fn lists() {
    table(&[
        (LIST, r#"{"a":{"b":1}}"#, r#"{"a":[{"b":1}]}"#),
        (LIST, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (LIST, r#"{"b":1}"#, r#"{"b":1}"#),
        ("rule = \"list\"\nfrom = \"/\"", r#"{"b":1}"#, r#"[{"b":1}]"#),
        (SPLIT, r#"{"a":"x, y,,z"}"#, r#"{"a":["x"," y","","z"]}"#),
        (SPLIT, r#"{"a":"é\u0041,b"}"#, r#"{"a":["éA","b"]}"#),
        (SPLIT, r#"{"a":""}"#, r#"{"a":[]}"#),
        (SPLIT, r#"{"a":["x,y"]}"#, r#"{"a":["x,y"]}"#),
        (SPLIT, r#"{"a":3}"#, r#"{"a":3} | split /a at /a: 3 is not a text"#),
        (
            "rule = \"split\"\nfrom = \"/a\"\nseparator = \"; \"\ntrim = true",
            r#"{"a":"  x; y ;  z\u0020"}"#,
            r#"{"a":["x","y","z"]}"#,
        ),
        (
            "rule = \"split\"\nfrom = \"/a\"\nseparator = \",\"\ntrim = true",
            r#"{"a":"  "}"#,
            r#"{"a":[]}"#,
        ),
        // An item of a list that a rule made is not made a list by it once more.
        ("rule = \"list\"\nfrom = \"/**/*\"", "[[1],2]", "[[[1]],[2]]"),
        // The star sees the list that a rule of lists made.
        (
            "rule = \"list\"\nfrom = \"/a\"\n---\nrule = \"rename\"\nfrom = \"/a/*/b\"\nto = \"c\"",
            r#"{"a":{"b":1}}"#,
            r#"{"a":[{"c":1}]}"#,
        ),
    ]);
}

#[test]
fn forms() {
    let entries = |word: &str| format!("rule = \"{word}\"\nfrom = \"/a\"\nkey = \"name\"");
    let of_a = |word: &str| format!("rule = \"{word}\"\nfrom = \"/a\"");
    let (list_from_entries, entries_from_list) = (entries("list_from_entries"), entries("entries_from_list"));
    let (rows, columns, single) = (of_a("rows_from_columns"), of_a("columns_from_rows"), of_a("single"));
    table(&[
        (&single, r#"{"a":[{"b":1}]}"#, r#"{"a":{"b":1}}"#),
        (
            &single,
            r#"{"a":[1,2]}"#,
            r#"{"a":[1,2]} | single /a at /a: [1,2] is not a list of one"#,
        ),
        (&single, r#"{"a":[]}"#, r#"{"a":[]} | single /a at /a: [] is not a list of one"#),
        (&single, r#"{"a":"x"}"#, r#"{"a":"x"} | single /a at /a: "x" is not a list of one"#),
        ("rule = \"single\"\nfrom = \"/a\"\nempty = \"null\"", r#"{"a":[]}"#, r#"{"a":null}"#),
        ("rule = \"first\"\nfrom = \"/a\"\ncount = 2", r#"{"a":[1,2,3]}"#, r#"{"a":[1,2]}"#),
        ("rule = \"first\"\nfrom = \"/a\"\ncount = 2", r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (
            "rule = \"first\"\nfrom = \"/a\"\ncount = 2",
            r#"{"a":{}}"#,
            r#"{"a":{}} | first /a 2 at /a: {} is not a list"#,
        ),
        ("rule = \"wrap\"\nfrom = \"/a\"\nin = \"b\"", r#"{"a":[1]}"#, r#"{"a":{"b":[1]}}"#),
        ("rule = \"wrap\"\nfrom = \"/\"\nin = \"b\"", r#"{"a":1}"#, r#"{"b":{"a":1}}"#),
        (
            "rule = \"wrap\"\nfrom = \"/a/*\"\nin = \"b\"",
            r#"{"a":[1,2]}"#,
            r#"{"a":[{"b":1},{"b":2}]}"#,
        ),
        (
            &rows,
            r#"{"a":{"x":[1,2],"y":["p","q"]}}"#,
            r#"{"a":[{"x":1,"y":"p"},{"x":2,"y":"q"}]}"#,
        ),
        (&rows, r#"{"a":{}}"#, r#"{"a":[]}"#),
        (
            &rows,
            r#"{"a":{"x":[1,2],"y":[1]}}"#,
            r#"{"a":{"x":[1,2],"y":[1]}} | rows_from_columns /a at /a: {"x":[1,2],"y":[1]} is not an object of equally long lists"#,
        ),
        (
            &rows,
            r#"{"a":{"x":1}}"#,
            r#"{"a":{"x":1}} | rows_from_columns /a at /a: {"x":1} is not an object of equally long lists"#,
        ),
        (
            &columns,
            r#"{"a":[{"x":1,"y":"p"},{"y":"q","x":2}]}"#,
            r#"{"a":{"x":[1,2],"y":["p","q"]}}"#,
        ),
        (&columns, r#"{"a":[]}"#, r#"{"a":{}}"#),
        (
            &columns,
            r#"{"a":[{"x":1},{"y":2}]}"#,
            r#"{"a":[{"x":1},{"y":2}]} | columns_from_rows /a at /a: [{"x":1},{"y":2}] is not a list of objects with the same members"#,
        ),
        (
            &columns,
            r#"{"a":[{},{}]}"#,
            r#"{"a":[{},{}]} | columns_from_rows /a at /a: [{},{}] is not a list of objects with the same members"#,
        ),
        (
            &list_from_entries,
            r#"{"a":{"x":1,"y":[2]}}"#,
            r#"{"a":[{"name":"x","value":1},{"name":"y","value":[2]}]}"#,
        ),
        (
            &list_from_entries,
            r#"{"a":[]}"#,
            r#"{"a":[]} | list_from_entries /a at /a: [] is not an object"#,
        ),
        (
            &entries_from_list,
            r#"{"a":[{"value":1,"name":"x"},{"name":"y","value":[2]}]}"#,
            r#"{"a":{"x":1,"y":[2]}}"#,
        ),
        (&entries_from_list, r#"{"a":[]}"#, r#"{"a":{}}"#),
        (
            &entries_from_list,
            r#"{"a":[{"name":"x","value":1,"z":0}]}"#,
            r#"{"a":[{"name":"x","value":1,"z":0}]} | entries_from_list /a at /a: {"name":"x","value":1,"z":0} is not a list of named values, each an object of those two members, the name a text"#,
        ),
        (
            &entries_from_list,
            r#"{"a":[{"name":"x","value":1},{"name":"x","value":2}]}"#,
            r#"{"a":[{"name":"x","value":1},{"name":"x","value":2}]} | entries_from_list /a at /a: [{"name":"x","value":1},{"name":"x","value":2}] is not a list of values with different names"#,
        ),
        // What stands below is formed first.
        (
            "rule = \"entries_from_list\"\nfrom = \"/a\"\n---\nrule = \"rename\"\nfrom = \"/a/*/k\"\nto = \"key\"",
            r#"{"a":[{"k":"x","value":1}]}"#,
            r#"{"a":{"x":1}}"#,
        ),
        // One node may change what it is made of and where it stands.
        (
            "rule = \"single\"\nfrom = \"/a\"\n---\nrule = \"rename\"\nfrom = \"/a\"\nto = \"b\"\n---\nrule = \"list\"\nfrom = \"/a\"",
            r#"{"a":1}"#,
            r#"{"b":1}"#,
        ),
    ]);
}

#[test]
fn places() {
    let unwrap = "rule = \"unwrap\"\nfrom = \"/a/b\"";
    let rename = "rule = \"rename\"\nfrom = \"/a\"\nto = \"b\"";
    table(&[
        (unwrap, r#"{"a":{"b":[1]}}"#, r#"{"a":[1]}"#),
        (
            unwrap,
            r#"{"a":{"b":1,"c":2}}"#,
            r#"{"a":{"b":1,"c":2}} | unwrap /a/b at /a/b: beside c"#,
        ),
        (
            unwrap,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":{"b":1,"b":2}} | unwrap /a/b at /a/b: beside b | unwrap /a/b at /a/b: beside b"#,
        ),
        (unwrap, r#"{"a":[]}"#, r#"{"a":[]}"#),
        (
            "rule = \"unwrap\"\nfrom = \"/a/*/b\"",
            r#"{"a":[{"b":1},{"b":2}]}"#,
            r#"{"a":[1,2]}"#,
        ),
        // What is dropped stands beside nothing.
        (
            "rule = \"unwrap\"\nfrom = \"/a/b\"\n---\nrule = \"drop\"\nfrom = \"/a/c\"",
            r#"{"a":{"b":1,"c":2}}"#,
            r#"{"a":1}"#,
        ),
        (rename, r#"{"a":1,"c":2}"#, r#"{"b":1,"c":2}"#),
        (rename, r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2} | rename /a to b at /a: b is taken"#),
        (rename, r#"{"a":1,"a":2}"#, r#"{"b":1,"b":2}"#),
        (
            "rule = \"rename\"\nfrom = \"/a\"\nto = \"b\"\n---\nrule = \"rename\"\nfrom = \"/b\"\nto = \"a\"",
            r#"{"a":1,"b":2}"#,
            r#"{"b":1,"a":2}"#,
        ),
        (
            "rule = \"rename\"\nfrom = \"/a\"\nto = \"c\"\n---\nrule = \"rename\"\nfrom = \"/b\"\nto = \"c\"",
            r#"{"a":1,"b":2}"#,
            r#"{"c":1,"b":2} | rename /b to c at /b: c is taken"#,
        ),
        (
            "rule = \"drop\"\nfrom = [\"/a\", \"/l/*[k=x]\", \"/m/*\"]\n---\nrule = \"drop\"\nfrom = \"/n/*\"\nwhen = { equals = '\"None\"' }",
            r#"{"a":1,"l":[{"k":"x"},{"k":"y"},{"k":"x"}],"m":[1,2],"n":["None",3]}"#,
            r#"{"l":[{"k":"y"}],"m":[],"n":[3]}"#,
        ),
        (
            "rule = \"drop\"\nfrom = \"/q/*\"\nwhen = { member = \"value\", equals = ['\"None\"', '[]'] }",
            r#"{"q":[{"n":1,"value":"None"},{"n":2,"value":"3"},{"n":3,"value":[]},{"n":4}]}"#,
            r#"{"q":[{"n":2,"value":"3"},{"n":4}]}"#,
        ),
        (
            "rule = \"rename\"\nfrom = \"/l/*/v\"\nto = \"int\"\nwhen = { sibling = \"t\", equals = '\"int\"' }\n---\nrule = \"rename\"\nfrom = \"/l/*/v\"\nto = \"text\"\nwhen = { not = { sibling = \"t\", equals = '\"int\"' } }",
            r#"{"l":[{"t":"int","v":1},{"t":"str","v":2},{"v":3}]}"#,
            r#"{"l":[{"t":"int","int":1},{"t":"str","text":2},{"text":3}]}"#,
        ),
    ]);
}

#[test]
fn moves() {
    let to = |from: &str, to: &str| format!("rule = \"move\"\nfrom = \"{from}\"\nto = \"{to}\"");
    let ids = to("/tasks/task_id", "/task_ids");
    let parent = to("/tags/tag", "/tags");
    let across = to("/data/*/meta/tag", "/data/*/tags");
    let beside = to("/data/*/tag", "/tags/*");
    let deep = to("/**/q/v", "/**/values");
    let root = to("/a/b", "/");
    table(&[
        (&ids, r#"{"tasks":{"task_id":[1,2]},"n":1}"#, r#"{"n":1,"task_ids":[1,2]}"#),
        (&ids, r#"{"tasks":{"task_id":[1],"x":0}}"#, r#"{"tasks":{"x":0},"task_ids":[1]}"#),
        (&ids, r#"{"tasks":{},"n":1}"#, r#"{"tasks":{},"n":1}"#),
        (&ids, r#"{"tasks":{"task_id":[1]}}"#, r#"{"task_ids":[1]}"#),
        (
            &ids,
            r#"{"tasks":{"task_id":[1]},"task_ids":2}"#,
            r#"{"task_ids":2} | move /tasks/task_id to /task_ids at /tasks/task_id: not to /task_ids: another member stands there"#,
        ),
        (&parent, r#"{"tags":{"tag":["x"]}}"#, r#"{"tags":["x"]}"#),
        (
            &parent,
            r#"{"tags":{"tag":["x"],"n":1}}"#,
            r#"{"tags":{"n":1}} | move /tags/tag to /tags at /tags/tag: not to /tags: another member stands there"#,
        ),
        (
            &across,
            r#"{"data":[{"meta":{"tag":1}},{"meta":{"tag":2,"x":0}},{"n":1}]}"#,
            r#"{"data":[{"tags":1},{"meta":{"x":0},"tags":2},{"n":1}]}"#,
        ),
        (
            &beside,
            r#"{"data":[{"tag":1,"n":0},{"tag":2}]}"#,
            r#"{"data":[{"n":0},{}],"tags":[1,2]}"#,
        ),
        (&beside, r#"{"data":[{"tag":1},{"tag":2}]}"#, r#"{"tags":[1,2]}"#),
        (
            &beside,
            r#"{"data":[{"n":1},{"tag":2}]}"#,
            r#"{"data":[{"n":1},{}],"tags":[]} | move /data/*/tag to /tags/* at /data/1/tag: not to /tags/1: the list there has 0 items"#,
        ),
        (
            &deep,
            r#"{"q":{"v":1},"f":[{"q":{"v":2,"w":3}},{"g":{"q":{"v":4}}}]}"#,
            r#"{"f":[{"q":{"w":3},"values":2},{"g":{"values":4}}],"values":1}"#,
        ),
        (&root, r#"{"a":{"b":[1]}}"#, "[1]"),
        (
            &root,
            r#"{"a":{"b":1},"c":2}"#,
            r#"{"c":2} | move /a/b to / at /a/b: not to /: something is left there"#,
        ),
        (&to("/a", "/b/c/d"), r#"{"a":1,"b":{"x":2}}"#, r#"{"b":{"x":2,"c":{"d":1}}}"#),
        (
            &to("/a", "/b/c"),
            r#"{"a":1,"b":2}"#,
            r#"{"b":2} | move /a to /b/c at /a: not to /b/c: it would stand in an integer"#,
        ),
        (
            &to("/a", "/b/c/d"),
            r#"{"a":1,"b":[2]}"#,
            r#"{"b":[2]} | move /a to /b/c/d at /a: not to /b/c/d: an array stands on the way"#,
        ),
        // The target is a place in the candidate's shape.
        (
            "rule = \"unwrap\"\nfrom = \"/root\"\n---\nrule = \"rename\"\nfrom = \"/root/x\"\nto = \"y\"\n---\nrule = \"move\"\nfrom = \"/root/a/b\"\nto = \"/y/b\"",
            r#"{"root":{"x":{"c":1},"a":{"b":2}}}"#,
            r#"{"y":{"c":1,"b":2}}"#,
        ),
        // Items that go before it change the place of an item.
        (
            "rule = \"drop\"\nfrom = \"/l/*[k=x]\"\n---\nrule = \"move\"\nfrom = \"/l/*/v\"\nto = \"/m/*/v\"",
            r#"{"l":[{"k":"x"},{"k":"y","v":1},{"k":"x"},{"k":"z","v":2}],"m":[{},{}]}"#,
            r#"{"l":[{"k":"y"},{"k":"z"}],"m":[{"v":1},{"v":2}]}"#,
        ),
        // Out of what is dropped.
        (
            "rule = \"drop\"\nfrom = \"/l\"\n---\nrule = \"move\"\nfrom = \"/l/*[k=x]/v\"\nto = \"/v\"",
            r#"{"l":[{"k":"x","v":1},{"k":"y","v":2}]}"#,
            r#"{"v":1}"#,
        ),
        (
            "rule = \"drop\"\nfrom = \"/l/*[k=x]\"\n---\nrule = \"move\"\nfrom = \"/l/*[k=x]/v\"\nto = \"/v/*\"",
            r#"{"l":[{"k":"x","v":1},{"k":"y","v":2}]}"#,
            r#"{"l":[{"k":"y","v":2}]} | move /l/*[k=x]/v to /v/* at /l/0/v: not to /v/*: the list item in which it stood is gone"#,
        ),
        // A list item itself.
        (
            &to("/l/*[k=x]", "/x"),
            r#"{"l":[{"k":"x"},{"k":"y"}]}"#,
            r#"{"l":[{"k":"y"}],"x":{"k":"x"}}"#,
        ),
        // What was cut off is not there to be moved.
        (
            "rule = \"first\"\nfrom = \"/l\"\ncount = 1\n---\nrule = \"move\"\nfrom = \"/l/*/v\"\nto = \"/v/*\"",
            r#"{"l":[{"v":1,"n":1},{"v":2,"n":2}]}"#,
            r#"{"l":[{"n":1}],"v":[1]}"#,
        ),
    ]);
}

#[test]
fn recursive_documents() {
    let flow = r#"{"flow":{"version":"1","parameter":{"name":"a","default_value":[]},"component":{"identifier":"x","flow":{"version":"2","component":[{"identifier":"y","flow":{"version":"3","parameter":[{"name":"b","default_value":"7"},{"name":"c"}]}}]}}}}"#;
    table(&[(
        r#"rule = "unwrap"
           from = "/flow"
           ---
           rule = "list"
           from = ["/**/parameter", "/**/component"]
           ---
           rule = "unwrap"
           from = "/**/component/*/flow"
           when = { sibling = "identifier", present = false }
           ---
           rule = "rename"
           from = "/**/component/*/flow"
           to = "subflow"
           when = { sibling = "identifier", present = true }
           ---
           rule = "integer"
           at = "/**/version"
           ---
           rule = "map"
           at = "/**/parameter/*/default_value"
           values = [{ legacy = '[]', candidate = 'null' }]
           ---
           rule = "default"
           at = "/**/parameter/*/default_value"
           value = 'null'"#,
        flow,
        r#"{"version":1,"parameter":[{"name":"a","default_value":null}],"component":[{"identifier":"x","subflow":{"version":2,"component":[{"identifier":"y","subflow":{"version":3,"parameter":[{"name":"b","default_value":"7"},{"name":"c","default_value":null}]}}]}}]}"#,
    )]);
}

#[test]
fn defaults_and_constants() {
    let by_kind = r#"rule = "default"
        at = "/p/*/v"
        values = [
            { when = { sibling = "t", equals = '"int"' }, value = '0' },
            { when = { sibling = "t", equals = '"list"' }, value = '[]' },
            { value = 'null' },
        ]
        ---
        rule = "map"
        at = "/p/*/t"
        values = [{ legacy = '"int"', candidate = '"integer"' }]"#;
    let parents = "rule = \"default\"\nat = \"/a/b/c\"\nvalue = '1'\n---\nrule = \"default\"\nat = \"/a/b\"\nvalue = '{}'\n---\nrule = \"default\"\nat = \"/a\"\nvalue = '{\"x\":0}'";
    let constant = "rule = \"constant\"\nat = \"/l/*/v\"\nvalue = '\"1.0\"'";
    table(&[
        ("rule = \"default\"\nat = \"/a\"\nvalue = '[]'", r#"{"b":1}"#, r#"{"b":1,"a":[]}"#),
        ("rule = \"default\"\nat = \"/a\"\nvalue = '[]'", r#"{"a":null}"#, r#"{"a":null}"#),
        ("rule = \"default\"\nat = \"/a\"\nvalue = '[]'", "[1]", "[1]"),
        // A condition sees what stands there before any value changes.
        (
            by_kind,
            r#"{"p":[{"t":"int"},{"t":"list"},{"t":"x"},{},{"t":"int","v":7}]}"#,
            r#"{"p":[{"t":"integer","v":0},{"t":"list","v":[]},{"t":"x","v":null},{"v":null},{"t":"integer","v":7}]}"#,
        ),
        (parents, "{}", r#"{"a":{"x":0,"b":{"c":1}}}"#),
        (parents, r#"{"a":{"b":{}}}"#, r#"{"a":{"b":{"c":1}}}"#),
        (
            constant,
            r#"{"l":[{"v":"2"},{},{"v":"1.0"}]}"#,
            r#"{"l":[{"v":"1.0"},{"v":"1.0"},{"v":"1.0"}]}"#,
        ),
        // Anywhere is not inside of what the rule itself supplies.
        (
            "rule = \"default\"\nat = \"/**/a\"\nvalue = '{\"b\":{}}'",
            r#"{"c":[{}]}"#,
            r#"{"c":[{"a":{"b":{}}}],"a":{"b":{}}}"#,
        ),
        // What is supplied is owed as it is declared: no type changes it.
        (
            "rule = \"default\"\nat = \"/a\"\nvalue = '\"7\"'\n---\nrule = \"integer\"\nat = \"/a\"",
            "{}",
            r#"{"a":"7"}"#,
        ),
        (
            "rule = \"default\"\nat = \"/a\"\nvalue = '1'\nwhen = { sibling = \"b\", present = true }",
            "{}",
            "{}",
        ),
        (
            "rule = \"default\"\nat = \"/a\"\nvalues = [{ when = { sibling = \"b\", present = true }, value = '1' }]",
            "{}",
            "{}",
        ),
    ]);
}

#[test]
fn a_preset_is_ordinary_rules_under_its_name() {
    let rules = r#"use = "php-xml-json@1"
        lists = ["/data/tag", "/**/parameter"]
        empty_text = "/data/note"
        empty_null = ["/data/version", "/**/default_value"]
        ---
        rule = "integer"
        at = "/data/version"
        ---
        rule = "unwrap"
        from = "/data/tags""#;
    let legacy = r#"{"data":{"tag":"x","note":[],"version":[],"other":[],"parameter":{"default_value":[]}}}"#;
    let translated = translated(&suite(rules), legacy, Detail::Counts);
    assert_eq!(
        translated.expected.body.as_ref().map(compact).unwrap_or_default(),
        r#"{"data":{"tag":["x"],"note":"","version":null,"other":[],"parameter":[{"default_value":null}]}}"#
    );
    let applied: Vec<String> = translated
        .applied
        .iter()
        .map(|applied| format!("{} {}", applied.count, applied.rule))
        .collect();
    assert_eq!(
        applied,
        [
            "1 php-xml-json@1: list /data/tag",
            "1 php-xml-json@1: list /**/parameter",
            "1 php-xml-json@1: map /data/note",
            "1 php-xml-json@1: null /data/version",
            "1 php-xml-json@1: null /**/default_value",
        ]
    );
}

#[test]
fn conditions_see_siblings_before_they_change() {
    table(&[
        (
            "rule = \"integer\"\nat = \"/v\"\nwhen = { sibling = \"n\", equals = '\"1\"' }\n---\nrule = \"integer\"\nat = \"/n\"",
            r#"{"n":"1","v":"2"}"#,
            r#"{"n":1,"v":2}"#,
        ),
        (
            "rule = \"integer\"\nat = \"/l/*[t=int]/v\"\n---\nrule = \"map\"\nat = \"/l/*/t\"\nvalues = [{ legacy = '\"int\"', candidate = '\"x\"' }]",
            r#"{"l":[{"t":"int","v":"2"},{"t":"str","v":"2"}]}"#,
            r#"{"l":[{"t":"x","v":2},{"t":"str","v":"2"}]}"#,
        ),
    ]);
}

#[test]
fn every_change_is_counted_and_shown() {
    let rules = "rule = \"drop\"\nfrom = \"/l/*[k=x]\"\n---\nrule = \"move\"\nfrom = \"/a/b\"\nto = \"/c\"\n---\nrule = \"default\"\nat = \"/d\"\nvalue = '1'\n---\nrule = \"constant\"\nat = \"/e\"\nvalue = '2'\n---\nrule = \"first\"\nfrom = \"/f\"\ncount = 1";
    let translated = translated(
        &suite(rules),
        r#"{"l":[{"k":"x"},{"k":"y"},{"k":"x"}],"a":{"b":1},"e":0,"f":[1,2]}"#,
        Detail::Effects,
    );
    let applied: Vec<String> = translated
        .applied
        .iter()
        .map(|applied| format!("{} {}", applied.count, applied.rule))
        .collect();
    assert_eq!(
        applied,
        [
            "1 first /f 1",
            "2 drop /l/*[k=x]",
            "1 move /a/b to /c",
            "1 default /d = 1",
            "1 constant /e = 2"
        ]
    );
    let mut effects: Vec<String> = translated
        .effects
        .iter()
        .map(|effect| format!("{} at {}: {} -> {}", effect.rule, effect.part, effect.before, effect.after))
        .collect();
    effects.sort();
    assert_eq!(
        effects,
        [
            "constant /e = 2 at /e: 0 -> 2",
            "default /d = 1 at /d: nothing -> 1",
            "drop /l/*[k=x] at /l/0: {\"k\":\"x\"} -> nothing",
            "drop /l/*[k=x] at /l/2: {\"k\":\"x\"} -> nothing",
            "first /f 1 at /f: [1,2] -> [1]",
            "move /a/b to /c at /a/b: \"/a/b\" -> \"/c\"",
        ]
    );
}

/// The rule that is named at a path of what is owed.
fn rule_at(rules: &str, legacy: &str, path: &[Step<'_>]) -> String {
    let suite = suite(rules);
    let made = translated(&suite, legacy, Detail::Counts).made_by.body;
    let rule = Translator::new(suite).rule_at(&path.iter().copied().collect(), &made);
    rule.map_or_else(|| "none".to_owned(), |rule| rule.to_string())
}

#[test]
fn a_node_is_known_by_the_rule_that_made_it() {
    use Step::{Index, Member};

    let by_type = r#"rule = "integer"
        at = "/p/*[t=int]/v"
        ---
        rule = "number"
        at = "/p/*[t=float]/v"
        ---
        rule = "map"
        at = "/p/*/t"
        values = [{ legacy = '"int"', candidate = '"float"' }]"#;
    let parameters = r#"{"p":[{"t":"int","v":"1"},{"t":"float","v":"2"},{"t":"str","v":"3"}]}"#;
    let conditional = r#"rule = "integer"
        at = "/**/v"
        when = { reads_as = "integer" }
        ---
        rule = "null"
        at = "/**/v"
        ---
        rule = "default"
        at = "/**/w"
        value = '0'"#;
    let anywhere = r#"{"v":"7","w":1,"x":{"v":"y"},"z":[{"v":[]}]}"#;
    let nulls = "rule = \"map\"\nat = \"/v\"\nvalues = [{ legacy = '[]', candidate = 'null' }]\n---\nrule = \"integer\"\nat = \"/v\"";
    for (rules, legacy, path, rule) in [
        // The filter saw what stood there before the value changed.
        (
            by_type,
            parameters,
            &[Member("p"), Index(0), Member("v")][..],
            "integer /p/*[t=int]/v",
        ),
        (by_type, parameters, &[Member("p"), Index(1), Member("v")], "number /p/*[t=float]/v"),
        (by_type, parameters, &[Member("p"), Index(2), Member("v")], "none"),
        (by_type, parameters, &[Member("p"), Index(2), Member("t")], "map /p/*/t"),
        (conditional, anywhere, &[Member("v")], "integer /**/v when reads as integer"),
        // The condition does not hold, so it is the other rule's, which claims all.
        (conditional, anywhere, &[Member("x"), Member("v")], "null /**/v"),
        (conditional, anywhere, &[Member("z"), Index(0), Member("v")], "null /**/v"),
        // A default made what the legacy left out, and nothing that it said.
        (conditional, anywhere, &[Member("x"), Member("w")], "default /**/w = 0"),
        (conditional, anywhere, &[Member("w")], "none"),
        // The nearest rule above.
        (nulls, r#"{"v":"1"}"#, &[Member("v"), Member("a")], "integer /v"),
        (nulls, r#"{"v":"1"}"#, &[Member("v")], "integer /v"),
        // A null that an earlier phase made is that phase's.
        (nulls, r#"{"v":[]}"#, &[Member("v")], "map /v"),
    ] {
        assert_eq!(rule_at(rules, legacy, path), rule, "{rules}\n{legacy}");
    }
}
