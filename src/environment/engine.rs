//! The container engine: whether it answers, which images it has, and what it runs under a lease's label.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error as DockerError;
use testcontainers::bollard::models::NetworkCreateRequest;
use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
};
use testcontainers::runners::AsyncRunner as _;

use super::config::ORACLES;
use super::environment::Image;
use super::error::Failure;
use super::event::{Event, Events};
use super::process::last_lines;
use crate::exchange::OracleKind;

/// The label that names the lease of a container or network.
pub(super) const LEASE_LABEL: &str = "parity.lease";
/// The label that names the cache folder of the lease: other caches' leases are not ours to judge.
const CACHE_LABEL: &str = "parity.cache";
/// The label of an image that says what its answers are worth.
const ORACLE_LABEL: &str = "parity.oracle";

/// How long an engine may take to say that it is there.
const ANSWER: Duration = Duration::from_secs(5);

/// A container engine that answers.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    pub(super) docker: Docker,
}

/// An image that is here.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) image: Image,
    /// What its label says.
    pub(super) oracle: Option<OracleKind>,
}

/// What a lease owns in the engine.
#[derive(Debug)]
pub(super) struct Owned {
    lease: String,
    cache: String,
    /// Names that the engine was asked to make and has not yet confirmed.
    asked: Mutex<BTreeSet<String>>,
    is_used: std::sync::atomic::AtomicBool,
}

impl Engine {
    /// Reaches the engine as testcontainers does (`DOCKER_HOST`, the default socket, …), and asks whether it is there.
    pub(super) async fn connect() -> Result<Self, Failure> {
        let engine = Self::unasked().await?;
        match tokio::time::timeout(ANSWER, engine.docker.ping()).await {
            Ok(Ok(_)) => Ok(engine),
            Ok(Err(error)) => Err(Failure::Engine {
                message: described(&error),
            }),
            Err(_) => Err(Failure::Engine {
                message: format!("no answer within {} s", ANSWER.as_secs()),
            }),
        }
    }

    /// The same without asking: whether it is there shows in what is asked next.
    pub(super) async fn unasked() -> Result<Self, Failure> {
        let docker = docker().await.map_err(|message| Failure::Engine { message })?;
        Ok(Self { docker })
    }

    /// The containers of a lease that run, by their identity.
    pub(super) async fn running(&self, lease: &str) -> Result<BTreeSet<String>, Failure> {
        let filters = HashMap::from([("label".to_owned(), vec![format!("{LEASE_LABEL}={lease}")])]);
        let options = ListContainersOptionsBuilder::new().filters(&filters).build();
        let containers = self.docker.list_containers(Some(options)).await.map_err(|error| Failure::Engine {
            message: described(&error),
        })?;
        Ok(containers.into_iter().filter_map(|container| container.id).collect())
    }

    /// The image of that name, when it is here.
    pub(super) async fn inspect(&self, name: &str) -> Result<Option<Found>, Failure> {
        let inspected = match self.docker.inspect_image(name).await {
            Ok(inspected) => inspected,
            Err(DockerError::DockerResponseServerError { status_code: 404, .. }) => return Ok(None),
            Err(error) => {
                return Err(Failure::Engine {
                    message: described(&error),
                });
            }
        };
        let labels = inspected.config.and_then(|config| config.labels).unwrap_or_default();
        let oracle = labels
            .get(ORACLE_LABEL)
            .and_then(|label| ORACLES.iter().find(|(name, _)| name == label).map(|(_, oracle)| *oracle));
        let digest = inspected.repo_digests.unwrap_or_default().into_iter().next();
        let image = Image {
            name: name.to_owned(),
            id: inspected.id.unwrap_or_default(),
            digest,
        };
        Ok(Some(Found { image, oracle }))
    }

    /// The image of that name, pulled when it is not here.
    pub(super) async fn have(&self, name: &str, service: &str, events: &Events) -> Result<Found, Failure> {
        if let Some(found) = self.inspect(name).await? {
            return Ok(found);
        }
        let begun = Instant::now();
        events.send(Event::Pulling {
            service: service.to_owned(),
            image: name.to_owned(),
        });
        let unavailable = |message: String| Failure::Image {
            image: name.to_owned(),
            message,
        };
        let (repository, tag) = split(name);
        let pulled = testcontainers::GenericImage::new(repository, tag).pull_image().await;
        drop(pulled.map_err(|error| unavailable(innermost(&error)))?);
        events.send(Event::Pulled {
            service: service.to_owned(),
            elapsed: begun.elapsed(),
        });
        self.inspect(name)
            .await?
            .ok_or_else(|| unavailable("it is not there after it was pulled".to_owned()))
    }

    /// The last lines that a container wrote.
    pub(super) async fn log(&self, container: &str) -> Vec<String> {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail("40").build();
        let mut logs = self.docker.logs(container, Some(options));
        let mut text = String::new();
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(ANSWER, logs.next()).await {
            text.push_str(&String::from_utf8_lossy(&chunk.into_bytes()));
        }
        last_lines(&text, 24)
    }

    /// Waits until a container has ended; gives how.
    pub(super) async fn exited(&self, container: &str) -> String {
        let mut waiting = Box::pin(self.docker.wait_container(container, None));
        match waiting.next().await {
            Some(Ok(response)) => format!("code {}", response.status_code),
            Some(Err(DockerError::DockerContainerWaitError { code, .. })) => format!("code {code}"),
            Some(Err(error)) => described(&error),
            None => "an unknown status".to_owned(),
        }
    }
}

impl Owned {
    pub(super) fn new(lease: &str, cache: &Path) -> Self {
        let cache = cache.canonicalize().unwrap_or_else(|_| cache.to_owned());
        let cache = blake3::hash(cache.as_os_str().as_encoded_bytes()).to_hex()[..16].to_owned();
        Self {
            lease: lease.to_owned(),
            cache,
            asked: Mutex::default(),
            is_used: false.into(),
        }
    }

    /// What everything of the lease is labelled with.
    pub(super) fn labels(&self) -> [(String, String); 2] {
        [
            (LEASE_LABEL.to_owned(), self.lease.clone()),
            (CACHE_LABEL.to_owned(), self.cache.clone()),
        ]
    }

    /// The name of the lease's network.
    pub(super) fn network(&self) -> String {
        format!("parity-{}", self.lease)
    }

    /// Notes that the engine is about to be asked for a container of that name.
    pub(super) fn ask(&self, name: &str) {
        self.is_used.store(true, std::sync::atomic::Ordering::Relaxed);
        self.asked().insert(name.to_owned());
    }

    /// Notes that the engine has answered.
    pub(super) fn answered(&self, name: &str) {
        self.asked().remove(name);
    }

    /// Makes the lease's network, in which containers reach each other by name.
    pub(super) async fn make_network(&self, docker: &Docker) -> Result<(), Failure> {
        self.is_used.store(true, std::sync::atomic::Ordering::Relaxed);
        let request = NetworkCreateRequest {
            name: self.network(),
            labels: Some(self.labels().into()),
            ..NetworkCreateRequest::default()
        };
        let made = docker.create_network(request).await;
        made.map(|_| ()).map_err(|error| Failure::Container {
            message: described(&error),
        })
    }

    /// Removes containers and network.
    pub(super) async fn remove(&self) {
        if self.is_used.load(std::sync::atomic::Ordering::Relaxed)
            && let Err(error) = self.try_remove().await
        {
            tracing::warn!(lease = self.lease, error, "the next run removes what is left");
        }
    }

    /// Removes containers and network; says why that failed.
    pub(super) async fn try_remove(&self) -> Result<(), String> {
        let docker = docker().await?;
        let label = format!("{LEASE_LABEL}={}", self.lease);
        remove_labelled(&docker, &label).await
    }

    /// Removes what leases of this cache own that are gone: an engine may finish what a killed run had asked for after
    /// everything of that run was ended.
    pub(super) async fn remove_orphans(docker: &Docker, cache: &Path) -> Result<(), String> {
        let label = format!("{CACHE_LABEL}={}", Self::new("", cache).cache);
        for lease in leases_labelled(docker, &label).await? {
            if !cache.join("leases").join(&lease).exists() {
                remove_labelled(docker, &format!("{LEASE_LABEL}={lease}")).await?;
            }
        }
        Ok(())
    }

    /// Removes containers and network from wherever it is called, with or without a runtime.
    pub(super) fn remove_now(&self) {
        if !self.is_used.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        std::thread::scope(|scope| {
            // A thread of its own: a runtime cannot be entered from inside another, and the caller's may be ending.
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                match runtime {
                    Ok(runtime) => runtime.block_on(async {
                        self.await_asked().await;
                        self.remove().await;
                    }),
                    Err(error) => tracing::warn!(%error, "the next run removes what is left"),
                }
            });
        });
    }

    /// Waits a moment for containers that the engine was asked for by a future that was dropped since.
    async fn await_asked(&self) {
        let asked = std::mem::take(&mut *self.asked());
        let Ok(docker) = docker().await else { return };
        let deadline = Instant::now() + Duration::from_secs(2);
        for name in asked {
            while Instant::now() < deadline && docker.inspect_container(&name, None).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Repository and tag of an image's name; a digest stands for a tag.
pub(super) fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        // A colon before a slash belongs to the port of a registry.
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}

/// An error of the engine in one line.
pub(super) fn described(error: &DockerError) -> String {
    match error {
        DockerError::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        other => innermost(other),
    }
}

/// The cause at the bottom of an error, which names what was said.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string().trim().to_owned()
}

async fn docker() -> Result<Docker, String> {
    let connecting = testcontainers::core::client::docker_client_instance();
    connecting.await.map_err(|error| innermost(&error))
}

async fn leases_labelled(docker: &Docker, label: &str) -> Result<BTreeSet<String>, String> {
    let filters = HashMap::from([("label".to_owned(), vec![label.to_owned()])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let containers = docker.list_containers(Some(options)).await.map_err(|error| described(&error))?;
    let labels = containers.into_iter().filter_map(|container| container.labels?.remove(LEASE_LABEL));
    let mut leases: BTreeSet<String> = labels.collect();
    let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let networks = docker.list_networks(Some(options)).await.map_err(|error| described(&error))?;
    leases.extend(networks.into_iter().filter_map(|network| network.labels?.remove(LEASE_LABEL)));
    Ok(leases)
}

async fn remove_labelled(docker: &Docker, label: &str) -> Result<(), String> {
    let filters = HashMap::from([("label".to_owned(), vec![label.to_owned()])]);
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let containers = docker.list_containers(Some(options)).await.map_err(|error| described(&error))?;
    let removals = containers
        .into_iter()
        .filter_map(|container| container.id)
        .map(|id| remove_container(docker, id));
    for removed in futures_util::future::join_all(removals).await {
        removed?;
    }
    let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let networks = docker.list_networks(Some(options)).await.map_err(|error| described(&error))?;
    for id in networks.into_iter().filter_map(|network| network.id) {
        gone(docker.remove_network(&id).await)?;
    }
    Ok(())
}

/// Removes a container with its anonymous volumes, whatever state it is in.
pub(super) async fn remove_container(docker: &Docker, id: String) -> Result<(), String> {
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    gone(docker.remove_container(&id, Some(options)).await)
}

/// What is gone already, or is going, was removed by somebody else.
fn gone(removed: Result<(), DockerError>) -> Result<(), String> {
    match removed {
        Ok(())
        | Err(DockerError::DockerResponseServerError {
            status_code: 404 | 409, ..
        }) => Ok(()),
        Err(error) => Err(described(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn image_names_are_split_at_their_tag() {
        for (name, expected) in [
            ("mysql", ("mysql", "latest")),
            ("mysql:8.4", ("mysql", "8.4")),
            ("localhost:5000/mysql", ("localhost:5000/mysql", "latest")),
            ("localhost:5000/mysql:8.4", ("localhost:5000/mysql", "8.4")),
            ("mysql@sha256:abc", ("mysql@sha256", "abc")),
        ] {
            assert_eq!(split(name), expected);
        }
    }
}
