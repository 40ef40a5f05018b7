//! Several records made one: the shares of one plan, run on several machines.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::PathBuf;

use crate::exchange::with_address;
use crate::redact::{MASKED, without_digests};
use crate::rule::CasePattern;

use super::error::RecordError;
use super::event::{End, Event, Header};
use super::lines::EndLine;
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
    found.extend(seeds_that_differ(parts));
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
    let doubles = !doubled.is_empty();
    found.extend(doubled.into_iter().take(LISTED));
    if more > 0 {
        found.push(format!("{more} more cases are there twice"));
    }
    if let Some(shard) = parts.iter().find_map(|part| part.header.shard.as_ref()) {
        let (missing, more) = held_against(&shard.cases, parts);
        if !missing.is_empty() {
            let all_there = if found.is_empty() {
                ", though every share is there: were they made equally long by the same record (`--shard-by`)?"
            } else {
                ""
            };
            found.push(format!("{} in none of the records{all_there}", named(&missing)));
        }
        if !more.is_empty() && !doubles {
            found.push(format!("{} in the records, and not in their plan", named(&more)));
        }
    }
    found
}

/// So many doubled cases are named.
const LISTED: usize = 10;

/// The cases of a plan that no part holds, and those of the parts that are none of the plan. A part may have masked more of a
/// name than its plan did, by what it learned while it asked.
fn held_against(plan: &[String], parts: &[Part]) -> (Vec<String>, Vec<String>) {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for case in plan {
        *left.entry(case).or_default() += 1;
    }
    let mut take = |name: &str| {
        let count = left.get_mut(name).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    };
    let names = parts.iter().flat_map(|part| &part.cases).map(|case| without_digests(case));
    let (masked, mut more): (Vec<_>, Vec<_>) = names.filter(|name| !take(name)).partition(|name| matches!(name, Cow::Owned(_)));
    for name in masked {
        let pattern = CasePattern::one(&name.replace(MASKED.trim_end_matches(':'), "*"));
        match left.iter_mut().find(|(case, count)| **count > 0 && pattern.matches(case)) {
            Some((_, count)) => *count -= 1,
            None => more.push(name),
        }
    }
    let missing = plan.iter().filter(|case| match left.get_mut(case.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    (missing.cloned().collect(), more.into_iter().map(Cow::into_owned).collect())
}

/// `the case `a` is`, `the cases `a`, `b`, `c` and 7 more are`.
#[must_use]
pub fn named(cases: &[String]) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = cases.iter().take(NAMED).map(|case| format!("`{case}`")).collect();
    let names = names.join(", ");
    match cases.len() {
        1 => format!("the case {names} is"),
        all if all > NAMED => format!("the cases {names} and {} more are", all - NAMED),
        _ => format!("the cases {names} are"),
    }
}

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

/// Shares that were asked of other data are no one run.
fn seeds_that_differ(parts: &[Part]) -> Vec<String> {
    let mut known: BTreeMap<&str, (&str, &Part)> = BTreeMap::new();
    let mut found = Vec::new();
    let seeds = parts
        .iter()
        .flat_map(|part| part.header.environment.iter().map(move |service| (service, part)));
    for (service, part) in seeds {
        let Some(seed) = &service.seed else { continue };
        let (digest, first) = *known.entry(&service.name).or_insert((seed, part));
        if digest != seed {
            found.push(format!(
                "the seed of `{}` was not the same in `{}` and in `{}`",
                service.name, first.shown, part.shown
            ));
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

/// The lines of all parts as they stand in the whole, but for the first and the last of each. In each part a service had an
/// address of its own; in the whole it has one, so that it still counts as `{base}`.
fn lines<'p>(parts: &'p [Part], whole: &'p Header) -> impl Iterator<Item = Result<(Event, String), RecordError>> + 'p {
    parts.iter().flat_map(move |part| {
        let addresses = addresses(&part.header, whole);
        let (file, failure) = match File::open(&part.path) {
            Ok(file) => (Some(file), None),
            Err(error) => (None, Some((0, Err(error)))),
        };
        let lines = file.into_iter().flat_map(|file| BufReader::new(file).lines());
        let lines = failure.into_iter().chain(lines.enumerate().skip(1));
        let read = lines.map(move |(index, line)| {
            let path = || part.path.clone();
            let line = line.map_err(|source| RecordError::Read { path: path(), source })?;
            let line = replaced(line, &addresses);
            match Event::read(line.as_bytes()) {
                Ok(event) => Ok((event, line)),
                Err(reason) => Err(RecordError::Line {
                    path: path(),
                    line: index + 1,
                    reason,
                }),
            }
        });
        read.filter(|read| !matches!(read, Ok((Event::End(_), _))))
    })
}

/// What the whole tells between its first line and its last.
///
/// # Errors
/// When a part cannot be read again.
pub fn events<'p>(parts: &'p [Part], whole: &'p Header) -> impl Iterator<Item = Result<Event, RecordError>> + 'p {
    lines(parts, whole).map(|read| Ok(read?.0))
}

/// Writes the whole: one first line, what its parts tell, one last line.
///
/// # Errors
/// When a part cannot be read again, or the whole cannot be written.
pub fn write(parts: &[Part], header: &Header, end: &End, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", text(&header.line()))?;
    for line in lines(parts, header) {
        let (_, line) = line.map_err(io::Error::other)?;
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", text(&EndLine::of(end)))?;
    // Dropped, a buffer would not say that the disk is full.
    out.flush()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Oracle, OracleKind};
    use crate::record::{RecordedPart, RecordedShard};

    /// A share of a plan of these cases that asked those.
    fn part(index: u32, plan: &[&str], asked: &[&str]) -> Part {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Part {
            path: PathBuf::new(),
            shown: format!("{index}.jsonl"),
            header: Header {
                tool: "parity".to_owned(),
                started: jiff::Timestamp::UNIX_EPOCH,
                oracle: Oracle {
                    kind: OracleKind::Unknown,
                    source: String::new(),
                },
                services: Vec::new(),
                suites: Vec::new(),
                environment: Vec::new(),
                profile: None,
                full: false,
                today: None,
                shard: Some(RecordedShard {
                    index,
                    of: 2,
                    plan: "digest".to_owned(),
                    cases: owned(plan),
                    full: true,
                }),
            },
            cases: owned(asked),
            end: Some(End::default()),
        }
    }

    #[test]
    fn every_case_of_the_plan_is_there_and_no_other() {
        let plan = ["s/id=1", "s/id=2", "s/id=3", "s/id=4", "s/id=5"];
        let found = |one: &[&str], other: &[&str]| obstacles(&[part(1, &plan, one), part(2, &plan, other)]);
        assert!(found(&plan[3..], &plan[..3]).is_empty());
        let hint = ", though every share is there: were they made equally long by the same record (`--shard-by`)?";
        assert_eq!(
            found(&plan[..2], &plan[3..]),
            [format!("the case `s/id=3` is in none of the records{hint}")]
        );
        assert_eq!(
            found(&[], &plan[4..]),
            [format!(
                "the cases `s/id=1`, `s/id=2`, `s/id=3` and 1 more are in none of the records{hint}"
            )]
        );
        assert_eq!(
            found(&plan, &["s/id=6", "s/id=7"]),
            ["the cases `s/id=6`, `s/id=7` are in the records, and not in their plan"]
        );
        assert_eq!(found(&plan, &plan[..1]), ["the case `s/id=1` is in `1.jsonl` and in `2.jsonl`"]);
        assert_eq!(
            obstacles(&[part(2, &plan, &plan[1..])]),
            ["share 1/2 is missing", "the case `s/id=1` is in none of the records"]
        );
    }

    #[test]
    fn all_shares_were_asked_of_the_same_data() {
        let plan = ["s/id=1", "s/id=2"];
        let seeded = |index: u32, seed: Option<&str>| {
            let at = usize::from(index > 1);
            let mut part = part(index, &plan, &plan[at..=at]);
            part.header.environment.push(RecordedPart {
                name: "database".to_owned(),
                kind: "process".to_owned(),
                image: None,
                seed: seed.map(str::to_owned),
            });
            part
        };
        let found = |one, other| obstacles(&[seeded(1, one), seeded(2, other)]);
        assert!(found(Some("a"), Some("a")).is_empty());
        // A share may have been asked elsewhere, or without its database.
        assert!(found(Some("a"), None).is_empty());
        assert_eq!(
            found(Some("a"), Some("b")),
            ["the seed of `database` was not the same in `1.jsonl` and in `2.jsonl`"]
        );
    }

    #[test]
    fn cases_with_masks_in_their_names_are_counted() {
        // The first secret was known before anything was asked, the second was learned from an answer.
        let plan = ["s/key=masked", "s/key=masked", "s/key=late"];
        let asked = ["s/key=masked:0123456789abcdef", "s/key=masked:fedcba9876543210"];
        let found = |one: &[&str], other: &[&str]| obstacles(&[part(1, &plan, one), part(2, &plan, other)]);
        assert!(found(&asked, &["s/key=masked:00112233445566ff"]).is_empty());
        assert!(found(&asked[..1], &asked[1..])[0].starts_with("the case `s/key=late` is in none of the records"));
        let more = ["s/key=masked:00112233445566ff", "s/key=masked:ff112233445566ff"];
        assert_eq!(
            found(&asked, &more),
            ["the case `s/key=masked` is in the records, and not in their plan"]
        );
    }
}
