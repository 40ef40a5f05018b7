//! `parity audit` from end to end, and the shipped suites held to it.

use std::fs;

use parity::diagnostic::Source;
use parity::suite::read_suite;

use crate::openml;
use crate::support::project::Project;
use crate::support::routes::{Answer, Reply};
use crate::support::services::root;
use crate::support::trace::Trace;

/// This repository's project in a folder of its own, so that its records are those of one test.
fn shipped() -> Project {
    let project = Project::with(&fs::read_to_string(root().join("parity.toml")).unwrap());
    for name in ["fixtures", "snapshots"] {
        std::os::unix::fs::symlink(root().join(name), project.path(name)).unwrap();
    }
    project
}

#[test]
fn every_shipped_suite_states_a_floor() {
    let mut seen = 0;
    let mut folders = vec![root().join("fixtures/suites")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let source = Source::read(&path).unwrap();
                let suite = read_suite(&source).unwrap_or_else(|errors| panic!("{errors}"));
                assert!(suite.coverage_floor.is_some(), "{} states no `coverage_floor`", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 3);
}

/// Nothing that the rules do not declare goes unnoticed, and what they declare stays within the floor.
#[track_caller]
fn holds(project: &Project, arguments: &[&str], suite: &str, audited: u64) {
    let arguments = [&["audit", "--format", "json", "--budget", "600"], arguments].concat();
    let report = project.run(&arguments).exits(0).json();
    let found = &report["suites"][0];
    assert_eq!(found["name"], suite);
    assert_eq!(found["audited"], audited);
    assert_eq!(found["totals"]["sensitivity"], 1.0, "{found:#}");
    assert!(found["totals"]["coverage"].as_f64().unwrap() >= found["coverage_floor"].as_f64().unwrap());
    assert!(found["totals"]["killed"].as_u64().unwrap() > 500);
    assert!(found["classes"].as_array().unwrap().len() > 40);
}

#[test]
fn the_shipped_suite_notices_everything() {
    let record = root().join("fixtures/recordings/run-trace.jsonl");
    holds(&shipped(), &["--record", record.to_str().unwrap()], "run-trace", 7);
}

#[test]
fn the_shipped_suite_of_the_maintainers_successor_notices_everything() {
    let project = shipped();
    project
        .run(&["check", "--profile", "upstream", "--environment", "recordings"])
        .exits(0);
    // Of all mutants there are fewer than the budget.
    let report = project.run(&["audit", "--profile", "upstream", "--format", "json"]).exits(0).json();
    assert_eq!(report["totals"]["sensitivity"], 1.0);
    assert_eq!(
        report["suites"][0]["audited"], 5,
        "two mismatches are expected, and audited for what else they hide"
    );
    assert_eq!(report["suites"][0]["unaudited"].as_array().unwrap().len(), 2);
    let survivors = report["suites"][0]["survivors"].as_array().unwrap();
    assert!(survivors.iter().all(|survivor| survivor["fate"] == "declared"));
    assert!(survivors.iter().any(|survivor| survivor["rule"] == "expected mismatch run_id=34"));
}

#[test]
fn an_audit_is_told_for_people() {
    let trace = Trace::approved();
    let done = trace.project.run(&["audit"]).exits(0);
    trace.project.settings().bind(|| insta::assert_snapshot!("audit", done.shown()));
    let again = trace.project.run(&["audit"]).exits(0);
    assert_eq!(done.stdout, again.stdout);
}

#[test]
fn a_coverage_below_the_floor_fails() {
    let trace = Trace::approved();
    let suite = trace.project.read("suites/trace.toml");
    trace.project.write("suites/trace.toml", format!("coverage_floor = 1\n{suite}"));
    trace
        .project
        .run(&["audit"])
        .exits(1)
        .says("below the floor of 100 %")
        .says("failed: the coverage of 1 suite is below the floor (exit 1)");
}

#[test]
fn what_cannot_be_audited_is_said() {
    let untouched = Project::new();
    untouched.run(&["audit"]).exits(2).warns("no run of this project is recorded yet");
    let trace = Trace::approved();
    let audit = |arguments: &[&str]| trace.project.run(&[&["audit"], arguments].concat());
    audit(&["trac"]).exits(2).warns("no suite is called `trac`: did you mean `trace`?");
    audit(&["--budget", "0"]).exits(2).warns("0 is not in 1..");
    audit(&["--record", "none.jsonl"]).exits(2).warns("none.jsonl");
    trace.project.write(
        "suites/other.toml",
        "suite = 'other'\nsnapshots = 'none'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n",
    );
    audit(&["other"])
        .exits(4)
        .says("the record holds no case of the suite `other`")
        .says("nothing was audited: no case is in parity (exit 4)");
}

/// As `parity check` asks, and as an audit of its record tells it.
#[test]
fn both_sides_are_asked_for_a_live_audit() {
    let trace = Trace::unapproved();
    let (legacy, candidate) = (trace.legacy.url(), trace.candidate.url());
    let urls = ["--legacy-url", &legacy, "--candidate-url", &candidate];
    let audit = |arguments: &[&str]| trace.project.run(&[&["audit", "--format", "json"], arguments].concat());
    let live = |arguments: &[&str]| audit(&[&["--live"], &urls[..], arguments].concat());

    let told = live(&[]).exits(0).json();
    assert_eq!(told["suites"][0]["audited"], 3);
    let record = told["record"].as_str().unwrap();
    assert_eq!(
        trace.project.files(".parity/records").len(),
        2,
        "one record, and the name of the latest"
    );
    assert_eq!(audit(&["--record", record]).exits(0).json(), told);
    trace
        .project
        .run(&["explain", "trace/run_id=34"])
        .exits(0)
        .says("number /trace/*/evaluation");

    // Values that the suite does not have are asked as well.
    trace.answer_well(35);
    let told = live(&["--param", "run_id=35"]).exits(0).json();
    assert_eq!(told["suites"][0]["audited"], 1, "{told:#}");

    // What is not in parity is not audited, and what cannot be asked is no pass.
    trace.candidate.on("/trace/24", Answer::json("{}"));
    let told = live(&[]).exits(0).json();
    assert_eq!(told["suites"][0]["unaudited"][0]["case"], "trace/run_id=24");
    trace.legacy.on("/api/trace/34", Reply::Endless);
    let told = live(&["--max-body", "1MiB"]).exits(3).json();
    assert_eq!((&told["exit_code"], &told["suites"][0]["audited"]), (&3.into(), &1.into()));
    trace
        .project
        .run(&[&["audit", "--live", "--max-body", "1MiB"], &urls[..]].concat())
        .exits(3)
        .says("result     not all could be audited: 1 case was unreachable (exit 3)");

    // Who is asked is said only where somebody is.
    audit(&urls)
        .exits(2)
        .warns("`--legacy-url` is about asking, and without `--live` nobody is asked");
    live(&["--record", record]).exits(2).warns("cannot be used with");
    live(&["--baseline", record]).exits(2).warns("an audit fails for blind spots");
    live(&["trac"]).exits(2).warns("did you mean `trace`?");
}

#[test]
fn the_suites_of_openml_notice_everything() {
    let Some((project, recordings)) = openml::project() else { return };
    let run = |arguments: &[&str]| project.command(arguments).env("PARITY_OPENML_RECORDINGS", &recordings).run();
    run(&["check", "--environment", "recordings"]).exits(0);
    let report = run(&["audit", "--format", "json", "--budget", "3000"]).exits(0).json();
    assert_eq!(report["totals"]["sensitivity"], 1.0);
    let suites = report["suites"].as_array().unwrap();
    assert_eq!(suites.len(), 16);
    for suite in suites {
        assert!(suite["totals"]["killed"].as_u64().unwrap() > 50, "{suite:#}");
        assert!(suite["coverage_floor"].is_number(), "{}", suite["name"]);
    }
}
