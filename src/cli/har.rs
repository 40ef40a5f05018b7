//! `parity har`: a run record as files that other tools read.

use std::fs;
use std::io::BufWriter;
use std::path::Path;

use crate::exchange::Side;
use crate::record::har::export;
use crate::report::Exit;

use super::args::HarArguments;
use super::context::Context;
use super::explain::open;
use super::failure::Failure;
use super::files::unnamed;
use super::output::Output;
use super::project::shown;

/// Runs the command. Each file appears whole or not at all.
pub fn run(arguments: &HarArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let folder = context.folder.join(&arguments.folder);
    let failed = |path: &Path, error: &dyn std::fmt::Display| Failure::Usage(format!("cannot write `{}`: {error}", path.display()));
    // The folder is made when there is something to put into it.
    let near = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let mut made = Vec::new();
    let mut note = None;
    for side in Side::BOTH {
        let record = open(arguments.record.as_deref(), config, context)?;
        let path = folder.join(format!("{side}.har"));
        if path.is_dir() {
            return Err(failed(&path, &"it is a folder, and a file is expected"));
        }
        let mut file = unnamed(near).map_err(|error| failed(&path, &error))?;
        let exported =
            export(record, side, &path, BufWriter::new(file.as_file_mut())).map_err(|error| Failure::Usage(error.to_string()))?;
        note = exported.note;
        made.push((path, file, exported.entries));
    }
    // Both are there, or none is.
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    for (path, file, requests) in made {
        file.persist(&path).map_err(|error| failed(&path, &error.error))?;
        output.say(&format!("{}: {requests} requests", shown(&path, context).display()));
    }
    if let Some(note) = note {
        output.say(&format!("note: {note}"));
    }
    Ok(Exit::Passed)
}
