//! What changes for the users of an API, told from the rules alone, each with a real example: a page in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::exchange::{Part, PerSide};
use crate::rule::{Justification, RuleName};
use crate::translate::Effect;

use super::model::SuiteReport;

/// A suite as the guide tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideSuite {
    /// The suite.
    pub suite: SuiteReport,
    /// What each side is asked, with parameters open: `GET /run/trace/{run_id}`.
    pub requests: PerSide<String>,
    /// What rules did in the record, by rule.
    pub examples: BTreeMap<RuleName, Example>,
}

/// What a rule did once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// In which case.
    pub case: String,
    /// Which part of the answer.
    pub part: Part,
    /// What the legacy answers there.
    pub before: String,
    /// What is owed in its place.
    pub after: String,
}

impl GuideSuite {
    /// Keeps an effect as an example where there is none that reads better: a short one does, and a whole one.
    pub fn learn(&mut self, case: &str, effect: &Effect) {
        let example = Example {
            case: case.to_owned(),
            part: effect.part.clone(),
            before: effect.before.clone(),
            after: effect.after.clone(),
        };
        let weight = |example: &Example| {
            let cut = example.before.contains('…') || example.after.contains('…');
            (cut, example.before.len() + example.after.len())
        };
        match self.examples.get(&effect.rule) {
            Some(known) if weight(known) <= weight(&example) => {}
            _ => {
                self.examples.insert(effect.rule.clone(), example);
            }
        }
    }
}

/// The page. `source` says where the examples come from.
#[must_use]
pub fn render(suites: &[GuideSuite], source: &str) -> String {
    let mut out = String::from("# Migration guide\n\n");
    let intro = "What changes for the users of this API, told from the rules by which the new one is held against the old one.";
    writeln!(out, "{intro} Examples are answers {}.", text(source)).expect("writing to a String");
    for suite in suites {
        of_suite(&mut out, suite);
    }
    out
}

fn of_suite(out: &mut String, guide: &GuideSuite) {
    let SuiteReport {
        name, title, draft, rules, ..
    } = &guide.suite;
    let title = title.as_deref().unwrap_or(name);
    let draft = if *draft { " (not final yet)" } else { "" };
    write!(out, "\n## {}{draft}\n\n", text(title)).expect("writing to a String");
    let PerSide { legacy, candidate } = &guide.requests;
    writeln!(out, "{} becomes {}.\n", code(legacy), code(candidate)).expect("writing to a String");

    let mut declarations: BTreeMap<usize, Vec<(&RuleName, &Justification)>> = BTreeMap::new();
    for (rule, justification) in rules {
        declarations.entry(justification.line).or_default().push((rule, justification));
    }
    if declarations.is_empty() {
        out.push_str("Answers stay as they are.\n");
    }
    for paths in declarations.values() {
        let (first, justification) = paths[0];
        let (word, _) = split(first);
        let places: Vec<String> = paths.iter().map(|(rule, _)| code(split(rule).1)).collect();
        writeln!(out, "- **{}**: {}  ", meaning(word), places.join(", ")).expect("writing to a String");
        // The note is written for the readers of this page; the reason is all there is where nobody wrote one.
        let note = justification.note.as_deref().unwrap_or(&justification.why);
        writeln!(out, "  {}", text(note)).expect("writing to a String");
        let example = paths.iter().find_map(|(rule, _)| guide.examples.get(*rule));
        if let Some(example) = example {
            let at = match &example.part {
                Part::Body(path) if !path.segments().is_empty() => format!(" at {}", code(&path.to_string())),
                // The rule says which part it is about.
                _ => String::new(),
            };
            writeln!(
                out,
                "  - from {} to {}{at} ({})",
                code(&example.before),
                code(&example.after),
                text(&example.case)
            )
            .expect("writing to a String");
        }
    }
}

/// The word of a rule, and where and how it acts; the name of a preset before them is not told.
fn split(rule: &RuleName) -> (&str, &str) {
    let name = match rule.preset() {
        Some(preset) => rule.0[preset.len()..].trim_start_matches(": "),
        None => &rule.0,
    };
    name.split_once(' ').unwrap_or((name, "/"))
}

/// What a word means to somebody who reads answers; a word that is not known here speaks for itself.
fn meaning(word: &str) -> &str {
    match word {
        "list" => "is always a list, also of one",
        "split" => "is a list of texts",
        "single" => "is the one element itself",
        "first" => "has only the first elements",
        "unwrap" => "takes the place of the object around it",
        "wrap" => "stands in an object",
        "rename" => "has another name",
        "move" => "stands elsewhere",
        "drop" => "is gone",
        "map" => "has another value for some values",
        "trim" => "has no blanks around it",
        "lower" => "is in lower case",
        "replace" | "template" => "is written in another way",
        "join" => "is one text",
        "unescape_html" => "has characters in place of HTML entities",
        "escape_html" => "has HTML entities",
        "integer" => "is an integer",
        "number" => "is a number",
        "boolean" => "is true or false",
        "text" => "is a text",
        "null" => "is null where it is empty",
        "datetime" => "is a date and time in another form",
        "default" | "constant" => "is always there",
        "error" => "is another error",
        "status" => "is another status",
        "header" => "is another header, or one that can be relied on",
        "expected" => "is a known defect",
        "rows" => "is a list of rows with a key",
        "unordered" => "has no order that can be relied on",
        "tolerance" => "may deviate a little",
        "pattern" | "one_of" => "is one of several texts or values",
        "extra" => "is new",
        "ignore" => "is not compared, and nothing is promised of it",
        other => other,
    }
}

/// Text between marks of Markdown, on one line.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::value::visible(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span, fenced by more backticks than it holds.
fn code(text: &str) -> String {
    let text = crate::value::visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        return format!("{fence}{text}{fence}");
    }
    format!("{fence} {text} {fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_holds_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
    }

    #[test]
    fn a_rule_of_a_preset_is_told_like_any_other() {
        assert_eq!(split(&RuleName::from("php-xml-json@1: list /a".to_owned())), ("list", "/a"));
        assert_eq!(split(&RuleName::from("rename /a/b to c".to_owned())), ("rename", "/a/b to c"));
    }

    proptest! {
        #[test]
        fn nothing_breaks_out_of_its_line(any in any::<String>()) {
            prop_assert!(!text(&any).contains('\n'));
            let span = code(&any);
            prop_assert!(!span.contains('\n'));
            let fence = span.len() - span.trim_start_matches('`').len();
            prop_assert!(fence > 0);
        }
    }
}
