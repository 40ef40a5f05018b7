//! The README is true: its commands run, and print what stands there.
//!
//! Times, ports and names of records vary; everything else is compared to the letter.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

use crate::support::markdown::{Block, blocks};
use crate::support::scripted::{Scripted, read_head};
use crate::support::services::root;
use crate::testing::HARNESS;

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// What is typed and what it prints, in the order of the README.
fn sessions<'t>(blocks: &[Block<'t>], program: &str) -> Vec<(Vec<&'t str>, String)> {
    let consoles = blocks.iter().filter(|block| block.language == "console");
    let sessions = consoles.filter_map(|block| {
        let typed = block.lines[0]
            .strip_prefix("$ ")
            .expect("a console block begins with what is typed");
        let typed = typed.split(" #").next().unwrap().strip_prefix(program)?;
        Some((typed.split_whitespace().collect(), block.lines[1..].join("\n")))
    });
    sessions.collect()
}

fn parity(folder: &Path, arguments: &[&str]) -> String {
    run(Path::new(env!("CARGO_BIN_EXE_parity")), folder, arguments)
}

/// Runs a program in a folder, with nothing of anybody's surroundings.
fn run(program: &Path, folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PARITY_CACHE_DIR", folder.join(".cache"))
        .output()
        .unwrap();
    // What a usage error or a panic ends with is no answer; a review says all that it says on the other stream.
    assert!(
        matches!(output.status.code(), Some(0 | 1 | 3 | 4)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What varies from run to run, made alike: times (with the blanks that align them), names of records, ports.
fn alike(text: &str) -> String {
    text.trim_end().lines().map(alike_line).collect::<Vec<_>>().join("\n")
}

fn alike_line(line: &str) -> String {
    let mut words = line.split_whitespace().peekable();
    let mut out = Vec::new();
    while let Some(word) = words.next() {
        let unit = words.peek().copied().unwrap_or_default();
        if word.parse::<f64>().is_ok() && ["ms", "s", "%"].contains(&unit.trim_end_matches([':', ','])) {
            out.push(words.next().unwrap().replace("ms", "TIME").replace(['s', '%'], "TIME"));
        } else if word.starts_with(".parity/records/") {
            out.push("RECORD".to_owned());
        } else if word.starts_with("http://127.0.0.1:") {
            out.push("ADDRESS".to_owned());
        } else {
            out.push(word.to_owned());
        }
    }
    out.join(" ")
}

#[test]
fn the_first_session_is_what_this_repository_answers() {
    let text = readme();
    let (arguments, printed) = &sessions(&blocks(&text), "parity ")[0];
    assert_eq!(alike(&parity(repository().path(), arguments)), alike(printed));
}

/// What there is to check in this repository, in a folder where it leaves nothing.
fn repository() -> TempDir {
    let project = TempDir::new().unwrap();
    for name in ["parity.toml", "fixtures", "snapshots"] {
        std::os::unix::fs::symlink(root().join(name), project.path().join(name)).unwrap();
    }
    project
}

#[test]
fn the_tests_are_those_of_this_repository() {
    let text = readme();
    let [(arguments, printed)] = &sessions(&blocks(&text), "cargo test --test parity -- ")[..] else {
        panic!("one session is expected")
    };
    let tests = run(Path::new(&*HARNESS), repository().path(), arguments);
    // How long they took ends the last line.
    let untimed = |text: &str| text.trim().rsplit_once(" finished in ").unwrap().0.to_owned();
    assert_eq!(untimed(&tests), untimed(printed));
}

#[test]
fn the_audit_finds_what_stands_there() {
    let text = readme();
    let mut sessions = sessions(&blocks(&text), "parity ").into_iter();
    let (arguments, printed) = sessions
        .find(|(arguments, _)| arguments[0] == "audit")
        .expect("a session of `parity audit`");
    assert_eq!(alike(&parity(&root(), &arguments)), alike(&printed));
}

/// An API that answers a path with a status, a media type and a body.
async fn api(answers: &'static [(&'static str, u16, &'static str, &'static str)]) -> Scripted {
    Scripted::start(move |_, mut connection| async move {
        let head = read_head(&mut connection).await?;
        let target = head.split(' ').nth(1).unwrap_or_default();
        let (_, status, media_type, body) = answers.iter().find(|(path, ..)| *path == target).expect("a known path");
        let answer = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(answer.as_bytes()).await?;
        connection.shutdown().await
    })
    .await
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_ones_own_api_works_as_written() {
    const MISSING: &str = r#"{"title":"No Such User","status":404,"detail":"There is no user 404."}"#;
    let legacy = api(&[
        ("/old/user.php?id=1", 200, JSON, r#"{"user":{"id":"1","name":"Ada","logins":"12"}}"#),
        ("/old/user.php?id=404", 400, JSON, r#"{"error":{"code":"7"}}"#),
    ]);
    let candidate = api(&[
        ("/users/1", 200, JSON, r#"{"id":1,"name":"Ada","logins":12}"#),
        ("/users/404", 404, PROBLEM, MISSING),
    ]);
    let broken = api(&[("/users/1", 200, JSON, r#"{"id":1,"name":"Ada","logins":"12"}"#)]);
    let (legacy, candidate, broken) = tokio::join!(legacy, candidate, broken);

    let text = readme();
    let blocks = blocks(&text);
    // As somebody has it who installed it: the program alone, in a folder that is part of no Cargo project.
    let project = TempDir::new().unwrap();
    assert!(project.path().ancestors().all(|folder| !folder.join("Cargo.toml").exists()));
    let installed = TempDir::new().unwrap();
    let program = installed.path().join("parity");
    fs::copy(env!("CARGO_BIN_EXE_parity"), &program).unwrap();
    let parity = |arguments: &[&str]| run(&program, project.path(), arguments);
    let write = |candidate: &Scripted| {
        for block in blocks.iter().filter(|block| block.language == "toml") {
            // A part of a file says no name, and a Rust project is not what this one is.
            let Some(name) = block.lines[0].strip_prefix("# ").filter(|name| *name != "Cargo.toml") else {
                continue;
            };
            let file = project.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            let text = block.text().replace("127.0.0.1:8001", &legacy.address.to_string());
            fs::write(file, text.replace("127.0.0.1:8002", &candidate.address.to_string())).unwrap();
        }
    };
    let checks = sessions(&blocks, "parity ")
        .into_iter()
        .filter(|(arguments, _)| arguments[0] == "check");
    let sessions: Vec<_> = checks.skip(1).collect();
    let [(arguments, printed), broken_session] = &sessions[..] else {
        panic!("two sessions are expected")
    };

    write(&candidate);
    assert_eq!(alike(&parity(arguments)), alike(printed));
    // The review that stands there as one command.
    assert!(text.contains("`parity review --accept 'user/*'`"));
    parity(&["review", "--accept", "user/*"]);
    assert!(parity(arguments).contains("passed (exit 0)"));

    write(&broken);
    let (arguments, printed) = broken_session;
    assert_eq!(alike(&parity(arguments)), alike(printed));
}

#[test]
fn the_set_up_is_what_ci_runs() {
    let text = readme();
    let first = &blocks(&text)[0];
    let commands: Vec<&str> = first.lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(commands, ["ci/check", "ci/test"]);
    let run = fs::read_to_string(root().join(".ci/run")).unwrap();
    for command in commands {
        assert!(run.lines().any(|line| line == command), "`.ci/run` does not call `{command}`");
    }
}

#[test]
fn every_command_of_the_table_exists() {
    let text = readme();
    let help = String::from_utf8(Command::new(env!("CARGO_BIN_EXE_parity")).arg("--help").output().unwrap().stdout).unwrap();
    let commands = text.lines().filter_map(|line| line.strip_prefix("| `parity ")).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap();
        &rest[..end]
    });
    let mut seen = 0;
    for command in commands {
        seen += 1;
        assert!(
            help.contains(&format!("\n  {command} ")),
            "`parity {command}` is not in `parity --help`"
        );
    }
    assert!(seen >= 5);
}
