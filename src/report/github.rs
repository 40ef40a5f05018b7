//! A run for GitHub Actions: annotations on the lines of suite files that matter, and a job summary.
//!
//! An annotation is a *workflow command*, one line that the runner reads out of a step's log. GitHub shows at most ten errors
//! and ten warnings of a step, so the most important ones are told and the others are counted.

use std::borrow::Cow;

use crate::exchange::OracleKind;

use super::exit::Exit;
use super::findings::{Finding, Level, findings};
use super::markdown;
use super::render::Material;
use super::style::count;
use super::terminal::result;

/// How many bytes a job summary has at the most: GitHub refuses one of more than a mebibyte.
pub const SUMMARY: usize = (1 << 20) - 1;

/// So many annotations of each level are shown of one step.
const ANNOTATIONS: usize = 10;

/// So many details, and so many names of cases, stand in an annotation.
const DETAILS: usize = 8;
const NAMES: usize = 5;

/// Why there is no run to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The file that is wrong, with line and column, both from one.
    pub place: Option<(String, usize, usize)>,
    /// What is wrong.
    pub text: String,
}

/// The annotations of a run, a line each.
#[must_use]
pub fn render(material: &Material<'_>) -> String {
    let run = material.run;
    let found = findings(run);
    let mut lines = Vec::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        let all: Vec<&Finding<'_>> = found.iter().filter(|finding| finding.level == level).collect();
        lines.extend(all.iter().take(ANNOTATIONS).map(|finding| annotation(finding, material.prefix)));
        if all.len() > ANNOTATIONS {
            let more = count(all.len() - ANNOTATIONS, "more finding", "more findings");
            lines.push(command("notice", &[("title", "parity")], &format!("{more}: see the job summary")));
        }
    }
    if run.oracle.kind != OracleKind::Genuine && run.refused_oracle.is_none() && !run.cases.is_empty() {
        let title = match run.oracle.kind {
            OracleKind::StandIn => "STAND-IN",
            OracleKind::Genuine | OracleKind::Unknown => "unknown oracle",
        };
        lines.push(command(
            "warning",
            &[("title", title)],
            &format!("the legacy answers come from {}", run.oracle),
        ));
    }
    if run.exit() == Exit::Passed {
        let text = format!("{}, {}", result(run), count(run.cases.len(), "case", "cases"));
        lines.push(command("notice", &[("title", "parity")], &text));
    }
    lines.concat()
}

/// The job summary of a run, of at most `room` bytes.
#[must_use]
pub fn summary(material: &Material<'_>, room: usize) -> String {
    markdown::render(material.run, room.min(SUMMARY))
}

/// Annotations for a run that did not come about.
#[must_use]
pub fn failure(troubles: &[Trouble]) -> String {
    let lines = troubles.iter().take(ANNOTATIONS).map(|trouble| {
        let at = trouble
            .place
            .as_ref()
            .map(|(file, line, column)| (file, line.to_string(), column.to_string()));
        let mut properties = Vec::new();
        if let Some((file, line, column)) = &at {
            properties.extend([("file", file.as_str()), ("line", line), ("col", column)]);
        }
        properties.push(("title", NOTHING));
        command("error", &properties, &trouble.text)
    });
    lines.collect()
}

const NOTHING: &str = "parity: nothing was judged";

/// The job summary of a run that did not come about.
#[must_use]
pub fn failure_summary(troubles: &[Trouble]) -> String {
    let lines = troubles.iter().map(|trouble| match &trouble.place {
        Some((file, line, column)) => format!("{file}:{line}:{column}: {}", trouble.text),
        None => trouble.text.clone(),
    });
    format!("## ✗ {NOTHING}\n\n{}\n", markdown::block(&lines.collect::<Vec<_>>().join("\n")))
}

fn annotation(finding: &Finding<'_>, prefix: &str) -> String {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let title = match finding.case_count() {
        Some(cases) => format!("{} in {cases}", finding.kind.name()),
        None => finding.kind.name().to_owned(),
    };
    let mut lines = vec![finding.title.clone()];
    lines.extend(finding.lines().take(DETAILS));
    let more = finding.lines().skip(DETAILS).count();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    if !finding.cases.is_empty() {
        lines.push(format!("cases: {}", finding.case_names(NAMES)));
    }
    let place = finding
        .place
        .as_ref()
        .map(|place| (format!("{prefix}{}", place.file), place.line.max(1).to_string()));
    let mut properties = Vec::new();
    if let Some((file, line)) = &place {
        properties.extend([("file", file.as_str()), ("line", line)]);
    }
    properties.push(("title", &title));
    command(level, &properties, &lines.join("\n"))
}

/// One workflow command, with its line break.
fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", property(value)))
        .collect();
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// What the runner decodes behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it decodes in a property.
fn property(text: &str) -> Cow<'_, str> {
    data(text).replace(':', "%3A").replace(',', "%2C").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::RunReport;
    use crate::report::sample::{everything, report, run};
    use crate::suite::sample;
    use proptest::prelude::*;

    fn rendered(run: &RunReport) -> String {
        render(&Material {
            run,
            prefix: "",
            evidence: None,
        })
    }

    #[test]
    fn every_kind_of_case() {
        insta::assert_snapshot!(rendered(&everything()));
    }

    #[test]
    fn all_pass() {
        let mut all = run(vec![everything().cases.swap_remove(0)]);
        let stand_in = rendered(&all);
        all.oracle.kind = OracleKind::Genuine;
        insta::assert_snapshot!([stand_in, rendered(&all)].join("---\n"));
    }

    #[test]
    fn annotations_stand_on_the_line_that_decides() {
        let all = everything();
        let suite = &all.suites[0];
        let shown = render(&Material {
            run: &all,
            prefix: "services/api/",
            evidence: None,
        });
        let line = |text: &str| -> usize {
            let line = shown.lines().find(|line| line.contains(text));
            let line = line.unwrap_or_else(|| panic!("no `{text}` in\n{shown}"));
            let (before, _) = line.split_once(",title=").unwrap();
            before.rsplit('=').next().unwrap().parse().unwrap()
        };
        let (_, rule) = suite.rules.iter().find(|(rule, _)| rule.0.contains("/trace/*/selected")).unwrap();
        // The rule that made the value, else the request whose answer it is, else the declaration.
        assert_eq!(line("/trace/*/selected"), rule.line);
        assert_eq!(line("legacy: status 500"), suite.requests.legacy);
        assert_eq!(line("candidate: refused"), suite.requests.candidate);
        assert_eq!(line("remove the line"), 66);
        assert!(shown.contains("file=services/api/fixtures/suites/run-trace.toml,"), "{shown}");
    }

    /// So many signatures, each in one case more than the one before.
    fn many(signatures: usize) -> RunReport {
        let suite = sample::suite();
        let mut cases = Vec::new();
        for signature in 0..signatures {
            let candidate = sample::candidate_trace(1).replace("\"run_id\":34", &format!("\"run_id\":34,\"extra_{signature}\":1"));
            let exchange = sample::exchange(&sample::legacy_trace(1), &candidate);
            let one = report(&suite, "34", &exchange);
            cases.extend(std::iter::repeat_n(one, signature + 1));
        }
        run(cases)
    }

    #[test]
    fn at_most_ten_errors_are_shown_the_most_common_first() {
        let shown = rendered(&many(13));
        let errors: Vec<&str> = shown.lines().filter(|line| line.starts_with("::error ")).collect();
        assert_eq!(errors.len(), 10);
        for (index, error) in errors.iter().enumerate() {
            let name = format!("::/extra_{}: ", 12 - index);
            assert!(
                error.contains(&name) && error.contains(&format!("mismatch in {} cases", 13 - index)),
                "{error}"
            );
        }
        assert!(
            shown.contains("::notice title=parity::3 more findings: see the job summary\n"),
            "{shown}"
        );
        assert!(!rendered(&many(10)).contains("more finding"));
    }

    #[test]
    fn a_summary_is_no_larger_than_github_takes() {
        let all = many(60);
        let material = Material {
            run: &all,
            prefix: "",
            evidence: None,
        };
        assert!(summary(&material, usize::MAX).len() < 1 << 20);
        assert!(summary(&material, 3_000).len() <= 3_000);
    }

    #[test]
    fn a_run_that_did_not_come_about() {
        let troubles = [
            Trouble {
                place: Some(("suites/a,b.toml".into(), 3, 7)),
                text: "unknown key `whi`\nhelp: did you mean `why`?".into(),
            },
            Trouble {
                place: None,
                text: "the service `legacy` did not come up: 100%".into(),
            },
        ];
        insta::assert_snapshot!(failure(&troubles) + &failure_summary(&troubles));
    }

    proptest! {
        #[test]
        fn a_line_is_one_command(text in any::<String>()) {
            let mut all = everything();
            all.oracle.source = text.clone();
            all.suites[0].file = text.clone();
            all.unreferenced = vec![text.clone()];
            for case in &mut all.cases {
                case.case.binding.0[0].value = text.clone();
            }
            let shown = rendered(&all);
            for line in shown.split('\n').filter(|line| !line.is_empty()) {
                let rest = ["::error ", "::warning ", "::notice "].iter().find_map(|name| line.strip_prefix(name));
                let (properties, _) = rest.unwrap_or_else(|| panic!("{line}")).split_once("::").unwrap();
                for property in properties.split(',') {
                    prop_assert!(["file", "line", "title"].contains(&property.split_once('=').unwrap().0), "{line}");
                }
                prop_assert!(!line.contains('\r'));
            }
        }
    }
}
