//! A run against services, step by step: what can be refused is refused, services start, cases are asked, services end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::environment::{Choice, Config, Environment, Events, Options, Resolved};
use crate::exchange::{Oracle, OracleKind, Side};
use crate::record::{Header, RecordError, RecordedPart, RecordedService, RecordedShard, RecordedSuite, Writer};
use crate::redact::{Key, Redactor, SecretNames};
use crate::report::RunReport;
use crate::run::{Baseline, Event, Plan, RunOptions, Service, Setup, execute};
use crate::snapshot::{Pending, Store};
use crate::suite::Credentials;

use super::args::AskArguments;
use super::context::Context;
use super::credentials;
use super::failure::Failure;
use super::gate::strictness;
use super::interrupt::Interrupt;
use super::project::{Project, RECORDS, recorded, scratch, shown};
use super::services::{self, JOBS, Manners};

/// The project with the profile in force, and the cases of the suites that are named.
///
/// # Errors
/// When a file is not as it should be, or a name is unknown.
pub fn plan(arguments: &AskArguments, config: Option<&Path>, context: &Context) -> Result<(Project, Plan), Failure> {
    let project = Project::load(config, arguments.services.profile.as_deref(), context)?;
    let plan = project.plan(&arguments.suites, &arguments.parameters)?;
    Ok((project, plan))
}

/// A run of which everything is known that can be known before anything is started.
#[derive(Debug)]
pub struct Prepared<'a> {
    arguments: &'a AskArguments,
    context: &'a Context,
    project: &'a Project,
    plan: &'a Plan,
    share: Option<OfPlan>,
    sides: Sides,
    baseline: Option<Baseline>,
    credentials: Credentials,
    config: Config,
    options: Options,
}

/// What a share is a share of.
#[derive(Debug)]
pub struct OfPlan {
    /// All that was selected.
    pub whole: Plan,
    /// The same, as the record of the share has it.
    pub shard: RecordedShard,
}

/// A run whose services are up.
#[derive(Debug)]
pub struct Live<'a> {
    run: Prepared<'a>,
    environment: Environment,
}

/// What came of a run.
#[derive(Debug)]
pub struct Asked {
    /// What is to be told.
    pub report: RunReport,
    /// The file of its record.
    pub record: PathBuf,
}

impl<'a> Prepared<'a> {
    /// Looks at everything that a run of this plan needs.
    ///
    /// # Errors
    /// When a baseline, a recording or a credential is not to be had.
    pub fn new(
        arguments: &'a AskArguments,
        context: &'a Context,
        project: &'a Project,
        plan: &'a Plan,
        share: Option<OfPlan>,
    ) -> Result<Self, Failure> {
        let sides = Sides::of(plan);
        let baseline = arguments.gate.baseline(context)?;
        let (config, options) = environment(project, arguments, context, &sides)?;
        let credentials = credentials::read(plan, &options.choice, &config)?;
        Ok(Self {
            arguments,
            context,
            project,
            plan,
            share,
            sides,
            baseline,
            credentials,
            config,
            options,
        })
    }

    /// What was chosen by hand of each service.
    #[must_use]
    pub const fn choice(&self) -> &Choice {
        &self.options.choice
    }

    /// Starts the services; after an interrupt or a failure nothing of them is left.
    ///
    /// # Errors
    /// When they do not come up.
    pub async fn start(self, events: &Events, interrupt: &mut Interrupt) -> Result<Live<'a>, Failure> {
        let environment = tokio::select! {
            biased;
            () = interrupt.wait() => return Err(Failure::Interrupted),
            started = Environment::start(&self.config, &self.options, events) => started?,
        };
        Ok(Live { run: self, environment })
    }
}

impl Live<'_> {
    /// Asks every case, up to the first that fails where `fail_fast` says so.
    ///
    /// # Errors
    /// When a service cannot be asked, or the record or a snapshot not be written.
    pub async fn ask(&mut self, fail_fast: bool, interrupt: &mut Interrupt, on_event: impl FnMut(Event<'_>)) -> Result<Asked, Failure> {
        let run = &mut self.run;
        let manners = Manners::of(run.arguments, &run.project.config.check);
        let (services, oracle) = sources(run.project, &run.sides, &self.environment, &manners)?;
        let started = jiff::Timestamp::now();
        let today = run.arguments.gate.today;
        let today = today.unwrap_or_else(|| TimeZone::UTC.to_datetime(started).date());
        let header = Header {
            today: Some(today),
            environment: parts(&self.environment),
            profile: run.arguments.services.profile.clone(),
            full: run.plan.full,
            shard: run.share.as_ref().map(|share| share.shard.clone()),
            ..header(run.plan, &services, &oracle, started)
        };
        let whole = run.share.as_ref().map_or(run.plan, |share| &share.whole);
        let recorder = recorder(run.project, whole, &services, &header)?;
        let record = recorder.path().to_owned();
        let setup = Setup {
            services,
            oracle,
            genuine_only: run.project.config.gate.oracle.is_some(),
            record: shown(&record, run.context).display().to_string(),
            recorder: Arc::new(recorder),
            started,
            rules: strictness(&run.project.config.gate),
            today,
            baseline: run.baseline.take(),
            credentials: std::mem::take(&mut run.credentials),
            store: Store::new(run.project.snapshots(run.context)),
            known: run.project.suites.clone(),
        };
        let options = RunOptions {
            jobs: usize::from(manners.jobs.unwrap_or(JOBS)),
            limits: manners.limits,
            repeat: manners.repeat,
            fail_fast,
            pending: if run.context.ci { Pending::Leave } else { Pending::Write },
        };
        let report = execute(run.plan, setup, options, interrupt.wait(), on_event).await?;
        Ok(Asked { report, record })
    }

    /// Ends what was started.
    pub async fn stop(self) {
        self.environment.stop().await;
    }
}

/// The services that the planned suites ask, by side.
#[derive(Debug)]
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
fn environment(project: &Project, arguments: &AskArguments, context: &Context, sides: &Sides) -> Result<(Config, Options), Failure> {
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

/// What a run is, as its record says it.
pub fn header(plan: &Plan, services: &BTreeMap<String, Service>, oracle: &Oracle, started: jiff::Timestamp) -> Header {
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

/// Begins the record of a run, in which no secret of the plan is written down: of a share that is the whole plan, for it names
/// cases that others ask. The oldest of the project's records goes.
///
/// # Errors
/// When it cannot be written.
pub fn recorder(project: &Project, plan: &Plan, services: &BTreeMap<String, Service>, header: &Header) -> Result<Writer, Failure> {
    let credentials = credentials::set(plan);
    let failed = |error: RecordError| Failure::SetUp(error.to_string());
    let of_services = services.values().flat_map(|service| service.secrets.iter().cloned());
    let of_suites = plan
        .suites
        .iter()
        .flat_map(|planned| credentials::secrets_of_suite(planned, &credentials));
    let given = of_services.chain(of_suites);
    let key = Key::random().map_err(|error| failed(RecordError::Random(error)))?;
    let folder = scratch(&project.config.directory).join(RECORDS);
    prune(&folder);
    Writer::create(&folder, header, &Redactor::new(key, SecretNames::default(), given)).map_err(failed)
}

/// How many records are kept: enough to look back, and no more than a disk forgives.
const KEPT: usize = 20;

/// Removes the oldest records. What cannot be removed stays: it is in nobody's way.
fn prune(folder: &Path) {
    for record in recorded(folder).iter().rev().skip(KEPT - 1) {
        let _ = std::fs::remove_file(record);
    }
}
