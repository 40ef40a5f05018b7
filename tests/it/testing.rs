//! Suites as tests of `cargo test`: this repository's own test target, run in projects made for it.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use rustix::process::Signal;

use crate::env_command::Up;
use crate::support::project::{ANSWERS, Command as Prepared, Done, PARITY_TOML, Project, soon};
use crate::support::routes::{Answer, Reply};
use crate::support::services::root;
use crate::support::trace::{SUITE, Trace, candidate_trace};

/// The binary of `tests/parity.rs`, as `cargo test` builds it.
pub static HARNESS: LazyLock<String> = LazyLock::new(|| {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "test",
        "--locked",
        "--offline",
        "--quiet",
        "--no-run",
        "--message-format=json",
        "--test",
        "parity",
    ]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What the outer cargo says of this package would have dependencies built again.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(name);
        }
    }
    let built = cargo.current_dir(root()).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8(built.stdout).unwrap();
    let made = messages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let harness = made.filter(|made| made["target"]["kind"][0] == "test" && made["target"]["name"] == "parity");
    harness
        .filter_map(|made| Some(made["executable"].as_str()?.to_owned()))
        .next_back()
        .unwrap()
});

/// The profile that `tests/parity.rs` names.
fn parity_toml(gate: &str) -> String {
    format!("{PARITY_TOML}\n[profile.upstream]\nsuites = ['trace']\n{gate}")
}

/// Both sides, and a project with all that they answer approved.
fn approved() -> Trace {
    let trace = Trace::approved();
    trace.project.write("parity.toml", parity_toml(""));
    trace
}

/// The tests of a project that asks these two, about to run.
fn command(trace: &Trace, arguments: &[&str]) -> Prepared {
    trace
        .project
        .wrapped(&HARNESS, arguments)
        .env("CI", "true")
        .env("LEGACY_URL", trace.legacy.url())
        .env("CANDIDATE_URL", trace.candidate.url())
}

fn run(trace: &Trace, arguments: &[&str]) -> Done {
    command(trace, arguments).run()
}

/// What each test ended as, in order: `trace/run_id=34 ok`.
fn ends(done: &Done) -> Vec<String> {
    let tests = done
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    tests.map(|(name, end)| format!("{} {end}", name.trim())).collect()
}

/// How many requests each side got since the project was approved.
fn asked(trace: &Trace) -> usize {
    assert_eq!(trace.legacy.requests().len(), trace.candidate.requests().len());
    trace.legacy.requests().len() - 3
}

const NAMES: [&str; 4] = ["trace/run_id=24", "trace/run_id=34", "trace/run_id=999", "parity/gate"];

#[test]
fn every_case_is_a_test_and_so_is_the_run() {
    let trace = approved();
    let done = run(&trace, &["--test-threads", "1"]).exits(0);
    assert_eq!(ends(&done), NAMES.map(|name| format!("{name} ok")));
    assert_eq!(asked(&trace), 3);
    // Recorded as `parity check` does it, and found by what reads records.
    let record = trace.project.record();
    assert_eq!((&record[0]["full"], &record[0]["profile"]), (&true.into(), &"upstream".into()));
    assert_eq!(record.last().unwrap()["exit"], 0);
    trace.project.run(&["explain", "trace/run_id=34"]).exits(0);
    done.warns("oracle").warns(".parity/records/");
    // The list starts and writes nothing.
    let files = trace.project.files("");
    let listed = run(&trace, &["--list", "--format", "terse"]).exits(0);
    assert_eq!(listed.stdout, NAMES.map(|name| format!("{name}: test\n")).concat());
    assert_eq!((asked(&trace), trace.project.files("")), (3, files));
}

#[test]
fn only_what_is_selected_is_asked() {
    let trace = approved();
    for (arguments, names) in [
        (&["run_id=34"][..], &["trace/run_id=34"][..]),
        (&["--exact", "trace/run_id=999"], &["trace/run_id=999"]),
        (&["--skip", "run_id=34", "--skip", "gate"], &["trace/run_id=24", "trace/run_id=999"]),
        (&["nothing"], &[]),
        (&["--ignored"], &[]),
    ] {
        let before = asked(&trace);
        let done = run(&trace, arguments).exits(0);
        let mut tests = ends(&done);
        tests.sort();
        assert_eq!(
            tests,
            names.iter().map(|name| format!("{name} ok")).collect::<Vec<_>>(),
            "{arguments:?}"
        );
        assert_eq!(asked(&trace) - before, names.len(), "{arguments:?}");
    }
    // Of a part of the cases nothing is said that only all of them say.
    let done = run(&trace, &["--skip", "run_id=34"]).exits(0);
    let gate = ends(&done).into_iter().find(|end| end.starts_with("parity/gate")).unwrap();
    assert!(gate.starts_with("parity/gate ignored (only a run of every case"), "{gate}");
}

#[test]
fn each_test_may_have_a_process_of_its_own() {
    let trace = approved();
    for (name, asks) in NAMES.iter().zip([1, 1, 1, 3]) {
        let before = asked(&trace);
        let done = run(&trace, &["--exact", name, "--nocapture"]).exits(0);
        assert_eq!(ends(&done), [format!("{name} ok")]);
        assert_eq!(asked(&trace) - before, asks, "{name}");
    }
}

#[test]
fn a_test_fails_with_what_parity_check_prints() {
    let trace = approved();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    let done = run(&trace, &[]).exits(101);
    let mut tests = ends(&done);
    tests.sort();
    assert_eq!(
        tests,
        [
            "parity/gate ok",
            "trace/run_id=24 ok",
            "trace/run_id=34 FAILED",
            "trace/run_id=999 ok"
        ]
    );
    let checked = trace.check(&["--profile", "upstream", "--case", "run_id=34"]).exits(1);
    let printed = checked.stdout.split("\n\n").next().unwrap();
    let (headline, below) = printed.split_once('\n').unwrap();
    assert!(headline.starts_with("✗ mismatch") && below.contains("boolean true"), "{printed}");
    done.clone().says("---- trace/run_id=34 ----\n✗ mismatch").says(below);
    // What is said to be next is right in a later run, too.
    let next = done.stderr.split("  parity ").nth(1).unwrap().lines().next().unwrap();
    let next = next.split("  ").next().unwrap();
    run(&trace, &["run_id=24"]).exits(0);
    trace
        .project
        .run(&next.split(' ').collect::<Vec<_>>())
        .exits(0)
        .says("boolean true");
}

#[test]
fn a_snapshot_that_is_not_approved_fails_its_case_and_waits_for_review() {
    let trace = Trace::unapproved();
    trace.project.write("parity.toml", parity_toml(""));
    let done = command(&trace, &["run_id=34"]).env("CI", "").run().exits(101);
    done.says("snapshot missing").warns("parity review");
    assert_eq!(trace.project.files("snapshots"), ["snapshots/trace/run_id=34.snap.new"]);
    trace.project.accept();
    run(&trace, &["run_id=34"]).exits(0);
}

#[test]
fn what_no_case_says_is_a_test_of_its_own() {
    let trace = approved();
    let stale = "[[translation]]\nrule = 'integer'\nat = '/gone'\nwhy = 'nothing has it'\n";
    trace.project.write("suites/trace.toml", format!("{SUITE}\n{stale}"));
    trace.project.write("snapshots/trace/run_id=7.snap", "---\n---\n");
    let done = run(&trace, &[]).exits(101);
    assert_eq!(ends(&done).iter().filter(|end| end.ends_with(" ok")).count(), 3);
    done.clone()
        .says("---- parity/gate ----\nSnapshots that no case refers to\n  snapshots/trace/run_id=7.snap\n");
    done.says("integer /gone")
        .says("never acted in this full run")
        .says("parity review --prune");
    run(&trace, &["run_id=34"]).exits(0);
    run(&trace, &["--exact", "parity/gate"]).exits(101).says("integer /gone");
}

#[test]
fn a_refused_oracle_fails_every_run() {
    let trace = approved();
    trace.project.write("parity.toml", parity_toml("[gate]\noracle = 'genuine'\n"));
    let refusal = "could not be compared: `[gate] oracle = \"genuine\"` refuses";
    let done = run(&trace, &[]).exits(101);
    assert!(ends(&done).contains(&"parity/gate FAILED".to_owned()));
    done.says(refusal);
    run(&trace, &["run_id=34"]).exits(101).says("1 passed").warns(refusal);
}

#[test]
fn a_draft_fails_nothing_and_says_what_it_does_instead() {
    let trace = approved();
    trace.project.write("suites/trace.toml", format!("state = 'draft'\n{SUITE}"));
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    let done = run(&trace, &["--test-threads", "1"]).exits(0);
    let ignored = "ignored (draft: mismatch: /trace/*/selected: boolean became string (boolean /trace/*/selected))";
    assert_eq!(
        ends(&done),
        [
            "[draft] trace/run_id=24 ok".to_owned(),
            format!("[draft] trace/run_id=34 {ignored}"),
            "[draft] trace/run_id=999 ok".to_owned(),
            "parity/gate ok".to_owned(),
        ]
    );
    run(&trace, &["--exact", "[draft] trace/run_id=24"]).exits(0).says("1 passed");
}

/// A project whose services are programs that say in `starts` that they were started.
fn of_processes(program: &str) -> Project {
    let service = |side: &str| {
        format!("[service.{side}]\nready = {{ http = '/' }}\n[service.{side}.process]\ncommand = ['./program', '{{address}}', '1']\n")
    };
    let project = Project::with(&format!(
        "suites = 'suites'\nsnapshots = 'snapshots'\n[profile.upstream]\nsuites = ['a']\n{}{}",
        service("legacy"),
        service("candidate")
    ));
    project.script("program", &format!("echo started >> starts\n{program}"));
    project.write(
        "suites/a.toml",
        "suite = 'a'\nsnapshots = 'none'\n[parameters]\nid = [1, 2]\n[legacy]\nget = '/{id}'\n[candidate]\nget = '/{id}'\n",
    );
    project
}

#[test]
fn services_start_once_and_end_with_the_tests() {
    let project = of_processes(ANSWERS);
    let tests = |arguments: &[&str]| project.wrapped(&HARNESS, arguments).run();
    let starts = || project.read("starts").lines().count();
    tests(&[]).exits(0).says("3 passed");
    assert_eq!(starts(), 2);
    project.assert_nothing_left();
    // Nothing is started for nothing.
    tests(&["--list"]).exits(0);
    tests(&["nothing"]).exits(0).says("0 passed");
    assert_eq!(starts(), 2);
    // What is kept serves every process.
    project.run(&["env", "up", "--profile", "upstream"]).exits(0);
    let up = Up(&project);
    for name in ["a/id=1", "a/id=2", "parity/gate"] {
        tests(&["--exact", name])
            .exits(0)
            .says("1 passed")
            .warns("reusing what `parity env up` keeps");
    }
    assert_eq!(starts(), 4);
    drop(up);
}

#[test]
fn a_start_that_fails_is_told_once_and_fails_what_was_selected() {
    let project = of_processes("echo no such luck >&2; exit 7\n");
    let done = project.wrapped(&HARNESS, &["a/"]).run().exits(101);
    assert_eq!(done.stdout.matches("not asked: ").count(), 2, "{}", done.stdout);
    assert_eq!(done.stderr.matches("no such luck").count(), 1, "{}", done.stderr);
    project.assert_nothing_left();
}

#[test]
fn a_start_that_is_interrupted_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        // Never ready, and with a child of its own, as real servers have.
        let project = of_processes("sleep 600 &\nwait\n");
        let started = project.wrapped(&HARNESS, &[]).start();
        let sleeping = || project.processes().iter().filter(|process| process.contains("sleep 600")).count();
        soon("both services have started", || sleeping() == 2);
        started.signal(signal);
        let done = started.wait().exits(101);
        assert_eq!(done.stdout.matches("not asked: interrupted").count(), 3, "{}", done.stdout);
        project.assert_nothing_left();
    }
}

#[test]
fn secrets_are_no_part_of_a_name_or_a_message() {
    let trace = approved();
    let secret = "s3cret-of-a-tester";
    trace.project.write(
        "suites/trace.toml",
        format!(
            "suite = 'trace'\nsecret_parameters = ['token']\n[parameters]\ntoken = ['{secret}']\n\
             [legacy]\nget = '/api/trace/34?token={{token}}'\n[candidate]\nget = '/trace/34?token={{token}}'\n"
        ),
    );
    trace
        .legacy
        .on(format!("/api/trace/34?token={secret}"), Answer::json(format!("[\"{secret}\"]")));
    trace
        .candidate
        .on(format!("/trace/34?token={secret}"), Answer::json(format!("[1, \"{secret}\"]")));
    let listed = run(&trace, &["--list"]).exits(0);
    let name = listed.stdout.lines().next().unwrap().strip_suffix(": test").unwrap();
    let done = run(&trace, &["--exact", name]).exits(101).says("✗ mismatch");
    for text in [&listed.stdout, &done.stdout, &done.stderr] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn an_interrupt_ends_the_tests_and_what_they_wait_for() {
    let trace = approved();
    trace.legacy.on("/api/trace/999", Reply::Hang);
    let before = trace.legacy.requests().len();
    let started = command(&trace, &["--test-threads", "3"]).start();
    trace.legacy.wait_for_requests(before + 3);
    trace.project.wait_for_exchanges(2);
    started.signal(Signal::INT);
    let done = started.wait().exits(101);
    // What was answered until then may have been judged or not.
    let tests = ends(&done);
    for name in ["trace/run_id=999", "parity/gate"] {
        assert!(tests.contains(&format!("{name} FAILED")), "{tests:?}");
    }
    done.says("interrupted before this case was judged");
    trace.project.assert_nothing_left();
}

#[test]
fn a_project_that_is_not_as_it_should_be_is_told_as_parity_check_tells_it() {
    let trace = approved();
    trace.project.write("suites/trace.toml", format!("titel = 'x'\n{SUITE}"));
    let checked = trace.check(&["--profile", "upstream"]).exits(2);
    for arguments in [&[][..], &["--list"]] {
        let done = run(&trace, arguments).exits(101);
        assert_eq!((done.stdout.as_str(), &done.stderr), ("", &checked.stderr));
    }
    // No case at all is no run that passes.
    trace.project.write("parity.toml", format!("{PARITY_TOML}\n[profile.upstream]\n"));
    trace.project.write("suites/trace.toml", SUITE);
    let done = run(&trace, &[]).exits(101);
    assert_eq!(ends(&done), ["parity/gate FAILED"]);
    done.says("nothing was judged: the profile `upstream` has no suites");
}

#[test]
fn quiet_tests_that_pass_say_no_more_than_a_dot() {
    let trace = approved();
    let done = run(&trace, &["--quiet"]).exits(0);
    assert_eq!(done.stderr, "");
    assert!(done.stdout.contains("\n....\n"), "{}", done.stdout);
}

#[test]
fn this_repository_uses_it() {
    let text = std::fs::read_to_string(root().join("tests/parity.rs")).unwrap();
    assert!(text.contains("parity::testing::check([\"--profile\", \"upstream\"])"), "{text}");
    assert!(Path::new(&*HARNESS).is_file());
}
