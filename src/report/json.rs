//! A run for machines: one JSON document.
//!
//! The members below are the format, in this order. Within a version, members may be added and never change their meaning or
//! vanish. Values that were compared are JSON text inside a string, because a reader of JSON would round the numbers in them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;

use crate::compare::{Change, Difference};
use crate::exchange::{Once, OracleKind, PerSide, Side};
use crate::snapshot::SnapshotState;
use crate::verdict::{Instability, Standing, Verdict};

use super::accountability::{Concern, ConcernKind};
use super::changes::VerdictChange;
use super::model::{CaseReport, Pardon, RunReport, SuiteReport};

/// The version that [`render`] writes.
pub const VERSION: u32 = 1;

/// The whole run as indented JSON, ending with a line break.
#[must_use]
pub fn render(run: &RunReport) -> String {
    let mut text =
        serde_json::to_string_pretty(&Run::of(run)).expect("no map has keys that are not text, and no type refuses to be written");
    text.push('\n');
    text
}

/// A run.
#[derive(Debug, Serialize)]
pub struct Run<'r> {
    /// The version of this format.
    pub version: u32,
    /// How the run ends for the shell.
    pub exit_code: u8,
    /// Where the legacy answers came from.
    pub oracle: Oracle<'r>,
    /// What each side is: a base URL, image, command or recording.
    pub sides: &'r PerSide<String>,
    /// Whether every declared case of every suite ran.
    pub full: bool,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// The run record, if one was written.
    pub record: Option<&'r str>,
    /// When the run began (RFC 3339); `null` when nothing was asked.
    pub started: Option<jiff::Timestamp>,
    /// From the first request to the last verdict, in milliseconds.
    pub elapsed_ms: f64,
    /// How many cases there are of each kind.
    pub totals: Totals,
    /// What the failing cases have in common, the most common first.
    pub signatures: Vec<Signature>,
    /// Snapshot files that no case of a full run refers to.
    pub unreferenced: &'r [String],
    /// The day by which rules were held to their dates.
    pub today: Option<Date>,
    /// The rules that are not as they should be, by suite and line.
    pub rules: Vec<Rule<'r>>,
    /// How the sides' times compare, by suite, where both sides answered.
    pub speeds: Vec<Speed<'r>>,
    /// The cases of a recorded run of which something else is said now than when it ran.
    pub changed: Vec<Changed<'r>>,
    /// The cases, in the order of the plan.
    pub cases: Vec<Case<'r>>,
}

/// How the sides' times compare in one suite.
#[derive(Debug, Serialize)]
pub struct Speed<'r> {
    /// The suite's name.
    pub suite: &'r str,
    /// The cases in which both sides answered.
    pub cases: usize,
    /// The median, over these cases, of the candidate's time divided by the legacy's, with three decimals.
    pub median_ratio: f64,
}

/// The source of the legacy answers.
#[derive(Debug, Serialize)]
pub struct Oracle<'r> {
    /// `genuine`, `stand-in` or `unknown`.
    pub kind: OracleKind,
    /// What it is.
    pub source: &'r str,
    /// Why the gate does not accept it; `null` when it does.
    pub refused: Option<&'r str>,
}

/// How many cases there are of each kind; every verdict and state is listed.
#[derive(Debug, Serialize)]
pub struct Totals {
    /// All cases.
    pub cases: usize,
    /// Cases that pass.
    pub passed: usize,
    /// Cases that do not.
    pub failed: usize,
    /// Those of them for which the gate does not fail.
    pub pardoned: usize,
    /// Cases whose verdict is exactly the declared one.
    pub expected: usize,
    /// Cases of each verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Cases of each state of snapshot.
    pub snapshots: BTreeMap<SnapshotState, usize>,
}

/// Differences or failures that are the same in kind.
#[derive(Debug, Serialize)]
pub struct Signature {
    /// What they have in common.
    pub signature: String,
    /// The failing cases that have it.
    pub cases: Vec<String>,
}

/// A case.
#[derive(Debug, Serialize)]
pub struct Case<'r> {
    /// The suite's name.
    pub suite: &'r str,
    /// The case's name, as every command takes it: `run-trace/run_id=34`.
    pub case: String,
    /// The parameters, in declared order.
    pub parameters: Vec<Parameter<'r>>,
    /// What the case stands for.
    pub is: Option<String>,
    /// Whether it exists on the command line only.
    pub ad_hoc: bool,
    /// Whether it passes: its verdict passes or is exactly the declared one, and its snapshot is approved.
    pub passes: bool,
    /// Why the gate does not fail for it: `draft` (its suite is one) or `baseline` (it failed there with the same signatures);
    /// `null` when it does.
    pub pardon: Option<&'static str>,
    /// `match`, `translated`, `mismatch`, `legacy-broken`, `candidate-broken` or `unreachable`.
    pub verdict: Verdict,
    /// How it stands to the verdict that its suite declares; `null` when none is declared or a side could not be asked.
    pub expected: Option<Expected<'r>>,
    /// `approved`, `changed`, `missing` or `not-kept`.
    pub snapshot: SnapshotState,
    /// The differences, by place.
    pub differences: Vec<Disagreement<'r>>,
    /// Why each side could not be compared; `null` for a side that could.
    pub failures: PerSide<Option<&'r str>>,
    /// The rules that acted.
    pub applied: Vec<Applied<'r>>,
    /// What is no difference and still worth saying.
    pub notes: &'r [String],
    /// How long each side took to answer, the first time that it was asked, in milliseconds; `null` when it did not.
    pub elapsed_ms: PerSide<Option<f64>>,
    /// How often each side was asked until it answered, or until nobody asked any more.
    pub attempts: PerSide<u32>,
    /// How often each side was asked for an answer.
    pub asked: PerSide<Asked>,
    /// Where each side did not answer the same each time, as far as the suite's rules tell the answers apart.
    pub unstable: PerSide<Vec<Unstable<'r>>>,
}

/// How often a side was asked the same.
#[derive(Debug, Serialize)]
pub struct Asked {
    /// How often.
    pub times: u32,
    /// Why once, in a run that asks again: `recording` or `writes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once: Option<Once>,
}

/// A place at which a side is unstable.
#[derive(Debug, Serialize)]
pub struct Unstable<'r> {
    /// `status`, `media type`, `header NAME` or a JSON pointer into the body; `null` when the whole answer is another one.
    pub path: Option<String>,
    /// What kind of difference came or went there, as `kind` of a difference; `answer` for a whole one.
    pub kind: &'r str,
    /// In which of its answers it was seen first, counted from 1.
    pub answer: u32,
    /// What was there at first, as JSON text or in words; of the legacy, as the candidate owes it.
    pub first: &'r str,
    /// What was there then.
    pub other: &'r str,
    /// Whether the other side is unstable there as well.
    pub both: bool,
}

/// A rule that is not as it should be, or soon will not be.
#[derive(Debug, Serialize)]
pub struct Rule<'r> {
    /// The suite's name.
    pub suite: &'r str,
    /// The rule's name; of a preset its own.
    pub rule: &'r str,
    /// The file and line of its declaration.
    pub at: &'r str,
    /// `expired`, `stale`, `expires-soon` or `unproven`.
    pub state: &'static str,
    /// What is the matter, in words.
    pub said: String,
    /// The last day on which it holds, where that is the matter.
    pub expires: Option<Date>,
    /// Who answers for it.
    pub owner: Option<&'r str>,
    /// Why it is there.
    pub why: &'r str,
    /// Whether the gate fails for it.
    pub fails: bool,
}

/// A case of which something else is said now.
#[derive(Debug, Serialize)]
pub struct Changed<'r> {
    /// The case.
    pub case: &'r str,
    /// The verdict when it ran.
    pub before: Verdict,
    /// Whether the case passed with it.
    pub passed: bool,
    /// The verdict now.
    pub now: Verdict,
    /// Whether the case passes with it.
    pub passes: bool,
    /// Signatures that are seen no more.
    pub gone: Vec<&'r str>,
    /// Signatures that were not seen before.
    pub new: Vec<&'r str>,
}

/// A parameter with its value.
#[derive(Debug, Serialize)]
pub struct Parameter<'r> {
    /// The name.
    pub name: &'r str,
    /// The value, as text.
    pub value: &'r str,
}

/// A declared verdict, and what came of it.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Expected<'r> {
    /// The verdict is exactly the declared one.
    AsDeclared {
        /// Why it is declared.
        why: &'r str,
    },
    /// It is not: another verdict, parity, or the same verdict for other reasons.
    Surprise {
        /// The declared verdict.
        declared: &'static str,
        /// The file and line of the declaration.
        at: String,
        /// Signatures that are seen and not declared.
        unexpected: &'r [String],
        /// Signatures that are declared and not seen.
        absent: &'r [String],
    },
}

/// A rule that acted.
#[derive(Debug, Serialize)]
pub struct Applied<'r> {
    /// The rule's name.
    pub rule: &'r str,
    /// The file and line of its declaration, where known.
    pub at: Option<String>,
    /// How many nodes it changed, or, for a comparison, how often it excused something or paired rows.
    pub count: u64,
    /// With a tolerance: the largest deviation that it excused, as a decimal that would do as its limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_deviation: Option<&'r str>,
    /// With a tolerance: where that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_deviation_at: Option<String>,
}

/// A difference. The first six members are always there; the others only for the kinds that have them.
#[derive(Debug, Default, Serialize)]
pub struct Disagreement<'r> {
    /// `status`, `media type`, or a JSON pointer into the body (RFC 6901; the root is `/`).
    pub path: String,
    /// `value`, `kind`, `missing`, `extra`, `order`, `duplicate`, `unlike`, `untranslatable`, `problem`, `unknown-error` or `unstable`.
    pub kind: &'static str,
    /// The rule that made or claims this part.
    pub rule: Option<&'r str>,
    /// What is owed, as JSON text (plain text for status and media type).
    pub expected: Option<&'r str>,
    /// What came, as JSON text (plain text for status and media type).
    pub got: Option<&'r str>,
    /// What it has in common with differences of other cases.
    pub signature: String,
    /// With `kind`: the kind of value that is owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_kind: Option<&'static str>,
    /// With `kind`: the kind of value that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got_kind: Option<&'static str>,
    /// The key of the row around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<&'r str>,
    /// With `order`: the fewest items that would have to move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<Vec<Move<'r>>>,
    /// With `duplicate`: the side that names a member more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// With `duplicate`: how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<usize>,
    /// With `unlike`: what is declared of the member, with its article: `an integer`. With `untranslatable`: what is in the way. With `problem`: the rule of RFC 9457 that is broken. With `unknown-error`: the legacy's error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'r str>,
    /// With `unstable`: what the candidate answered at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<&'r str>,
    /// With `unstable`: what it answered then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<&'r str>,
    /// With `unstable`: in which of its answers, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<u32>,
}

/// An item that stands elsewhere; places count from zero.
#[derive(Debug, Serialize)]
pub struct Move<'r> {
    /// The item's key, or its text.
    pub item: &'r str,
    /// Its place on the expected side.
    pub expected: usize,
    /// Its place on the candidate's side.
    pub got: usize,
}

impl<'r> Run<'r> {
    /// A run in this format.
    #[must_use]
    pub fn of(run: &'r RunReport) -> Self {
        let totals = run.totals();
        Self {
            version: VERSION,
            exit_code: run.exit().code(),
            oracle: Oracle {
                kind: run.oracle.kind,
                source: &run.oracle.source,
                refused: run.refused_oracle.as_deref(),
            },
            sides: &run.sides,
            full: run.full,
            interrupted: run.interrupted,
            record: run.record.as_deref(),
            started: run.started,
            elapsed_ms: milliseconds(run.elapsed),
            totals: Totals {
                cases: totals.cases,
                passed: totals.passed,
                failed: totals.failed,
                pardoned: totals.pardoned,
                expected: totals.expected,
                verdicts: every(Verdict::ALL, &totals.verdicts),
                snapshots: every(SnapshotState::ALL, &totals.snapshots),
            },
            signatures: run
                .signatures()
                .into_iter()
                .map(|(signature, cases)| Signature {
                    signature,
                    cases: cases.iter().map(|case| case.case.to_string()).collect(),
                })
                .collect(),
            unreferenced: &run.unreferenced,
            today: run.accountability.today,
            rules: run.accountability.concerns.iter().map(Rule::of).collect(),
            speeds: run.suites.iter().filter_map(|suite| Speed::of(run, &suite.name)).collect(),
            changed: run.changed.iter().map(Changed::of).collect(),
            cases: run.cases.iter().map(|case| Case::of(case, run.suite(case))).collect(),
        }
    }
}

impl<'r> Changed<'r> {
    fn of(change: &'r VerdictChange) -> Self {
        let (gone, new) = change.signatures();
        Self {
            case: &change.case,
            before: change.before.verdict,
            passed: change.before.passes,
            now: change.now.verdict,
            passes: change.now.passes,
            gone,
            new,
        }
    }
}

impl<'r> Rule<'r> {
    fn of(concern: &'r Concern) -> Self {
        Self {
            suite: &concern.suite,
            rule: &concern.rule.0,
            at: &concern.at,
            state: concern.kind.name(),
            said: concern.kind.said(),
            expires: match concern.kind {
                ConcernKind::Expired { on } | ConcernKind::ExpiresSoon { on, .. } => Some(on),
                ConcernKind::Stale | ConcernKind::Unproven { .. } => None,
            },
            owner: concern.owner.as_deref(),
            why: &concern.why,
            fails: concern.fails,
        }
    }
}

impl<'r> Speed<'r> {
    fn of(run: &RunReport, suite: &'r str) -> Option<Self> {
        let speed = run.speed(suite)?;
        Some(Self {
            suite,
            cases: speed.cases,
            median_ratio: (speed.ratio * 1e3).round() / 1e3,
        })
    }
}

impl<'r> Case<'r> {
    fn of(case: &'r CaseReport, suite: Option<&SuiteReport>) -> Self {
        Self {
            suite: &case.case.suite,
            case: case.case.to_string(),
            parameters: case
                .case
                .binding
                .0
                .iter()
                .map(|bound| Parameter {
                    name: &bound.name,
                    value: &bound.value,
                })
                .collect(),
            is: case.case.is(),
            ad_hoc: case.ad_hoc,
            passes: case.passes(),
            pardon: case.pardon.map(Pardon::name),
            verdict: case.verdict,
            expected: expected(&case.standing, suite),
            snapshot: case.snapshot,
            differences: case.differences.iter().map(disagreement).collect(),
            failures: case
                .failures
                .as_ref()
                .map(|failure| failure.as_ref().map(|failure| failure.reason.as_str())),
            applied: case
                .applied
                .iter()
                .map(|applied| {
                    let deviation = case.deviations.iter().find(|deviation| deviation.rule == applied.rule);
                    Applied {
                        rule: &applied.rule.0,
                        at: suite.and_then(|suite| suite.place(&applied.rule)),
                        count: applied.count,
                        largest_deviation: deviation.map(|deviation| deviation.largest.as_str()),
                        largest_deviation_at: deviation.map(|deviation| deviation.path.to_string()),
                    }
                })
                .collect(),
            notes: &case.notes,
            elapsed_ms: case.elapsed.map(|elapsed| elapsed.map(milliseconds)),
            attempts: case.attempts,
            asked: case.asked.map(|asked| Asked {
                times: asked.times,
                once: asked.once,
            }),
            unstable: case
                .repeated
                .unstable
                .as_ref()
                .map(|places| places.iter().map(Unstable::of).collect()),
        }
    }
}

impl<'r> Unstable<'r> {
    fn of(one: &'r Instability) -> Self {
        Self {
            path: one.part.as_ref().map(ToString::to_string),
            kind: &one.kind,
            answer: one.number,
            first: &one.first,
            other: &one.other,
            both: one.both,
        }
    }
}

fn expected<'r>(standing: &'r Standing, suite: Option<&SuiteReport>) -> Option<Expected<'r>> {
    match standing {
        Standing::Passes | Standing::Fails => None,
        Standing::Expected { why, .. } => Some(Expected::AsDeclared { why }),
        Standing::Surprises(surprise) => Some(Expected::Surprise {
            declared: surprise.declared.name(),
            at: suite.map_or_else(|| format!("line {}", surprise.line), |suite| suite.at(surprise.line)),
            unexpected: &surprise.unexpected,
            absent: &surprise.absent,
        }),
    }
}

fn disagreement(difference: &Difference) -> Disagreement<'_> {
    let mut told = Disagreement {
        path: difference.part.to_string(),
        kind: difference.change.name(),
        rule: difference.rule.as_ref().map(|rule| &*rule.0),
        signature: difference.signature(),
        row: difference.row.as_ref().and_then(|row| row.key.as_deref()),
        ..Disagreement::default()
    };
    match &difference.change {
        Change::Value { expected, got } => (told.expected, told.got) = (Some(expected.as_str()), Some(got.as_str())),
        Change::Kind { expected, got } => {
            (told.expected, told.got) = (Some(expected.1.as_str()), Some(got.1.as_str()));
            (told.expected_kind, told.got_kind) = (Some(expected.0.name()), Some(got.0.name()));
        }
        Change::Missing { expected } => told.expected = Some(expected),
        Change::Extra { got } => told.got = Some(got),
        Change::Order { moves, of: _ } => {
            let moves = moves.iter().map(|one| Move {
                item: &one.item,
                expected: one.expected,
                got: one.got,
            });
            told.moves = Some(moves.collect());
        }
        Change::Duplicate { side, times } => (told.side, told.times) = (Some(*side), Some(*times)),
        Change::Unlike { wanted, got } => (told.reason, told.got) = (Some(wanted.as_str()), got.as_deref()),
        Change::Untranslatable { reason } => told.reason = Some(reason),
        Change::Problem { expected, got, reason } => {
            (told.expected, told.got) = (Some(expected.as_str()), Some(got.as_str()));
            told.reason = Some(reason);
        }
        Change::UnknownError { legacy, got } => (told.reason, told.got) = (Some(legacy.as_str()), Some(got.as_str())),
        Change::Unstable { first, other, number } => {
            (told.first, told.other) = (Some(first.as_str()), Some(other.as_str()));
            told.answer = Some(*number);
        }
    }
    told
}

fn every<K: Ord, const N: usize>(all: [K; N], counted: &BTreeMap<K, usize>) -> BTreeMap<K, usize> {
    all.into_iter()
        .map(|key| {
            let number = counted.get(&key).copied().unwrap_or_default();
            (key, number)
        })
        .collect()
}

/// Milliseconds with three decimals: what a clock of microseconds says, and no more.
fn milliseconds(elapsed: Duration) -> f64 {
    // What a record keeps of it are whole microseconds.
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    (Duration::from_micros(micros).as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{report, run};
    use crate::suite::sample;
    use proptest::prelude::*;

    fn exchange(candidate: &str) -> crate::exchange::Exchange {
        sample::exchange(&sample::legacy_trace(3), candidate)
    }

    #[test]
    fn the_format() {
        let suite = sample::suite();
        let broken = PerSide {
            legacy: sample::answer(500, "text/html", ""),
            candidate: sample::answer(200, "application/json", "{}"),
        };
        let mut all = run(vec![
            report(&suite, "34", &exchange(&sample::candidate_trace(3).replace("true", "\"true\""))),
            report(&suite, "36", &broken),
        ]);
        all.cases[1].snapshot = SnapshotState::Missing;
        insta::assert_snapshot!(render(&all));
    }

    #[test]
    fn every_kind_of_difference() {
        let suite = sample::suite();
        let kinds = |candidate: String| {
            let case = report(&suite, "36", &exchange(&candidate));
            let rendered = serde_json::to_value(Case::of(&case, Some(&SuiteReport::of(&suite)))).unwrap();
            serde_json::to_string_pretty(&serde_json::json!([rendered["expected"], rendered["differences"]])).unwrap()
        };
        let candidate = sample::candidate_trace(3);
        let mut rows: Vec<&str> = candidate.split("},{").collect();
        let last = rows.pop().unwrap();
        let swapped = format!(
            "{}}},{{{}}},{{{last}",
            rows[0].replace("\"iteration\":0", "\"iteration\":1"),
            rows[1].replace("\"iteration\":1", "\"iteration\":0")
        );
        let nasty = swapped
            .replace("\"run_id\":34", "\"run_id\":35,\"run_id\":35,\"extra\":null")
            .replace("true", "null");
        insta::assert_snapshot!(kinds(nasty));
    }

    #[test]
    fn what_a_gate_reads_is_there() {
        let report: serde_json::Value = serde_json::from_str(&render(&run(Vec::new()))).unwrap();
        assert_eq!(report["version"], 1);
        assert_eq!(report["exit_code"], 4);
        assert_eq!(report["oracle"]["kind"], "stand-in");
        assert_eq!(report["totals"]["verdicts"]["legacy-broken"], 0);
        assert_eq!(report["totals"]["snapshots"]["not-kept"], 0);
    }

    proptest! {
        #[test]
        fn any_texts_make_one_document(value in any::<String>(), legacy in any::<String>(), candidate in any::<String>()) {
            let text = |text: &str| crate::value::compact(&crate::value::Value::string(text));
            let exchange = sample::exchange(&text(&legacy), &text(&candidate));
            let rendered = render(&run(vec![report(&sample::suite(), &value, &exchange)]));
            let read: serde_json::Value = serde_json::from_str(&rendered).unwrap();
            prop_assert_eq!(read["cases"][0]["case"].as_str().unwrap(), format!("run-trace/run_id={value}"));
        }
    }
}
