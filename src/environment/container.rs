//! Containers: services made of images, on a network of their own, labelled with their lease.

use std::time::Instant;

use testcontainers::bollard::models::{ContainerConfig, PortBinding};
use testcontainers::bollard::query_parameters::{
    CommitContainerOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptions, StopContainerOptionsBuilder,
};
use testcontainers::core::{Host, IntoContainerPort as _};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, GenericImage, ImageExt as _};

use super::config::Kind;
use super::engine::{Engine, Found, LEASE_LABEL, described, innermost, remove_container, split};
use super::environment::{Data, Resolved};
use super::error::Failure;
use super::event::Event;
use super::plan::Planned;
use super::port::Port;
use super::reached::Reached;
use super::seed::Seed;
use super::start::{CLEAN_STOP, Context, Failed, Handle, Started, without_log};
use super::start_process::PORT_ATTEMPTS;

/// Where images with seeded data are kept.
const REPOSITORY: &str = "parity-prepared";

/// How many prepared images of one service are kept.
const KEPT: usize = 3;

/// A container that runs. Its end is the lease's business unless it is removed or kept.
#[derive(Debug)]
pub(super) struct Running {
    container: Option<ContainerAsync<GenericImage>>,
    id: String,
    engine: Engine,
}

impl Running {
    /// The engine's identity of it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Its last lines.
    pub(super) async fn log(&self) -> Vec<String> {
        self.engine.log(&self.id).await
    }

    /// Removes it.
    pub(super) async fn remove(mut self) {
        if let Some(container) = self.container.take()
            && let Err(error) = container.rm().await
        {
            tracing::warn!(id = self.id, %error, "the lease removes it once more");
        }
    }

    /// Lets it live on after this value and this program.
    pub(super) fn keep(self) {
        drop(self);
    }

    /// Gives it up: the lease removes everything that carries its label.
    #[expect(
        clippy::disallowed_methods,
        reason = "its own drop would block on a runtime that may be gone, and once for each container"
    )]
    fn leave_to_lease(&mut self) {
        std::mem::forget(self.container.take());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.leave_to_lease();
    }
}

impl Context<'_> {
    pub(super) async fn start_container(&self, planned: &Planned) -> Result<Started, Failed> {
        let name = &planned.service.name.value;
        let missing = || {
            without_log(Failure::Engine {
                message: "none was asked".to_owned(),
            })
        };
        let engine = self.engine.as_ref().ok_or_else(missing)?;
        let container = planned.service.container.as_ref().ok_or_else(missing)?;
        let image = self.fill(planned, &container.image, None).map_err(without_log)?;
        let found = engine.have(&image, name, self.events).await.map_err(without_log)?;
        let seed = Seed::read(self.config, &planned.service).map_err(without_log)?;
        let is_prepared = !seed.is_empty() && self.data == Data::Prepared;
        let prepared = if is_prepared {
            Some(self.prepared_image(engine, planned, &seed, &found).await?)
        } else {
            None
        };
        self.events.send(Event::Starting {
            service: name.clone(),
            kind: Kind::Container,
        });
        let begun = Instant::now();
        let deadline = tokio::time::Instant::from_std(begun) + planned.service.deadline;
        let (image, seed) = match &prepared {
            Some(prepared) => (prepared, None),
            None => (&image, Some(&seed)),
        };
        let (running, port, own) = self.launch_container(engine, planned, image, seed, deadline).await?;
        let address = format!("{}:{}", own.local.0, own.local.1);
        let resolved = Resolved {
            name: name.clone(),
            kind: Kind::Container,
            url: Some(format!("http://{address}/")),
            address: Some(address),
            sql: self.filled_sql(planned, Some(&own)),
            oracle: found.oracle.unwrap_or(container.oracle),
            image: Some(found.image),
            recording: None,
            elapsed: begun.elapsed(),
        };
        Ok(Started {
            resolved,
            handle: Handle::Container(Box::new(running)),
            _port: Some(port),
        })
    }

    /// Runs an image and settles it; again on another port when something else took the first.
    async fn launch_container(
        &self,
        engine: &Engine,
        planned: &Planned,
        image: &str,
        seed: Option<&Seed>,
        deadline: tokio::time::Instant,
    ) -> Result<(Running, Port, Reached), Failed> {
        let name = &planned.service.name.value;
        let full_name = format!("parity-{}-{name}", self.lease.id());
        let inside = planned.service.port.unwrap_or_default();
        let mut attempt = 1;
        loop {
            let no_port = |source| {
                without_log(Failure::Io {
                    path: "a free port".into(),
                    source,
                })
            };
            let port = Port::free().map_err(no_port)?;
            let own = Reached {
                local: ("127.0.0.1".to_owned(), port.number),
                contained: (full_name.clone(), inside),
            };
            self.reach(name, own.clone());
            let request = self.request(planned, image, &full_name, &own, deadline).map_err(without_log)?;
            self.lease.containers.ask(&full_name);
            let started = request.start().await;
            self.lease.containers.answered(&full_name);
            let container = match started {
                Ok(container) => container,
                Err(error) => {
                    let message = innermost(&error);
                    // A container that could be made and not started is still there.
                    let _ = remove_container(&engine.docker, full_name.clone()).await;
                    let is_taken = message.contains("already allocated") || message.contains("address already in use");
                    if is_taken && attempt < PORT_ATTEMPTS {
                        attempt += 1;
                        continue;
                    }
                    return Err(without_log(if is_taken {
                        Failure::PortTaken {
                            port: port.number,
                            attempts: attempt,
                        }
                    } else {
                        Failure::Container { message }
                    }));
                }
            };
            let id = container.id().to_owned();
            let running = Running {
                container: Some(container),
                id,
                engine: engine.clone(),
            };
            let base = format!("http://127.0.0.1:{}", port.number);
            let settled = tokio::select! {
                biased;
                how = engine.exited(&running.id) => Err(Failure::Exited { how }),
                settled = self.settle(planned, Some(&own), &base, seed, deadline) => settled,
            };
            return match settled {
                Ok(()) => Ok((running, port, own)),
                Err(failure) => Err((Box::new(failure), running.log().await)),
            };
        }
    }

    fn request(
        &self,
        planned: &Planned,
        image: &str,
        full_name: &str,
        own: &Reached,
        deadline: tokio::time::Instant,
    ) -> Result<testcontainers::ContainerRequest<GenericImage>, Failure> {
        let (repository, tag) = split(image);
        let inside = planned.service.port.unwrap_or_default();
        let outside = own.local.1;
        let mut request = GenericImage::new(repository, tag)
            .with_container_name(full_name)
            .with_mapped_port(outside, inside.tcp())
            .with_labels(self.lease.containers.labels())
            .with_host("host.docker.internal", Host::HostGateway)
            .with_startup_timeout(deadline.saturating_duration_since(tokio::time::Instant::now()))
            // Only for this machine: what runs here has passwords that everybody knows.
            .with_host_config_modifier(move |host| {
                let binding = PortBinding {
                    host_ip: Some("127.0.0.1".to_owned()),
                    host_port: Some(outside.to_string()),
                };
                host.port_bindings = Some([(format!("{inside}/tcp"), Some(vec![binding]))].into());
            });
        if self.has_network {
            request = request.with_network(self.lease.containers.network());
        }
        if let Some(container) = &planned.service.container {
            for (variable, value) in self.fill_map(planned, &container.environment, Some(own))? {
                request = request.with_env_var(variable, value);
            }
            let command = self.fill_all(planned, &container.command, Some(own))?;
            if !command.is_empty() {
                request = request.with_cmd(command);
            }
        }
        Ok(request)
    }

    /// The name of an image that has the seed in it, which is made first when it is not there yet.
    async fn prepared_image(&self, engine: &Engine, planned: &Planned, seed: &Seed, found: &Found) -> Result<String, Failed> {
        let name = &planned.service.name.value;
        let key = key(planned, seed, found);
        let (repository, prepared) = (format!("{REPOSITORY}/{name}"), format!("{REPOSITORY}/{name}:{key}"));
        if engine.inspect(&prepared).await.map_err(without_log)?.is_some() {
            return Ok(prepared);
        }
        let locks = self.lease.cache().join("prepared");
        std::fs::create_dir_all(&locks).map_err(super::start::io_failure(&locks))?;
        let lock = locks.join(format!("{name}-{key}.lock"));
        let _exclusive = self.locked(planned, &lock, super::prepared::Lock::Exclusive).await?;
        if engine.inspect(&prepared).await.map_err(without_log)?.is_some() {
            return Ok(prepared);
        }
        let begun = Instant::now();
        self.events.send(Event::Preparing { service: name.clone() });
        let deadline = tokio::time::Instant::from_std(begun) + planned.service.deadline;
        let (running, _port, _) = self
            .launch_container(engine, planned, &found.image.name, Some(seed), deadline)
            .await?;
        self.commit(engine, &running, &repository, &key).await?;
        running.remove().await;
        remove_oldest(engine, &repository, &prepared).await;
        self.events.send(Event::Prepared {
            service: name.clone(),
            elapsed: begun.elapsed(),
        });
        Ok(prepared)
    }

    /// Stops a seeded container cleanly and keeps what it wrote as an image.
    async fn commit(&self, engine: &Engine, running: &Running, repository: &str, tag: &str) -> Result<(), Failed> {
        let grace = i32::try_from(CLEAN_STOP.as_secs()).unwrap_or(i32::MAX);
        let refused = |error| {
            without_log(Failure::Container {
                message: described(&error),
            })
        };
        let options = StopContainerOptionsBuilder::new().t(grace).build();
        engine.docker.stop_container(running.id(), Some(options)).await.map_err(refused)?;
        let how = engine.exited(running.id()).await;
        // 143 is what a shell says of a server that ended on SIGTERM.
        if how != "code 0" && how != "code 143" {
            return Err((Box::new(Failure::Unclean { how }), running.log().await));
        }
        // The label of this lease must not reach the containers that are made of the image.
        let changes = format!("LABEL {LEASE_LABEL}=");
        let options = CommitContainerOptionsBuilder::new()
            .container(running.id())
            .repo(repository)
            .tag(tag)
            .pause(false)
            .changes(&changes)
            .build();
        engine
            .docker
            .commit_container(options, ContainerConfig::default())
            .await
            .map_err(refused)?;
        Ok(())
    }
}

/// A digest of everything that the data depends on.
fn key(planned: &Planned, seed: &Seed, found: &Found) -> String {
    let mut hasher = blake3::Hasher::new();
    for (key, value) in planned.describe() {
        hasher.update(format!("{key}\0{value}\0").as_bytes());
    }
    hasher.update(found.image.id.as_bytes());
    seed.digest(&mut hasher);
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Removes the prepared images of a service that are oldest, unless a container is made of them.
async fn remove_oldest(engine: &Engine, repository: &str, current: &str) {
    let filters = std::collections::HashMap::from([("reference".to_owned(), vec![repository.to_owned()])]);
    let options = ListImagesOptionsBuilder::new().filters(&filters).build();
    let Ok(mut images) = engine.docker.list_images(Some(options)).await else {
        return;
    };
    images.retain(|image| !image.repo_tags.iter().any(|tag| tag == current));
    images.sort_by_key(|image| std::cmp::Reverse(image.created));
    for image in images.iter().skip(KEPT - 1) {
        for tag in &image.repo_tags {
            // Without force, an image in use stays.
            let _ = engine.docker.remove_image(tag, None::<RemoveImageOptions>, None).await;
        }
    }
}
