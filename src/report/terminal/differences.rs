//! The differences of a case: path, what was expected, what came, and the row around it.

use crate::compare::{Change, Difference, Move};
use crate::report::model::SuiteReport;
use crate::report::style::{Ink, Style, columns, count};
use crate::value::visible;

use super::strings;

/// So many differences of one signature are shown.
const ALIKE: usize = 3;

/// So many signatures are shown.
const SIGNATURES: usize = 8;

/// So many moved items are shown.
const MOVES: usize = 6;

/// The lines of all differences, in the order of the document, indented for standing below a case.
pub(super) fn lines(differences: &[Difference], suite: Option<&SuiteReport>, style: Style) -> Vec<String> {
    let groups = by_signature(differences);
    let mut lines = Vec::new();
    for group in groups.iter().take(SIGNATURES) {
        for (index, difference) in group.iter().take(ALIKE).enumerate() {
            show(difference, style, &mut lines);
            // A signature names the rule, so it is the same for the whole group.
            if let (0, Some(rule)) = (index, &difference.rule) {
                let place = suite
                    .and_then(|suite| suite.place(rule))
                    .map_or_else(String::new, |place| format!("  {place}"));
                fact("rule", &[style.fit(&format!("{rule}{place}"), FACT + LABEL)], style, &mut lines);
            }
            if let Some(row) = &difference.row {
                let row = style.paint(Ink::Dim, style.fit(&row.expected, FACT + LABEL));
                fact("row", &[row], style, &mut lines);
            }
        }
        if group.len() > ALIKE {
            let more = format!("… and {} more of this kind", group.len() - ALIKE);
            lines.push(format!("{}{}", " ".repeat(PATH), style.paint(Ink::Dim, more)));
        }
    }
    if groups.len() > SIGNATURES {
        let hidden: usize = groups[SIGNATURES..].iter().map(Vec::len).sum();
        let more = format!(
            "… and {} of {}",
            count(hidden, "more difference", "more differences"),
            count(groups.len() - SIGNATURES, "other kind", "other kinds")
        );
        lines.push(format!("{}{}", " ".repeat(PATH), style.paint(Ink::Dim, more)));
    }
    lines
}

/// Where a path stands, and where the facts below it stand.
const PATH: usize = 4;
const FACT: usize = 6;
const LABEL: usize = 10;

fn by_signature(differences: &[Difference]) -> Vec<Vec<&Difference>> {
    let mut groups: Vec<(String, Vec<&Difference>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for difference in differences {
        let signature = difference.signature();
        let place = *places.entry(signature.clone()).or_insert_with(|| {
            groups.push((signature, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(difference);
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn show(difference: &Difference, style: Style, lines: &mut Vec<String>) {
    let place = style.fit(&difference.part.to_string(), PATH);
    let key = difference.row.as_ref().and_then(|row| row.key.as_deref());
    let beside = match (key, &difference.change) {
        (Some(key), _) => format!("in row {key}"),
        (None, Change::Order { .. }) => "order".to_owned(),
        (None, _) => String::new(),
    };
    let title = format!("{}{}", " ".repeat(PATH), style.paint(Ink::Strong, &place));
    let taken = PATH + columns(&place) + 2;
    if beside.is_empty() {
        lines.push(title);
    } else if style.has_room(taken, &beside) {
        let beside = style.paint(Ink::Dim, style.fit(&beside, taken));
        lines.push(format!("{title}  {beside}"));
    } else {
        lines.push(title);
        let beside = style.paint(Ink::Dim, style.fit(&beside, FACT));
        lines.push(format!("{}{beside}", " ".repeat(FACT)));
    }
    change(&difference.change, style, lines);
}

fn change(change: &Change, style: Style, lines: &mut Vec<String>) {
    let fit = |text: &str| style.fit(text, FACT + LABEL);
    match change {
        Change::Value { expected, got } => {
            let [owed, came] = strings::pair(&visible(expected), &visible(got), style, style.room(FACT + LABEL));
            fact("expected", &owed, style, lines);
            fact("got", &came, style, lines);
        }
        Change::Kind { expected, got } => {
            let say = |(kind, text): &(crate::value::Kind, String)| match kind {
                crate::value::Kind::Null => fit("null"),
                kind => fit(&format!("{kind} {text}")),
            };
            fact("expected", &[style.paint(Ink::Good, say(expected))], style, lines);
            fact("got", &[style.paint(Ink::Bad, say(got))], style, lines);
        }
        Change::Missing { expected } => {
            fact("expected", &[style.paint(Ink::Good, fit(expected))], style, lines);
            fact("got", &[style.paint(Ink::Bad, "nothing")], style, lines);
        }
        Change::Extra { got } => {
            fact("expected", &[style.paint(Ink::Good, "nothing")], style, lines);
            fact("got", &[style.paint(Ink::Bad, fit(got))], style, lines);
        }
        Change::Order { moves, of } => order(moves, *of, style, lines),
        Change::Duplicate { side, times } => {
            fact(
                "got",
                &[style.paint(Ink::Bad, format!("the {side} names this member {times} times"))],
                style,
                lines,
            );
        }
        Change::Unlike { wanted, got } => {
            fact("expected", &[style.paint(Ink::Good, fit(wanted))], style, lines);
            let got = got.as_ref().map_or_else(|| "nothing".to_owned(), |got| fit(got));
            fact("got", &[style.paint(Ink::Bad, got)], style, lines);
        }
        Change::Untranslatable { reason } => problem(reason, style, lines),
        Change::Problem { expected, got, reason } => {
            let [owed, came] = strings::pair(&visible(expected), &visible(got), style, style.room(FACT + LABEL));
            fact("expected", &owed, style, lines);
            fact("got", &came, style, lines);
            problem(reason, style, lines);
        }
        Change::UnknownError { legacy, got } => {
            fact("legacy", &[fit(legacy)], style, lines);
            fact("candidate", &[fit(got)], style, lines);
            problem("no row of the error table names this error of the legacy", style, lines);
        }
        Change::Unstable { first, other, number } => {
            let [before, after] = strings::pair(&visible(first), &visible(other), style, style.room(FACT + LABEL));
            fact("first", &before, style, lines);
            fact("then", &after, style, lines);
            problem(
                &format!("unstable: answer {number} of the candidate is another one than its first"),
                style,
                lines,
            );
        }
    }
}

fn problem(what: &str, style: Style, lines: &mut Vec<String>) {
    let text: Vec<String> = style
        .wrap(what, FACT + LABEL)
        .iter()
        .map(|line| style.paint(Ink::Bad, line))
        .collect();
    fact("problem", &text, style, lines);
}

fn order(moves: &[Move], of: usize, style: Style, lines: &mut Vec<String>) {
    let sum = format!("{} of {of} stand elsewhere; the fewest that would have to move:", moves.len());
    fact("got", &[style.paint(Ink::Bad, style.fit(&sum, FACT + LABEL))], style, lines);
    for Move { item, expected, got } in moves.iter().take(MOVES) {
        let places = format!("at {got}, expected at {expected}");
        let taken = FACT + LABEL + columns(&places) + 2;
        let (on_one_line, places) = (style.has_room(taken, item), style.paint(Ink::Dim, places));
        if on_one_line {
            fact("", &[format!("{}  {places}", style.fit(item, taken))], style, lines);
        } else {
            fact("", &[style.fit(item, FACT + LABEL), places], style, lines);
        }
    }
    if moves.len() > MOVES {
        let more = format!("… and {} more", moves.len() - MOVES);
        fact("", &[style.paint(Ink::Dim, more)], style, lines);
    }
}

fn fact(label: &str, text: &[String], style: Style, lines: &mut Vec<String>) {
    for (index, line) in text.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let label = style.paint(Ink::Dim, format!("{label:<LABEL$}"));
        lines.push(format!("{}{label}{line}", " ".repeat(FACT)));
    }
}
