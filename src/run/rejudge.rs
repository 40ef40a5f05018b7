//! A recorded run, judged again: a report without services.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostics, Source};
use crate::exchange::{Observation, OracleKind, PerSide, Request, Side};
use crate::record::{self, End, Event, Header, RecordError, RecordedExchange, RecordedSuite, RecordedVerdict, same_question};
use crate::redact::{MASKED, SecretNames, without_digests};
use crate::report::{Accountability, CaseReport, RuleGate, RunReport, Said, SuiteReport, VerdictChange};
use crate::snapshot::{Pending, SnapshotError, Store};
use crate::suite::{Binding, Case, Suite, read_suite_with};
use crate::translate::Detail;
use crate::verdict::{Judge, Judgement};

use super::baseline::{Baseline, plain};
use super::judged::{Judged, named, unreferenced};
use super::veiled::{Again, STANDS, judge_again};

/// By what a recorded run is judged again.
#[derive(Debug, Clone)]
pub struct Rejudging<'p> {
    /// The suites: today's, or those of the record ([`recorded_suites`]). Of a recorded suite that is not among them nothing is
    /// judged.
    pub suites: &'p [Arc<Suite>],
    /// Whether these are all suites of the project: only then can the run be a full one.
    pub all: bool,
    /// Every suite of the project, whose cases snapshots may refer to.
    pub known: &'p [Arc<Suite>],
    /// The reviewed snapshots, which are read and never written; without it no case keeps one.
    pub store: Option<&'p Store>,
    /// Whether only a genuine oracle is accepted.
    pub genuine_only: bool,
    /// How strict the gate is with rules.
    pub rules: RuleGate,
    /// The day by which rules are held to their dates; without it the day of the record.
    pub today: Option<Date>,
    /// An earlier run, whose failures are pardoned.
    pub baseline: Option<&'p Baseline>,
    /// How much visitors are shown of what the translations did.
    pub detail: Detail,
    /// The record, for people.
    pub record: Option<String>,
}

impl<'p> Rejudging<'p> {
    /// By these suites and nothing else: no snapshots, any oracle, counts only.
    #[must_use]
    pub fn by(suites: &'p [Arc<Suite>]) -> Self {
        Self {
            suites,
            all: false,
            known: suites,
            store: None,
            genuine_only: false,
            rules: RuleGate::default(),
            today: None,
            baseline: None,
            detail: Detail::Counts,
            record: None,
        }
    }
}

/// One case, as it is judged now.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'v> {
    /// The suite of the case, compiled.
    pub judge: &'v Judge,
    /// The case as the suite declares it, or as it was recorded when it is declared no more.
    pub case: &'v Case,
    /// What was asked and answered, secrets masked.
    pub recorded: &'v RecordedExchange,
    /// The sides' own base URLs, which count as `{base}` inside bodies.
    pub bases: PerSide<Option<&'v str>>,
    /// What is said of it.
    pub judgement: &'v Judgement<'v>,
    /// The text of its snapshot as it would be approved today; `None` when there is nothing to approve.
    pub snapshot: Option<&'v str>,
    /// The case as the report will have it.
    pub report: &'v CaseReport,
}

/// A recorded run, judged again.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejudged {
    /// The run as every renderer sees it.
    pub report: RunReport,
    /// What was said of each case when it was recorded, by the case's name.
    pub before: BTreeMap<String, RecordedVerdict>,
    /// Recorded cases that were not judged, because no suite declares them today.
    pub undeclared: Vec<String>,
    /// Declared cases of the recorded suites that the record does not hold.
    pub missing: Vec<String>,
    /// Cases of which their suite asks something else today than was recorded; they were not judged either.
    pub asked_otherwise: Vec<AskedOtherwise>,
    /// Cases of which is said what was said when they were asked, although their suite is another one today: rules look into
    /// private values, of which a record holds digests only.
    pub stands: Vec<String>,
    /// Whether the record has its last line: a run that was killed has none.
    pub ended: bool,
    /// What that line says.
    pub end: Option<End>,
}

/// A case whose recorded answers answer another question than its suite asks today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedOtherwise {
    /// The case.
    pub case: String,
    /// The side.
    pub side: Side,
    /// What was asked.
    pub then: String,
    /// What would be asked.
    pub now: String,
}

/// Why a record could not be judged again.
#[derive(Debug, thiserror::Error)]
pub enum RejudgeError {
    /// It cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// The suites as they were when the run was recorded.
///
/// # Errors
/// When a text of the record is no suite any more, which a later version's stricter reading may cause.
pub fn recorded_suites(header: &Header) -> Result<Vec<Arc<Suite>>, Diagnostics> {
    header.suites.iter().map(recorded_suite).collect()
}

/// A suite as it was when the run was recorded.
///
/// # Errors
/// When its text is no suite any more.
pub fn recorded_suite(recorded: &RecordedSuite) -> Result<Arc<Suite>, Diagnostics> {
    let source = Source::new(recorded.file.as_str(), recorded.text.as_str());
    let suite = read_suite_with(&source, |wanted| match &recorded.inputs {
        Some(inputs) => Ok(Source::new(inputs.file.as_str(), inputs.text.as_str())),
        None => Err(wanted.error("the record does not hold this file").into()),
    });
    Ok(Arc::new(suite?))
}

/// The sides' own base URLs when a suite's cases were recorded.
#[must_use]
pub fn recorded_bases(header: &Header, suite: &Suite) -> PerSide<Option<String>> {
    let base = |service: &str| header.services.iter().find(|recorded| recorded.name == service)?.base.clone();
    suite.request.as_ref().map(|request| base(&request.service))
}

/// Judges a recorded run again, without services and without writing anything. `events` are those of the record, or of several
/// records that make up one run under one `header`; `visit` is called for each case in their order.
///
/// # Errors
/// When an event or a snapshot cannot be read.
pub fn judge_record(
    header: &Header,
    events: impl IntoIterator<Item = Result<Event, RecordError>>,
    by: &Rejudging<'_>,
    mut visit: impl FnMut(&Visit<'_>),
) -> Result<Rejudged, RejudgeError> {
    let mut suites: Vec<AgainSuite> = by.suites.iter().map(|suite| AgainSuite::new(suite, header)).collect();
    let mut again = Rejudged {
        report: report_of(header, by),
        before: BTreeMap::new(),
        undeclared: Vec::new(),
        missing: Vec::new(),
        asked_otherwise: Vec::new(),
        stands: Vec::new(),
        ended: false,
        end: None,
    };
    // What is said of each judged case now, by the name that it has in the record.
    let mut now = Vec::new();
    // Veiled exchanges, which wait for what was said of them.
    let mut waiting: BTreeMap<String, Box<RecordedExchange>> = BTreeMap::new();
    let mut judge = |again: &mut Rejudged, recorded: &RecordedExchange, said: Option<&RecordedVerdict>| {
        let suite = suites.iter_mut().find(|suite| suite.judge.suite().name == recorded.case.suite);
        match suite.map(|suite| suite.again(recorded, said, by, &mut visit)).transpose()? {
            None | Some(Outcome::Undeclared) => again.undeclared.push(recorded.case.to_string()),
            Some(Outcome::AskedOtherwise(other)) => again.asked_otherwise.push(other),
            Some(Outcome::Judged(report, says_stand_in)) => {
                if report.notes.iter().any(|note| note == STANDS) {
                    again.stands.push(report.case.to_string());
                }
                if says_stand_in {
                    again.report.oracle.kind = OracleKind::StandIn;
                }
                now.push((recorded.case.to_string(), self::said(&report)));
                again.report.cases.push(*report);
            }
        }
        Ok::<_, RejudgeError>(())
    };
    for event in events {
        match event? {
            Event::Verdict(verdict) => {
                if let Some(recorded) = waiting.remove(&verdict.case.to_string()) {
                    judge(&mut again, &recorded, Some(&verdict))?;
                }
                again.before.insert(verdict.case.to_string(), verdict);
            }
            Event::End(end) => {
                again.ended = true;
                again.report.interrupted |= end.interrupted;
                again.report.oracle.kind = end.oracle.unwrap_or(again.report.oracle.kind);
                again.end = Some(end);
            }
            Event::Exchange(recorded) => {
                again.report.elapsed = again.report.elapsed.max(recorded.at);
                if recorded.veiled {
                    waiting.insert(recorded.case.to_string(), recorded);
                } else {
                    judge(&mut again, &recorded, None)?;
                }
            }
        }
    }
    for recorded in waiting.into_values() {
        judge(&mut again, &recorded, None)?;
    }
    again.report.changed = now
        .into_iter()
        .filter_map(|(case, now)| changed(&again.before, case, now))
        .collect();
    finish(&mut again, &suites, header, by)?;
    Ok(again)
}

fn said(case: &CaseReport) -> Said {
    Said {
        verdict: case.verdict,
        passes: case.standing.passes(),
        signatures: case.signatures().iter().map(|signature| plain(signature)).collect(),
    }
}

fn changed(before: &BTreeMap<String, RecordedVerdict>, case: String, now: Said) -> Option<VerdictChange> {
    let before = before.get(&case)?;
    let before = Said {
        verdict: before.verdict,
        passes: matches!(before.said, record::Said::Passes | record::Said::Expected),
        signatures: before.signatures.iter().map(|signature| plain(signature)).collect(),
    };
    VerdictChange::of(case, before, now)
}

/// The report before anything is judged.
fn report_of(header: &Header, by: &Rejudging<'_>) -> RunReport {
    let mut sides = PerSide::<Vec<String>>::default();
    for suite in &header.suites {
        for side in Side::BOTH {
            let named = |service: &&crate::record::RecordedService| service.name == *suite.services.get(side);
            if let Some(service) = header.services.iter().find(named)
                && !sides.get(side).contains(&service.shown)
            {
                sides.get_mut(side).push(service.shown.clone());
            }
        }
    }
    let recorded = |suite: &&Arc<Suite>| header.suites.iter().any(|recorded| recorded.name == suite.name);
    RunReport {
        oracle: header.oracle.clone(),
        sides: sides.map(|shown| shown.join(", ")),
        suites: by.suites.iter().filter(recorded).map(|suite| SuiteReport::of(suite)).collect(),
        cases: Vec::new(),
        unreferenced: Vec::new(),
        accountability: Accountability::default(),
        changed: Vec::new(),
        full: false,
        pending: Pending::Leave,
        refused_oracle: None,
        record: by.record.clone(),
        started: Some(header.started),
        elapsed: Duration::ZERO,
        interrupted: false,
        share: header.shard.is_some(),
    }
}

/// What can be said only of the whole, and the order of the plan.
fn finish(again: &mut Rejudged, suites: &[AgainSuite], header: &Header, by: &Rejudging<'_>) -> Result<(), SnapshotError> {
    let recorded = |suite: &&AgainSuite| header.suites.iter().any(|recorded| recorded.name == suite.judge.suite().name);
    again.missing = suites.iter().filter(recorded).flat_map(AgainSuite::missing).collect();
    let whole = suites.iter().all(|suite| suite.missing().next().is_none());
    again.report.changed.sort_by(|one, other| one.case.cmp(&other.case));
    let report = &mut again.report;
    // Exchanges are recorded as the answers came.
    let mut places = BTreeMap::new();
    for case in by.suites.iter().flat_map(|suite| suite.shown_cases()) {
        let place = places.len();
        places.entry(case.to_string()).or_insert(place);
    }
    report
        .cases
        .sort_by_cached_key(|case| places.get(&case.case.to_string()).copied().unwrap_or(usize::MAX));
    report.full = by.all && whole && again.ended && !report.interrupted && report.cases.iter().all(|case| !case.ad_hoc);
    report.refused_oracle = (by.genuine_only && report.oracle.kind != OracleKind::Genuine)
        .then(|| format!("`[gate] oracle = \"genuine\"` refuses {}", report.oracle));
    report.accountability = Accountability::of(&report.suites, &report.cases, report.full, by.today.or(header.today), by.rules);
    if let Some(store) = by.store.filter(|_| report.full) {
        report.unreferenced = named(&unreferenced(store, by.known)?);
    }
    Ok(())
}

/// A suite by which recorded cases are judged again.
struct AgainSuite {
    judge: Judge,
    /// Whether it is word for word the suite that was recorded.
    unchanged: bool,
    bases: PerSide<Option<String>>,
    /// The declared cases by their binding.
    declared: BTreeMap<String, Case>,
    /// Those of which the record has an exchange.
    seen: BTreeSet<String>,
}

enum Outcome {
    Undeclared,
    AskedOtherwise(AskedOtherwise),
    /// With whether the legacy says that it only stands in.
    Judged(Box<CaseReport>, bool),
}

impl AgainSuite {
    fn new(suite: &Arc<Suite>, header: &Header) -> Self {
        let then = header.suites.iter().find(|recorded| recorded.name == suite.name);
        Self {
            bases: recorded_bases(header, suite),
            unchanged: then.is_some_and(|then| then.is(suite)),
            declared: suite
                .shown_cases()
                .into_iter()
                .map(|case| (case.binding.to_string(), case))
                .collect(),
            seen: BTreeSet::new(),
            judge: Judge::new(Arc::clone(suite)),
        }
    }

    /// The names of declared cases that the record does not hold.
    fn missing(&self) -> impl Iterator<Item = String> {
        let missing = self.declared.iter().filter(|(binding, _)| !self.seen.contains(*binding));
        missing.map(|(_, case)| case.to_string())
    }

    /// The declared case that was recorded. A secret parameter's value is masked in the record, and tells cases apart no more.
    fn declared(&mut self, recorded: &RecordedExchange) -> Option<Case> {
        let binding = recorded.case.binding.to_string();
        let found = if binding.contains(MASKED) {
            let mut open = self.declared.iter().filter(|(binding, _)| !self.seen.contains(*binding));
            open.find(|(_, case)| same_but_for_masks(&recorded.case.binding, &case.binding))
        } else {
            self.declared.get_key_value(&binding)
        };
        let (binding, case) = found?;
        self.seen.insert(binding.clone());
        Some(case.clone())
    }

    fn again(
        &mut self,
        recorded: &RecordedExchange,
        said: Option<&RecordedVerdict>,
        by: &Rejudging<'_>,
        visit: &mut impl FnMut(&Visit<'_>),
    ) -> Result<Outcome, SnapshotError> {
        let case = match self.declared(recorded) {
            Some(case) => case,
            None if recorded.ad_hoc => recorded.case.clone(),
            None => return Ok(Outcome::Undeclared),
        };
        let suite = self.judge.suite();
        if let Some(otherwise) = (!self.unchanged)
            .then(|| asked_otherwise(suite, &case, &recorded.requests))
            .flatten()
        {
            return Ok(Outcome::AskedOtherwise(otherwise));
        }
        let bases = self.bases.as_ref().map(Option::as_deref);
        let Again { judgement, stands } = judge_again(&self.judge, &case, recorded, said, self.unchanged, bases, by.detail);
        let asked = Judged {
            suite,
            case: &case,
            ad_hoc: recorded.ad_hoc,
            requests: &recorded.requests,
            exchange: &recorded.exchange,
            attempts: recorded.attempts,
            repeats: &recorded.repeats,
            bases,
            judgement: &judgement,
        };
        // What was recorded is masked already; what outlives the record loses the digests as well.
        let snapshot = asked.snapshot(|text| without_digests(text).into_owned());
        let settled = asked.settle(snapshot.as_deref(), by.store, Pending::Leave)?;
        let mut report = Box::new(asked.report(settled));
        if stands {
            report.notes.push(STANDS.to_owned());
        }
        if let Some(baseline) = by.baseline {
            baseline.apply(&mut report);
        }
        visit(&Visit {
            judge: &self.judge,
            case: &case,
            recorded,
            bases,
            judgement: &judgement,
            snapshot: snapshot.as_deref(),
            report: &report,
        });
        let says_stand_in = recorded.exchange.legacy.as_ref().is_ok_and(Observation::says_stand_in);
        Ok(Outcome::Judged(report, says_stand_in))
    }
}

/// Whether a suite asks something else of one side than was recorded.
fn asked_otherwise(suite: &Suite, case: &Case, recorded: &PerSide<Request>) -> Option<AskedOtherwise> {
    // Today's is made of the suite's text, which may hold a secret by its name.
    let names = SecretNames::default();
    let shown = |request: &Request| {
        let target = names.target_without_secrets(&request.target);
        format!("{} {}", request.method, without_digests(&target))
    };
    let otherwise = |side, now| AskedOtherwise {
        case: case.to_string(),
        side,
        then: shown(recorded.get(side)),
        now,
    };
    match suite.shown_requests(case) {
        Ok(now) => {
            let other = Side::BOTH
                .into_iter()
                .find(|side| !same_question(now.get(*side), recorded.get(*side)));
            other.map(|side| otherwise(side, shown(now.get(side))))
        }
        Err(error) => Some(otherwise(Side::Legacy, error.to_string())),
    }
}

fn same_but_for_masks(recorded: &Binding, declared: &Binding) -> bool {
    recorded.0.len() == declared.0.len()
        && recorded.0.iter().zip(&declared.0).all(|(recorded, declared)| {
            recorded.name == declared.name && (recorded.value.starts_with(MASKED) || recorded.value == declared.value)
        })
}
