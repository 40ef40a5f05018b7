//! A run as every renderer sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::compare::{Deviation, Difference};
use crate::exchange::{Once, Oracle, PerSide, Repeats, Request, Side};
use crate::rule::{Justification, RuleName};
use crate::snapshot::{Pending, SnapshotDiff, SnapshotState};
use crate::suite::{Case, Suite};
use crate::translate::Applied;
use crate::verdict::{Failure, Repeated, Standing, Verdict, signatures};

use super::accountability::Accountability;
use super::changes::VerdictChange;
use super::exit::Exit;

/// A whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// Where the legacy answers came from.
    pub oracle: Oracle,
    /// The base URL, image, command or recording of each side, for people.
    pub sides: PerSide<String>,
    /// The suites, in order.
    pub suites: Vec<SuiteReport>,
    /// The cases, in the order of the plan.
    pub cases: Vec<CaseReport>,
    /// Snapshot files that no case of a full run refers to, relative to the configuration file.
    pub unreferenced: Vec<String>,
    /// Whether every declared case of every suite ran: only then is anything said of unreferenced snapshots.
    pub full: bool,
    /// Whether pending snapshots were written, so that they can be reviewed here.
    pub pending: Pending,
    /// What there is to say of the rules themselves: expired, stale, unproven.
    pub accountability: Accountability,
    /// The cases of a recorded run of which something else is said now than when it ran.
    pub changed: Vec<VerdictChange>,
    /// Whether the oracle is one that the gate accepts; else why not.
    pub refused_oracle: Option<String>,
    /// The run record that was written.
    pub record: Option<String>,
    /// When the run began; nothing when nothing was asked.
    pub started: Option<Timestamp>,
    /// From the first request to the last verdict.
    pub elapsed: Duration,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// Whether it is one of several shares of a plan, into which no case may have fallen.
    pub share: bool,
}

/// A suite of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteReport {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub title: Option<String>,
    /// Its file, relative to the configuration file.
    pub file: String,
    /// The lines of the file on which each side's request stands.
    pub requests: PerSide<usize>,
    /// Whether the suite is reported without gating.
    pub draft: bool,
    /// Why each rule and expected verdict is there and on which line of the file, by its name in outputs.
    pub rules: BTreeMap<RuleName, Justification>,
}

/// A case of a run, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseReport {
    /// The case.
    pub case: Case,
    /// Whether it exists on the command line only.
    pub ad_hoc: bool,
    /// Why the gate does not fail for this case, whatever is said of it; `None` when it does.
    pub pardon: Option<Pardon>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the case passes with it.
    pub standing: Standing,
    /// How it stands to its snapshot.
    pub snapshot: SnapshotState,
    /// What changed, when the snapshot did.
    pub snapshot_diff: Option<SnapshotDiff>,
    /// Why a side could not be compared.
    pub failures: PerSide<Option<Failure>>,
    /// The rules that acted.
    pub applied: Vec<Applied>,
    /// The differences, by place.
    pub differences: Vec<Difference>,
    /// The largest deviation that each tolerance excused.
    pub deviations: Vec<Deviation>,
    /// What is no difference and still worth saying.
    pub notes: Vec<String>,
    /// What both sides were asked.
    pub requests: PerSide<Request>,
    /// How long each side took to answer, the first time.
    pub elapsed: PerSide<Option<Duration>>,
    /// How often each side was asked until it answered, or until nobody asked any more.
    pub attempts: PerSide<u32>,
    /// How often each side was asked for an answer.
    pub asked: PerSide<Asked>,
    /// Where a side did not answer the same each time.
    pub repeated: Repeated,
}

/// How often a side was asked the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How often.
    pub times: u32,
    /// Why once, in a run that asks again.
    pub once: Option<Once>,
}

impl Asked {
    /// What a report says of asking again.
    #[must_use]
    pub const fn of(repeats: &Repeats) -> Self {
        Self {
            times: repeats.times,
            once: repeats.once,
        }
    }
}

/// Why the gate does not fail for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pardon {
    /// Its suite is a draft.
    Draft,
    /// It failed in the baseline already, and every signature of it was there.
    Baseline,
}

impl Pardon {
    /// As it is written everywhere: `draft`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Baseline => "baseline",
        }
    }
}

/// How many cases there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// All cases.
    pub cases: usize,
    /// Cases that pass.
    pub passed: usize,
    /// Cases that do not.
    pub failed: usize,
    /// Those of them for which the gate does not fail.
    pub pardoned: usize,
    /// Cases of each verdict; a verdict that no case has is left out.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Cases of each state of snapshot; a state that no case has is left out.
    pub snapshots: BTreeMap<SnapshotState, usize>,
    /// Cases whose verdict is exactly a declared one.
    pub expected: usize,
}

/// How long the two sides of a suite took, over the cases in which both answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// How many cases that are.
    pub cases: usize,
    /// The median time of each side.
    pub medians: PerSide<Duration>,
    /// The median of the ratios candidate to legacy, case by case: 2 is twice as slow.
    pub ratio: f64,
}

impl SuiteReport {
    /// What reports need of a suite.
    #[must_use]
    pub fn of(suite: &Suite) -> Self {
        let mut rules = BTreeMap::new();
        for translation in &suite.translations {
            for pattern in &translation.patterns {
                rules.insert(translation.name(pattern), translation.justification.clone());
            }
        }
        let comparisons = suite.comparisons.iter().map(|rule| (rule.name(), rule.justification.clone()));
        let errors = suite.errors.iter().map(|row| (row.name(), row.justification.clone()));
        let statuses = suite.statuses.iter().map(|rule| (rule.name(), rule.justification.clone()));
        let headers = suite.headers.iter().map(|rule| (rule.name(), rule.justification.clone()));
        let expected = suite.expected.iter().map(|verdict| (verdict.name(), verdict.justification.clone()));
        let private = suite.private.places.iter().map(|place| (place.name(), place.justification()));
        rules.extend(
            comparisons
                .chain(errors)
                .chain(statuses)
                .chain(headers)
                .chain(expected)
                .chain(private),
        );
        Self {
            name: suite.name.clone(),
            title: suite.title.clone(),
            file: suite.file.clone(),
            requests: suite.request.as_ref().map(|request| request.line),
            draft: suite.draft,
            rules,
        }
    }

    /// Where a rule is declared: `fixtures/suites/run-trace.toml:41`.
    #[must_use]
    pub fn place(&self, rule: &RuleName) -> Option<String> {
        self.rules.get(rule).map(|justification| self.at(justification.line))
    }

    /// A line of the suite's file: `fixtures/suites/run-trace.toml:41`.
    #[must_use]
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}

impl CaseReport {
    /// What this case has in common with others of its kind, sorted.
    #[must_use]
    pub fn signatures(&self) -> BTreeSet<String> {
        signatures(&self.failures, &self.differences)
    }

    /// That it took more than one attempt, when it did: `passed on attempt 2 of the candidate`.
    #[must_use]
    pub fn retried(&self) -> Option<String> {
        let said: Vec<String> = Side::BOTH
            .into_iter()
            .filter_map(|side| match *self.attempts.get(side) {
                0 | 1 => None,
                attempts if self.passes() => Some(format!("passed on attempt {attempts} of the {side}")),
                attempts => Some(format!("the {side} was asked {attempts} times")),
            })
            .collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// Whether what is wrong with it, or some of it, comes and goes with the answers of a side that is unstable.
    #[must_use]
    pub fn is_unstable(&self) -> bool {
        let whole = |side| self.repeated.unstable.get(side).iter().any(|one| one.part.is_none());
        Side::BOTH.into_iter().any(whole)
            || self
                .differences
                .iter()
                .any(|difference| self.repeated.is_unstable_at(&difference.part))
    }

    /// Whether the gate fails for this case.
    #[must_use]
    pub fn fails(&self) -> bool {
        !self.passes() && self.pardon.is_none()
    }

    /// Whether the case passes: its verdict passes or is exactly the declared one, and its snapshot is approved.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.standing.passes() && self.snapshot.passes()
    }
}

impl RunReport {
    /// The suite of a case.
    #[must_use]
    pub fn suite(&self, case: &CaseReport) -> Option<&SuiteReport> {
        self.suites.iter().find(|suite| suite.name == case.case.suite)
    }

    /// The signatures of the cases that fail for their verdict, each with its cases: those for which the gate fails first, and
    /// the most common of them first.
    #[must_use]
    pub fn signatures(&self) -> Vec<(String, Vec<&CaseReport>)> {
        let mut cases: BTreeMap<String, Vec<&CaseReport>> = BTreeMap::new();
        for case in self.cases.iter().filter(|case| !case.standing.passes()) {
            for signature in case.signatures() {
                cases.entry(signature).or_default().push(case);
            }
        }
        let mut signatures: Vec<_> = cases.into_iter().collect();
        signatures.sort_by_key(|(_, cases)| {
            let gated = cases.iter().any(|case| case.pardon.is_none());
            (!gated, std::cmp::Reverse(cases.len()))
        });
        signatures
    }

    /// How long the two sides of a suite took; nothing when there is no case in which both answered.
    #[must_use]
    pub fn speed(&self, suite: &str) -> Option<Speed> {
        let both = |case: &CaseReport| Some((case.elapsed.legacy?, case.elapsed.candidate?));
        let times: Vec<(Duration, Duration)> = self.cases.iter().filter(|case| case.case.suite == suite).filter_map(both).collect();
        // A clock of microseconds may say nothing at all, by which nothing can be divided.
        let ratio = |(legacy, candidate): &(Duration, Duration)| candidate.as_secs_f64() / legacy.as_secs_f64().max(1e-6);
        Some(Speed {
            cases: times.len(),
            medians: PerSide {
                legacy: Duration::from_secs_f64(median(times.iter().map(|(legacy, _)| legacy.as_secs_f64()))?),
                candidate: Duration::from_secs_f64(median(times.iter().map(|(_, candidate)| candidate.as_secs_f64()))?),
            },
            ratio: median(times.iter().map(ratio))?,
        })
    }

    /// The totals of all cases.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for case in &self.cases {
            totals.cases += 1;
            if case.passes() {
                totals.passed += 1;
            } else {
                totals.failed += 1;
                totals.pardoned += usize::from(case.pardon.is_some());
            }
            *totals.verdicts.entry(case.verdict).or_insert(0) += 1;
            *totals.snapshots.entry(case.snapshot).or_insert(0) += 1;
            totals.expected += usize::from(matches!(case.standing, Standing::Expected { .. }));
        }
        totals
    }

    /// Whether the gate fails for something that is said of no case: rules, snapshots that nothing refers to, an oracle that it
    /// refuses, a run that was stopped.
    #[must_use]
    pub fn fails_beside_its_cases(&self) -> bool {
        self.interrupted || !self.unreferenced.is_empty() || self.accountability.fails() || self.refused_oracle.is_some()
    }

    /// How the run ends for the shell: 130 when interrupted, then 1, then 3, then 4.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.interrupted {
            return Exit::Interrupted;
        }
        let gated = || self.cases.iter().filter(|case| case.pardon.is_none());
        let differs = gated().any(differs) || !self.unreferenced.is_empty() || self.accountability.fails();
        let cannot_compare = self.refused_oracle.is_some()
            || gated().any(|case| !case.standing.passes() && matches!(case.verdict, Verdict::LegacyBroken | Verdict::Unreachable));
        // An empty share is no run that asked nothing by mistake: the cases are in the others.
        match (differs, cannot_compare, self.cases.is_empty() && !self.share) {
            (true, ..) => Exit::Differs,
            (false, true, _) => Exit::CannotCompare,
            (false, false, true) => Exit::NothingJudged,
            (false, false, false) => Exit::Passed,
        }
    }
}

/// The middle of the numbers, between the two in the middle when their count is even.
fn median(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(numbers[middle]),
        _ => Some(f64::midpoint(numbers[middle - 1], numbers[middle])),
    }
}

/// Whether a case fails for what the sides answered, or for its snapshot, rather than for want of an answer to compare.
fn differs(case: &CaseReport) -> bool {
    if !case.snapshot.passes() {
        return true;
    }
    match (&case.standing, case.verdict) {
        (Standing::Passes | Standing::Expected { .. }, _) => false,
        (Standing::Fails | Standing::Surprises(_), Verdict::LegacyBroken | Verdict::Unreachable) => false,
        (Standing::Fails | Standing::Surprises(_), _) => true,
    }
}
