//! Kept environments: what `env up` leaves running, how a later run finds it, and how it is ended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::config::{Config, Kind};
use super::discover::Discovered;
use super::environment::{Environment, Resolved, end_abandoned};
use super::event::{Event, Events};
use super::lease::{self, Abandoned, Lease};
use super::plan::{Plan, Planned};
use super::reached::Reached;
use super::start::{Context, Failed, Handle, Started};

/// The version of what is written; another one is not read.
const VERSION: u32 = 1;

/// What the identity of a container's image is called among what made a service what it is.
const IMAGE: &str = "image";

/// What the digest of a seed is called among what made a service what it is.
const SEED: &str = "seed";

/// An environment that runs on without an owner.
#[derive(Clone, Debug)]
pub struct Kept {
    lease: String,
    state: State,
    cache: PathBuf,
}

/// What is written about a kept environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    /// The configuration file that it was started from.
    project: PathBuf,
    profile: Option<String>,
    since: jiff::Timestamp,
    services: BTreeMap<String, KeptService>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptService {
    resolved: Resolved,
    /// What made it what it is.
    described: BTreeMap<String, String>,
    /// Its process, and when that was born.
    process: Option<(u32, Option<u64>)>,
    /// Its container.
    container: Option<String>,
}

impl Kept {
    /// Every kept environment of a cache, oldest first.
    ///
    /// # Errors
    /// The cache folder cannot be read.
    pub fn all(cache: &Path) -> std::io::Result<Vec<Self>> {
        let kept = lease::kept(cache)?;
        let read = kept.into_iter().filter_map(|(lease, text)| {
            let state: State = serde_json::from_str(&text).ok()?;
            (state.version == VERSION).then(|| Self::new(lease, state, cache.to_owned()))
        });
        Ok(read.collect())
    }

    /// Its identity.
    #[must_use]
    pub fn lease(&self) -> &str {
        &self.lease
    }

    /// The configuration file that it was started from.
    #[must_use]
    pub fn project(&self) -> &Path {
        &self.state.project
    }

    /// The profile that it was started with.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.state.profile.as_deref()
    }

    /// When it was started.
    #[must_use]
    pub const fn since(&self) -> jiff::Timestamp {
        self.state.since
    }

    /// Its services, by name.
    pub fn services(&self) -> impl Iterator<Item = &Resolved> {
        self.state.services.values().map(|service| &service.resolved)
    }

    /// A digest of the seed that a service was started with, in hexadecimal; nothing for one without a seed.
    #[must_use]
    pub fn seed(&self, name: &str) -> Option<&str> {
        self.state.seed(name)
    }

    /// The services that are gone, by name; none when all is well. Asks processes and containers, not the services.
    pub async fn gone(&self) -> Vec<String> {
        #[cfg(feature = "containers")]
        let running = self.running_containers().await;
        let is_gone = |service: &KeptService| {
            #[cfg(feature = "containers")]
            if service.container.as_ref().is_some_and(|container| !running.contains(container)) {
                return true;
            }
            service.is_process_gone()
        };
        let gone = self.state.services.iter().filter(|(_, service)| is_gone(service));
        gone.map(|(name, _)| name.clone()).collect()
    }

    /// Its containers that run; none where the engine does not answer.
    #[cfg(feature = "containers")]
    async fn running_containers(&self) -> std::collections::BTreeSet<String> {
        if self.state.services.values().all(|service| service.container.is_none()) {
            return std::collections::BTreeSet::new();
        }
        match super::engine::Engine::unasked().await {
            Ok(engine) => engine.running(&self.lease).await.unwrap_or_default(),
            Err(_) => std::collections::BTreeSet::new(),
        }
    }

    /// Ends it. One that somebody else has ended meanwhile is no error.
    ///
    /// # Errors
    /// The cache folder cannot be read.
    pub async fn down(self) -> std::io::Result<()> {
        if let Some(lease) = Abandoned::kept(&self.cache, &self.lease)? {
            end_abandoned(lease, &self.cache).await;
        }
        Ok(())
    }

    pub(super) const fn new(lease: String, state: State, cache: PathBuf) -> Self {
        Self { lease, state, cache }
    }

    pub(super) const fn state(&self) -> &State {
        &self.state
    }

    /// Those of one configuration file and profile. An unreadable cache holds none.
    pub(super) fn of_project(cache: &Path, config: &Config, profile: Option<&str>) -> Vec<Self> {
        let project = project(config);
        let mut kept = Self::all(cache).unwrap_or_default();
        kept.retain(|kept| kept.state.project == project && kept.state.profile.as_deref() == profile);
        kept
    }

    /// As what its services are there, as far as the configuration still has that.
    pub(super) fn kinds(&self, config: &Config) -> BTreeMap<String, Kind> {
        let kinds = self.services().map(|resolved| (resolved.name.clone(), resolved.kind));
        kinds
            .filter(|(name, kind)| config.services.get(name).is_some_and(|service| service.has(*kind)))
            .collect()
    }
}

impl State {
    pub(super) fn new(config: &Config, profile: Option<&str>, plan: &Plan, started: &[Started]) -> Self {
        let services = started.iter().filter_map(|started| {
            let planned = plan.get(&started.resolved.name)?;
            let mut described = described(planned, config);
            if let Some(image) = &started.resolved.image {
                described.insert(IMAGE.to_owned(), image.id.clone());
            }
            let process = match &started.handle {
                Handle::Process { running, .. } => running.id().map(|id| (id, lease::born(id.cast_signed()))),
                _ => None,
            };
            #[cfg(feature = "containers")]
            let container = match &started.handle {
                Handle::Container(container) => Some(container.id().to_owned()),
                _ => None,
            };
            #[cfg(not(feature = "containers"))]
            let container = None;
            let service = KeptService {
                resolved: started.resolved.clone(),
                described,
                process,
                container,
            };
            Some((started.resolved.name.clone(), service))
        });
        Self {
            version: VERSION,
            project: project(config),
            profile: profile.map(str::to_owned),
            since: jiff::Timestamp::now(),
            services: services.collect(),
        }
    }

    pub(super) fn seed(&self, name: &str) -> Option<&str> {
        self.services.get(name)?.described.get(SEED).map(String::as_str)
    }
}

/// What a service's state says of a planned one.
fn described(planned: &Planned, config: &Config) -> BTreeMap<String, String> {
    let mut described = planned.describe();
    if let Ok(seed) = super::seed::Seed::read(config, &planned.service)
        && matches!(planned.kind, Kind::Container | Kind::Process)
        && !seed.is_empty()
    {
        described.insert(SEED.to_owned(), seed.identity());
    }
    if let (Kind::Process, Some(process)) = (planned.kind, &planned.service.process) {
        let program = process.command.first().map(ToString::to_string).unwrap_or_default();
        described.insert("program".to_owned(), super::prepared::fingerprint(&program, &config.directory));
    }
    described
}

impl KeptService {
    fn is_process_gone(&self) -> bool {
        self.process
            .is_some_and(|(id, born)| born.is_none() || lease::born(id.cast_signed()) != born)
    }
}

/// The kept environment that is what the plan would start; the others are told of. Builds what has to be built before
/// anything can be compared.
pub(super) async fn find_fitting(
    candidates: Vec<Kept>,
    config: &Config,
    plan: &Plan,
    facts: &Discovered<'_>,
    events: &Events,
) -> Result<Option<Environment>, (String, Failed)> {
    // The newest first.
    for kept in candidates.into_iter().rev() {
        build_again(&kept, config, plan, events).await?;
        match misfit(&kept, config, plan, facts, events).await {
            None => {
                let services = kept.state.services.keys().cloned().collect();
                events.send(Event::Reusing {
                    lease: kept.lease.clone(),
                    services,
                });
                let resolved = kept.services().map(|resolved| (resolved.name.clone(), resolved.clone())).collect();
                return Ok(Some(Environment::reused(&kept, resolved, events)));
            }
            Some(why) => events.send(Event::Stale {
                lease: kept.lease.clone(),
                why,
            }),
        }
    }
    Ok(None)
}

/// Why a kept environment is not what the plan would start; `None` when it is.
///
/// What has to be asked is asked all at once, for everybody who checks waits for it; the first that does not fit decides.
async fn misfit(kept: &Kept, config: &Config, plan: &Plan, facts: &Discovered<'_>, events: &Events) -> Option<String> {
    for planned in &plan.services {
        let name = &planned.service.name.value;
        let Some(service) = kept.state.services.get(name) else {
            return Some(format!("it has no service `{name}`"));
        };
        let mut before = service.described.clone();
        before.remove(IMAGE);
        if let Some(key) = first_difference(&before, &described(planned, config)) {
            return Some(format!("`{key}` of service `{name}` changed"));
        }
    }
    // Nothing is started: the lease gives the questions their places.
    let lease = match Lease::of_kept(&kept.cache, &kept.lease) {
        Ok(lease) => lease,
        Err(error) => return Some(format!("its folder cannot be used: {error}")),
    };
    let context = Context::for_questions(config, &lease, events);
    for service in kept.services() {
        if let Some(reached) = service.address.as_deref().and_then(reached) {
            context.reach(&service.name, reached);
        }
    }
    let alive = async {
        let gone = kept.gone().await;
        gone.first().map_or(Ok(()), |name| Err(format!("service `{name}` is gone")))
    };
    let images = plan.services.iter().map(|planned| same_image(kept, facts, planned));
    let answers = plan.services.iter().map(|planned| answers(kept, &context, planned));
    let (images, answers) = (
        futures_util::future::try_join_all(images),
        futures_util::future::try_join_all(answers),
    );
    tokio::try_join!(alive, images, answers).err()
}

/// Whether a planned container would be made of the image that the kept one was made of; else what is said.
async fn same_image(kept: &Kept, facts: &Discovered<'_>, planned: &Planned) -> Result<(), String> {
    let name = &planned.service.name.value;
    let before = kept.state.services.get(name).and_then(|service| service.described.get(IMAGE));
    if planned.kind == Kind::Container && facts.image_id(planned).await.as_ref() != before {
        return Err(format!("`{IMAGE}` of service `{name}` changed"));
    }
    Ok(())
}

/// Asks a kept service its questions once more; else what is said.
async fn answers(kept: &Kept, context: &Context<'_>, planned: &Planned) -> Result<(), String> {
    const WITHIN: Duration = Duration::from_secs(5);
    let service = kept
        .state
        .services
        .get(&planned.service.name.value)
        .map(|service| &service.resolved);
    let Some((resolved, address, url)) =
        service.and_then(|resolved| Some((resolved, resolved.address.as_deref()?, resolved.url.as_deref()?)))
    else {
        return Ok(());
    };
    let own = reached(address);
    let deadline = tokio::time::Instant::now() + WITHIN;
    let settled = context.settle(planned, own.as_ref(), url, None, deadline).await;
    settled.map_err(|failure| format!("service `{}` {failure}", resolved.name))
}

fn reached(address: &str) -> Option<Reached> {
    Reached::url(&url::Url::parse(&format!("http://{address}/")).ok()?)
}

fn first_difference<'d>(before: &'d BTreeMap<String, String>, now: &'d BTreeMap<String, String>) -> Option<&'d String> {
    before.keys().chain(now.keys()).find(|key| before.get(*key) != now.get(*key))
}

/// Runs the build steps of kept services whose sources changed since; all of those that do not name their sources.
async fn build_again(kept: &Kept, config: &Config, plan: &Plan, events: &Events) -> Result<(), (String, Failed)> {
    let elapsed = u64::try_from(kept.state.since.as_millisecond()).unwrap_or_default();
    // A file is as old as the last tick of the system's clock says, and a tick may last this long.
    let tick = Duration::from_millis(10);
    let since = SystemTime::UNIX_EPOCH + Duration::from_millis(elapsed).saturating_sub(tick);
    let needs_build = |planned: &&Planned| {
        let Some(process) = planned.service.process.as_ref().filter(|_| planned.kind == Kind::Process) else {
            return false;
        };
        let is_changed = |source: &String| super::file::last_change(&config.directory.join(source)).is_ok_and(|changed| changed > since);
        process.build.is_some() && (process.sources.is_empty() || process.sources.iter().any(|source| is_changed(&source.value)))
    };
    let builds: Vec<&Planned> = plan.services.iter().filter(needs_build).collect();
    if builds.is_empty() {
        return Ok(());
    }
    let lease = Lease::create(&kept.cache).map_err(|source| {
        let failure = super::error::Failure::Io {
            path: kept.cache.clone(),
            source,
        };
        (builds[0].service.name.value.clone(), super::start::without_log(failure))
    })?;
    let context = Context::for_questions(config, &lease, events);
    for planned in builds {
        context
            .build(planned)
            .await
            .map_err(|failed| (planned.service.name.value.clone(), failed))?;
    }
    Ok(())
}

/// What tells one configuration file from another on this machine.
fn project(config: &Config) -> PathBuf {
    let file = Path::new(config.source.file()).file_name().unwrap_or_default();
    let folder = config.directory.canonicalize().unwrap_or_else(|_| config.directory.clone());
    folder.join(file)
}
