//! A migration that begins with hundreds of mismatches adopts the gate on its first day, and its snapshots are reviewed.

use std::fmt::Write as _;

use crate::support::project::Project;
use crate::support::routes::Answer;
use crate::support::trace::{SUITE, Trace, candidate_trace};

/// The latest record, by its own name.
fn latest(project: &Project) -> String {
    let records = project.files(".parity/records");
    records.into_iter().filter(|name| !name.ends_with("latest.jsonl")).max().unwrap()
}

#[test]
fn four_hundred_mismatches_are_declared_on_day_one() {
    let trace = Trace::unapproved();
    let mut suite = "# a suite that somebody cares for\nsuite = 'user'\n\n[parameters]\nid = [".to_owned();
    for id in 0..410 {
        write!(suite, "{id}, ").unwrap();
        trace.legacy.on(format!("/a/{id}"), Answer::json(r#"{"id":"1","name":"x"}"#));
        // Ten are well, one has another defect than the rest.
        trace.candidate.on(
            format!("/b/{id}"),
            Answer::json(match id {
                0..10 => r#"{"id":"1","name":"x"}"#,
                10 => r#"{"id":"1"}"#,
                _ => r#"{"id":1,"name":"x"}"#,
            }),
        );
    }
    suite.push_str("] # many\n[legacy]\nget = '/a/{id}'\n[candidate]\nget = '/b/{id}'");
    trace.project.write("suites/trace.toml", &suite);
    trace.check(&[]).exits(1).says("failed: 410 of 410 cases do not pass");

    let open = ["expect", "--open"];
    let project = &trace.project;
    project.run(&[&open[..], &["--dry-run"]].concat()).exits(0).says("[[expected]]");
    assert_eq!(project.read("suites/trace.toml"), suite, "a dry run writes nothing");

    // Without a reason the entries are there, and the gate refuses them until somebody wrote it.
    project
        .run(&open)
        .exits(0)
        .warns("2 entries written")
        .warns("write the `why` of each entry");
    trace
        .check(&[])
        .exits(2)
        .warns("it is still to be written")
        .warns("suites/trace.toml:");

    project.write("suites/trace.toml", &suite);
    project
        .run(&[&open[..], &["--why", "open since the migration began"]].concat())
        .exits(0);
    let written = project.read("suites/trace.toml");
    assert!(written.starts_with(&suite), "every byte before stays: {written}");
    assert_eq!(written.matches("[[expected]]").count(), 2);

    // What is expected is reviewed once; then the gate is green, and stays strict.
    project.run(&["review", "--accept", "user/*"]).exits(0);
    trace.check(&[]).exits(0).says("400 mismatch (expected)");
    trace.candidate.on("/b/77", Answer::json(r#"{"id":2,"name":"x"}"#));
    trace.check(&[]).exits(1).says("failed: 1 of 410 cases do not pass");
    trace.candidate.on("/b/77", Answer::json(r#"{"id":"1","name":"x"}"#));
    trace.check(&[]).exits(1).says("is in parity now");
}

#[test]
fn nothing_is_expected_that_is_not_open() {
    let trace = Trace::approved();
    trace.project.run(&["expect", "--open"]).exits(0).warns("nothing is open");
    assert_eq!(trace.project.read("suites/trace.toml"), SUITE);
    trace.project.run(&["expect"]).exits(2).warns("--open");
    trace
        .project
        .run(&["expect", "--open", "--why", " "])
        .exits(2)
        .warns("`--why` is empty");
    trace
        .project
        .run(&["expect", "--open", "--suite", "trase"])
        .exits(2)
        .warns("did you mean `trace`?");
}

#[test]
fn entries_in_brackets_are_to_be_written_as_tables() {
    let trace = Trace::unapproved();
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    let in_brackets = "expected = [{ case = \"run_id=24\", verdict = \"mismatch\", signatures = [\"/x: missing\"], why = \"known\" }]\n";
    let suite = format!("{in_brackets}{SUITE}");
    trace.project.write("suites/trace.toml", &suite);
    trace.check(&[]).exits(1);
    let open = ["expect", "--open", "--why", "known"];
    trace
        .project
        .run(&open)
        .exits(2)
        .warns("`suites/trace.toml` writes `expected` as a list in brackets")
        .warns("write its entries as tables of their own, `[[expected]]`");
    assert_eq!(trace.project.read("suites/trace.toml"), suite);
}

#[test]
fn snapshots_are_accepted_and_rejected_by_name() {
    let trace = Trace::unapproved();
    trace.check(&[]).exits(1);
    let project = &trace.project;
    let done = project.run(&["review"]).exits(1);
    done.warns("pending   trace/run_id=24 (missing)")
        .warns("pending   trace/run_id=999 (missing)");
    project
        .run(&["review", "--accept", "trace/run_id=25"])
        .exits(2)
        .warns("no pending snapshot is called");
    let both = ["review", "--accept", "trace/run_id=2*", "--reject", "trace/run_id=24"];
    project.run(&both).exits(2).warns("is to be accepted and rejected");
    assert_eq!(
        project.files("snapshots").iter().filter(|name| name.contains(".snap.new")).count(),
        3
    );

    project
        .run(&["review", "--accept", "trace/run_id=24", "--reject", "trace/run_id=34"])
        .exits(1);
    assert_eq!(
        project.files("snapshots"),
        ["snapshots/trace/run_id=24.snap", "snapshots/trace/run_id=999.snap.new"]
    );
    project.run(&["review", "--accept", "*"]).exits(0);
    trace.check(&[]).exits(0);
    assert_eq!(project.files("snapshots").len(), 3);
}

#[test]
fn an_uploaded_record_is_enough() {
    let trace = Trace::unapproved();
    // Under CI nothing is written but the record.
    trace.command(&[]).env("CI", "true").run().exits(1);
    let project = &trace.project;
    assert_eq!(project.files("snapshots"), [""; 0]);
    std::fs::rename(project.path(&latest(project)), project.path("uploaded.jsonl")).unwrap();
    project.run(&["review", "--from", "uploaded.jsonl", "--accept", "*"]).exits(0);
    trace.check(&[]).exits(0).says("3 approved");
}

#[test]
fn a_mismatch_is_never_accepted() {
    let trace = Trace::unapproved();
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
    let project = &trace.project;
    project
        .run(&["review", "--accept", "trace/run_id=34"])
        .exits(2)
        .warns("no pending snapshot is called");
    let done = project.run(&["review", "--accept", "*"]).exits(1);
    done.warns("open      /run_id: other value (integer /run_id): 1 cases, first trace/run_id=34");
    assert_eq!(project.files("snapshots").len(), 2);
}

#[test]
fn what_no_case_refers_to_is_removed() {
    let trace = Trace::approved();
    trace.project.write("snapshots/trace/run_id=1.snap", "---\n---\nx\n");
    trace.check(&[]).exits(1).says("Snapshots that no case refers to");
    trace
        .project
        .run(&["review", "--prune"])
        .exits(0)
        .warns("removed   snapshots/trace/run_id=1.snap");
    assert_eq!(trace.project.files("snapshots").len(), 3);
    trace.check(&[]).exits(0);
}

#[test]
fn snapshots_of_secret_parameters_are_referred_to() {
    let trace = Trace::unapproved();
    let suite = "suite = 'user'\nsecret_parameters = ['token']\n[parameters]\ntoken = ['first-secret', 'second-secret']\n\
                 [legacy]\nget = '/a?token={token}'\n[candidate]\nget = '/b?token={token}'\n";
    trace.project.write("suites/trace.toml", suite);
    for token in ["first-secret", "second-secret"] {
        trace.legacy.on(format!("/a?token={token}"), Answer::json("{}"));
        trace.candidate.on(format!("/b?token={token}"), Answer::json("{}"));
    }
    trace.check(&[]).exits(1);
    assert_eq!(trace.project.accept(), 2);
    trace.check(&[]).exits(0);
    let kept = trace.project.files("snapshots");
    trace.project.run(&["review", "--prune"]).exits(0);
    assert_eq!(trace.project.files("snapshots"), kept);
    trace.check(&[]).exits(0);
}

#[test]
fn one_key_each_at_a_terminal() {
    let trace = Trace::unapproved();
    trace.check(&[]).exits(1);
    let project = &trace.project;
    // Raw answers, then reject the first, skip the second, quit.
    let keys = |keys: &str| {
        let line = format!("printf {keys} | script -qec '{} review' /dev/null", env!("CARGO_BIN_EXE_parity"));
        project.wrapped("sh", &["-c", &line]).run()
    };
    let done = keys("wrsq");
    done.says("1 of 3: [a]ccept").says("legacy: GET /api/trace/24").says("3 of 3:");
    assert_eq!(
        project.files("snapshots"),
        ["snapshots/trace/run_id=34.snap.new", "snapshots/trace/run_id=999.snap.new"]
    );
    // Accept one, then all that are left.
    keys("al");
    assert_eq!(project.files("snapshots").len(), 3);
    trace.check(&[]).exits(0);
}

#[test]
fn rules_are_listed_with_what_they_did() {
    let trace = Trace::approved();
    let owned = "why = \"a row is known by its iteration; the order still counts\"\nowner = \"ada\"\nsince = 2026-01-01\n";
    let suite = SUITE.replace("why = \"a row is known by its iteration; the order still counts\"\n", owned);
    trace.project.write("suites/trace.toml", suite);
    let done = trace.project.run(&["rules", "--today", "2026-01-31"]).exits(0);
    done.says("integer /trace/*/iteration  trace.toml:26")
        .says("in run_id=34")
        .says("since 2026-01-01, for 30 days, ada answers for it")
        .says("9 rules in 1 suite, 0 of them idle in this run");
    let listed = trace
        .project
        .run(&["rules", "--format", "json", "--today", "2026-01-31"])
        .exits(0)
        .json();
    let rules = listed["rules"].as_array().unwrap();
    let rows = rules.iter().find(|rule| rule["rule"] == "rows /trace by iteration").unwrap();
    assert_eq!(
        (&rows["count"], &rows["age_days"], &rows["owner"]),
        (&1.into(), &30.into(), &"ada".into())
    );
    assert_eq!(rows["cases"][0]["case"], "trace/run_id=34");
    let number = rules.iter().find(|rule| rule["rule"] == "number /trace/*/evaluation").unwrap();
    assert_eq!(number["count"], 3);
}
