//! What every renderer says in the same words: differences, failures and verdicts as plain lines.

use crate::compare::{Change, Difference};
use crate::exchange::{Part, Side};
use crate::value::{Kind, visible};
use crate::verdict::{Standing, Surprise, Verdict};

use super::model::{CaseReport, Pardon, SuiteReport};
use super::shell::quote;

/// A value in a sentence is cut to so many characters.
const VALUE: usize = 120;

/// So many differences of one case are told as lines.
const DIFFERENCES: usize = 20;

/// A difference without its place: `expected null, got nothing`.
pub(super) fn change(change: &Change) -> String {
    match change {
        Change::Value { expected, got } => format!("expected {}, got {}", value(expected), value(got)),
        Change::Kind { expected, got } => format!("expected {}, got {}", of_kind(expected), of_kind(got)),
        Change::Missing { expected } => format!("expected {}, got nothing", value(expected)),
        Change::Extra { got } => format!("expected nothing, got {}", value(got)),
        Change::Order { moves, of } => {
            let first = moves.first().map_or_else(String::new, |one| {
                format!("; first {} at {}, expected at {}", value(&one.item), one.got, one.expected)
            });
            format!("other order: {} of {of} stand elsewhere{first}", moves.len())
        }
        Change::Duplicate { side, times } => format!("the {side} names this member {times} times"),
        Change::Unlike { wanted, got: None } => format!("expected {wanted}, got nothing"),
        Change::Unlike { wanted, got: Some(got) } => format!("expected {wanted}, got {}", value(got)),
        Change::Untranslatable { reason } => format!("cannot be translated: {}", value(reason)),
        Change::Problem { expected, got, reason } => format!("expected {}, got {}: {reason}", value(expected), value(got)),
        Change::UnknownError { legacy, got } => {
            format!("no row of the error table names the legacy's {}; got {}", value(legacy), value(got))
        }
        Change::Unstable { first, other, number } => {
            format!("unstable: first {}, then {} in answer {number}", value(first), value(other))
        }
    }
}

/// What differences of one signature have in common, when their values differ: `expected a number, got a string`.
pub(super) fn kind_of_change(change: &Change) -> String {
    match change {
        Change::Value { .. } => "another value".to_owned(),
        Change::Kind { expected, got } => format!("expected {}, got {}", article(expected.0), article(got.0)),
        Change::Missing { .. } => "got nothing".to_owned(),
        Change::Extra { .. } => "expected nothing".to_owned(),
        Change::Order { .. } => "other order".to_owned(),
        Change::Duplicate { side, times: _ } => format!("the {side} names a member more than once"),
        Change::Unlike { got: None, .. } => "got nothing".to_owned(),
        Change::Unlike { wanted, got: Some(_) } => format!("expected {wanted}"),
        Change::Untranslatable { .. } => "cannot be translated".to_owned(),
        Change::Problem { reason, .. } => reason.clone(),
        Change::UnknownError { .. } => "no row of the error table names the legacy's error".to_owned(),
        Change::Unstable { .. } => "unstable: it is another one when the candidate is asked again".to_owned(),
    }
}

/// Where a difference is, with the places of list items left open: `/trace/*/evaluation`.
pub(super) fn general_place(part: &Part) -> String {
    match part {
        Part::Status | Part::MediaType | Part::Header(_) => part.to_string(),
        Part::Body(path) => path.generalise().to_string(),
    }
}

/// Where a difference is, with the key of the row around it: `/trace/3/evaluation (repeat=0)`.
pub(super) fn place(difference: &Difference) -> String {
    let key = difference.row.as_ref().and_then(|row| row.key.as_deref());
    let key = key.map_or_else(String::new, |key| format!(" ({})", value(key)));
    format!("{}{key}", value(&difference.part.to_string()))
}

/// A difference on one line: `/trace/3/evaluation (repeat=0): expected null, got nothing [number /trace/*/evaluation]`.
pub(super) fn difference(difference: &Difference) -> String {
    // Named one by one, so that nothing new stays untold.
    let Difference {
        part: _,
        change: what,
        rule,
        row: _,
    } = difference;
    let rule = rule.as_ref().map_or_else(String::new, |rule| format!(" [{}]", value(&rule.0)));
    format!("{}: {}{rule}", place(difference), change(what))
}

/// Why a side could not be compared, as the beginning of a sentence.
pub(super) fn failure_title(verdict: Verdict, side: Side) -> String {
    match (verdict, side) {
        (Verdict::Unreachable, side) => format!("the {side} gave no answer"),
        (_, Side::Legacy) => "the legacy's answer is not what the suite says it answers, so nothing can be compared with it".to_owned(),
        (_, Side::Candidate) => "the candidate's answer is no response of its contract".to_owned(),
    }
}

/// How a case is not what its expected verdict says, first a sentence and then what is seen or not seen.
pub(super) fn surprise(verdict: Verdict, surprise: &Surprise, suite: Option<&SuiteReport>) -> Vec<String> {
    let Surprise {
        declared,
        line,
        unexpected,
        absent,
    } = surprise;
    let place = suite.map_or_else(|| format!("line {line} of the suite"), |suite| suite.at(*line));
    let declared = declared.name();
    if verdict.is_parity() {
        return vec![format!(
            "expected {declared} ({place}), and the case is in parity now: remove the line"
        )];
    }
    if verdict.name() != declared {
        return vec![format!("expected {declared} ({place}), and it is {verdict}")];
    }
    let mut lines = vec![format!("expected {declared} ({place}), and it looks otherwise:")];
    lines.extend(unexpected.iter().map(|signature| format!("seen, not declared: {signature}")));
    lines.extend(absent.iter().map(|signature| format!("declared, not seen: {signature}")));
    lines
}

/// Everything that is wrong with a case, a line each, the most important first; nothing for a case that passes.
pub(super) fn problems(case: &CaseReport, suite: Option<&SuiteReport>) -> Vec<String> {
    let mut lines = Vec::new();
    if !case.standing.passes() {
        for side in Side::BOTH {
            if let Some(failure) = case.failures.get(side) {
                lines.push(format!("{}: {}", failure_title(case.verdict, side), visible(&failure.reason)));
            }
        }
        lines.extend(case.differences.iter().take(DIFFERENCES).map(difference));
        if case.differences.len() > DIFFERENCES {
            lines.push(format!("… and {} more differences", case.differences.len() - DIFFERENCES));
        }
    }
    if let Standing::Surprises(surprised) = &case.standing {
        lines.extend(
            surprise(case.verdict, surprised, suite)
                .iter()
                .map(|line| visible(line).into_owned()),
        );
    }
    if !case.snapshot.passes() {
        lines.push(snapshot(case).to_owned());
    }
    lines
}

/// What is worth a word besides: why a verdict is expected, attempts, why the gate does not fail, notes.
pub(super) fn remarks(case: &CaseReport) -> Vec<String> {
    let mut lines = Vec::new();
    if let Standing::Expected { why, .. } = &case.standing {
        lines.push(format!("expected: {}", visible(why)));
    }
    lines.extend(case.retried());
    if !case.passes() {
        lines.extend(case.pardon.map(|pardon| match pardon {
            Pardon::Draft => "not gated: the suite is a draft".to_owned(),
            Pardon::Baseline => "not gated: known from the baseline".to_owned(),
        }));
    }
    lines.extend(case.notes.iter().map(|note| format!("note: {}", visible(note))));
    lines
}

/// What a reader types to see everything about a case.
pub(super) fn explain(case: &CaseReport) -> String {
    format!("explain it: parity explain {}", visible(&quote(&case.case.to_string())))
}

/// How a case stands to its snapshot, as a sentence.
pub(super) const fn snapshot(case: &CaseReport) -> &'static str {
    use crate::snapshot::SnapshotState;
    match case.snapshot {
        SnapshotState::Approved => "the approved snapshot says the same",
        SnapshotState::Changed => "the approved snapshot says something else",
        SnapshotState::Missing => "there is no approved snapshot yet",
        SnapshotState::NotKept => "no snapshot is kept of this case",
    }
}

/// A text for one line, cut when it is long.
pub(super) fn value(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(VALUE) {
        None => text.into_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

fn of_kind((kind, text): &(Kind, String)) -> String {
    match kind {
        Kind::Null => "null".to_owned(),
        kind => format!("{kind} {}", value(text)),
    }
}

fn article(kind: Kind) -> String {
    match kind {
        Kind::Null => "null".to_owned(),
        Kind::Integer | Kind::Array | Kind::Object => format!("an {kind}"),
        Kind::Boolean | Kind::Number | Kind::String => format!("a {kind}"),
    }
}
