//! `parity audit`: would the harness notice?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::audit::{Input, Options, audit};
use crate::record::Record;
use crate::report::audit::{AuditView, render, render_json};
use crate::report::{Exit, Format, SuiteReport};
use crate::run::{Event, Plan, recorded_bases};
use crate::suite::Suite;
use crate::translate::Detail;
use crate::verdict::Verdict;

use super::again::{Again, RecordArguments, listed};
use super::args::AskArguments;
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::interrupt::Interrupt;
use super::live::{self, Asked, Prepared};
use super::output::Output;
use super::progress::Progress;
use super::project::Project;

pub const EXAMPLES: &str = "Examples:
  parity audit
  parity audit run-trace --budget 100000
  parity audit --record fixtures/recordings/run-trace.jsonl --format json
  parity audit --live --legacy-url https://legacy.example.org --candidate-url http://127.0.0.1:8080

Each answer of the candidate that is in parity is changed in one way at a time, such as a row dropped or 34 turned \
into \"34\", and judged again. A change that is not noticed is a blind spot, unless a rule declares that it does not matter. \
With --live a side that does not answer ends it with exit 3, unless there is a blind spot.";

/// Arguments of `parity audit`.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// The run record whose answers are changed [default: the latest of this project].
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pub record: Option<PathBuf>,

    /// Ask both sides now, record it as `parity check` does, and change the answers of that run.
    #[arg(long)]
    pub live: bool,

    #[command(flatten)]
    pub ask: AskArguments,

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
pub async fn run(arguments: &AuditArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    if arguments.live {
        return live(arguments, config, context, output).await;
    }
    if let Some(option) = asks(&arguments.ask) {
        return Err(Failure::Usage(format!(
            "`{option}` is about asking, and without `--live` nobody is asked: the answers of a recorded run are changed"
        )));
    }
    let record = RecordArguments {
        record: arguments.record.clone(),
        profile: arguments.ask.services.profile.clone(),
    };
    let again = Again::open(&record, config, context)?;
    let suites = selected(&again.project, &arguments.ask.suites)?;
    audited(arguments, &again, &suites, 0, context, output)
}

/// The first option given that says whom and how to ask. The kind of services may stand in the environment of every command.
fn asks(ask: &AskArguments) -> Option<&'static str> {
    let given = [
        ("--param", !ask.parameters.is_empty()),
        ("--fresh", ask.services.fresh),
        ("--legacy-url", ask.legacy_url.is_some()),
        ("--candidate-url", ask.candidate_url.is_some()),
        ("--legacy-recording", ask.legacy_recording.is_some()),
        ("--candidate-recording", ask.candidate_recording.is_some()),
        ("--baseline", ask.gate.baseline.is_some()),
        ("--today", ask.gate.today.is_some()),
        ("--jobs", ask.jobs.is_some()),
        ("--repeat", ask.repeat.is_some()),
        ("--rate", ask.rate.is_some()),
        ("--timeout", ask.timeout.is_some()),
        ("--legacy-timeout", ask.legacy_timeout.is_some()),
        ("--candidate-timeout", ask.candidate_timeout.is_some()),
        ("--max-body", ask.max_body.is_some()),
    ];
    given.into_iter().find_map(|(option, given)| given.then_some(option))
}

/// Asks both sides, and audits what they answered.
async fn live(arguments: &AuditArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let ask = &arguments.ask;
    if ask.gate.baseline.is_some() {
        return Err(Failure::Usage(
            "`--baseline` says what a check fails for; an audit fails for blind spots, and takes none".to_owned(),
        ));
    }
    let (project, plan) = live::plan(ask, config, context)?;
    if plan.is_empty() {
        output.say(&project.why_empty(ask.services.profile.as_deref(), context));
        return Ok(Exit::NothingJudged);
    }
    let Asked { report, record } = asked(ask, &project, &plan, context, output).await?;
    if report.interrupted {
        return Err(Failure::Interrupted);
    }
    let unreachable = report.cases.iter().filter(|case| case.verdict == Verdict::Unreachable).count();
    let header = Record::open(&record)
        .map_err(|error| Failure::SetUp(error.to_string()))?
        .header()
        .clone();
    let suites: Vec<Arc<Suite>> = plan.suites.iter().map(|planned| Arc::clone(&planned.suite)).collect();
    let again = Again::of(project, header, record, context);
    audited(arguments, &again, &suites, unreachable, context, output)
}

async fn asked(ask: &AskArguments, project: &Project, plan: &Plan, context: &Context, output: &Output) -> Result<Asked, Failure> {
    let mut interrupt = Interrupt::listen()?;
    let progress = Progress::new(output, false);
    let prepared = Prepared::new(ask, context, project, plan, None)?;
    let events = progress.services(prepared.choice());
    let live = prepared.start(&events, &mut interrupt).await;
    progress.done();
    let mut live = live?;
    let on_event = |event: Event<'_>| match event {
        Event::Started { cases } => progress.cases(cases),
        Event::Judged(case) => progress.case(case, None),
    };
    let asked = live.ask(false, &mut interrupt, on_event).await;
    progress.done();
    live.stop().await;
    progress.done();
    asked
}

/// Audits the answers of a record; of so many cases nobody knows them, because a side did not answer.
fn audited(
    arguments: &AuditArguments,
    again: &Again,
    suites: &[Arc<Suite>],
    unreachable: usize,
    context: &Context,
    output: &Output,
) -> Result<Exit, Failure> {
    let (inputs, notes) = inputs(again, suites, context)?;
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
        unreachable,
    };
    output.data(&match arguments.format {
        Format::Json => render_json(&view),
        _ => render(&view, output.style()),
    });
    Ok(view.exit())
}

/// The suites that were named, of those of the profile; all of them when none was.
fn selected(project: &Project, names: &[String]) -> Result<Vec<Arc<Suite>>, Failure> {
    let plan = project.plan(names, &[])?;
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
