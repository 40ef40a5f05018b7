//! From the arguments of a test binary to its exit code.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use clap::Parser as _;
use libtest_mimic::{Arguments, ColorSetting, FormatSetting, Trial};

use crate::cli::{AskArguments, ColourChoice, Context, Failure, Interrupt, Output, Prepared, Progress, Project, plan, surroundings};
use crate::environment::Events;
use crate::report::{RunReport, SuiteReport, terminal};
use crate::run::{Event, Filter, Plan, PlannedCase};
use crate::value::visible;

use super::outcome::{self, Outcome};

/// The test of the run as a whole. No case has this name, because the names of parameters end with `=`.
const GATE: &str = "parity/gate";

/// What libtest ends with when a test failed.
const FAILED: u8 = 101;

/// What is asked: arguments of `parity check`, given in the test's source.
#[derive(Debug, clap::Parser)]
#[command(name = "parity::testing::check", no_binary_name = true)]
struct Given {
    #[command(flatten)]
    ask: AskArguments,

    /// The project's file.
    #[arg(long, value_name = "PATH", env = "PARITY_CONFIG")]
    config: Option<PathBuf>,
}

/// The tests of the nearest project, at or above the folder of the package: of all suites that no profile claims.
///
/// Reads the arguments of the process as libtest does, and ends as libtest does: 0, or 101 when a test failed.
#[must_use]
pub fn main() -> ExitCode {
    check::<[&str; 0]>([])
}

/// The tests of what `parity check` asks when it is given these arguments:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     parity::testing::check(["--profile", "upstream", "--environment", "recordings"])
/// }
/// ```
///
/// All that say what is asked, of which services and how are taken; those that choose cases or tell the run are not, because
/// `cargo test` has its own. `PARITY_CONFIG` and `PARITY_ENVIRONMENT` count here as well.
#[must_use]
pub fn check<I>(arguments: I) -> ExitCode
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let libtest = Arguments::from_args();
    let mut given = match Given::try_parse_from(arguments) {
        Ok(given) => given,
        Err(error) => {
            // Nothing is left to be said when it cannot be.
            let _ = error.print();
            return ExitCode::from(FAILED);
        }
    };
    if let Some(threads) = libtest.test_threads {
        let jobs = u16::try_from(threads).unwrap_or(u16::MAX).clamp(1, 512);
        given.ask.jobs = Some(jobs);
    }
    let colour = match libtest.color {
        Some(ColorSetting::Always) => ColourChoice::Always,
        Some(ColorSetting::Never) => ColourChoice::Never,
        Some(ColorSetting::Auto) | None => ColourChoice::Auto,
    };
    let Some((context, output)) = surroundings(colour) else {
        return ExitCode::from(FAILED);
    };
    tested(&libtest, &given, &context, &output).unwrap_or_else(|failure| {
        output.failure(&failure);
        ExitCode::from(FAILED)
    })
}

fn tested(libtest: &Arguments, given: &Given, context: &Context, output: &Output) -> Result<ExitCode, Failure> {
    let (project, plan) = plan(&given.ask, given.config.as_deref(), context)?;
    if plan.is_empty() {
        let why = project.why_empty(given.ask.services.profile.as_deref(), context);
        let gate = Trial::test(GATE, move || Err(format!("nothing was judged: {why}").into()));
        return Ok(libtest_mimic::run(libtest, vec![gate]).exit_code());
    }
    let selected = Selected::of(&plan, libtest);
    let (held, started) = mpsc::channel();
    let (trials, tests) = tests(&plan, &selected, held);
    if libtest.list || selected.is_nothing() {
        return Ok(libtest_mimic::run(libtest, trials).exit_code());
    }
    let quiet = libtest.quiet || matches!(libtest.format, Some(FormatSetting::Terse | FormatSetting::Json));
    let run = Run {
        given,
        context,
        output,
        quiet,
        project: &project,
        plan: &selected.plan(&plan),
    };
    // The run is waited for whatever becomes of the tests: what it started ends before the process does.
    let (conclusion, asked) = thread::scope(|scope| {
        let running = scope.spawn(|| run.ask(tests));
        // Nothing is ever sent: the services are up, or never will be, when the other end is gone.
        let _ = started.recv();
        (libtest_mimic::run(libtest, trials), running.join())
    });
    // A panic has said its message already.
    let report = asked.ok().flatten();
    let refused = report.as_ref().and_then(|report| report.refused_oracle.as_deref());
    let failed = conclusion.has_failed() || report.is_none() || refused.is_some();
    if let Some(report) = report.as_ref().filter(|_| failed || !quiet) {
        output.say(&terminal::render_footing(report, output.side_style()));
    }
    if let Some(why) = refused.filter(|_| !selected.gate) {
        output.say(&format!("could not be compared: {}", visible(why)));
    }
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// Which tests the arguments of libtest select.
struct Selected {
    /// The cases, by the names that outputs know them by.
    cases: BTreeSet<String>,
    gate: bool,
}

impl Selected {
    fn of(plan: &Plan, libtest: &Arguments) -> Self {
        let runs = |trial: &Trial| !libtest.is_filtered_out(trial) && !libtest.is_ignored(trial);
        let trial = |name: String, kind| Trial::test(name, || Ok(())).with_kind(kind);
        let cases = cases(plan).filter(|(case, kind)| runs(&trial(name(case), *kind)));
        Self {
            cases: cases.map(|(case, _)| case.shown.to_string()).collect(),
            gate: runs(&trial(GATE.to_owned(), "")),
        }
    }

    fn is_nothing(&self) -> bool {
        self.cases.is_empty() && !self.gate
    }

    /// Whether a case is asked: all are for the test of the run as a whole when it stands alone.
    fn asks(&self, case: &PlannedCase) -> bool {
        self.cases.contains(&case.shown.to_string()) || (self.gate && self.cases.is_empty())
    }

    /// What is asked.
    fn plan(&self, plan: &Plan) -> Plan {
        let only = plan.cases().filter(|case| self.asks(case)).map(|case| case.shown.to_string());
        plan.clone().filtered(&Filter {
            only: Some(only.collect()),
            ..Filter::default()
        })
    }
}

/// The cases of a plan in order, each with the kind of its test.
fn cases(plan: &Plan) -> impl Iterator<Item = (&PlannedCase, &'static str)> {
    plan.suites.iter().flat_map(|planned| {
        let kind = if planned.suite.draft { "draft" } else { "" };
        planned.cases.iter().map(move |case| (case, kind))
    })
}

/// A test has one line, and so has its name.
fn name(case: &PlannedCase) -> String {
    visible(&case.shown.to_string()).into_owned()
}

/// Where the run tells its tests how they end.
struct Tests {
    /// Holds all of them back until it is gone.
    held: Option<Sender<()>>,
    /// Of the cases that are asked, in order.
    cases: VecDeque<Sender<Outcome>>,
    gate: Sender<Outcome>,
}

impl Tests {
    /// The next case is judged.
    fn next(&mut self, outcome: Outcome) {
        if let Some(case) = self.cases.pop_front() {
            tell(&case, outcome);
        }
    }

    /// The run is over.
    fn end(&mut self, gate: Outcome) {
        self.left("interrupted before this case was judged");
        tell(&self.gate, gate);
    }

    /// The run failed.
    fn fail(mut self, why: &str) {
        self.left(why);
        tell(&self.gate, Err(why.into()));
    }

    fn left(&mut self, why: &str) {
        for case in self.cases.drain(..) {
            tell(&case, Err(why.into()));
        }
    }
}

/// A test that is not selected is not there to be told: its case was asked for the run as a whole.
fn tell(test: &Sender<Outcome>, outcome: Outcome) {
    let _ = test.send(outcome);
}

/// Every test, and where those that are selected are told how they end.
fn tests(plan: &Plan, selected: &Selected, held: Sender<()>) -> (Vec<Trial>, Tests) {
    let (gate, end) = mpsc::channel();
    let mut told = VecDeque::new();
    let mut trials = Vec::new();
    for (case, kind) in cases(plan) {
        let (sender, end) = mpsc::channel();
        trials.push(trial(name(case), end).with_kind(kind));
        if selected.asks(case) {
            told.push_back(sender);
        }
    }
    trials.push(trial(GATE.to_owned(), end));
    let tests = Tests {
        held: Some(held),
        cases: told,
        gate,
    };
    (trials, tests)
}

fn trial(name: String, end: Receiver<Outcome>) -> Trial {
    let gone = "the run ended without a word of this test, which is a defect of parity";
    Trial::ignorable_test(name, move || end.recv().unwrap_or_else(|_| Err(gone.into())))
}

/// What is asked, of what, and who says so.
struct Run<'a> {
    given: &'a Given,
    context: &'a Context,
    output: &'a Output,
    /// Whether nothing is said of what goes well.
    quiet: bool,
    project: &'a Project,
    plan: &'a Plan,
}

impl Run<'_> {
    /// Asks, and tells the tests how they end. Of a run that fails nothing comes: why is said, once and whole.
    fn ask(&self, mut tests: Tests) -> Option<RunReport> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let asked = match runtime {
            Ok(runtime) => runtime.block_on(self.asked(&mut tests)),
            Err(error) => Err(Failure::SetUp(format!("cannot start the runtime: {error}"))),
        };
        match asked {
            Ok(report) => Some(report),
            Err(failure) => {
                self.output.failure(&failure);
                tests.fail(&outcome::not_asked(&failure));
                None
            }
        }
    }

    async fn asked(&self, tests: &mut Tests) -> Result<RunReport, Failure> {
        let mut interrupt = Interrupt::listen()?;
        let progress = Progress::new(self.output, false);
        let prepared = Prepared::new(&self.given.ask, self.context, self.project, self.plan, None)?;
        let events = if self.quiet {
            Events::ignored()
        } else {
            progress.services(prepared.choice())
        };
        let live = prepared.start(&events, &mut interrupt).await;
        progress.done();
        let mut live = live?;
        tests.held = None;
        let style = self.output.style();
        let suites: Vec<SuiteReport> = self.plan.suites.iter().map(|planned| SuiteReport::of(&planned.suite)).collect();
        let on_event = |event: Event<'_>| {
            if let Event::Judged(case) = event {
                let suite = suites.iter().find(|suite| suite.name == case.case.suite);
                tests.next(outcome::of_case(case, suite, style));
            }
        };
        let asked = live.ask(false, &mut interrupt, on_event).await;
        if let Ok(asked) = &asked {
            tests.end(outcome::of_run(&asked.report, style));
        }
        live.stop().await;
        Ok(asked?.report)
    }
}
