//! Writing a record while the run goes on.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::exchange::{Exchange, PerSide, Repeats, Request, Side};
use crate::redact::{Masks, Redactor, without_digests};
use crate::rule::RuleName;
use crate::snapshot::SnapshotState;
use crate::suite::{Binding, Bound, Case};
use crate::verdict::{Judgement, Standing, Told};

use super::content::{binding, micros, side};
use super::error::RecordError;
use super::event::{End, Header, Said};
use super::lines::{EndLine, ExchangeLine, Kind, VerdictLine};
use super::masking;
use super::stored::{Answered, Hidden, Sent, found, is_veiled, stored, veils};

/// The name that always leads to the newest record of a folder.
pub const LATEST: &str = "latest.jsonl";

/// Appends to a record; shared by reference between the tasks of a run.
///
/// Each exchange reaches the operating system in one piece before [`exchange`](Self::exchange) returns, so that a killed
/// run keeps it. Verdicts travel with the exchange after them: they can be drawn again.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    redactor: Redactor,
    started: Instant,
    output: Mutex<Output>,
}

/// A case whose exchange is in the record.
#[derive(Debug, Clone)]
pub struct Recorded<'w> {
    case: Case,
    requests: PerSide<Request>,
    masks: Masks<'w>,
    veiled: Option<Veiled>,
}

/// What is stored of an exchange with private values in it.
#[derive(Debug, Clone)]
pub struct Veiled {
    /// The answers with digests in the place of private values.
    pub exchange: Exchange,
    /// What the sides answered otherwise when they were asked again, in the same way.
    pub repeats: PerSide<Repeats>,
    /// How many nodes each declared place named.
    pub found: Vec<(RuleName, u64)>,
}

impl Recorded<'_> {
    /// The case, masked.
    #[must_use]
    pub const fn case(&self) -> &Case {
        &self.case
    }

    /// What both sides were asked, masked.
    #[must_use]
    pub const fn requests(&self) -> &PerSide<Request> {
        &self.requests
    }

    /// What is stored of the answers, when that is not what was answered: values in them are private.
    #[must_use]
    pub const fn veiled(&self) -> Option<&Veiled> {
        self.veiled.as_ref()
    }

    /// A text about this exchange, masked as its record is: for reports of the same run.
    #[must_use]
    pub fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.masks.text(text)
    }

    /// A text about this exchange with masks that are the same in every run: for what outlives the record.
    #[must_use]
    pub fn masked_for_good(&self, text: &str) -> String {
        without_digests(&self.masks.text(text)).into_owned()
    }
}

#[derive(Debug)]
struct Output {
    file: File,
    /// How long the file is up to its last whole line.
    whole: u64,
    /// Whole lines that the file does not have yet.
    held: Vec<u8>,
    /// Set when a write failed: nothing is appended behind a gap.
    broken: bool,
}

impl Writer {
    /// Begins a record in a folder, which is made when it is not there: `20261123T120000.000Z-4f1c2a.jsonl`, and leads `latest.jsonl` to it.
    ///
    /// # Errors
    /// When the folder or the file cannot be made.
    pub fn create(folder: &Path, header: &Header, redactor: &Redactor) -> Result<Self, RecordError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| RecordError::Create { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        // To the millisecond, so that names sort as the runs came.
        let time = TimeZone::UTC.to_datetime(header.started).strftime("%Y%m%dT%H%M%S%.3fZ");
        loop {
            let path = folder.join(format!("{time}-{}.jsonl", short_id()?));
            match Self::create_file(path.clone(), header, redactor.clone()) {
                // Another run took the name in this very moment.
                Err(RecordError::Create { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(writer) => {
                    lead_latest(folder, &path).map_err(failed(&folder.join(LATEST)))?;
                    return Ok(writer);
                }
            }
        }
    }

    /// Begins a record in a file that must not be there yet.
    ///
    /// # Errors
    /// When the file is there, or cannot be made.
    pub fn create_file(path: PathBuf, header: &Header, redactor: Redactor) -> Result<Self, RecordError> {
        let file = match OpenOptions::new().append(true).create_new(true).open(&path) {
            Ok(file) => file,
            Err(source) => return Err(RecordError::Create { path, source }),
        };
        let writer = Self {
            output: Mutex::new(Output {
                file,
                whole: 0,
                held: Vec::new(),
                broken: false,
            }),
            path,
            redactor,
            started: Instant::now(),
        };
        let masks = writer.redactor.masks();
        let mut header = header.clone();
        header.oracle.source = masks.text(&header.oracle.source).into_owned();
        for service in &mut header.services {
            service.shown = masks.text(&service.shown).into_owned();
            service.base = service.base.as_deref().map(|base| masks.text(base).into_owned());
        }
        for suite in &mut header.suites {
            suite.text = masks.text(&suite.text).into_owned();
            if let Some(inputs) = &mut suite.inputs {
                inputs.text = masks.text(&inputs.text).into_owned();
            }
        }
        for case in header.shard.iter_mut().flat_map(|shard| &mut shard.cases) {
            // All shares of a plan have the same names, and each its own key.
            *case = without_digests(&masks.text(case)).into_owned();
        }
        writer.append(&header.line(), When::Now)?;
        Ok(writer)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What masks this record's secrets.
    #[must_use]
    pub const fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Writes what was asked and answered, before it is judged; what comes back is needed for writing the verdict.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the last whole line.
    pub fn exchange(
        &self,
        case: &Case,
        ad_hoc: bool,
        requests: &PerSide<Request>,
        exchange: &Exchange,
        attempts: PerSide<u32>,
    ) -> Result<Recorded<'_>, RecordError> {
        let answered = Answered {
            exchange,
            attempts,
            repeats: &PerSide::default(),
        };
        self.exchange_hiding(case, ad_hoc, requests, None, answered)
    }

    /// The same of sides that may have been asked again, and with labels in the place of what the suite declares to be secret.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the last whole line.
    pub fn exchange_hiding(
        &self,
        case: &Case,
        ad_hoc: bool,
        requests: &PerSide<Request>,
        hidden: Option<&Hidden>,
        answered: Answered<'_>,
    ) -> Result<Recorded<'_>, RecordError> {
        let mut masks = masking::masks(&self.redactor, requests, answered.exchange, answered.repeats);
        for (secret, label) in hidden.into_iter().flat_map(|hidden| &hidden.labels) {
            masks.learn_label(secret, label);
        }
        let shown = hidden.map_or(requests, |hidden| &hidden.requests);
        let case = hidden.map_or(case, |hidden| &hidden.case);
        let veils = hidden.filter(|hidden| !hidden.private.is_nothing()).map(|hidden| {
            let veils = veils(&masks, hidden, answered);
            let sent = Sent { case, requests: shown };
            for text in [&veils.legacy, &veils.candidate].into_iter().flatten().flat_map(|veil| &veil.texts) {
                // What the suite itself sends is no secret of an answer.
                if !sent.holds(text) {
                    masks.learn_private(text);
                }
            }
            veils
        });
        let requests = shown.as_ref().map(|request| masking::request(&masks, request));
        let stored = |side| {
            let veils = veils.as_ref().map(|veils| veils.get(side).as_slice()).unwrap_or_default();
            stored(&masks, answered, side, veils)
        };
        let ((legacy, legacy_again), (candidate, candidate_again)) = (stored(Side::Legacy), stored(Side::Candidate));
        let exchange = PerSide { legacy, candidate };
        let repeats = PerSide {
            legacy: legacy_again,
            candidate: candidate_again,
        };
        let case = masked_case(&masks, case);
        let line = ExchangeLine {
            kind: Kind::Exchange,
            suite: (&case.suite).into(),
            case: binding(&case),
            ad_hoc,
            veiled: veils.as_ref().is_some_and(is_veiled),
            at_us: micros(self.started.elapsed()),
            legacy: side(&requests.legacy, &exchange.legacy, answered.attempts.legacy, &repeats.legacy),
            candidate: side(
                &requests.candidate,
                &exchange.candidate,
                answered.attempts.candidate,
                &repeats.candidate,
            ),
        };
        self.append(&line, When::Now)?;
        let veiled = veils.filter(is_veiled).map(|veils| Veiled {
            exchange,
            repeats,
            found: found(veils),
        });
        Ok(Recorded {
            case,
            requests,
            masks,
            veiled,
        })
    }

    /// Writes what is said of a case.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the last whole line.
    pub fn verdict(&self, recorded: &Recorded<'_>, judgement: &Judgement<'_>, snapshot: SnapshotState) -> Result<(), RecordError> {
        self.verdict_told(recorded, judgement, snapshot, None)
    }

    /// The same, with what is told of a veiled exchange.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the last whole line.
    pub fn verdict_told(
        &self,
        recorded: &Recorded<'_>,
        judgement: &Judgement<'_>,
        snapshot: SnapshotState,
        told: Option<&Told>,
    ) -> Result<(), RecordError> {
        let Recorded { case, masks, .. } = recorded;
        let line = VerdictLine {
            kind: Kind::Verdict,
            suite: (&case.suite).into(),
            case: binding(case),
            verdict: judgement.verdict,
            standing: match judgement.standing {
                Standing::Passes => Said::Passes,
                Standing::Expected { .. } => Said::Expected,
                Standing::Fails => Said::Fails,
                Standing::Surprises(_) => Said::Surprises,
            },
            signatures: judgement.signatures().iter().map(|text| masks.text(text).into_owned()).collect(),
            snapshot,
            told: told.map(Cow::Borrowed),
        };
        self.append(&line, When::Later)
    }

    /// Writes the last line.
    ///
    /// # Errors
    /// When it cannot be written; the file then ends with the last whole line.
    pub fn end(&self, end: &End) -> Result<(), RecordError> {
        self.append(&EndLine::of(end), When::Now)
    }

    fn append(&self, line: &impl Serialize, when: When) -> Result<(), RecordError> {
        // Made outside the lock, so that only writing itself is one after the other.
        let mut text = serde_json::to_vec(line).expect("lines have text for keys, and nothing else in them can fail");
        text.push(b'\n');
        let mut output = self.output();
        output.held.append(&mut text);
        if when == When::Later && output.held.len() < HELD {
            return Ok(());
        }
        output.flush().map_err(|source| RecordError::Write {
            path: self.path.clone(),
            source,
        })
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        // A panic between lock and unlock leaves whole lines: they are added and written in one piece.
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'w> Recorded<'w> {
    /// What masks the secrets of this exchange: everything else that is written down of it goes through [`Masks::text`].
    #[must_use]
    pub const fn masks(&self) -> &Masks<'w> {
        &self.masks
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // An interrupted run keeps its last verdicts; when even that fails there is nobody left to tell.
        let _ = self.output().flush();
    }
}

/// When a line must be in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Now,
    /// With the next line that must be there now.
    Later,
}

/// How many bytes of lines are held back at most.
const HELD: usize = 64 << 10;

impl Output {
    fn flush(&mut self) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write failed"));
        }
        if let Err(error) = self.file.write_all(&self.held) {
            self.broken = true;
            // Half a line may be there; if it cannot be cut off, readers tolerate it.
            let _ = self.file.set_len(self.whole);
            return Err(error);
        }
        self.whole += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }
}

fn masked_case(masks: &Masks<'_>, case: &Case) -> Case {
    let bound = case.binding.0.iter().map(|bound| Bound {
        value: masks.parameter(&bound.name, &bound.value).into_owned(),
        ..bound.clone()
    });
    Case {
        suite: case.suite.clone(),
        binding: Binding(bound.collect()),
    }
}

fn short_id() -> Result<String, RecordError> {
    let mut bytes = [0; 3];
    getrandom::fill(&mut bytes).map_err(|error| RecordError::Random(error.into()))?;
    Ok(format!("{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2]))
}

/// Leads `latest.jsonl` to a record, in one step for everybody who reads it.
fn lead_latest(folder: &Path, record: &Path) -> io::Result<()> {
    let name = record.file_name().expect("a record has a name");
    let aside = record.with_extension("latest");
    std::os::unix::fs::symlink(name, &aside)?;
    let renamed = fs::rename(&aside, folder.join(LATEST));
    if renamed.is_err() {
        let _ = fs::remove_file(&aside);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Key, SecretNames};

    fn writer_to(file: File) -> Writer {
        Writer {
            path: PathBuf::from("records/x.jsonl"),
            redactor: Redactor::new(Key::new([0; 32]), SecretNames::default(), []),
            started: Instant::now(),
            output: Mutex::new(Output {
                file,
                whole: 0,
                held: Vec::new(),
                broken: false,
            }),
        }
    }

    #[test]
    fn a_full_disk_is_an_error_and_stays_one() {
        let writer = writer_to(OpenOptions::new().append(true).open("/dev/full").unwrap());
        let error = writer.end(&End::default()).unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot write the run record `records/x.jsonl`: No space left on device (os error 28); what was recorded until then is whole, and the run stops here"
        );
        let again = writer.end(&End::default()).unwrap_err().to_string();
        assert!(again.contains("an earlier write failed"), "{again}");
    }

    #[test]
    fn writers_can_be_shared_between_threads() {
        const fn shared<T: Send + Sync>() {}
        shared::<Writer>();
    }
}
