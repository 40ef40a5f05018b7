//! `parity rules`: every rule, with what it did in a recorded run.

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::report::{Exit, SuiteReport, rules};
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity rules
  parity rules run.jsonl --suite run-trace
  parity rules --format json

Counted is what today's rules do with the answers of the latest run, or of the one that is named.";

/// Arguments of `parity rules`.
#[derive(Debug, Args)]
pub struct RulesArguments {
    #[command(flatten)]
    pub record: RecordArguments,

    /// Only the rules of this suite; may be given several times.
    #[arg(long = "suite", value_name = "NAME")]
    pub suites: Vec<String>,

    /// The day from which ages and dates are counted [default: the day of the record].
    #[arg(long, value_name = "DATE", value_parser = super::gate::parse_day)]
    pub today: Option<jiff::civil::Date>,

    /// What is printed on standard output.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Shape,
}

/// Text for people, or for programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// For people.
    #[default]
    Terminal,
    /// One JSON document.
    Json,
}

/// Runs the command.
pub fn run(arguments: &RulesArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let again = Again::open(&arguments.record, config, context)?;
    let suites: Vec<SuiteReport> = again
        .project
        .named(&arguments.suites)?
        .iter()
        .map(|suite| SuiteReport::of(suite))
        .collect();
    let gate = GateArguments {
        today: arguments.today,
        ..GateArguments::default()
    };
    let judged = again.judge(&gate, Detail::Counts, context, output, |_| {})?;
    let uses = rules::uses(&suites, &judged.report);
    output.data(&match arguments.format {
        Shape::Terminal => rules::render(&uses, &judged.report, output.style()),
        Shape::Json => rules::render_json(&uses, &judged.report),
    });
    Ok(Exit::Passed)
}
