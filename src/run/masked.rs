//! A report of a case without its secrets: services echo what they are sent, and a difference quotes what they answer.

use std::borrow::Cow;
use std::sync::Arc;

use crate::compare::{Change, Difference};
use crate::report::CaseReport;
use crate::snapshot::SnapshotDiff;
use crate::verdict::Standing;

/// The report with `mask` applied to every text that may quote what a side was sent or answered.
pub fn masked(report: CaseReport, mask: impl for<'t> Fn(&'t str) -> Cow<'t, str>) -> CaseReport {
    let mask = |text: &mut String| {
        if let Cow::Owned(masked) = mask(text) {
            *text = masked;
        }
    };
    let mut report = report;
    for failure in [&mut report.failures.legacy, &mut report.failures.candidate].into_iter().flatten() {
        mask(&mut failure.reason);
        mask(&mut failure.signature);
    }
    for difference in &mut report.differences {
        mask_difference(difference, &mask);
    }
    report.notes.iter_mut().for_each(&mask);
    let unstable = &mut report.repeated.unstable;
    for one in unstable.legacy.iter_mut().chain(&mut unstable.candidate) {
        mask(&mut one.first);
        mask(&mut one.other);
    }
    if let Some(SnapshotDiff { approved, today }) = &mut report.snapshot_diff {
        mask(approved);
        mask(today);
    }
    if let Standing::Surprises(surprise) = &mut report.standing {
        surprise.unexpected.iter_mut().for_each(&mask);
    }
    report
}

fn mask_difference(difference: &mut Difference, mask: &impl Fn(&mut String)) {
    match &mut difference.change {
        Change::Value { expected, got } | Change::Problem { expected, got, reason: _ } => {
            mask(expected);
            mask(got);
        }
        Change::Kind { expected, got } => {
            mask(&mut expected.1);
            mask(&mut got.1);
        }
        Change::Missing { expected: text } | Change::Extra { got: text } | Change::Untranslatable { reason: text } => mask(text),
        Change::Order { moves, of: _ } => moves.iter_mut().for_each(|one| mask(&mut one.item)),
        Change::Unstable { first, other, number: _ } => {
            mask(first);
            mask(other);
        }
        Change::Duplicate { side: _, times: _ } => {}
        // What is wanted stands in the suite.
        Change::Unlike { wanted: _, got } => got.iter_mut().for_each(mask),
        Change::UnknownError { legacy, got } => {
            mask(legacy);
            mask(got);
        }
    }
    if let Some(row) = &mut difference.row {
        let row = Arc::make_mut(row);
        row.key.iter_mut().for_each(mask);
        mask(&mut row.expected);
        mask(&mut row.got);
    }
}
