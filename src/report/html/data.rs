//! What the page knows of a run, in few bytes a case: names of members are letters, and what is usual is left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exchange::{OracleKind, PerSide, Side};
use crate::report::deviations::{Largest, largest};
use crate::report::findings::{Finding, Level, findings};
use crate::report::model::{CaseReport, Pardon, RunReport, SuiteReport};
use crate::report::repeats;
use crate::report::shell::quote;
use crate::report::style::count;
use crate::report::terminal::result;
use crate::report::words;
use crate::rule::RuleName;
use crate::value::visible;
use crate::verdict::Standing;

use super::evidence::{Evidence, TOTAL};

#[derive(Serialize)]
pub(super) struct Data<'r> {
    result: String,
    exit: u8,
    oracle: Oracle<'r>,
    sides: &'r PerSide<String>,
    started: Option<String>,
    /// Milliseconds.
    elapsed: f64,
    record: Option<&'r str>,
    full: bool,
    /// Cases that took more than one attempt.
    retried: usize,
    /// How often the sides were asked, when that is not simply once.
    asked: Option<String>,
    /// Who did not answer the same each time.
    unstable: Option<String>,
    snapshots: BTreeMap<&'static str, usize>,
    suites: Vec<Suite<'r>>,
    rules: Vec<Rule<'r>>,
    findings: Vec<Told>,
    /// The largest deviation that each tolerance excused.
    tolerances: Vec<Tolerated>,
    cases: Vec<Case<'r>>,
    /// Of how many cases the answers are there.
    embedded: String,
}

#[derive(Serialize)]
struct Oracle<'r> {
    kind: OracleKind,
    source: &'r str,
}

#[derive(Serialize)]
struct Suite<'r> {
    name: &'r str,
    title: Option<&'r str>,
    file: &'r str,
    /// The medians of the legacy and of the candidate in milliseconds, and of their ratio.
    speed: Option<(f64, f64, f64)>,
}

#[derive(Serialize)]
struct Rule<'r> {
    /// The name.
    n: &'r str,
    /// Where it is declared.
    at: Option<String>,
    /// Why.
    y: Option<&'r str>,
}

#[derive(Serialize)]
struct Told {
    /// The kind.
    k: &'static str,
    level: &'static str,
    /// The title.
    t: String,
    /// An example.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    /// Details.
    d: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The cases, by their places in the list.
    c: Vec<usize>,
}

#[derive(Serialize)]
struct Tolerated {
    /// The rule, by its place in the list.
    r: Option<usize>,
    /// How far it was off.
    l: String,
    /// The case, by its place in the list.
    c: usize,
    /// Where in it.
    p: String,
}

#[derive(Serialize)]
struct Case<'r> {
    /// The suite, by its place in the list.
    s: usize,
    /// The name without the suite's.
    n: String,
    /// What it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    i: Option<String>,
    /// The verdict.
    v: &'static str,
    /// That it does not pass.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    f: bool,
    /// Why the gate does not fail for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    g: Option<&'static str>,
    /// Why its verdict is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<&'r str>,
    /// The snapshot.
    q: &'static str,
    /// Milliseconds of the legacy and of the candidate.
    t: PerSideList<Option<f64>>,
    /// Attempts of both, when one took more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<PerSideList<u32>>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    w: Vec<String>,
    /// What else is worth a word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    m: Vec<String>,
    /// The rules that acted, by their places in the list, with how often.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    r: Vec<(usize, u64)>,
    /// The command that explains it, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
}

/// The legacy's and the candidate's.
type PerSideList<T> = (T, T);

/// Every rule that a run may speak of, with its place in the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// By suite and name.
    places: BTreeMap<(String, RuleName), usize>,
}

impl Rules {
    /// Those that the suites declare, and those that acted all the same.
    pub(super) fn of(run: &RunReport) -> Self {
        let declared = run
            .suites
            .iter()
            .flat_map(|suite| suite.rules.keys().map(|rule| (suite.name.clone(), rule.clone())));
        let acted = run
            .cases
            .iter()
            .flat_map(|case| case.applied.iter().map(|applied| (case.case.suite.clone(), applied.rule.clone())));
        let mut rules = Self::default();
        for rule in declared.chain(acted) {
            let place = rules.places.len();
            rules.places.entry(rule).or_insert(place);
        }
        rules
    }

    /// The place of a rule.
    pub(super) fn place(&self, suite: &str, rule: &RuleName) -> Option<usize> {
        self.places.get(&(suite.to_owned(), rule.clone())).copied()
    }

    fn list<'r>(&'r self, run: &'r RunReport) -> Vec<Rule<'r>> {
        let mut rules: Vec<(usize, Rule<'r>)> = self
            .places
            .iter()
            .map(|((suite, name), place)| {
                let suite = run.suites.iter().find(|known| known.name == *suite);
                let rule = Rule {
                    n: &name.0,
                    at: suite.and_then(|suite| suite.place(name)),
                    y: suite.and_then(|suite| suite.rules.get(name)).map(|rule| rule.why.as_str()),
                };
                (*place, rule)
            })
            .collect();
        rules.sort_by_key(|(place, _)| *place);
        rules.into_iter().map(|(_, rule)| rule).collect()
    }
}

impl<'r> Data<'r> {
    pub(super) fn of(run: &'r RunReport, rules: &'r Rules, evidence: Option<&Evidence>) -> Self {
        let totals = run.totals();
        Self {
            result: visible(&result(run)).into_owned(),
            exit: run.exit().code(),
            oracle: Oracle {
                kind: run.oracle.kind,
                source: &run.oracle.source,
            },
            sides: &run.sides,
            started: run.started.map(|started| started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            elapsed: milliseconds(run.elapsed),
            record: run.record.as_deref(),
            full: run.full,
            asked: repeats::asked(run),
            unstable: repeats::unstable(run),
            retried: run.cases.iter().filter(|case| case.retried().is_some()).count(),
            snapshots: totals.snapshots.iter().map(|(state, number)| (state.name(), *number)).collect(),
            suites: run.suites.iter().map(|suite| suite_of(suite, run)).collect(),
            rules: rules.list(run),
            findings: told(run),
            tolerances: tolerated(run, rules),
            cases: run.cases.iter().map(|case| case_of(case, run, rules)).collect(),
            embedded: said(run, evidence),
        }
    }
}

fn suite_of<'r>(suite: &'r SuiteReport, run: &RunReport) -> Suite<'r> {
    let speed = run.speed(&suite.name);
    Suite {
        name: &suite.name,
        title: suite.title.as_deref(),
        file: &suite.file,
        speed: speed.map(|speed| {
            (
                milliseconds(speed.medians.legacy),
                milliseconds(speed.medians.candidate),
                speed.ratio,
            )
        }),
    }
}

/// Where in the list each case is.
fn places(run: &RunReport) -> BTreeMap<*const CaseReport, usize> {
    let cases = run.cases.iter().enumerate();
    cases.map(|(place, case)| (std::ptr::from_ref(case), place)).collect()
}

fn tolerated(run: &RunReport, rules: &Rules) -> Vec<Tolerated> {
    let places = places(run);
    let one = |one: Largest<'_>| {
        Some(Tolerated {
            r: rules.place(&one.case.case.suite, &one.deviation.rule),
            l: one.deviation.largest.clone(),
            c: *places.get(&std::ptr::from_ref(one.case))?,
            p: visible(&one.deviation.path.to_string()).into_owned(),
        })
    };
    largest(run).into_iter().filter_map(one).collect()
}

fn told(run: &RunReport) -> Vec<Told> {
    let places = places(run);
    let one = |finding: Finding<'_>| Told {
        k: finding.kind.name(),
        level: match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        at: finding.place.as_ref().map(|place| format!("{}:{}", place.file, place.line)),
        c: finding
            .cases
            .iter()
            .filter_map(|case| places.get(&std::ptr::from_ref::<CaseReport>(case)).copied())
            .collect(),
        t: finding.title,
        x: finding.example,
        d: finding.details,
    };
    findings(run).into_iter().map(one).collect()
}

fn case_of<'r>(case: &'r CaseReport, run: &RunReport, rules: &Rules) -> Case<'r> {
    let binding = case.case.binding.to_string();
    let name = case.case.to_string();
    let quoted = quote(&name);
    Case {
        s: run
            .suites
            .iter()
            .position(|suite| suite.name == case.case.suite)
            .unwrap_or_default(),
        n: visible(if binding.is_empty() { &name } else { &binding }).into_owned(),
        i: case.case.is().map(|is| visible(&is).into_owned()),
        v: case.verdict.name(),
        f: !case.passes(),
        g: case.pardon.filter(|_| !case.passes()).map(Pardon::name),
        e: match &case.standing {
            Standing::Expected { why, .. } => Some(why),
            Standing::Passes | Standing::Fails | Standing::Surprises(_) => None,
        },
        q: case.snapshot.name(),
        t: (
            case.elapsed.get(Side::Legacy).map(milliseconds),
            case.elapsed.get(Side::Candidate).map(milliseconds),
        ),
        a: case.retried().map(|_| (case.attempts.legacy, case.attempts.candidate)),
        w: words::problems(case, run.suite(case)),
        m: words::remarks(case),
        r: case
            .applied
            .iter()
            .filter_map(|applied| Some((rules.place(&case.case.suite, &applied.rule)?, applied.count)))
            .collect(),
        x: (quoted != name).then(|| visible(&format!("parity explain {quoted}")).into_owned()),
    }
}

/// Of how many cases the answers are embedded, and why not of all.
fn said(run: &RunReport, evidence: Option<&Evidence>) -> String {
    let all = count(run.cases.len(), "case", "cases");
    match evidence.map(|evidence| evidence.pieces().count()) {
        None | Some(0) => "No answers are in this file: they are in the run record.".to_owned(),
        Some(there) if there == run.cases.len() => format!("The answers of all {all} are in this file."),
        Some(there) => format!(
            "The answers of {there} of {all} are in this file: those that do not pass first, then some that do, {} MiB at the most. \
             The run record has all of them.",
            TOTAL >> 20
        ),
    }
}

/// With three decimals: what a clock of microseconds says, and no more.
fn milliseconds(elapsed: std::time::Duration) -> f64 {
    // What a record keeps of it are whole microseconds.
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    (std::time::Duration::from_micros(micros).as_secs_f64() * 1e6).round() / 1e3
}
