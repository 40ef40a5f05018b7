//! The schemas of what people write: what is shipped is valid, what is built wrong is not, and they know the very keys that the
//! reader knows.

use std::collections::BTreeSet;
use std::path::PathBuf;

use parity::diagnostic::{Colour, Source, render};
use parity::suite::read_suite;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use crate::support::project::Project;
use crate::support::services::root;

fn schema(what: &str) -> Value {
    Project::new().run(&["schema", what]).exits(0).json()
}

fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(i64::from_str_radix(number.as_str(), number.radix()).unwrap()),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(value) => json!(value),
        DeValue::Datetime(time) => json!(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| as_json(item.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

fn table_as_json(table: &DeTable<'_>) -> Value {
    let members = table
        .iter()
        .map(|(name, value)| (name.get_ref().to_string(), as_json(value.get_ref())));
    Value::Object(members.collect())
}

fn document(text: &str) -> Value {
    table_as_json(DeTable::parse(text).unwrap().get_ref())
}

fn errors(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors = validator.iter_errors(instance);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn suites(folder: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            suites(path.to_str().unwrap(), found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn what_is_shipped_is_valid() {
    let suite = schema("suite");
    let mut files = Vec::new();
    suites("fixtures/suites", &mut files);
    assert!(files.len() > 15, "{files:?}");
    for file in files {
        let found = errors(&suite, &document(&std::fs::read_to_string(&file).unwrap()));
        assert!(found.is_empty(), "{}: {}", file.display(), found.join("\n"));
    }
    let config = document(&std::fs::read_to_string(root().join("parity.toml")).unwrap());
    let found = errors(&schema("config"), &config);
    assert!(found.is_empty(), "{}", found.join("\n"));
    // Every rule of the reference, in a suite of its own.
    let reference = std::fs::read_to_string(root().join("docs/suites.md")).unwrap();
    let mut examples = 0;
    for block in reference.split("```toml\n").skip(1) {
        let rules = block.split("```").next().unwrap();
        let text = format!("suite = 'a'\nlegacy.get = '/a'\ncandidate.get = '/b'\n{rules}");
        let found = errors(&suite, &document(&text));
        assert!(found.is_empty(), "{rules}\n{}", found.join("\n"));
        examples += 1;
    }
    assert!(examples > 20);
}

#[test]
fn what_is_built_wrong_is_not_valid() {
    let suite = schema("suite");
    let valid = "suite = 'a'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n";
    assert_eq!(errors(&suite, &document(valid)), Vec::<String>::new());
    for wrong in [
        "titel = 'x'\nsuite = 'a'\nlegacy.get = '/a'\ncandidate.get = '/b'\n",
        "suite = 'a'\nlegacy.get = '/a'\n",
        "suite = 1\nlegacy.get = '/a'\ncandidate.get = '/b'\n",
        "suite = 'a'\nlegacy.got = '/a'\ncandidate.get = '/b'\n",
        "suite = 'a'\nlegacy.get = '/a'\ncandidate.get = '/b'\n[[translation]]\nrule = 'integr'\nat = '/a'\nwhy = 'x'\n",
        "suite = 'a'\nlegacy.get = '/a'\ncandidate.get = '/b'\n[[translation]]\nrule = 'integer'\nat = '/a'\n",
        "suite = 'a'\nlegacy.get = '/a'\ncandidate.get = '/b'\nredact = 1\n",
    ] {
        assert!(!errors(&suite, &document(wrong)).is_empty(), "{wrong}");
    }
    // Whatever the reader finds to be an unknown key is one by the schema, too.
    let mut files = Vec::new();
    suites("fixtures/invalid/suite", &mut files);
    let mut seen = 0;
    for file in files {
        let message = std::fs::read_to_string(file.with_extension("err")).unwrap();
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        // A key that other rules have needs the reader.
        let unknown = message.split("unknown key `").skip(1).filter_map(|rest| rest.split('`').next());
        let nowhere = unknown.into_iter().any(|key| !suite.to_string().contains(&format!("\"{key}\":")));
        if let (true, Ok(table)) = (nowhere, DeTable::parse(&text)) {
            let found = errors(&suite, &table_as_json(table.get_ref()));
            assert!(!found.is_empty(), "{}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

/// The keys that the reader says to be valid where `zzz` stands in this suite.
fn read(text: &str) -> BTreeSet<String> {
    let errors = read_suite(&Source::new("s.toml", text)).expect_err("`zzz` is no key");
    let message = render(&errors, Colour::Off);
    let (_, keys) = message
        .split_once("unknown key `zzz`")
        .and_then(|(_, rest)| rest.split_once("valid keys: "))
        .unwrap_or_else(|| panic!("{message}"));
    keys.lines()
        .next()
        .unwrap()
        .split(", ")
        .map(|key| key.trim_matches('`').to_owned())
        .collect()
}

fn properties(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_knows_the_keys_of_the_reader() {
    let schema = schema("suite");
    let sides = "legacy.get = '/a'\ncandidate.get = '/b'\n";
    assert_eq!(read(&format!("suite = 'a'\nzzz = 1\n{sides}")), properties(&schema));
    for side in ["legacy", "candidate"] {
        let text = format!("suite = 'a'\n{sides}{side}.zzz = 1\n");
        assert_eq!(read(&text), properties(&schema["properties"][side]), "{side}");
    }
    let defs = &schema["$defs"];
    let of = |kind: &str, more: &str| read(&format!("suite = 'a'\n{sides}[[{kind}]]\n{more}\nwhy = 'x'\nzzz = 1\n"));
    for kind in ["translation", "comparison"] {
        let words = defs[kind]["properties"]["rule"]["enum"].as_array().unwrap();
        let keys: BTreeSet<String> = words.iter().flat_map(|word| of(kind, &format!("rule = {word}"))).collect();
        assert_eq!(keys, properties(&defs[kind]), "{kind}");
        let unknown = format!("suite = 'a'\n{sides}[[{kind}]]\nrule = 'zzz'\nwhy = 'x'\n");
        let errors = read_suite(&Source::new("s.toml", unknown.as_str())).expect_err("no rule");
        let message = render(&errors, Colour::Off);
        let listed = message.split_once("expected one of ").unwrap().1.split_once(", found").unwrap().0;
        let read: BTreeSet<String> = listed.split(", ").map(|word| word.trim_matches('`').to_owned()).collect();
        let words: BTreeSet<String> = words.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        assert_eq!(read, words);
    }
    assert_eq!(of("preset", "use = 'php-xml-json@1'\nlists = '/a'"), properties(&defs["preset"]));
    assert_eq!(
        of("expected", "case = 'a'\nverdict = 'legacy-broken'"),
        properties(&defs["expected"])
    );
    assert_eq!(of("status", "legacy = 200\ncandidate = 201"), properties(&defs["status"]));
    assert_eq!(of("header", "name = 'Location'\nequal = true"), properties(&defs["header"]));
    let row = "legacy = { status = 412 }\ncandidate = { status = 404, title = 'x' }";
    assert_eq!(of("error", row), properties(&defs["error"]));
    for (side, row) in [
        (
            "legacy",
            "legacy = { status = 412, zzz = 1 }\ncandidate = { status = 404, title = 'x' }",
        ),
        (
            "candidate",
            "legacy = { status = 412 }\ncandidate = { status = 404, title = 'x', zzz = 1 }",
        ),
    ] {
        let keys = read(&format!("suite = 'a'\n{sides}[[error]]\n{row}\nwhy = 'x'\n"));
        assert_eq!(keys, properties(&defs["error"]["properties"][side]), "{side}");
    }
}
