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
use super::output::Output;
use super::project::shown;

/// Runs the command. Each file appears whole or not at all.
pub fn run(arguments: &HarArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let folder = context.folder.join(&arguments.folder);
    let failed = |path: &Path, error: &dyn std::fmt::Display| Failure::SetUp(format!("cannot write `{}`: {error}", path.display()));
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    for side in Side::BOTH {
        let record = open(arguments.record.as_deref(), config, context)?;
        let path = folder.join(format!("{side}.har"));
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(|error| failed(&path, &error))?;
        let exported =
            export(record, side, &path, BufWriter::new(file.as_file_mut())).map_err(|error| Failure::SetUp(error.to_string()))?;
        file.persist(&path).map_err(|error| failed(&path, &error))?;
        let requests = exported.entries;
        output.say(&format!("{}: {requests} requests", shown(&path, context).display()));
        if let Some(note) = exported.note {
            output.say(&format!("note: {note}"));
        }
    }
    Ok(Exit::Passed)
}
