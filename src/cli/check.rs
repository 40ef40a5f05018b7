//! `parity check`: ask both sides the same, translate, compare, give a verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::environment::{Config, Environment, Options, Resolved};
use crate::exchange::{Oracle, OracleKind, PerSide, Side};
use crate::record::{End, Header, RecordError, RecordedPart, RecordedService, RecordedShard, RecordedSuite, Writer};
use crate::redact::{Key, Redactor, SecretNames};
use crate::report::html::Evidence;
use crate::report::{Accountability, Exit, Format, Material, RunReport, SuiteReport};
use crate::run::{Baseline, Event, Plan, RunOptions, Selection, Service, Setup, execute};
use crate::snapshot::{Pending, Store};
use crate::suite::Credentials;

use super::args::CheckArguments;
use super::context::Context;
use super::credentials;
use super::failure::Failure;
use super::gate::strictness;
use super::interrupt::Interrupt;
use super::output::Output;
use super::progress::Progress;
use super::project::{Project, RECORDS, recorded, scratch};
use super::reports::Reports;
use super::select::{self, SelectArguments};
use super::services::{self, JOBS, Manners};

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
    let project = Project::load(config, arguments.services.profile.as_deref(), context)?;
    if let Some(hint) = arguments
        .suites
        .iter()
        .filter(|name| !active(&project, name))
        .find_map(|name| project.hint(name))
    {
        return Err(Failure::Usage(hint));
    }
    let selection = Selection {
        suites: arguments.suites.clone(),
        parameters: arguments.parameters.clone(),
    };
    let plan = Plan::new(&project.active, &selection)?;
    let mut interrupt = Interrupt::listen()?;
    let progress = Progress::new(output, reports.stdout() == Format::Terminal);
    if plan.is_empty() {
        output.say(&project.why_empty(arguments.services.profile.as_deref(), context));
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
    let (plan, shard) = shared(selected, &arguments.select, &project, context)?;
    if arguments.select.list {
        return listed(&plan, reports, output);
    }
    let sides = Sides::of(&plan);
    if let Some(shard) = shard.as_ref().filter(|_| plan.is_empty()) {
        reports.begin(output);
        return empty_share(shard, arguments, &project, context, output, reports);
    }
    let baseline = arguments.gate.baseline(context)?;
    let (config, options) = environment(&project, arguments, context, &sides)?;
    let credentials = credentials::read(&plan, &options.choice, &config)?;
    reports.begin(output);
    let events = progress.services(&options.choice);
    let environment = tokio::select! {
        biased;
        () = interrupt.wait() => Err(Failure::Interrupted),
        started = Environment::start(&config, &options, &events) => started.map_err(Failure::from),
    };
    let environment = match environment {
        Ok(environment) => environment,
        Err(failure) => {
            progress.done();
            return Err(failure);
        }
    };
    progress.done();
    let judged = judge(
        arguments,
        context,
        output,
        reports,
        &project,
        &plan,
        shard,
        &sides,
        credentials,
        &environment,
        baseline,
        &progress,
        &mut interrupt,
    )
    .await;
    progress.done();
    // What was started ends before the exit code is given, whatever came of the run.
    environment.stop().await;
    progress.done();
    judged
}

fn active(project: &Project, name: &str) -> bool {
    project.active.iter().any(|suite| suite.name == name)
}

/// The services that the planned suites ask, by side.
struct Sides(BTreeMap<Side, BTreeSet<String>>);

impl Sides {
    fn of(plan: &Plan) -> Self {
        let mut sides = BTreeMap::<Side, BTreeSet<String>>::new();
        for planned in &plan.suites {
            for side in Side::BOTH {
                let service = planned.suite.request.get(side).service.clone();
                sides.entry(side).or_default().insert(service);
            }
        }
        Self(sides)
    }

    fn names(&self, side: Side) -> impl Iterator<Item = &String> {
        self.0.get(&side).into_iter().flatten()
    }
}

/// The configuration and the choices with which the environment starts: recordings and addresses of the command line stand
/// for the services that they replace.
fn environment(project: &Project, arguments: &CheckArguments, context: &Context, sides: &Sides) -> Result<(Config, Options), Failure> {
    let mut options = super::env::options(&arguments.services, context)?;
    let mut config = project.config.clone();
    for side in Side::BOTH {
        let (url, recording) = match side {
            Side::Legacy => (&arguments.legacy_url, &arguments.legacy_recording),
            Side::Candidate => (&arguments.candidate_url, &arguments.candidate_recording),
        };
        for name in sides.names(side) {
            if let Some(url) = url {
                options.choice.urls.insert(name.clone(), url.clone());
            } else if let Some(recording) = recording {
                // Said before anything is started for it.
                File::open(context.folder.join(recording))
                    .map_err(|error| Failure::Usage(format!("cannot read the recording `{}`: {error}", recording.display())))?;
                services::replace_by_recording(&mut config, &mut options.choice, name, &context.folder.join(recording));
            }
        }
    }
    Ok((config, options))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one command, each used once")]
async fn judge(
    arguments: &CheckArguments,
    context: &Context,
    output: &Output,
    reports: &Reports,
    project: &Project,
    plan: &Plan,
    shard: Option<RecordedShard>,
    sides: &Sides,
    credentials: Credentials,
    environment: &Environment,
    baseline: Option<Baseline>,
    progress: &Progress,
    interrupt: &mut Interrupt,
) -> Result<Exit, Failure> {
    let manners = Manners::of(arguments, &project.config.check);
    let (services, oracle) = sources(project, sides, environment, &manners)?;
    let record = scratch(&project.config.directory).join(RECORDS);
    let started = jiff::Timestamp::now();
    let today = arguments.gate.today.unwrap_or_else(|| TimeZone::UTC.to_datetime(started).date());
    let header = Header {
        today: Some(today),
        environment: parts(environment),
        profile: arguments.services.profile.clone(),
        full: plan.full,
        shard,
        ..header(plan, &services, &oracle, started)
    };
    let recorder = recorder(&record, plan, &services, &credentials, &header)?;
    let record = recorder.path().to_owned();
    let setup = Setup {
        services,
        oracle,
        genuine_only: project.config.gate.oracle.is_some(),
        record: super::project::shown(recorder.path(), context).display().to_string(),
        recorder: Arc::new(recorder),
        started,
        rules: strictness(&project.config.gate),
        today,
        baseline,
        credentials,
        store: Store::new(project.snapshots(context)),
        known: project.suites.clone(),
    };
    let jobs = manners.jobs.unwrap_or(JOBS);
    let options = RunOptions {
        jobs: usize::from(jobs),
        limits: manners.limits,
        fail_fast: arguments.select.fail_fast,
        pending: if context.ci { Pending::Leave } else { Pending::Write },
    };
    let suites: Vec<SuiteReport> = plan.suites.iter().map(|planned| SuiteReport::of(&planned.suite)).collect();
    let report = execute(plan, setup, options, interrupt.wait(), |event| match event {
        Event::Started { cases } => progress.cases(cases),
        Event::Judged(case) => progress.case(case, suites.iter().find(|suite| suite.name == case.case.suite)),
    })
    .await?;
    // From the record, where it is masked; only the cases that are shown are kept.
    let asked: Vec<_> = plan.suites.iter().map(|planned| Arc::clone(&planned.suite)).collect();
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
fn shared(plan: Plan, select: &SelectArguments, project: &Project, context: &Context) -> Result<(Plan, Option<RecordedShard>), Failure> {
    let Some(share) = select.shard else { return Ok((plan, None)) };
    let times = select.times(&project.config.directory, context)?;
    let shard = RecordedShard {
        index: share.index,
        of: share.of,
        plan: plan.digest(),
        full: plan.full,
    };
    Ok((plan.share(share, &times), Some(shard)))
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
    shard: &RecordedShard,
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
        profile: arguments.services.profile.clone(),
        shard: Some(shard.clone()),
        ..header(&plan, &BTreeMap::new(), &nothing.oracle, jiff::Timestamp::now())
    };
    let folder = scratch(&project.config.directory).join(RECORDS);
    let recorder = recorder(&folder, &plan, &BTreeMap::new(), &Credentials::default(), &header)?;
    recorder.end(&End::default()).map_err(|error| Failure::SetUp(error.to_string()))?;
    output.say(&format!(
        "share {}/{} is empty: there are fewer cases than shares, or none fell into this one; it passes",
        shard.index, shard.of
    ));
    let record = super::project::shown(recorder.path(), context).display().to_string();
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

/// What answers for each service that is asked, and where the legacy's answers come from.
fn sources(
    project: &Project,
    sides: &Sides,
    environment: &Environment,
    manners: &Manners,
) -> Result<(BTreeMap<String, Service>, Oracle), Failure> {
    let mut sources = BTreeMap::new();
    let mut oracles: Vec<Oracle> = Vec::new();
    for side in Side::BOTH {
        for name in sides.names(side) {
            let Some(resolved) = environment.service(name) else { continue };
            let (service, oracle) = services::service(resolved, manners, &project.config.directory)?;
            sources.insert(name.clone(), service);
            if side == Side::Legacy && !oracles.contains(&oracle) {
                oracles.push(oracle);
            }
        }
    }
    // Several legacies are as good as the least of them.
    let oracle = Oracle {
        kind: oracles.iter().map(|oracle| oracle.kind).max().unwrap_or(OracleKind::Unknown),
        source: oracles.iter().map(|oracle| oracle.source.as_str()).collect::<Vec<_>>().join(", "),
    };
    Ok((sources, oracle))
}

/// What the run is, as its record says it.
fn header(plan: &Plan, services: &BTreeMap<String, Service>, oracle: &Oracle, started: jiff::Timestamp) -> Header {
    Header {
        tool: concat!("parity ", env!("CARGO_PKG_VERSION")).to_owned(),
        started,
        oracle: oracle.clone(),
        services: services
            .iter()
            .map(|(name, service)| RecordedService {
                name: name.clone(),
                base: service.base.clone(),
                shown: service.shown.clone(),
            })
            .collect(),
        suites: plan.suites.iter().map(|planned| RecordedSuite::of(&planned.suite)).collect(),
        environment: Vec::new(),
        profile: None,
        full: false,
        today: None,
        shard: None,
    }
}

/// The environment, as the record says it.
fn parts(environment: &Environment) -> Vec<RecordedPart> {
    let part = |resolved: &Resolved| RecordedPart {
        name: resolved.name.clone(),
        kind: resolved.kind.to_string(),
        image: resolved.image.as_ref().map(services::image),
        seed: environment.seed(&resolved.name).map(str::to_owned),
    };
    environment.services().map(part).collect()
}

fn recorder(
    folder: &Path,
    plan: &Plan,
    services: &BTreeMap<String, Service>,
    credentials: &Credentials,
    header: &Header,
) -> Result<Writer, Failure> {
    let failed = |error: RecordError| Failure::SetUp(error.to_string());
    let of_services = services.values().flat_map(|service| service.secrets.iter().cloned());
    let of_suites = plan
        .suites
        .iter()
        .flat_map(|planned| credentials::secrets_of_suite(planned, credentials));
    let given = of_services.chain(of_suites);
    let key = Key::random().map_err(|error| failed(RecordError::Random(error)))?;
    prune(folder);
    Writer::create(folder, header, &Redactor::new(key, SecretNames::default(), given)).map_err(failed)
}

/// How many records are kept: enough to look back, and no more than a disk forgives.
const KEPT: usize = 20;

/// Removes the oldest records. What cannot be removed stays: it is in nobody's way.
fn prune(folder: &Path) {
    for record in recorded(folder).iter().rev().skip(KEPT - 1) {
        let _ = std::fs::remove_file(record);
    }
}
