//! What the suites' requests need of the environment, and what must not be written down of them.

use crate::environment::{Choice, Config, Kind};
use crate::exchange::Side;
use crate::record::secrets_of;
use crate::run::{Plan, PlannedSuite};
use crate::suite::{Credentials, RequestError};

use super::failure::Failure;

/// The shortest credential: a shorter one could not be told from other text where a service echoes it.
const SHORTEST: usize = 4;

/// Reads the environment variables that the planned suites name. A side that is a recording needs none.
///
/// # Errors
/// Every variable that is not set, or cannot be a credential, with the line that asks for it.
pub fn read(plan: &Plan, choice: &Choice, config: &Config) -> Result<Credentials, Failure> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for planned in &plan.suites {
        for side in Side::BOTH {
            let request = planned.suite.request.get(side);
            for needed in &request.credentials {
                let place = format!("{}:{}", planned.suite.file, needed.line);
                let recorded = kind(choice, config, &request.service) == Some(Kind::Recording);
                match std::env::var(&needed.name) {
                    Ok(value) if value.len() >= SHORTEST => found.push((needed.name.clone(), value)),
                    _ if recorded => {}
                    Ok(value) => problems.push(format!(
                        "{place}: suite `{}` sends the environment variable `{}`, which has {}; a credential has at least {SHORTEST} characters",
                        planned.suite.name,
                        needed.name,
                        if value.is_empty() { "no text".to_owned() } else { format!("only {}", value.len()) },
                    )),
                    Err(error) => problems.push(format!(
                        "{place}: suite `{}` sends the environment variable `{}` to its {side}, and {}",
                        planned.suite.name,
                        needed.name,
                        match error {
                            std::env::VarError::NotPresent => "it is not set",
                            std::env::VarError::NotUnicode(_) => "it is not UTF-8",
                        },
                    )),
                }
            }
        }
    }
    problems.dedup();
    if problems.is_empty() {
        return Ok(found.into_iter().collect());
    }
    Err(Failure::Usage(format!(
        "a credential is missing: export it, or answer from a recording, which needs none (`--environment recordings`)\n  {}",
        problems.join("\n  ")
    )))
}

/// The credentials of a plan that are set, whether anybody needs them here or not: they must not be written down.
pub fn set(plan: &Plan) -> Credentials {
    let suites = plan.suites.iter().map(|planned| &planned.suite);
    let needed = suites.flat_map(|suite| Side::BOTH.into_iter().flat_map(|side| &suite.request.get(side).credentials));
    let set = needed.filter_map(|needed| Some((needed.name.clone(), std::env::var(&needed.name).ok()?)));
    set.filter(|(_, value)| value.len() >= SHORTEST).collect()
}

/// What a service will be, as far as that is known before anything is started.
fn kind(choice: &Choice, config: &Config, service: &str) -> Option<Kind> {
    if choice.urls.contains_key(service) {
        return Some(Kind::Url);
    }
    let only_recorded = || {
        let service = config.services.get(service)?;
        let live = service.container.is_some() || service.process.is_some() || service.url.is_some();
        (service.recording.is_some() && !live).then_some(Kind::Recording)
    };
    choice.each.get(service).copied().or(choice.all).or_else(only_recorded)
}

/// The secrets that a suite's own requests hold by their names, such as an `api_key` in a query: its text is part of the record.
pub fn secrets_of_suite(planned: &PlannedSuite, credentials: &Credentials) -> Vec<String> {
    let suite = &planned.suite;
    let mut secrets = Vec::new();
    for planned in &planned.cases {
        let of_case = suite.shown_case(&planned.case);
        // What cannot be made is told when it is asked.
        let Ok::<_, RequestError>(requests) = suite.shown_requests(&of_case) else {
            continue;
        };
        let before = secrets.len();
        let labels = suite.secrets(&planned.case, credentials);
        let is_label = |text: &String| text.starts_with("{env.") || labels.iter().any(|(_, label)| label == text);
        let of_requests = Side::BOTH.into_iter().flat_map(|side| secrets_of(requests.get(side)));
        // A label in a place that holds a secret by its name is none.
        secrets.extend(of_requests.filter(|text| !is_label(text)));
        if secrets.len() == before {
            break;
        }
    }
    let first = planned.cases.first().map(|planned| suite.secrets(&planned.case, credentials));
    secrets.extend(first.into_iter().flatten().map(|(secret, _)| secret));
    secrets.sort();
    secrets.dedup();
    secrets
}
