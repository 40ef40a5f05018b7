//! A service with the caller's environment variables put in. Pure.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;

use super::config::{Config, Kind, Question, Recording, Service, Url};
use super::interpolate::Template;
use super::plan::bare;

/// The service with the environment variables put in that it needs as this kind; its other kinds are dropped.
pub(super) fn expanded(
    config: &Config,
    service: &Service,
    kind: Kind,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Service, Box<Diagnostic>> {
    type Unset = Box<Diagnostic>;
    let one = |template: &Template| template.with_variables(&config.source, lookup);
    let list = |templates: &[Template]| templates.iter().map(one).collect::<Result<Vec<_>, _>>();
    let map = |templates: &BTreeMap<String, Template>| -> Result<BTreeMap<String, Template>, Unset> {
        templates
            .iter()
            .map(|(name, template)| Ok((name.clone(), one(template)?)))
            .collect()
    };
    let question = |question: &Option<Question>| -> Result<Option<Question>, Box<Diagnostic>> {
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
                expanded.url = Some(Url {
                    url: one(&url.url)?,
                    oracle: url.oracle,
                });
            }
        }
        Kind::Recording => {
            if let Some(recording) = &service.recording {
                let path = one(&recording.path)?;
                expanded.recording = Some(Recording {
                    path,
                    oracle: recording.oracle,
                });
            }
        }
    }
    Ok(expanded)
}
