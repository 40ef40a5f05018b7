//! `parity explain`: one case of a recorded run, from end to end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::nearest;
use crate::environment::{Config, seeds};
use crate::exchange::{Observation, OracleKind};
use crate::record::{Event, Header, Record, RecordedExchange, RecordedPart, RecordedVerdict};
use crate::report::restore::{Part, Restore};
use crate::report::{Exit, explain};
use crate::run::{Again, judge_again, recorded_suite};
use crate::suite::Suite;
use crate::translate::Detail;
use crate::verdict::Judge;

use super::args::ExplainArguments;
use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::project::{RECORDS, locate, recorded, scratch, shown};

/// Runs the command: the case is judged again, by the suite as it was when it was recorded.
pub fn run(arguments: &ExplainArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let (record, found) = match arguments.record.as_deref() {
        Some(_) => {
            let mut record = open(arguments.record.as_deref(), config, context)?;
            let found = find(&mut record, &arguments.case)?;
            (record, found)
        }
        None => latest_with(&arguments.case, config, context)?,
    };
    let suite = suite(&record, &found.case.suite)?;
    let bases = suite.request.as_ref().map(|request| base(&record, &request.service));
    let bases = bases.as_ref().map(Option::as_deref);
    let judge = Judge::new(Arc::clone(&suite));
    let said = said(&record, &found)?;
    let Again { judgement, .. } = judge_again(&judge, &found.case, &found, said.as_ref(), true, bases, Detail::Effects);
    let mut oracle = record.header().oracle.clone();
    if found.exchange.legacy.as_ref().is_ok_and(Observation::says_stand_in) {
        oracle.kind = OracleKind::StandIn;
    }
    let restore = restore(record.header(), config, context);
    let input = explain::ExplainInput {
        suite: &suite,
        case: &found.case,
        oracle: &oracle,
        requests: &found.requests,
        bases,
        exchange: &found.exchange,
        restore: &restore,
        repeats: &found.repeats,
        judgement: &judgement,
    };
    output.data(&explain::render(&input, output.style()));
    Ok(Exit::Passed)
}

/// What brings the state of the run back. What a project of today cannot say is left out: a record is explained without one.
fn restore(header: &Header, config: Option<&Path>, context: &Context) -> Restore {
    let profiled = |config: Config| match &header.profile {
        Some(profile) => config.with_profile(profile).ok(),
        None => Some(config),
    };
    let today = locate(config, context)
        .ok()
        .and_then(|file| Config::load(&file).ok())
        .and_then(profiled)
        .and_then(|config| seeds(&config).ok())
        .unwrap_or_default();
    let part = |part: &RecordedPart| Part {
        name: part.name.clone(),
        kind: part.kind.clone(),
        shown: header
            .services
            .iter()
            .find(|service| service.name == part.name)
            .map(|service| service.shown.clone()),
        image: part.image.clone(),
        seed: part.seed.clone(),
        seed_today: today.get(&part.name).cloned(),
    };
    Restore {
        config: config.map(|config| config.display().to_string()),
        profile: header.profile.clone(),
        services: header.environment.iter().map(part).collect(),
    }
}

/// The record that was named, or the latest of the project.
pub fn open(named: Option<&Path>, config: Option<&Path>, context: &Context) -> Result<Record, Failure> {
    let path = match named {
        Some(named) => shown(&context.folder.join(named), context),
        None => records(config, context)?.swap_remove(0),
    };
    read(path)
}

fn read(path: PathBuf) -> Result<Record, Failure> {
    Record::open(path).map_err(|error| Failure::Usage(error.to_string()))
}

/// The latest record that holds the case: the last run may have asked others.
fn latest_with(case: &str, config: Option<&Path>, context: &Context) -> Result<(Record, RecordedExchange), Failure> {
    let mut first_failure = None;
    for path in records(config, context)? {
        let mut record = read(path)?;
        match find(&mut record, case) {
            Ok(found) => return Ok((record, found)),
            Err(failure) => first_failure = first_failure.or(Some(failure)),
        }
    }
    Err(first_failure.unwrap_or_else(no_records))
}

/// The project's records, the latest first; at least one.
fn records(config: Option<&Path>, context: &Context) -> Result<Vec<PathBuf>, Failure> {
    let file = context.folder.join(locate(config, context)?);
    let folder = scratch(file.parent().unwrap_or(Path::new(""))).join(RECORDS);
    let mut records = recorded(&folder);
    records.reverse();
    if records.is_empty() { Err(no_records()) } else { Ok(records) }
}

fn no_records() -> Failure {
    Failure::Usage("no run of this project is recorded yet: run `parity check`, or name a record with `--record FILE`".to_owned())
}

/// The exchange of a case, which may be named without its suite where that is clear.
pub fn find(record: &mut Record, wanted: &str) -> Result<RecordedExchange, Failure> {
    let mut seen = Vec::new();
    // A case whose suite was left out.
    let mut meant: Vec<Box<RecordedExchange>> = Vec::new();
    for event in record.by_ref() {
        if let Event::Exchange(exchange) = event.map_err(|error| Failure::Usage(error.to_string()))? {
            let name = exchange.case.to_string();
            if name == wanted {
                return Ok(*exchange);
            }
            seen.push(name);
            if exchange.case.binding.to_string() == wanted {
                meant.push(exchange);
            }
        }
    }
    if meant.len() > 1 {
        let names: Vec<String> = meant.iter().map(|exchange| format!("`{}`", exchange.case)).collect();
        return Err(Failure::Usage(format!("several cases are called `{wanted}`: {}", names.join(", "))));
    }
    if let Some(exchange) = meant.pop() {
        return Ok(*exchange);
    }
    let hint = match nearest(wanted, seen.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => match seen.first() {
            Some(first) => format!("a case is named like `{first}`"),
            None => "the record holds none".to_owned(),
        },
    };
    let unended = record.note().map_or_else(String::new, |note| format!("; {note}"));
    Err(Failure::Usage(format!(
        "no case of `{}` is called `{wanted}`: {hint}{unended}",
        record.path().display()
    )))
}

/// What was said of an exchange that tells only together with that.
fn said(record: &Record, found: &RecordedExchange) -> Result<Option<RecordedVerdict>, Failure> {
    if !found.veiled {
        return Ok(None);
    }
    for event in read(record.path().to_owned())?.by_ref() {
        match event.map_err(|error| Failure::Usage(error.to_string()))? {
            Event::Verdict(verdict) if verdict.case == found.case => return Ok(Some(verdict)),
            _ => {}
        }
    }
    Ok(None)
}

fn suite(record: &Record, name: &str) -> Result<Arc<Suite>, Failure> {
    let recorded = record.header().suites.iter().find(|suite| suite.name == name);
    let recorded = recorded.ok_or_else(|| Failure::Usage(format!("`{}` does not hold the suite `{name}`", record.path().display())))?;
    Ok(recorded_suite(recorded)?)
}

fn base(record: &Record, service: &str) -> Option<String> {
    record
        .header()
        .services
        .iter()
        .find(|recorded| recorded.name == service)?
        .base
        .clone()
}
