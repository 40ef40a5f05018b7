//! What answers for each service: environment, addresses and recordings joined into sources.

use std::num::NonZeroU32;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::client::{Client, ClientConfig, Pace, Rate, Reach, TimeLimit};
use crate::environment::{self, Choice, Config, Image, Kind, Resolved, Template};
use crate::exchange::{Oracle, OracleKind, PerSide};
use crate::record::Recording;
use crate::redact::Redactor;
use crate::run::{Service, Source, TimeLimits};

use super::args::{AskArguments, EnvironmentChoice};
use super::failure::Failure;

/// How services are asked.
#[derive(Debug, Clone)]
pub struct Manners {
    /// How many cases at a time; `None` leaves it to where the services are.
    pub jobs: Option<u16>,
    /// How often each side is asked in each case.
    pub repeat: u32,
    /// How many requests a second a side gets.
    pub rate: Option<Rate>,
    /// How long one answer may take.
    pub limits: PerSide<TimeLimits>,
    /// The largest body, in bytes.
    pub max_body: usize,
}

impl Manners {
    /// The command line, then `[check]` of `parity.toml`, then the defaults; of times, a suite's own stands behind the command
    /// line.
    #[must_use]
    pub fn of(arguments: &AskArguments, check: &environment::Check) -> Self {
        let max_body = arguments
            .max_body
            .or(check.max_body)
            .map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        Self {
            jobs: arguments.jobs.or(check.jobs),
            repeat: arguments.repeat.or(check.repeat).map_or(1, u32::from),
            rate: arguments.rate.or(check.rate).and_then(Rate::per_second),
            limits: limits(arguments, check),
            max_body: max_body.unwrap_or(ClientConfig::MAX_BODY),
        }
    }
}

fn limits(arguments: &AskArguments, check: &environment::Check) -> PerSide<TimeLimits> {
    let said = |time: Option<Duration>, by| time.map(|time| TimeLimit { time, by });
    let (argument, key) = (
        said(arguments.timeout, "`--timeout`"),
        said(check.timeout, "`timeout` of `parity.toml`"),
    );
    let side = |own: Option<TimeLimit>, own_key: Option<TimeLimit>| TimeLimits {
        above: own.or(argument),
        below: own_key.or(key).unwrap_or_default(),
    };
    PerSide {
        legacy: side(
            said(arguments.legacy_timeout, "`--legacy-timeout`"),
            said(check.legacy_timeout, "`legacy_timeout` of `parity.toml`"),
        ),
        candidate: side(
            said(arguments.candidate_timeout, "`--candidate-timeout`"),
            said(check.candidate_timeout, "`candidate_timeout` of `parity.toml`"),
        ),
    }
}

/// Cases at a time when every service is on this machine.
pub const JOBS: u16 = 16;

/// The kind that a word of the command line means.
#[must_use]
pub const fn kind(choice: EnvironmentChoice) -> Kind {
    match choice {
        EnvironmentChoice::Containers => Kind::Container,
        EnvironmentChoice::Processes => Kind::Process,
        EnvironmentChoice::Urls => Kind::Url,
        EnvironmentChoice::Recordings => Kind::Recording,
    }
}

/// Lets a recording stand for a service, whatever it is otherwise.
pub fn replace_by_recording(config: &mut Config, choice: &mut Choice, name: &str, path: &Path) {
    choice.each.insert(name.to_owned(), Kind::Recording);
    if let Some(service) = config.services.get_mut(name) {
        service.recording = Some(environment::Recording {
            path: Template::literal(&path.to_string_lossy()),
            oracle: OracleKind::Unknown,
        });
    }
}

/// Makes a source of a service that is there, and says where its answers come from.
///
/// # Errors
/// When its address cannot be asked, or its recording cannot be read.
pub fn service(resolved: &Resolved, manners: &Manners, root: &Path) -> Result<(Service, Oracle), Failure> {
    if let Some(path) = &resolved.recording {
        // `.` and `./` say nothing to a reader.
        let path: PathBuf = root.join(path).components().filter(|part| *part != Component::CurDir).collect();
        return recorded(&path, resolved);
    }
    let Some(url) = &resolved.url else {
        return Err(Failure::SetUp(format!(
            "service `{}` has no address to ask: give it a `port`, or an address of its own",
            resolved.name
        )));
    };
    let base = Url::parse(url).map_err(|error| Failure::Usage(format!("`{url}` is no address: {error}")))?;
    let source = shown(resolved, &base);
    Ok((
        live(base, manners, &source)?,
        Oracle {
            kind: resolved.oracle,
            source,
        },
    ))
}

fn live(base: Url, manners: &Manners, shown: &str) -> Result<Service, Failure> {
    let jobs = manners.jobs.and_then(|jobs| NonZeroU32::new(u32::from(jobs)));
    let secrets = Redactor::secrets_of(&base);
    let address = Redactor::address(&base);
    let config = ClientConfig {
        pace: Pace::towards(Reach::of(&base), jobs, manners.rate),
        max_body: manners.max_body,
        ..ClientConfig::new(base)
    };
    let client = Client::new(config).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Service {
        source: Arc::new(Source::Live(client)),
        base: Some(address.trim_end_matches('/').to_owned()),
        shown: shown.to_owned(),
        secrets,
    })
}

/// Which image exactly, for people.
#[must_use]
pub fn image(image: &Image) -> String {
    format!("{} ({})", image.name, image.digest.as_deref().unwrap_or(&image.id))
}

fn shown(resolved: &Resolved, base: &Url) -> String {
    match &resolved.image {
        Some(image) => self::image(image),
        None => {
            let address = Redactor::address(base);
            let address = address.trim_end_matches('/');
            match resolved.kind {
                Kind::Url => address.to_owned(),
                kind => format!("{kind} at {address}"),
            }
        }
    }
}

fn recorded(path: &Path, resolved: &Resolved) -> Result<(Service, Oracle), Failure> {
    let recording = Recording::open(path, &resolved.name, None).map_err(|error| Failure::Usage(error.to_string()))?;
    let said = recording.oracle().clone();
    // What parity.toml says of a recording that does not say it itself.
    let kind = if said.kind == OracleKind::Unknown {
        resolved.oracle
    } else {
        said.kind
    };
    let source = Source::Recorded(recording);
    let service = Service {
        base: source.base(),
        shown: format!("recording {}", path.display()),
        source: Arc::new(source),
        secrets: Vec::new(),
    };
    Ok((service, Oracle { kind, ..said }))
}
