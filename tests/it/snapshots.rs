//! Reviewed snapshots as a user of `parity check` meets them.

use crate::support::project::Done;
use crate::support::routes::Answer;
use crate::support::trace::{Trace, candidate_trace, legacy_trace};

const NAMES: [&str; 3] = [
    "snapshots/trace/run_id=24.snap",
    "snapshots/trace/run_id=34.snap",
    "snapshots/trace/run_id=999.snap",
];

fn approved() -> Vec<String> {
    NAMES.map(str::to_owned).to_vec()
}

fn pending() -> Vec<String> {
    NAMES.map(|name| format!("{name}.new")).to_vec()
}

/// Both sides answer run 34 with another value, so that the case is in parity and shows something else.
fn change_run_34(trace: &Trace) {
    trace
        .legacy
        .on("/api/trace/34", Answer::json(legacy_trace(34).replace("0.9300000001", "0.5")));
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("0.9300000001", "0.5")));
}

#[test]
fn a_missing_one_is_proposed_and_fails() {
    let trace = Trace::unapproved();
    let done = trace.check(&[]).exits(1);
    done.says("3 missing").says("parity review").says("snapshot missing");
    assert_eq!(trace.project.files("snapshots"), pending());
    // Proposing it again changes nothing.
    let before = trace.project.read(&pending()[1]);
    trace.check(&[]).exits(1);
    assert_eq!(trace.project.read(&pending()[1]), before);
}

#[test]
fn an_accepted_one_passes() {
    let trace = Trace::unapproved();
    trace.check(&[]).exits(1);
    assert_eq!(trace.project.accept(), 3);
    trace.check(&[]).exits(0).says("3 approved");
    assert_eq!(trace.project.files("snapshots"), approved());
}

#[test]
fn it_reads_well_in_a_review() {
    let trace = Trace::approved();
    insta::assert_snapshot!("snapshot_of_a_trace", trace.project.read(NAMES[1]).replace("---\n", "~~~\n"));
    insta::assert_snapshot!("snapshot_of_an_error", trace.project.read(NAMES[0]).replace("---\n", "~~~\n"));
}

#[test]
fn a_changed_one_fails_shows_the_change_and_is_proposed() {
    let trace = Trace::approved();
    change_run_34(&trace);
    let done = trace.check(&[]).exits(1);
    done.says("1 changed")
        .says("-    { \"iteration\": 1, \"evaluation\": 0.9300000001, \"selected\": true }")
        .says("+    { \"iteration\": 1, \"evaluation\": 0.5, \"selected\": true }");
    assert!(
        trace
            .project
            .read("snapshots/trace/run_id=34.snap.new")
            .contains("\"evaluation\": 0.5,")
    );
    assert!(trace.project.read(NAMES[1]).contains("0.9300000001"), "the approved one stays");
    // Back to what was approved, the proposal is withdrawn.
    trace.answer_well(34);
    trace.check(&[]).exits(0);
    assert_eq!(trace.project.files("snapshots"), approved());
}

#[test]
fn a_mismatch_withdraws_a_proposal_and_makes_none() {
    let trace = Trace::approved();
    change_run_34(&trace);
    trace.check(&[]).exits(1);
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
    assert_eq!(trace.project.files("snapshots"), approved());
}

#[test]
fn under_ci_nothing_is_written() {
    let ci = |trace: &Trace| trace.command(&[]).env("CI", "true").run();
    let trace = Trace::unapproved();
    ci(&trace).exits(1).says("3 missing").says("nothing was written here");
    assert_eq!(trace.project.files("snapshots"), [""; 0]);

    let trace = Trace::approved();
    change_run_34(&trace);
    ci(&trace).exits(1).says("1 changed");
    assert_eq!(trace.project.files("snapshots"), approved());
}

#[test]
fn a_case_of_the_command_line_needs_none() {
    let trace = Trace::unapproved();
    trace.answer_well(777);
    let done = trace.check(&["--param", "run_id=777"]).exits(0);
    done.says("trace/run_id=777").says("1 not kept");
    assert_eq!(trace.project.files("snapshots"), [""; 0]);
    trace.candidate.on("/trace/777", Answer::json(candidate_trace(34)));
    trace.check(&["--param", "run_id=777"]).exits(1).says("✗ mismatch");
}

#[test]
fn a_declared_case_keeps_its_own_on_the_command_line_too() {
    let trace = Trace::unapproved();
    trace.answer_well(777);
    let done = trace.check(&["--param", "run_id=34,777"]).exits(1);
    done.says("1 missing, 1 not kept");
    assert_eq!(trace.project.files("snapshots"), [format!("{}.new", NAMES[1])]);
}

#[test]
fn one_without_a_case_fails_a_full_run_and_no_other() {
    let trace = Trace::approved();
    trace
        .project
        .write("snapshots/trace/run_id=5.snap", trace.project.read(NAMES[1]).replace("34", "5"));
    let refused = |done: Done| {
        done.exits(1)
            .says("Snapshots that no case refers to")
            .says("snapshots/trace/run_id=5.snap")
            .says("parity review --prune");
    };
    refused(trace.check(&[]));
    refused(trace.check(&["trace"]));
    trace.check(&["--param", "run_id=34"]).exits(0);
}

#[test]
fn two_runs_elsewhere_give_the_same_bytes() {
    let proposed = |run: u32| {
        let trace = Trace::unapproved();
        // Addresses inside bodies and volatile headers differ from run to run.
        let link = |url: &str| format!(r#""link":"{url}/run/34""#);
        let with_link = |body: String, url: &str| body.replacen("\"run_id\"", &format!("{},\"run_id\"", link(url)), 1);
        let legacy = Answer::json(with_link(legacy_trace(34), &trace.legacy.url())).header("x-request-id", run.to_string());
        trace.legacy.on("/api/trace/34", legacy);
        trace
            .candidate
            .on("/trace/34", Answer::json(with_link(candidate_trace(34), &trace.candidate.url())));
        trace.check(&["--jobs", &run.to_string()]).exits(1).says("3 translated");
        let names = trace.project.files("snapshots");
        let texts: Vec<String> = names.iter().map(|name| trace.project.read(name)).collect();
        assert!(texts[1].contains("{base}/run/34"), "{}", texts[1]);
        (names, texts)
    };
    assert_eq!(proposed(1), proposed(3));
}

#[test]
fn one_that_cannot_be_read_stops_the_run_and_is_named() {
    let trace = Trace::approved();
    trace.project.write(NAMES[1], b"\xff\xfe not UTF-8");
    trace.check(&[]).exits(3).warns(NAMES[1]);
}
