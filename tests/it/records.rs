//! The run record of `parity check`, and what is made of it: `parity explain`, `parity har`, a run without services.

use std::path::Path;

use crate::support::project::Done;
use crate::support::routes::{Answer, Reply};
use crate::support::trace::{SUITE, Trace, candidate_trace, legacy_trace};

const LATEST: &str = ".parity/records/latest.jsonl";

/// Verdicts by case.
fn verdicts(done: &Done) -> Vec<(String, String)> {
    let report = done.json();
    let cases = report["cases"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    cases.iter().map(|case| (text(&case["case"]), text(&case["verdict"]))).collect()
}

#[test]
fn an_exchange_is_written_before_it_is_judged() {
    let trace = Trace::approved();
    trace.check(&[]).exits(0);
    let lines = trace.project.record();
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("run", "end"));
    for run_id in ["24", "34", "999"] {
        let of = |kind: &str| {
            lines
                .iter()
                .position(|line| line["type"] == kind && line["case"][0][1] == run_id)
                .unwrap_or_else(|| panic!("no {kind} of {run_id}"))
        };
        assert!(of("exchange") < of("verdict"), "{run_id}");
    }
    let end = lines.last().unwrap();
    assert_eq!((&end["exit"], &end["totals"]["passed"]), (&0.into(), &3.into()));
    let exchange = lines.iter().find(|line| line["case"][0][1] == "34").unwrap();
    assert_eq!(exchange["legacy"]["request"]["target"], "/api/trace/34");
    assert_eq!(exchange["legacy"]["response"]["body"]["text"], legacy_trace(34).as_str());
    assert_eq!(exchange["candidate"]["response"]["body"]["text"], candidate_trace(34).as_str());
}

#[test]
fn what_was_answered_is_on_disk_while_another_case_still_hangs() {
    let trace = Trace::approved();
    trace.legacy.on("/api/trace/999", Reply::Hang);
    let started = trace.command(&[]).start();
    trace.project.wait_for_exchanges(2);
    started.signal(rustix::process::Signal::TERM);
    started.wait().exits(130);
}

#[test]
fn two_runs_at_once_do_not_disturb_each_other() {
    let trace = Trace::approved();
    trace.legacy.hold_until_crowd_of(6);
    let (one, other) = (trace.command(&[]).start(), trace.command(&[]).start());
    for run in [one, other] {
        run.wait().exits(0).says("3 approved");
    }
    let records = trace.project.files(".parity/records");
    // The run that made the snapshots, these two, and the link.
    assert_eq!(records.len(), 4, "{records:?}");
}

#[test]
fn each_run_has_its_own_and_old_ones_go() {
    let trace = Trace::approved();
    for _ in 0..21 {
        trace.check(&["--param", "run_id=34"]).exits(0);
    }
    let names = trace.project.files(".parity/records");
    // Twenty, and the link to the latest.
    assert_eq!(names.len(), 21, "{names:?}");
}

#[test]
fn secrets_are_nowhere_in_clear() {
    let trace = Trace::unapproved();
    let suite = SUITE
        .replace("/api/trace/{run_id}\"", "/api/trace/{run_id}?api_key=sesame-of-the-suite\"")
        .replace("run_id = [", "run_id = [{ value = 7, is = \"a mismatch\" }, ");
    trace.project.write("suites/trace.toml", suite);
    let cookie = "session=cookie-of-the-session; HttpOnly";
    for run_id in [34, 7] {
        let target = format!("/api/trace/{run_id}?api_key=sesame-of-the-suite");
        // Echoed, as careless services do.
        let echo = |body: String| body.replacen("\"run_id\"", r#""you_sent":"sesame-of-the-suite","run_id""#, 1);
        trace
            .legacy
            .on(target, Answer::json(echo(legacy_trace(run_id))).header("Set-Cookie", cookie));
        trace
            .candidate
            .on(format!("/trace/{run_id}"), Answer::json(echo(candidate_trace(run_id))));
    }
    // One is in parity and shown in its snapshot, the other one is shown as a difference.
    trace.candidate.on("/trace/7", Answer::json(candidate_trace(7)));
    let url = trace.legacy.url().replace("http://", "http://somebody:password-of-the-address@");
    let arguments = ["check", "--legacy-url", &url, "--candidate-url", &trace.candidate.url(), "-vv"];
    let check = trace.project.run(&arguments).exits(1);
    let json = trace.project.run(&[&arguments[..], &["--format", "json"]].concat()).exits(1);
    let explain = trace.project.run(&["explain", "trace/run_id=7"]).exits(0);
    let har = trace.project.run(&["har", "out"]).exits(0);

    assert!(
        trace
            .legacy
            .requests()
            .iter()
            .any(|request| request.head.contains("authorization: Basic") && request.target.contains("sesame-of-the-suite")),
        "the service itself gets them"
    );
    let mut written: Vec<(String, String)> = ["", "snapshots", "out"]
        .iter()
        .flat_map(|folder| trace.project.files(folder))
        .filter(|name| Path::new(name).extension().is_none_or(|extension| extension != "toml"))
        .map(|name| (trace.project.read(&name), name))
        .map(|(text, name)| (name, text))
        .collect();
    assert!(written.iter().any(|(name, _)| name == "out/legacy.har"), "{written:?}");
    assert!(written.iter().any(|(name, _)| name == LATEST));
    for (name, done) in [("check", check), ("json", json), ("explain", explain), ("har", har)] {
        written.push((format!("stdout of {name}"), done.stdout));
        written.push((format!("stderr of {name}"), done.stderr));
    }
    let snapshot = trace.project.read("snapshots/trace/run_id=34.snap.new");
    assert!(
        snapshot.contains("/api/trace/34?api_key=masked\n") && snapshot.contains(r#""you_sent": "masked""#),
        "{snapshot}"
    );
    for (name, text) in written {
        for secret in ["sesame-of-the-suite", "cookie-of-the-session", "password-of-the-address"] {
            assert!(!text.contains(secret), "{secret} in {name}:\n{text}");
        }
    }
}

#[test]
fn explain_shows_a_case_from_end_to_end() {
    let trace = Trace::approved();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    trace.check(&[]).exits(1);
    // It needs no server.
    let Trace {
        project,
        legacy,
        candidate,
    } = trace;
    drop((legacy, candidate));
    let done = project.run(&["explain", "trace/run_id=34"]).exits(0);
    project
        .settings()
        .bind(|| insta::assert_snapshot!("explain_a_mismatch", done.stdout));
    assert_eq!(done.stderr, "");
}

#[test]
fn explain_knows_its_cases() {
    let trace = Trace::approved();
    // The run that made the snapshots was recorded.
    trace
        .project
        .run(&["explain", "trace/run_id=34"])
        .exits(0)
        .says("oracle unknown: http://");
    let done = trace.project.run(&["explain", "trace/run_id=43"]).exits(2);
    done.warns("no case of").warns("did you mean `trace/run_id=34`?");
    // The suite may be left out where that is clear.
    trace.project.run(&["explain", "run_id=34"]).exits(0).says("trace/run_id=34");
    std::fs::remove_dir_all(trace.project.path(".parity")).unwrap();
    let done = trace.project.run(&["explain", "trace/run_id=34"]).exits(2);
    done.warns("no run of this project is recorded yet");
    let done = trace.project.run(&["explain", "trace/run_id=34", "--record", "no.jsonl"]).exits(2);
    done.warns("no.jsonl");
}

#[test]
fn a_run_replays_without_a_server_from_its_record_and_from_har() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.legacy.on("/api/trace/24", Answer::json("").status(500));
    let live = verdicts(&trace.check(&["--format", "json"]).exits(1));
    assert_eq!(live[1].1, "mismatch");
    let record = trace.project.path(LATEST).canonicalize().unwrap();
    let record = record.to_str().unwrap();
    trace.project.run(&["har", "out"]).exits(0).warns("out/legacy.har: 3 requests");
    let Trace {
        project,
        legacy,
        candidate,
    } = trace;
    drop((legacy, candidate));
    for (legacy, candidate) in [
        (record, record),
        ("out/legacy.har", "out/candidate.har"),
        (record, "out/candidate.har"),
    ] {
        let recordings = ["--legacy-recording", legacy, "--candidate-recording", candidate];
        let replayed = project.run(&[&["check", "--format", "json"], &recordings[..]].concat()).exits(1);
        assert_eq!(verdicts(&replayed), live, "{legacy} {candidate}");
    }
}

#[test]
fn one_side_may_be_recorded_and_the_other_live() {
    let trace = Trace::approved();
    trace.check(&[]).exits(0);
    let record = trace.project.path(LATEST).canonicalize().unwrap();
    let asked = trace.legacy.requests().len();
    let arguments = [
        "check",
        "--legacy-recording",
        record.to_str().unwrap(),
        "--candidate-url",
        &trace.candidate.url(),
    ];
    trace.project.run(&arguments).exits(0).says("recording").says("3 approved");
    assert_eq!(trace.legacy.requests().len(), asked, "the legacy was left alone");
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.project.run(&arguments).exits(1).says("1 mismatch");
}

#[test]
fn a_request_that_was_not_recorded_is_unreachable_and_named() {
    let trace = Trace::approved();
    trace.check(&[]).exits(0);
    let record = trace.project.path(LATEST).canonicalize().unwrap();
    trace.answer_well(777);
    let arguments = ["check", "--legacy-recording", record.to_str().unwrap(), "--candidate-url"];
    let done = trace
        .project
        .run(&[&arguments[..], &[&trace.candidate.url(), "--param", "run_id=777"]].concat())
        .exits(3);
    done.says("✗ unreachable").says("/api/trace/777");
}

#[test]
fn a_recording_that_is_none_is_named() {
    let trace = Trace::approved();
    trace.project.write("broken.har", "{\"log\":");
    for file in ["nowhere.har", "broken.har"] {
        let done = trace
            .project
            .run(&["check", "--legacy-recording", file, "--candidate-url", &trace.candidate.url()])
            .exits(2);
        done.warns(file);
    }
}
