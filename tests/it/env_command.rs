//! `parity env up | status | down`, and the check that reuses what is up.

use crate::support::database::SERVER;
use crate::support::project::{ANSWERS, Project, soon};
use crate::support::routes::{Answer, Server};
use crate::support::skip::{is_skipped, no_mariadb};

const TOML: &str = "suites = 'suites'\nsnapshots = 'snapshots'\n\
     [service.legacy]\nready = { http = '/' }\n[service.legacy.process]\noracle = 'stand-in'\n\
     command = ['./answers', '{address}', '{{\"a\":1}}']\n\
     [service.candidate]\nready = { http = '/' }\n[service.candidate.process]\n\
     command = ['./answers', '{address}', '{{\"a\":1}}']\n";

fn project() -> Project {
    let project = Project::with(TOML);
    project.script("answers", ANSWERS);
    project.write(
        "suites/plain.toml",
        "suite = 'plain'\nsnapshots = 'none'\n[parameters]\nid = [1, 2]\n[legacy]\nget = '/a/{id}'\n[candidate]\nget = '/b/{id}'\n",
    );
    project
}

/// Ends what `up` keeps, also when a test fails.
pub struct Up<'p>(pub &'p Project);

impl Drop for Up<'_> {
    fn drop(&mut self) {
        let done = self.0.run(&["env", "down"]);
        if !std::thread::panicking() {
            done.exits(0);
            self.0.assert_nothing_left();
        }
    }
}

#[test]
fn a_check_starts_what_it_needs_and_ends_it() {
    let project = project();
    let done = project.run(&["check"]).exits(0);
    done.says("2 match").says("STAND-IN").warns("legacy: process, ");
    project.assert_nothing_left();
}

#[test]
fn a_service_that_is_replaced_is_neither_built_nor_started() {
    let project = project();
    project.write(
        "parity.toml",
        TOML.replace("[service.candidate.process]", "[service.candidate.process]\nbuild = ['./builds']"),
    );
    project.script("builds", "touch built\n");
    let server = Server::start();
    for target in ["/b/1", "/b/2"] {
        server.on(target, Answer::json("{\"a\":1}"));
    }
    project.run(&["check", "--candidate-url", &server.url()]).exits(0);
    assert!(!project.path("built").exists());
    project.run(&["check"]).exits(0).warns("candidate: built in");
    assert!(project.path("built").exists());
}

#[test]
fn what_is_up_is_shown_reused_and_ended() {
    let project = project();
    project.run(&["env", "status"]).exits(0).warns("nothing is kept");
    project.run(&["env", "down"]).exits(0).warns("nothing is kept for this project");
    let up = Up(&project);
    project
        .run(&["env", "up"])
        .exits(0)
        .says("legacy")
        .says("candidate")
        .says("running")
        .warns("`parity env down` ends it");
    let processes = project.processes();
    assert_eq!(processes.len(), 2, "{processes:?}");
    let status = project.run(&["env", "status"]).exits(0);
    let mut settings = project.settings();
    settings.add_filter(r"(?m)^\S+  \[root\]", "[lease]  [root]");
    settings.add_filter(r"since \S+", "since [then]");
    settings.bind(|| insta::assert_snapshot!("env_status", status.stdout));

    let done = project.run(&["check"]).exits(0);
    done.clone()
        .warns("reusing what `parity env up` keeps")
        .says("2 match")
        .says("STAND-IN");
    assert!(!done.stderr.contains("ready at"), "{}", done.stderr);
    assert_eq!(project.processes(), processes, "a check ends nothing that it found");

    // A second `up` keeps what there is.
    project.run(&["env", "up"]).exits(0);
    assert_eq!(project.processes(), processes);
    drop(up);
    project.run(&["env", "status"]).exits(0).warns("nothing is kept");
}

#[test]
fn what_is_up_is_not_reused_when_the_configuration_changed() {
    let project = project();
    let _up = Up(&project);
    project.run(&["env", "up"]).exits(0);
    project.write(
        "parity.toml",
        TOML.replace("\"a\":1}}']\n[service.candidate]", "\"a\":2}}']\n[service.candidate]"),
    );
    let done = project.run(&["check"]).exits(1);
    done.warns("not reusing what `parity env up` keeps").says("2 mismatch");
    assert_eq!(project.processes().len(), 2, "what the check started is gone, what is kept is not");
}

#[test]
fn what_is_up_and_died_is_not_reused() {
    let project = project();
    let _up = Up(&project);
    project.run(&["env", "up"]).exits(0);
    let id: i32 = project.processes()[0].split(':').next().unwrap().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), rustix::process::Signal::KILL).unwrap();
    soon("it is dead", || project.processes().len() == 1);
    project.run(&["env", "status"]).exits(0).says("GONE");
    project.run(&["check"]).exits(0).warns("not reusing");
}

#[test]
fn fresh_starts_its_own() {
    let project = project();
    let _up = Up(&project);
    project.run(&["env", "up"]).exits(0);
    let done = project.run(&["check", "--fresh"]).exits(0);
    assert!(!done.stderr.contains("reusing"), "{}", done.stderr);
}

#[test]
fn a_broken_suite_is_told_before_anything_starts() {
    let project = project();
    project.write("suites/plain.toml", "suite = 1\n");
    project.run(&["env", "up"]).exits(2).warns("suites/plain.toml");
    project.assert_nothing_left();
}

#[test]
fn what_explain_prints_brings_the_seed_of_a_record_back_or_refuses() {
    if is_skipped(no_mariadb()) {
        return;
    }
    let project = project();
    let depends = TOML.replace("[service.candidate]\n", "[service.candidate]\ndepends_on = ['database']\n");
    let database = SERVER.replace("[service.database]\n", "[service.database]\nseed = 'seed/*.sql'\n");
    project.write("parity.toml", format!("{depends}\n{database}"));
    let seed = "CREATE DATABASE one;\n";
    project.write("seed/1.sql", seed);
    project.run(&["check", "--environment", "processes"]).exits(0);
    let explained = project.run(&["explain", "plain/id=1"]).exits(0).stdout;
    let line = explained
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("parity "))
        .unwrap_or_else(|| panic!("{explained}"));
    assert!(line.starts_with("env up --environment processes --seed database="), "{line}");
    let words: Vec<&str> = line.split(' ').collect();
    let digest = line.rsplit_once('=').unwrap().1;

    // Another seed is said by both, before anything starts.
    project.write("seed/1.sql", "CREATE DATABASE two;\n");
    project
        .run(&["explain", "plain/id=1"])
        .exits(0)
        .says("the seed of `database` is ")
        .says("today");
    project
        .run(&words)
        .exits(2)
        .warns("the seed of `database` is ")
        .warns(&format!("today and not {digest}"));
    for (seed, said) in [
        (format!("databse={digest}"), "did you mean `database`?"),
        (
            format!("legacy={digest}"),
            "no service `legacy` has a seed: a service with a seed is called `database`",
        ),
        ("database=4be1".to_owned(), "at least 8 hexadecimal digits"),
    ] {
        project.run(&["env", "up", "--seed", &seed]).exits(2).warns(said);
    }
    project.assert_nothing_left();

    project.write("seed/1.sql", seed);
    let _up = Up(&project);
    project.run(&words).exits(0).says(&format!("  seed {digest}"));
    let same = project.run(&["explain", "plain/id=1"]).exits(0);
    assert!(!same.stdout.contains("today"), "{}", same.stdout);
}
