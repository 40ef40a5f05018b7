//! Starting one service: its values filled in, itself started, asked, seeded and asked again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::exchange::OracleKind;

use super::config::{Config, Kind, Question};
use super::environment::{Data, Resolved};
use super::error::Failure;
use super::event::{Event, Events};
use super::interpolate::{Part, Place, Template};
use super::lease::Lease;
use super::plan::Planned;
use super::port::Port;
use super::process::{Command, Running};
use super::reached::Reached;
use super::readiness::{Asked, NotReady, Pace, Sql};
use super::seed::Seed;

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

/// A failure with the end of the log.
pub(super) type Failed = (Box<Failure>, Vec<String>);

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

    fn reached(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Reached>> {
        self.reached.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

pub(super) fn without_log(failure: Failure) -> Failed {
    (Box::new(failure), Vec::new())
}

/// A grace that ordinary servers need to leave their data whole.
pub(super) const CLEAN_STOP: Duration = Duration::from_mins(1);

/// Turns what the system said of a path into a failure.
pub(super) fn io_failure(path: &Path) -> impl FnOnce(std::io::Error) -> Failed {
    let path = path.to_owned();
    move |source| without_log(Failure::Io { path, source })
}
