//! `parity init`, completions and manual pages from end to end.

use std::fs;

use crate::support::project::Project;
use crate::support::routes::{Answer, Server};
use crate::support::services::root;

/// A folder with nothing in it.
fn empty() -> Project {
    let project = Project::new();
    fs::remove_file(project.path("parity.toml")).unwrap();
    fs::remove_dir_all(project.path("suites")).unwrap();
    project
}

#[test]
fn two_addresses_make_a_project_that_runs() {
    let (legacy, candidate) = (Server::start(), Server::start());
    legacy.on("/user.php?id=7", Answer::json(r#"{"name":"Ada"}"#));
    candidate.on("/users/7", Answer::json(r#"{"name":"Ada"}"#));
    let project = empty();
    let (one, other) = (legacy.url(), candidate.url());
    let addresses = ["init", "--legacy-url", &one, "--candidate-url", &other];
    let arguments = [&addresses[..], &["--path", "/user.php?id=7", "--candidate-path", "/users/7"]].concat();
    project.run(&arguments).exits(0).says("wrote suites/users.toml with 1 case");
    let done = project.run(&["check"]).exits(1);
    assert!(done.stdout.contains("users/users_id=7"), "{}", done.stdout);
    assert!(
        done.stdout.contains("1 match") && done.stdout.contains("snapshots 1 missing"),
        "{}",
        done.stdout
    );
    assert_eq!(project.accept(), 1);
    project.run(&["check"]).exits(0);

    let before = project.read("parity.toml");
    project
        .run(&arguments)
        .exits(2)
        .warns("`parity.toml` is there already, and nothing is overwritten");
    assert_eq!(project.read("parity.toml"), before);
}

#[test]
fn two_recordings_make_a_project_that_runs() {
    let project = empty();
    for side in ["legacy", "candidate"] {
        fs::copy(
            root().join(format!("fixtures/recordings/upstream/{side}.har")),
            project.path(&format!("{side}.har")),
        )
        .unwrap();
    }
    project
        .run(&["init", "--legacy-har", "legacy.har", "--candidate-har", "candidate.har"])
        .exits(0)
        .says("wrote suites/run-trace.toml with 7 cases");
    let done = project.run(&["check", "--environment", "recordings"]).exits(1);
    // Every request is answered by the recordings; what differs is what the two systems differ in.
    assert!(done.stdout.contains("7 cases"), "{}", done.stdout);
    assert!(!done.stdout.contains("unreachable"), "{}", done.stdout);
    assert!(done.stdout.contains("run-trace/trace_id=34"), "{}", done.stdout);
}

#[test]
fn what_is_missing_is_said_and_nothing_is_left_behind() {
    let project = empty();
    project.run(&["init"]).exits(2).warns("--legacy-url");
    project.run(&["init", "--legacy-har", "a.har"]).exits(2).warns("--candidate-har");
    let addresses = [
        "init",
        "--legacy-url",
        "http://127.0.0.1:1",
        "--candidate-url",
        "http://127.0.0.1:2",
    ];
    project.run(&addresses).exits(2).warns("--path");
    let wrong = [&addresses[..], &["--path", "users"]].concat();
    project.run(&wrong).exits(2).warns("expected a path that begins with `/`");
    project
        .run(&["init", "--legacy-har", "a.har", "--candidate-har", "b.har"])
        .exits(2)
        .warns("a.har");
    assert_eq!(project.files(""), [""; 0]);
}

#[test]
fn shells_and_manuals_know_every_command() {
    let project = empty();
    for shell in ["bash", "zsh", "fish"] {
        project
            .run(&["completions", shell])
            .exits(0)
            .says("explain")
            .says("legacy-recording");
    }
    project.run(&["man", "man1"]).exits(0);
    let pages = project.files("man1");
    for page in [
        "man1/parity.1",
        "man1/parity-check.1",
        "man1/parity-env-up.1",
        "man1/parity-audit.1",
    ] {
        assert!(pages.contains(&page.to_owned()), "{page} is not among {pages:?}");
    }
    assert!(project.read("man1/parity-check.1").contains("legacy\\-recording"));
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let project = empty();
    let help = project.run(&["--help"]).exits(0).stdout;
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let mut seen = 0;
    for command in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = command.split_whitespace().next().unwrap();
        if name != "help" {
            let done = project.run(&[name, "--help"]).exits(0);
            assert!(
                done.stdout.contains("Example"),
                "`parity {name} --help` has no example:\n{}",
                done.stdout
            );
            seen += 1;
        }
    }
    assert!(seen >= 7);
}
