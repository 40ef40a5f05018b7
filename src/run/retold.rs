//! A recorded run as it was told when it ended, from its record alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::record::Record;
use crate::report::html::{Evidence, Shown};
use crate::report::{Accountability, Exit, Pardon, RuleGate, RunReport, Strictness};
use crate::snapshot::SnapshotState;
use crate::suite::Suite;
use crate::translate::Detail;

use super::rejudge::{RejudgeError, Rejudging, judge_record};

/// A recorded run, told again.
#[derive(Debug, Clone, PartialEq)]
pub struct Retold {
    /// The run as every renderer sees it.
    pub report: RunReport,
    /// That it comes out otherwise than when it was recorded, when it does.
    pub note: Option<String>,
    /// Whether the record has its last line: else the run was killed, or the file is cut.
    pub ended: bool,
}

/// Tells a recorded run again: judged by the suites as they were, its snapshots, pardons and the rest of the gate as they were
/// then. A run without an end is told as one that was interrupted.
///
/// # Errors
/// When the record cannot be read.
pub fn retell(mut record: Record, suites: &[Arc<Suite>], shown: Option<String>) -> Result<Retold, RejudgeError> {
    let header = record.header().clone();
    let by = Rejudging {
        all: header.full,
        record: shown,
        ..Rejudging::by(suites)
    };
    let again = judge_record(&header, record.by_ref(), &by, |_| {})?;
    let mut report = again.report;
    report.interrupted |= !again.ended;
    let end = again.end.unwrap_or_default();
    let gate = end.gate.unwrap_or_default();
    for case in &mut report.cases {
        let name = case.case.to_string();
        case.snapshot = again.before.get(&name).map_or(SnapshotState::NotKept, |before| before.snapshot);
        if gate.baseline.contains(&name) {
            case.pardon = Some(Pardon::Baseline);
        }
    }
    let passes: BTreeMap<String, bool> = report.cases.iter().map(|case| (case.case.to_string(), case.passes())).collect();
    report.changed.retain_mut(|change| {
        change.now.passes = passes.get(&change.case).copied().unwrap_or_default();
        change.before != change.now
    });
    let strictness = |warns| if warns { Strictness::Warn } else { Strictness::Fail };
    let rules = RuleGate {
        stale: strictness(gate.stale_warns),
        expired: strictness(gate.expired_warns),
    };
    report.accountability = Accountability::of(&report.suites, &report.cases, report.full, header.today, rules);
    report.unreferenced = gate.unreferenced;
    report.refused_oracle = gate.refused_oracle;
    let exit = report.exit().code();
    let note = (again.ended && exit != end.exit && report.exit() != Exit::Interrupted).then(|| {
        format!(
            "the run ended with exit {}, and by this parity it is exit {exit}: {} judges otherwise than {}",
            end.exit,
            concat!("parity ", env!("CARGO_PKG_VERSION")),
            header.tool
        )
    });
    Ok(Retold {
        report,
        note,
        ended: again.ended,
    })
}

/// The answers of a recorded run that go into its page.
///
/// # Errors
/// When the record cannot be read.
pub fn evidence(record: &Path, suites: &[Arc<Suite>], run: &RunReport) -> Result<Evidence, RejudgeError> {
    let mut record = Record::open(record)?;
    let header = record.header().clone();
    let by = Rejudging {
        detail: Detail::Effects,
        ..Rejudging::by(suites)
    };
    let mut evidence = Evidence::of(run);
    judge_record(&header, record.by_ref(), &by, |visit| {
        evidence.add(&Shown {
            case: visit.case,
            requests: &visit.recorded.requests,
            exchange: &visit.recorded.exchange,
            base: visit.bases.candidate,
            repeats: &visit.recorded.repeats,
            judgement: visit.judgement,
        });
    })?;
    Ok(evidence)
}
