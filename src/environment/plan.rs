//! The plan: which services are needed, as what each of them is there, and in which order they start.
//!
//! Pure. What the machine has (programs, images, variables) comes in as [`Facts`]; whoever gathers them does the asking.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, nearest};
use crate::exchange::OracleKind;

use super::config::{Config, Kind, Question, Service};
use super::expand::expanded;
use super::interpolate::{Place, Template};
use super::validate::{listed, order};

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

impl Plan {
    /// Decides.
    ///
    /// # Errors
    /// [`PlanError`], with everything that stands in the way and not only the first.
    pub fn make(config: &Config, choice: &Choice, facts: &Facts<'_>) -> Result<Self, PlanError> {
        let order = order(config).map_err(|circle| PlanError::Invalid((*circle).into()))?;
        let mut planner = Planner {
            config,
            choice,
            facts,
            errors: Diagnostics::new(),
            unset: Diagnostics::new(),
        };
        planner.check_names();
        let mut decided: BTreeMap<&str, Planned> = BTreeMap::new();
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
                    let kind = decided.get(other.name.as_str()).map(|other| other.kind);
                    matches!(kind, Some(Kind::Container | Kind::Process))
                });
            if is_needed && let Some(planned) = planner.decide(service, is_root) {
                decided.insert(name, planned);
            }
        }
        if !planner.unset.is_empty() {
            return Err(PlanError::Invalid(planner.unset));
        }
        if !planner.errors.is_empty() {
            planner.errors.sort();
            return Err(PlanError::Unavailable(planner.errors));
        }
        let names: BTreeSet<String> = decided.keys().map(|name| (*name).to_owned()).collect();
        let mut services = planner.undeclared();
        services.extend(order.iter().filter_map(|name| decided.remove(name)).map(|mut planned| {
            planned.depends_on.retain(|on| names.contains(on));
            planned
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
    /// Whether it is a process that keeps data in a directory of its own.
    pub(super) fn has_data(&self) -> bool {
        let places = || self.service.templates(Kind::Process).into_iter().flat_map(Template::places);
        self.service.process.is_some() && places().any(|(place, _)| *place == Place::Data)
    }

    /// Whether it is a process that is told where to listen.
    pub(super) fn uses_port(&self) -> bool {
        let Some(process) = &self.service.process else {
            return false;
        };
        let templates = process.command.iter().chain(process.environment.values());
        templates
            .flat_map(Template::places)
            .any(|(place, _)| matches!(place, Place::Own(_)))
    }

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
            // What is not made into an image is the thing under test: it stays local whatever its surroundings are.
            Some(Kind::Container) if service.has(Kind::Process) => self.planned(service, Kind::Process, "it has no container".to_owned()),
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
            let mut kinds = service.kinds();
            if let (Some(only), None) = (kinds.next(), kinds.next()) {
                return self.planned(service, only, "it has no other form".to_owned());
            }
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

/// A service of that name, with nothing declared.
pub(super) fn bare(name: &str) -> Service {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Source;

    /// A database in two forms, a legacy in four, a candidate that is only ever local.
    const SERVICES: &str = r#"
[service.database]
port = 3306
[service.database.container]
image = "mysql:8.4"
[service.database.process]
command = ["mariadbd", "--port={port}"]
[service.legacy]
port = 80
depends_on = ["database"]
[service.legacy.container]
image = "${LEGACY_IMAGE:-php}"
environment = { DB = "{database.address}" }
[service.legacy.process]
command = ["php", "{address}"]
[service.legacy.url]
url = "${LEGACY_URL:-}"
[service.legacy.recording]
path = "answers.jsonl"
[service.candidate]
depends_on = ["database"]
[service.candidate.process]
command = ["candidate", "{database.address}"]
"#;

    /// A machine by what it has: images, programs, files and variables.
    struct Machine(&'static str);

    impl Machine {
        fn plan(&self, text: &str, choice: &Choice, finding: Finding) -> Result<String, String> {
            let config = Config::parse(&Source::new("parity.toml", text), Path::new(".")).map_err(|errors| errors.to_string())?;
            let has = |thing: &str| self.0.split(' ').any(|had| had == thing);
            let absent = |thing: &str| if has(thing) { Ok(()) } else { Err(format!("no `{thing}`")) };
            let facts = Facts {
                finding,
                variable: &|name| {
                    self.0
                        .split(' ')
                        .find_map(|had| had.strip_prefix(&format!("{name}=")))
                        .map(str::to_owned)
                },
                program: &absent,
                image: &absent,
                file: &has,
            };
            let plan = Plan::make(&config, choice, &facts).map_err(|error| {
                let diagnostics = match &error {
                    PlanError::Invalid(diagnostics) | PlanError::Unavailable(diagnostics) => diagnostics,
                };
                let more = diagnostics.iter().flat_map(|one| one.notes.iter().chain(&one.help)).cloned();
                std::iter::once(error.to_string()).chain(more).collect::<Vec<_>>().join("\n")
            })?;
            let kinds = plan
                .services
                .iter()
                .map(|planned| format!("{}={}", planned.service.name, planned.kind));
            Ok(kinds.collect::<Vec<_>>().join(" "))
        }
    }

    fn all(kind: Kind) -> Choice {
        Choice {
            all: Some(kind),
            ..Choice::default()
        }
    }

    fn each(mut choice: Choice, name: &str, kind: Kind) -> Choice {
        choice.each.insert(name.to_owned(), kind);
        choice
    }

    #[test]
    fn a_choice_is_followed_and_only_what_is_needed_is_there() {
        let recordings = all(Kind::Recording);
        let given = |names: &[&str]| Choice {
            urls: names
                .iter()
                .map(|name| ((*name).to_owned(), "http://127.0.0.1:1/".to_owned()))
                .collect(),
            ..Choice::default()
        };
        for (choice, machine, expected) in [
            // A process that has no other form stays one.
            (all(Kind::Container), "", "database=container candidate=process legacy=container"),
            (all(Kind::Process), "", "database=process candidate=process legacy=process"),
            // A recording needs no database; the candidate does, in the form that is found.
            (
                recordings.clone(),
                "mariadbd",
                "database=process candidate=process legacy=recording",
            ),
            (
                each(recordings.clone(), "database", Kind::Container),
                "",
                "database=container candidate=process legacy=recording",
            ),
            (
                all(Kind::Url),
                "LEGACY_URL=http://x mysql:8.4",
                "database=container candidate=process legacy=url",
            ),
            // Addresses given by hand need nothing at all, not even a declaration.
            (given(&["legacy", "candidate"]), "", "candidate=url legacy=url"),
            (given(&["legacy", "candidate", "other"]), "", "other=url candidate=url legacy=url"),
        ] {
            assert_eq!(
                Machine(machine).plan(SERVICES, &choice, Finding::Allowed).as_deref(),
                Ok(expected),
                "{choice:?}"
            );
        }
    }

    #[test]
    fn without_a_choice_what_works_is_found() {
        for (machine, expected) in [
            (
                "mysql:8.4 php mariadbd candidate",
                "database=container candidate=process legacy=container",
            ),
            // Without its database in a container, the legacy's container could not reach it.
            ("php mariadbd candidate", "database=process candidate=process legacy=process"),
            (
                "LEGACY_URL=http://x mariadbd candidate",
                "database=process candidate=process legacy=url",
            ),
            (
                "answers.jsonl mariadbd candidate",
                "database=process candidate=process legacy=recording",
            ),
            (
                "LEGACY_IMAGE=other other mysql:8.4 candidate",
                "database=container candidate=process legacy=container",
            ),
        ] {
            let found = Machine(machine).plan(SERVICES, &Choice::default(), Finding::Allowed);
            assert_eq!(found.as_deref(), Ok(expected), "{machine}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_told_with_every_reason() {
        let found = Machine("mariadbd candidate").plan(SERVICES, &Choice::default(), Finding::Allowed);
        assert_eq!(
            found.unwrap_err(),
            "parity.toml:8:10: error: service `legacy` cannot be had on this machine\nurl: its url is empty\n\
             container: no `php`\nprocess: no `php`\nrecording: there is no `answers.jsonl`"
        );
        let lacking = Machine("").plan("[service.a.url]\nurl = 'http://x'\n", &all(Kind::Container), Finding::Allowed);
        assert_eq!(
            lacking.unwrap_err(),
            "parity.toml:1:10: error: service `a` has no container\nadd `[service.a.container]`, or choose what it has: `url`"
        );
        let empty = Machine("").plan(SERVICES, &each(Choice::default(), "legacy", Kind::Url), Finding::Allowed);
        assert!(empty.unwrap_err().contains("error: the url of service `legacy` is empty"));
        let stranger = Machine("").plan(SERVICES, &each(all(Kind::Process), "legcay", Kind::Url), Finding::Allowed);
        assert_eq!(
            stranger.unwrap_err(),
            "parity.toml: error: a kind was chosen for `legcay`, which is no service\ndid you mean `legacy`?"
        );
    }

    #[test]
    fn under_ci_every_service_that_is_needed_must_be_chosen() {
        let unchosen = Machine("mysql:8.4 php mariadbd candidate").plan(SERVICES, &Choice::default(), Finding::Refused);
        assert_eq!(
            unchosen
                .unwrap_err()
                .lines()
                .filter(|line| line.contains("nothing is guessed"))
                .count(),
            2
        );
        let partly = Machine("mariadbd").plan(SERVICES, &all(Kind::Recording), Finding::Refused);
        assert_eq!(
            partly
                .unwrap_err()
                .lines()
                .filter(|line| line.contains("nothing is guessed"))
                .count(),
            1
        );
        let chosen = each(all(Kind::Recording), "database", Kind::Process);
        let chosen = Machine("").plan(SERVICES, &chosen, Finding::Refused);
        assert_eq!(chosen.as_deref(), Ok("database=process candidate=process legacy=recording"));
    }

    #[test]
    fn a_variable_is_missed_only_where_it_is_needed() {
        let services = "[service.a.url]\nurl = '${NOWHERE}'\n[service.a.process]\ncommand = ['a']\n";
        assert_eq!(
            Machine("").plan(services, &all(Kind::Process), Finding::Refused).as_deref(),
            Ok("a=process")
        );
        let missed = Machine("").plan(services, &all(Kind::Url), Finding::Refused);
        assert_eq!(
            missed.unwrap_err(),
            "parity.toml:2:8: error: environment variable `NOWHERE` is not set\nset it, or give a default: `${NOWHERE:-default}`"
        );
    }

    #[test]
    fn services_that_do_not_fit_together_are_told() {
        for (services, expected) in [
            (
                "[service.a]\ndepends_on = 'b'\nprocess = { command = ['x'] }\n[service.b]\ndepends_on = 'a'\nprocess = { command = ['x'] }\n",
                "parity.toml:1:10: error: services depend on each other in a circle: `a` -> `b` -> `a`",
            ),
            (
                "[service.a]\ndepends_on = 'database'\nprocess = { command = ['x'] }\n",
                "parity.toml:2:14: error: service `a` depends on `database`, which is not declared",
            ),
            (
                "[service.database.process]\ncommand = ['x']\n[service.a]\ndepends_on = 'database'\nprocess = { command = ['x', '-d={databse.address}'] }\n",
                "parity.toml:5:33: error: unknown value `{databse.address}`",
            ),
            (
                "[service.database.process]\ncommand = ['x']\n[service.a]\nprocess = { command = ['x', '{database.address}'] }\n",
                "parity.toml:4:30: error: unknown value `{database.address}`",
            ),
            (
                "[service.a]\nport = 1\ncontainer = { image = 'x', command = ['{data}', '{a.port}'] }\n",
                "parity.toml:3:40: error: `{data}` is a directory of this machine, not of a container\n\
                 parity.toml:3:50: error: `{a.port}` names its own service",
            ),
        ] {
            assert_eq!(
                Machine("").plan(services, &Choice::default(), Finding::Allowed).unwrap_err(),
                expected
            );
        }
    }
}
