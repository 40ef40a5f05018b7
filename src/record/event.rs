//! What a record tells, in the words of the rest of the house.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::exchange::{Exchange, Oracle, OracleKind, PerSide, Repeats, Request};
use crate::report::{Pardon, RuleGate, RunReport, Strictness};
use crate::snapshot::SnapshotState;
use crate::suite::{Case, Suite};
use crate::verdict::{Told, Verdict};

/// What a run was, known before anything is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// What wrote the record: `parity 0.1.0`.
    pub tool: String,
    /// When the run began.
    pub started: Timestamp,
    /// Where the legacy answers come from.
    pub oracle: Oracle,
    /// The services that are asked.
    pub services: Vec<RecordedService>,
    /// The suites whose cases are asked.
    pub suites: Vec<RecordedSuite>,
    /// The services of the environment, those that only others needed as well; none in a record of before they were
    /// written down, and in one that was not written by a run.
    pub environment: Vec<RecordedPart>,
    /// The profile of `parity.toml` whose suites these are.
    pub profile: Option<String>,
    /// Whether they are all suites of that profile with all of their cases: only then is anything said of rules that never
    /// act and of snapshots that no case refers to.
    pub full: bool,
    /// The day by which rules are held to their dates; nothing in a record that was not written by a run.
    pub today: Option<Date>,
    /// Which share of a plan this is; `None` for a run of all that was selected.
    pub shard: Option<RecordedShard>,
}

/// One of several shares of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedShard {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
    /// What identifies the whole plan.
    pub plan: String,
    /// The names of all of its cases, secrets masked; none in a record of before they were written down.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Whether the whole plan is all suites of the profile with all of their cases.
    pub full: bool,
}

/// A service that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedService {
    /// Its name in `parity.toml`.
    pub name: String,
    /// Its address without user and password, which counts as `{base}` inside bodies.
    pub base: Option<String>,
    /// What it was, for people: an image with its digest, a command, an address, a recording.
    pub shown: String,
}

/// A service of the environment of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedPart {
    /// Its name in `parity.toml`.
    pub name: String,
    /// As what it was there: `container`, `process`, `url` or `recording`.
    pub kind: String,
    /// The image of a container, with its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A digest of the seed that it was started with, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

/// A suite as it was at the time, so that a re-judging knows whether it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSuite {
    /// Its name.
    pub name: String,
    /// Its file, as it was shown.
    pub file: String,
    /// BLAKE3 digest of its text and its inputs, in hexadecimal.
    pub digest: String,
    /// Its whole text.
    pub text: String,
    /// The file of rows that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<RecordedInputs>,
    /// The services that its sides are.
    pub services: PerSide<String>,
}

/// A file of rows as it was at the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedInputs {
    /// Its name, as it was shown.
    pub file: String,
    /// BLAKE3 digest of its text, in hexadecimal.
    pub digest: String,
    /// Its whole text.
    pub text: String,
}

impl RecordedSuite {
    /// A suite as a record holds it.
    #[must_use]
    pub fn of(suite: &Suite) -> Self {
        Self {
            name: suite.name.clone(),
            file: suite.file.clone(),
            digest: suite.digest.clone(),
            text: suite.text.to_string(),
            inputs: suite.inputs.as_ref().map(|inputs| RecordedInputs {
                file: inputs.file.clone(),
                digest: inputs.digest.clone(),
                text: inputs.text.to_string(),
            }),
            services: suite.request.as_ref().map(|request| request.service.clone()),
        }
    }

    /// Whether a suite is word for word this one. The digests are of texts in which nothing is masked, as it is here.
    #[must_use]
    pub fn is(&self, suite: &Suite) -> bool {
        self.digest == suite.digest || (self.text == *suite.text && !self.inputs_changed(suite))
    }

    /// Whether a suite has other rows in its file.
    #[must_use]
    pub fn inputs_changed(&self, suite: &Suite) -> bool {
        match (&self.inputs, &suite.inputs) {
            (None, None) => false,
            (Some(then), Some(now)) => then.digest != now.digest && then.text != *now.text,
            (None, Some(_)) | (Some(_), None) => true,
        }
    }

    /// What became of it since: that it changed, or that only its rows did; nothing when it is the same.
    #[must_use]
    pub fn change(&self, today: &Suite) -> Option<String> {
        if self.is(today) {
            return None;
        }
        let inputs = today.inputs.as_ref().filter(|_| self.inputs_changed(today));
        Some(match inputs {
            Some(inputs) => format!("the rows of the suite `{}`, `{}`, changed since the record", self.name, inputs.file),
            None => format!("the suite `{}` changed since the record", self.name),
        })
    }
}

/// One line after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A case was asked.
    Exchange(Box<RecordedExchange>),
    /// A case was judged.
    Verdict(RecordedVerdict),
    /// The run ended.
    End(End),
}

/// What both sides were asked and answered, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedExchange {
    /// The case.
    pub case: Case,
    /// Whether it exists on the command line only.
    pub ad_hoc: bool,
    /// Whether digests stand for private values in what is stored of the answers.
    pub veiled: bool,
    /// What both sides were asked.
    pub requests: PerSide<Request>,
    /// What they answered, at first when they were asked again; elapsed times are whole microseconds.
    pub exchange: Exchange,
    /// How often each request was sent for that answer.
    pub attempts: PerSide<u32>,
    /// How often each side was asked, and what it answered otherwise.
    pub repeats: PerSide<Repeats>,
    /// When both answers were there, from the beginning of the run.
    pub at: Duration,
}

/// What was said of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedVerdict {
    /// The case.
    pub case: Case,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the case passed with it.
    pub said: Said,
    /// What it has in common with others of its kind.
    pub signatures: BTreeSet<String>,
    /// How it stood to its snapshot.
    pub snapshot: SnapshotState,
    /// Of a veiled exchange, what was said of its values.
    pub told: Option<Told>,
}

/// Whether a case passed with its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The verdict passes by itself.
    Passes,
    /// It is exactly the declared one.
    Expected,
    /// It does not pass.
    Fails,
    /// Another one was declared.
    Surprises,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct End {
    /// How many cases there were of each kind.
    pub totals: Totals,
    /// How far the oracle could be trusted after all: a legacy may say in its answers that it only stands in, which nobody
    /// knew when the header was written. Nothing in a record that was not written by a run.
    pub oracle: Option<OracleKind>,
    /// The exit code for the shell.
    pub exit: u8,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// What the gate knew beside the cases; nothing in a record of before it was written down.
    pub gate: Option<RecordedGate>,
}

impl RecordedGate {
    /// What the gate knew of a report.
    #[must_use]
    pub fn of(report: &RunReport, rules: RuleGate) -> Self {
        let known = report.cases.iter().filter(|case| case.pardon == Some(Pardon::Baseline));
        Self {
            unreferenced: report.unreferenced.clone(),
            refused_oracle: report.refused_oracle.clone(),
            baseline: known.map(|case| case.case.to_string()).collect(),
            stale_warns: rules.stale == Strictness::Warn,
            expired_warns: rules.expired == Strictness::Warn,
        }
    }
}

/// What the gate of a run knew that its cases do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordedGate {
    /// Snapshot files that no case of a full run refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreferenced: Vec<String>,
    /// Why the oracle was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_oracle: Option<String>,
    /// Cases that failed no gate because an earlier run had failed in them alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<String>,
    /// Whether a rule that never acts only warned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale_warns: bool,
    /// Whether a rule past its date only warned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired_warns: bool,
}

impl Totals {
    /// Those of a report.
    #[must_use]
    pub fn of(report: &RunReport) -> Self {
        let totals = report.totals();
        Self {
            cases: totals.cases,
            passed: totals.passed,
            failed: totals.failed,
            expected: totals.expected,
            verdicts: totals.verdicts,
            snapshots: totals.snapshots,
        }
    }
}

/// How many cases there were of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// All.
    pub cases: usize,
    /// Those that passed.
    pub passed: usize,
    /// Those that did not.
    pub failed: usize,
    /// Those whose verdict was exactly the declared one.
    pub expected: usize,
    /// By verdict; those that no case had are left out.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// By state of snapshot; those that no case had are left out.
    pub snapshots: BTreeMap<SnapshotState, usize>,
}
