//! Every broken input of `fixtures/invalid` gets exactly the message that stands beside it.
//!
//! `UPDATE_EXPECTED=1 cargo test --test it invalid` writes the messages; read the diff before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use parity::diagnostic::{Colour, Diagnostics, Source, render};
use parity::suite::read_suite_with;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/invalid").join(name)
}

fn check(name: &str, read: impl Fn(&Path) -> Result<(), Diagnostics>) {
    let mut inputs: Vec<PathBuf> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 10, "the fixtures were not found");
    let mut wrong = Vec::new();
    for input in inputs {
        let shown = input.file_name().unwrap().to_str().unwrap();
        let Err(errors) = read(&input) else {
            wrong.push(format!("{shown}: no error"));
            continue;
        };
        // Messages name the file as it was given; here it is given by its name alone.
        let message = render(&errors, Colour::Off).replace(&format!("{}/", input.parent().unwrap().display()), "");
        let expected = input.with_extension("err");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &message).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != message {
            wrong.push(format!("{shown}:\n{message}"));
        }
    }
    assert!(wrong.is_empty(), "other messages than expected:\n{}", wrong.join("\n"));
}

#[test]
fn suites() {
    check("suite", |path| {
        read_suite_with(&Source::read(path)?, |wanted| Source::read_data(&path.with_file_name(wanted.name))).map(drop)
    });
}
