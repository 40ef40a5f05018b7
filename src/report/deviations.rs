//! How far what tolerances excused was off, so that they can be tightened.

use std::collections::BTreeMap;

use crate::compare::Deviation;

use super::model::{CaseReport, RunReport};

/// The largest deviation that one tolerance of a suite excused in a run.
#[derive(Debug, Clone, Copy)]
pub struct Largest<'r> {
    /// The deviation.
    pub deviation: &'r Deviation,
    /// The case in which it was seen, the first of several.
    pub case: &'r CaseReport,
}

/// One for each tolerance that acted, by suite and rule.
#[must_use]
pub fn largest(run: &RunReport) -> Vec<Largest<'_>> {
    let mut all: BTreeMap<_, Largest<'_>> = BTreeMap::new();
    for case in &run.cases {
        for deviation in &case.deviations {
            let new = Largest { deviation, case };
            let known = all.entry((&case.case.suite, &deviation.rule)).or_insert(new);
            if deviation.exceeds(known.deviation) {
                *known = new;
            }
        }
    }
    all.into_values().collect()
}
