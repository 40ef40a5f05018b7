//! Ctrl-C, SIGTERM, SIGKILL and failed starts: nothing is left running or half written.

use rustix::process::Signal;

use crate::support::project::{ANSWERS, Project, soon};
use crate::support::routes::{Reply, Server};
use crate::support::trace::{SUITE, Trace};

/// Legacy and candidate as processes that never answer, and a suite for them.
fn never_ready(candidate: &str) -> Project {
    let project = Project::with(&format!(
        "suites = 'suites'\nsnapshots = 'snapshots'\n\
         [service.legacy]\nready = {{ http = '/' }}\n[service.legacy.process]\ncommand = ['./sleeps', '{{address}}']\n\
         [service.candidate]\nready = {{ http = '/' }}\n{candidate}\n"
    ));
    project.write("suites/trace.toml", SUITE);
    // With a child of its own, as real servers have.
    project.script("sleeps", "echo started\nsleep 600 &\nwait\n");
    project
}

const SLEEPS: &str = "[service.candidate.process]\ncommand = ['./sleeps', '{address}']";

fn is_running(project: &Project) -> bool {
    project.processes().iter().filter(|process| process.contains("sleep 600")).count() == 2
}

#[test]
fn a_run_that_is_interrupted_ends_at_once_and_says_how_far_it_came() {
    for signal in [Signal::INT, Signal::TERM] {
        let trace = Trace::approved();
        trace.legacy.on("/api/trace/999", Reply::Hang);
        let before = trace.legacy.requests().len();
        let started = trace.command(&[]).start();
        trace.legacy.wait_for_requests(before + 3);
        trace.project.wait_for_exchanges(2);
        started.signal(signal);
        let done = started.wait().exits(130);
        done.says("interrupted");
        let end = trace.project.record().pop().unwrap();
        assert_eq!(
            (&end["type"], &end["exit"], &end["interrupted"]),
            (&"end".into(), &130.into(), &true.into())
        );
        trace.project.run(&["explain", "trace/run_id=34"]).exits(0);
        trace.project.assert_nothing_left();
    }
}

#[test]
fn an_interrupted_run_is_one_json_document_too() {
    let trace = Trace::approved();
    trace.legacy.on("/api/trace/999", Reply::Hang);
    let before = trace.legacy.requests().len();
    let started = trace.command(&["--format", "json"]).start();
    trace.legacy.wait_for_requests(before + 3);
    started.signal(Signal::INT);
    let report = started.wait().exits(130).json();
    assert_eq!((&report["interrupted"], &report["exit_code"]), (&true.into(), &130.into()));
}

#[test]
fn a_start_that_is_interrupted_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        for command in [&["check"][..], &["env", "up"]] {
            let project = never_ready(SLEEPS);
            let started = project.command(command).start();
            soon("both services run", || is_running(&project));
            started.signal(signal);
            let done = started.wait().exits(130);
            assert_eq!(done.stdout, "");
            project.assert_nothing_left();
            assert!(!project.path(".parity").exists());
        }
    }
}

#[test]
fn services_of_an_interrupted_run_end_with_it() {
    let project = Project::with(
        "suites = 'suites'\nsnapshots = 'snapshots'\n[service.legacy]\n[service.legacy.url]\nurl = 'http://127.0.0.1:1'\n\
         [service.database]\nready = { command = ['true'] }\n[service.database.process]\ncommand = ['./sleeps']\n\
         [service.candidate]\ndepends_on = 'database'\nready = { http = '/' }\n\
         [service.candidate.process]\ncommand = ['./answers', '{address}', '{{}}']\n",
    );
    project.write("suites/trace.toml", SUITE);
    project.script("sleeps", "sleep 600 &\nwait\n");
    project.script("answers", ANSWERS);
    let legacy = Server::start();
    for run_id in [24, 34, 999] {
        legacy.on(format!("/api/trace/{run_id}"), Reply::Hang);
    }
    let started = project.command(&["check", "--legacy-url", &legacy.url()]).start();
    legacy.wait_for_requests(3);
    assert_eq!(
        project
            .processes()
            .iter()
            .filter(|process| !process.contains("parity check"))
            .count(),
        3
    );
    started.signal(Signal::TERM);
    started.wait().exits(130);
    project.assert_nothing_left();
}

#[test]
fn what_a_kill_leaves_is_swept_by_the_next_run() {
    let project = never_ready(SLEEPS);
    let started = project.command(&["check"]).start();
    soon("both services run", || is_running(&project));
    started.signal(Signal::KILL);
    assert_eq!(started.wait().code, None);
    assert!(is_running(&project), "nothing could end them");
    // Any run sweeps, even one that cannot start itself.
    project.script("sleeps", "exit 1\n");
    project.run(&["check"]).exits(3).warns("swept what 1 earlier run left behind");
    project.assert_nothing_left();
}

#[test]
fn what_was_answered_before_a_kill_can_still_be_explained() {
    let trace = Trace::approved();
    trace.legacy.on("/api/trace/999", Reply::Hang);
    let started = trace.command(&[]).start();
    trace.project.wait_for_exchanges(2);
    started.signal(Signal::KILL);
    assert_eq!(started.wait().code, None);
    let record = trace.project.record();
    assert!(record.iter().all(|line| line["type"] != "end"), "nothing could end it");
    trace
        .project
        .run(&["explain", "trace/run_id=34"])
        .exits(0)
        .says("Verdict\n  translated");
    // It replays as far as it came.
    let record = trace.project.path(".parity/records/latest.jsonl").canonicalize().unwrap();
    let record = record.to_str().unwrap();
    let recordings = ["check", "--legacy-recording", record, "--candidate-recording", record];
    trace.project.run(&recordings).exits(3).says("2 translated, 1 unreachable");
}

#[test]
fn a_service_that_ends_too_early_is_quoted() {
    let project = never_ready("[service.candidate.process]\ncommand = ['./fails']");
    project.script("fails", "echo first; echo 'cannot open the database' >&2; exit 7\n");
    let done = project.run(&["check"]).exits(3);
    assert_eq!(done.stdout, "");
    done.warns("service `candidate` ended with code 7 before it was ready")
        .warns("| first\n  | cannot open the database");
    project.assert_nothing_left();
    assert!(!project.path(".parity").exists());
}

#[test]
fn a_service_that_is_never_ready_ends_at_its_deadline() {
    let project = never_ready(&format!("deadline = '300ms'\n{SLEEPS}"));
    let done = project.run(&["check"]).exits(3);
    done.warns("service `candidate` did not answer")
        .warns("within 300 ms")
        .warns("help: raise `deadline`")
        .warns("| started");
    project.assert_nothing_left();
}

#[test]
fn a_program_that_is_missing_is_named() {
    for (program, says) in [("./missing", "./missing"), ("no-such-program-here", "no-such-program-here")] {
        let project = never_ready(&format!("[service.candidate.process]\ncommand = ['{program}']"));
        for arguments in [&["check"][..], &["check", "--environment", "processes"]] {
            project.run(arguments).exits(3).warns(says);
            project.assert_nothing_left();
        }
    }
}

#[test]
fn a_build_that_fails_is_quoted() {
    let project = never_ready("[service.candidate.process]\nbuild = ['./builds']\ncommand = ['./sleeps']");
    project.script("builds", "echo 'error[E0425]: no such thing'; exit 101\n");
    let done = project.run(&["check"]).exits(3);
    done.warns("could not be built: `./builds` ended with code 101")
        .warns("| error[E0425]: no such thing");
    project.assert_nothing_left();
}
