//! `parity completions` and `parity man`: what shells and manuals know of the command line, made from the same place as `--help`.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::report::Exit;

use super::args::Arguments;
use super::context::Context;
use super::failure::Failure;
use super::output::Output;

pub const COMPLETION_EXAMPLES: &str = "Examples:
  parity completions bash > ~/.local/share/bash-completion/completions/parity
  parity completions zsh > ~/.zfunc/_parity
  parity completions fish > ~/.config/fish/completions/parity.fish";

pub const MAN_EXAMPLES: &str = "Examples:
  parity man ~/.local/share/man/man1
  man parity-check";

/// Arguments of `parity completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Arguments of `parity man`.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// The folder that gets a page for each command.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Runs `parity completions`.
pub fn completions(arguments: &CompletionsArguments, output: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "parity", &mut script);
    output.data(&String::from_utf8_lossy(&script));
    Exit::Passed
}

/// Runs `parity man`.
pub fn man(arguments: &ManArguments, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let folder = context.folder.join(&arguments.folder);
    let failed = |error: std::io::Error| Failure::SetUp(format!("cannot write manual pages to `{}`: {error}", arguments.folder.display()));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), &folder).map_err(failed)?;
    output.say(&format!("manual pages written to {}", arguments.folder.display()));
    Ok(Exit::Passed)
}
