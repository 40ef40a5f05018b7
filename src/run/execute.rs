//! Asks, records, judges, settles.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::client::Asked;
use crate::exchange::{Exchange, Observation, Once, Oracle, OracleKind, PerSide, Repeats, Request, Side, Unreachable, UnreachableKind};
use crate::record::{Answered, End, Hidden, RecordError, RecordedGate, Totals, Writer, is_veiled};
use crate::report::{Accountability, CaseReport, RuleGate, RunReport, SuiteReport};
use crate::snapshot::{Pending, SnapshotError, Store};
use crate::suite::{Case, Credentials, RequestError, Suite};
use crate::translate::{Applied, Detail};
use crate::verdict::{Judge, Told};

use super::baseline::Baseline;
use super::judged::{Judged, named, unreferenced};
use super::masked::masked;
use super::plan::{Plan, PlannedCase};
use super::source::{Asking, Source, TimeLimits};

/// Everything that a run needs besides its plan.
#[derive(Debug)]
pub struct Setup {
    /// What answers, by the name of the service.
    pub services: BTreeMap<String, Service>,
    /// Where the legacy answers come from.
    pub oracle: Oracle,
    /// Whether only a genuine oracle is accepted.
    pub genuine_only: bool,
    /// How strict the gate is with rules.
    pub rules: RuleGate,
    /// The day by which rules are held to their dates.
    pub today: Date,
    /// An earlier run, whose failures are pardoned.
    pub baseline: Option<Baseline>,
    /// Where the run is recorded.
    pub recorder: Arc<Writer>,
    /// Where the record is, for people.
    pub record: String,
    /// When the run began, as its record has it.
    pub started: Timestamp,
    /// The reviewed snapshots.
    pub store: Store,
    /// What the suites' requests need of the environment.
    pub credentials: Credentials,
    /// Every suite of the project: their cases are what snapshots may refer to.
    pub known: Vec<Arc<Suite>>,
}

/// One service that is asked.
#[derive(Debug, Clone)]
pub struct Service {
    /// How it is asked.
    pub source: Arc<Source>,
    /// Its base URL, which counts as `{base}` inside bodies; `None` for a recording that does not say.
    pub base: Option<String>,
    /// What it is, for people.
    pub shown: String,
    /// What must never reach the record, such as the password in its address.
    pub secrets: Vec<String>,
}

/// How a run goes about it.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// How many cases are asked at a time.
    pub jobs: usize,
    /// How long one answer may take.
    pub limits: PerSide<TimeLimits>,
    /// How often each side is asked in each case: more than once shows what of its answers is left to chance.
    pub repeat: u32,
    /// Whether the first case for which the gate fails is the last.
    pub fail_fast: bool,
    /// What is done with snapshots that are not approved.
    pub pending: Pending,
}

/// What happens during a run.
#[derive(Debug)]
pub enum Event<'e> {
    /// The run begins.
    Started {
        /// How many cases there are.
        cases: usize,
    },
    /// A case is judged; cases come in the order of the plan.
    Judged(&'e CaseReport),
}

/// Why a run could not go on. What was recorded until then stays.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A suite asks a service that there is not.
    #[error(
        "suite `{suite}` asks the service `{service}` as its {side}, and there is none of that name: declare `[service.{service}]` in `parity.toml`"
    )]
    NoService {
        /// The suite.
        suite: String,
        /// The service.
        service: String,
        /// The side.
        side: Side,
    },
    /// A case whose request cannot be made.
    #[error("`{case}` cannot be asked: {error}")]
    NoRequest {
        /// The case.
        case: String,
        /// What is missing.
        error: RequestError,
    },
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A snapshot cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A case ended in a panic: a defect of parity.
    #[error("judging ended in a panic, which is a defect of parity: {0}")]
    Panicked(String),
}

/// Runs a plan. Ends early, with what was judged until then, when `interrupt` is done.
///
/// # Errors
/// When the record or a snapshot cannot be written, or a service is missing: not for anything that a side answers.
pub async fn execute(
    plan: &Plan,
    setup: Setup,
    options: RunOptions,
    interrupt: impl Future<Output = ()>,
    mut on_event: impl FnMut(Event<'_>),
) -> Result<RunReport, RunError> {
    let started = Instant::now();
    let mut sides = PerSide::<Vec<String>>::default();
    let mut queue = VecDeque::new();
    for planned in &plan.suites {
        let job = Arc::new(SuiteJob::new(&planned.suite, &setup, options)?);
        for side in Side::BOTH {
            let shown = &job.services.get(side).shown;
            if !sides.get(side).contains(shown) {
                sides.get_mut(side).push(shown.clone());
            }
        }
        queue.extend(planned.cases.iter().map(|case| (Arc::clone(&job), case.clone())));
    }
    on_event(Event::Started { cases: queue.len() });

    let mut flight = Flight::new(options.jobs);
    let mut cases = Vec::with_capacity(queue.len());
    let mut oracle = setup.oracle;
    tokio::pin!(interrupt);
    let interrupted = loop {
        flight.fill(&mut queue);
        let Some(next) = flight.next() else { break false };
        let finished = tokio::select! {
            biased;
            () = &mut interrupt => break true,
            finished = next => finished,
        };
        flight.landed();
        let (mut report, says_stand_in) = finished.map_err(|error| RunError::Panicked(error.to_string()))??;
        if says_stand_in {
            oracle.kind = OracleKind::StandIn;
        }
        if let Some(baseline) = &setup.baseline {
            baseline.apply(&mut report);
        }
        on_event(Event::Judged(&report));
        let fails = !report.passes() && report.pardon.is_none();
        cases.push(report);
        if fails && options.fail_fast {
            break false;
        }
    };
    let stopped = cases.len() < plan.len();
    flight.abort().await;

    let suites: Vec<SuiteReport> = plan.suites.iter().map(|planned| SuiteReport::of(&planned.suite)).collect();
    let full = plan.full && !stopped;
    let report = RunReport {
        changed: Vec::new(),
        accountability: Accountability::of(&suites, &cases, full, Some(setup.today), setup.rules),
        refused_oracle: (setup.genuine_only && oracle.kind != OracleKind::Genuine)
            .then(|| format!("`[gate] oracle = \"genuine\"` refuses {oracle}")),
        oracle,
        sides: sides.map(|shown| shown.join(", ")),
        suites,
        unreferenced: if full {
            named(&unreferenced(&setup.store, &setup.known)?)
        } else {
            Vec::new()
        },
        full,
        pending: options.pending,
        cases,
        record: Some(setup.record),
        started: Some(setup.started),
        elapsed: started.elapsed(),
        interrupted,
        share: false,
    };
    setup.recorder.end(&end(&report, setup.rules))?;
    Ok(report)
}

/// Other answers of one side in one case may have so many bytes before it is asked no more: all of them are one line of the record.
const OTHERS: usize = 16 << 20;

/// A suite, ready for its cases.
#[derive(Debug)]
struct SuiteJob {
    suite: Arc<Suite>,
    judge: Judge,
    services: PerSide<Service>,
    recorder: Arc<Writer>,
    credentials: Credentials,
    store: Store,
    limits: PerSide<TimeLimits>,
    pending: Pending,
    repeat: u32,
}

impl SuiteJob {
    fn new(suite: &Arc<Suite>, setup: &Setup, options: RunOptions) -> Result<Self, RunError> {
        let service = |side: Side| {
            let name = &suite.request.get(side).service;
            setup.services.get(name).cloned().ok_or_else(|| RunError::NoService {
                suite: suite.name.clone(),
                service: name.clone(),
                side,
            })
        };
        Ok(Self {
            suite: Arc::clone(suite),
            judge: Judge::new(Arc::clone(suite)),
            services: PerSide {
                legacy: service(Side::Legacy)?,
                candidate: service(Side::Candidate)?,
            },
            recorder: Arc::clone(&setup.recorder),
            credentials: setup.credentials.clone(),
            store: setup.store.clone(),
            limits: options.limits,
            pending: options.pending,
            repeat: options.repeat,
        })
    }

    /// Asks both sides at once, records, and only then judges.
    async fn run(&self, planned: PlannedCase) -> Result<(CaseReport, bool), RunError> {
        let hidden = self.hidden(&planned.case)?;
        let requests = PerSide {
            legacy: self.request(Side::Legacy, &planned.case, hidden.as_ref())?,
            candidate: self.request(Side::Candidate, &planned.case, hidden.as_ref())?,
        };
        let sent = hidden.as_ref().map_or(&requests, |hidden| &hidden.requests);
        let ((legacy, legacy_again), (candidate, candidate_again)) =
            tokio::join!(self.ask(Side::Legacy, &requests, sent), self.ask(Side::Candidate, &requests, sent));
        let attempts = PerSide {
            legacy: legacy.attempts,
            candidate: candidate.attempts,
        };
        let repeats = PerSide {
            legacy: legacy_again,
            candidate: candidate_again,
        };
        let exchange = self.tellable(Exchange {
            legacy: legacy.answer,
            candidate: candidate.answer,
        });
        let answered = Answered {
            exchange: &exchange,
            attempts,
            repeats: &repeats,
        };
        let recorded = self
            .recorder
            .exchange_hiding(&planned.case, planned.ad_hoc, &requests, hidden.as_ref(), answered)?;
        for side in Side::BOTH {
            let Request { method, target, .. } = recorded.requests().get(side);
            tracing::trace!(case = %recorded.case(), %side, method, target, attempts = attempts.get(side), "asked");
        }

        let bases = self.services.as_ref().map(|service| service.base.as_deref());
        let mut judgement = self.judge.judge_repeated(&planned.case, &exchange, &repeats, bases, Detail::Counts);
        // What is private has been compared; from here on there is only what is stored of it.
        let (shown, told) = match recorded.veiled() {
            Some(veiled) => {
                let seen = self
                    .judge
                    .judge_repeated(&planned.case, &veiled.exchange, &veiled.repeats, bases, Detail::Counts);
                let mut told = Told::of(&judgement, &seen);
                let found = veiled.found.iter().map(|(rule, count)| Applied {
                    rule: rule.clone(),
                    count: *count,
                });
                told.applied.extend(found);
                judgement = self.judge.retell(&planned.case, judgement.verdict, &told, seen);
                (&veiled.exchange, Some(told))
            }
            None => (&exchange, None),
        };
        let asked = Judged {
            suite: &self.suite,
            case: recorded.case(),
            ad_hoc: planned.ad_hoc,
            requests: recorded.requests(),
            exchange: shown,
            attempts,
            repeats: &repeats,
            bases,
            judgement: &judgement,
        };
        let snapshot = asked.snapshot(|text| recorded.masked_for_good(text));
        let settled = asked.settle(snapshot.as_deref(), Some(&self.store), self.pending)?;
        self.recorder.verdict_told(&recorded, &judgement, settled.state, told.as_ref())?;
        let report = asked.report(settled);
        let report = masked(report, |text| recorded.masked(text));
        Ok((report, exchange.legacy.is_ok_and(|observation| observation.says_stand_in())))
    }

    /// Asks one side as often as the run wants it, one time after the other. A side that gives no answer is not asked again:
    /// nothing would come of it but waiting.
    async fn ask(&self, side: Side, requests: &PerSide<Request>, shown: &PerSide<Request>) -> (Asked, Repeats) {
        let template = self.suite.request.get(side);
        let asking = Asking {
            request: requests.get(side),
            shown: shown.get(side),
            safe: template.safe,
            limit: self.limits.get(side).of(template.timeout),
        };
        let source = &self.services.get(side).source;
        let first = source.ask(&asking).await;
        let mut repeats = Repeats::default();
        if self.repeat <= 1 {
            return (first, repeats);
        }
        if source.is_recorded() {
            repeats.once = Some(Once::Recording);
        } else if !template.reads() {
            repeats.once = Some(Once::Writes);
        }
        let headers: Vec<&str> = self.suite.headers.iter().map(|rule| rule.name.as_str()).collect();
        let mut answers = first.answer.is_ok() && repeats.once.is_none();
        while answers && repeats.times < self.repeat && repeats.size() < OTHERS {
            let Asked { answer, attempts } = source.ask(&asking).await;
            answers = answer.is_ok();
            repeats.add(&first.answer, answer, attempts, &headers);
        }
        (first, repeats)
    }

    /// The exchange, but for an answer of a recording that holds digests where private values were: they can be held only
    /// against digests of the same recording, and only as they are.
    fn tellable(&self, mut exchange: Exchange) -> Exchange {
        if self.suite.private.places.is_empty() {
            return exchange;
        }
        let recordings = self.services.as_ref().map(|service| match &*service.source {
            Source::Recorded(recording) => Some(recording.path()),
            Source::Live(_) => None,
        });
        if recordings.legacy == recordings.candidate && !self.suite.looks_into_private() {
            return exchange;
        }
        for side in Side::BOTH {
            let declared = *self.suite.encoding.get(side);
            let veiled = |answer: &Observation| is_veiled(&self.suite.private, side, declared, answer);
            if let Some(recording) = recordings.get(side)
                && exchange.get(side).as_ref().is_ok_and(veiled)
            {
                *exchange.get_mut(side) = Err(Unreachable {
                    kind: UnreachableKind::NotRecorded,
                    reason: format!(
                        "`{}` holds private values (`redact`) as digests only, which cannot be compared with values or translated: ask the service itself, or judge the record with `parity judge`",
                        recording.display()
                    ),
                });
            }
        }
        exchange
    }

    /// What the suite declares to be hidden, if anything.
    fn hidden(&self, case: &Case) -> Result<Option<Hidden>, RunError> {
        if !self.suite.has_secrets() && self.suite.private.is_nothing() {
            return Ok(None);
        }
        let shown = self.suite.shown_case(case);
        Ok(Some(Hidden {
            requests: self.suite.shown_requests(&shown).map_err(|error| self.no_request(case, error))?,
            labels: self.suite.secrets(case, &self.credentials),
            private: self.suite.private.clone(),
            encoding: self.suite.encoding,
            case: shown,
        }))
    }

    fn request(&self, side: Side, case: &Case, hidden: Option<&Hidden>) -> Result<Request, RunError> {
        let recorded = matches!(*self.services.get(side).source, Source::Recorded(_));
        match (case.request(self.suite.request.get(side), &self.credentials), hidden) {
            (Ok(request), _) => Ok(request),
            // A recording knows no secrets and needs none.
            (Err(RequestError::NoCredential(_)), Some(hidden)) if recorded => Ok(hidden.requests.get(side).clone()),
            (Err(error), _) => Err(self.no_request(case, error)),
        }
    }

    fn no_request(&self, case: &Case, error: RequestError) -> RunError {
        RunError::NoRequest {
            case: self.suite.shown_case(case).to_string(),
            error,
        }
    }
}

type Landed = Result<(CaseReport, bool), RunError>;

/// The cases that are being asked. They are taken in the order of the plan; a slow one holds back the telling of those after
/// it, and not their asking, until the window is full.
struct Flight {
    window: usize,
    permits: Arc<Semaphore>,
    running: VecDeque<JoinHandle<Landed>>,
}

impl Flight {
    fn new(jobs: usize) -> Self {
        Self {
            window: jobs * 8,
            permits: Arc::new(Semaphore::new(jobs)),
            running: VecDeque::new(),
        }
    }

    fn fill(&mut self, queue: &mut VecDeque<(Arc<SuiteJob>, PlannedCase)>) {
        while self.running.len() < self.window {
            let Some((job, planned)) = queue.pop_front() else { return };
            let permits = Arc::clone(&self.permits);
            self.running.push_back(tokio::spawn(async move {
                let _permit = permits.acquire_owned().await.expect("the semaphore is never closed");
                job.run(planned).await
            }));
        }
    }

    /// The first of them, to be waited for; it stays first until [`landed`](Self::landed).
    fn next(&mut self) -> Option<&mut JoinHandle<Landed>> {
        self.running.front_mut()
    }

    fn landed(&mut self) {
        self.running.pop_front();
    }

    /// Ends those that wait for an answer, and waits for those that write: nothing may come after the end of the record.
    async fn abort(mut self) {
        self.end();
        for task in std::mem::take(&mut self.running) {
            // Aborted or finished, nobody asks for it any more.
            let _ = task.await;
        }
    }

    fn end(&self) {
        for task in &self.running {
            task.abort();
        }
    }
}

impl Drop for Flight {
    /// A run that ends with an error asks nobody any more either.
    fn drop(&mut self) {
        self.end();
    }
}

fn end(report: &RunReport, rules: RuleGate) -> End {
    End {
        totals: Totals::of(report),
        oracle: Some(report.oracle.kind),
        exit: report.exit().code(),
        interrupted: report.interrupted,
        gate: Some(RecordedGate::of(report, rules)),
    }
}
