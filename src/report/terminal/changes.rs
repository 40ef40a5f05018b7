//! What a re-judging says otherwise than the run that was recorded.

use std::collections::BTreeMap;

use crate::report::changes::VerdictChange;
use crate::report::model::RunReport;
use crate::report::style::{Ink, Style, columns};

/// So many kinds of change, and so many names of cases, are listed.
const KINDS: usize = 12;
const NAMES: usize = 3;

/// The section about changed verdicts, ending with an empty line; nothing when none changed.
pub(super) fn lines(run: &RunReport, style: Style) -> Vec<String> {
    let mut kinds: BTreeMap<String, Vec<&VerdictChange>> = BTreeMap::new();
    for change in &run.changed {
        kinds.entry(change.said()).or_default().push(change);
    }
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, changes)| std::cmp::Reverse(changes.len()));
    let mut lines = vec![style.paint(Ink::Strong, "What is said otherwise than when it ran")];
    for (said, changes) in kinds.iter().take(KINDS) {
        let number = format!("{:>6}  ", changes.len());
        let ink = if changes.iter().all(|change| change.now.passes) {
            Ink::Good
        } else {
            Ink::Bad
        };
        let text = style.fit(said, columns(&number));
        lines.push(format!("{}{text}", style.paint(ink, &number)));
        let mut names: Vec<&str> = changes.iter().take(NAMES).map(|change| change.case.as_str()).collect();
        let more = format!("… and {} more", changes.len().saturating_sub(NAMES));
        if changes.len() > NAMES {
            names.push(&more);
        }
        lines.push(format!("        {}", style.paint(Ink::Dim, style.fit(&names.join("  "), 8))));
    }
    if kinds.len() > KINDS {
        lines.push(format!("        … and {} other changes", kinds.len() - KINDS));
    }
    lines.push(String::new());
    lines
}
