//! `parity schema`: the JSON Schemas of what people and programs read and write.

use clap::{Args, ValueEnum};

use crate::report::Exit;

use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity schema suite > suite.json
  parity schema config > parity.json

With `#:schema suite.json` in its first line, editors that know Taplo or Even Better TOML complete and check a suite.";

/// Arguments of `parity schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// What is described.
    #[arg(value_enum, value_name = "WHAT")]
    pub what: Described,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Described {
    /// A suite file
    Suite,
    /// `parity.toml`
    Config,
    /// The JSON report
    Report,
    /// One line of a run record
    Record,
}

/// Runs the command.
pub fn run(arguments: &SchemaArguments, output: &Output) -> Exit {
    output.data(match arguments.what {
        Described::Suite => include_str!("../../docs/schema/suite.json"),
        Described::Config => include_str!("../../docs/schema/parity.json"),
        Described::Report => include_str!("../../docs/schema/report.json"),
        Described::Record => include_str!("../../docs/schema/record.json"),
    });
    Exit::Passed
}
