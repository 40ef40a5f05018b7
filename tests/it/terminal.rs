//! What goes where: colours, progress, and one JSON document.

use unicode_width::UnicodeWidthStr as _;

use crate::support::project::Done;
use crate::support::routes::Answer;
use crate::support::trace::{Trace, candidate_trace};

fn has_colour(text: &str) -> bool {
    text.contains('\u{1b}')
}

#[test]
fn colours_follow_the_flag_then_the_variables_then_the_terminal() {
    let trace = Trace::approved();
    for (arguments, variables, expected) in [
        (&[][..], &[][..], false),
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "0")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], &[("NO_COLOR", "")], false),
    ] {
        let mut command = trace.command(arguments);
        for (name, value) in variables {
            command = command.env(name, value);
        }
        let done = command.run().exits(0);
        assert_eq!(has_colour(&done.stdout), expected, "{arguments:?} {variables:?}: {}", done.stdout);
    }
    for (choice, expected) in [("always", true), ("never", false), ("auto", false)] {
        let done = trace.check(&["no-such-suite", "--color", choice]).exits(2);
        assert_eq!(has_colour(&done.stderr), expected, "{}", done.stderr);
    }
}

#[test]
fn json_is_one_document_with_these_members() {
    let trace = Trace::approved();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    let report = trace.check(&["--format", "json"]).exits(1).json();
    let members = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        members(&report),
        [
            "cases",
            "changed",
            "elapsed_ms",
            "exit_code",
            "full",
            "interrupted",
            "oracle",
            "record",
            "rules",
            "sides",
            "signatures",
            "speeds",
            "started",
            "today",
            "totals",
            "unreferenced",
            "version"
        ]
    );
    assert_eq!(report["version"], 1);
    assert_eq!(report["exit_code"], 1);
    assert_eq!(report["totals"]["cases"], 3);
    assert_eq!(report["totals"]["verdicts"]["mismatch"], 1);
    assert_eq!(report["oracle"]["kind"], "unknown");
    let case = &report["cases"][1];
    for (member, value) in [
        ("suite", "trace"),
        ("case", "trace/run_id=34"),
        ("verdict", "mismatch"),
        ("is", "a trace"),
    ] {
        assert_eq!(case[member], value);
    }
    let difference = &case["differences"][0];
    for (member, value) in [
        ("path", "/trace/1/selected"),
        ("kind", "kind"),
        ("rule", "boolean /trace/*/selected"),
        ("row", "iteration=1"),
    ] {
        assert_eq!(difference[member], value, "{difference}");
    }
    assert!(case["elapsed_ms"]["legacy"].as_f64().unwrap() > 0.0);
    assert!(trace.project.path(report["record"].as_str().unwrap()).is_file());
}

#[test]
fn json_has_no_colours_even_when_they_are_forced() {
    let trace = Trace::approved();
    let done = trace.check(&["--format", "json", "--color", "always"]).exits(0);
    done.json();
    assert!(!has_colour(&done.stdout));
}

#[test]
fn verbosity_goes_to_standard_error() {
    let trace = Trace::approved();
    let quiet = trace.check(&["--format", "json"]).exits(0);
    let loud = trace.check(&["--format", "json", "-vv"]).exits(0);
    loud.json();
    assert_eq!(quiet.stderr, "");
    for path in ["/api/trace/34", "/trace/34"] {
        assert!(loud.stderr.contains(&format!("target=\"{path}\"")), "{}", loud.stderr);
    }
    assert!(!has_colour(&loud.stderr), "{}", loud.stderr);
}

/// Runs the check on a terminal of its own, both streams on it.
fn on_a_terminal(trace: &Trace, variables: &[(&str, &str)]) -> Done {
    on_a_terminal_of(120, trace, variables)
}

fn on_a_terminal_of(columns: u16, trace: &Trace, variables: &[(&str, &str)]) -> Done {
    let command = format!(
        "stty cols {columns} rows 50; '{}' check --legacy-url {} --candidate-url {}",
        env!("CARGO_BIN_EXE_parity"),
        trace.legacy.url(),
        trace.candidate.url()
    );
    // From util-linux, which every Debian has; `-e` gives the exit code of the command.
    let mut command = trace
        .project
        .wrapped("script", &["-qec", &command, "/dev/null"])
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh");
    for (name, value) in variables {
        command = command.env(name, value);
    }
    command.run()
}

#[test]
fn a_terminal_gets_a_bar_and_colours() {
    let trace = Trace::approved();
    let done = on_a_terminal(&trace, &[]).exits(0);
    assert!(done.stdout.contains("/3 cases"), "{:?}", done.stdout);
    assert!(has_colour(&done.stdout));
    assert!(done.stdout.contains("3 approved"), "{:?}", done.stdout);

    let plain = trace.check(&[]).exits(0);
    assert!(!plain.stdout.contains("/3 cases") && !plain.stderr.contains("/3 cases"));
}

/// What stands on the lines of a terminal one after the other, without what only moves and colours.
fn lines(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    plain.split(['\r', '\n']).map(str::to_owned).collect()
}

#[test]
fn a_narrow_terminal_gets_lines_that_fit() {
    let trace = Trace::unapproved();
    let candidate = candidate_trace(34).replace("true", &format!("\"{}\"", "全角".repeat(30)));
    trace.candidate.on("/trace/34", Answer::json(candidate));
    for columns in [40, 80] {
        let done = on_a_terminal_of(columns, &trace, &[("CI", "")]).exits(1);
        let lines = lines(&done.stdout);
        assert!(lines.iter().any(|line| line.contains("/3 cases")), "a bar is drawn: {lines:?}");
        // What is there to be copied is whole.
        let whole = |line: &&String| !line.starts_with("  record ") && !line.starts_with("  parity ");
        for line in lines.iter().filter(whole) {
            assert!(line.width() <= usize::from(columns), "{columns}: {line}");
        }
        let record = lines.iter().find(|line| line.starts_with("  record ")).unwrap();
        assert!(record.contains(".jsonl"), "{record}");
    }
}

#[test]
fn a_terminal_that_knows_only_lines_gets_only_lines() {
    let trace = Trace::approved();
    let done = on_a_terminal(&trace, &[("TERM", "dumb")]).exits(0);
    assert!(!has_colour(&done.stdout) && !done.stdout.contains("/3 cases"), "{:?}", done.stdout);
    let forced = on_a_terminal(&trace, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]).exits(0);
    assert!(has_colour(&forced.stdout));
}

#[test]
fn a_terminal_of_a_ci_job_gets_no_bar() {
    let trace = Trace::approved();
    let done = on_a_terminal(&trace, &[("CI", "true")]).exits(0);
    assert!(!done.stdout.contains("/3 cases"), "{:?}", done.stdout);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let trace = Trace::approved();
    let command = format!(
        "'{}' check --legacy-url {} --candidate-url {} | head -c 10 >/dev/null; exit 0",
        env!("CARGO_BIN_EXE_parity"),
        trace.legacy.url(),
        trace.candidate.url()
    );
    let done = trace.project.wrapped("sh", &["-c", &command]).run().exits(0);
    assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
}
