//! One case.

use similar::{ChangeTag, TextDiff};

use crate::compare::Difference;
use crate::exchange::{PerSide, Side};
use crate::report::model::{CaseReport, Pardon, SuiteReport};
use crate::report::style::{Ink, Style, clip, columns, pad, time};
use crate::snapshot::{SnapshotDiff, SnapshotState};
use crate::value::visible;
use crate::verdict::{Failure, Standing, Surprise, Verdict};

use super::differences;

/// A case as it finishes: one line, and what is wrong below it. Ends with a line break.
#[must_use]
pub fn render_case(case: &CaseReport, suite: Option<&SuiteReport>, style: Style) -> String {
    let mut lines = headline(case, style);
    let head = lines.len();
    let found = Problems {
        verdict: case.verdict,
        standing: &case.standing,
        failures: &case.failures,
        differences: &case.differences,
        notes: &case.notes,
    };
    // What is expected was read when it was declared.
    if case.standing.passes() {
        lines.extend(notes(&case.notes, style));
    } else {
        lines.extend(problems(&found, suite, style));
    }
    lines.extend(snapshot(case, style));
    if lines.len() > head {
        lines.push(String::new());
    }
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// What is wrong with a case, apart from its snapshot.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Problems<'a> {
    pub verdict: Verdict,
    pub standing: &'a Standing,
    pub failures: &'a PerSide<Option<Failure>>,
    pub differences: &'a [Difference],
    pub notes: &'a [String],
}

/// The lines that say what is wrong, indented for standing below a headline.
pub(in crate::report) fn problems(found: &Problems<'_>, suite: Option<&SuiteReport>, style: Style) -> Vec<String> {
    let mut lines = failures(found, style);
    lines.extend(differences::lines(found.differences, suite, style));
    if let Standing::Surprises(surprise) = found.standing {
        lines.extend(surprised(found.verdict, surprise, suite, style));
    }
    lines.extend(notes(found.notes, style));
    lines
}

/// The columns of a verdict's name; the longest is `candidate-broken`.
const VERDICT: usize = 16;

/// The columns of a time.
const TIME: usize = 7;

/// So many lines of a snapshot's difference are shown.
const DIFF: usize = 40;

/// One line, where it is wide enough for the name.
fn headline(case: &CaseReport, style: Style) -> Vec<String> {
    let (sign, ink) = if case.passes() { ("✓", Ink::Good) } else { ("✗", Ink::Bad) };
    let verdict_ink = if case.standing.passes() { Ink::Good } else { Ink::Bad };
    let elapsed = Side::BOTH.map(|side| case.elapsed.get(side).map_or_else(|| "–".to_owned(), time));
    let times = format!("{:>TIME$} → {:>TIME$}", elapsed[0], elapsed[1]);
    let start = 2 + VERDICT + 1 + columns(&times) + 2;
    let head = format!(
        "{} {} {}",
        style.paint(ink, sign),
        style.paint(verdict_ink, pad(case.verdict.name(), VERDICT)),
        style.paint(Ink::Dim, times),
    );
    let name = case.case.to_string();
    let (mut lines, indentation) = if start + columns(&visible(&name)) <= style.width {
        (Vec::new(), start)
    } else {
        (vec![head.clone()], BELOW)
    };
    let name = style.fit(&name, indentation);
    let (beside, below) = beside(case, style.width.saturating_sub(indentation + columns(&name) + 2));
    let named = format!("{}  {}", style.paint(Ink::Strong, name), style.paint(Ink::Dim, beside));
    lines.push(if indentation == start {
        format!("{head}  {named}")
    } else {
        format!("{}{named}", " ".repeat(BELOW))
    });
    lines.extend(below.iter().flat_map(|below| sentence(below, BELOW, Ink::Dim, style)));
    lines
}

/// Where stands what has no room in the headline.
const BELOW: usize = 4;

/// What is said beside a case's name in so much room, and what has none there. What only explains is cut first; whether a case
/// passes is never cut.
fn beside(case: &CaseReport, room: usize) -> (String, Option<String>) {
    let mut state = Vec::new();
    match case.snapshot {
        SnapshotState::Changed => state.push("snapshot changed".to_owned()),
        SnapshotState::Missing => state.push("snapshot missing".to_owned()),
        SnapshotState::Approved | SnapshotState::NotKept => {}
    }
    match case.pardon {
        Some(Pardon::Draft) if !case.passes() => state.push("a draft, not gated".to_owned()),
        Some(Pardon::Baseline) => state.push("known from the baseline, not gated".to_owned()),
        Some(Pardon::Draft) | None => {}
    }
    state.extend(case.retried());
    let state = state.join(" · ");
    let below = columns(&state) > room;
    let left = if below || state.is_empty() {
        room
    } else {
        room.saturating_sub(columns(&state) + 3)
    };
    let is = case.case.is().map(|is| visible(&is).into_owned());
    let is = is.filter(|is| left >= columns(is).min(SHORTEST)).map(|is| clip(&is, left));
    let why = match &case.standing {
        Standing::Expected { why, .. } => Some(format!("expected: {}", visible(why))),
        Standing::Passes | Standing::Fails | Standing::Surprises(_) => None,
    };
    let shown = (!below && !state.is_empty()).then(|| state.clone());
    let all: Vec<String> = is.into_iter().chain(shown).chain(why).collect();
    let all = all.join(" · ");
    let all = if room >= columns(&all).min(SHORTEST) {
        clip(&all, room)
    } else {
        String::new()
    };
    (all, below.then_some(state))
}

/// So many columns of an explanation are worth reading.
const SHORTEST: usize = 4;

/// A sentence, broken between words, behind an indentation.
fn sentence(text: &str, indentation: usize, ink: Ink, style: Style) -> Vec<String> {
    let lines = style.wrap(text, indentation);
    lines
        .iter()
        .map(|line| format!("{}{}", " ".repeat(indentation), style.paint(ink, line)))
        .collect()
}

fn notes(notes: &[String], style: Style) -> Vec<String> {
    let line = |note: &String| sentence(&format!("note: {note}"), 4, Ink::Dim, style);
    notes.iter().flat_map(line).collect()
}

fn failures(found: &Problems<'_>, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for side in Side::BOTH {
        let Some(failure) = found.failures.get(side) else { continue };
        let what = match (found.verdict, side) {
            (Verdict::Unreachable, side) => format!("the {side} gave no answer"),
            (_, Side::Legacy) => "the legacy's answer is not what the suite says it answers, so nothing can be compared with it".to_owned(),
            (_, Side::Candidate) => "the candidate's answer is no response of its contract".to_owned(),
        };
        lines.extend(sentence(&what, 4, Ink::Strong, style));
        lines.extend(sentence(&failure.reason, 6, Ink::Bad, style));
    }
    lines
}

fn surprised(verdict: Verdict, surprise: &Surprise, suite: Option<&SuiteReport>, style: Style) -> Vec<String> {
    let place = suite.map_or_else(|| format!("line {} of the suite", surprise.line), |suite| suite.at(surprise.line));
    let declared = surprise.declared.name();
    let what = if verdict.is_parity() {
        format!("expected {declared} ({place}), and the case is in parity now: remove the line")
    } else if verdict.name() != declared {
        format!("expected {declared} ({place}), and it is {verdict}")
    } else {
        format!("expected {declared} ({place}), and it looks otherwise:")
    };
    let mut lines = sentence(&what, 4, Ink::Warning, style);
    if verdict.name() == declared {
        let listed = |what: &str, signatures: &[String]| -> Vec<String> {
            let line = |signature: &String| sentence(&format!("{what} {signature}"), 6, Ink::Plain, style);
            signatures.iter().flat_map(line).collect()
        };
        lines.extend(listed("seen, not declared:", &surprise.unexpected));
        lines.extend(listed("declared, not seen:", &surprise.absent));
    }
    lines
}

fn snapshot(case: &CaseReport, style: Style) -> Vec<String> {
    if case.snapshot != SnapshotState::Changed {
        return Vec::new();
    }
    let mut lines = sentence("the approved snapshot says something else", 4, Ink::Strong, style);
    lines.extend(case.snapshot_diff.iter().flat_map(|diff| unified(diff, style)));
    lines
}

fn unified(diff: &SnapshotDiff, style: Style) -> Vec<String> {
    let text = TextDiff::from_lines(&diff.approved, &diff.today);
    let mut lines = Vec::new();
    for hunk in text.unified_diff().context_radius(2).iter_hunks() {
        lines.push(format!("      {}", style.paint(Ink::Dim, hunk.header())));
        for change in hunk.iter_changes() {
            let (sign, ink) = match change.tag() {
                ChangeTag::Equal => (" ", Ink::Dim),
                ChangeTag::Delete => ("-", Ink::Bad),
                ChangeTag::Insert => ("+", Ink::Good),
            };
            let line = style.fit(change.value().trim_end_matches(['\n', '\r']), 7);
            lines.push(format!("      {}", style.paint(ink, format!("{sign}{line}"))));
        }
    }
    if lines.len() > DIFF {
        let more = format!("… and {} lines more", lines.len() - DIFF);
        lines.truncate(DIFF);
        lines.push(format!("      {}", style.paint(Ink::Dim, more)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Exchange, Unreachable, UnreachableKind};
    use crate::report::sample::report;
    use crate::report::style::Colour;
    use crate::rule::VerdictName;
    use crate::suite::{Suite, sample};
    use proptest::prelude::*;

    fn shown(suite: &Suite, run_id: &str, exchange: &Exchange) -> String {
        render_case(&report(suite, run_id, exchange), Some(&SuiteReport::of(suite)), Style::PLAIN)
    }

    fn against(candidate: &str) -> String {
        shown(&sample::suite(), "34", &sample::exchange(&sample::legacy_trace(6), candidate))
    }

    #[test]
    fn a_passing_case_is_one_line() {
        insta::assert_snapshot!(against(&sample::candidate_trace(6)));
    }

    #[test]
    fn a_boolean_as_a_string() {
        insta::assert_snapshot!(against(&sample::candidate_trace(6).replace("true", "\"true\"")));
    }

    #[test]
    fn many_differences_of_one_kind_are_counted() {
        insta::assert_snapshot!(against(&sample::candidate_trace(6).replace("\"repeat\":0", "\"repeat\":\"0\"")));
    }

    #[test]
    fn rows_in_another_order() {
        let mut rows: Vec<String> = sample::candidate_trace(6).split("},{").map(str::to_owned).collect();
        let row = rows.remove(3);
        rows.insert(1, row);
        insta::assert_snapshot!(against(&rows.join("},{")));
    }

    #[test]
    fn a_missing_row_and_an_extra_member() {
        let candidate = sample::candidate_trace(5).replace("\"run_id\":34", "\"run_id\":34,\"note\":{\"a\":[1,2]}");
        insta::assert_snapshot!(against(&candidate));
    }

    #[test]
    fn long_strings_and_rounded_numbers() {
        let long = |end: &str| {
            format!("sklearn.pipeline.Pipeline(steps=[('impute', SimpleImputer()), ('scale', StandardScaler()), ('svc', SVC(C={end}))])")
        };
        let legacy = sample::legacy_trace(6)
            .replace("{\\\"C\\\": 4}", &long("1.0"))
            .replace("0.950", "0.333333333333333333");
        let candidate = sample::candidate_trace(6)
            .replace("{\\\"C\\\": 4}", &long("1"))
            .replace("0.95", "0.333333333333333300001");
        insta::assert_snapshot!(shown(&sample::suite(), "34", &sample::exchange(&legacy, &candidate)));
    }

    #[test]
    fn a_wrong_status_media_type_and_code() {
        let exchange = PerSide {
            legacy: sample::answer(412, "application/json", r#"{"error":{"code":"571","message":"Run not found."}}"#),
            candidate: sample::answer(
                404,
                "application/json",
                r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":404,"detail":"Run 999999 not found.","code":571}"#,
            ),
        };
        insta::assert_snapshot!(shown(&sample::suite(), "999999", &exchange));
    }

    #[test]
    fn an_error_without_a_row() {
        let exchange = PerSide {
            legacy: sample::answer(
                412,
                "application/json",
                r#"{"error":{"code":"572","message":"No successful trace."}}"#,
            ),
            candidate: sample::answer(412, "application/problem+json", r#"{"code":"572"}"#),
        };
        insta::assert_snapshot!(shown(&sample::suite(), "24", &exchange));
    }

    #[test]
    fn a_value_that_cannot_be_translated() {
        let legacy = sample::legacy_trace(2).replace("\"run_id\":\"34\"", "\"run_id\":\"abc\"");
        insta::assert_snapshot!(shown(
            &sample::suite(),
            "34",
            &sample::exchange(&legacy, &sample::candidate_trace(2))
        ));
    }

    #[test]
    fn a_broken_legacy_expected_or_not() {
        let exchange = PerSide {
            legacy: sample::answer(500, "text/html; charset=UTF-8", ""),
            candidate: sample::answer(200, "application/json", &sample::candidate_trace(2)),
        };
        let expected = shown(&sample::suite(), "36", &exchange);
        insta::assert_snapshot!(expected + &shown(&sample::suite(), "34", &exchange));
    }

    #[test]
    fn a_broken_candidate() {
        let exchange = PerSide {
            legacy: sample::answer(200, "application/json", &sample::legacy_trace(2)),
            candidate: sample::answer(200, "application/json", "{\"run_id\":34,"),
        };
        insta::assert_snapshot!(shown(&sample::suite(), "34", &exchange));
    }

    #[test]
    fn no_answer() {
        let refused = |kind, reason: &str| {
            Err(Unreachable {
                kind,
                reason: reason.into(),
            })
        };
        let exchange = PerSide {
            legacy: refused(UnreachableKind::TimedOut, "no answer within 10 s"),
            candidate: refused(UnreachableKind::Refused, "connection refused"),
        };
        insta::assert_snapshot!(shown(&sample::suite(), "34", &exchange));
    }

    #[test]
    fn an_expected_verdict_that_is_not_seen() {
        let parity = shown(
            &sample::suite(),
            "36",
            &sample::exchange(&sample::legacy_trace(1), &sample::candidate_trace(1)),
        );
        let mut suite = sample::suite();
        suite.expected[0].verdict = VerdictName::Mismatch;
        suite.expected[0].signatures = vec!["/trace/*: missing".into()];
        let candidate = sample::candidate_trace(1).replace("false", "\"false\"");
        let otherwise = shown(&suite, "36", &sample::exchange(&sample::legacy_trace(1), &candidate));
        insta::assert_snapshot!(parity + &otherwise);
    }

    #[test]
    fn a_changed_and_a_missing_snapshot() {
        let exchange = sample::exchange(&sample::legacy_trace(1), &sample::candidate_trace(1));
        let mut changed = report(&sample::suite(), "34", &exchange);
        changed.snapshot = SnapshotState::Changed;
        changed.snapshot_diff = Some(SnapshotDiff {
            approved: "case  run-trace/run_id=34\n\nexpected body\n{\n  \"run_id\": 35\n}".into(),
            today: "case  run-trace/run_id=34\n\nexpected body\n{\n  \"run_id\": 34\n}".into(),
        });
        let mut missing = report(&sample::suite(), "34", &exchange);
        missing.snapshot = SnapshotState::Missing;
        insta::assert_snapshot!(render_case(&changed, None, Style::PLAIN) + &render_case(&missing, None, Style::PLAIN));
    }

    #[test]
    fn more_than_one_attempt() {
        let mut passed = report(
            &sample::suite(),
            "34",
            &sample::exchange(&sample::legacy_trace(1), &sample::candidate_trace(1)),
        );
        passed.attempts.candidate = 2;
        let refused = Err(Unreachable {
            kind: UnreachableKind::Busy,
            reason: "status 503".into(),
        });
        let exchange = PerSide {
            legacy: refused.clone(),
            candidate: refused,
        };
        let mut failed = report(&sample::suite(), "24", &exchange);
        failed.attempts = PerSide { legacy: 3, candidate: 4 };
        insta::assert_snapshot!(render_case(&passed, None, Style::PLAIN) + &render_case(&failed, None, Style::PLAIN));
    }

    /// Wide characters, and more to say beside the name than there is room for.
    #[test]
    fn on_narrow_terminals_nothing_that_matters_is_cut() {
        let long = |text: &str| text.replace("{\\\"C\\\": 4}", &"広い文字の値".repeat(9));
        let candidate = long(&sample::candidate_trace(6)).replace("true", "\"true\"");
        let mut case = report(
            &sample::suite(),
            "全角文字の番号",
            &sample::exchange(&long(&sample::legacy_trace(6)), &candidate),
        );
        case.case.binding.0[0].is = Some("とても長い説明、a description that goes on".to_owned());
        case.snapshot = SnapshotState::Changed;
        case.attempts.legacy = 3;
        let at = |width| {
            let style = Style {
                colour: Colour::Off,
                width,
            };
            let shown = render_case(&case, Some(&SuiteReport::of(&sample::suite())), style);
            assert!(shown.lines().all(|line| columns(line) <= width), "{shown}");
            let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("snapshot changed · the legacy was asked 3 times"), "{shown}");
            format!("--- {width}\n{shown}")
        };
        insta::assert_snapshot!([at(40), at(60), at(80), at(120)].concat());
    }

    #[test]
    fn colours_say_nothing_that_words_do_not() {
        let exchange = sample::exchange(&sample::legacy_trace(6), &sample::candidate_trace(6).replace("true", "\"true\""));
        let case = report(&sample::suite(), "34", &exchange);
        let style = Style {
            colour: Colour::On,
            width: 100,
        };
        let coloured = render_case(&case, None, style);
        insta::assert_snapshot!(coloured.replace('\u{1b}', "␛"));
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        let bare = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(bare(&plain), bare(&render_case(&case, None, Style::PLAIN)));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_escapes(value in any::<String>(), legacy in any::<String>(), candidate in any::<String>(), width in 0usize..200) {
            let text = |text: &str| crate::value::compact(&crate::value::Value::string(text));
            let wrap = |text: String| format!("{{{text}:[{text}]}}");
            let exchange = sample::exchange(&wrap(text(&legacy)), &wrap(text(&candidate)));
            let mut case = report(&sample::suite(), &value, &exchange);
            case.notes.push(legacy.clone());
            case.snapshot = SnapshotState::Changed;
            case.snapshot_diff = Some(SnapshotDiff { approved: legacy, today: candidate });
            let shown = render_case(&case, None, Style { colour: Colour::Off, width });
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{}", shown);
            for line in shown.lines() {
                prop_assert!(columns(line) <= width.max(40), "{}", line);
            }
        }
    }
}
