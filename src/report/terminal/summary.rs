//! The end of a run.

use std::collections::BTreeMap;

use crate::exchange::OracleKind;
use crate::report::exit::Exit;
use crate::report::model::{CaseReport, Pardon, RunReport};
use crate::report::repeats;
use crate::report::shell::quote;
use crate::report::style::{Ink, Style, columns, count, pad, time};
use crate::snapshot::{Pending, SnapshotState};
use crate::value::visible;
use crate::verdict::{Standing, Verdict};

use super::{changes, closing, rules};

/// The summary of a run: what failing cases have in common, totals, the oracle, how it ends, what to do next.
#[must_use]
pub fn render_summary(run: &RunReport, style: Style) -> String {
    let mut sheet = Sheet { style, out: String::new() };
    for line in changes::lines(run, style) {
        sheet.line(&line);
    }
    sheet.signatures(run);
    sheet.unreferenced(run);
    for line in rules::lines(run, style) {
        sheet.line(&line);
    }
    for line in closing::tolerances(run, style) {
        sheet.line(&line);
    }
    sheet.totals(run);
    sheet.end(run);
    let mut steps = steps_of_cases(run, None);
    steps.extend(steps_beside_cases(run));
    sheet.next(&steps);
    sheet.out
}

/// What fails the gate and is said of no case, and what to do about it; nothing when nothing does.
#[must_use]
pub fn render_gate(run: &RunReport, style: Style) -> Option<String> {
    if !run.fails_beside_its_cases() {
        return None;
    }
    let mut sheet = Sheet { style, out: String::new() };
    sheet.unreferenced(run);
    for line in rules::lines(run, style) {
        sheet.line(&line);
    }
    if let Some(why) = &run.refused_oracle {
        sheet.line(&format!("could not be compared: {}", visible(why)));
    }
    if run.interrupted {
        sheet.line(INTERRUPTED);
    }
    sheet.next(&steps_beside_cases(run));
    Some(sheet.out)
}

/// What stands below a list of tests: the oracle, the candidate, the record, and what to do next about cases. The record is
/// named there too, because each of several processes may have made one.
#[must_use]
pub fn render_footing(run: &RunReport, style: Style) -> String {
    let mut sheet = Sheet { style, out: String::new() };
    sheet.sources(run);
    sheet.next(&steps_of_cases(run, run.record.as_deref()));
    sheet.out
}

const INTERRUPTED: &str = "interrupted: what was asked until then is in the record";

/// So many signatures, and so many names of cases, are listed.
const SIGNATURES: usize = 10;
const NAMES: usize = 3;
const FILES: usize = 10;

/// The columns of a label.
const LABEL: usize = 10;

/// A column of sentences narrower than this is no pleasure to read.
const READABLE: usize = 36;

struct Sheet {
    style: Style,
    out: String,
}

impl Sheet {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn title(&mut self, title: &str) {
        let title = self.style.paint(Ink::Strong, title);
        self.line(&title);
    }

    /// A label, and beside it texts in their inks, on as many lines as they need.
    fn fact(&mut self, label: &str, texts: &[(Ink, String)]) {
        for (place, line) in self.style.flow(texts, LABEL + 2).iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            let label = self.style.paint(Ink::Dim, format!("{label:<LABEL$}"));
            self.line(&format!("  {label}{line}"));
        }
    }

    fn signatures(&mut self, run: &RunReport) {
        let signatures = run.signatures();
        if signatures.is_empty() {
            return;
        }
        self.title("What fails, the most common first");
        for (signature, cases) in signatures.iter().take(SIGNATURES) {
            let number = format!("{:>6}  ", cases.len());
            let text = self.style.fit(signature, columns(&number));
            let mut line = format!("{}{text}", self.style.paint(Ink::Bad, &number));
            if let Some(place) = place(run, signature, cases) {
                let room = columns(&number) + columns(&text) + 2;
                if room + columns(&place) <= self.style.width {
                    line = format!("{line}  {}", self.style.paint(Ink::Dim, place));
                }
            }
            self.line(&line);
            let mut names: Vec<String> = cases.iter().take(NAMES).map(|case| case.case.to_string()).collect();
            if cases.len() > NAMES {
                names.push(format!("… and {} more", cases.len() - NAMES));
            }
            if cases.iter().all(|case| case.pardon.is_some()) {
                names.insert(0, "not gated:".to_owned());
            }
            let names = self.style.paint(Ink::Dim, self.style.fit(&names.join("  "), 8));
            self.line(&format!("        {names}"));
        }
        if signatures.len() > SIGNATURES {
            self.line(&format!(
                "        … and {} more",
                count(signatures.len() - SIGNATURES, "signature", "signatures")
            ));
        }
        self.line("");
    }

    fn unreferenced(&mut self, run: &RunReport) {
        if run.unreferenced.is_empty() {
            return;
        }
        self.title("Snapshots that no case refers to");
        for file in run.unreferenced.iter().take(FILES) {
            let file = self.style.fit(file, 2);
            self.line(&format!("  {file}"));
        }
        if run.unreferenced.len() > FILES {
            self.line(&format!("  … and {} more", run.unreferenced.len() - FILES));
        }
        self.line("");
    }

    fn totals(&mut self, run: &RunReport) {
        let totals = run.totals();
        let verdicts = totals.verdicts.iter().map(|(verdict, number)| {
            let expected = run
                .cases
                .iter()
                .filter(|case| case.verdict == *verdict && is_expected(case))
                .count();
            let ink = if verdict.is_parity() || expected == *number {
                Ink::Good
            } else {
                Ink::Bad
            };
            let expected = match expected {
                0 => String::new(),
                all if all == *number => " (expected)".to_owned(),
                some => format!(" ({some} expected)"),
            };
            (ink, format!("{number} {verdict}{expected}"))
        });
        let verdicts = listed(verdicts);
        let colon = if verdicts.is_empty() { "" } else { ":" };
        let cases = format!("{} in {}{colon}", count(totals.cases, "case", "cases"), time(run.elapsed));
        let has_verdicts = !verdicts.is_empty();
        self.fact("cases", &[vec![(Ink::Plain, cases)], verdicts].concat());
        if has_verdicts {
            let snapshots = totals.snapshots.iter().map(|(state, number)| {
                let ink = if state.passes() { Ink::Plain } else { Ink::Bad };
                (ink, format!("{number} {}", state.name().replace('-', " ")))
            });
            self.fact("snapshots", &listed(snapshots));
        }
        self.pardoned(run);
        for (place, line) in closing::times(run).into_iter().enumerate() {
            self.fact(if place == 0 { "times" } else { "" }, &[(Ink::Plain, line)]);
        }
        if let Some(asked) = repeats::asked(run) {
            self.fact("asked", &[(Ink::Plain, asked)]);
        }
        if let Some(unstable) = repeats::unstable(run) {
            self.fact("unstable", &[(Ink::Warning, unstable)]);
        }
        self.sources(run);
    }

    /// Who answered, and where it is recorded.
    fn sources(&mut self, run: &RunReport) {
        let oracle = match run.oracle.kind {
            OracleKind::Genuine => Ink::Plain,
            OracleKind::StandIn | OracleKind::Unknown => Ink::Warning,
        };
        self.fact("oracle", &[(oracle, run.oracle.to_string())]);
        self.fact("candidate", &[(Ink::Plain, run.sides.candidate.clone())]);
        if let Some(record) = &run.record {
            // Whole, for it is there to be copied.
            let label = self.style.paint(Ink::Dim, format!("{:<LABEL$}", "record"));
            self.line(&format!("  {label}{}", visible(record)));
        }
    }

    /// What does not pass and is not held against anybody.
    fn pardoned(&mut self, run: &RunReport) {
        let cases = |pardon: Pardon| {
            run.cases
                .iter()
                .filter(|case| !case.passes() && case.pardon == Some(pardon))
                .count()
        };
        let said: Vec<String> = [
            (cases(Pardon::Draft), "of a draft", "of drafts"),
            (cases(Pardon::Baseline), "known from the baseline", "known from the baseline"),
        ]
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, several)| {
            let what = if number == 1 { one } else { several };
            format!("{} {what}", count(number, "failing case", "failing cases"))
        })
        .collect();
        if !said.is_empty() {
            self.fact("not gated", &[(Ink::Warning, said.join(", "))]);
        }
    }

    fn end(&mut self, run: &RunReport) {
        let exit = run.exit();
        let ink = match exit {
            Exit::Passed => Ink::Good,
            Exit::Interrupted | Exit::NothingJudged => Ink::Warning,
            Exit::Usage | Exit::Differs | Exit::CannotCompare => Ink::Bad,
        };
        self.fact("result", &[(ink, format!("{} (exit {})", result(run), exit.code()))]);
    }

    fn next(&mut self, steps: &[(String, String)]) {
        if steps.is_empty() {
            return;
        }
        self.line("");
        self.title("Next");
        let steps: Vec<(String, &str)> = steps.iter().map(|(what, why)| (visible(what).into_owned(), why.as_str())).collect();
        let widest = steps.iter().map(|(what, _)| columns(what)).max().unwrap_or_default();
        let longest = steps.iter().map(|(_, why)| columns(why)).max().unwrap_or_default();
        let start = widest + 4;
        let beside = start + longest.min(READABLE) <= self.style.width;
        for (what, why) in steps {
            if beside {
                for (place, line) in self.style.wrap(why, start).iter().enumerate() {
                    let what = pad(if place == 0 { &what } else { "" }, widest);
                    self.line(&format!("  {what}  {}", self.style.paint(Ink::Dim, line)));
                }
            } else {
                // Whole, for it is there to be copied.
                self.line(&format!("  {what}"));
                for line in self.style.wrap(why, 6) {
                    self.line(&format!("      {}", self.style.paint(Ink::Dim, line)));
                }
            }
        }
    }
}

/// Texts with commas between them.
fn listed(texts: impl ExactSizeIterator<Item = (Ink, String)>) -> Vec<(Ink, String)> {
    let last = texts.len().saturating_sub(1);
    let texts = texts.enumerate();
    texts
        .map(|(place, (ink, text))| (ink, if place < last { format!("{text},") } else { text }))
        .collect()
}

/// How the run ends, in words: `failed: 2 of 8 cases do not pass`.
pub(in crate::report) fn result(run: &RunReport) -> String {
    match run.exit() {
        Exit::Passed => match run.oracle.kind {
            OracleKind::Genuine => "passed".to_owned(),
            OracleKind::StandIn => "passed against a STAND-IN".to_owned(),
            OracleKind::Unknown => "passed, and nobody said whether the legacy is the genuine one".to_owned(),
        },
        Exit::Differs => format!("failed: {}", failing(run).join("; ")),
        Exit::CannotCompare => match &run.refused_oracle {
            Some(why) => format!("could not be compared: {why}"),
            None => format!(
                "could not be compared: {} not pass for want of an answer to compare",
                failing_cases(run)
            ),
        },
        Exit::NothingJudged => "nothing was judged".to_owned(),
        Exit::Interrupted => INTERRUPTED.to_owned(),
        Exit::Usage => "nothing ran".to_owned(),
    }
}

const fn is_expected(case: &CaseReport) -> bool {
    matches!(case.standing, Standing::Expected { .. })
}

/// `3 of 8 cases do`, to be followed by what they do not.
fn failing_cases(run: &RunReport) -> String {
    match run.cases.len() {
        1 => "the case does".to_owned(),
        all => format!("{} of {all} cases do", run.cases.iter().filter(|case| case.fails()).count()),
    }
}

/// Everything for which the gate fails.
fn failing(run: &RunReport) -> Vec<String> {
    let mut failing = Vec::new();
    if run.cases.iter().any(CaseReport::fails) {
        failing.push(format!("{} not pass", failing_cases(run)));
    }
    if !run.unreferenced.is_empty() {
        failing.push("there are snapshots that no case refers to".to_owned());
    }
    match run.accountability.concerns.iter().filter(|concern| concern.fails).count() {
        0 => {}
        1 => failing.push("a rule is not as it should be".to_owned()),
        rules => failing.push(format!("{rules} rules are not as they should be")),
    }
    failing
}

/// Where the rule is declared that a signature names.
fn place(run: &RunReport, signature: &str, cases: &[&CaseReport]) -> Option<String> {
    let case = cases.first()?;
    let difference = case.differences.iter().find(|difference| difference.signature() == signature)?;
    run.suite(case)?
        .place(difference.rule.as_ref()?)
        .map(|place| visible(&place).into_owned())
}

/// What a reader may do now about cases, and what it gives; by this record, where it may not be the latest.
fn steps_of_cases(run: &RunReport, record: Option<&str>) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    let fails = |verdict: &[Verdict]| {
        let found = run
            .cases
            .iter()
            .find(|case| case.pardon.is_none() && !case.standing.passes() && verdict.contains(&case.verdict));
        found.map(|case| case.case.to_string())
    };
    let of_record = record.map(|record| format!(" --record {}", quote(record))).unwrap_or_default();
    let explain = |case: &str| format!("parity explain {}{of_record}", quote(case));
    if let Some(case) = fails(&[Verdict::Mismatch, Verdict::CandidateBroken, Verdict::LegacyBroken]) {
        steps.push((
            explain(&case),
            "both requests, both raw answers, and what each translation did".to_owned(),
        ));
    }
    if let Some(case) = fails(&[Verdict::Unreachable]) {
        steps.push((explain(&case), "both requests as lines for `curl`, to ask by hand".to_owned()));
    }
    for (place, surprised) in surprises(run) {
        let cases = count(surprised, "case is", "cases are");
        steps.push((place, format!("the expected verdict declared here: {cases} not as it says")));
    }
    let waiting = |state| run.cases.iter().filter(|case| case.snapshot == state).count();
    let waiting = waiting(SnapshotState::Changed) + waiting(SnapshotState::Missing);
    let snapshots = (waiting > 0).then(|| format!("approve or reject {}", count(waiting, "snapshot", "snapshots")));
    match run.pending {
        Pending::Write => {
            let differs = fails(&[Verdict::Mismatch]).map(|_| "declare what differs, by a rule or as expected".to_owned());
            let both: Vec<String> = snapshots.into_iter().chain(differs).collect();
            if !both.is_empty() {
                let review = record.map_or_else(
                    || "parity review".to_owned(),
                    |record| format!("parity review --from {}", quote(record)),
                );
                steps.push((review, both.join("; ")));
            }
        }
        Pending::Leave => steps.extend(snapshots.map(|snapshots| {
            let said = format!("on your machine: {snapshots}; nothing was written here");
            ("parity check; parity review".to_owned(), said)
        })),
    }
    steps
}

/// The same about what is said of no case.
fn steps_beside_cases(run: &RunReport) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    if !run.unreferenced.is_empty() {
        steps.push((
            "parity review --prune".to_owned(),
            "remove the snapshots that no case refers to, or bring their cases back".to_owned(),
        ));
    }
    steps.extend(rules::steps(run));
    steps
}

/// The lines of suite files whose expected verdicts are not what was seen, with the number of cases.
fn surprises(run: &RunReport) -> BTreeMap<String, usize> {
    let mut places = BTreeMap::new();
    for case in &run.cases {
        if let Standing::Surprises(surprise) = &case.standing {
            let place = run.suite(case).map_or_else(
                || format!("{} line {}", case.case.suite, surprise.line),
                |suite| suite.at(surprise.line),
            );
            *places.entry(place).or_insert(0) += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{PerSide, Unreachable, UnreachableKind};
    use crate::report::sample::{report, run, tolerated};
    use crate::report::style::Colour;
    use crate::report::{Accountability, RuleGate, Strictness};
    use crate::rule::Justification;
    use crate::suite::sample;
    use proptest::prelude::*;

    fn green(run_id: &str) -> CaseReport {
        report(
            &sample::suite(),
            run_id,
            &sample::exchange(&sample::legacy_trace(2), &sample::candidate_trace(2)),
        )
    }

    fn red(run_id: &str) -> CaseReport {
        let candidate = sample::candidate_trace(6).replace("true", "\"true\"");
        report(&sample::suite(), run_id, &sample::exchange(&sample::legacy_trace(6), &candidate))
    }

    fn broken(run_id: &str) -> CaseReport {
        let exchange = PerSide {
            legacy: sample::answer(500, "text/html", ""),
            candidate: sample::answer(200, "application/json", "{}"),
        };
        report(&sample::suite(), run_id, &exchange)
    }

    #[test]
    fn all_pass() {
        let mut genuine = run(vec![green("34"), broken("36")]);
        genuine.oracle = crate::exchange::Oracle {
            kind: OracleKind::Genuine,
            source: "openml/php-rest-api:v1.2.4 (sha256:0123)".into(),
        };
        let stand_in = run(vec![green("34")]);
        insta::assert_snapshot!([render_summary(&genuine, Style::PLAIN), render_summary(&stand_in, Style::PLAIN)].join("\n---\n"));
    }

    #[test]
    fn on_a_narrow_terminal_lines_are_broken_and_not_cut() {
        let mut missing = green("34");
        missing.snapshot = SnapshotState::Missing;
        let mut all = run(vec![red("35"), missing, broken("24")]);
        all.unreferenced = vec!["run-trace/run_id=33.snap".to_owned()];
        let narrow = Style {
            colour: Colour::Off,
            width: 40,
        };
        insta::assert_snapshot!(render_summary(&all, narrow));
    }

    #[test]
    fn what_tolerances_excused_is_said() {
        let all = [vec![green("34")], tolerated(&["0004", "0007", "00001"])].concat();
        insta::assert_snapshot!(render_summary(&run(all), Style::PLAIN), @r"
        The largest deviations that tolerances excused
              0.000007  tolerance /trace/*/evaluation absolute 0.001
                        run-trace/run_id=34  /trace/0/evaluation

          cases     4 cases in 1.24 s: 4 translated
          snapshots 4 approved
          times     the candidate takes 25 % of the legacy's time in run-trace (median of 4 cases)
          oracle    STAND-IN: php fixtures/legacy
          candidate target/release/openml-api
          record    .parity/records/latest.jsonl
          result    passed against a STAND-IN (exit 0)
        ");
    }

    #[test]
    fn failures_are_grouped_and_followed_by_what_to_do() {
        let mut changed = green("35");
        changed.snapshot = SnapshotState::Changed;
        let mut missing = green("37");
        missing.snapshot = SnapshotState::Missing;
        let mut report = run(vec![
            green("34"),
            red("1"),
            red("2"),
            red("3"),
            red("a b"),
            broken("24"),
            green("36"),
            changed,
            missing,
        ]);
        report.unreferenced = vec!["snapshots/run-trace/run_id=33.snap".into()];
        insta::assert_snapshot!(render_summary(&report, Style::PLAIN));
    }

    #[test]
    fn nothing_to_compare() {
        let refused = Err(Unreachable {
            kind: UnreachableKind::Refused,
            reason: "connection refused".into(),
        });
        let exchange = PerSide {
            legacy: sample::answer(200, "application/json", "{}"),
            candidate: refused,
        };
        let unreachable = run(vec![report(&sample::suite(), "34", &exchange)]);
        let mut refused = run(vec![green("34")]);
        refused.refused_oracle = Some("the gate wants a genuine oracle, and this is a stand-in".into());
        let mut ci = run(vec![green("34")]);
        ci.cases[0].snapshot = SnapshotState::Missing;
        ci.pending = Pending::Leave;
        let mut interrupted = run(vec![green("34")]);
        interrupted.interrupted = true;
        let all = [unreachable, refused, ci, interrupted, run(Vec::new())];
        insta::assert_snapshot!(all.map(|run| render_summary(&run, Style::PLAIN)).join("\n---\n"));
    }

    #[test]
    fn rules_are_held_to_account() {
        let mut suite = sample::suite();
        let day = |text: &str| Some(text.parse().unwrap());
        let dated = |justification: &mut Justification, expires: &str| {
            justification.expires = day(expires);
            justification.owner = Some("ada".into());
        };
        dated(&mut suite.comparisons[0].justification, "2026-11-23");
        dated(&mut suite.errors[0].justification, "2026-12-01");
        suite.expected[0].justification.unproven = Some("the legacy does it once a week".into());
        let account = |rules: RuleGate| {
            let mut report = run(vec![report(
                &suite,
                "34",
                &sample::exchange(&sample::legacy_trace(2), &sample::candidate_trace(2)),
            )]);
            report.suites = vec![crate::report::SuiteReport::of(&suite)];
            report.accountability = Accountability::of(&report.suites, &report.cases, true, day("2026-11-24"), rules);
            render_summary(&report, Style::PLAIN)
        };
        let strict = account(RuleGate::default());
        let lenient = account(RuleGate {
            stale: Strictness::Warn,
            expired: Strictness::Warn,
        });
        insta::assert_snapshot!([strict, lenient].join("\n---\n"));
    }

    #[test]
    fn beside_tests_stands_what_no_case_says() {
        let mut report = run(vec![green("34"), red("1")]);
        assert_eq!(render_gate(&report, Style::PLAIN), None);
        let footing = render_footing(&report, Style::PLAIN);
        report.unreferenced = vec!["snapshots/run-trace/run_id=33.snap".into()];
        report.refused_oracle = Some("the gate wants a genuine oracle, and this is a stand-in".into());
        report.interrupted = true;
        let gate = render_gate(&report, Style::PLAIN).unwrap();
        insta::assert_snapshot!([footing, gate].join("---\n"));
    }

    #[test]
    fn drafts_and_baselines_are_not_held_against_anybody() {
        let mut draft = red("1");
        draft.pardon = Some(Pardon::Draft);
        let mut known = red("2");
        known.pardon = Some(Pardon::Baseline);
        let pardoned = run(vec![green("34"), draft, known]);
        let mut failing = pardoned.clone();
        failing.cases.push(red("3"));
        insta::assert_snapshot!([pardoned, failing].map(|run| render_summary(&run, Style::PLAIN)).join("\n---\n"));
    }

    #[test]
    fn a_stand_in_is_loud() {
        let style = Style {
            colour: Colour::On,
            width: 100,
        };
        let summary = render_summary(&run(vec![green("34")]), style);
        assert!(
            summary.contains("\u{1b}[1m\u{1b}[33mSTAND-IN: php fixtures/legacy\u{1b}[0m"),
            "{summary:?}"
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_escapes(text in any::<String>(), width in 0usize..200) {
            let mut report = run(vec![red(&text), broken(&text), green(&text)]);
            report.oracle.source = text.clone();
            report.sides.candidate = text.clone();
            report.unreferenced = vec![text.clone()];
            report.refused_oracle = Some(text.clone());
            report.record = Some(text);
            let style = Style { colour: Colour::Off, width };
            let shown = [render_summary(&report, style), render_footing(&report, style), render_gate(&report, style).unwrap()].concat();
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{}", shown);
        }
    }
}
