//! Starting one service: its values filled in, its data made or copied, itself started, asked, seeded and asked again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::exchange::OracleKind;

use super::config::{Config, Kind, Question};
use super::environment::{Data, Resolved};
use super::error::{Failure, ended};
use super::event::{Event, Events};
use super::interpolate::{Part, Place, Template};
use super::lease::Lease;
use super::plan::Planned;
use super::port::Port;
use super::process::{self, Command, Running};
use super::readiness::{Asked, NotReady, Pace, Sql};
use super::seed::Seed;

/// How often a service is started again because something else took its port meanwhile.
pub(super) const PORT_ATTEMPTS: u32 = 4;

/// What starting a service needs to know of everything around it.
pub(super) struct Context<'c> {
    pub(super) config: &'c Config,
    pub(super) lease: &'c Lease,
    pub(super) events: &'c Events,
    pub(super) data: Data,
    /// Process services that containers depend on: they must listen on more than the loopback address.
    pub(super) seen_by_containers: Vec<String>,
    pub(super) reached: Mutex<BTreeMap<String, Reached>>,
    #[cfg(feature = "containers")]
    pub(super) engine: Option<super::engine::Engine>,
    /// Whether containers share a network: a lone one needs none.
    #[cfg(feature = "containers")]
    pub(super) has_network: bool,
}

/// Where a service is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    /// From this machine.
    pub(super) local: (String, u16),
    /// From inside a container.
    pub(super) contained: (String, u16),
}

/// A service that runs, with what keeps it.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) resolved: Resolved,
    pub(super) handle: Handle,
    /// Held so that no other run is given the port.
    pub(super) _port: Option<Port>,
}

/// What must be ended.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there are as many of them as services")]
pub(super) enum Handle {
    /// Nothing: it belongs to somebody else.
    None,
    /// A process with its log.
    Process { running: Running, log: PathBuf, has_data: bool },
    /// A container.
    #[cfg(feature = "containers")]
    Container(Box<super::container::Running>),
}

/// How the first moments of a process went.
enum Outcome {
    Settled(Result<(), Failure>),
    Exited(std::io::Result<std::process::ExitStatus>),
}

/// A failure with the end of the log.
pub(super) type Failed = (Box<Failure>, Vec<String>);

impl Reached {
    /// A process on this machine.
    pub(super) fn process(port: u16) -> Self {
        Self {
            local: ("127.0.0.1".to_owned(), port),
            contained: ("host.docker.internal".to_owned(), port),
        }
    }

    /// Something with a URL; on this machine, a container reaches it by the name of its host.
    pub(super) fn url(url: &url::Url) -> Option<Self> {
        let host = url.host_str()?.to_owned();
        let port = url.port_or_known_default()?;
        let contained = if is_loopback(url) {
            "host.docker.internal".to_owned()
        } else {
            host.clone()
        };
        Some(Self {
            local: (host, port),
            contained: (contained, port),
        })
    }
}

/// Whether a URL leads to this machine itself.
pub(super) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        // Where the scheme is none of the web's, an address is read as a name.
        Some(url::Host::Domain(name)) => {
            let is_address = |address: std::net::Ipv4Addr| address.is_loopback();
            name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_address)
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl<'c> Context<'c> {
    /// A context in which nothing is started: only for asking and building.
    pub(super) fn for_questions(config: &'c Config, lease: &'c Lease, events: &'c Events) -> Self {
        Self {
            config,
            lease,
            events,
            data: Data::Fresh,
            seen_by_containers: Vec::new(),
            reached: Mutex::new(BTreeMap::new()),
            #[cfg(feature = "containers")]
            engine: None,
            #[cfg(feature = "containers")]
            has_network: false,
        }
    }
}

impl Context<'_> {
    /// Notes where a service is reached.
    pub(super) fn reach(&self, name: &str, reached: Reached) {
        self.reached().insert(name.to_owned(), reached);
    }

    /// Fills a template for a service of a kind.
    pub(super) fn fill(&self, planned: &Planned, template: &Template, own: Option<&Reached>) -> Result<String, Failure> {
        let name = &planned.service.name.value;
        let others = self.reached();
        let value = |place: &Place| -> Option<String> {
            let ((host, port), wanted) = match place {
                Place::Run => return Some(self.lease.run().to_string_lossy().into_owned()),
                Place::Data => return Some(self.data_folder(name).to_string_lossy().into_owned()),
                Place::Own(part) => (own?.local.clone(), *part),
                Place::Of(other, part) => {
                    let other = others.get(other)?;
                    let seen = if planned.kind == Kind::Container {
                        &other.contained
                    } else {
                        &other.local
                    };
                    (seen.clone(), *part)
                }
            };
            Some(match wanted {
                Part::Address => format!("{host}:{port}"),
                Part::Host => host,
                Part::Port => port.to_string(),
            })
        };
        template.fill(&value).map_err(|unknown| Failure::NoValue {
            place: unknown.value.to_string(),
            template: template.text().to_owned(),
            why: match &unknown.value {
                Place::Of(other, _) => {
                    format!("`{other}` is a recording, or is not needed and so not started")
                }
                _ => format!("a {} has none", planned.kind),
            },
        })
    }

    pub(super) fn fill_all(&self, planned: &Planned, templates: &[Template], own: Option<&Reached>) -> Result<Vec<String>, Failure> {
        templates.iter().map(|template| self.fill(planned, template, own)).collect()
    }

    pub(super) fn fill_map(
        &self,
        planned: &Planned,
        templates: &BTreeMap<String, Template>,
        own: Option<&Reached>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        templates
            .iter()
            .map(|(name, template)| Ok((name.clone(), self.fill(planned, template, own)?)))
            .collect()
    }

    /// A question with its values filled in.
    pub(super) fn asked(&self, planned: &Planned, question: &Question, own: Option<&Reached>, base: &str) -> Result<Asked, Failure> {
        Ok(match question {
            Question::Sql(statement) => Asked::Sql(self.fill(planned, statement, own)?),
            Question::Http { path, status } => {
                let path = self.fill(planned, path, own)?;
                Asked::Http {
                    url: format!("{}{path}", base.trim_end_matches('/')),
                    status: *status,
                }
            }
            Question::Tcp(address) => Asked::Tcp(self.fill(planned, address, own)?),
            Question::Command(command) => Asked::Command(Box::new(Command {
                words: self.fill_all(planned, command, own)?,
                environment: BTreeMap::new(),
                temporary: None,
                directory: self.config.directory.clone(),
                log: self.log(&planned.service.name.value),
            })),
        })
    }

    /// The SQL connection of a service, not opened yet.
    pub(super) fn sql(&self, planned: &Planned, own: Option<&Reached>) -> Result<Sql, Failure> {
        let url = planned.service.sql.as_ref().map(|sql| self.fill(planned, sql, own)).transpose()?;
        Ok(Sql::new(url))
    }

    /// The log file of a service.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.lease.run().join(format!("{name}.log"))
    }

    /// The data directory of a service.
    pub(super) fn data_folder(&self, name: &str) -> PathBuf {
        self.lease.run().join(format!("{name}.data"))
    }

    /// Runs the build step of a service that is to be a process, when it has one.
    pub(super) async fn build(&self, planned: &Planned) -> Result<(), Failed> {
        let process = planned.service.process.as_ref().filter(|_| planned.kind == Kind::Process);
        let Some(build) = process.and_then(|process| process.build.as_ref()) else {
            return Ok(());
        };
        let name = planned.service.name.value.clone();
        let mut command = self.command(planned, build, &BTreeMap::new(), None).map_err(without_log)?;
        // A build is the caller's own, with whatever caches it keeps.
        command.temporary = None;
        let begun = Instant::now();
        self.events.send(Event::Building {
            service: name.clone(),
            command: command.shown(),
        });
        match command.run(self.lease).await {
            Ok(status) if status.success() => {
                self.events.send(Event::Built {
                    service: name,
                    elapsed: begun.elapsed(),
                });
                Ok(())
            }
            Ok(status) => {
                let failure = Failure::Build {
                    command: command.shown(),
                    status,
                };
                Err((Box::new(failure), process::tail(&command.log)))
            }
            Err(source) => Err(without_log(spawn_failure(&command, source))),
        }
    }

    /// Starts a service and gives it when it is ready, seeded and asked.
    pub(super) async fn start(&self, planned: &Planned) -> Result<Started, Failed> {
        let begun = Instant::now();
        let name = &planned.service.name.value;
        let started = match planned.kind {
            Kind::Process => self.start_process(planned).await?,
            #[cfg(feature = "containers")]
            Kind::Container => self.start_container(planned).await?,
            #[cfg(not(feature = "containers"))]
            Kind::Container => {
                let message = "this parity was built without the feature `containers`".to_owned();
                return Err(without_log(Failure::Engine { message }));
            }
            Kind::Url => self.use_url(planned).await.map_err(without_log)?,
            Kind::Recording => self.use_recording(planned, begun).map_err(without_log)?,
        };
        let address = started.resolved.address.clone();
        let elapsed = started.resolved.elapsed;
        self.events.send(Event::Ready {
            service: name.clone(),
            address,
            elapsed,
        });
        Ok(started)
    }

    /// Asks a running service its questions and seeds it in between, within its deadline.
    pub(super) async fn settle(
        &self,
        planned: &Planned,
        own: Option<&Reached>,
        base: &str,
        seed: Option<&Seed>,
        deadline: tokio::time::Instant,
    ) -> Result<(), Failure> {
        let service = &planned.service;
        let pace = match planned.kind {
            Kind::Url => Pace::REMOTE,
            _ => Pace::LOCAL,
        };
        let mut sql = self.sql(planned, own)?;
        let late = |asked: &Asked, not: NotReady| Failure::Deadline {
            question: asked.to_string(),
            within: service.deadline,
            last: not.last,
        };
        let ready = match (&service.ready, own) {
            (Some(question), _) => Some(self.asked(planned, question, own, base)?),
            // Nothing was said: whoever listens is taken to be ready. A process that was given no port is ready at once.
            (None, Some(own)) if planned.kind == Kind::Container || planned.uses_port() => {
                Some(Asked::Tcp(format!("{}:{}", own.local.0, own.local.1)))
            }
            (None, _) => None,
        };
        if let Some(ready) = ready {
            ready.until(deadline, pace, &mut sql).await.map_err(|not| late(&ready, not))?;
        }
        if let Some(seed) = seed.filter(|seed| !seed.is_empty()) {
            let name = &service.name.value;
            let begun = Instant::now();
            self.events.send(Event::Seeding {
                service: name.clone(),
                files: seed.len(),
            });
            let written = tokio::time::timeout_at(deadline, seed.write(&mut sql)).await;
            written.map_err(|_| Failure::Deadline {
                question: "its seed".to_owned(),
                within: service.deadline,
                last: "the seed was still being written".to_owned(),
            })??;
            self.events.send(Event::Seeded {
                service: name.clone(),
                elapsed: begun.elapsed(),
            });
        }
        if let Some(question) = &service.seeded {
            let seeded = self.asked(planned, question, own, base)?;
            seeded.until(deadline, pace, &mut sql).await.map_err(|not| late(&seeded, not))?;
        }
        sql.close().await;
        Ok(())
    }

    async fn start_process(&self, planned: &Planned) -> Result<Started, Failed> {
        let name = &planned.service.name.value;
        let seed = Seed::read(self.config, &planned.service).map_err(without_log)?;
        let has_data = planned.has_data();
        let begun = if has_data && self.data == Data::Prepared {
            self.prepared_data(planned, &seed).await?
        } else {
            self.events.send(Event::Starting {
                service: name.clone(),
                kind: Kind::Process,
            });
            Instant::now()
        };
        let deadline = tokio::time::Instant::from_std(begun) + planned.service.deadline;
        let fresh = if has_data && self.data == Data::Prepared {
            None
        } else {
            self.initialise(planned, has_data, deadline).await?;
            Some(&seed)
        };
        let (running, port, own) = self.launch(planned, fresh, deadline).await?;
        let address = planned.uses_port().then(|| format!("{}:{}", own.local.0, own.local.1));
        let process = planned.service.process.as_ref();
        let resolved = Resolved {
            name: name.clone(),
            kind: Kind::Process,
            url: address.as_ref().map(|address| format!("http://{address}/")),
            address,
            sql: self.filled_sql(planned, Some(&own)),
            oracle: process.map_or(OracleKind::Unknown, |process| process.oracle),
            image: None,
            recording: None,
            elapsed: begun.elapsed(),
        };
        let handle = Handle::Process {
            running,
            log: self.log(name),
            has_data,
        };
        Ok(Started {
            resolved,
            handle,
            _port: Some(port),
        })
    }

    /// Makes the data directory of a process, and runs its `initialise` in it.
    pub(super) async fn initialise(&self, planned: &Planned, has_data: bool, deadline: tokio::time::Instant) -> Result<(), Failed> {
        let name = &planned.service.name.value;
        if has_data {
            let data = self.data_folder(name);
            std::fs::create_dir_all(&data).map_err(|source| without_log(Failure::Io { path: data, source }))?;
        }
        let Some(process) = &planned.service.process else {
            return Ok(());
        };
        let Some(initialise) = &process.initialise else {
            return Ok(());
        };
        let command = self.command(planned, initialise, &process.environment, None).map_err(without_log)?;
        let with_log = |failure| (Box::new(failure), process::tail(&command.log));
        match tokio::time::timeout_at(deadline, command.run(self.lease)).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(with_log(Failure::Initialise {
                command: command.shown(),
                status,
            })),
            Ok(Err(source)) => Err(without_log(spawn_failure(&command, source))),
            Err(_) => Err(with_log(Failure::Deadline {
                question: "its `initialise`".to_owned(),
                within: planned.service.deadline,
                last: format!("`{}` was still running", command.shown()),
            })),
        }
    }

    /// Starts a process on a port of its own and settles it; again on another port when something else took the first.
    pub(super) async fn launch(
        &self,
        planned: &Planned,
        seed: Option<&Seed>,
        deadline: tokio::time::Instant,
    ) -> Result<(Running, Port, Reached), Failed> {
        let name = &planned.service.name.value;
        let Some(process) = &planned.service.process else {
            let source = std::io::ErrorKind::InvalidInput.into();
            return Err(without_log(Failure::Spawn {
                command: String::new(),
                source,
            }));
        };
        let log = self.log(name);
        let mut attempt = 1;
        loop {
            let port = Port::free().map_err(|source| without_log(Failure::Io { path: log.clone(), source }))?;
            let own = Reached::process(port.number);
            self.reach(name, own.clone());
            // The program itself must listen where containers reach it; everybody else keeps asking the loopback address.
            let mut listening = own.clone();
            if self.seen_by_containers.contains(name) {
                "0.0.0.0".clone_into(&mut listening.local.0);
            }
            let command = self
                .command(planned, &process.command, &process.environment, Some(&listening))
                .map_err(without_log)?;
            let said_before = log.metadata().map_or(0, |log| log.len());
            let mut running = command
                .start(self.lease)
                .map_err(|source| without_log(spawn_failure(&command, source)))?;
            let base = format!("http://127.0.0.1:{}", port.number);
            let settled = self.settle(planned, Some(&own), &base, seed, deadline);
            let outcome = tokio::select! {
                // A process that ended is never ready, even when something else answers in its place.
                biased;
                status = running.exited() => Outcome::Exited(status),
                settled = settled => Outcome::Settled(settled),
            };
            let status = match outcome {
                Outcome::Settled(Ok(())) => return Ok((running, port, own)),
                Outcome::Settled(Err(failure)) => {
                    return Err((Box::new(failure), process::tail(&log)));
                }
                Outcome::Exited(status) => status,
            };
            // Who took the port may be gone again: an outgoing connection holds one for a moment too.
            let is_taken = Port::is_taken(port.number) || process::says_port_is_taken(&log, said_before);
            let failure = match (is_taken, status) {
                (true, _) if attempt < PORT_ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                (true, _) => Failure::PortTaken {
                    port: port.number,
                    attempts: attempt,
                },
                (false, Ok(status)) => Failure::Exited { how: ended(status) },
                (false, Err(error)) => Failure::Exited { how: error.to_string() },
            };
            return Err((Box::new(failure), process::tail(&log)));
        }
    }

    async fn use_url(&self, planned: &Planned) -> Result<Started, Failure> {
        let name = &planned.service.name.value;
        let (text, oracle) = match &planned.service.url {
            Some(url) => (self.fill(planned, &url.url, None)?, url.oracle),
            None => (String::new(), OracleKind::Unknown),
        };
        let unusable = |why: String| Failure::Url { url: text.clone(), why };
        let url = url::Url::parse(&text).map_err(|error| unusable(error.to_string()))?;
        let reached = Reached::url(&url).ok_or_else(|| unusable("it has no host or no port".to_owned()))?;
        self.reach(name, reached.clone());
        let begun = Instant::now();
        let deadline = tokio::time::Instant::from_std(begun) + planned.service.deadline;
        if planned.service.ready.is_some() {
            self.settle(planned, Some(&reached), &text, None, deadline).await?;
        }
        let resolved = Resolved {
            name: name.clone(),
            kind: Kind::Url,
            address: Some(format!("{}:{}", reached.local.0, reached.local.1)),
            url: Some(text),
            sql: self.filled_sql(planned, Some(&reached)),
            oracle,
            image: None,
            recording: None,
            elapsed: begun.elapsed(),
        };
        Ok(Started {
            resolved,
            handle: Handle::None,
            _port: None,
        })
    }

    fn use_recording(&self, planned: &Planned, begun: Instant) -> Result<Started, Failure> {
        let (path, oracle) = match &planned.service.recording {
            Some(recording) => (self.fill(planned, &recording.path, None)?, recording.oracle),
            None => (String::new(), OracleKind::Unknown),
        };
        let path = self.config.directory.join(path);
        // A pattern of several files is looked at by whoever reads them.
        if !path.to_string_lossy().contains('*')
            && let Err(source) = std::fs::File::open(&path)
        {
            return Err(Failure::Io { path, source });
        }
        let resolved = Resolved {
            name: planned.service.name.value.clone(),
            kind: Kind::Recording,
            url: None,
            address: None,
            sql: None,
            oracle,
            image: None,
            recording: Some(path),
            elapsed: begun.elapsed(),
        };
        Ok(Started {
            resolved,
            handle: Handle::None,
            _port: None,
        })
    }

    pub(super) fn filled_sql(&self, planned: &Planned, own: Option<&Reached>) -> Option<String> {
        self.fill(planned, planned.service.sql.as_ref()?, own).ok()
    }

    fn command(
        &self,
        planned: &Planned,
        words: &[Template],
        environment: &BTreeMap<String, Template>,
        own: Option<&Reached>,
    ) -> Result<Command, Failure> {
        Ok(Command {
            words: self.fill_all(planned, words, own)?,
            environment: self.fill_map(planned, environment, own)?,
            temporary: Some(self.lease.run().join(format!("{}.tmp", planned.service.name))),
            directory: self.config.directory.clone(),
            log: self.log(&planned.service.name.value),
        })
    }

    fn reached(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Reached>> {
        self.reached.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

pub(super) fn without_log(failure: Failure) -> Failed {
    (Box::new(failure), Vec::new())
}

pub(super) fn spawn_failure(command: &Command, source: std::io::Error) -> Failure {
    match command.words.first() {
        Some(program) if process::find_program(program, &command.directory).is_none() => {
            Failure::ProgramMissing { program: program.clone() }
        }
        _ => Failure::Spawn {
            command: command.shown(),
            source,
        },
    }
}

/// A grace that ordinary servers need to leave their data whole.
pub(super) const CLEAN_STOP: Duration = Duration::from_mins(1);

/// Turns what the system said of a path into a failure.
pub(super) fn io_failure(path: &Path) -> impl FnOnce(std::io::Error) -> Failed {
    let path = path.to_owned();
    move |source| without_log(Failure::Io { path, source })
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (address, expected) in [
            ("http://127.0.0.1:80/", true),
            ("mysql://root:ok@127.0.0.1:3306/", true),
            ("mysql://root@127.1.2.3/db", true),
            ("http://[::1]:80/", true),
            ("mysql://root@[::1]/", true),
            ("mysql://root@localhost/", true),
            ("http://api.localhost/", true),
            ("mysql://root@10.0.0.1/", false),
            ("mysql://root@127.0.0.1.example.org/", false),
            ("http://example.org/", false),
        ] {
            assert_eq!(is_loopback(&address.parse().unwrap()), expected, "{address}");
        }
    }
}
