//! `parity judge`: a recorded run judged again, with today's rules and without services.

use std::path::Path;

use clap::Args;

use crate::report::{Exit, Format};
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::args::formats;
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;
use super::reports::{Reports, Wanted};

pub const EXAMPLES: &str = "Examples:
  parity judge
  parity judge run.jsonl --today 2027-01-31
  parity judge --baseline before.jsonl --format json

Rules are held to the dates of the day on which the run was recorded, unless `--today` names another. Nothing is written.";

/// Arguments of `parity judge`.
#[derive(Debug, Args)]
pub struct JudgeArguments {
    #[command(flatten)]
    pub record: RecordArguments,

    #[command(flatten)]
    pub gate: GateArguments,

    /// What standard output holds [default: terminal, or nothing where a report goes there].
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<Format>,

    /// Write a report as well, any number of them: `junit=report.xml`, `github=-`; the formats are those of `--format`.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = super::reports::parse)]
    pub reports: Vec<Wanted>,
}

/// Runs the command; its exit codes are those of `parity check`.
pub fn run(arguments: &JudgeArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let reports = Reports::prepare(arguments.format, &arguments.reports, context)?;
    let judged = Again::open(&arguments.record, config, context).and_then(|again| {
        again.spared_by(&reports, &arguments.gate, context)?;
        reports.begin(output);
        let report = again.judge(&arguments.gate, Detail::Counts, context, output, |_| {})?.report;
        let answers = reports.answers(&again.path, &again.project.active, &report)?;
        Ok((report, answers))
    });
    reports.tell(judged, context, output)
}
