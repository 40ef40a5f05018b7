//! The rules that are not as they should be.

use crate::report::accountability::{Concern, ConcernKind};
use crate::report::model::RunReport;
use crate::report::style::{Ink, Style, columns, count};
use crate::value::visible;

/// So many are listed; those for which the gate fails come first.
const LISTED: usize = 12;

/// The columns of what is the matter; the longest is `expires-soon`.
const STATE: usize = 12;

/// Where the name of a rule stands.
const START: usize = 4 + STATE + 2;

/// The section about rules, ending with an empty line; nothing when all are as they should be.
pub(super) fn lines(run: &RunReport, style: Style) -> Vec<String> {
    let mut concerns: Vec<&Concern> = run.accountability.concerns.iter().collect();
    if concerns.is_empty() {
        return Vec::new();
    }
    concerns.sort_by_key(|concern| (!concern.fails, concern.kind.clone()));
    let mut lines = vec![style.paint(Ink::Strong, "Rules to look at")];
    for (place, concern) in concerns.iter().enumerate().take(LISTED) {
        lines.extend(head(concern, style));
        // What is said of several in a row is said once, below the last of them.
        let next = concerns.get(place + 1).filter(|_| place + 1 < LISTED);
        if next.is_none_or(|next| said(next) != said(concern)) {
            let said = style.wrap(&said(concern), START);
            lines.extend(
                said.iter()
                    .map(|line| format!("{}{}", " ".repeat(START), style.paint(Ink::Dim, line))),
            );
        }
    }
    if concerns.len() > LISTED {
        let more = format!("  … and {}", count(concerns.len() - LISTED, "rule", "rules"));
        lines.push(style.paint(Ink::Dim, format!("{more} more: `parity rules` lists all")));
    }
    lines.push(String::new());
    lines
}

fn head(concern: &Concern, style: Style) -> Vec<String> {
    let (sign, ink) = if concern.fails { ("✗", Ink::Bad) } else { ("!", Ink::Warning) };
    let place = visible(&concern.at);
    let beside = columns(&place) + 2;
    let on_one_line = style.has_room(START + beside, &concern.rule.0);
    let name = style.fit(&concern.rule.0, if on_one_line { START + beside } else { START });
    let place = style.paint(Ink::Dim, place);
    let head = format!(
        "  {} {}  {}",
        style.paint(ink, sign),
        style.paint(ink, format!("{:<STATE$}", concern.kind.name())),
        style.paint(Ink::Strong, name),
    );
    if on_one_line {
        vec![format!("{head}  {place}")]
    } else {
        vec![head, format!("{}{place}", " ".repeat(START))]
    }
}

fn said(concern: &Concern) -> String {
    let said = concern.kind.said();
    match &concern.owner {
        Some(owner) => format!("{said}; {owner} answers for it"),
        None => said,
    }
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
