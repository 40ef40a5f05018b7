//! A run as a comment on a pull request, or as the summary of a job.
//!
//! What comes from outside stands in code spans or is escaped, so that it neither makes markup nor calls anybody. What does
//! not fit is left out from the end, and that is said.

use std::borrow::Cow;

use crate::exchange::{OracleKind, Side};
use crate::value::visible;

use super::deviations::largest;
use super::exit::Exit;
use super::findings::{Finding, Level, findings};
use super::model::{CaseReport, RunReport};
use super::repeats;
use super::style::{count, time};
use super::terminal::result;
use super::words;

/// How many bytes a comment on GitHub has at the most (it counts characters, of which there are never more).
pub const COMMENT: usize = 65_536;

/// The first line of every comment, by which a later run finds it again.
pub const MARKER: &str = "<!-- parity -->";

/// The run in at most `limit` bytes.
#[must_use]
pub fn render(run: &RunReport, limit: usize) -> String {
    let mut page = Page {
        out: String::new(),
        room: limit.saturating_sub(FOOTER),
        left_out: Vec::new(),
    };
    page.head(run);
    page.findings(run);
    page.suites(run);
    page.tolerances(run);
    page.cases(run, false);
    page.cases(run, true);
    page.foot(run, limit);
    let mut text = page.out;
    // Only a limit under which not even the frame fits comes to this.
    while text.len() > limit {
        text.pop();
    }
    text
}

/// So many bytes are kept free for the last lines.
const FOOTER: usize = 700;

/// So many lines are told of a case.
const LINES: usize = 6;

/// So many details are told of a finding.
const DETAILS: usize = 6;

struct Page {
    out: String,
    room: usize,
    /// What did not fit.
    left_out: Vec<String>,
}

impl Page {
    /// Adds a text when there is room for it.
    fn add(&mut self, text: &str) -> bool {
        let fits = self.out.len() + text.len() <= self.room;
        if fits {
            self.out.push_str(text);
        }
        fits
    }

    /// Adds a list between its beginning and its end, as much of it as fits.
    fn list(&mut self, (begin, end): (&str, &str), items: impl ExactSizeIterator<Item = String>, one: &str, many: &str) {
        let all = items.len();
        if all == 0 {
            return;
        }
        self.room = self.room.saturating_sub(end.len());
        let mut fitted = 0;
        if self.add(begin) {
            fitted = items.take_while(|item| self.add(item)).count();
            // The room was kept for it.
            self.out.push_str(end);
        }
        self.room += end.len();
        if fitted < all {
            self.left_out.push(count(all - fitted, one, many));
        }
    }

    fn head(&mut self, run: &RunReport) {
        let exit = run.exit();
        let sign = match exit {
            Exit::Passed => "✓",
            Exit::Interrupted | Exit::NothingJudged => "⚠",
            Exit::Usage | Exit::Differs | Exit::CannotCompare => "✗",
        };
        let totals = run.totals();
        self.add(&format!("{MARKER}\n## {sign} parity · {}\n\n", plain(&result(run))));
        let oracle = code(&words::value(&run.oracle.source));
        let oracle = match run.oracle.kind {
            OracleKind::Genuine => format!("The legacy answers are genuine: {oracle}.\n\n"),
            OracleKind::StandIn => {
                format!("> [!WARNING]\n> **STAND-IN**: the legacy answers come from {oracle}, which only stands in for the legacy.\n\n")
            }
            OracleKind::Unknown => {
                format!("> [!WARNING]\n> **Unknown oracle**: nobody said whether {oracle} is the genuine legacy.\n\n")
            }
        };
        self.add(&oracle);
        let verdicts = totals.verdicts.iter().map(|(verdict, number)| format!("{number} {verdict}"));
        let snapshots = totals
            .snapshots
            .iter()
            .map(|(state, number)| format!("{number} {}", state.name().replace('-', " ")));
        let mut facts = vec![format!("{} in {}", count(totals.cases, "case", "cases"), time(run.elapsed))];
        facts.extend(verdicts);
        if totals.pardoned > 0 {
            facts.push(format!("{} that fail no gate", totals.pardoned));
        }
        if totals.expected > 0 {
            facts.push(format!("{} of them as expected", totals.expected));
        }
        let mut lines = vec![facts.join(" · ")];
        let snapshots: Vec<String> = snapshots.collect();
        if !snapshots.is_empty() {
            lines.push(format!("snapshots: {}", snapshots.join(" · ")));
        }
        lines.extend(repeats::asked(run).map(|asked| format!("asked: {asked}")));
        lines.extend(repeats::unstable(run).map(|unstable| format!("unstable: {unstable}")));
        self.add(&format!("{}\n\n", lines.join("  \n")));
    }

    fn findings(&mut self, run: &RunReport) {
        let found = findings(run);
        for (level, title) in [
            (Level::Error, "What fails, the most common first"),
            (Level::Warning, "What fails no gate and is worth a look"),
            (Level::Note, "What is declared to be so"),
        ] {
            let found: Vec<&Finding<'_>> = found.iter().filter(|finding| finding.level == level).collect();
            self.list(
                (&format!("### {title}\n\n"), "\n"),
                found.iter().map(|finding| told(finding)),
                "finding",
                "findings",
            );
        }
    }

    fn suites(&mut self, run: &RunReport) {
        let rows: Vec<String> = run
            .suites
            .iter()
            .filter_map(|suite| {
                let speed = run.speed(&suite.name)?;
                Some(format!(
                    "| {} | {} | {} | {} | {:.2} |\n",
                    cell_code(&suite.name),
                    speed.cases,
                    time(speed.medians.legacy),
                    time(speed.medians.candidate),
                    speed.ratio
                ))
            })
            .collect();
        let begin = "### How long it took\n\nMedians; the ratio is that of the candidate to the legacy, case by case.\n\n\
                     | suite | cases | legacy | candidate | ratio |\n| --- | ---: | ---: | ---: | ---: |\n";
        self.list((begin, "\n"), rows.into_iter(), "suite", "suites");
    }

    fn tolerances(&mut self, run: &RunReport) {
        let rows: Vec<String> = largest(run)
            .iter()
            .map(|one| {
                format!(
                    "| {} | {} | {} at {} |\n",
                    cell_code(&one.deviation.largest),
                    cell_code(&one.deviation.rule.0),
                    cell_code(&words::value(&one.case.case.to_string())),
                    cell_code(&one.deviation.path.to_string()),
                )
            })
            .collect();
        let begin = "### The largest deviations that tolerances excused\n\n| deviation | tolerance | where |\n| ---: | --- | --- |\n";
        self.list((begin, "\n"), rows.into_iter(), "tolerance", "tolerances");
    }

    fn cases(&mut self, run: &RunReport, passing: bool) {
        let cases: Vec<&CaseReport> = run.cases.iter().filter(|case| case.passes() == passing).collect();
        let (what, one, many) = if passing {
            ("pass", "case that passes", "cases that pass")
        } else {
            ("do not pass", "case that does not pass", "cases that do not pass")
        };
        let begin = format!(
            "<details><summary>Cases that {what}: {}</summary>\n\n| verdict | case | legacy | candidate | |\n| --- | --- | ---: | ---: | --- |\n",
            cases.len()
        );
        self.list((&begin, "\n</details>\n\n"), cases.iter().map(|case| row(case, run)), one, many);
    }

    fn foot(&mut self, run: &RunReport, limit: usize) {
        self.room = limit;
        if !self.left_out.is_empty() {
            self.add(&format!(
                "**Cut to {limit} bytes**: {} left out here. The run record has everything: `parity report RECORD --format html -o report.html`.\n\n",
                self.left_out.join(", ")
            ));
        }
        let record = run
            .record
            .as_deref()
            .map_or_else(String::new, |record| format!(" · record {}", code(&words::value(record))));
        self.add(&format!(
            "<sub>parity {} · exit {}{record}</sub>\n",
            env!("CARGO_PKG_VERSION"),
            run.exit().code()
        ));
    }
}

/// A finding with what belongs to it, as an item of a list.
fn told(finding: &Finding<'_>) -> String {
    let cases = finding.case_count().map_or_else(String::new, |cases| format!("; {cases}"));
    let place = finding.place.as_ref().map_or_else(String::new, |place| {
        let place = format!("{}:{}", place.file, place.line);
        format!(" ({})", code(&place))
    });
    let mut lines = vec![format!("- **{}**: {}{cases}{place}\n", finding.kind.name(), code(&finding.title))];
    lines.extend(finding.example.iter().map(|example| format!("  - for example {}\n", code(example))));
    lines.extend(
        finding
            .details
            .iter()
            .take(DETAILS)
            .map(|detail| format!("  - {}\n", plain(detail))),
    );
    if finding.details.len() > DETAILS {
        lines.push(format!("  - … and {} more\n", finding.details.len() - DETAILS));
    }
    if !finding.cases.is_empty() {
        let names = finding
            .cases
            .iter()
            .take(LINES)
            .map(|case| code(&words::value(&case.case.to_string())));
        let names = names.collect::<Vec<_>>().join(", ");
        let rest = finding.cases.len().saturating_sub(LINES);
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        lines.push(format!("  - {names}{rest}\n"));
    }
    lines.concat()
}

fn row(case: &CaseReport, run: &RunReport) -> String {
    let sign = match (case.passes(), case.fails()) {
        (true, _) => "✓",
        (false, true) => "✗",
        (false, false) => "○",
    };
    let took = |side: Side| case.elapsed.get(side).map_or_else(|| "–".to_owned(), time);
    let mut said: Vec<String> = case.case.is().iter().map(|is| plain(is)).collect();
    let problems = words::problems(case, run.suite(case));
    said.extend(problems.iter().take(LINES).map(|line| cell_code(line)));
    if problems.len() > LINES {
        said.push(format!("… and {} more", problems.len() - LINES));
    }
    said.extend(words::remarks(case).iter().map(|line| plain(line)));
    format!(
        "| {sign} {} | {} | {} | {} | {} |\n",
        case.verdict,
        cell_code(&words::value(&case.case.to_string())),
        took(Side::Legacy),
        took(Side::Candidate),
        said.join("<br>")
    )
}

/// A text in which nothing is markup, on one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            // Neither a mention nor a reference: both are found behind the markup.
            '@' | '#' => out.extend([c, '\u{2060}']),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if "\\`*_[]|~$".contains(c) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Lines as a block of code.
pub(super) fn block(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<_> = text.lines().map(visible).collect();
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// A text as code, on one line.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank on each side is taken away again, and keeps backticks at the ends apart from the fence.
    let pad = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text as code in a cell of a table, in which a bar ends the cell even inside code.
fn cell_code(text: &str) -> String {
    let text: Cow<'_, str> = text.into();
    code(&text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{everything, run, tolerated};
    use crate::suite::Bound;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn every_kind_of_case() {
        insta::assert_snapshot!(render(&everything(), COMMENT));
    }

    #[test]
    fn all_pass() {
        let mut all = run(vec![everything().cases.swap_remove(0)]);
        all.oracle.kind = OracleKind::Genuine;
        insta::assert_snapshot!(render(&all, COMMENT));
    }

    fn large() -> RunReport {
        let mut all = everything();
        let failing = all.cases.swap_remove(1);
        let passing = all.cases.swap_remove(0);
        for number in 0..2_000 {
            let mut case = if number % 2 == 0 { failing.clone() } else { passing.clone() };
            case.case.binding.0 = vec![Bound {
                name: "run_id".into(),
                value: number.to_string(),
                is: None,
            }];
            all.cases.push(case);
        }
        all
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let all = large();
        let failing = all.cases.iter().filter(|case| !case.passes()).count();
        for limit in [2_000, 5_000, COMMENT, 150_000] {
            let text = render(&all, limit);
            assert!(text.len() <= limit && text.len() > limit / 3, "{} of {limit}", text.len());
            let shown = text.matches("| ✗ mismatch |").count();
            assert!(shown < failing && text.contains(&format!("Cut to {limit} bytes")), "{text}");
            assert!(text.contains(" left out here. The run record has everything"), "{text}");
            assert!(text.ends_with("</sub>\n"), "{text}");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        }
        assert!(!render(&all, 10 << 20).contains("Cut to"));
    }

    #[test]
    fn what_tolerances_excused_is_said() {
        let all = run(tolerated(&["0004", "0007", "00001"]));
        let text = render(&all, COMMENT);
        let (_, section) = text.split_once("### The largest").unwrap();
        assert_eq!(
            section.split("\n\n").nth(1),
            Some(
                "| deviation | tolerance | where |\n| ---: | --- | --- |\n\
                 | `0.000007` | `tolerance /trace/*/evaluation absolute 0.001` | `run-trace/run_id=34` at `/trace/0/evaluation` |"
            )
        );
        assert!(!render(&everything(), COMMENT).contains("tolerances"));
    }

    #[test]
    fn code_is_fenced_by_more_than_it_holds() {
        for (text, fenced) in [
            ("a", "`a`"),
            ("", "`  `"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a``", "``` a`` ```"),
            ("a\nb", r"`a\nb`"),
        ] {
            assert_eq!(code(text), fenced);
        }
        assert_eq!(cell_code("a|b"), r"`a\|b`");
        assert_eq!(
            plain("@a #1 <b> *c* [d](e) `f` & g|h"),
            "@\u{2060}a #\u{2060}1 &lt;b&gt; \\*c\\* \\[d\\](e) \\`f\\` &amp; g\\|h"
        );
    }

    #[test]
    fn the_ratio_is_the_median_of_the_cases() {
        let green = || everything().cases.swap_remove(0);
        let mut all = run(vec![green(), green(), green()]);
        for (case, (legacy, candidate)) in all.cases.iter_mut().zip([(10, 20), (10, 5), (100, 100)]) {
            case.elapsed.legacy = Some(Duration::from_millis(legacy));
            case.elapsed.candidate = Some(Duration::from_millis(candidate));
        }
        assert!(render(&all, COMMENT).contains("| `run-trace` | 3 | 10 ms | 20 ms | 1.00 |"));
        all.cases[0].elapsed.legacy = None;
        assert!(render(&all, COMMENT).contains("| `run-trace` | 2 | 55 ms | 52 ms | 0.75 |"));
        assert!(all.speed("another").is_none());
    }

    proptest! {
        #[test]
        fn nothing_breaks_out_and_the_limit_holds(text in any::<String>(), limit in 0usize..6_000) {
            let mut all = everything();
            all.oracle.source = text.clone();
            all.record = Some(text.clone());
            all.suites[0].name = text.clone();
            for case in &mut all.cases {
                case.case.suite = text.clone();
                case.notes = vec![text.clone()];
            }
            let page = render(&all, COMMENT);
            prop_assert!(!page.contains(|c: char| c.is_control() && c != '\n'), "{page}");
            prop_assert!(render(&all, limit).len() <= limit);
        }
    }
}
