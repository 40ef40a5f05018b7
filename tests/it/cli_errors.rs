//! What `parity` says of bad usage and broken files: the place, what was expected, the nearest name, and nothing written.

use crate::support::project::{PARITY_TOML, Project};
use crate::support::trace::{SUITE, Trace};

/// Runs, expects bad usage, and that nothing was written.
fn refused(trace: &Trace, arguments: &[&str], says: &[&str]) {
    let done = trace.check(arguments).exits(2);
    for text in says {
        done.clone().warns(text);
    }
    assert_eq!(done.stdout, "");
    assert_nothing_written(&trace.project);
    assert!(
        trace.legacy.requests().is_empty() && trace.candidate.requests().is_empty(),
        "nobody was asked"
    );
}

fn assert_nothing_written(project: &Project) {
    let written: Vec<String> = [".parity", "snapshots"].iter().flat_map(|folder| project.files(folder)).collect();
    assert_eq!(written, [""; 0]);
    assert!(!project.path(".parity").exists());
    project.assert_nothing_left();
}

#[test]
fn unknown_names_come_with_the_nearest() {
    let trace = Trace::unapproved();
    refused(&trace, &["trac"], &["no suite is called `trac`: did you mean `trace`?"]);
    refused(
        &trace,
        &["--param", "runid=34"],
        &["no selected suite has a parameter `runid`: did you mean `run_id`?"],
    );
    trace.project.write("parity.toml", format!("{PARITY_TOML}\n[profile.nightly]\n"));
    refused(&trace, &["--profile", "nightli"], &["nightli", "nightly"]);
}

#[test]
fn arguments_that_are_none_say_what_was_expected() {
    let trace = Trace::unapproved();
    for (arguments, says) in [
        (["--param", "run_id"], "run_id=34,100..120"),
        (["--param", "run_id=9..1"], "9..1"),
        (["--param", "run_id="], "run_id="),
        (["--timeout", "5"], "`500ms`, `30s` or `2m`"),
        (["--max-body", "1MB"], "`64MiB`"),
        (["--rate", "0"], "above 0"),
        (["--jobs", "0"], "1..=512"),
        (["--format", "xml"], "terminal, json"),
        (["--environment", "containrs"], "containers"),
    ] {
        refused(&trace, &arguments, &[says]);
    }
    refused(
        &trace,
        &["--param", "run_id=1", "--param", "run_id=2"],
        &["is given twice", "run_id=34,35"],
    );
    refused(&trace, &["--legacy-recording", "x.har"], &["cannot be used with"]);
}

#[test]
fn an_address_that_is_none_is_named() {
    let project = Project::new();
    project.write("suites/trace.toml", SUITE);
    for url in ["nonsense", "ftp://example.org", "http://"] {
        let done = project
            .run(&["check", "--legacy-url", url, "--candidate-url", "http://127.0.0.1:9"])
            .exits(2);
        done.clone()
            .warns(&format!("invalid value '{url}' for '--legacy-url <URL>'"))
            .warns("expected an address such as");
    }
    assert_nothing_written(&project);
}

#[test]
fn a_project_is_found_upwards_and_by_its_path() {
    let trace = Trace::approved();
    trace.project.write("deep/er/file", "");
    trace.command(&[]).in_folder(trace.project.path("deep/er")).run().exits(0);
    // Everything is relative to the file, wherever the program runs.
    assert!(!trace.project.path("deep/er/.parity").exists());

    let elsewhere = Project::new();
    std::fs::remove_file(elsewhere.path("parity.toml")).unwrap();
    for path in ["parity.toml", ""] {
        let config = trace.project.path(path);
        let config = config.to_str().unwrap();
        trace.command(&["--config", config]).in_folder(elsewhere.path("")).run().exits(0);
        trace
            .command(&[])
            .env("PARITY_CONFIG", config)
            .in_folder(elsewhere.path(""))
            .run()
            .exits(0);
    }
    let done = trace.command(&[]).in_folder("/").run().exits(2);
    done.warns("no `parity.toml` in `/` or above it").warns("--config PATH");
    let done = trace.check(&["--config", "elsewhere.toml"]).exits(2);
    done.warns("elsewhere.toml");
}

#[test]
fn broken_suites_are_told_together_with_their_places() {
    let trace = Trace::unapproved();
    trace.project.write(
        "suites/one.toml",
        SUITE.replace("[candidate]", "[candidat]").replace("\"trace\"", "\"one\""),
    );
    trace.project.write("suites/two.toml", "suite = ");
    trace.project.write("suites/three.toml", SUITE);
    let done = trace.check(&[]).exits(2);
    assert_nothing_written(&trace.project);
    trace
        .project
        .settings()
        .bind(|| insta::assert_snapshot!("errors_of_suites", done.stderr));
}

#[test]
fn a_broken_parity_toml_is_told_with_its_place() {
    let trace = Trace::unapproved();
    trace.project.write(
        "parity.toml",
        PARITY_TOML
            .replace("snapshots =", "snapshot =")
            .replace("[service.candidate.url]", "[service.candidate.urls]"),
    );
    let done = trace.check(&[]).exits(2);
    assert_nothing_written(&trace.project);
    trace
        .project
        .settings()
        .bind(|| insta::assert_snapshot!("errors_of_parity_toml", done.stderr));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let trace = Trace::unapproved();
    trace.project.write("suites/large.toml", "#".repeat(5 << 20));
    refused(&trace, &[], &["suites/large.toml"]);
    trace.project.write("suites/large.toml", b"\xff\xfe");
    refused(&trace, &[], &["suites/large.toml", "UTF-8"]);
    std::fs::remove_file(trace.project.path("suites/large.toml")).unwrap();
    // Root may read what is forbidden, and nobody a link to nothing.
    std::os::unix::fs::symlink("nowhere", trace.project.path("suites/gone.toml")).unwrap();
    refused(&trace, &[], &["suites/gone.toml"]);
    std::fs::remove_dir_all(trace.project.path("suites")).unwrap();
    refused(&trace, &[], &["cannot read the folder of suites", "suites"]);
}

#[test]
fn a_folder_without_suites_means_that_nothing_was_judged() {
    let trace = Trace::unapproved();
    std::fs::remove_file(trace.project.path("suites/trace.toml")).unwrap();
    let done = trace.check(&[]).exits(4);
    done.clone().says("nothing was judged");
    assert_nothing_written(&trace.project);
    let report = trace.check(&["--format", "json"]).exits(4).json();
    assert_eq!((&report["exit_code"], &report["totals"]["cases"]), (&4.into(), &0.into()));
}

#[test]
fn a_service_that_no_one_declared_is_named() {
    let trace = Trace::unapproved();
    trace.project.write(
        "suites/trace.toml",
        SUITE.replace("[candidate]", "[candidate]\nservice = \"candidat\""),
    );
    refused(&trace, &[], &["candidat"]);
}

#[test]
fn under_ci_a_kind_is_chosen_and_not_guessed() {
    let project = Project::with(
        "suites = 'suites'\nsnapshots = 'snapshots'\n\
         [service.legacy.process]\ncommand = ['true']\n[service.legacy.url]\nurl = 'http://127.0.0.1:1'\n\
         [service.candidate.process]\ncommand = ['true']\n[service.candidate.url]\nurl = 'http://127.0.0.1:1'\n",
    );
    project.write("suites/trace.toml", SUITE);
    let done = project.command(&["check"]).env("CI", "true").run().exits(3);
    done.warns("under CI nothing is guessed").warns("--environment");
    assert_nothing_written(&project);
}

#[test]
fn what_was_chosen_and_is_not_there_is_said() {
    let trace = Trace::unapproved();
    let done = trace.project.run(&["check", "--environment", "containers"]).exits(3);
    done.warns("`legacy`").warns("`candidate`");
    let done = trace.project.run(&["check"]).exits(3);
    done.warns("service `legacy` cannot be had on this machine");
    assert_nothing_written(&trace.project);
}

#[test]
fn help_and_version_are_no_failures() {
    let project = Project::new();
    project
        .run(&["--version"])
        .exits(0)
        .says(concat!("parity ", env!("CARGO_PKG_VERSION")));
    project.run(&["help"]).exits(0).says("Exit codes:");
    project
        .run(&["check", "--help"])
        .exits(0)
        .says("parity check run-trace --param run_id=34,100..120");
    project.run(&[]).exits(2);
    project.run(&["chekc"]).exits(2).warns("check");
}
