//! How the sides are asked: how many at a time, how fast, and by whom.

use std::time::{Duration, Instant};

use crate::support::trace::Trace;

const NINE: &str = "run_id=1..9";

fn nine() -> Trace {
    let trace = Trace::unapproved();
    for run_id in 1..=9 {
        trace.answer_well(run_id);
    }
    trace
}

#[test]
fn no_more_are_asked_at_a_time_than_jobs_says() {
    for jobs in [1, 3] {
        let trace = nine();
        trace.legacy.hold_until_crowd_of(jobs);
        trace.check(&["--param", NINE, "--jobs", &jobs.to_string()]).exits(0);
        assert_eq!(trace.legacy.biggest_crowd(), jobs);
    }
}

#[test]
fn jobs_of_parity_toml_hold_where_the_command_line_says_nothing() {
    let trace = nine();
    let toml = trace.project.read("parity.toml");
    trace.project.write("parity.toml", format!("{toml}\n[check]\njobs = 2\n"));
    trace.candidate.hold_until_crowd_of(2);
    trace.check(&["--param", NINE]).exits(0);
    assert_eq!(trace.candidate.biggest_crowd(), 2);
}

#[test]
fn on_this_machine_all_nine_are_asked_at_once() {
    let trace = nine();
    trace.legacy.hold_until_crowd_of(9);
    trace.check(&["--param", NINE]).exits(0);
    assert_eq!(trace.legacy.biggest_crowd(), 9);
}

#[test]
fn each_side_gets_no_more_requests_a_second_than_rate_says() {
    let trace = nine();
    // From before the first was sent: on its way it may be slow, and that must not count.
    let begun = Instant::now();
    trace.check(&["--param", NINE, "--rate", "20"]).exits(0);
    for server in [&trace.legacy, &trace.candidate] {
        let requests = server.requests();
        assert_eq!(requests.len(), 9);
        let taken = requests[8].at - begun;
        // Eight pauses of 50 ms.
        assert!(taken >= Duration::from_millis(400), "nine requests within {taken:?}");
    }
}

#[test]
fn it_says_who_asks_and_only_reads() {
    let trace = nine();
    trace.check(&["--param", NINE]).exits(0);
    for request in trace.legacy.requests() {
        assert!(request.head.starts_with("GET "), "{}", request.head);
        assert!(request.head.to_lowercase().contains("user-agent: parity/"), "{}", request.head);
    }
}
