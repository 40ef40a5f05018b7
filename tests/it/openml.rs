//! Every endpoint of which answers of the genuine legacy and of its successor are recorded, judged from these recordings.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use crate::support::project::Project;

/// Verdicts by suite: translated or equal, and declared mismatches.
const SUITES: [(&str, u64, u64); 16] = [
    ("openml-dataset", 60, 0),
    ("openml-dataset-features", 4, 1),
    ("openml-dataset-qualities", 4, 0),
    ("openml-estimation-procedure-list", 1, 0),
    ("openml-evaluation-measure-list", 1, 0),
    ("openml-flow", 9, 0),
    ("openml-flow-exists", 9, 0),
    ("openml-qualities-list", 1, 0),
    ("openml-run", 21, 0),
    ("openml-run-trace", 7, 4),
    ("openml-setup", 21, 0),
    ("openml-study", 2, 0),
    ("openml-task", 261, 0),
    ("openml-task-list", 6, 0),
    ("openml-task-type", 6, 0),
    ("openml-task-type-list", 1, 0),
];

/// Says aloud that a test is skipped, where the whole run is asked to.
fn skipped(why: &str) {
    if let Some(file) = std::env::var_os("PARITY_TEST_SKIPS") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
        writeln!(file, "{why}").unwrap();
    }
}

/// A project of these suites over the recordings, and where these are; nothing where they are not to be had, which is said.
pub fn project() -> Option<(Project, OsString)> {
    let Some(recordings) = std::env::var_os("PARITY_OPENML_RECORDINGS") else {
        skipped("recorded exchanges of OpenML: PARITY_OPENML_RECORDINGS is not set");
        return None;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::with(
        "suites = \"suites\"\nsnapshots = \"snapshots\"\n\n[service.legacy]\n[service.legacy.recording]\n\
         path = \"${PARITY_OPENML_RECORDINGS}/*/legacy.har\"\noracle = \"genuine\"\n\n[service.candidate]\n\
         [service.candidate.recording]\npath = \"${PARITY_OPENML_RECORDINGS}/*/candidate.har\"\n",
    );
    for entry in std::fs::read_dir(root.join("fixtures/suites/openml")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        project.write(&format!("suites/{name}"), std::fs::read(&path).unwrap());
    }
    Some((project, recordings))
}

#[test]
fn every_recorded_endpoint_is_judged() {
    let Some((project, recordings)) = project() else { return };
    let done = project
        .command(&["check", "--environment", "recordings", "--format", "json"])
        .env("PARITY_OPENML_RECORDINGS", recordings)
        .run();
    let report = done.json();
    let mut seen: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for case in report["cases"].as_array().unwrap() {
        assert_eq!(case["passes"], true, "{case}");
        let counts = seen.entry(case["suite"].as_str().unwrap().to_owned()).or_default();
        match case["verdict"].as_str().unwrap() {
            "match" | "translated" => counts.0 += 1,
            "mismatch" => counts.1 += 1,
            other => panic!("{other}: {case}"),
        }
    }
    let expected = SUITES.map(|(suite, passed, declared)| (suite.to_owned(), (passed, declared)));
    assert_eq!(seen, BTreeMap::from(expected));
    done.exits(0);
}
