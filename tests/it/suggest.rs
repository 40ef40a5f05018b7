//! `parity suggest`: rules that are taken out of a suite are proposed again, from what both sides answered.

use std::fmt::Write as _;

use crate::openml;
use crate::support::project::Project;
use crate::support::routes::Answer;
use crate::support::trace::Trace;

/// A suite without its rules, and without snapshots, which would have to be approved.
fn stripped(suite: &str) -> String {
    let mut kept = String::new();
    let mut skips = false;
    for line in suite.lines() {
        if line.starts_with('[') {
            skips = ["[[translation]]", "[[preset]]", "[[comparison]]", "[[error]]", "[error."]
                .iter()
                .any(|header| line.starts_with(header));
        }
        if !skips && !line.starts_with("coverage_floor") {
            writeln!(kept, "{line}").unwrap();
        }
        if line.starts_with("suite") && !suite.contains("\nsnapshots") {
            kept.push_str("snapshots = \"none\"\n");
        }
    }
    kept
}

/// What is proposed, with a reason for each rule, added to the suite that it is proposed for.
fn adopt(project: &Project, file: &str, proposed: &str) {
    let adopted: Vec<String> = proposed
        .lines()
        .map(|line| match line.split_once('=') {
            Some((key, " \"\"")) if key.trim() == "why" => "why = \"read and found true\"".to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    let suite = project.read(file);
    project.write(file, format!("{suite}\n{}\n", adopted.join("\n")));
}

fn shipped(name: &str) -> String {
    std::fs::read_to_string(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A project that asks the committed recording.
fn recorded() -> Project {
    let recording = format!("{}/fixtures/recordings/run-trace.jsonl", env!("CARGO_MANIFEST_DIR"));
    Project::with(&format!(
        "suites = \"suites\"\nsnapshots = \"snapshots\"\n[service.legacy.recording]\npath = \"{recording}\"\n\
         [service.candidate.recording]\npath = \"{recording}\"\n"
    ))
}

const CHECK: [&str; 3] = ["check", "--environment", "recordings"];

#[test]
fn the_shipped_suite_is_found_again_from_nothing() {
    let project = recorded();
    let suite = shipped("suites/run-trace.toml");
    project.write("suites/run-trace.toml", stripped(&suite));
    project.run(&CHECK).exits(1);
    let done = project
        .run(&["suggest"])
        .exits(0)
        .warns("9 rules bring parity to 7 of 7 open cases");
    for said in [
        "from = \"/trace/trace_iteration\"\nto   = \"trace\"",
        "at   = [\"/run_id\", \"/trace/*/fold\", \"/trace/*/iteration\", \"/trace/*/repeat\"]",
        "rule  = \"number\"\nat    = \"/trace/*/evaluation\"\nempty = \"null\"",
        "values = [{ legacy = '[]', candidate = '\"\"' }]",
        "# tolerates integer-to-number at /trace/*/evaluation",
        "detail = \"Run {run_id} not found.\"",
        "# explains status: error without a row",
        "# e.g. run-trace/run_id=34 at /run_id: \"34\" → 34",
    ] {
        assert!(done.stdout.contains(said), "{said}\n{}", done.stdout);
    }
    assert!(!done.stdout.contains("[[comparison]]"), "{}", done.stdout);

    // Unread it is adopted by nobody.
    let text = project.read("suites/run-trace.toml");
    project.write("suites/run-trace.toml", format!("{text}\n{}", done.stdout));
    project.run(&CHECK).exits(2).warns("why");
    project.write("suites/run-trace.toml", &text);
    adopt(&project, "suites/run-trace.toml", &done.stdout);
    project.run(&CHECK).exits(0);
    project.run(&["suggest"]).exits(0).warns("nothing is open");
}

#[test]
fn each_rule_of_the_shipped_suite_is_found_again() {
    let project = recorded();
    let suite = shipped("suites/run-trace.toml").replacen("title ", "snapshots = \"none\"\ntitle ", 1);
    let rules: Vec<&str> = suite.split("\n[[").skip(1).collect();
    let hides_something = |rule: &&&str| rule.starts_with("translation") || rule.starts_with("error");
    let mut told = 0;
    for rule in rules.iter().filter(hides_something) {
        let without = suite.replace(&format!("\n[[{rule}"), "");
        assert_ne!(without, suite);
        project.write("suites/run-trace.toml", &without);
        project.run(&CHECK).exits(1);
        let done = project.run(&["suggest"]).exits(0);
        adopt(&project, "suites/run-trace.toml", &done.stdout);
        project.run(&CHECK).exits(0);
        told += 1;
    }
    assert_eq!(told, 9);
}

#[test]
fn the_suites_of_recorded_endpoints_are_found_again() {
    let Some((project, recordings)) = openml::project() else { return };
    // Each small, and all families of rules are among them.
    let names = [
        "dataset-features",
        "dataset-qualities",
        "flow",
        "flow-exists",
        "run",
        "study",
        "task-list",
        "task-type",
    ];
    for file in project.files("suites") {
        std::fs::remove_file(project.path(&file)).unwrap();
    }
    for name in names {
        let suite = stripped(&shipped(&format!("suites/openml/{name}.toml")));
        // What is declared as a defect there is pinned to rules that are taken out, and a row of errors explains it too.
        let (suite, _) = suite.split_once("[[expected]]").unwrap_or((&suite, ""));
        project.write(&format!("suites/{name}.toml"), suite);
    }
    let run = |arguments: &[&str]| project.command(arguments).env("PARITY_OPENML_RECORDINGS", &recordings).run();
    run(&CHECK).exits(1);
    let done = run(&["suggest"]).exits(0);
    assert!(!done.stderr.contains("unexplained"), "{}", done.stderr);
    for part in done.stdout.split("\n# suites/") {
        let part = part.trim_start_matches("# suites/");
        let (file, _) = part.split_once(':').unwrap();
        adopt(&project, &format!("suites/{file}"), &format!("# {part}"));
    }
    run(&CHECK).exits(0);
}

#[test]
fn a_status_rule_is_found_again() {
    let trace = Trace::unapproved();
    let trace_of = crate::support::trace::candidate_trace;
    trace.candidate.on("/trace/34", Answer::json(trace_of(34)).status(203));
    let suite = trace
        .project
        .read("suites/trace.toml")
        .replacen("title", "snapshots = 'none'\ntitle", 1);
    let rule = "\n[[status]]\nlegacy = 200\ncandidate = 203\nwhy = 'a cache answers'\n";
    trace.project.write("suites/trace.toml", format!("{suite}{rule}"));
    trace.check(&[]).exits(0);
    trace.project.write("suites/trace.toml", &suite);
    trace.check(&[]).exits(1);
    let done = trace.project.run(&["suggest"]).exits(0);
    done.says("[[status]]\nlegacy    = 200\ncandidate = 203\nwhy       = \"\"")
        .says("# explains status: 200 became 203")
        .warns("1 rule brings parity to 1 of 1 open case");
    adopt(&trace.project, "suites/trace.toml", &trace.project.run(&["suggest"]).stdout);
    trace.check(&[]).exits(0);
}

#[test]
fn what_no_rule_explains_is_said() {
    let trace = Trace::unapproved();
    let wrong = crate::support::trace::candidate_trace(34).replace("0.9300000001", "0.5");
    trace.candidate.on("/trace/34", Answer::json(wrong));
    trace.check(&[]).exits(1);
    let project = &trace.project;
    let done = project.run(&["suggest"]).exits(0);
    assert_eq!(done.stdout, "");
    done.warns("trace: no rule is proposed for 1 open case")
        .warns("unexplained  /trace/*/evaluation: other value (number /trace/*/evaluation): 1 case")
        .warns("0.9300000001 → 0.5 at /trace/1/evaluation in trace/run_id=34")
        .warns("it looks like a real difference");
    project
        .run(&["suggest", "--case", "run_id=24"])
        .exits(0)
        .warns("trace: nothing is open");
    project
        .run(&["suggest", "--case", "run_id=35"])
        .exits(2)
        .warns("no case matches `--case run_id=35`");
    project
        .run(&["suggest", "--suite", "trase"])
        .exits(2)
        .warns("did you mean `trace`?");
    project.run(&["suggest", "nowhere.jsonl"]).exits(2).warns("nowhere.jsonl");
}

#[test]
fn what_would_be_tolerated_is_said() {
    let trace = Trace::unapproved();
    let reversed = r#"{"run_id":34,"trace":[{"iteration":2,"evaluation":1,"selected":false},{"iteration":1,"evaluation":0.9300000001,"selected":true},{"iteration":0,"evaluation":0.93,"selected":false}]}"#;
    trace.candidate.on("/trace/34", Answer::json(reversed));
    let suite = trace.project.read("suites/trace.toml");
    let (before, after) = suite.split_once("[[comparison]]").unwrap();
    let (_, after) = after.split_once("\n[[error]]").unwrap();
    trace.project.write("suites/trace.toml", format!("{before}[[error]]{after}"));
    trace.check(&[]).exits(1);
    let done = trace.project.run(&["suggest"]).exits(0);
    done.says("rule = \"unordered\"\nat   = \"/trace\"\nkey  = [\"iteration\"]")
        .says("# tolerates row-swapped at /trace")
        .warns("1 of them is a comparison");
}
