//! A side that hangs, never ends or breaks off: the case ends at its limit and the rest of the run goes on.

use std::time::{Duration, Instant};

use crate::support::routes::Reply;
use crate::support::trace::{SUITE, Trace};

/// The verdict of run 34, and that the other two cases passed.
fn verdict_of_34(trace: &Trace, arguments: &[&str], code: i32) -> (String, String) {
    let report = trace.check(&[arguments, &["--format", "json"]].concat()).exits(code).json();
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for other in [&cases[0], &cases[2]] {
        assert_eq!((&other["verdict"], &other["passes"]), (&"translated".into(), &true.into()));
    }
    let failures = &cases[1]["failures"];
    let reason = failures["legacy"].as_str().or(failures["candidate"].as_str()).unwrap_or_default();
    (cases[1]["verdict"].as_str().unwrap().to_owned(), reason.to_owned())
}

#[test]
fn a_hanging_side_is_unreachable_at_the_timeout() {
    for side in ["legacy", "candidate"] {
        let trace = Trace::approved();
        match side {
            "legacy" => trace.legacy.on("/api/trace/34", Reply::Hang),
            _ => trace.candidate.on("/trace/34", Reply::Hang),
        }
        let begun = Instant::now();
        let (verdict, reason) = verdict_of_34(&trace, &["--timeout", "200ms"], 3);
        assert!(begun.elapsed() >= Duration::from_millis(200), "{side}: it was given its time");
        assert_eq!(verdict, "unreachable", "{side}");
        assert!(reason.contains("within 0.2 s"), "{side}: {reason}");
    }
}

#[test]
fn a_body_without_an_end_is_unreachable_at_the_size_limit() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Reply::Endless);
    let (verdict, reason) = verdict_of_34(&trace, &["--max-body", "1MiB"], 3);
    assert_eq!(verdict, "unreachable");
    assert!(reason.contains("1 MiB") || reason.contains("1048576"), "{reason}");
    // All three would be too large for this.
    trace.check(&["--max-body", "10"]).exits(3).says("3 unreachable");
}

#[test]
fn the_limits_of_parity_toml_hold_where_the_command_line_says_nothing() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Reply::Endless);
    let toml = trace.project.read("parity.toml");
    trace
        .project
        .write("parity.toml", format!("{toml}\n[check]\nmax_body = \"10KiB\"\n"));
    assert_eq!(verdict_of_34(&trace, &[], 3).0, "unreachable");
    trace.candidate.on("/trace/34", Reply::Hang);
    trace
        .project
        .write("parity.toml", format!("{toml}\n[check]\ntimeout = \"100ms\"\n"));
    let (verdict, reason) = verdict_of_34(&trace, &[], 3);
    assert!(verdict == "unreachable" && reason.contains("within 0.1 s"), "{verdict}: {reason}");
}

/// Why the candidate gave no answer for run 34.
fn candidate_of_34(trace: &Trace, arguments: &[&str]) -> String {
    let only = ["--case", "run_id=34", "--format", "json"];
    let report = trace.check(&[&only, arguments].concat()).exits(3).json();
    report["cases"][0]["failures"]["candidate"].as_str().unwrap().to_owned()
}

#[test]
fn a_suite_may_give_a_side_its_own_time() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Reply::Hang);
    let toml = trace.project.read("parity.toml");
    let own = "\n[check]\ntimeout = \"1m\"\ncandidate_timeout = \"40ms\"\n";
    trace.project.write("parity.toml", format!("{toml}{own}"));
    let says = |time: &str| {
        let get = "get = \"/trace/{run_id}\"\n";
        trace
            .project
            .write("suites/trace.toml", SUITE.replace(get, &format!("{get}timeout = \"{time}\"\n")));
    };

    let reason = candidate_of_34(&trace, &[]);
    assert!(
        reason.ends_with(" within 0.04 s (`candidate_timeout` of `parity.toml`)"),
        "{reason}"
    );
    says("50ms");
    let reason = candidate_of_34(&trace, &[]);
    assert!(reason.ends_with(" within 0.05 s (`timeout` of the suite)"), "{reason}");
    says("1m");
    let reason = candidate_of_34(&trace, &["--timeout", "200ms"]);
    assert!(reason.ends_with(" within 0.2 s (`--timeout`)"), "{reason}");
    let reason = candidate_of_34(&trace, &["--candidate-timeout", "60ms", "--timeout", "1m"]);
    assert!(reason.ends_with(" within 0.06 s (`--candidate-timeout`)"), "{reason}");
}

#[test]
fn a_recording_has_all_the_time_there_is() {
    let trace = Trace::approved();
    trace.check(&[]).exits(0);
    let hurried = SUITE.replace("get = \"/", "timeout = \"1ms\"\nget = \"/");
    trace.project.write("suites/trace.toml", hurried);
    let record = trace.project.read(".parity/records/latest.jsonl");
    trace.project.write("run.jsonl", record);
    let recordings = ["check", "--legacy-recording", "run.jsonl", "--candidate-recording", "run.jsonl"];
    trace.project.run(&recordings).exits(0);
}

#[test]
fn a_body_that_breaks_off_is_the_fault_of_its_side() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Reply::CutOff("{\"run_id\":34,\"trace\":[]}"));
    let (verdict, reason) = verdict_of_34(&trace, &[], 1);
    assert_eq!(verdict, "candidate-broken", "{reason}");

    let trace = Trace::approved();
    trace.legacy.on("/api/trace/34", Reply::CutOff("{\"trace\":{\"run_id\":\"34\"}}"));
    let (verdict, reason) = verdict_of_34(&trace, &[], 3);
    assert_eq!(verdict, "legacy-broken", "{reason}");
}
