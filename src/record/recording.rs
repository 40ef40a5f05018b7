//! A recording that stands for a service.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::exchange::{Answer, Oracle, OracleKind, Request, Side, Unreachable, UnreachableKind};
use crate::redact::{SecretNames, is_body_digest};

use super::error::RecordError;
use super::event::Event;
use super::har::{self, Har};
use super::question::Question;
use super::reader::Record;

/// The answers that one service once gave.
///
/// A request is found by method, target and body, with secrets left out. Where the same was asked several times, the answers
/// are given in their order, and the last one from then on: what creates something and then finds it is replayed as it was.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    names: SecretNames,
    base: Option<String>,
    taken: Option<Timestamp>,
    oracle: Oracle,
    note: Option<String>,
    answers: BTreeMap<Question, Given>,
}

#[derive(Debug, Default)]
struct Given {
    answers: Vec<Answer>,
    next: AtomicUsize,
}

impl Recording {
    /// Reads a run record, or a HAR file, which is told by its content.
    ///
    /// Of a run record the answers of the service of that name are taken. Of a HAR file every answer below `base` is, or,
    /// when no base is given, every answer of the one origin that it must then have. A `*` in place of a file's or a folder's
    /// name stands for every one there is: their answers are one recording.
    ///
    /// # Errors
    /// When the file cannot be read, is neither, or holds nothing of the service.
    pub fn open(path: &Path, service: &str, base: Option<&Url>) -> Result<Self, RecordError> {
        let paths = files(path)?;
        let mut opened = paths.iter().map(|path| Self::open_one(path, service, base));
        let mut first = opened.next().expect("a pattern without a file is an error")?;
        for other in opened {
            first.join(other?);
        }
        if paths.len() > 1 {
            path.clone_into(&mut first.path);
        }
        Ok(first)
    }

    /// Takes the answers of another recording behind its own.
    fn join(&mut self, other: Self) {
        // Only what holds for all is said of the whole.
        if self.base != other.base {
            self.base = None;
        }
        self.oracle.kind = self.oracle.kind.max(other.oracle.kind);
        self.taken = self.taken.min(other.taken);
        self.note = self.note.take().or(other.note);
        for (question, given) in other.answers {
            self.answers.entry(question).or_default().answers.extend(given.answers);
        }
    }

    fn open_one(path: &Path, service: &str, base: Option<&Url>) -> Result<Self, RecordError> {
        if is_har(path)? {
            Ok(Self::from_har(Har::open(path, base)?))
        } else {
            Self::from_record(Record::open(path)?, service)
        }
    }

    fn from_record(mut record: Record, service: &str) -> Result<Self, RecordError> {
        let path = record.path().to_owned();
        let header = record.header().clone();
        let Some(recorded) = header.services.iter().find(|recorded| recorded.name == service) else {
            let known: Vec<String> = header.services.iter().map(|recorded| format!("`{}`", recorded.name)).collect();
            return Err(RecordError::NoSuchService {
                path,
                service: service.to_owned(),
                known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            });
        };
        let mut this = Self {
            path,
            names: SecretNames::default(),
            base: recorded.base.clone(),
            taken: Some(header.started),
            oracle: Oracle {
                kind: header.oracle.kind,
                source: source(&header.oracle.source, Some(header.started)),
            },
            note: None,
            answers: BTreeMap::new(),
        };
        for event in record.by_ref() {
            let Event::Exchange(exchange) = event? else { continue };
            let suite = header.suites.iter().find(|suite| suite.name == exchange.case.suite);
            for side in Side::BOTH {
                if suite.map_or(side.name(), |suite| suite.services.get(side)) == service {
                    this.add(exchange.requests.get(side), exchange.exchange.get(side).clone());
                }
            }
        }
        this.note = record.note().map(str::to_owned);
        Ok(this)
    }

    fn from_har(har: Har) -> Self {
        let taken = har.entries.iter().filter_map(|entry| entry.started).min();
        let mut this = Self {
            names: SecretNames::default(),
            oracle: Oracle {
                kind: har.oracle.as_ref().map_or(OracleKind::Unknown, |oracle| oracle.kind),
                source: source(har.oracle.as_ref().map_or(&har.base, |oracle| &oracle.source), taken),
            },
            base: Some(har.base),
            path: har.path,
            taken,
            note: har.note,
            answers: BTreeMap::new(),
        };
        for har::Entry { request, answer, .. } in har.entries {
            this.add(&request, answer);
        }
        this
    }

    fn add(&mut self, request: &Request, answer: Answer) {
        let question = Question::of(request, &self.names);
        self.answers.entry(question).or_default().answers.push(answer);
    }

    /// What the service once answered.
    ///
    /// # Errors
    /// When it once gave no answer, or this request is not in the recording.
    pub fn answer(&self, request: &Request) -> Answer {
        let question = Question::of(request, &self.names);
        let Some(given) = self.answers.get(&question) else {
            return Err(self.not_recorded(&question));
        };
        // Saturates in effect: more repetitions than a number counts are never asked for.
        let next = given.next.fetch_add(1, Ordering::Relaxed);
        match &given.answers[next.min(given.answers.len() - 1)] {
            Ok(answer) if is_body_digest(&answer.body.0) => Err(Unreachable {
                kind: UnreachableKind::NotRecorded,
                reason: format!(
                    "the answer to {question} is private: `{}` holds a digest of it only (`body = \"digest\"`), so ask the service itself",
                    self.path.display()
                ),
            }),
            answer => answer.clone(),
        }
    }

    /// How many different requests it can answer.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether it can answer none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The address that the service had, which counts as `{base}` inside its bodies.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// When the answers were taken, where the file says so.
    #[must_use]
    pub const fn taken(&self) -> Option<Timestamp> {
        self.taken
    }

    /// The oracle of a run whose legacy side this is: as trustworthy as what was recorded, `recording of … from 2026-11-20`.
    #[must_use]
    pub const fn oracle(&self) -> &Oracle {
        &self.oracle
    }

    /// What is no error and still worth saying: the recorded run did not come to its end, entries were passed over.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    fn not_recorded(&self, question: &Question) -> Unreachable {
        let file = self.path.display();
        let reason = match self.nearest(question) {
            None => format!("{question} is not in `{file}`, which holds no request at all"),
            Some(near) if near.target == question.target && near.method == question.method => {
                format!("{question} is in `{file}` with another body only")
            }
            Some(near) => format!("{question} is not in `{file}`; the nearest recorded request is {near}"),
        };
        Unreachable {
            kind: UnreachableKind::NotRecorded,
            reason,
        }
    }

    /// The neighbour in order that has the longer beginning in common.
    fn nearest(&self, question: &Question) -> Option<&Question> {
        let before = self.answers.range(..question).next_back();
        let after = self.answers.range(question..).next();
        let common = |near: &Question| {
            let pairs = near.target.bytes().zip(question.target.bytes());
            (
                pairs.take_while(|(one, other)| one == other).count(),
                near.method == question.method,
            )
        };
        [before, after]
            .into_iter()
            .flatten()
            .map(|(near, _)| near)
            .max_by_key(|near| common(near))
    }
}

/// The files that a path means, in the order of their names: `*` as a whole part of it stands for every name.
fn files(path: &Path) -> Result<Vec<PathBuf>, RecordError> {
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        if part.as_os_str() != "*" {
            for path in &mut found {
                path.push(part);
            }
            continue;
        }
        let mut inside = Vec::new();
        for folder in found {
            let read = std::fs::read_dir(&folder).map_err(|source| RecordError::Read { path: folder, source })?;
            inside.extend(read.filter_map(|entry| Some(entry.ok()?.path())));
        }
        found = inside;
    }
    if path.components().any(|part| part.as_os_str() == "*") {
        found.retain(|path| path.is_file());
        found.sort();
    }
    if found.is_empty() {
        return Err(RecordError::Read {
            path: path.to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::NotFound, "no file has such a name"),
        });
    }
    Ok(found)
}

/// `recording of X from 2026-11-20`; of a recording of a recording only the first matters.
fn source(of: &str, taken: Option<Timestamp>) -> String {
    if of.starts_with("recording of ") {
        return of.to_owned();
    }
    match taken {
        Some(taken) => format!("recording of {of} from {}", TimeZone::UTC.to_datetime(taken).date()),
        None => format!("recording of {of} from an unknown day"),
    }
}

/// Whether a file begins like a HAR file: an object whose first member is `log`.
fn is_har(path: &Path) -> Result<bool, RecordError> {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(256).read_to_end(&mut start));
    if let Err(source) = read {
        return Err(RecordError::Read {
            path: path.to_owned(),
            source,
        });
    }
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    Ok(start
        .strip_prefix(b"{")
        .is_some_and(|inside| inside.trim_ascii_start().starts_with(b"\"log\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oracle_of_a_recording_says_what_and_when() {
        let day: Timestamp = "2026-11-20T23:59:59Z".parse().unwrap();
        assert_eq!(source("php:1", Some(day)), "recording of php:1 from 2026-11-20");
        assert_eq!(
            source("recording of php:1 from 2025-01-01", Some(day)),
            "recording of php:1 from 2025-01-01"
        );
        assert_eq!(source("http://x", None), "recording of http://x from an unknown day");
    }
}
