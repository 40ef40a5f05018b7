//! `parity audit`: would the harness notice?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::audit::{Input, Options, audit};
use crate::report::audit::{AuditView, render, render_json};
use crate::report::{Exit, Format, SuiteReport};
use crate::run::{Plan, Selection, recorded_bases};
use crate::suite::Suite;
use crate::translate::Detail;

use super::again::{Again, RecordArguments, listed};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;
use super::project::Project;

pub const EXAMPLES: &str = "Examples:
  parity audit
  parity audit run-trace --budget 100000
  parity audit --record fixtures/recordings/run-trace.jsonl --format json

Each answer of the candidate that is in parity is changed in one way at a time, such as a row dropped or 34 turned \
into \"34\", and judged again. A change that is not noticed is a blind spot, unless a rule declares that it does not matter.";

/// Arguments of `parity audit`.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Names of suites; all of the profile when none is given.
    #[arg(value_name = "SUITE")]
    pub suites: Vec<String>,

    /// The run record whose answers are changed [default: the latest of this project].
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// The profile whose suites are audited [default: the one of the record].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// How many changed answers are judged at the most, spread over suites, cases, kinds of change and paths.
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub budget: u32,

    /// Which of the possible changes are made: the same number makes the same.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// What is printed on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = formats())]
    pub format: Format,
}

/// The formats in which an audit is told.
fn formats() -> impl TypedValueParser<Value = Format> {
    let names = [Format::Terminal, Format::Json].map(Format::name);
    PossibleValuesParser::new(names).map(|name| Format::named(&name).expect("only names of formats are possible"))
}

/// Runs the command.
pub fn run(arguments: &AuditArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let record = RecordArguments {
        record: arguments.record.clone(),
        profile: arguments.profile.clone(),
    };
    let again = Again::open(&record, config, context)?;
    let suites = selected(&again.project, &arguments.suites)?;
    let (inputs, notes) = inputs(&again, &suites, context)?;
    let options = Options {
        seed: arguments.seed,
        budget: usize::try_from(arguments.budget).unwrap_or(usize::MAX),
    };
    let report = audit(&inputs, options);
    let suites: Vec<SuiteReport> = suites.iter().map(|suite| SuiteReport::of(suite)).collect();
    let view = AuditView {
        audit: &report,
        suites: &suites,
        record: &again.shown,
        notes: &notes,
    };
    output.data(&match arguments.format {
        Format::Json => render_json(&view),
        _ => render(&view, output.style()),
    });
    Ok(view.exit())
}

/// The suites that were named, of those of the profile; all of them when none was.
fn selected(project: &Project, names: &[String]) -> Result<Vec<Arc<Suite>>, Failure> {
    let inactive = |name: &&String| !project.active.iter().any(|suite| suite.name == **name);
    if let Some(hint) = names.iter().filter(inactive).find_map(|name| project.hint(name)) {
        return Err(Failure::Usage(hint));
    }
    let selection = Selection {
        suites: names.to_vec(),
        parameters: Vec::new(),
    };
    let plan = Plan::new(&project.active, &selection)?;
    Ok(plan.suites.into_iter().map(|planned| planned.suite).collect())
}

/// What a record holds of the suites, and what is worth saying of what it does not.
fn inputs(again: &Again, suites: &[Arc<Suite>], context: &Context) -> Result<(Vec<Input>, Vec<String>), Failure> {
    let mut inputs: Vec<Input> = suites
        .iter()
        .map(|suite| Input {
            suite: Arc::clone(suite),
            bases: recorded_bases(&again.header, suite),
            exchanges: Vec::new(),
        })
        .collect();
    let mut private = Vec::new();
    let judged = again.judge_silently(&GateArguments::default(), Detail::Counts, context, |visit| {
        let Some(input) = inputs.iter_mut().find(|input| input.suite.name == visit.case.suite) else {
            return;
        };
        if visit.recorded.veiled && visit.judge.suite().looks_into_private() {
            private.push(visit.case.to_string());
            return;
        }
        input.exchanges.push((visit.case.clone(), visit.recorded.exchange.clone()));
    })?;
    let mut notes = Vec::new();
    if !judged.undeclared.is_empty() {
        notes.push(format!("recorded, and declared by no suite today: {}", listed(&judged.undeclared)));
    }
    if !private.is_empty() {
        notes.push(format!(
            "left out, because rules look into private values, of which the record holds digests only: {}",
            listed(&private)
        ));
    }
    for input in inputs.iter().filter(|input| input.exchanges.is_empty()) {
        notes.push(format!("the record holds no case of the suite `{}`", input.suite.name));
    }
    inputs.retain(|input| !input.exchanges.is_empty());
    Ok((inputs, notes))
}
