//! Several records made one: the shares of one plan, run on several machines.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::PathBuf;

use crate::exchange::with_address;

use super::error::{RecordError, json_reason};
use super::event::{End, Event, Header};
use super::lines::{AnyLine, EndLine};
use super::reader::Record;

/// One record of several, looked through.
#[derive(Debug)]
pub struct Part {
    /// The file.
    pub path: PathBuf,
    /// The same, for people.
    pub shown: String,
    /// Its first line.
    pub header: Header,
    /// The names of its cases, in their order.
    pub cases: Vec<String>,
    /// Its last line; `None` when the run was killed.
    pub end: Option<End>,
}

/// What identifies a plan: its suites, by the digests of their texts, and the names of its cases. Their order counts for nothing.
#[must_use]
pub fn plan_digest<'a>(suites: impl IntoIterator<Item = &'a str>, cases: impl IntoIterator<Item = String>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut suites: Vec<&str> = suites.into_iter().collect();
    let mut cases: Vec<String> = cases.into_iter().collect();
    suites.sort_unstable();
    cases.sort_unstable();
    for line in suites.into_iter().chain(cases.iter().map(String::as_str)) {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Part {
    /// Looks through a record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: PathBuf, shown: String) -> Result<Self, RecordError> {
        let mut record = Record::open(&path)?;
        let (mut cases, mut end) = (Vec::new(), None);
        for event in record.by_ref() {
            match event? {
                Event::Exchange(exchange) => cases.push(exchange.case.to_string()),
                Event::End(last) => end = Some(last),
                Event::Verdict(_) => {}
            }
        }
        Ok(Self {
            header: record.header().clone(),
            path,
            shown,
            cases,
            end,
        })
    }
}

/// What keeps these records from being one run: shares that are missing, there twice, or of another plan; cases that are
/// there twice or not at all. None when every case is there exactly once.
#[must_use]
pub fn obstacles(parts: &[Part]) -> Vec<String> {
    let mut found = Vec::new();
    let shown = |part: &Part| format!("`{}`", part.shown);
    for part in parts {
        match &part.end {
            None => found.push(format!("{} has no end: its run was killed, or the file is cut", shown(part))),
            Some(end) if end.interrupted => found.push(format!("the run of {} was interrupted", shown(part))),
            Some(_) => {}
        }
    }
    found.extend(suites_that_differ(parts));
    found.extend(shares(parts));
    let mut seen: BTreeMap<&str, &Part> = BTreeMap::new();
    let mut doubled = Vec::new();
    for part in parts {
        for case in &part.cases {
            if let Some(first) = seen.insert(case, part) {
                doubled.push(format!("the case `{case}` is in {} and in {}", shown(first), shown(part)));
            }
        }
    }
    let more = doubled.len().saturating_sub(LISTED);
    found.extend(doubled.into_iter().take(LISTED));
    if more > 0 {
        found.push(format!("{more} more cases are there twice"));
    }
    if found.is_empty()
        && let Some(plan) = parts.iter().find_map(|part| part.header.shard.as_ref())
    {
        let header = joined(parts);
        let digest = plan_digest(
            header.suites.iter().map(|suite| suite.digest.as_str()),
            parts.iter().flat_map(|part| part.cases.iter().cloned()),
        );
        if digest != plan.plan {
            found.push("a case of the plan is in none of the records, though every share is there: were they made equally long by the same record (`--shard-by`)?".to_owned());
        }
    }
    found
}

/// So many cases are named.
const LISTED: usize = 10;

fn suites_that_differ(parts: &[Part]) -> Vec<String> {
    let mut known: BTreeMap<&str, (&str, &Part)> = BTreeMap::new();
    let mut found = Vec::new();
    for part in parts {
        for suite in &part.header.suites {
            let (digest, first) = *known.entry(&suite.name).or_insert((&suite.digest, part));
            if digest != suite.digest {
                found.push(format!(
                    "the suite `{}` is not the same in `{}` and in `{}`",
                    suite.name, first.shown, part.shown
                ));
            }
        }
    }
    found
}

/// Every share of one plan is there once.
fn shares(parts: &[Part]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(first) = parts.iter().find_map(|part| part.header.shard.as_ref()) else {
        return found;
    };
    let mut there: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for part in parts {
        let shown = format!("`{}`", part.shown);
        match &part.header.shard {
            None => found.push(format!("{shown} is no share of a run, and the others are")),
            Some(shard) if shard.of != first.of => {
                found.push(format!(
                    "{shown} is share {}/{}, and others are of {}",
                    shard.index, shard.of, first.of
                ));
            }
            Some(shard) if shard.plan != first.plan => {
                found.push(format!(
                    "{shown} is a share of another plan: other suites, other parameters or another filter"
                ));
            }
            Some(shard) => there.entry(shard.index).or_default().push(shown),
        }
    }
    for index in 1..=first.of {
        match there.get(&index).map(Vec::as_slice) {
            None | Some([]) => found.push(format!("share {index}/{} is missing", first.of)),
            Some([_]) => {}
            Some(several) => found.push(format!(
                "share {index}/{} is there {} times: {}",
                first.of,
                several.len(),
                several.join(", ")
            )),
        }
    }
    found
}

/// The first line of the whole.
#[must_use]
pub fn joined(parts: &[Part]) -> Header {
    // A share without a case knows neither the suites nor the oracle.
    let first = parts.iter().find(|part| !part.cases.is_empty()).unwrap_or(&parts[0]);
    let mut header = first.header.clone();
    for part in parts {
        for suite in &part.header.suites {
            if !header.suites.iter().any(|known| known.name == suite.name) {
                header.suites.push(suite.clone());
            }
        }
        for service in &part.header.services {
            if !header.services.iter().any(|known| known.name == service.name) {
                header.services.push(service.clone());
            }
        }
        for service in &part.header.environment {
            if !header.environment.iter().any(|known| known.name == service.name) {
                header.environment.push(service.clone());
            }
        }
        header.started = header.started.min(part.header.started);
        if !part.cases.is_empty() && part.header.oracle.kind > header.oracle.kind {
            // Several legacies are as good as the least of them.
            header.oracle = part.header.oracle.clone();
        }
    }
    header.suites.sort_by(|a, b| a.name.cmp(&b.name));
    header.full = first.header.full || first.header.shard.as_ref().is_some_and(|shard| shard.full);
    header.shard = None;
    header
}

/// Writes the whole: one first line, the lines of all parts as they are, one last line. In each part a service had an address of
/// its own; in the whole it has one, so that it still counts as `{base}`.
///
/// # Errors
/// When a part cannot be read again, or the whole cannot be written.
pub fn write(parts: &[Part], header: &Header, end: &End, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", text(&header.line()))?;
    for part in parts {
        let addresses = addresses(&part.header, header);
        for line in BufReader::new(File::open(&part.path)?).lines().skip(1) {
            let line = line?;
            let any: AnyLine = serde_json::from_str(&line).map_err(|error| io::Error::other(json_reason(&error)))?;
            if any.kind != "end" {
                writeln!(out, "{}", replaced(line, &addresses))?;
            }
        }
    }
    writeln!(out, "{}", text(&EndLine::of(end)))
}

fn text(line: &impl serde::Serialize) -> String {
    serde_json::to_string(line).expect("lines have text for keys, and nothing else in them can fail")
}

/// Host and port of each service that has others in the whole.
fn addresses(part: &Header, whole: &Header) -> Vec<(String, String)> {
    let authority = |base: &str| {
        base.split_once("://")
            .map_or(base, |(_, rest)| rest)
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let of = part.services.iter().filter_map(|service| {
        let base = whole.services.iter().find(|known| known.name == service.name)?.base.as_deref()?;
        let (from, to) = (authority(service.base.as_deref()?), authority(base));
        (from != to && !from.is_empty()).then_some((from, to))
    });
    of.collect()
}

fn replaced(text: String, addresses: &[(String, String)]) -> String {
    addresses
        .iter()
        .fold(text, |text, (from, to)| with_address(&text, from, to).unwrap_or(text))
}
