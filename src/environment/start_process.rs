//! A service as a process: its build step, its data made or copied, itself started on a port of its own.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::exchange::OracleKind;

use super::config::Kind;
use super::environment::{Data, Resolved};
use super::error::{Failure, ended};
use super::event::Event;
use super::interpolate::Template;
use super::plan::Planned;
use super::port::Port;
use super::process::{self, Command, Running};
use super::reached::Reached;
use super::seed::Seed;
use super::start::{Context, Failed, Handle, Started, without_log};

/// How often a service is started again because something else took its port meanwhile.
pub(super) const PORT_ATTEMPTS: u32 = 4;

/// How the first moments of a process went.
enum Outcome {
    Settled(Result<(), Failure>),
    Exited(std::io::Result<std::process::ExitStatus>),
}

impl Context<'_> {
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

    /// Starts a service as a process and gives it when it is ready, seeded and asked.
    pub(super) async fn start_process(&self, planned: &Planned) -> Result<Started, Failed> {
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
