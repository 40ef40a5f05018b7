//! What can be checked of a configuration without a machine: dependencies exist and make no circle, every `{…}` has a
//! meaning. Pure.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

use super::config::{Config, Kind, Service};
use super::interpolate::{Place, Template};

/// Checks what can be checked without a machine: dependencies exist and make no circle, and every `{…}` has a meaning.
pub(super) fn validate(config: &Config) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::new();
    for service in config.services.values() {
        validate_dependencies(config, service, &mut errors);
        validate_places(config, service, &mut errors);
    }
    if errors.is_empty()
        && let Err(circle) = order(config)
    {
        errors.push(*circle);
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.sort();
    Err(errors)
}

/// The names, each after those that it depends on; those with nothing between them by name.
pub(super) fn order(config: &Config) -> Result<Vec<&str>, Box<Diagnostic>> {
    fn visit<'c>(
        config: &'c Config,
        service: &'c Service,
        path: &mut Vec<&'c str>,
        done: &mut Vec<&'c str>,
    ) -> Result<(), Box<Diagnostic>> {
        let name = service.name.as_str();
        if done.contains(&name) {
            return Ok(());
        }
        if let Some(start) = path.iter().position(|visited| *visited == name) {
            let circle: Vec<String> = path[start..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
            let message = format!("services depend on each other in a circle: {}", circle.join(" -> "));
            let diagnostic = Diagnostic::error(&config.source, service.span(), message);
            return Err(Box::new(diagnostic.help("take one `depends_on` away")));
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

/// Names for people: "`one`, `two`".
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
