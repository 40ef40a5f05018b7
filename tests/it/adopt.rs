//! A migration that begins with hundreds of mismatches adopts the gate on its first day, and its snapshots are reviewed.

use std::fmt::Write as _;

use crate::support::routes::Answer;
use crate::support::trace::{SUITE, Trace, candidate_trace};

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
fn a_case_with_a_secret_goes_by_its_label_live_and_judged_again() {
    let trace = Trace::unapproved();
    let suite = "suite = 'user'\nsecret_parameters = ['token']\nsnapshots = ['token=token-secret-1']\n[parameters]\n\
                 token = ['first-secret', 'second-secret', 'third-secret']\n\
                 [legacy]\nget = '/a?token={token}'\n[candidate]\nget = '/b?token={token}'\n";
    let project = &trace.project;
    project.write("suites/trace.toml", suite);
    for (token, answer) in [
        ("first-secret", r#"{"id":1}"#),
        ("second-secret", r#"{"id":2}"#),
        ("third-secret", r#"{"id":2}"#),
    ] {
        trace.legacy.on(format!("/a?token={token}"), Answer::json(r#"{"id":1}"#));
        trace.candidate.on(format!("/b?token={token}"), Answer::json(answer));
    }
    trace.check(&[]).exits(1).says("failed: 3 of 3 cases do not pass");
    assert_eq!(project.accept(), 1);
    project
        .run(&["expect", "--open", "--why", "known"])
        .exits(0)
        .warns("1 entry written");
    let written = project.read("suites/trace.toml");
    assert!(
        written.contains("\"token=token-secret-2\",\n  \"token=token-secret-3\""),
        "{written}"
    );
    trace.check(&[]).exits(0).says("3 cases");
    project.run(&["judge"]).exits(0);
    // A suite that does not read says nothing of a secret, and a secret is no name.
    let named = |case: &str| format!("{suite}[[expected]]\ncase = '{case}'\nverdict = 'legacy-broken'\nwhy = 'known'\n");
    project.write("suites/trace.toml", named("token=second-secret"));
    let refused = trace
        .check(&[])
        .exits(2)
        .warns("no case is called `token=second-secret`")
        .warns("such as `token=token-secret-1`");
    assert!(!refused.stderr.contains("first-secret"), "{}", refused.stderr);
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
