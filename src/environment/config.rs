//! The configuration: what `parity.toml` declares, typed, with the places it was read from.
//!
//! Plain data. Nothing here is started, looked up or expanded; environment variables are put in when a plan is made, so
//! that a variable that only another profile needs is never missed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Diagnostics, Source, Span, Spanned, nearest};
use crate::exchange::OracleKind;

use super::interpolate::Template;

/// How long a service may take from its start until it is ready and seeded, unless it says otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_mins(1);

/// A whole `parity.toml`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file itself, for errors found later.
    pub source: Source,
    /// The folder that relative paths and commands start from: that of the file.
    pub directory: PathBuf,
    /// The folder of suite files, relative to `directory`; `suites` unless said otherwise.
    pub suites: PathBuf,
    /// The folder of snapshots, relative to `directory`; `snapshots` unless said otherwise.
    pub snapshots: PathBuf,
    /// What the gate asks of the oracle.
    pub gate: Gate,
    /// How the sides are asked.
    pub check: Check,
    /// The services by name.
    pub services: BTreeMap<String, Service>,
    /// Other sets of services and suites, by name.
    pub profiles: BTreeMap<String, Profile>,
}

impl Config {
    /// The configuration as one profile changes it: a service of the profile replaces the one of the same name.
    ///
    /// # Errors
    /// A profile that is not declared, or services of it that do not fit together.
    pub fn with_profile(&self, name: &str) -> Result<Self, Diagnostics> {
        let Some(profile) = self.profiles.get(name) else {
            let valid: Vec<String> = self.profiles.keys().map(|name| format!("`{name}`")).collect();
            let diagnostic = Diagnostic::file(&self.source, format!("there is no profile `{name}`"));
            return Err(match nearest(name, self.profiles.keys().map(String::as_str)) {
                Some(guess) => diagnostic.help(format!("did you mean `{guess}`?")),
                None if valid.is_empty() => diagnostic.help(format!("declare it: `[profile.{name}]`")),
                None => diagnostic.help(format!("profiles: {}", valid.join(", "))),
            }
            .into());
        };
        let mut config = self.clone();
        config.services.extend(profile.services.clone());
        super::validate::validate(&config)?;
        Ok(config)
    }
}

/// `[gate]`: what must hold beside the verdicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// `genuine` refuses a run whose legacy answers come from anything else. `None` takes any oracle.
    pub oracle: Option<Spanned<OracleKind>>,
    /// Whether a rule that never acts in a full run is only said.
    pub stale_warns: bool,
    /// Whether a rule past its date is only said.
    pub expired_warns: bool,
}

/// `[check]`: how many requests, how often, how fast, how long, how large. `None` leaves the choice to the reader of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Requests at a time, at least 1.
    pub jobs: Option<u16>,
    /// How often each side is asked in each case, at least 1.
    pub repeat: Option<u8>,
    /// Requests a second to each side.
    pub rate: Option<f64>,
    /// The longest that one answer may take.
    pub timeout: Option<Duration>,
    /// The same for the legacy alone.
    pub legacy_timeout: Option<Duration>,
    /// The same for the candidate alone.
    pub candidate_timeout: Option<Duration>,
    /// The largest body that is read, in bytes.
    pub max_body: Option<u64>,
}

/// `[profile.NAME]`
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The names of its suites; all when absent.
    pub suites: Option<Vec<Spanned<String>>>,
    /// Services that replace those of the same name, or add to them.
    pub services: BTreeMap<String, Service>,
}

/// `[service.NAME]`: something that must run for answers to come.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, and where it is declared.
    pub name: Spanned<String>,
    /// The port that it listens on inside a container.
    pub port: Option<u16>,
    /// SQL files, patterns relative to the configuration's folder; run in the order of their names.
    pub seed: Vec<Spanned<String>>,
    /// How parity itself talks SQL to it.
    pub sql: Option<Template>,
    /// What must be answered before it counts as started.
    pub ready: Option<Question>,
    /// What must be answered once its seed is in.
    pub seeded: Option<Question>,
    /// From its start until it is ready and seeded.
    pub deadline: Duration,
    /// Services that must be ready before it starts.
    pub depends_on: Vec<Spanned<String>>,
    /// As a container.
    pub container: Option<Container>,
    /// As a local process.
    pub process: Option<Process>,
    /// As something that runs elsewhere.
    pub url: Option<Url>,
    /// As answers recorded earlier.
    pub recording: Option<Recording>,
}

/// `[service.NAME.container]`
#[derive(Clone, Debug)]
pub struct Container {
    /// The image, with a tag or a digest.
    pub image: Template,
    /// Replaces the image's own command.
    pub command: Vec<Template>,
    /// Environment variables inside the container.
    pub environment: BTreeMap<String, Template>,
    /// What its answers are worth.
    pub oracle: OracleKind,
}

/// `[service.NAME.process]`
#[derive(Clone, Debug)]
pub struct Process {
    /// Run before anything else, beside the starting of other services.
    pub build: Option<Vec<Template>>,
    /// Files and folders that the build reads: a kept service is built again only when one of them changed.
    pub sources: Vec<Spanned<String>>,
    /// Run once in an empty data directory.
    pub initialise: Option<Vec<Template>>,
    /// The service itself; must stay in the foreground.
    pub command: Vec<Template>,
    /// Environment variables beside those of the caller.
    pub environment: BTreeMap<String, Template>,
    /// What its answers are worth.
    pub oracle: OracleKind,
}

/// `[service.NAME.url]`
#[derive(Clone, Debug)]
pub struct Url {
    /// Its base address; empty means that there is none today.
    pub url: Template,
    /// What its answers are worth.
    pub oracle: OracleKind,
}

/// `[service.NAME.recording]`
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file, relative to the configuration's folder.
    pub path: Template,
    /// What its answers are worth, where the recording does not say it itself.
    pub oracle: OracleKind,
}

/// Something to ask a service, again and again until it answers as it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// A statement that must succeed over the service's `sql` address; a query must give at least one row.
    Sql(Template),
    /// A GET of a path; without a status any answer below 500 will do.
    Http {
        /// The path and query, from `/`.
        path: Template,
        /// The exact status.
        status: Option<u16>,
    },
    /// A TCP connection.
    Tcp(Template),
    /// A command that must exit with 0.
    Command(Vec<Template>),
}

/// The names that `parity.toml` and image labels have for what legacy answers are worth.
pub(super) const ORACLES: [(&str, OracleKind); 3] = [
    ("genuine", OracleKind::Genuine),
    ("stand-in", OracleKind::StandIn),
    ("unknown", OracleKind::Unknown),
];

/// The ways a service can be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A container of its own.
    Container,
    /// A local process of its own.
    Process,
    /// Something that runs elsewhere.
    Url,
    /// Answers recorded earlier.
    Recording,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Container => "container",
            Self::Process => "process",
            Self::Url => "url",
            Self::Recording => "recording",
        })
    }
}

impl Service {
    /// The kinds it declares, in the order in which they are looked for.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        [
            (Kind::Url, self.url.is_some()),
            (Kind::Container, self.container.is_some()),
            (Kind::Process, self.process.is_some()),
            (Kind::Recording, self.recording.is_some()),
        ]
        .into_iter()
        .filter_map(|(kind, declared)| declared.then_some(kind))
    }

    /// Whether it declares that kind.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds().any(|declared| declared == kind)
    }

    /// Every template that is filled when it is started as that kind.
    #[must_use]
    pub fn templates(&self, kind: Kind) -> Vec<&Template> {
        let mut templates: Vec<&Template> = self.sql.iter().collect();
        for question in self.ready.iter().chain(&self.seeded) {
            match question {
                Question::Sql(template) | Question::Tcp(template) | Question::Http { path: template, .. } => {
                    templates.push(template);
                }
                Question::Command(command) => templates.extend(command),
            }
        }
        match kind {
            Kind::Container => {
                if let Some(container) = &self.container {
                    templates.extend(
                        container
                            .command
                            .iter()
                            .chain(container.environment.values())
                            .chain([&container.image]),
                    );
                }
            }
            Kind::Process => {
                if let Some(process) = &self.process {
                    templates.extend(process.build.iter().flatten().chain(process.initialise.iter().flatten()));
                    templates.extend(process.command.iter().chain(process.environment.values()));
                }
            }
            Kind::Url => templates.extend(self.url.iter().map(|url| &url.url)),
            Kind::Recording => templates.extend(self.recording.iter().map(|recording| &recording.path)),
        }
        templates
    }

    /// Where it is declared.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.name.span
    }
}
