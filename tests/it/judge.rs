//! `parity judge`: a recorded run judged again, with today's rules and without services.

use crate::support::project::{Done, Project};
use crate::support::routes::Answer;
use crate::support::trace::{SUITE, Trace, candidate_trace};

/// A project whose latest run found that run 34 answers another `run_id`; the services are gone.
fn recorded() -> Project {
    let trace = Trace::unapproved();
    trace.project.write("suites/trace.toml", suite());
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
    trace.project
}

/// Without snapshots: rules that act are part of them.
fn suite() -> String {
    format!("snapshots = 'none'\n{SUITE}")
}

fn judge(project: &Project, arguments: &[&str]) -> Done {
    project.run(&[&["judge"], arguments].concat())
}

/// A comparison that lets the candidate answer any `run_id`.
const LENIENT: &str = "\n[[comparison]]\nrule = 'ignore'\nat = '/run_id'\nwhy = 'for this test'\n";

#[test]
fn the_same_rules_come_to_the_same_end() {
    let project = recorded();
    let done = judge(&project, &[]).exits(1);
    assert!(!done.stdout.contains("said otherwise"), "{}", done.stdout);
    done.says("✗ mismatch")
        .says("/run_id: other value")
        .says("2 translated, 1 mismatch");
    // Nothing is written: not even another record.
    assert_eq!(project.files(".parity/records").len(), 2);
}

#[test]
fn other_rules_are_said_to_change_verdicts() {
    let project = recorded();
    project.write("suites/trace.toml", suite() + LENIENT);
    let done = judge(&project, &[]).exits(0);
    done.says("What is said otherwise than when it ran")
        .says("     1  mismatch → translated\n        trace/run_id=34");
    let report = judge(&project, &["--format", "json"]).exits(0).json();
    let changed = &report["changed"][0];
    assert_eq!((&changed["before"], &changed["now"]), (&"mismatch".into(), &"translated".into()));
    assert_eq!(changed["gone"][0], "/run_id: other value (integer /run_id)");
    assert_eq!(report["full"], true);

    // And the other way round: what is no longer declared is a mismatch again.
    let narrower = suite().replace("[\"/run_id\", \"/trace/*/iteration\"]", "\"/run_id\"");
    project.write("suites/trace.toml", narrower);
    judge(&project, &[]).exits(1).says("mismatch, with other signatures");
}

#[test]
fn rules_are_held_to_the_day_of_the_record_or_another() {
    let project = recorded();
    let dated = LENIENT.replace("why", "expires = 2027-01-31\nwhy");
    project.write("suites/trace.toml", suite() + &dated);
    judge(&project, &["--today", "2027-01-31"]).exits(0);
    judge(&project, &["--today", "2027-02-01"]).exits(1).says("held until 2027-01-31");
}

#[test]
fn reports_are_written_as_by_a_check() {
    let project = recorded();
    judge(&project, &["--report", "junit=out/parity.xml"])
        .exits(1)
        .says("failed: 1 of 3 cases do not pass");
    assert!(project.read("out/parity.xml").contains("<failure"));
}

#[test]
fn answers_to_other_questions_are_refused() {
    let project = recorded();
    project.write(
        "suites/trace.toml",
        suite().replace("get = \"/trace/{run_id}\"", "get = \"/traces/{run_id}\""),
    );
    let done = judge(&project, &[]).exits(2);
    done.warns("3 cases of `.parity/records/")
        .warns("asked the candidate `GET /trace/")
        .warns("and it would be `GET /traces/");
}

#[test]
fn a_part_of_a_run_is_not_judged_as_a_whole() {
    let project = recorded();
    let record = project.read(".parity/records/latest.jsonl");
    let lines: Vec<&str> = record.lines().collect();
    project.write("cut.jsonl", lines[..lines.len() - 1].join("\n") + "\n");
    judge(&project, &["cut.jsonl"]).exits(2).warns("`cut.jsonl` has no end");
    project.write("newer.jsonl", record.replace("\"version\":1", "\"version\":99"));
    judge(&project, &["newer.jsonl"]).exits(2).warns("99");
    judge(&project, &["no.jsonl"]).exits(2).warns("no.jsonl");
    // What came and went since is said, and the run is no full one.
    project.write("suites/trace.toml", suite().replace("{ value = 34, is = \"a trace\" }", "35"));
    let done = judge(&project, &[]).exits(0);
    done.warns("declared by no suite today: `trace/run_id=34`")
        .warns("not in the record: `trace/run_id=35`");
}
