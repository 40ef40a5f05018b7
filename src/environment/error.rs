//! What can go wrong while services start, in terms of what its reader can do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use crate::diagnostic::Diagnostics;

use super::plan::PlanError;

/// Why an environment did not start. Nothing of it is left running.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no plan that fits the configuration, the choice and this machine.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A service failed.
    #[error("service `{service}` {failure}")]
    Service {
        /// Its name.
        service: String,
        /// What happened.
        failure: Box<Failure>,
        /// The end of what it wrote, oldest line first; empty when it wrote nothing.
        log: Vec<String>,
    },
    /// The cache folder cannot be used.
    #[error("cannot use the cache folder `{}`: {source}", folder.display())]
    Cache {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What happened to one service; a sentence without its subject, which is the service.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A program that it needs is nowhere.
    #[error("cannot start: {}", absent(program))]
    ProgramMissing {
        /// As it is configured.
        program: String,
    },
    /// A program could not be run.
    #[error("cannot start: `{command}`: {source}")]
    Spawn {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// Its build step failed.
    #[error("could not be built: `{command}` ended with {}", ended(*status))]
    Build {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The command that makes its data directory failed.
    #[error("could not be initialised: `{command}` ended with {}", ended(*status))]
    Initialise {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// It ended before it was ready.
    #[error("ended with {how} before it was ready")]
    Exited {
        /// How it ended.
        how: String,
    },
    /// It did not end well when it was stopped after seeding, so that its data cannot be trusted.
    #[error("ended with {how} when it was stopped after seeding, so that its data cannot be kept")]
    Unclean {
        /// How it ended.
        how: String,
    },
    /// Its port was taken by something else, in each of several attempts.
    #[error("found its port {port} taken by something else, {attempts} times over")]
    PortTaken {
        /// The last port it was given.
        port: u16,
        /// How often it was tried.
        attempts: u32,
    },
    /// It did not answer in time.
    #[error("did not answer {question} within {}: {last}", seconds(*within))]
    Deadline {
        /// What was asked.
        question: String,
        /// Its deadline.
        within: Duration,
        /// What the last try met.
        last: String,
    },
    /// A file of its seed cannot be read, or the database refused it.
    #[error("could not be seeded: `{}`: {message}", file.display())]
    Seed {
        /// The file.
        file: PathBuf,
        /// What was said.
        message: String,
    },
    /// A value that its configuration names does not exist for what it is there.
    #[error("cannot start: `{{{place}}}` in `{template}` has no value: {why}")]
    NoValue {
        /// The name in braces.
        place: String,
        /// The whole string.
        template: String,
        /// Why there is none.
        why: String,
    },
    /// A URL that is none.
    #[error("has no usable url: `{url}`: {why}")]
    Url {
        /// As it is configured.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The container engine does not answer.
    #[error("needs a container engine, and none answers: {message}")]
    Engine {
        /// What was said.
        message: String,
    },
    /// Its image is neither here nor to be had.
    #[error("needs image `{image}`, which is not here and cannot be pulled: {message}")]
    Image {
        /// The image.
        image: String,
        /// What was said.
        message: String,
    },
    /// The container engine refused something.
    #[error("could not be run as a container: {message}")]
    Container {
        /// What was said.
        message: String,
    },
    /// A file or folder of its own could not be used.
    #[error("could not use `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StartError {
    /// What to do, where there is something to say.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let Self::Service { service, failure, .. } = self else {
            return None;
        };
        Some(match failure.as_ref() {
            Failure::ProgramMissing { program } if program.contains('/') => {
                "build it first, or add a `build` step to the service".to_owned()
            }
            Failure::ProgramMissing { .. } => "install the package that brings it, or run the services as containers".to_owned(),
            Failure::Engine { .. } => "start one (`docker info` tells whether it answers), or run the services as processes".to_owned(),
            Failure::Image { .. } => "build or load it, name another one, or run the services as processes".to_owned(),
            Failure::Deadline { .. } => format!("raise `deadline` of `[service.{service}]`, or look at its `ready` question"),
            Failure::Seed { .. } => "correct the file; nothing of the seed was kept".to_owned(),
            _ => return None,
        })
    }

    /// The end of the failed service's log, oldest line first.
    #[must_use]
    pub fn log(&self) -> &[String] {
        match self {
            Self::Service { log, .. } => log,
            Self::Plan(_) | Self::Cache { .. } => &[],
        }
    }

    /// The places in `parity.toml` to show, when it is about them.
    #[must_use]
    pub const fn diagnostics(&self) -> Option<&Diagnostics> {
        match self {
            Self::Plan(PlanError::Invalid(diagnostics) | PlanError::Unavailable(diagnostics)) => Some(diagnostics),
            Self::Service { .. } | Self::Cache { .. } => None,
        }
    }
}

pub(super) fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

fn absent(program: &str) -> impl fmt::Display {
    if program.contains('/') {
        format!("there is no program `{program}`")
    } else {
        format!("`{program}` is not on PATH")
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}
