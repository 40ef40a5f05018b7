//! A project on disk: its `parity.toml` and its suites.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, nearest};
use crate::environment::Config;
use crate::exchange::Side;
use crate::record::LATEST;
use crate::run::{Plan, Selection};
use crate::suite::{Suite, read_suite_with};

use super::context::Context;
use super::failure::Failure;

/// The name of a project's file.
const FILE: &str = "parity.toml";

/// A project, read and checked.
#[derive(Debug)]
pub struct Project {
    /// Its configuration, with the profile in force.
    pub config: Config,
    /// Every suite of its folder.
    pub suites: Vec<Arc<Suite>>,
    /// The suites of the profile in force: without one, those that no profile claims.
    pub active: Vec<Arc<Suite>>,
    /// Why a suite is not active, for those that ask for it by name: suite and profile.
    claimed: Vec<(String, String)>,
}

impl Project {
    /// Reads a project: the file that was named, or the nearest `parity.toml` at or above the current folder.
    ///
    /// # Errors
    /// Everything that is wrong with its files.
    pub fn load(named: Option<&Path>, profile: Option<&str>, context: &Context) -> Result<Self, Failure> {
        let mut config = Config::load(&locate(named, context)?)?;
        let suites = read_suites(&config, context)?;
        let claimed = claims(&config, &suites)?;
        let active: Vec<Arc<Suite>> = suites
            .iter()
            .filter(|suite| match profile {
                None => !claimed.iter().any(|(name, _)| *name == suite.name),
                Some(profile) => claimed.iter().any(|(name, by)| *name == suite.name && by == profile),
            })
            .cloned()
            .collect();
        if let Some(profile) = profile {
            config = config.with_profile(profile)?;
            // They are in force now; an environment that looks at the profile again must not undo what a command line adds.
            if let Some(applied) = config.profiles.get_mut(profile) {
                applied.services.clear();
            }
        }
        check_services(&config, &active)?;
        keep_needed(&mut config, &active);
        Ok(Self {
            config,
            suites,
            active,
            claimed,
        })
    }

    /// The active suites of these names; all of them when none is given.
    ///
    /// # Errors
    /// When a name is unknown.
    pub fn named(&self, names: &[String]) -> Result<Vec<Arc<Suite>>, Failure> {
        for name in names {
            if !self.active.iter().any(|suite| suite.name == *name) {
                let near = nearest(name, self.active.iter().map(|suite| suite.name.as_str()));
                let hint = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                return Err(Failure::Usage(
                    self.hint(name).unwrap_or_else(|| format!("no suite is called `{name}`{hint}")),
                ));
            }
        }
        let wanted = |suite: &&Arc<Suite>| names.is_empty() || names.contains(&suite.name);
        Ok(self.active.iter().filter(wanted).cloned().collect())
    }

    /// The cases of the active suites of these names, of all of them when none is given, with these values for parameters.
    ///
    /// # Errors
    /// When a name is unknown, or is that of a suite of another profile.
    pub fn plan(&self, suites: &[String], parameters: &[(String, Vec<String>)]) -> Result<Plan, Failure> {
        let inactive = |name: &&String| !self.active.iter().any(|suite| suite.name == **name);
        if let Some(hint) = suites.iter().filter(inactive).find_map(|name| self.hint(name)) {
            return Err(Failure::Usage(hint));
        }
        let selection = Selection {
            suites: suites.to_vec(),
            parameters: parameters.to_vec(),
        };
        Ok(Plan::new(&self.active, &selection)?)
    }

    /// What no report may be written over: `parity.toml`, its suites, their rows, and the records.
    #[must_use]
    pub fn irreplaceable(&self, context: &Context) -> Vec<PathBuf> {
        let rows = self.suites.iter().filter_map(|suite| Some(suite.inputs.as_ref()?.file.as_str()));
        let files = self.suites.iter().map(|suite| suite.file.as_str()).chain(rows);
        let files = [self.config.source.file()].into_iter().chain(files).map(PathBuf::from);
        let records = recorded(&scratch(&self.config.directory).join(RECORDS));
        files.chain(records).map(|file| context.folder.join(file)).collect()
    }

    /// The folder of its snapshots.
    #[must_use]
    pub fn snapshots(&self, context: &Context) -> PathBuf {
        shown(&self.config.directory.join(&self.config.snapshots), context)
    }

    /// Why there is nothing to ask.
    #[must_use]
    pub fn why_empty(&self, profile: Option<&str>, context: &Context) -> String {
        let folder = shown(&self.config.directory.join(&self.config.suites), context);
        match profile {
            _ if self.suites.is_empty() => format!("there is no suite in `{}`", folder.display()),
            Some(profile) => format!("the profile `{profile}` has no suites: name them in `[profile.{profile}] suites`"),
            None => "every suite belongs to a profile: add `--profile NAME`".to_owned(),
        }
    }

    /// What to do about a suite that was named and is not active.
    #[must_use]
    pub fn hint(&self, suite: &str) -> Option<String> {
        let (_, profile) = self.claimed.iter().find(|(name, _)| name == suite)?;
        Some(format!("suite `{suite}` belongs to a profile: add `--profile {profile}`"))
    }
}

/// A folder of a project for what is made again and never committed.
pub fn scratch(project: &Path) -> PathBuf {
    project.join(".parity")
}

/// The folder of run records in [`scratch`].
pub const RECORDS: &str = "records";

/// The run records of a folder, the oldest first. A folder that is not there holds none.
pub fn recorded(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut records: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl") && !path.ends_with(LATEST))
        .collect();
    // Their names begin with the time.
    records.sort();
    records
}

/// The configuration file to use.
pub fn locate(named: Option<&Path>, context: &Context) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        let path = context.folder.join(named);
        // A folder means its file, as a user would expect.
        return Ok(shown(&if path.is_dir() { path.join(FILE) } else { path }, context));
    }
    let found = context
        .folder
        .ancestors()
        .map(|folder| folder.join(FILE))
        .find(|path| path.is_file());
    match found {
        Some(path) => Ok(shown(&path, context)),
        None => Err(Failure::Usage(format!(
            "no `{FILE}` in `{}` or above it: go to a project, or name one with `--config PATH`",
            context.folder.display()
        ))),
    }
}

/// The path as a user would write it: relative to the current folder when it is below.
pub fn shown(path: &Path, context: &Context) -> PathBuf {
    let relative = path.strip_prefix(&context.folder).or_else(|_| path.strip_prefix("."));
    relative.map_or_else(|_| path.to_owned(), Path::to_owned)
}

/// Every service that a suite asks is declared.
fn check_services(config: &Config, suites: &[Arc<Suite>]) -> Result<(), Failure> {
    let declared = || config.services.keys().map(String::as_str);
    for suite in suites {
        for side in Side::BOTH {
            let name = suite.request.get(side).service.as_str();
            if declared().any(|service| service == name) {
                continue;
            }
            let hint = nearest(name, declared()).map_or_else(
                || format!("declare `[service.{name}]` there"),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::Usage(format!(
                "suite `{}` asks the service `{name}` as its {side}, and `{}` declares none of that name: {hint}",
                suite.name,
                config.source.file(),
            )));
        }
    }
    Ok(())
}

/// Leaves the services that the suites ask, and those that these depend on: nothing is started for nobody.
fn keep_needed(config: &mut Config, suites: &[Arc<Suite>]) {
    let mut needed: Vec<String> = suites
        .iter()
        .flat_map(|suite| Side::BOTH.map(|side| suite.request.get(side).service.clone()))
        .collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = needed.pop() {
        if let Some(service) = config.services.get(&name) {
            needed.extend(
                service
                    .depends_on
                    .iter()
                    .map(|on| on.value.clone())
                    .filter(|on| !reached.contains(on)),
            );
        }
        reached.insert(name);
    }
    config.services.retain(|name, _| reached.contains(name));
}

fn read_suites(config: &Config, context: &Context) -> Result<Vec<Arc<Suite>>, Failure> {
    let folder = &config.directory.join(&config.suites);
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|error| {
        let about = Source::new(config.source.file(), "");
        Diagnostics::from(
            Diagnostic::file(
                &about,
                format!("cannot read the folder of suites `{}`: {error}", shown(folder, context).display()),
            )
            .help("`suites = \"…\"` in `parity.toml` names it, relative to that file"),
        )
    })?;
    files.sort();
    let mut errors = Diagnostics::new();
    let mut suites: Vec<(Arc<Suite>, Source)> = Vec::new();
    for file in files {
        let read = Source::read(&shown(&file, context)).and_then(|source| Ok((suite_of(&source, &file, context)?, source)));
        match read {
            Err(found) => errors.extend(found),
            Ok((suite, source)) => match suites.iter().find(|(other, _)| other.name == suite.name) {
                Some((other, _)) => errors.push(
                    Diagnostic::file(&source, format!("two suites are called `{}`", suite.name))
                        .note(format!("the other one is `{}`", other.file))
                        .help("give one of them another name: it is also the name of its snapshot folder"),
                ),
                None => suites.push((Arc::new(suite), source)),
            },
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let mut suites: Vec<Arc<Suite>> = suites.into_iter().map(|(suite, _)| suite).collect();
    suites.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(suites)
}

/// The suite of a file, with the file of rows that it may name beside it.
fn suite_of(source: &Source, file: &Path, context: &Context) -> Result<Suite, Diagnostics> {
    read_suite_with(source, |wanted| {
        let folder = file.parent().unwrap_or(Path::new(""));
        let path = folder.join(wanted.name);
        let problem = match fs::metadata(&path) {
            Err(error) => Some(error.to_string()),
            Ok(data) if data.is_dir() => Some("it is a folder".to_owned()),
            Ok(_) => None,
        };
        if let Some(problem) = problem {
            let error = wanted.error(format_args!("cannot read `{}`: {problem}", shown(&path, context).display()));
            let there = names_beside(&path);
            let help = match nearest(wanted.name, there.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the path is relative to the folder of the suite".to_owned(),
            };
            return Err(error.help(help).into());
        }
        Source::read_data(&shown(&path, context))
    })
}

/// The names of the files of rows in the folder of a path.
fn names_beside(path: &Path) -> Vec<String> {
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    let names = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter(|name| [".csv", ".jsonl"].iter().any(|end| name.ends_with(end)))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// Which profile claims which suite.
fn claims(config: &Config, suites: &[Arc<Suite>]) -> Result<Vec<(String, String)>, Diagnostics> {
    let known: BTreeSet<&str> = suites.iter().map(|suite| suite.name.as_str()).collect();
    let mut errors = Diagnostics::new();
    let mut claims = Vec::new();
    for (profile, declared) in &config.profiles {
        for suite in declared.suites.iter().flatten() {
            if !known.contains(suite.value.as_str()) {
                let error = Diagnostic::error(&config.source, suite.span, format!("no suite is called `{}`", suite.value));
                errors.push(match nearest(&suite.value, known.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                });
            }
            claims.push((suite.value.clone(), profile.clone()));
        }
    }
    if errors.is_empty() { Ok(claims) } else { Err(errors) }
}
