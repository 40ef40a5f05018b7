//! The house of `lib.rs`: arrows go down, the middle is pure, only `cli` prints, files stay small.
//!
//! Read off the source, because neither the compiler nor a lint says it: Rust lets any module use any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use; a room that is not named uses none.
const ARROWS: &[(&str, &[&str])] = &[
    ("value", &["path"]),
    ("path", &[]),
    ("diagnostic", &[]),
    ("redact", &[]),
    ("rule", &["path", "value"]),
    ("exchange", &["path"]),
    ("suite", &["diagnostic", "exchange", "path", "rule", "value"]),
    ("translate", &["exchange", "path", "rule", "suite", "value"]),
    ("compare", &["exchange", "path", "rule", "translate", "value"]),
    ("verdict", &["compare", "exchange", "path", "rule", "suite", "translate", "value"]),
    (
        "audit",
        &["compare", "exchange", "path", "rule", "suite", "translate", "value", "verdict"],
    ),
    (
        "suggest",
        &[
            "audit",
            "compare",
            "diagnostic",
            "exchange",
            "path",
            "rule",
            "suite",
            "translate",
            "value",
            "verdict",
        ],
    ),
    (
        "snapshot",
        &["compare", "exchange", "path", "rule", "suite", "translate", "value", "verdict"],
    ),
    (
        "report",
        &[
            "audit",
            "compare",
            "diagnostic",
            "exchange",
            "path",
            "rule",
            "snapshot",
            "suggest",
            "suite",
            "translate",
            "value",
            "verdict",
        ],
    ),
    (
        "record",
        &[
            "exchange", "path", "redact", "report", "rule", "snapshot", "suite", "value", "verdict",
        ],
    ),
    ("client", &["exchange"]),
    ("environment", &["diagnostic", "exchange"]),
    (
        "run",
        &[
            "client",
            "compare",
            "diagnostic",
            "exchange",
            "record",
            "redact",
            "report",
            "rule",
            "snapshot",
            "suite",
            "translate",
            "verdict",
        ],
    ),
    (
        "cli",
        &[
            "audit",
            "client",
            "diagnostic",
            "environment",
            "exchange",
            "record",
            "redact",
            "report",
            "rule",
            "run",
            "snapshot",
            "suggest",
            "suite",
            "translate",
            "value",
            "verdict",
        ],
    ),
    ("testing", &["cli", "environment", "report", "run", "value"]),
    ("endpoint", &[]),
];

/// Rooms that know no clock, disk, network, environment or printing.
const PURE: &[&str] = &[
    "value",
    "path",
    "rule",
    "exchange",
    "suite",
    "translate",
    "compare",
    "verdict",
    "audit",
    "suggest",
    "report",
];

/// Files of other rooms that are as pure.
const PURE_FILES: &[&str] = &[
    "snapshot/body.rs",
    "snapshot/file.rs",
    "snapshot/format.rs",
    "snapshot/name.rs",
    "snapshot/state.rs",
    "diagnostic/message.rs",
    "diagnostic/nearest.rs",
    "diagnostic/reader.rs",
    "diagnostic/render.rs",
    "run/plan.rs",
];

/// What pure code never says.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "tokio",
    "reqwest",
    "sqlx",
    "tracing::",
    "println!",
    "eprintln!",
    "print!",
    "dbg!",
];

const LONGEST: usize = 620;

struct File {
    /// Relative to `src`.
    name: String,
    /// Without its tests, which stand at the foot of a file, and without comments.
    code: String,
    lines: usize,
}

fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
                let tests_only = ["tests.rs", "sample.rs"].contains(&path.file_name().unwrap().to_str().unwrap());
                let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                let code = product
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .collect::<Vec<_>>()
                    .join("\n");
                found.push(File {
                    lines: product.lines().count(),
                    code: if tests_only { String::new() } else { code },
                    name,
                });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 50, "the source was not found");
    found
}

fn room(file: &str) -> Option<&str> {
    file.split_once('/').map(|(room, _)| room)
}

#[test]
fn arrows_go_down_and_never_up() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    for file in files() {
        let Some(room) = room(&file.name).filter(|room| *room != "bin") else {
            continue;
        };
        let allowed = arrows
            .get(room)
            .unwrap_or_else(|| panic!("`{room}` is no room of the house: add it to ARROWS and to `lib.rs`"));
        for used in file.code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !used.is_empty() && used != room && !allowed.contains(&used.as_str()) {
                wrong.insert(format!("{}: `{room}` uses `{used}`", file.name));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that go up:\n{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_arrows_make_no_circle() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < arrows.len() {
        let before = settled.len();
        for (room, uses) in &arrows {
            if uses.iter().all(|used| settled.contains(used)) {
                settled.insert(room);
            }
        }
        assert!(
            settled.len() > before,
            "a circle among {:?}",
            arrows.keys().filter(|room| !settled.contains(*room)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_middle_is_pure() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files() {
        let pure_file = PURE_FILES.contains(&file.name.as_str());
        if !pure_file && !room(&file.name).is_some_and(|room| PURE.contains(&room)) {
            continue;
        }
        seen.insert(file.name.clone());
        wrong.extend(
            IMPURE
                .iter()
                .filter(|word| says(&file.code, word))
                .map(|word| format!("{}: `{word}`", file.name)),
        );
    }
    for file in PURE_FILES {
        assert!(seen.contains(*file), "`{file}` is gone: mend PURE_FILES");
    }
    assert!(wrong.is_empty(), "not pure:\n{}", wrong.join("\n"));
}

#[test]
fn only_cli_prints() {
    let wrong: Vec<String> = files()
        .iter()
        .filter(|file| !file.name.starts_with("cli/") && !file.name.starts_with("bin/") && file.name != "main.rs")
        .filter(|file| {
            ["println!", "eprintln!", "print!", "eprint!", "dbg!", "io::stdout", "io::stderr"]
                .iter()
                .any(|word| says(&file.code, word))
        })
        .map(|file| file.name.clone())
        .collect();
    assert!(wrong.is_empty(), "prints: {wrong:?}");
}

#[test]
fn files_stay_small_and_mod_files_only_declare() {
    for file in files() {
        assert!(file.lines <= LONGEST, "{} has {} lines without its tests", file.name, file.lines);
        if file.name.ends_with("mod.rs") {
            assert!(!says(&file.code, "fn "), "{}: a `mod.rs` only declares and re-exports", file.name);
        }
    }
}

#[test]
fn the_endpoint_and_the_harness_meet_over_http_only() {
    for file in files() {
        let inside = file.name.starts_with("endpoint/") || file.name == "bin/openml-api.rs";
        if file.name == "lib.rs" {
            continue;
        }
        assert!(inside || !says(&file.code, "endpoint::"), "{} uses the endpoint", file.name);
    }
}

/// Whether the code says the word, and not just a longer one.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}
