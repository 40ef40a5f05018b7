//! `parity check`: ask both sides the same, translate, compare, give a verdict.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::exchange::{Oracle, OracleKind, PerSide};
use crate::record::{End, Header, RecordedShard};
use crate::report::html::Evidence;
use crate::report::{Accountability, Exit, Format, Material, RunReport, SuiteReport};
use crate::run::{Event, Plan};
use crate::snapshot::Pending;

use super::args::CheckArguments;
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::live::{self, Asked, Live, OfPlan, Prepared};
use super::output::Output;
use super::progress::Progress;
use super::project::{Project, shown};
use super::reports::Reports;
use super::select::{self, SelectArguments};

/// Runs the command.
pub async fn run(arguments: &CheckArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let reports = Reports::prepare(arguments.format, &arguments.reports, context)?;
    let checked = checked(arguments, config, context, output, &reports).await;
    if let Err(failure) = &checked {
        reports.failed(failure, output);
    }
    checked
}

async fn checked(
    arguments: &CheckArguments,
    config: Option<&Path>,
    context: &Context,
    output: &Output,
    reports: &Reports,
) -> Result<Exit, Failure> {
    let profile = arguments.ask.services.profile.as_deref();
    let (project, plan) = live::plan(&arguments.ask, config, context)?;
    let mut interrupt = Interrupt::listen()?;
    reports.spare(project.irreplaceable(context))?;
    reports.spare(read_by(arguments, context))?;
    let progress = Progress::new(output, reports.stdout() == Format::Terminal);
    if plan.is_empty() {
        output.say(&project.why_empty(profile, context));
        reports.begin(output);
        return Ok(tell(reports, &nothing(), None, context, output, &progress));
    }
    let filter = arguments.select.filter(&project.config.directory)?;
    plan.know_tags(&filter)?;
    let selected = plan.clone().filtered(&filter);
    if selected.is_empty() {
        output.say(&plan.why_nothing(&filter));
        reports.begin(output);
        return Ok(tell(reports, &nothing(), None, context, output, &progress));
    }
    let (plan, share) = shared(selected, &arguments.select, &project, context)?;
    if arguments.select.list {
        return listed(&plan, reports, output);
    }
    if let Some(share) = share.as_ref().filter(|_| plan.is_empty()) {
        reports.begin(output);
        return empty_share(share, arguments, &project, context, output, reports);
    }
    let prepared = Prepared::new(&arguments.ask, context, &project, &plan, share)?;
    reports.begin(output);
    let events = progress.services(prepared.choice());
    let live = prepared.start(&events, &mut interrupt).await;
    progress.done();
    let mut live = live?;
    let told = ask(&mut live, arguments, &plan, reports, context, output, &progress, &mut interrupt).await;
    progress.done();
    // What was started ends before the exit code is given, whatever came of the run.
    live.stop().await;
    progress.done();
    told
}

/// The recordings and records of the command line.
fn read_by(CheckArguments { ask, select, .. }: &CheckArguments, context: &Context) -> impl Iterator<Item = PathBuf> {
    let named = [
        &ask.legacy_recording,
        &ask.candidate_recording,
        &ask.gate.baseline,
        &select.shard_by,
    ];
    named.into_iter().flatten().map(|path| context.folder.join(path))
}

/// Asks, and tells what came of it.
#[expect(clippy::too_many_arguments, reason = "the parts of one command, each used once")]
async fn ask(
    live: &mut Live<'_>,
    arguments: &CheckArguments,
    plan: &Plan,
    reports: &Reports,
    context: &Context,
    output: &Output,
    progress: &Progress,
    interrupt: &mut Interrupt,
) -> Result<Exit, Failure> {
    let suites: Vec<SuiteReport> = plan.suites.iter().map(|planned| SuiteReport::of(&planned.suite)).collect();
    let on_event = |event: Event<'_>| match event {
        Event::Started { cases } => progress.cases(cases),
        Event::Judged(case) => progress.case(case, suites.iter().find(|suite| suite.name == case.case.suite)),
    };
    let Asked { report, record } = live.ask(arguments.select.fail_fast, interrupt, on_event).await?;
    // From the record, where it is masked; only the cases that are shown are kept.
    let asked: Vec<_> = plan.suites.iter().map(|planned| planned.suite.clone()).collect();
    let answers = reports
        .answers(&record, &asked, &report)
        .map_err(|error| Failure::SetUp(error.to_string()))?;
    let exit = tell(reports, &report, answers.as_ref(), context, output, progress);
    let left = plan.len() - report.cases.len();
    if left > 0 && !report.interrupted {
        let cases = if left == 1 { "case was" } else { "cases were" };
        output.say(&format!(
            "stopped at the first case that fails (`--fail-fast`): {left} more {cases} not asked"
        ));
    }
    Ok(exit)
}

/// The share of the plan that is asked here, when it is one of several.
fn shared(whole: Plan, select: &SelectArguments, project: &Project, context: &Context) -> Result<(Plan, Option<OfPlan>), Failure> {
    let Some(share) = select.shard else { return Ok((whole, None)) };
    let times = select.times(&project.config.directory, context)?;
    let shard = RecordedShard {
        index: share.index,
        of: share.of,
        plan: whole.digest(),
        cases: whole.names(),
        full: whole.full,
    };
    Ok((whole.clone().share(share, &times), Some(OfPlan { whole, shard })))
}

/// Prints what would be asked.
fn listed(plan: &Plan, reports: &Reports, output: &Output) -> Result<Exit, Failure> {
    match reports.stdout() {
        Format::Terminal => output.data(&select::listed(plan)),
        Format::Json => output.data(&select::listed_as_json(plan)),
        other => {
            return Err(Failure::Usage(format!(
                "`--list` prints cases as `terminal` or `json`, and not as `{other}`"
            )));
        }
    }
    Ok(Exit::Passed)
}

/// A share that no case fell into: it is recorded, so that nobody takes it for lost, and passes.
fn empty_share(
    OfPlan { whole, shard }: &OfPlan,
    arguments: &CheckArguments,
    project: &Project,
    context: &Context,
    output: &Output,
    reports: &Reports,
) -> Result<Exit, Failure> {
    let plan = Plan {
        suites: Vec::new(),
        full: false,
    };
    let nothing = nothing();
    let header = Header {
        profile: arguments.ask.services.profile.clone(),
        shard: Some(shard.clone()),
        ..live::header(&plan, &BTreeMap::new(), &nothing.oracle, jiff::Timestamp::now())
    };
    let recorder = live::recorder(project, whole, &BTreeMap::new(), &header)?;
    recorder.end(&End::default()).map_err(|error| Failure::SetUp(error.to_string()))?;
    output.say(&format!(
        "share {}/{} is empty: there are fewer cases than shares, or none fell into this one; it passes",
        shard.index, shard.of
    ));
    let record = shown(recorder.path(), context).display().to_string();
    let report = RunReport {
        record: Some(record),
        share: true,
        ..nothing
    };
    let material = Material {
        run: &report,
        prefix: &context.prefix(),
        evidence: None,
    };
    reports.write(&material, output)?;
    Ok(Exit::Passed)
}

/// Tells how a run ended. A report that cannot be written after all fails a run that would pass, and excuses none.
fn tell(
    reports: &Reports,
    report: &RunReport,
    answers: Option<&Evidence>,
    context: &Context,
    output: &Output,
    progress: &Progress,
) -> Exit {
    progress.done();
    if reports.stdout() == Format::Terminal {
        progress.summary(report);
    }
    let material = Material {
        run: report,
        prefix: &context.prefix(),
        evidence: answers,
    };
    match reports.write(&material, output) {
        Ok(()) => report.exit(),
        Err(failure) => {
            output.failure(&failure);
            match report.exit() {
                Exit::Passed | Exit::NothingJudged => failure.exit(),
                failed @ (Exit::Interrupted | Exit::Usage | Exit::Differs | Exit::CannotCompare) => failed,
            }
        }
    }
}

/// A run without a case: nothing is started or written for it.
fn nothing() -> RunReport {
    RunReport {
        oracle: Oracle {
            kind: OracleKind::Unknown,
            source: "nothing was asked".to_owned(),
        },
        sides: PerSide {
            legacy: "nothing was asked".to_owned(),
            candidate: "nothing was asked".to_owned(),
        },
        suites: Vec::new(),
        cases: Vec::new(),
        unreferenced: Vec::new(),
        full: false,
        pending: Pending::Leave,
        accountability: Accountability::default(),
        changed: Vec::new(),
        refused_oracle: None,
        record: None,
        started: None,
        elapsed: Duration::ZERO,
        interrupted: false,
        share: false,
    }
}
