//! The plan: which services are needed, as what each of them is there, and in which order they start.
//!
//! Pure. What the machine has (programs, images, variables) comes in as [`Facts`]; whoever gathers them does the asking.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, nearest};
use crate::exchange::OracleKind;

use super::config::{Config, Kind, Question, Service};
use super::interpolate::{Place, Template};

/// What the caller wants, over what the configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// One kind for every service that has it.
    pub all: Option<Kind>,
    /// A kind for a service by name, before `all`.
    pub each: BTreeMap<String, Kind>,
    /// Base addresses given by hand, before everything else; such a service need not be declared.
    pub urls: BTreeMap<String, String>,
}

/// Whether a kind that nobody chose may be found by looking at the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// On a developer's machine.
    Allowed,
    /// Under CI, where a surprise would be a wrong verdict.
    Refused,
}

/// What is known of the machine.
pub struct Facts<'f> {
    /// May kinds be found?
    pub finding: Finding,
    /// The caller's environment variables.
    pub variable: &'f dyn Fn(&str) -> Option<String>,
    /// Whether a program can be run, else why not.
    pub program: &'f dyn Fn(&str) -> Result<(), String>,
    /// Whether a container can be made of an image, else why not.
    pub image: &'f dyn Fn(&str) -> Result<(), String>,
    /// Whether a file is there, relative to the configuration's folder.
    pub file: &'f dyn Fn(&str) -> bool,
}

/// The services to have, each after those that it depends on.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In an order in which they can start.
    pub services: Vec<Planned>,
}

/// One service, decided.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its declaration, environment variables put in.
    pub service: Service,
    /// As what it is there.
    pub kind: Kind,
    /// Why, in words: "chosen", "image `mysql:8.4` is present".
    pub why: String,
    /// Services of the plan that must be ready before it.
    pub depends_on: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The configuration cannot be used as it is.
    #[error("{0}")]
    Invalid(Diagnostics),
    /// The configuration is well, but what was chosen, or this machine, does not offer what it needs.
    #[error("{0}")]
    Unavailable(Diagnostics),
}

/// Checks what can be checked without a machine: dependencies exist and make no circle, and every `{…}` has a meaning.
pub(super) fn validate(config: &Config) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::new();
    for service in config.services.values() {
        validate_dependencies(config, service, &mut errors);
        validate_places(config, service, &mut errors);
    }
    if errors.is_empty() {
        if let Err(circle) = order(config) {
            errors.push(circle);
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.sort();
    Err(errors)
}

impl Plan {
    /// Decides.
    ///
    /// # Errors
    /// [`PlanError`], with everything that stands in the way and not only the first.
    pub fn make(config: &Config, choice: &Choice, facts: &Facts<'_>) -> Result<Self, PlanError> {
        let order = order(config).map_err(|circle| PlanError::Invalid(circle.into()))?;
        let mut planner = Planner {
            config,
            choice,
            facts,
            errors: Diagnostics::new(),
            unset: Diagnostics::new(),
        };
        planner.check_names();
        let mut planned: BTreeMap<&str, Planned> = BTreeMap::new();
        // Dependents first: a service is needed when nobody depends on it, or when somebody that does is started here.
        for name in order.iter().rev() {
            let service = &config.services[*name];
            let mut dependents = config
                .services
                .values()
                .filter(|other| other.depends_on.iter().any(|on| on.value == *name))
                .peekable();
            let is_root = dependents.peek().is_none();
            let is_needed = is_root
                || dependents.any(|other| {
                    let kind = planned.get(other.name.as_str()).map(|planned| planned.kind);
                    matches!(kind, Some(Kind::Container | Kind::Process))
                });
            if is_needed && let Some(decided) = planner.decide(service, is_root) {
                planned.insert(name, decided);
            }
        }
        if !planner.unset.is_empty() {
            return Err(PlanError::Invalid(planner.unset));
        }
        if !planner.errors.is_empty() {
            planner.errors.sort();
            return Err(PlanError::Unavailable(planner.errors));
        }
        let names: BTreeSet<String> = planned.keys().map(|name| (*name).to_owned()).collect();
        let mut services = planner.undeclared();
        services.extend(order.iter().filter_map(|name| planned.remove(name)).map(|mut decided| {
            decided.depends_on.retain(|on| names.contains(on));
            decided
        }));
        Ok(Self { services })
    }

    /// The service of that name, when it is needed.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Planned> {
        self.services.iter().find(|planned| planned.service.name.value == name)
    }
}

impl Planned {
    /// Everything that makes a running one what it is, by key: two starts with equal descriptions give equal services.
    #[must_use]
    pub fn describe(&self) -> BTreeMap<String, String> {
        let service = &self.service;
        let mut described = BTreeMap::from([("kind".to_owned(), self.kind.to_string())]);
        let mut add = |key: &str, value: String| described.insert(key.to_owned(), value);
        let words = |templates: &[Template]| {
            templates
                .iter()
                .map(|word| format!("{:?}", word.to_string()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut questions = vec![("ready", &service.ready)];
        if let Some(sql) = &service.sql {
            add("sql", sql.to_string());
        }
        if matches!(self.kind, Kind::Container | Kind::Process) {
            questions.push(("seeded", &service.seeded));
            add("depends_on", self.depends_on.join(" "));
        }
        for (key, question) in questions {
            if let Some(question) = question {
                add(
                    key,
                    match question {
                        Question::Sql(template) => format!("sql {template}"),
                        Question::Http { path, status } => format!("http {path} {status:?}"),
                        Question::Tcp(template) => format!("tcp {template}"),
                        Question::Command(command) => format!("command {}", words(command)),
                    },
                );
            }
        }
        match self.kind {
            Kind::Container => {
                if let Some(container) = &service.container {
                    add("port", format!("{:?}", service.port));
                    add("container.image", container.image.to_string());
                    add("container.command", words(&container.command));
                    for (name, value) in &container.environment {
                        add(&format!("container.environment.{name}"), value.to_string());
                    }
                }
            }
            Kind::Process => {
                if let Some(process) = &service.process {
                    add("process.build", words(process.build.as_deref().unwrap_or_default()));
                    add("process.initialise", words(process.initialise.as_deref().unwrap_or_default()));
                    add("process.command", words(&process.command));
                    for (name, value) in &process.environment {
                        add(&format!("process.environment.{name}"), value.to_string());
                    }
                }
            }
            Kind::Url => {
                if let Some(url) = &service.url {
                    add("url.url", url.url.to_string());
                }
            }
            Kind::Recording => {
                if let Some(recording) = &service.recording {
                    add("recording.path", recording.path.to_string());
                }
            }
        }
        described
    }
}

struct Planner<'p> {
    config: &'p Config,
    choice: &'p Choice,
    facts: &'p Facts<'p>,
    errors: Diagnostics,
    unset: Diagnostics,
}

impl Planner<'_> {
    fn check_names(&mut self) {
        let valid = || self.config.services.keys().map(String::as_str);
        for name in self.choice.each.keys().filter(|name| !self.config.services.contains_key(*name)) {
            let diagnostic = Diagnostic::file(&self.config.source, format!("a kind was chosen for `{name}`, which is no service"));
            self.errors.push(match nearest(name, valid()) {
                Some(guess) => diagnostic.help(format!("did you mean `{guess}`?")),
                None => diagnostic.help(format!("services: {}", listed(valid()))),
            });
        }
    }

    /// Services that exist only because an address was given for them.
    fn undeclared(&self) -> Vec<Planned> {
        let urls = self
            .choice
            .urls
            .iter()
            .filter(|(name, _)| !self.config.services.contains_key(*name));
        urls.map(|(name, url)| given(&bare(name), url)).collect()
    }

    fn decide(&mut self, service: &Service, is_root: bool) -> Option<Planned> {
        let name = service.name.as_str();
        if let Some(url) = self.choice.urls.get(name) {
            return Some(given(service, url));
        }
        if let Some(kind) = self.choice.each.get(name) {
            return self.chosen(service, *kind);
        }
        let process_only = service.kinds().eq([Kind::Process]);
        match self.choice.all {
            Some(kind) if service.has(kind) => self.chosen(service, kind),
            // What has only a local form is the thing under test: it stays local whatever its surroundings are.
            Some(Kind::Container) if process_only => self.planned(service, Kind::Process, "it has no other form".to_owned()),
            Some(Kind::Url | Kind::Recording) if process_only && is_root => {
                self.planned(service, Kind::Process, "it has no other form".to_owned())
            }
            // Needed by something local, and of no such kind itself.
            Some(Kind::Url | Kind::Recording) if !is_root => self.find(service),
            Some(kind) => self.chosen(service, kind),
            None => self.find(service),
        }
    }

    fn chosen(&mut self, service: &Service, kind: Kind) -> Option<Planned> {
        let name = &service.name;
        if !service.has(kind) {
            let has: Vec<String> = service.kinds().map(|kind| kind.to_string()).collect();
            let message = format!("service `{name}` has no {kind}");
            self.errors
                .push(Diagnostic::error(&self.config.source, service.span(), message).help(format!(
                    "add `[service.{name}.{kind}]`, or choose what it has: {}",
                    listed(has.iter().map(String::as_str))
                )));
            return None;
        }
        let planned = self.planned(service, kind, "chosen".to_owned())?;
        if kind == Kind::Url
            && let Some(url) = &planned.service.url
            && url.url.to_string().is_empty()
        {
            let message = format!("the url of service `{name}` is empty");
            let diagnostic = Diagnostic::error(&self.config.source, url.url.span(), message);
            self.errors
                .push(diagnostic.help("set the environment variable it is made of, or choose another kind"));
            return None;
        }
        Some(planned)
    }

    fn find(&mut self, service: &Service) -> Option<Planned> {
        let name = &service.name;
        if self.facts.finding == Finding::Refused {
            let kinds: Vec<String> = service.kinds().map(|kind| kind.to_string()).collect();
            let message = format!("nobody chose as what service `{name}` is there, and under CI nothing is guessed");
            self.errors
                .push(Diagnostic::error(&self.config.source, service.span(), message).help(format!(
                    "choose with `--environment containers | processes | urls | recordings`; `{name}` has: {}",
                    listed(kinds.iter().map(String::as_str))
                )));
            return None;
        }
        let mut reasons = Vec::new();
        for kind in service.kinds() {
            match self.offers(service, kind) {
                Ok(why) => return self.planned(service, kind, why),
                Err(Refusal::NotHere(why)) => reasons.push(format!("{kind}: {why}")),
                Err(Refusal::Unset(error)) => reasons.push(format!("{kind}: {}", error.message)),
            }
        }
        let message = format!("service `{name}` cannot be had on this machine");
        let diagnostic = Diagnostic::error(&self.config.source, service.span(), message);
        self.errors.push(reasons.into_iter().fold(diagnostic, Diagnostic::note));
        None
    }

    /// Whether a service can be had as a kind, and why or why not.
    fn offers(&self, service: &Service, kind: Kind) -> Result<String, Refusal> {
        let expanded = expanded(self.config, service, kind, self.facts.variable).map_err(Refusal::Unset)?;
        let not = |why: String| Err(Refusal::NotHere(why));
        match kind {
            Kind::Url => match expanded.url {
                Some(url) if !url.url.to_string().is_empty() => Ok("its url is given".to_owned()),
                _ => not("its url is empty".to_owned()),
            },
            Kind::Container => {
                let Some(container) = expanded.container else {
                    return not("none declared".to_owned());
                };
                let image = container.image.to_string();
                (self.facts.image)(&image).map_err(Refusal::NotHere)?;
                // From inside a container a process that listens on the loopback address cannot be reached.
                for on in &service.depends_on {
                    let Some(other) = self.config.services.get(&on.value) else {
                        continue;
                    };
                    let reachable = self.choice.urls.contains_key(&on.value)
                        || [Kind::Url, Kind::Container].into_iter().any(|kind| {
                            self.choice.each.get(&on.value).is_none_or(|chosen| *chosen == kind)
                                && other.has(kind)
                                && self.offers(other, kind).is_ok()
                        });
                    if !reachable {
                        return not(format!("`{on}`, which it depends on, cannot be a container"));
                    }
                }
                Ok(format!("image `{image}` is present"))
            }
            Kind::Process => {
                let Some(process) = expanded.process else {
                    return not("none declared".to_owned());
                };
                // What a build makes need not be there yet; what builds it must.
                let first = process.build.as_ref().unwrap_or(&process.command);
                let commands = process.initialise.iter().chain([first]);
                let programs: Vec<String> = commands.filter_map(|command| Some(command.first()?.to_string())).collect();
                for program in &programs {
                    (self.facts.program)(program).map_err(Refusal::NotHere)?;
                }
                Ok(format!("{} is here", listed(programs.iter().map(String::as_str))))
            }
            Kind::Recording => match expanded.recording {
                Some(recording) if (self.facts.file)(&recording.path.to_string()) => Ok(format!("`{}` is here", recording.path)),
                Some(recording) => not(format!("there is no `{}`", recording.path)),
                None => not("none declared".to_owned()),
            },
        }
    }

    fn planned(&mut self, service: &Service, kind: Kind, why: String) -> Option<Planned> {
        match expanded(self.config, service, kind, self.facts.variable) {
            Ok(expanded) => {
                let depends_on = match kind {
                    Kind::Container | Kind::Process => service.depends_on.iter().map(|on| on.value.clone()).collect(),
                    Kind::Url | Kind::Recording => Vec::new(),
                };
                Some(Planned {
                    service: expanded,
                    kind,
                    why,
                    depends_on,
                })
            }
            Err(error) => {
                self.unset.push(*error);
                None
            }
        }
    }
}

enum Refusal {
    NotHere(String),
    Unset(Box<Diagnostic>),
}

/// A service for which an address was given by hand.
fn given(service: &Service, url: &str) -> Planned {
    let oracle = OracleKind::Unknown;
    let url = super::config::Url {
        url: Template::literal(url),
        oracle,
    };
    let service = Service {
        ready: None,
        seeded: None,
        sql: None,
        url: Some(url),
        ..service.clone()
    };
    Planned {
        service,
        kind: Kind::Url,
        why: "its url was given by hand".to_owned(),
        depends_on: Vec::new(),
    }
}

fn bare(name: &str) -> Service {
    Service {
        name: Spanned::new(name.to_owned(), crate::diagnostic::Span::default()),
        port: None,
        seed: Vec::new(),
        sql: None,
        ready: None,
        seeded: None,
        deadline: super::config::DEFAULT_DEADLINE,
        depends_on: Vec::new(),
        container: None,
        process: None,
        url: None,
        recording: None,
    }
}

/// The service with the environment variables put in that it needs as this kind; its other kinds are dropped.
fn expanded(config: &Config, service: &Service, kind: Kind, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Service, Box<Diagnostic>> {
    let one = |template: &Template| template.with_variables(&config.source, lookup);
    let list = |templates: &[Template]| templates.iter().map(one).collect::<Result<Vec<_>, _>>();
    type Unset = Box<Diagnostic>;
    let map = |templates: &BTreeMap<String, Template>| -> Result<BTreeMap<String, Template>, Unset> {
        templates
            .iter()
            .map(|(name, template)| Ok((name.clone(), one(template)?)))
            .collect()
    };
    let question = |question: &Option<Question>| -> Result<Option<Question>, Unset> {
        question
            .as_ref()
            .map(|question| {
                Ok(match question {
                    Question::Sql(template) => Question::Sql(one(template)?),
                    Question::Http { path, status } => Question::Http {
                        path: one(path)?,
                        status: *status,
                    },
                    Question::Tcp(template) => Question::Tcp(one(template)?),
                    Question::Command(command) => Question::Command(list(command)?),
                })
            })
            .transpose()
    };
    let mut expanded = bare(&service.name);
    expanded.name = service.name.clone();
    expanded.port = service.port;
    expanded.seed.clone_from(&service.seed);
    expanded.deadline = service.deadline;
    expanded.depends_on.clone_from(&service.depends_on);
    if kind != Kind::Recording {
        expanded.sql = service.sql.as_ref().map(one).transpose()?;
        expanded.ready = question(&service.ready)?;
        expanded.seeded = question(&service.seeded)?;
    }
    match kind {
        Kind::Container => {
            if let Some(container) = &service.container {
                let mut container = container.clone();
                container.image = one(&container.image)?;
                container.command = list(&container.command)?;
                container.environment = map(&container.environment)?;
                expanded.container = Some(container);
            }
        }
        Kind::Process => {
            if let Some(process) = &service.process {
                let mut process = process.clone();
                process.build = process.build.as_deref().map(list).transpose()?;
                process.initialise = process.initialise.as_deref().map(list).transpose()?;
                process.command = list(&process.command)?;
                process.environment = map(&process.environment)?;
                expanded.process = Some(process);
            }
        }
        Kind::Url => {
            if let Some(url) = &service.url {
                expanded.url = Some(super::config::Url {
                    url: one(&url.url)?,
                    oracle: url.oracle,
                });
            }
        }
        Kind::Recording => {
            if let Some(recording) = &service.recording {
                let path = one(&recording.path)?;
                expanded.recording = Some(super::config::Recording {
                    path,
                    oracle: recording.oracle,
                });
            }
        }
    }
    Ok(expanded)
}

fn validate_dependencies(config: &Config, service: &Service, errors: &mut Diagnostics) {
    for on in &service.depends_on {
        if config.services.contains_key(&on.value) {
            continue;
        }
        let message = format!("service `{}` depends on `{on}`, which is not declared", service.name);
        let diagnostic = Diagnostic::error(&config.source, on.span, message);
        errors.push(match nearest(on, config.services.keys().map(String::as_str)) {
            Some(guess) => diagnostic.help(format!("did you mean `{guess}`?")),
            None => diagnostic.help(format!("declare it: `[service.{on}]`")),
        });
    }
}

fn validate_places(config: &Config, service: &Service, errors: &mut Diagnostics) {
    let on = || service.depends_on.iter().map(|on| on.value.as_str());
    let mut seen = BTreeSet::new();
    for kind in service.kinds() {
        for (place, span) in service.templates(kind).into_iter().flat_map(Template::places) {
            let error = match place {
                Place::Of(other, _) if on().any(|name| name == other) => continue,
                Place::Of(other, part) if *other == service.name.value => {
                    Diagnostic::error(&config.source, span, format!("`{{{place}}}` names its own service"))
                        .help(format!("write `{{{part}}}`"))
                }
                Place::Of(other, part) => {
                    let diagnostic = Diagnostic::error(&config.source, span, format!("unknown value `{{{place}}}`"));
                    let declared = config.services.contains_key(other);
                    match nearest(other, on()) {
                        _ if declared => diagnostic.help(format!("add `{other}` to `depends_on` of service `{}`", service.name)),
                        Some(guess) => diagnostic.help(format!("did you mean `{{{guess}.{part}}}`?")),
                        None => diagnostic.help(match on().next() {
                            Some(_) => format!("`{}` depends on: {}", service.name, listed(on())),
                            None => format!("`{}` depends on no service", service.name),
                        }),
                    }
                }
                Place::Data | Place::Run if kind == Kind::Container => Diagnostic::error(
                    &config.source,
                    span,
                    format!("`{{{place}}}` is a directory of this machine, not of a container"),
                )
                .help("write a path inside the container"),
                Place::Own(_) | Place::Data | Place::Run => continue,
            };
            if seen.insert(span) {
                errors.push(error);
            }
        }
    }
}

/// The names, each after those that it depends on; those with nothing between them by name.
fn order(config: &Config) -> Result<Vec<&str>, Diagnostic> {
    fn visit<'c>(config: &'c Config, service: &'c Service, path: &mut Vec<&'c str>, done: &mut Vec<&'c str>) -> Result<(), Diagnostic> {
        let name = service.name.as_str();
        if done.contains(&name) {
            return Ok(());
        }
        if let Some(start) = path.iter().position(|visited| *visited == name) {
            let circle: Vec<String> = path[start..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
            let message = format!("services depend on each other in a circle: {}", circle.join(" -> "));
            return Err(Diagnostic::error(&config.source, service.span(), message).help("take one `depends_on` away"));
        }
        path.push(name);
        for on in &service.depends_on {
            if let Some(other) = config.services.get(&on.value) {
                visit(config, other, path, done)?;
            }
        }
        path.pop();
        done.push(name);
        Ok(())
    }
    let mut done = Vec::new();
    for service in config.services.values() {
        visit(config, service, &mut Vec::new(), &mut done)?;
    }
    Ok(done)
}

fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
