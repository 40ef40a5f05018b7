//! `--report FORMAT=PATH`: every format in one run, found to be writable before anything starts, there whole or not at all.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::routes::Answer;
use crate::support::trace::{Trace, candidate_trace};

const FORMATS: [(&str, &str); 7] = [
    ("terminal", "What fails, the most common first"),
    ("json", "\"version\": 1"),
    ("junit", "<testsuites"),
    ("markdown", "<!-- parity -->"),
    ("github", "::error file=suites/trace.toml,line="),
    ("sarif", "\"version\": \"2.1.0\""),
    ("html", "id=\"evidence-1\""),
];

/// One case differs.
fn red() -> Trace {
    let trace = Trace::approved();
    trace
        .candidate
        .on("/trace/34", Answer::json(candidate_trace(34).replace("true", "\"true\"")));
    trace
}

/// What stands in the project beside its own files.
fn made(trace: &Trace) -> Vec<String> {
    let own = ["parity.toml", "suites/", "snapshots/", ".parity/"];
    let files = trace.project.files("");
    files
        .into_iter()
        .filter(|file| !own.iter().any(|own| file.starts_with(own)))
        .collect()
}

#[test]
fn every_format_in_one_run() {
    let trace = red();
    let reports: Vec<String> = FORMATS
        .iter()
        .map(|(format, _)| format!("--report={format}=out/deep/{format}.txt"))
        .collect();
    let arguments: Vec<&str> = reports.iter().map(String::as_str).collect();
    // The terminal says what it says without them.
    let plain = trace.check(&[]).exits(1);
    let told = trace.check(&arguments).exits(1);
    assert_eq!(told.stdout.lines().count(), plain.stdout.lines().count());
    for (format, says) in FORMATS {
        let name = format!("out/deep/{format}.txt");
        let text = trace.project.read(&name);
        assert!(text.contains(says), "{format}: {text}");
        assert!(text.contains("/trace/*/selected") || format == "junit", "{format}: {text}");
        let mode = std::fs::metadata(trace.project.path(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o600, 0o600);
        assert_ne!(mode & 0o044, 0, "readable by those who read what others write");
    }
    assert_eq!(made(&trace).len(), FORMATS.len(), "no temporary file is left: {:?}", made(&trace));
}

#[test]
fn what_standard_output_holds() {
    let trace = red();
    for arguments in [["--format", "json"], ["--report", "json=-"]] {
        let report = trace.check(&arguments).exits(1).json();
        assert_eq!(report["exit_code"], 1);
    }
    trace.check(&["--format", "sarif"]).exits(1).says("\"results\"");
    for (arguments, says) in [
        (vec!["--format", "json", "--report", "junit=-"], "json and junit"),
        (vec!["--report", "json=-", "--report", "junit=-"], "json and junit"),
        (vec!["--report", "json=-", "--report", "github=-"], "json and github"),
        (vec!["--format", "terminal", "--report", "json=-"], "terminal and json"),
    ] {
        let done = trace.check(&arguments).exits(2).warns(says);
        assert_eq!(done.stdout, "");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_found_before_anything_is_asked() {
    let trace = Trace::unapproved();
    trace.project.write("file", "");
    std::fs::create_dir(trace.project.path("folder")).unwrap();
    std::os::unix::fs::symlink("folder", trace.project.path("link")).unwrap();
    for (arguments, says) in [
        (vec!["--report", "junit=file/a.xml"], "cannot write the junit report `file/a.xml`"),
        (vec!["--report", "junit=folder"], "it is a folder, and a file is expected"),
        (
            vec!["--report", "junit=/proc/parity/a.xml"],
            "cannot write the junit report `/proc/parity/a.xml`",
        ),
        (
            vec!["--report", "json=a", "--report", "junit=./folder/../a"],
            "two reports would be written to `./folder/../a`, json and junit",
        ),
        (
            vec!["--report", "json=folder/a", "--report", "json=link/a"],
            "two reports would be written to `link/a`",
        ),
        (vec!["--report", "junti=a"], "there is no format `junti`: did you mean `junit`?"),
        (vec!["--report", "junit"], "expected `FORMAT=PATH`, such as `junit=report.xml`"),
    ] {
        let done = trace.check(&arguments).exits(2).warns(says);
        assert_eq!(done.stdout, "");
        assert!(!done.stderr.contains(".tmp"), "{}", done.stderr);
    }
    assert_eq!(made(&trace), ["file"]);
    assert!(!trace.project.path(".parity").exists());
    assert!(trace.legacy.requests().is_empty() && trace.candidate.requests().is_empty());
}

#[test]
fn a_run_that_does_not_come_about_leaves_no_report_and_no_earlier_one() {
    let trace = Trace::approved();
    trace.check(&["--report", "junit=out/a.xml"]).exits(0);
    assert_eq!(made(&trace), ["out/a.xml"]);
    // The command line is wrong: nothing was begun, and nothing is taken away.
    trace.check(&["trac", "--report", "junit=out/a.xml"]).exits(2);
    assert_eq!(made(&trace), ["out/a.xml"]);
    trace.project.write(
        "parity.toml",
        "suites = 'suites'\nsnapshots = 'snapshots'\n[service.legacy.process]\ncommand = ['false']\n\
         [service.candidate.url]\nurl = 'http://127.0.0.1:9'\n",
    );
    trace
        .project
        .run(&["check", "--report", "junit=out/a.xml"])
        .exits(3)
        .warns("legacy");
    assert_eq!(made(&trace), [""; 0]);
}

#[test]
fn a_device_is_written_to_and_stays_what_it_is() {
    let trace = Trace::approved();
    let done = trace
        .command(&["--report", "json=/dev/stderr", "--report", "junit=/dev/null"])
        .run()
        .exits(0);
    done.warns("\"exit_code\": 0");
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn annotations_and_a_job_summary() {
    let trace = red();
    trace.candidate.on("/trace/999", Answer::json("{}").status(500));
    trace.project.write("summary.md", "an earlier step\n");
    let done = trace
        .command(&["--report", "github=-"])
        .env("GITHUB_STEP_SUMMARY", trace.project.path("summary.md"))
        .env("GITHUB_WORKSPACE", trace.project.path("").parent().unwrap())
        .run()
        .exits(1);
    // What services answer stands between the two, where the runner reads no commands.
    let (first, rest) = done.stdout.split_once('\n').unwrap();
    let token = first.strip_prefix("::stop-commands::").unwrap();
    assert_eq!(token.len(), 32);
    let (terminal, annotations) = rest.split_once(&format!("::{token}::\n")).unwrap();
    assert!(terminal.contains("result    failed"), "{terminal}");
    assert!(
        annotations.contains("::error file=project/suites/trace.toml,line=36,title=mismatch in 1 case::/trace/*/selected:"),
        "{annotations}"
    );
    assert!(annotations.contains("title=candidate-broken in 1 case"), "{annotations}");
    let summary = trace.project.read("summary.md");
    assert!(
        summary.starts_with("an earlier step\n<!-- parity -->\n## ✗ parity · failed: 2 of 3 cases do not pass\n"),
        "{summary}"
    );
    // Another run has another word.
    let other = trace.check(&["--report", "github=-"]).exits(1);
    assert!(!other.stdout.contains(token));
}

#[test]
fn a_job_whose_set_up_fails_says_so_where_it_is_looked_for() {
    let trace = Trace::approved();
    let suite = trace.project.read("suites/trace.toml").replacen("why =", "whi =", 1);
    trace.project.write("suites/trace.toml", suite);
    let done = trace
        .command(&["--report", "github=-"])
        .env("GITHUB_STEP_SUMMARY", trace.project.path("summary.md"))
        .run()
        .exits(2);
    done.says("::error file=suites/trace.toml,line=").says("did you mean `why`?");
    let summary = trace.project.read("summary.md");
    assert!(
        summary.starts_with("## ✗ parity: nothing was judged\n\n```text\nsuites/trace.toml:"),
        "{summary}"
    );
    trace
        .command(&["--report", "github=-"])
        .env("GITHUB_STEP_SUMMARY", "/proc/parity/summary.md")
        .run()
        .exits(2)
        .warns("cannot write the job summary `/proc/parity/summary.md`, which GITHUB_STEP_SUMMARY names");
}

#[test]
fn a_run_without_a_case_is_reported_as_one() {
    let trace = Trace::approved();
    std::fs::remove_file(trace.project.path("suites/trace.toml")).unwrap();
    trace.check(&["--report", "junit=a.xml"]).exits(4);
    assert!(trace.project.read("a.xml").contains("nothing was judged"));
}
