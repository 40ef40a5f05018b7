//! The schemas of what people write: what is shipped is valid, what is built wrong is not, and they know the very keys that the
//! reader knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use parity::diagnostic::{Colour, Diagnostics, Source, render};
use parity::environment::Config;
use parity::suite::read_suite;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use crate::support::markdown::{Block, blocks};
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
}

/// The suite or the `parity.toml` that an example of the documentation shows, whole or in part.
enum Shown {
    Suite,
    Config,
}

impl Shown {
    /// By the name in its first line, and else by what the file is about; nothing for what other tools read.
    fn of(block: &Block<'_>, file: &str) -> Option<Self> {
        match block.lines[0].strip_prefix("# ") {
            Some("Cargo.toml") => None,
            Some("parity.toml") => Some(Self::Config),
            Some(_) => Some(Self::Suite),
            None if file == "project.md" => Some(Self::Config),
            None => Some(Self::Suite),
        }
    }
}

#[test]
fn every_example_of_the_documentation_is_valid() {
    let (suite, config) = (schema("suite"), schema("config"));
    let files = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let (mut suites, mut configs) = (0, 0);
    for file in files.chain([root().join("README.md")]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for block in blocks(&text).iter().filter(|block| block.language == "toml") {
            let mut shown = document(&block.text());
            let found = match Shown::of(block, file.file_name().unwrap().to_str().unwrap()) {
                None => continue,
                Some(Shown::Config) => {
                    configs += 1;
                    errors(&config, &shown)
                }
                Some(Shown::Suite) => {
                    suites += 1;
                    let members = shown.as_object_mut().unwrap();
                    members.entry("suite").or_insert_with(|| json!("a"));
                    for side in ["legacy", "candidate"] {
                        members.entry(side).or_insert_with(|| json!({ "get": "/a" }));
                    }
                    errors(&suite, &shown)
                }
            };
            assert!(found.is_empty(), "{}:\n{}\n{}", file.display(), block.text(), found.join("\n"));
        }
    }
    assert!(suites > 22 && configs >= 5, "{suites} suites, {configs} configurations");
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
    valid_keys(&read_suite(&Source::new("s.toml", text)).expect_err("`zzz` is no key"))
}

/// The keys that the reader says to be valid where `zzz` stands in this `parity.toml`.
fn read_config(text: &str) -> BTreeSet<String> {
    valid_keys(&Config::parse(&Source::new("parity.toml", text), Path::new(".")).expect_err("`zzz` is no key"))
}

fn valid_keys(errors: &Diagnostics) -> BTreeSet<String> {
    let message = render(errors, Colour::Off);
    let (_, keys) = message
        .split_once("unknown key `zzz`")
        .and_then(|(_, rest)| rest.split_once("valid keys: "))
        .unwrap_or_else(|| panic!("{message}"));
    quoted(keys.lines().next().unwrap())
}

/// The words of a list such as `` `a`, `b` ``.
fn quoted(list: &str) -> BTreeSet<String> {
    list.split(", ").map(|word| word.trim_matches('`').to_owned()).collect()
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
        let read = quoted(listed);
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

#[test]
fn the_schema_of_a_project_knows_the_keys_and_words_of_its_reader() {
    let schema = schema("config");
    let at = |pointer: &str| schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer}"));
    let service = |rest: &str| format!("[service.a]\nport = 80\nurl.url = 'http://a'\n{rest}\n");
    let question = "tcp = '{address}'";
    for (text, pointer) in [
        ("zzz = 1".to_owned(), ""),
        ("[gate]\nzzz = 1".to_owned(), "/properties/gate"),
        ("[check]\nzzz = 1".to_owned(), "/properties/check"),
        ("[profile.p]\nzzz = 1".to_owned(), "/properties/profile/additionalProperties"),
        (service("zzz = 1"), "/$defs/service"),
        (
            service(&format!("ready = {{ {question}, zzz = 1 }}")),
            "/$defs/service/properties/ready",
        ),
        (
            service(&format!("seeded = {{ {question}, zzz = 1 }}")),
            "/$defs/service/properties/seeded",
        ),
        (
            service("container = { image = 'x', zzz = 1 }"),
            "/$defs/service/properties/container",
        ),
        (
            service("process = { command = ['x'], zzz = 1 }"),
            "/$defs/service/properties/process",
        ),
        (service("url.zzz = 1"), "/$defs/service/properties/url"),
        (
            service("recording = { path = 'x', zzz = 1 }"),
            "/$defs/service/properties/recording",
        ),
    ] {
        assert_eq!(read_config(&text), properties(at(pointer)), "{text}");
        // What is no key for the reader is none by the schema, and the rest is as it should be.
        assert_eq!(errors(&schema, &document(&text)).len(), 1, "{text}");
        assert_eq!(
            errors(
                &schema,
                &document(&text.replace(", zzz = 1", "").replace("url.zzz = 1", "").replace("zzz = 1", ""))
            )
            .len(),
            0,
            "{text}"
        );
    }
    for services in ["/properties/service", "/properties/profile/additionalProperties/properties/service"] {
        assert_eq!(at(services)["additionalProperties"]["$ref"], "#/$defs/service");
    }
    for (text, pointer) in [
        ("[gate]\noracle = 'zzz'".to_owned(), "/properties/gate/properties/oracle"),
        ("[gate]\nstale = 'zzz'".to_owned(), "/properties/gate/properties/stale"),
        ("[gate]\nexpired = 'zzz'".to_owned(), "/properties/gate/properties/expired"),
        (service("url.oracle = 'zzz'"), "/$defs/service/properties/url/properties/oracle"),
        (
            service("container = { image = 'x', oracle = 'zzz' }"),
            "/$defs/service/properties/container/properties/oracle",
        ),
        (
            service("process = { command = ['x'], oracle = 'zzz' }"),
            "/$defs/service/properties/process/properties/oracle",
        ),
        (
            service("recording = { path = 'x', oracle = 'zzz' }"),
            "/$defs/service/properties/recording/properties/oracle",
        ),
    ] {
        let wrong = Config::parse(&Source::new("parity.toml", text.as_str()), Path::new(".")).expect_err("`zzz` is no word");
        let message = render(&wrong, Colour::Off);
        let listed = message.split_once("expected one of ").unwrap().1.split_once(", found").unwrap().0;
        let words = at(pointer)["enum"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned());
        assert_eq!(quoted(listed), words.collect(), "{text}");
    }
}
