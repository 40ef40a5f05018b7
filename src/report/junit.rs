//! A run for test dashboards: JUnit XML.
//!
//! A suite is a `testsuite`, a case a `testcase`. What differs is a `failure`; what could not be compared (a broken legacy, a
//! side that gave no answer) is an `error`; what does not pass and fails no gate (a draft, a known defect of the baseline) is
//! `skipped`. What concerns the whole run is a case of the test suite `parity`, so that the file
//! holds a failure or an error exactly when the run does not pass.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::verdict::{Standing, Verdict};

use super::findings::{Finding, FindingKind, Level, findings};
use super::model::{CaseReport, RunReport, SuiteReport};
use super::words;

/// The whole run as an XML document, ending with a line break.
#[must_use]
pub fn render(run: &RunReport) -> String {
    let suites: Vec<TestSuite> = run
        .suites
        .iter()
        .map(|suite| suite_of(run, suite))
        .chain([of_the_run(run)])
        .filter(|suite| !suite.cases.is_empty())
        .collect();
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut writer, run, &suites).expect("writing to memory does not fail");
    let mut text = String::from_utf8(writer.into_inner()).expect("only text was written");
    text.push('\n');
    text
}

/// A test suite of the document.
struct TestSuite {
    name: String,
    cases: Vec<TestCase>,
}

struct TestCase {
    name: String,
    time: Duration,
    outcome: Outcome,
    /// What is worth saying of a case that passes.
    remarks: Vec<String>,
}

enum Outcome {
    Passed,
    /// It does not pass, and the gate does not fail for it.
    Skipped(Problem),
    Failure(Problem),
    Error(Problem),
}

struct Problem {
    kind: &'static str,
    lines: Vec<String>,
}

fn suite_of(run: &RunReport, suite: &SuiteReport) -> TestSuite {
    let cases = run.cases.iter().filter(|case| case.case.suite == suite.name);
    TestSuite {
        name: suite.name.clone(),
        cases: cases.map(|case| case_of(case, suite)).collect(),
    }
}

fn case_of(case: &CaseReport, suite: &SuiteReport) -> TestCase {
    let is = case.case.is().map_or_else(String::new, |is| format!(" ({is})"));
    let binding = case.case.binding.to_string();
    let name = if binding.is_empty() { &suite.name } else { &binding };
    let mut lines = words::problems(case, Some(suite));
    lines.push(words::explain(case));
    let outcome = if case.passes() {
        Outcome::Passed
    } else if case.standing.passes() {
        Outcome::Failure(Problem {
            kind: match case.snapshot {
                crate::snapshot::SnapshotState::Missing => FindingKind::SnapshotMissing.name(),
                _ => FindingKind::SnapshotChanged.name(),
            },
            lines,
        })
    } else {
        let problem = Problem {
            kind: match case.standing {
                Standing::Surprises(_) => FindingKind::NotAsDeclared.name(),
                Standing::Fails | Standing::Passes | Standing::Expected { .. } => case.verdict.name(),
            },
            lines,
        };
        match case.verdict {
            Verdict::LegacyBroken | Verdict::Unreachable => Outcome::Error(problem),
            // A match that is not as declared fails as well.
            Verdict::Match | Verdict::Translated | Verdict::Mismatch | Verdict::CandidateBroken => Outcome::Failure(problem),
        }
    };
    let outcome = match (outcome, case.fails()) {
        (Outcome::Failure(problem) | Outcome::Error(problem), false) => Outcome::Skipped(problem),
        (outcome, _) => outcome,
    };
    TestCase {
        name: format!("{name}{is}"),
        // Both sides are asked at once, so that the slower one is what the case took.
        time: case.elapsed.legacy.max(case.elapsed.candidate).unwrap_or_default(),
        outcome,
        remarks: words::remarks(case),
    }
}

/// What concerns no single case.
fn of_the_run(run: &RunReport) -> TestSuite {
    let cases = findings(run)
        .into_iter()
        .filter(|finding| finding.level == Level::Error && !is_of_cases(finding.kind));
    TestSuite {
        name: "parity".to_owned(),
        cases: cases.map(case_of_the_run).collect(),
    }
}

/// Whether the finding is told by the cases that it concerns.
const fn is_of_cases(kind: FindingKind) -> bool {
    match kind {
        FindingKind::Mismatch
        | FindingKind::CandidateBroken
        | FindingKind::LegacyBroken
        | FindingKind::Unreachable
        | FindingKind::NotAsDeclared
        | FindingKind::Unstable
        | FindingKind::SnapshotChanged
        | FindingKind::SnapshotMissing => true,
        FindingKind::OracleRefused
        | FindingKind::Interrupted
        | FindingKind::NothingJudged
        | FindingKind::SnapshotUnreferenced
        | FindingKind::RuleExpired
        | FindingKind::RuleStale
        | FindingKind::RuleExpiresSoon
        | FindingKind::RuleUnproven
        | FindingKind::JudgedOtherwise => false,
    }
}

fn case_of_the_run(finding: Finding<'_>) -> TestCase {
    let mut lines = vec![finding.title];
    lines.extend(finding.example.into_iter().chain(finding.details));
    let problem = Problem {
        kind: finding.kind.name(),
        lines,
    };
    TestCase {
        name: match finding.rule {
            Some(rule) => format!("{} {rule}", finding.kind.name()),
            None => finding.kind.name().to_owned(),
        },
        time: Duration::ZERO,
        outcome: match finding.kind {
            FindingKind::OracleRefused | FindingKind::Interrupted | FindingKind::NothingJudged => Outcome::Error(problem),
            _ => Outcome::Failure(problem),
        },
        remarks: Vec::new(),
    }
}

fn write(writer: &mut Writer<Vec<u8>>, run: &RunReport, suites: &[TestSuite]) -> quick_xml::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut root = BytesStart::new("testsuites");
    attribute(&mut root, "name", &format!("parity, oracle {}", run.oracle));
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    counts(&mut root, all(), run.elapsed);
    writer.write_event(Event::Start(root))?;
    for suite in suites {
        let mut start = BytesStart::new("testsuite");
        attribute(&mut start, "name", &suite.name);
        if let Some(started) = run.started {
            // xs:dateTime without a zone is what readers of this format expect; it is UTC.
            attribute(&mut start, "timestamp", &started.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        }
        attribute(&mut start, "hostname", "parity");
        counts(&mut start, suite.cases.iter(), suite.cases.iter().map(|case| case.time).sum());
        writer.write_event(Event::Start(start))?;
        for case in &suite.cases {
            write_case(writer, &suite.name, case)?;
        }
        writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, suite: &str, case: &TestCase) -> quick_xml::Result<()> {
    let mut start = BytesStart::new("testcase");
    attribute(&mut start, "classname", suite);
    attribute(&mut start, "name", &case.name);
    attribute(&mut start, "time", &seconds(case.time));
    let (element, problem) = match &case.outcome {
        Outcome::Passed if case.remarks.is_empty() => return Ok(writer.write_event(Event::Empty(start))?),
        Outcome::Passed => ("", None),
        Outcome::Skipped(problem) => ("skipped", Some(problem)),
        Outcome::Failure(problem) => ("failure", Some(problem)),
        Outcome::Error(problem) => ("error", Some(problem)),
    };
    writer.write_event(Event::Start(start))?;
    if let Some(problem) = problem {
        let mut start = BytesStart::new(element);
        // What is skipped has no type in this format.
        if element != "skipped" {
            attribute(&mut start, "type", problem.kind);
        }
        attribute(&mut start, "message", problem.lines.first().map_or("", String::as_str));
        element_with_text(writer, start, &problem.lines)?;
    }
    if !case.remarks.is_empty() {
        element_with_text(writer, BytesStart::new("system-out"), &case.remarks)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testcase")))?;
    Ok(())
}

fn element_with_text(writer: &mut Writer<Vec<u8>>, start: BytesStart<'_>, lines: &[String]) -> quick_xml::Result<()> {
    let end = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    writer.write_event(Event::Text(BytesText::new(&allowed(&lines.join("\n")))))?;
    writer.write_event(Event::End(end))?;
    Ok(())
}

fn counts<'c>(element: &mut BytesStart<'_>, cases: impl Iterator<Item = &'c TestCase>, time: Duration) {
    let (mut tests, mut failures, mut errors, mut skipped) = (0_usize, 0_usize, 0_usize, 0_usize);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(_) => skipped += 1,
            Outcome::Failure(_) => failures += 1,
            Outcome::Error(_) => errors += 1,
        }
    }
    for (name, number) in [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)] {
        attribute(element, name, &number.to_string());
    }
    attribute(element, "time", &seconds(time));
}

fn attribute(element: &mut BytesStart<'_>, name: &str, value: &str) {
    // Line breaks would be read as blanks.
    element.push_attribute((name, allowed(&crate::value::visible(value)).as_str()));
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

/// The text without what XML 1.0 forbids (section 2.2, `Char`), which no escape can bring in: shown as JSON shows it.
fn allowed(text: &str) -> String {
    use std::fmt::Write as _;
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_allowed(c) {
            out.push(c);
        } else {
            write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a String");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Exit;
    use crate::report::sample::{NASTY, everything, run};
    use proptest::prelude::*;
    use roxmltree::{Document, Node};

    /// The elements of the format as dashboards read it, with the attributes that each must and may have and what may stand in it.
    fn check_shape(node: Node<'_, '_>) {
        type Shape = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);
        let (must, may, inside): Shape = match node.tag_name().name() {
            "testsuites" => (&["tests", "failures", "errors", "skipped", "time"], &["name"], &["testsuite"]),
            "testsuite" => (
                &["name", "tests", "failures", "errors", "skipped", "time", "hostname"],
                &["timestamp"],
                &["testcase"],
            ),
            "testcase" => (&["classname", "name", "time"], &[], &["failure", "error", "skipped", "system-out"]),
            "skipped" => (&["message"], &[], &[]),
            "failure" | "error" => (&["type", "message"], &[], &[]),
            "system-out" => (&[], &[], &[]),
            other => panic!("`{other}` is no element of the format"),
        };
        let attributes: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
        for name in must {
            assert!(attributes.contains(name), "`{name}` is missing in {node:?}");
        }
        for name in attributes {
            assert!(must.contains(&name) || may.contains(&name), "`{name}` in {node:?}");
        }
        for child in node.children().filter(Node::is_element) {
            assert!(inside.contains(&child.tag_name().name()), "{child:?} in {node:?}");
            check_shape(child);
        }
    }

    fn number(node: Node<'_, '_>, name: &str) -> usize {
        node.attribute(name).unwrap().parse().unwrap()
    }

    fn elements(node: Node<'_, '_>, name: &str) -> usize {
        node.descendants().filter(|node| node.has_tag_name(name)).count()
    }

    /// Reads a report back and holds it against the run.
    fn check(run: &RunReport) -> String {
        let text = render(run);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let root = document.root_element();
        check_shape(root);
        for node in root
            .descendants()
            .filter(|node| node.has_tag_name("testsuite") || node.has_tag_name("testsuites"))
        {
            for (attribute, element) in [
                ("tests", "testcase"),
                ("failures", "failure"),
                ("errors", "error"),
                ("skipped", "skipped"),
            ] {
                assert_eq!(number(node, attribute), elements(node, element), "{attribute} of {node:?}");
            }
        }
        let red = number(root, "failures") + number(root, "errors");
        assert_eq!(red == 0, run.exit() == Exit::Passed, "{text}");
        text
    }

    #[test]
    fn every_kind_of_case() {
        insta::assert_snapshot!(check(&everything()));
    }

    #[test]
    fn what_fails_and_what_could_not_be_compared() {
        let all = everything();
        let text = check(&all);
        let document = Document::parse(&text).unwrap();
        let outcome = |run_id: &str| {
            let case = document
                .descendants()
                .find(|node| {
                    node.attribute("name")
                        .is_some_and(|name| name.split(' ').next() == Some(&format!("run_id={run_id}")))
                })
                .unwrap();
            case.first_element_child().map(|child| {
                (
                    child.tag_name().name().to_owned(),
                    child.attribute("type").unwrap_or_default().to_owned(),
                )
            })
        };
        let said = |element: &str, kind: &str| Some((element.to_owned(), kind.to_owned()));
        assert_eq!(outcome("1"), said("failure", "mismatch"));
        assert_eq!(outcome("4"), said("failure", "candidate-broken"));
        assert_eq!(outcome("24"), said("error", "legacy-broken"));
        assert_eq!(outcome("3"), said("error", "unreachable"));
        assert_eq!(outcome("35"), said("failure", "snapshot-changed"));
        assert_eq!(outcome("37"), said("failure", "snapshot-missing"));
        assert_eq!(outcome("34"), said("system-out", ""));
        assert!(
            document
                .descendants()
                .any(|node| node.has_tag_name("system-out") && node.text().unwrap().contains("passed on attempt 2"))
        );
    }

    #[test]
    fn runs_without_a_failing_case() {
        let mut stopped = run(vec![everything().cases.swap_remove(0)]);
        check(&stopped);
        stopped.interrupted = true;
        assert!(check(&stopped).contains("interrupted after 1 case"));
        let mut refused = run(vec![everything().cases.swap_remove(0)]);
        refused.refused_oracle = Some("the gate wants a genuine oracle".into());
        assert!(check(&refused).contains("oracle-refused"));
        assert!(check(&run(Vec::new())).contains("nothing was judged"));
    }

    #[test]
    fn what_fails_no_gate_is_skipped() {
        let mut all = everything();
        all.unreferenced.clear();
        all.accountability.concerns.clear();
        for case in &mut all.cases {
            case.pardon = Some(crate::report::Pardon::Draft);
        }
        assert_eq!(all.exit(), Exit::Passed);
        let text = check(&all);
        assert!(
            text.contains("skipped=\"10\"") && text.contains("not gated: the suite is a draft"),
            "{text}"
        );
    }

    #[test]
    fn nothing_breaks_out() {
        let text = check(&everything());
        assert!(NASTY.contains("]]>") && !text.contains("]]>") && !text.contains("<script"));
        assert!(
            text.contains("\\u0000") && text.contains("\\u001b[31m") && text.contains("\\ufffe"),
            "{text}"
        );
        assert!(text.contains('\u{1f600}'), "what XML allows stays as it is");
    }

    proptest! {
        #[test]
        fn any_text_makes_a_document(text in any::<String>()) {
            let mut all = everything();
            all.oracle.source = text.clone();
            all.unreferenced = vec![text.clone()];
            all.suites[0].name = text.clone();
            for case in &mut all.cases {
                case.case.suite = text.clone();
                case.notes = vec![text.clone()];
                for failure in [&mut case.failures.legacy, &mut case.failures.candidate].into_iter().flatten() {
                    failure.reason = text.clone();
                }
            }
            check(&all);
        }
    }
}
