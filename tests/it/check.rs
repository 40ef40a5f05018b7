//! `parity check` from end to end: verdicts, exit codes, and what is said of them.

use crate::support::routes::{Answer, Reply};
use crate::support::trace::{SUITE, Trace, candidate_error, candidate_trace, legacy_error, legacy_trace};

/// The line of a case: sign, verdict, and what stands beside the name, without the times.
fn headline(stdout: &str, case: &str) -> String {
    let line = stdout
        .lines()
        .find(|line| line.starts_with(['✓', '✗']) && line.split("  ").any(|part| part.trim() == case))
        .unwrap_or_else(|| panic!("no line for {case}:\n{stdout}"));
    let words: Vec<&str> = line.split_whitespace().take(2).collect();
    words.join(" ")
}

#[test]
fn all_pass() {
    let trace = Trace::approved();
    let done = trace.check(&[]).exits(0);
    trace
        .project
        .settings()
        .bind(|| insta::assert_snapshot!("check_all_pass", done.shown()));
}

#[test]
fn an_answer_that_needs_no_translation_is_a_match() {
    let trace = Trace::unapproved();
    trace.project.write(
        "suites/trace.toml",
        "suite = 'plain'\nsnapshots = 'none'\n[parameters]\nid = [1]\n[legacy]\nget = '/a/{id}'\n[candidate]\nget = '/b/{id}'\n",
    );
    trace.legacy.on("/a/1", Answer::json(r#"{"a":1.50}"#));
    trace.candidate.on("/b/1", Answer::json(r#"{ "a": 1.5 }"#));
    let done = trace.check(&[]).exits(0);
    assert_eq!(headline(&done.stdout, "plain/id=1"), "✓ match");
}

/// One way to break the endpoint by hand: what it is, the answer, and the lines that show where.
fn broken(change: impl Fn(String) -> Answer, name: &str) {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", change(candidate_trace(34)));
    let done = trace.check(&["--param", "run_id=34"]).exits(1);
    assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ mismatch");
    trace.project.settings().bind(|| insta::assert_snapshot!(name, done.stdout));
    // A mismatch writes no pending snapshot, for no review can excuse it.
    assert_eq!(trace.project.accept(), 0);
}

#[test]
fn rows_in_another_order_are_shown() {
    let rows = |body: String| {
        let (first, second) = (
            r#"{"iteration":0,"evaluation":0.93,"selected":false}"#,
            r#"{"iteration":1,"evaluation":0.9300000001,"selected":true}"#,
        );
        Answer::json(body.replace(&format!("{first},{second}"), &format!("{second},{first}")))
    };
    broken(rows, "check_row_order");
}

#[test]
fn a_boolean_as_a_string_is_shown() {
    broken(|body| Answer::json(body.replace("true", "\"true\"")), "check_boolean_as_string");
}

#[test]
fn a_rounded_number_is_shown() {
    broken(|body| Answer::json(body.replace("0.9300000001", "0.93")), "check_rounded_number");
}

#[test]
fn a_wrong_error_code_is_shown() {
    let trace = Trace::approved();
    trace.candidate.on(
        "/trace/999",
        candidate_error("run-not-found", "Run Not Found", "Run 999 not found.", "572"),
    );
    let done = trace.check(&["--param", "run_id=999"]).exits(1);
    trace
        .project
        .settings()
        .bind(|| insta::assert_snapshot!("check_wrong_code", done.stdout));
}

#[test]
fn a_broken_legacy_cannot_be_compared_with() {
    let trace = Trace::approved();
    trace.legacy.on(
        "/api/trace/34",
        Answer::json("<br />\n<b>Fatal error</b>: Uncaught Error in /var/www").media_type("text/html"),
    );
    let done = trace.check(&[]).exits(3);
    assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ legacy-broken");
    assert_eq!(headline(&done.stdout, "trace/run_id=24"), "✓ translated");
    trace
        .project
        .settings()
        .bind(|| insta::assert_snapshot!("check_legacy_broken", done.stdout));
}

#[test]
fn a_broken_candidate_fails() {
    let trace = Trace::approved();
    trace.candidate.on("/trace/34", Answer::json("{}").status(500));
    let done = trace.check(&[]).exits(1);
    assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ candidate-broken");
}

#[test]
fn a_side_that_is_not_there_is_unreachable() {
    let trace = Trace::approved();
    let gone = trace.candidate.url();
    drop(trace.candidate);
    let arguments = ["check", "--legacy-url", &trace.legacy.url(), "--candidate-url", &gone];
    let done = trace.project.run(&arguments).exits(3);
    assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ unreachable");
    done.says("the candidate gave no answer").says("refused");
}

#[test]
fn a_mismatch_outweighs_what_cannot_be_compared() {
    let trace = Trace::approved();
    trace.legacy.on("/api/trace/24", Reply::from(Answer::json("").status(500)));
    trace.check(&[]).exits(3);
    trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
    trace.check(&[]).exits(1);
}

#[test]
fn an_error_that_no_row_names_is_a_mismatch() {
    let trace = Trace::approved();
    trace.legacy.on("/api/trace/999", legacy_error("999", "Something else."));
    let done = trace.check(&[]).exits(1);
    assert_eq!(headline(&done.stdout, "trace/run_id=999"), "✗ mismatch");
    done.says("999");
}

#[test]
fn a_legacy_value_that_cannot_be_read_is_never_passed_through() {
    let trace = Trace::approved();
    trace.legacy.on(
        "/api/trace/34",
        Answer::json(legacy_trace(34).replace(r#""iteration":"2""#, r#""iteration":"two""#)),
    );
    trace.candidate.on(
        "/trace/34",
        Answer::json(candidate_trace(34).replace(r#""iteration":2"#, r#""iteration":"two""#)),
    );
    let done = trace.check(&[]).exits(1);
    assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ mismatch");
}

mod expected_verdicts {
    use super::*;

    const BROKEN: &str = "\n[[expected]]\ncase = 'run_id=34'\nverdict = 'legacy-broken'\n\
         signatures = ['legacy: status 500 text/html, empty body']\nwhy = 'a known defect'\n";

    fn trace() -> Trace {
        let trace = Trace::unapproved();
        // Another case keeps the rules in use that the broken one no longer shows.
        let suite = SUITE.replace("run_id = [", "run_id = [35, ");
        trace.project.write("suites/trace.toml", format!("{suite}{BROKEN}"));
        trace.answer_well(35);
        trace
            .legacy
            .on("/api/trace/34", Answer::json("").status(500).media_type("text/html"));
        trace.check(&[]).exits(1);
        assert_eq!(trace.project.accept(), 4);
        trace
    }

    #[test]
    fn as_declared_it_passes() {
        let done = trace().check(&[]).exits(0);
        assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✓ legacy-broken");
        done.says("expected: a known defect").says("1 legacy-broken (expected)");
    }

    #[test]
    fn another_signature_is_a_surprise() {
        let trace = trace();
        trace
            .legacy
            .on("/api/trace/34", Answer::json("oops").status(500).media_type("text/html"));
        let done = trace.check(&[]).exits(3);
        assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ legacy-broken");
        done.says("seen, not declared:")
            .says("declared, not seen:")
            .says("suites/trace.toml:");
    }

    #[test]
    fn another_verdict_is_a_surprise() {
        let trace = trace();
        trace.legacy.on("/api/trace/34", Answer::json(legacy_trace(34)));
        trace.candidate.on("/trace/34", Answer::json(candidate_trace(35)));
        let done = trace.check(&[]).exits(1);
        done.says("expected legacy-broken").says("and it is mismatch");
    }

    #[test]
    fn parity_fails_until_the_line_is_removed() {
        let trace = trace();
        trace.legacy.on("/api/trace/34", Answer::json(legacy_trace(34)));
        let done = trace.check(&[]).exits(1);
        assert_eq!(headline(&done.stdout, "trace/run_id=34"), "✗ translated");
        done.says("is in parity now: remove the line");
    }
}

mod oracle {
    use super::*;
    use crate::support::project::PARITY_TOML;

    fn gated(oracle: &str) -> Trace {
        let trace = Trace::approved();
        let toml = PARITY_TOML.replace("LEGACY_URL:-}\"\n", &format!("LEGACY_URL:-}}\"\noracle = \"{oracle}\"\n"));
        trace
            .project
            .write("parity.toml", format!("{toml}\n[gate]\noracle = \"genuine\"\n"));
        trace
    }

    #[test]
    fn a_gate_takes_the_genuine_one_and_refuses_the_rest() {
        for (oracle, code) in [("genuine", 0), ("stand-in", 3), ("unknown", 3)] {
            let trace = gated(oracle);
            let legacy = trace.legacy.url();
            let done = trace
                .project
                .command(&["check", "--environment", "urls", "--candidate-url", &trace.candidate.url()])
                .env("LEGACY_URL", &legacy)
                .run()
                .exits(code);
            if code == 3 {
                done.says("`[gate] oracle = \"genuine\"` refuses");
            }
        }
    }

    #[test]
    fn a_legacy_that_says_it_stands_in_is_believed_everywhere() {
        let trace = gated("genuine");
        trace
            .legacy
            .on("/api/trace/34", Answer::json(legacy_trace(34)).header("Parity-Oracle", "stand-in"));
        let legacy = trace.legacy.url();
        let check = |format: &str| {
            trace
                .project
                .command(&["check", "--environment", "urls", "--format", format])
                .env("LEGACY_URL", &legacy)
                .env("CANDIDATE_URL", trace.candidate.url())
                .run()
                .exits(3)
        };
        check("terminal").says("STAND-IN");
        let report = check("json").json();
        assert_eq!(report["oracle"]["kind"], "stand-in");
        assert!(
            report["oracle"]["refused"].as_str().unwrap().contains("refuses STAND-IN"),
            "{report}"
        );
        let record = trace.project.record();
        let end = record.last().unwrap();
        assert_eq!(end["oracle"], "stand-in", "{end}");
    }
}
