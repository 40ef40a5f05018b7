//! Proposed rules as the text of a suite, and what is said of them beside it.

use std::fmt::Write as _;

use crate::suggest::{Explained, Proposal, Suggestion};

use super::style::{Ink, Style};

/// So many signatures of one rule, so many cases of one signature and so many tolerated changes are named.
const NAMED: usize = 4;

/// How wide comments are, in columns.
const WIDTH: usize = 110;

/// The rules of one suite, each below a comment that says what it explains; every `why` is empty, so that the reader of suites
/// refuses what nobody has read.
#[must_use]
pub fn render(suggestion: &Suggestion) -> String {
    let mut text = String::new();
    if suggestion.proposals.is_empty() {
        return text;
    }
    let rules = counted(suggestion.proposals.len(), "rule", "rules");
    comment(
        &mut text,
        &format!(
            "{}: {rules} proposed, tried on {}. Adopt what is true: write each `why`, and add it to the suite.",
            suggestion.file,
            counted(suggestion.cases, "case", "cases")
        ),
    );
    for proposal in &suggestion.proposals {
        text.push('\n');
        text.push_str(&one(proposal, ""));
    }
    text
}

/// One rule with its comment, and with this reason.
#[must_use]
pub fn one(proposal: &Proposal, why: &str) -> String {
    let mut text = String::new();
    for explained in proposal.explains.iter().take(NAMED) {
        comment(&mut text, &explains(explained));
    }
    if proposal.explains.len() > NAMED {
        comment(&mut text, &format!("explains {} more signatures", proposal.explains.len() - NAMED));
    }
    if let Some(example) = &proposal.example {
        let arrow = if proposal.is_comparison() { "for" } else { "→" };
        let (one, other) = if proposal.is_comparison() {
            (&example.after, &example.before)
        } else {
            (&example.before, &example.after)
        };
        comment(
            &mut text,
            &format!("e.g. {} at {}: {one} {arrow} {other}", example.case, example.part),
        );
    }
    for tolerated in proposal.tolerates.iter().take(NAMED) {
        comment(&mut text, &format!("tolerates {tolerated}"));
    }
    if proposal.tolerates.len() > NAMED {
        comment(
            &mut text,
            &format!("tolerates {} more kinds of changes", proposal.tolerates.len() - NAMED),
        );
    }
    if proposal.tolerates.is_empty() {
        comment(&mut text, "tolerates nothing");
    }
    text.push_str(&proposal.toml(why));
    text
}

fn explains(explained: &Explained) -> String {
    let Explained {
        signature,
        gone,
        of,
        later,
    } = explained;
    let cases = if gone == of {
        format!("in all of {}", counted(*of, "case", "cases"))
    } else {
        format!("in {gone} of {of} cases")
    };
    let later = if *later { ", seen once the other rules act" } else { "" };
    format!("explains {signature}, {cases}{later}")
}

/// A comment of TOML, broken between words.
fn comment(text: &mut String, said: &str) {
    let style = Style {
        colour: super::style::Colour::Off,
        width: WIDTH,
    };
    for (place, line) in style.wrap(said, 2).into_iter().enumerate() {
        let indent = if place == 0 { "# " } else { "#   " };
        writeln!(text, "{indent}{line}").expect("writing to a String");
    }
}

/// What is said beside the text: how much is explained, and what is not.
#[must_use]
pub fn summary(suggestion: &Suggestion, style: Style) -> Vec<String> {
    let Suggestion {
        suite,
        open_before,
        open_after,
        proposals,
        ..
    } = suggestion;
    let mut lines = Vec::new();
    if *open_before == 0 {
        lines.push(format!("{suite}: nothing is open that a rule could explain"));
        return lines;
    }
    let explained = open_before - open_after;
    let (ink, count) = match (proposals.len(), open_after) {
        (_, 0) => (Ink::Good, explained),
        (0, _) => (Ink::Bad, 0),
        _ => (Ink::Warning, explained),
    };
    let said = format!(
        "{} to {count} of {}",
        counted(proposals.len(), "rule brings parity", "rules bring parity"),
        counted(*open_before, "open case", "open cases")
    );
    let head = if proposals.is_empty() {
        format!("no rule is proposed for {}", counted(*open_before, "open case", "open cases"))
    } else {
        said
    };
    lines.push(format!("{suite}: {}", style.paint(ink, head)));
    let tolerant = proposals.iter().filter(|proposal| proposal.is_comparison()).count();
    if tolerant > 0 {
        let said = match tolerant {
            1 => "1 of them is a comparison, a leniency on the candidate's side".to_owned(),
            several => format!("{several} of them are comparisons, leniencies on the candidate's side"),
        };
        let said = style.wrap(&format!("{said}: read what each tolerates"), 2);
        lines.extend(said.into_iter().map(|line| format!("  {line}")));
    }
    for left in &suggestion.unexplained {
        let cases = counted(left.cases.len(), "case", "cases");
        let head = [
            (Ink::Plain, "unexplained ".to_owned()),
            (Ink::Strong, format!("{}:", left.signature)),
            (Ink::Plain, cases),
        ];
        lines.extend(style.flow(&head, 2).into_iter().map(|line| format!("  {line}")));
        let first = left.cases.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if left.example.is_empty() {
            lines.push(format!("    in {first}"));
        } else {
            lines.push(format!("    {}", style.fit(&left.example, 4)));
        }
        lines.extend(style.wrap(&left.why, 4).into_iter().map(|line| format!("    {line}")));
    }
    lines
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
