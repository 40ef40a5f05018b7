//! `parity har`: a run record as files that other tools read.

use std::path::Path;

use crate::exchange::Side;
use crate::record::har;
use crate::report::Exit;

use super::args::HarArguments;
use super::context::Context;
use super::explain::open;
use super::failure::Failure;
use super::output::Output;

/// Runs the command.
pub fn run(arguments: &HarArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    todo!()
}
