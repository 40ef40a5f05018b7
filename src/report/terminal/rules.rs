//! The rules that are not as they should be.

use crate::report::accountability::{Concern, ConcernKind};
use crate::report::model::RunReport;
use crate::report::style::{Ink, Style, columns, count};

/// So many are listed; those for which the gate fails come first.
const LISTED: usize = 12;

/// The columns of what is the matter; the longest is `expires-soon`.
const STATE: usize = 12;

/// The section about rules, ending with an empty line; nothing when all are as they should be.
pub(super) fn lines(run: &RunReport, style: Style) -> Vec<String> {
    let mut concerns: Vec<&Concern> = run.accountability.concerns.iter().collect();
    if concerns.is_empty() {
        return Vec::new();
    }
    concerns.sort_by_key(|concern| (!concern.fails, concern.kind.clone()));
    let mut lines = vec![style.paint(Ink::Strong, "Rules to look at")];
    for (place, concern) in concerns.iter().enumerate().take(LISTED) {
        let [head, said] = listed(concern, style);
        lines.push(head);
        // What is said of several in a row is said once, below the last of them.
        let next = concerns.get(place + 1).filter(|_| place + 1 < LISTED);
        if next.is_none_or(|next| listed(next, style)[1] != said) {
            lines.push(said);
        }
    }
    if concerns.len() > LISTED {
        let more = format!("  … and {}", count(concerns.len() - LISTED, "rule", "rules"));
        lines.push(style.paint(Ink::Dim, format!("{more} more: `parity rules` lists all")));
    }
    lines.push(String::new());
    lines
}

fn listed(concern: &Concern, style: Style) -> [String; 2] {
    let (sign, ink) = if concern.fails { ("✗", Ink::Bad) } else { ("!", Ink::Warning) };
    let start = 4 + STATE + 2;
    let place = style.fit(&concern.at, start);
    let name = style.fit(&concern.rule.0, start + columns(&place) + 2);
    let head = format!(
        "  {} {}  {}  {}",
        style.paint(ink, sign),
        style.paint(ink, format!("{:<STATE$}", concern.kind.name())),
        style.paint(Ink::Strong, name),
        style.paint(Ink::Dim, place),
    );
    let mut said = concern.kind.said();
    if let Some(owner) = &concern.owner {
        said = format!("{said}; {owner} answers for it");
    }
    let said = style.paint(Ink::Dim, style.fit(&said, start));
    [head, format!("{}{said}", " ".repeat(start))]
}

/// What to do about the rules for which the gate fails, once for each kind: the first place, and the advice.
pub(super) fn steps(run: &RunReport) -> Vec<(String, String)> {
    let failing = |wanted: fn(&ConcernKind) -> bool| {
        let first = run
            .accountability
            .concerns
            .iter()
            .find(|concern| concern.fails && wanted(&concern.kind))?;
        Some((first.at.clone(), first.kind.advice().to_owned()))
    };
    [
        failing(|kind| matches!(kind, ConcernKind::Expired { .. })),
        failing(|kind| matches!(kind, ConcernKind::Stale)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
