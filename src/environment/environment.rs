//! The environment: the value that owns everything that was started for one run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::exchange::OracleKind;

use super::config::{Config, Kind};
use super::error::StartError;
use super::event::{Event, Events};
use super::kept::{Kept, State};
use super::lease::{Abandoned, Lease};
use super::plan::{Choice, Finding, Plan};
use super::process::{self, Stop};
use super::start::{Context, Failed, Handle, Started};

/// How a service that keeps nothing is asked to end, before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// What the caller decides, apart from the configuration.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder for prepared data and for the traces of what runs. All runs of a machine's user share one.
    pub cache: PathBuf,
    /// A profile of the configuration.
    pub profile: Option<String>,
    /// Kinds and addresses chosen.
    pub choice: Choice,
    /// May kinds that nobody chose be found?
    pub finding: Finding,
    /// May prepared data be used?
    pub data: Data,
    /// May a kept environment serve?
    pub reuse: Reuse,
    /// The caller's environment variables, for `${NAME}`.
    pub variables: Arc<BTreeMap<String, String>>,
}

/// Where the data of seeded services comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// From a copy of data that was seeded once.
    Prepared,
    /// From an empty directory, seeded in this start.
    Fresh,
}

/// Whether an environment that `env up` keeps may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// When it is what would be started.
    Allowed,
    /// Never.
    Refused,
}

impl Options {
    /// What this process was given: its variables; the cache of its user (`PARITY_CACHE_DIR`, else the usual place); and
    /// nothing is found where `CI` is set.
    ///
    /// # Errors
    /// There is neither `PARITY_CACHE_DIR` nor a home directory.
    pub fn of_this_process() -> Result<Self, StartError> {
        // A variable that is not UTF-8 cannot be named in `parity.toml`.
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        let cache = set("PARITY_CACHE_DIR")
            .map(PathBuf::from)
            .or_else(|| set("XDG_CACHE_HOME").map(|cache| PathBuf::from(cache).join("parity")))
            .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".cache/parity")))
            .ok_or_else(|| StartError::Cache {
                folder: PathBuf::from("~/.cache/parity"),
                source: std::io::Error::other("set `HOME` or `PARITY_CACHE_DIR`"),
            })?;
        let is_ci = set("CI").is_some_and(|value| value != "false" && value != "0");
        Ok(Self {
            cache,
            profile: None,
            choice: Choice::default(),
            finding: if is_ci { Finding::Refused } else { Finding::Allowed },
            data: Data::Prepared,
            reuse: Reuse::Allowed,
            variables: Arc::new(variables),
        })
    }
}

/// A service as it is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Its name.
    pub name: String,
    /// As what it is there.
    pub kind: Kind,
    /// Its base address for HTTP, from this machine.
    pub url: Option<String>,
    /// `host:port`, from this machine.
    pub address: Option<String>,
    /// How to talk SQL to it, from this machine.
    pub sql: Option<String>,
    /// What its answers are worth. An image's own label outweighs the configuration.
    pub oracle: OracleKind,
    /// The image it was made of.
    pub image: Option<Image>,
    /// The recording that answers for it.
    pub recording: Option<PathBuf>,
    /// From its start until it was ready and seeded.
    pub elapsed: Duration,
}

/// Which image exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The name that was asked for.
    pub name: String,
    /// The engine's identity of its content.
    pub id: String,
    /// The digest under which its registry knows it; nothing for one that was built here.
    pub digest: Option<String>,
}

/// Who runs the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This run started them, and ends them.
    Started,
    /// `env up` started them; they stay.
    Reused {
        /// The identity of what is kept.
        lease: String,
    },
}

/// Services that run and answer.
///
/// End it with [`stop`](Self::stop). Dropped, it ends everything as well, at once and blocking; what even that cannot
/// reach (after SIGKILL) is ended by the next start.
#[derive(Debug)]
pub struct Environment {
    // Dropped in this order: processes and containers first, then the lease with their folder.
    started: Vec<Started>,
    lease: Option<Lease>,
    origin: Origin,
    resolved: BTreeMap<String, Resolved>,
    state: State,
    events: Events,
}

impl Environment {
    /// Starts what a configuration needs, or finds it kept.
    ///
    /// A start that fails, and one whose future is dropped half way, leaves nothing running.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config, options: &Options, events: &Events) -> Result<Self, StartError> {
        let profiled;
        let config = match &options.profile {
            None => config,
            Some(profile) => {
                profiled = config.with_profile(profile).map_err(super::plan::PlanError::Invalid)?;
                &profiled
            }
        };
        sweep(options, events).await?;
        let mut facts = super::discover::Discovered::new(config, options, events);
        let candidates = match options.reuse {
            Reuse::Allowed => Kept::of_project(&options.cache, config, options.profile.as_deref()),
            Reuse::Refused => Vec::new(),
        };
        // Where nobody chose, what is kept already is what was chosen before.
        let mut options = options.clone();
        if let Some(kept) = candidates.last()
            && options.choice == Choice::default()
        {
            options.choice.each = kept.kinds(config);
        }
        let plan = facts.plan(&options).await?;
        if !candidates.is_empty() {
            match super::kept::find_fitting(candidates, config, &plan, &facts, events).await {
                Ok(Some(reused)) => return Ok(reused),
                Ok(None) => {}
                Err((service, failed)) => return Err(failure(service, failed)),
            }
        }
        #[cfg(feature = "containers")]
        let engine = facts.engine(&plan).await?;
        for planned in &plan.services {
            let (service, why) = (planned.service.name.value.clone(), planned.why.clone());
            events.send(Event::Found {
                service,
                kind: planned.kind,
                why,
            });
        }
        Self::start_plan(
            config,
            &options,
            &plan,
            #[cfg(feature = "containers")]
            engine,
            events,
        )
        .await
    }

    /// The service of that name, when it is part of this environment.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Resolved> {
        self.resolved.get(name)
    }

    /// Every service, by name.
    pub fn services(&self) -> impl Iterator<Item = &Resolved> {
        self.resolved.values()
    }

    /// A digest of the seed that a service was started with, in hexadecimal; nothing for one without a seed.
    #[must_use]
    pub fn seed(&self, name: &str) -> Option<&str> {
        self.state.seed(name)
    }

    /// Who runs the services.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The last lines that a service wrote, oldest first. Empty for services of others.
    pub async fn log(&self, name: &str) -> Vec<String> {
        for started in self.started.iter().filter(|started| started.resolved.name == name) {
            match &started.handle {
                Handle::None => {}
                Handle::Process { log, .. } => return process::tail(log),
                #[cfg(feature = "containers")]
                Handle::Container(container) => return container.log().await,
            }
        }
        Vec::new()
    }

    /// Ends everything that this run started; what was kept by `env up` stays.
    pub async fn stop(mut self) {
        let Some(lease) = self.lease.take() else {
            return;
        };
        let begun = Instant::now();
        self.events.send(Event::Stopping);
        let stops = std::mem::take(&mut self.started).into_iter().map(stop_one);
        futures_util::future::join_all(stops).await;
        close(lease).await;
        self.events.send(Event::Stopped { elapsed: begun.elapsed() });
    }

    /// Lets everything run on after this program, to be found by later starts.
    ///
    /// # Errors
    /// What is kept could not be written down; everything is then ended.
    pub fn keep(mut self) -> Result<Kept, StartError> {
        let Some(lease) = self.lease.take() else {
            return Ok(Kept::new(self.origin_lease(), self.state.clone(), PathBuf::new()));
        };
        let (id, cache) = (lease.id().to_owned(), lease.cache().to_owned());
        let text = serde_json::to_string_pretty(&self.state);
        // Written first: were it the other way round, a kill in between would leave processes that nobody knows of.
        let kept = text.map_err(std::io::Error::other).and_then(|text| lease.keep(&text));
        if let Err(source) = kept {
            // The lease was dropped by the attempt, and with it went everything.
            return Err(StartError::Cache { folder: cache, source });
        }
        for started in std::mem::take(&mut self.started) {
            match started.handle {
                Handle::None => {}
                Handle::Process { running, .. } => running.keep(),
                #[cfg(feature = "containers")]
                Handle::Container(container) => container.keep(),
            }
        }
        Ok(Kept::new(id, self.state.clone(), cache))
    }

    pub(super) fn reused(kept: &Kept, resolved: BTreeMap<String, Resolved>, events: &Events) -> Self {
        Self {
            started: Vec::new(),
            lease: None,
            origin: Origin::Reused {
                lease: kept.lease().to_owned(),
            },
            resolved,
            state: kept.state().clone(),
            events: events.clone(),
        }
    }

    async fn start_plan(
        config: &Config,
        options: &Options,
        plan: &Plan,
        #[cfg(feature = "containers")] engine: Option<super::engine::Engine>,
        events: &Events,
    ) -> Result<Self, StartError> {
        let lease = Lease::create(&options.cache).map_err(|source| StartError::Cache {
            folder: options.cache.clone(),
            source,
        })?;
        #[cfg(feature = "containers")]
        let has_network = match &engine {
            Some(engine) => prepare_engine(engine, &lease, plan, options).await?,
            None => false,
        };
        let contained = |name: &String| {
            let mut dependents = plan.services.iter().filter(|planned| planned.depends_on.contains(name));
            dependents.any(|planned| planned.kind == Kind::Container)
        };
        let names = plan.services.iter().map(|planned| planned.service.name.value.clone());
        let context = Context {
            config,
            lease: &lease,
            events,
            data: options.data,
            seen_by_containers: names.filter(contained).collect(),
            reached: Mutex::new(BTreeMap::new()),
            #[cfg(feature = "containers")]
            engine,
            #[cfg(feature = "containers")]
            has_network,
        };
        match start_all(&context, plan).await {
            Ok(started) => {
                let resolved: BTreeMap<String, Resolved> = started
                    .iter()
                    .map(|started| (started.resolved.name.clone(), started.resolved.clone()))
                    .collect();
                let state = State::new(config, options.profile.as_deref(), plan, &started);
                drop(context);
                Ok(Self {
                    started,
                    lease: Some(lease),
                    origin: Origin::Started,
                    resolved,
                    state,
                    events: events.clone(),
                })
            }
            Err((service, failed)) => {
                drop(context);
                close_at_once(lease).await;
                Err(failure(service, failed))
            }
        }
    }

    fn origin_lease(&self) -> String {
        match &self.origin {
            Origin::Started => String::new(),
            Origin::Reused { lease } => lease.clone(),
        }
    }
}

/// What the lease needs in the engine before any container starts: its note, no orphans of others, a network.
#[cfg(feature = "containers")]
async fn prepare_engine(engine: &super::engine::Engine, lease: &Lease, plan: &Plan, options: &Options) -> Result<bool, StartError> {
    let mut containers = plan.services.iter().filter(|planned| planned.kind == Kind::Container);
    let Some(first) = containers.next() else {
        return Ok(false);
    };
    lease.note_containers().map_err(|source| StartError::Cache {
        folder: options.cache.clone(),
        source,
    })?;
    if let Err(error) = super::engine::Owned::remove_orphans(&engine.docker, lease.cache()).await {
        tracing::warn!(error, "containers of ended runs could not be removed");
    }
    let has_network = containers.next().is_some();
    if has_network {
        let made = lease.containers.make_network(&engine.docker).await;
        made.map_err(|failed| failure(first.service.name.value.clone(), super::start::without_log(failed)))?;
    }
    Ok(has_network)
}

/// Starts every service when those that it depends on are ready; builds do not wait for anybody.
async fn start_all(context: &Context<'_>, plan: &Plan) -> Result<Vec<Started>, (String, Failed)> {
    let (ready, _) = tokio::sync::watch::channel(Vec::<String>::new());
    let starts = plan.services.iter().map(|planned| {
        let (ready, mut seen) = (&ready, ready.subscribe());
        let name = &planned.service.name.value;
        async move {
            let named = |failed: Failed| (name.clone(), failed);
            // The sender outlives every receiver, for both belong to this function; so the wait cannot fail.
            let others = async {
                let is_ready = |ready: &Vec<String>| planned.depends_on.iter().all(|on| ready.contains(on));
                seen.wait_for(is_ready).await.is_ok()
            };
            let (built, _) = tokio::join!(context.build(planned), others);
            built.map_err(named)?;
            let started = context.start(planned).await.map_err(named)?;
            ready.send_modify(|ready| ready.push(name.clone()));
            Ok(started)
        }
    });
    futures_util::future::try_join_all(starts).await
}

async fn stop_one(started: Started) {
    match started.handle {
        Handle::None => {}
        Handle::Process { mut running, has_data, .. } => {
            // A private data directory is thrown away in a moment; nothing is gained by letting a server tidy it.
            let how = if has_data { Stop::AtOnce } else { Stop::Gently(GRACE) };
            if let Err(error) = running.stop(how).await {
                tracing::warn!(service = started.resolved.name, %error, "could not be stopped");
            }
        }
        #[cfg(feature = "containers")]
        Handle::Container(container) => container.remove().await,
    }
}

/// Ends a lease whose processes have been stopped.
async fn close(lease: Lease) {
    #[cfg(feature = "containers")]
    lease.containers.remove().await;
    let ended = tokio::task::spawn_blocking(move || lease.end()).await;
    if let Ok(Err(error)) = ended {
        tracing::warn!(%error, "the next run removes what is left");
    }
}

/// Ends a lease with whatever still belongs to it.
async fn close_at_once(lease: Lease) {
    // Dropping does it, and blocks.
    let _ = tokio::task::spawn_blocking(move || drop(lease)).await;
}

/// Ends what killed runs left.
async fn sweep(options: &Options, events: &Events) -> Result<(), StartError> {
    let unusable = |source| StartError::Cache {
        folder: options.cache.clone(),
        source,
    };
    let abandoned = Abandoned::all(&options.cache).map_err(unusable)?;
    if abandoned.is_empty() {
        return Ok(());
    }
    let leases = abandoned.len();
    for lease in abandoned {
        end_abandoned(lease, &options.cache).await;
    }
    events.send(Event::Swept { leases });
    Ok(())
}

/// Ends one lease that was taken over. What cannot be ended now is left for a later run.
pub(super) async fn end_abandoned(lease: Abandoned, cache: &std::path::Path) {
    #[cfg(feature = "containers")]
    if lease.has_containers()
        && let Err(error) = super::engine::Owned::new(&lease.id, cache).try_remove().await
    {
        tracing::warn!(lease = lease.id, %error, "its containers could not be removed; a later run tries again");
        return;
    }
    #[cfg(not(feature = "containers"))]
    let _ = cache;
    let ended = tokio::task::spawn_blocking(move || lease.end()).await;
    if let Ok(Err(error)) = ended {
        tracing::warn!(%error, "a later run removes what is left");
    }
}

fn failure(service: String, (failure, log): Failed) -> StartError {
    StartError::Service { service, failure, log }
}
