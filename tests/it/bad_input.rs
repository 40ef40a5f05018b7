//! Records and paths that are no good: each is an error that says so, with exit code 2, and nothing is written or lost.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::support::project::{Done, Project};
use crate::support::trace::{SUITE, Trace};

/// A project with one approved run, whose record is `run.jsonl` as well; the services are gone.
fn recorded() -> Project {
    let trace = Trace::approved();
    trace.check(&[]).exits(0);
    let record = trace.project.read(".parity/records/latest.jsonl");
    trace.project.write("run.jsonl", record);
    trace.project
}

/// Every command that reads a record, with this one.
fn readers(record: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["judge", record],
        vec!["judge", "run.jsonl", "--baseline", record],
        vec!["report", record],
        vec!["report", record, "--suites", "today"],
        vec!["merge", record, "-o", "whole.jsonl"],
        vec!["audit", "--record", record],
        vec!["rules", record],
        vec!["guide", record],
        vec!["suggest", record],
        vec!["expect", "--open", record],
        vec!["review", "--from", record, "--accept", "trace/run_id=34"],
        vec!["explain", "trace/run_id=999", "--record", record],
        vec!["har", "out", "--record", record],
        vec!["check", "--shard", "1/2", "--shard-by", record, "--list"],
        vec!["check", "--candidate-recording", record, "--legacy-recording", "run.jsonl"],
    ]
}

/// Every file with what it holds.
fn everything(project: &Project) -> Vec<(String, String)> {
    let names = project.files("").into_iter();
    names.map(|name| (name.clone(), project.read(&name))).collect()
}

/// Refused with these words, with nothing on standard output, and every file as it was.
#[track_caller]
fn refused(project: &Project, arguments: &[&str], says: &str) -> Done {
    let before = everything(project);
    let done = project.run(arguments);
    assert!(
        done.code == Some(2) && done.stderr.contains(says),
        "{arguments:?}: {}",
        done.shown()
    );
    assert_eq!(done.stdout, "", "{arguments:?}");
    assert!(everything(project) == before, "{arguments:?} wrote or lost something");
    done
}

#[test]
fn a_record_that_cannot_be_read_is_refused_by_every_command() {
    let project = recorded();
    let record = project.read("run.jsonl");
    let lines: Vec<&str> = record.lines().collect();
    project.write("newer.jsonl", record.replacen("\"version\":1", "\"version\":99", 1));
    project.write("begun.jsonl", &record[..100]);
    let damaged = [lines[0], &lines[1][..100]].into_iter().chain(lines[2..].iter().copied());
    project.write("damaged.jsonl", damaged.collect::<Vec<_>>().join("\n") + "\n");
    for (name, says) in [
        (
            "newer.jsonl",
            "`newer.jsonl` is a run record of version 99, and this parity reads versions up to 1",
        ),
        ("begun.jsonl", "`begun.jsonl` is no run record: its first line breaks off"),
        ("damaged.jsonl", "`damaged.jsonl` line 2: column 100: EOF"),
        ("parity.toml", "`parity.toml` is no run record: expected a first line like"),
        ("nowhere.jsonl", "`nowhere.jsonl`: No such file"),
        ("suites", "`suites`: Is a directory"),
    ] {
        for arguments in readers(name) {
            // A service's recording is named by its whole path, for it is part of the record.
            let says = if arguments[0] == "check" { &says[1..] } else { says };
            refused(&project, &arguments, says);
        }
    }
}

#[test]
fn a_record_without_an_end_is_judged_by_nobody() {
    let project = recorded();
    let record = project.read("run.jsonl");
    let lines: Vec<&str> = record.lines().collect();
    let (last, whole) = lines.split_last().unwrap();
    project.write("killed.jsonl", whole.join("\n") + "\n");
    project.write("torn.jsonl", format!("{}\n{}", whole.join("\n"), &last[..last.len() / 2]));
    for name in ["killed.jsonl", "torn.jsonl"] {
        for arguments in readers(name) {
            // They show or ask what there is, and an earlier run that was killed pardons less.
            if !matches!(arguments[0], "explain" | "har" | "check") && !arguments.contains(&"--baseline") {
                refused(&project, &arguments, &format!("`{name}` has no end"));
            }
        }
        project
            .run(&["explain", "trace/run_id=34", "--record", name])
            .exits(0)
            .says("trace/run_id=34");
        project
            .run(&["explain", "trace/run_id=35", "--record", name])
            .exits(2)
            .warns("did you mean `trace/run_id=34`?; ");
        project.run(&["har", "out", "--record", name]).exits(0).warns("note: ");
    }
}

#[test]
fn answers_to_questions_that_nobody_asks_any_more_are_judged_by_nobody() {
    let project = recorded();
    let changed = SUITE.replace("get = \"/trace/{run_id}\"", "get = \"/traces/{run_id}\"");
    project.write("suites/trace.toml", changed);
    for arguments in readers("run.jsonl") {
        match arguments[..] {
            // By the suites as they were.
            ["report", record] => {
                let told = project.run(&["report", record]).exits(0);
                told.warns("the suite `trace` changed since the record: judged as it was then");
            }
            ["explain" | "har", ..] => {
                project.run(&arguments).exits(0);
            }
            ["merge", ..] => {
                refused(
                    &project,
                    &arguments,
                    "the suite `trace` changed since the record: run `parity merge` on the same commit",
                );
            }
            ["check", ..] => {}
            _ => {
                refused(
                    &project,
                    &arguments,
                    "3 cases of `run.jsonl` asked something else than their suites ask today",
                );
            }
        }
    }
}

#[test]
fn no_report_is_written_over_what_is_read() {
    let project = recorded();
    symlink("run.jsonl", project.path("link.jsonl")).unwrap();
    std::fs::create_dir(project.path("folder")).unwrap();
    let over = |name: &str| format!("the json report would be written over `{name}`, which is no report: give it a file of its own");
    let recordings = ["check", "--legacy-recording", "run.jsonl", "--candidate-recording", "run.jsonl"];
    for target in ["run.jsonl", "./folder/../run.jsonl", "link.jsonl"] {
        let report = format!("json={target}");
        for arguments in [
            vec!["judge", "run.jsonl", "--report", &report],
            vec![
                "judge",
                ".parity/records/latest.jsonl",
                "--baseline",
                "run.jsonl",
                "--report",
                &report,
            ],
            vec!["merge", "run.jsonl", "--report", &report],
            vec!["merge", ".parity/records/latest.jsonl", "-o", "run.jsonl", "--report", &report],
            vec!["report", "run.jsonl", "--format", "json", "-o", target],
            [&recordings[..], &["--report", &report]].concat(),
        ] {
            refused(&project, &arguments, &over(target));
        }
        refused(
            &project,
            &["merge", "run.jsonl", "-o", target],
            "the whole would be written over its part `run.jsonl`: give it a file of its own",
        );
    }
    for target in ["parity.toml", "suites/trace.toml", ".parity/records/latest.jsonl"] {
        let report = format!("json={target}");
        refused(&project, &[&recordings[..], &["--report", &report]].concat(), &over(target));
        refused(&project, &["judge", "run.jsonl", "--report", &report], &over(target));
    }
    for target in ["/dev/null", "folder"] {
        refused(
            &project,
            &["merge", "run.jsonl", "-o", target],
            "it is no file, and a record is one",
        );
    }
    let summary = project.path("summary.md");
    let done = project.command(&["judge", "run.jsonl", "--report", "github=summary.md"]);
    done.env("GITHUB_STEP_SUMMARY", &summary)
        .run()
        .exits(2)
        .warns("the github report would be written over `summary.md`");
}

#[test]
fn two_reports_to_one_file_are_seen_through_links() {
    let project = recorded();
    symlink("a.json", project.path("b.json")).unwrap();
    let both = ["judge", "run.jsonl", "--report", "json=a.json", "--report", "junit=b.json"];
    for _ in 0..2 {
        let done = project.run(&both).exits(2);
        done.warns("two reports would be written to `b.json`, json and junit: give each a file of its own");
        // And again where the link leads to a file.
        project.write("a.json", "earlier");
    }
    // A link keeps leading where it leads.
    project.run(&["judge", "run.jsonl", "--report", "json=b.json"]).exits(0);
    assert_eq!(std::fs::read_link(project.path("b.json")).unwrap().to_str(), Some("a.json"));
    assert!(project.read("a.json").contains("\"exit_code\": 0"));
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_nothing() {
    let project = recorded();
    for arguments in [
        vec!["merge", "run.jsonl", "-o", "parity.toml/x/whole.jsonl"],
        vec!["har", "parity.toml/x", "--record", "run.jsonl"],
        vec!["judge", "run.jsonl", "--report", "json=parity.toml/x.json"],
        vec!["report", "run.jsonl", "-o", "parity.toml/x.txt"],
    ] {
        refused(&project, &arguments, "cannot write ");
    }
    // Only one of the two can be given its name, so neither is.
    std::fs::create_dir_all(project.path("out/candidate.har/in-the-way")).unwrap();
    refused(
        &project,
        &["har", "out", "--record", "run.jsonl"],
        "out/candidate.har`: it is a folder, and a file is expected",
    );
    for format in ["xml", "jsn"] {
        refused(&project, &["report", "run.jsonl", "--format", format], "terminal, json, junit");
        refused(
            &project,
            &["judge", "run.jsonl", "--report", &format!("{format}=x")],
            "there is no format",
        );
    }
}

#[test]
fn what_is_written_is_as_readable_as_a_record() {
    let project = recorded();
    project.run(&["merge", "run.jsonl", "-o", "whole.jsonl"]).exits(0);
    project.run(&["har", "out", "--record", "run.jsonl"]).exits(0);
    project.run(&["report", "-o", "report.txt"]).exits(0);
    let mode = |name: &str| project.path(name).metadata().unwrap().permissions().mode();
    for name in ["whole.jsonl", "out/legacy.har", "report.txt"] {
        assert_eq!(mode(name), mode(".parity/records/latest.jsonl"), "{name}");
    }
}
