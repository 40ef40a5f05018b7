//! `docs/suites.md` and `docs/project.md` are true: every example is read and owes what it says, and every word that a suite or
//! `parity.toml` knows is in them.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parity::diagnostic::Source;
use parity::environment::Config;
use parity::exchange::{Encoding, Headers, Observation};
use parity::suite::{Binding, PRESETS, read_suite};
use parity::translate::{Detail, Translator};
use parity::value::{self, compact};

use crate::support::markdown::blocks;
use crate::support::services::root;

fn reference() -> String {
    fs::read_to_string(root().join("docs/suites.md")).unwrap()
}

/// One side of an example: a body, or a status, and what there is of headers and a body, with ` · ` between them.
#[derive(Debug)]
struct Told<'t> {
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<&'t str>,
}

impl<'t> Told<'t> {
    fn of(text: &'t str) -> Self {
        let (first, rest) = text.split_once(" · ").map_or((text, None), |(first, rest)| (first, Some(rest)));
        match first.parse() {
            Ok(status) if (100..=599).contains(&status) => {
                let (headers, body): (Vec<&str>, Vec<&str>) = rest
                    .into_iter()
                    .flat_map(|rest| rest.split(" · "))
                    .partition(|part| part.starts_with(char::is_alphabetic));
                let headers = headers.iter().map(|header| header.split_once(": ").unwrap());
                Self {
                    status,
                    headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                    body: body.first().copied(),
                }
            }
            _ => Self {
                status: 200,
                headers: Vec::new(),
                body: Some(text),
            },
        }
    }
}

fn document(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn every_example_is_a_suite_and_owes_what_it_says() {
    let text = reference();
    let blocks = blocks(&text);
    let mut examples = 0;
    for (place, block) in blocks.iter().enumerate() {
        if block.language != "toml" {
            continue;
        }
        let rules = block.text();
        let suite = format!(
            "suite = \"example\"\n[legacy]\nget = \"/old\"\nerror_code = \"/error/code\"\nerror_message = \"/error/message\"\nerror_information = \"/error/additional_information\"\n[candidate]\nget = \"/new\"\n{rules}\n"
        );
        let suite = read_suite(&Source::new("example.toml", suite)).unwrap_or_else(|errors| panic!("{errors}\n{rules}"));
        let translator = Translator::new(Arc::new(suite));
        let Some(told) = blocks.get(place + 1).filter(|block| block.language == "text") else {
            continue;
        };
        for pair in told.lines.chunks(2) {
            let [legacy, owed] = pair else { panic!("{pair:?}") };
            let (legacy, owed) = (legacy.strip_prefix("legacy ").unwrap(), owed.strip_prefix("owed   ").unwrap());
            let (legacy, owed) = (Told::of(legacy), Told::of(owed));
            let observation = Observation {
                status: legacy.status,
                headers: Headers(legacy.headers.clone()),
                body: legacy.body.unwrap_or_default().to_owned().into(),
                elapsed: Duration::ZERO,
            };
            let body = legacy.body.map(|text| {
                let body = value::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
                (body, Encoding::Json)
            });
            let none = Binding::default();
            let headers = translator.header_rules(legacy.status, body.as_ref().map(|(body, _)| body), &none);
            let translated = translator.success(&observation, body, &none, Detail::Counts);
            let sent = |name: &str| observation.headers.all(name).map(str::to_owned).collect();
            let translated = translator.with_headers(translated, &headers, sent, Detail::Counts);
            assert_eq!(translated.faults, [], "{rules}");
            assert!(!translated.applied.is_empty(), "{rules}\nnothing acts on {legacy:?}");
            let body = translated.expected.body.as_ref().map(compact);
            assert_eq!(translated.expected.status, owed.status, "{rules}");
            let headers = translated.expected.headers.iter();
            let headers: Vec<(String, String)> = headers
                .flat_map(|header| header.values.iter().map(|value| (header.name.clone(), value.clone())))
                .collect();
            assert_eq!(headers, owed.headers, "{rules}");
            assert_eq!(body.as_deref().map(document), owed.body.map(document), "{rules}");
            examples += 1;
        }
    }
    assert!(examples >= 20, "only {examples} examples were run");
}

#[test]
fn every_translation_and_preset_is_in_the_reference() {
    let text = reference();
    // The message about an unknown word lists all of them.
    let unknown = "suite = \"x\"\n[legacy]\nget = \"/a\"\n[candidate]\nget = \"/b\"\n[[translation]]\nrule = \"x\"\nwhy = \"x\"\n";
    let errors = read_suite(&Source::new("x.toml", unknown)).unwrap_err().to_string();
    let listed = errors.split("expected one of ").nth(1).unwrap().split(", found").next().unwrap();
    let words: Vec<&str> = listed.split(", ").map(|word| word.trim_matches('`')).collect();
    assert!(words.len() > 20, "{errors}");
    for word in words {
        assert!(text.contains(&format!("`{word}`")), "`{word}` is not in docs/suites.md");
    }
    for preset in PRESETS {
        assert!(text.contains(&format!("`{}`", preset.id())), "{}", preset.id());
        for parameter in preset.parameters {
            assert!(text.contains(&format!("| `{}` |", parameter.key)), "{}", parameter.key);
        }
    }
}

fn project() -> String {
    fs::read_to_string(root().join("docs/project.md")).unwrap()
}

#[test]
fn every_example_of_a_project_is_one() {
    let text = project();
    let blocks = blocks(&text);
    let examples: Vec<_> = blocks.iter().filter(|block| block.language == "toml").collect();
    assert!(examples.len() >= 4, "only {} examples", examples.len());
    for example in examples {
        let example = example.text();
        Config::parse(&Source::new("parity.toml", example.as_str()), Path::new(".")).unwrap_or_else(|errors| panic!("{errors}\n{example}"));
    }
}

#[test]
fn every_key_of_a_project_is_in_the_reference() {
    let text = project();
    let schema = fs::read_to_string(root().join("docs/schema/parity.json")).unwrap();
    let mut keys = Vec::new();
    properties(&document(&schema), &mut keys);
    keys.sort();
    keys.dedup();
    assert!(keys.len() > 20, "{keys:?}");
    keys.retain(|key| {
        let forms = ["`KEY`", "`[KEY]`", "`[KEY.", ".KEY]`", "{ KEY = ", ", KEY = "];
        !forms.iter().any(|form| text.contains(&form.replace("KEY", key)))
    });
    assert!(keys.is_empty(), "not in docs/project.md: {keys:?}");
}

/// The names of every object's members that a schema knows.
fn properties(schema: &serde_json::Value, keys: &mut Vec<String>) {
    if let Some(known) = schema.get("properties").and_then(serde_json::Value::as_object) {
        keys.extend(known.keys().cloned());
    }
    let below: Vec<&serde_json::Value> = match schema {
        serde_json::Value::Object(members) => members.values().collect(),
        serde_json::Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    for schema in below {
        properties(schema, keys);
    }
}
