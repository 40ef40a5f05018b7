//! A recorded run, opened and judged again by today's suites: what `judge`, `rules`, `guide`, `suggest`, `expect` and `review`
//! have in common.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::record::{Event, Header, Record, RecordError, RecordedExchange};
use crate::report::SuiteReport;
use crate::run::{RejudgeError, Rejudged, Rejudging, Visit, judge_record};
use crate::snapshot::{SnapshotError, Store};
use crate::translate::Detail;

use super::context::Context;
use super::explain::{find, open};
use super::failure::Failure;
use super::gate::{GateArguments, strictness};
use super::output::Output;
use super::project::{Project, shown};
use super::reports::Reports;

/// Which recorded run.
#[derive(Debug, Clone, Args)]
pub struct RecordArguments {
    /// The run record [default: the latest of this project].
    #[arg(value_name = "RECORD")]
    pub record: Option<PathBuf>,

    /// The profile whose suites judge [default: the one of the record].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// A recorded run with the project of today.
#[derive(Debug)]
pub struct Again {
    /// The project, with the profile of the record in force.
    pub project: Project,
    /// What the record says of itself.
    pub header: Header,
    /// The file of the record.
    pub path: PathBuf,
    /// The same, for people.
    pub shown: String,
    /// Its snapshots.
    pub store: Store,
    /// The profile that was asked for.
    profile: Option<String>,
}

impl Again {
    /// Opens a record, or the latest one, and the project whose suites are to judge it.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn open(arguments: &RecordArguments, config: Option<&Path>, context: &Context) -> Result<Self, Failure> {
        let record = open(arguments.record.as_deref(), config, context)?;
        let header = record.header().clone();
        let profile = arguments.profile.as_deref().or(header.profile.as_deref());
        let project = Project::load(config, profile, context)?;
        let again = Self::of(project, header, record.path().to_owned(), context);
        Ok(Self {
            profile: arguments.profile.clone(),
            ..again
        })
    }

    /// A record of this header and file, by this project.
    #[must_use]
    pub fn of(project: Project, header: Header, path: PathBuf, context: &Context) -> Self {
        Self {
            store: Store::new(project.snapshots(context)),
            shown: shown(&path, context).display().to_string(),
            path,
            project,
            header,
            profile: None,
        }
    }

    /// The same record, with the project as its files are now.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn anew(&self, config: Option<&Path>, context: &Context) -> Result<Self, Failure> {
        let arguments = RecordArguments {
            record: Some(self.path.clone()),
            profile: self.profile.clone(),
        };
        Self::open(&arguments, config, context)
    }

    /// One exchange of the record, by the name that the case has there.
    ///
    /// # Errors
    /// When the record cannot be read, or holds none of that name.
    pub fn exchange(&self, case: &str) -> Result<RecordedExchange, Failure> {
        let mut record = Record::open(&self.path).map_err(|error| unreadable(&error))?;
        find(&mut record, case)
    }

    /// Refuses reports that would be written over the record, or over what it is judged by.
    ///
    /// # Errors
    /// When one would be.
    pub fn spared_by(&self, reports: &Reports, gate: &GateArguments, context: &Context) -> Result<(), Failure> {
        reports.spare([context.folder.join(&self.path)])?;
        reports.spare(gate.baseline.as_ref().map(|baseline| context.folder.join(baseline)))?;
        reports.spare(self.project.irreplaceable(context))
    }

    /// Judges by the suites of the project, and says what of the record was left out. A record without an end is refused: of
    /// what it lacks nothing could be said.
    ///
    /// # Errors
    /// When the record or a snapshot cannot be read, when the record has no end, and when what was asked then is not what
    /// would be asked today.
    pub fn judge(
        &self,
        gate: &GateArguments,
        detail: Detail,
        context: &Context,
        output: &Output,
        visit: impl FnMut(&Visit<'_>),
    ) -> Result<Rejudged, Failure> {
        let again = self.judge_silently(gate, detail, context, visit)?;
        for note in self.notes(&again) {
            output.say(&format!("note: {note}"));
        }
        Ok(again)
    }

    /// The same, with nothing said.
    ///
    /// # Errors
    /// Those of [`judge`](Self::judge).
    pub fn judge_silently(
        &self,
        gate: &GateArguments,
        detail: Detail,
        context: &Context,
        visit: impl FnMut(&Visit<'_>),
    ) -> Result<Rejudged, Failure> {
        let mut record = Record::open(&self.path).map_err(|error| unreadable(&error))?;
        let again = self.judge_events(record.by_ref(), gate, detail, context, visit)?;
        self.check(&again)?;
        Ok(again)
    }

    /// Judges by other suites, with nothing said.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn judge_by(&self, by: &Rejudging<'_>, visit: impl FnMut(&Visit<'_>)) -> Result<Rejudged, Failure> {
        let mut record = Record::open(&self.path).map_err(|error| unreadable(&error))?;
        Ok(judge_record(&self.header, record.by_ref(), by, visit)?)
    }

    /// Judges what a record, or several that are one run, tell; nothing is said, and nothing refused.
    ///
    /// # Errors
    /// When an event, a snapshot or the baseline cannot be read.
    pub fn judge_events(
        &self,
        events: impl IntoIterator<Item = Result<Event, RecordError>>,
        gate: &GateArguments,
        detail: Detail,
        context: &Context,
        visit: impl FnMut(&Visit<'_>),
    ) -> Result<Rejudged, Failure> {
        let baseline = gate.baseline(context)?;
        let by = Rejudging {
            all: true,
            known: &self.project.suites,
            store: Some(&self.store),
            genuine_only: self.project.config.gate.oracle.is_some(),
            rules: strictness(&self.project.config.gate),
            today: gate.today,
            baseline: baseline.as_ref(),
            detail,
            record: Some(self.shown.clone()),
            ..Rejudging::by(&self.project.active)
        };
        Ok(judge_record(&self.header, events, &by, visit)?)
    }

    /// What reports need of a suite.
    #[must_use]
    pub fn suite_report(&self, name: &str) -> Option<SuiteReport> {
        let suite = self.project.active.iter().find(|suite| suite.name == name)?;
        Some(SuiteReport::of(suite))
    }

    fn check(&self, again: &Rejudged) -> Result<(), Failure> {
        if !again.ended {
            return Err(Failure::Usage(format!(
                "`{}` has no end: the run was killed, or the file is cut, and nobody knows what else it would have said; \
                 `parity explain CASE --record {0}` shows what is there",
                self.shown
            )));
        }
        if let Some(first) = again.asked_otherwise.first() {
            return Err(Failure::Usage(format!(
                "{} of `{}` asked something else than {} suites ask today: `{}` asked the {} `{}`, and it would be `{}` now; \
                 run `parity check`",
                match again.asked_otherwise.len() {
                    1 => "a case".to_owned(),
                    several => format!("{several} cases"),
                },
                self.shown,
                if again.asked_otherwise.len() == 1 { "its" } else { "their" },
                first.case,
                first.side,
                first.then,
                first.now
            )));
        }
        Ok(())
    }

    fn notes(&self, again: &Rejudged) -> Vec<String> {
        let mut notes = Vec::new();
        for recorded in &self.header.suites {
            let today = self.project.active.iter().find(|suite| suite.name == recorded.name);
            if let Some(today) = today.filter(|today| recorded.inputs_changed(today)) {
                notes.extend(recorded.change(today));
            }
        }
        if !again.undeclared.is_empty() {
            notes.push(format!("recorded, and declared by no suite today: {}", listed(&again.undeclared)));
        }
        if !again.missing.is_empty() {
            notes.push(format!("declared today, and not in the record: {}", listed(&again.missing)));
        }
        if !again.stands.is_empty() {
            notes.push(format!(
                "rules look into private values, of which a record holds digests only, and the suite has changed since it was asked, \
                 so that what was said then stands: {}",
                listed(&again.stands)
            ));
        }
        if again.report.interrupted {
            notes.push(format!("the run of `{}` was interrupted", self.shown));
        }
        notes
    }
}

/// The first of several cases, and how many more there are.
pub fn listed(cases: &[String]) -> String {
    match cases {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first, rest @ ..] => format!("`{first}` and {} more", rest.len()),
    }
}

fn unreadable(error: &RecordError) -> Failure {
    Failure::Usage(error.to_string())
}

impl From<RejudgeError> for Failure {
    fn from(error: RejudgeError) -> Self {
        match error {
            RejudgeError::Record(error) => unreadable(&error),
            RejudgeError::Snapshot(error) => error.into(),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::SetUp(error.to_string())
    }
}
