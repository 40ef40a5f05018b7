//! `parity init`: a project to begin with. Asks nothing, and never overwrites.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::exchange::{PerSide, Side};
use crate::record::har;
use crate::report::Exit;

use super::context::Context;
use super::failure::Failure;
use super::init_suites::{NewSuite, Pair, paired, quoted, suites};
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity init --legacy-url http://127.0.0.1:8001 --candidate-url http://127.0.0.1:8002 --path /users/1
  parity init --legacy-url https://old.example.org --candidate-url http://127.0.0.1:8002 \\
              --path '/user.php?id=1' --candidate-path /users/1
  parity init --legacy-har old.har --candidate-har new.har

writes parity.toml and suites/*.toml into the current folder, and overwrites nothing.";

/// Arguments of `parity init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The legacy's address.
    #[arg(long, value_name = "URL", requires = "candidate_url", requires = "path", required_unless_present = "legacy_har", value_parser = super::args::parse_address)]
    pub legacy_url: Option<String>,

    /// The candidate's address.
    #[arg(long, value_name = "URL", requires = "legacy_url", value_parser = super::args::parse_address)]
    pub candidate_url: Option<String>,

    /// A path that the legacy is asked, such as `/users/1`; integers in it that the candidate has too become parameters.
    #[arg(long, value_name = "PATH", requires = "legacy_url", value_parser = parse_path)]
    pub path: Option<String>,

    /// The same for the candidate, where it is another.
    #[arg(long, value_name = "PATH", requires = "path", value_parser = parse_path)]
    pub candidate_path: Option<String>,

    /// A HAR file with requests to the legacy.
    #[arg(long, value_name = "FILE", requires = "candidate_har", conflicts_with = "legacy_url")]
    pub legacy_har: Option<PathBuf>,

    /// A HAR file with the same requests to the candidate.
    #[arg(long, value_name = "FILE", requires = "legacy_har")]
    pub candidate_har: Option<PathBuf>,
}

fn parse_path(text: &str) -> Result<String, String> {
    match text {
        text if !text.starts_with('/') => Err("expected a path that begins with `/`, such as `/users/1`".to_owned()),
        text if text.contains('#') => Err("what stands behind `#` is never sent".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// Runs the command.
pub fn run(arguments: &InitArguments, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let (services, pairs, notes) = match (&arguments.legacy_har, &arguments.candidate_har) {
        (Some(legacy), Some(candidate)) => of_recordings(PerSide { legacy, candidate }, context)?,
        _ => of_addresses(arguments),
    };
    let made = suites(&pairs);
    if made.is_empty() {
        return Err(Failure::Usage(
            "the two files hold no GET requests, so there is nothing to compare".to_owned(),
        ));
    }
    let mut files = vec![(context.folder.join("parity.toml"), services)];
    files.extend(made.iter().map(|suite| {
        (
            context.folder.join("suites").join(format!("{}.toml", suite.name)),
            suite.text.clone(),
        )
    }));
    write(&files, context)?;
    for note in notes {
        output.say(&format!("note: {note}"));
    }
    tell(&made, output);
    Ok(Exit::Passed)
}

fn tell(made: &[NewSuite], output: &Output) {
    let cases = |cases: usize| {
        if cases == 1 {
            "1 case".to_owned()
        } else {
            format!("{cases} cases")
        }
    };
    let mut text = "wrote parity.toml\n".to_owned();
    for suite in made {
        writeln!(text, "wrote suites/{}.toml with {}", suite.name, cases(suite.cases)).expect("writing to a String");
    }
    text.push_str("\nNext\n  parity check  asks both sides the same, and shows where they differ\n");
    output.data(&text);
}

type Made = (String, Vec<Pair>, Vec<String>);

fn of_addresses(arguments: &InitArguments) -> Made {
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let path = given(&arguments.path);
    let pair = Pair {
        candidate: arguments.candidate_path.clone().unwrap_or_else(|| path.clone()),
        legacy: path,
    };
    let service = |side: Side, url: &Option<String>, more: &str| format!("\n[service.{side}.url]\nurl = {}\n{more}", quoted(&given(url)));
    let oracle = "oracle = \"unknown\" # \"genuine\" when it is the legacy itself, \"stand-in\" when it only answers like it\n";
    let text = format!(
        "{HEAD}{}{}",
        service(Side::Legacy, &arguments.legacy_url, oracle),
        service(Side::Candidate, &arguments.candidate_url, "")
    );
    (text, vec![pair], Vec::new())
}

const HEAD: &str = "# Everything here is relative to the folder of this file.\nsuites = \"suites\"\nsnapshots = \"snapshots\"\n";

fn of_recordings(files: PerSide<&PathBuf>, context: &Context) -> Result<Made, Failure> {
    let mut notes = Vec::new();
    let mut targets = PerSide::<Vec<String>>::default();
    let mut text = HEAD.to_owned();
    for side in Side::BOTH {
        let file = files.get(side);
        let requests = har::requests(&context.folder.join(file)).map_err(|error| Failure::Usage(error.to_string()))?;
        let (asked, other): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .partition(|request| request.method == "GET" && request.body.is_none());
        if !other.is_empty() {
            notes.push(format!(
                "{}: {} requests other than GET are left for you to declare",
                file.display(),
                other.len()
            ));
        }
        *targets.get_mut(side) = asked.into_iter().map(|request| request.target).collect();
        writeln!(text, "\n[service.{side}.recording]\npath = {}", quoted(&file.to_string_lossy())).expect("writing to a String");
    }
    let pairs = paired(&targets.legacy, &targets.candidate);
    let alone = |targets: &[String]| targets.iter().collect::<std::collections::BTreeSet<_>>().len() - pairs.len();
    for side in Side::BOTH {
        let alone = alone(targets.get(side));
        if alone > 0 {
            notes.push(format!(
                "{}: {alone} requests have no partner on the other side",
                files.get(side).display()
            ));
        }
    }
    Ok((text, pairs, notes))
}

/// Writes all of the files or none.
fn write(files: &[(PathBuf, String)], context: &Context) -> Result<(), Failure> {
    let shown = |path: &Path| super::project::shown(path, context).display().to_string();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Failure::Usage(format!(
            "`{}` is there already, and nothing is overwritten: go to another folder, or move it away",
            shown(path)
        )));
    }
    let mut written: Vec<&Path> = Vec::new();
    for (path, text) in files {
        let made = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(path))
            .and_then(|mut file| {
                written.push(path);
                file.write_all(text.as_bytes())
            });
        if let Err(error) = made {
            for path in written {
                // What cannot be removed is in the message's folder for all to see.
                let _ = fs::remove_file(path);
            }
            return Err(Failure::SetUp(format!("cannot write `{}`: {error}", shown(path))));
        }
    }
    Ok(())
}
