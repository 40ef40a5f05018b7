//! What an earlier run saw, so that only what is new fails.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Event, RecordError, RecordedVerdict, Said};
use crate::redact::without_digests;
use crate::report::{CaseReport, Pardon};
use crate::verdict::{Standing, Verdict};

/// The signatures of an earlier run's failing cases, by suite, and the cases that did not fail.
///
/// A case that fails is pardoned when every one of its signatures is one that its suite had; a case that passed then must pass
/// still. What could not be asked is pardoned never, and neither is a declared verdict that is not seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    signatures: BTreeMap<String, BTreeSet<String>>,
    passed: BTreeSet<String>,
}

impl Baseline {
    /// Reads what was said in a record.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn of(events: impl IntoIterator<Item = Result<Event, RecordError>>) -> Result<Self, RecordError> {
        let mut baseline = Self::default();
        for event in events {
            if let Event::Verdict(verdict) = event? {
                baseline.add(&verdict);
            }
        }
        Ok(baseline)
    }

    fn add(&mut self, verdict: &RecordedVerdict) {
        match verdict.said {
            Said::Passes | Said::Expected => {
                self.passed.insert(plain(&verdict.case.to_string()));
            }
            Said::Fails | Said::Surprises => {
                let signatures = self.signatures.entry(verdict.case.suite.clone()).or_default();
                signatures.extend(verdict.signatures.iter().map(|signature| plain(signature)));
            }
        }
    }

    /// Pardons a case that fails for nothing new.
    pub(super) fn apply(&self, case: &mut CaseReport) {
        if case.pardon.is_none() && self.knows(case) {
            case.pardon = Some(Pardon::Baseline);
        }
    }

    fn knows(&self, case: &CaseReport) -> bool {
        if case.standing != Standing::Fails || case.verdict == Verdict::Unreachable || self.passed.contains(&plain(&case.case.to_string()))
        {
            return false;
        }
        let Some(known) = self.signatures.get(&case.case.suite) else {
            return false;
        };
        let signatures = case.signatures();
        !signatures.is_empty() && signatures.iter().all(|signature| known.contains(&plain(signature)))
    }
}

/// Masks have another digest in each record.
pub(super) fn plain(text: &str) -> String {
    without_digests(text).into_owned()
}
