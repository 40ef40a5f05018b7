//! Parameters from files: CSV and JSON Lines, from the suite's folder to the record and back.

use crate::support::project::Done;
use crate::support::routes::Answer;
use crate::support::trace::{SUITE, Trace};

/// The suite of the trace with its parameters from a file.
fn with_file(parameters: &str) -> String {
    let (before, rest) = SUITE.split_once("[parameters]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    format!("{before}[parameters]\n{parameters}\n\n{after}")
}

fn project(parameters: &str, file: &str, text: &str) -> Trace {
    let trace = Trace::unapproved();
    trace.project.write("suites/trace.toml", with_file(parameters));
    trace.project.write(&format!("suites/{file}"), text);
    trace
}

fn cases(done: &Done) -> Vec<(String, Option<String>)> {
    let document = done.json();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let cases = document["cases"].as_array().unwrap().iter();
    cases.map(|case| (text(&case["case"]).unwrap(), text(&case["is"]))).collect()
}

const CHANGED: &str = "the rows of the suite `trace`, `suites/runs.csv`, changed since the record";

const RUNS: &str = "run_id,is,tag\n24,no trace,slow; odd\n34,\"a trace, \"\"long\"\"\",\n999,,\n";

#[test]
fn a_table_gives_cases_that_keep_no_snapshots() {
    let trace = project("file = 'runs.csv'", "runs.csv", RUNS);
    let listed = cases(&trace.check(&["--list", "--format", "json"]).exits(0));
    let case = |run: u32, is: Option<&str>| (format!("trace/run_id={run}"), is.map(str::to_owned));
    assert_eq!(
        listed,
        [case(24, Some("no trace")), case(34, Some("a trace, \"long\"")), case(999, None)]
    );
    trace.check(&[]).exits(0).says("3 not kept").says("3 cases in");
    assert!(trace.project.files("snapshots").is_empty());
    // A suite that wants them says so.
    let wanted = format!("snapshots = ['run_id=34']\n{}", with_file("file = 'runs.csv'"));
    trace.project.write("suites/trace.toml", wanted);
    trace.check(&[]).exits(1).says("1 missing").says("2 not kept");
}

#[test]
fn lines_of_json_go_with_rows_and_lists() {
    let lines = "{\"run_id\": 34, \"is\": \"a trace\", \"tag\": [\"slow\"], \"page\": null}\n\n{\"run_id\": \"24\", \"page\": 1.50}\r\n";
    let parameters = "file = 'data/runs.jsonl'\nrows = [{ run_id = 999 }]\nsize = [5, 6]\nexclude = [{ run_id = 24, size = 6 }]";
    let trace = project(parameters, "data/runs.jsonl", lines);
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write(
        "suites/trace.toml",
        suite.replace(
            "get = \"/trace/{run_id}\"",
            "get = \"/trace/{run_id}\"\nquery = { page = \"{page?}\", size = \"{size}\" }",
        ),
    );
    let listed = cases(&trace.check(&["--list", "--format", "json"]).exits(0));
    let names: Vec<&str> = listed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "trace/run_id=999,size=5",
            "trace/run_id=999,size=6",
            "trace/run_id=34,size=5",
            "trace/run_id=34,size=6",
            "trace/run_id=24,page=1.50,size=5",
        ]
    );
    assert_eq!(listed[2].1.as_deref(), Some("a trace"));
}

#[test]
fn a_record_knows_its_rows_and_says_when_they_changed() {
    let trace = project("file = 'runs.csv'", "runs.csv", RUNS);
    trace.check(&[]).exits(0);
    let first = trace.project.read(".parity/records/latest.jsonl");
    let header: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(header["suites"][0]["inputs"]["file"], "suites/runs.csv");
    assert_eq!(header["suites"][0]["inputs"]["text"], RUNS);
    trace.project.run(&["judge"]).exits(0);
    trace.project.write("suites/runs.csv", "run_id\n24\n34\n35\n");
    trace
        .project
        .run(&["judge"])
        .exits(0)
        .warns(CHANGED)
        .warns("recorded, and declared by no suite today: `trace/run_id=999`")
        .warns("declared today, and not in the record: `trace/run_id=35`");
    // The record tells itself with the rows that it holds.
    let done = trace.project.run(&["report", "--format", "json"]).exits(0);
    let done = done.warns(CHANGED);
    let report = done.json();
    assert_eq!((&report["full"], &report["totals"]["cases"]), (&true.into(), &3.into()));
    trace.project.write("first.jsonl", first);
    trace.project.run(&["merge", "first.jsonl"]).exits(2).warns(CHANGED);
    trace
        .project
        .run(&["explain", "trace/run_id=999"])
        .exits(0)
        .says("Run 999 not found.");
    // Entries are added to a suite with such a file as to any other.
    trace.candidate.on("/trace/34", Answer::json("{}"));
    trace.answer_well(35);
    trace.check(&[]).exits(1);
    trace.project.run(&["expect", "--open", "--why", "not there yet"]).exits(0);
    trace.check(&[]).says("expected: not there yet");
}

#[test]
fn what_is_wrong_is_told_where_it_is() {
    let trace = project("file = 'runs.csv'", "run.csv", "run_id\n24\n");
    trace
        .check(&[])
        .exits(2)
        .warns("cannot read `suites/runs.csv`: No such file")
        .warns("suites/trace.toml:5:8")
        .warns("did you mean `run.csv`?");
    trace.project.write("suites/runs.csv/x", "");
    trace.check(&[]).exits(2).warns("cannot read `suites/runs.csv`: it is a folder");
    std::fs::remove_dir_all(trace.project.path("suites/runs.csv")).unwrap();
    trace.project.write("suites/runs.csv", "run_id,is\n24\n");
    trace
        .check(&[])
        .exits(2)
        .warns("suites/runs.csv:2:1")
        .warns("the row has 1 cell, and the header 2");
}

#[test]
fn secrets_of_a_table_are_in_no_record_and_no_message() {
    const CANARY: &str = "kanarienvogel";
    let table = format!("run_id,token\n34,{CANARY}\n");
    let trace = project("file = 'runs.csv'", "runs.csv", &table);
    let suite = trace.project.read("suites/trace.toml");
    let suite = format!(
        "secret_parameters = ['token']\n{}",
        suite.replace("/api/trace/{run_id}", "/api/trace/{run_id}?token={token}")
    );
    trace.project.write("suites/trace.toml", suite);
    let answer = Answer::json(crate::support::trace::legacy_trace(34));
    trace.legacy.on(format!("/api/trace/34?token={CANARY}"), answer);
    let done = trace.check(&["--case", "*", "--format", "json"]);
    assert!(!done.shown().contains(CANARY), "{}", done.shown());
    assert!(!trace.project.read(".parity/records/latest.jsonl").contains(CANARY));
    trace.project.run(&["report", "--format", "html"]).exits(0);
    trace.project.write("suites/runs.csv", format!("{table}35\n"));
    let done = trace.check(&[]).exits(2).warns("suites/runs.csv:3:1").warns("it holds secrets");
    assert!(!done.shown().contains(CANARY), "{}", done.shown());
}

#[test]
fn many_rows_are_read_in_little_time() {
    let rows: String = (0..100_000).fold(String::new(), |rows, run| rows + &format!("{run},\"run {run}\"\n"));
    let trace = project("file = 'runs.csv'", "runs.csv", &format!("run_id,is\n{rows}"));
    let started = std::time::Instant::now();
    trace.check(&["--list", "--case", "run_id=99999"]).exits(0).says("run 99999");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
