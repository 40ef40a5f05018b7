//! `parity guide`: a migration guide for the users of the API.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use jiff::tz::TimeZone;

use crate::report::guide::{GuideSuite, render};
use crate::report::{Exit, SuiteReport};
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity guide > MIGRATION.md
  parity guide run.jsonl --suite run-trace

Each rule is told with its `note` (or its `why` where it has none) and a real before and after from the record.";

/// Arguments of `parity guide`.
#[derive(Debug, Args)]
pub struct GuideArguments {
    #[command(flatten)]
    pub record: RecordArguments,

    /// Only this suite; may be given several times.
    #[arg(long = "suite", value_name = "NAME")]
    pub suites: Vec<String>,
}

/// Runs the command.
pub fn run(arguments: &GuideArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let again = Again::open(&arguments.record, config, context)?;
    let mut suites: Vec<GuideSuite> = again
        .project
        .named(&arguments.suites)?
        .iter()
        .map(|suite| GuideSuite {
            suite: SuiteReport::of(suite),
            requests: suite.request.as_ref().map(|request| format!("{} {}", request.method, request.path)),
            examples: BTreeMap::new(),
        })
        .collect();
    again.judge(&GateArguments::default(), Detail::Effects, context, output, |visit| {
        if let Some(guide) = suites.iter_mut().find(|guide| guide.suite.name == visit.case.suite) {
            for effect in &visit.judgement.effects {
                guide.learn(&visit.case.to_string(), effect);
            }
        }
    })?;
    let day = TimeZone::UTC.to_datetime(again.header.started).date();
    let source = format!("of {}, recorded on {day}", again.header.oracle.source);
    output.data(&render(&suites, &source));
    Ok(Exit::Passed)
}
