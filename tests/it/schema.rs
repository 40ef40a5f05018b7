//! The published schemas say what the formats are: real output is valid, and has no member that they do not describe.

use serde_json::{Value, json};

use crate::support::routes::{Answer, Reply};
use crate::support::services::root;
use crate::support::trace::{Trace, candidate_trace, legacy_trace};

fn published(name: &str) -> Value {
    let path = root().join("docs/schema").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The schema with every object closed: whoever adds a member to a format describes it. Readers must take more.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut closed: serde_json::Map<String, Value> = members.iter().map(|(name, value)| (name.clone(), closed(value))).collect();
            if members.get("properties").is_some_and(Value::is_object) {
                closed.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(closed)
        }
        Value::Array(items) => items.iter().map(closed).collect(),
        other => other.clone(),
    }
}

#[track_caller]
fn assert_valid(schema: &Value, instance: &Value) {
    for schema in [schema.clone(), closed(schema)] {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(instance)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}\nin {instance:#}", errors.join("\n"));
    }
}

/// A run in which everything is that the formats tell: every verdict, surprises, rules that are not as they should be.
fn everything() -> Trace {
    let trace = Trace::approved();
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write(
        "suites/trace.toml",
        format!(
            "{}\n[[translation]]\nrule = 'integer'\nat = '/never'\nwhy = 'nobody knows'\nexpires = 2020-01-01\nowner = 'us'\n\
             [[expected]]\ncase = 'run_id=999'\nverdict = 'legacy-broken'\nwhy = 'it was'\n\
             [[expected]]\ncase = 'run_id=7'\nverdict = 'legacy-broken'\nwhy = 'it is'\n",
            suite.replace(r#"{ value = 24, is = "no trace" }"#, "24, 5, 6, 7, 8, 9")
        ),
    );
    for run in [5, 6, 7, 8, 9] {
        trace.answer_well(run);
    }
    let wrong = candidate_trace(34)
        .replace("true", "\"true\"")
        .replace("\"run_id\":34", "\"run_id\":34,\"run_id\":34,\"more\":1")
        .replace("\"iteration\":0,", "");
    trace.candidate.on("/trace/34", Answer::json(wrong));
    let rows = candidate_trace(5)
        .replace("\"iteration\":0", "\"iteration\":9")
        .replace("\"iteration\":2", "\"iteration\":0");
    trace
        .candidate
        .on("/trace/5", Answer::json(rows.replace("\"iteration\":9", "\"iteration\":2")));
    trace.candidate.on("/trace/6", Answer::json("{").status(500));
    trace
        .legacy
        .on("/api/trace/7", Answer::json("<b>Fatal error</b>").media_type("text/html"));
    trace.candidate.on("/trace/8", Reply::Hang);
    trace
        .legacy
        .on("/api/trace/9", Answer::json(legacy_trace(9).replace("\"0.930\"", "\"much\"")));
    trace
}

#[test]
fn reports_and_records_are_as_published() {
    let trace = everything();
    let done = trace.check(&["--format", "json", "--timeout", "500ms"]).exits(1);
    let report = done.json();
    let kinds: std::collections::BTreeSet<&str> = report["cases"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|case| case["differences"].as_array().unwrap())
        .map(|difference| difference["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.len() >= 5, "{kinds:?}");
    assert!(
        report["totals"]["verdicts"]
            .as_object()
            .unwrap()
            .values()
            .filter(|number| **number != 0)
            .count()
            >= 5
    );
    assert!(!report["rules"].as_array().unwrap().is_empty());
    assert_valid(&published("report.json"), &report);
    let record = published("record.json");
    let lines = trace.project.record();
    assert!(lines.len() > 8);
    for line in &lines {
        assert_valid(&record, line);
    }
    // The same with every body private: what was said of values is in the record, too.
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write("suites/trace.toml", format!("body = 'digest'\n{suite}"));
    trace.check(&["--timeout", "500ms"]).exits(1);
    let lines = trace.project.record();
    assert!(lines.iter().filter(|line| line["told"].is_object()).count() > 3);
    for line in &lines {
        assert_valid(&record, line);
    }
    trace.project.write("suites/trace.toml", suite);
    trace.check(&["--timeout", "500ms"]).exits(1);
    // What a re-judging says otherwise.
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write(
        "suites/trace.toml",
        suite.replace("[[expected]]\ncase = 'run_id=999'\nverdict = 'legacy-broken'\nwhy = 'it was'\n", ""),
    );
    let judged = trace.project.run(&["judge", "--format", "json"]).exits(1).json();
    assert!(!judged["changed"].as_array().unwrap().is_empty(), "{judged:#}");
    assert_valid(&published("report.json"), &judged);
}

#[test]
fn what_comes_of_asking_again_is_as_published() {
    let trace = Trace::approved();
    let suite = trace.project.read("suites/trace.toml");
    for private in ["", "body = 'digest'\n"] {
        trace.project.write("suites/trace.toml", format!("{private}{suite}"));
        let in_turn = |replies: [Reply; 3]| Reply::InTurn(replies.into());
        let wrong = candidate_trace(34).replace("true", "false");
        let right = || Reply::from(Answer::json(candidate_trace(34)));
        trace
            .candidate
            .on("/trace/34", in_turn([right(), Answer::json(wrong).into(), Reply::Hang]));
        let owed = |run: &str| Reply::from(Answer::json(legacy_trace(34).replace("\"34\"", run)));
        trace
            .legacy
            .on("/api/trace/34", in_turn([owed("\"34\""), owed("\"35\""), owed("\"35\"")]));
        let report = trace
            .check(&["--repeat", "3", "--timeout", "500ms", "--format", "json"])
            .exits(1)
            .json();
        let unstable = &report["cases"][1]["unstable"];
        for side in ["legacy", "candidate"] {
            assert!(!unstable[side].as_array().unwrap().is_empty(), "{side}: {report:#}");
        }
        assert_eq!(report["cases"][1]["differences"][0]["kind"], "unstable");
        assert_valid(&published("report.json"), &report);
        for line in &trace.project.record() {
            assert_valid(&published("record.json"), line);
        }
    }
}

#[test]
fn a_run_without_a_case_is_as_published() {
    let trace = Trace::approved();
    std::fs::remove_file(trace.project.path("suites/trace.toml")).unwrap();
    assert_valid(&published("report.json"), &trace.check(&["--format", "json"]).exits(4).json());
}

#[test]
fn the_schemas_refuse_what_is_otherwise() {
    let report = Trace::approved().check(&["--format", "json"]).exits(0).json();
    let validator = jsonschema::validator_for(&published("report.json")).unwrap();
    assert!(validator.is_valid(&report));
    for (member, value) in [("version", json!(2)), ("cases", json!({})), ("exit_code", json!("1"))] {
        let mut other = report.clone();
        other[member] = value;
        assert!(!validator.is_valid(&other), "{member}");
    }
    let record = jsonschema::validator_for(&published("record.json")).unwrap();
    assert!(!record.is_valid(&json!({ "type": "exchanged" })));
}
