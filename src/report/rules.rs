//! Every rule of a run's suites, with what it did there: for those who keep suites small.

use jiff::civil::Date;
use serde::Serialize;

use crate::rule::{Justification, RuleName};
use crate::verdict::Standing;

use super::accountability::{Concern, ConcernKind};
use super::model::{RunReport, SuiteReport};
use super::style::{Ink, Style, columns, count};
use crate::value::visible;

/// A rule with what it did in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// The rule.
    pub rule: RuleName,
    /// What is declared of it.
    pub justification: Justification,
    /// How often it acted.
    pub count: u64,
    /// The cases in which it acted, with how often, in the order of the plan.
    pub cases: Vec<(String, u64)>,
    /// What there is to say of it.
    pub concerns: Vec<ConcernKind>,
}

/// The rules of one suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteRules {
    /// The suite.
    pub suite: SuiteReport,
    /// How many cases of it were judged; none when the run did not ask it.
    pub judged: usize,
    /// Its rules, by line.
    pub rules: Vec<RuleUse>,
}

/// What every rule of these suites did in a run.
#[must_use]
pub fn uses(suites: &[SuiteReport], run: &RunReport) -> Vec<SuiteRules> {
    suites.iter().map(|suite| of_suite(suite, run)).collect()
}

fn of_suite(suite: &SuiteReport, run: &RunReport) -> SuiteRules {
    let cases: Vec<_> = run.cases.iter().filter(|case| case.case.suite == suite.name).collect();
    let mut rules: Vec<RuleUse> = suite
        .rules
        .iter()
        .map(|(rule, justification)| {
            let acted: Vec<(String, u64)> = cases
                .iter()
                .filter_map(|case| {
                    let applied = case
                        .applied
                        .iter()
                        .filter(|applied| applied.rule == *rule)
                        .map(|applied| applied.count);
                    let expected = matches!(&case.standing, Standing::Expected { rule: declared, .. } if declared == rule);
                    let again = case.repeated.acted.contains(rule);
                    let count = applied.sum::<u64>() + u64::from(expected) + u64::from(again);
                    (count > 0).then(|| (case.case.to_string(), count))
                })
                .collect();
            RuleUse {
                concerns: concerns(rule, justification.line, suite, run),
                rule: rule.clone(),
                justification: justification.clone(),
                count: acted.iter().map(|(_, count)| count).sum(),
                cases: acted,
            }
        })
        .collect();
    rules.sort_by(|one, other| (one.justification.line, &one.rule).cmp(&(other.justification.line, &other.rule)));
    SuiteRules {
        suite: suite.clone(),
        judged: cases.len(),
        rules,
    }
}

/// What is said of a rule itself, or of the preset that it is part of; dates are said of a declaration as a whole.
fn concerns(rule: &RuleName, line: usize, suite: &SuiteReport, run: &RunReport) -> Vec<ConcernKind> {
    let own = |concern: &&Concern| {
        let dated = matches!(concern.kind, ConcernKind::Expired { .. } | ConcernKind::ExpiresSoon { .. });
        let named = concern.rule == *rule || rule.preset() == Some(&*concern.rule.0);
        concern.suite == suite.name && concern.line == line && (dated || named)
    };
    run.accountability
        .concerns
        .iter()
        .filter(own)
        .map(|concern| concern.kind.clone())
        .collect()
}

/// So many names of cases stand beside a rule on a terminal.
const NAMES: usize = 5;

/// The columns of the two counts.
const COUNT: usize = 8;

/// The rules for people, ending with a line break.
#[must_use]
pub fn render(suites: &[SuiteRules], run: &RunReport, style: Style) -> String {
    let mut sheet = Sheet { style, out: String::new() };
    for suite in suites {
        sheet.suite(suite, run.accountability.today);
    }
    let rules = suites.iter().map(|suite| suite.rules.len()).sum();
    let idle = suites
        .iter()
        .filter(|suite| suite.judged > 0)
        .flat_map(|suite| &suite.rules)
        .filter(|rule| rule.count == 0)
        .count();
    let all = format!(
        "{} in {}, {idle} of them idle in this run",
        count(rules, "rule", "rules"),
        count(suites.len(), "suite", "suites")
    );
    sheet.sentence(&all, 0, Ink::Plain);
    if !run.full {
        let why = "this was no full run, so an idle rule may act in a case that was not judged";
        sheet.sentence(why, 0, Ink::Dim);
    }
    sheet.out
}

struct Sheet {
    style: Style,
    out: String,
}

impl Sheet {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn sentence(&mut self, text: &str, indentation: usize, ink: Ink) {
        for line in self.style.wrap(text, indentation) {
            let line = self.style.paint(ink, line);
            self.line(&format!("{}{line}", " ".repeat(indentation)));
        }
    }

    fn suite(&mut self, rules: &SuiteRules, today: Option<Date>) {
        let SuiteReport {
            name, title, file, draft, ..
        } = &rules.suite;
        let name = self.style.fit(name, 0);
        let mut beside: Vec<String> = title.iter().cloned().chain([file.clone()]).collect();
        if *draft {
            beside.push("a draft, not gated".to_owned());
        }
        beside.push(match rules.judged {
            0 => "no case in this run".to_owned(),
            judged => count(judged, "case", "cases"),
        });
        let beside = self.style.fit(&beside.join(" · "), columns(&name) + 2);
        self.line(&format!(
            "{}  {}",
            self.style.paint(Ink::Strong, name),
            self.style.paint(Ink::Dim, beside)
        ));
        if !rules.rules.is_empty() {
            let head = format!("{:>COUNT$}{:>COUNT$}  rule", "acted", "cases");
            self.line(&self.style.paint(Ink::Dim, head));
        }
        for rule in &rules.rules {
            self.rule(rule, rules.judged > 0, &rules.suite, today);
        }
        self.line("");
    }

    fn rule(&mut self, rule: &RuleUse, judged: bool, suite: &SuiteReport, today: Option<Date>) {
        const START: usize = 2 * COUNT + 2;
        let (acted, cases) = if judged {
            (rule.count.to_string(), rule.cases.len().to_string())
        } else {
            ("–".to_owned(), "–".to_owned())
        };
        let ink = if judged && rule.count == 0 { Ink::Warning } else { Ink::Plain };
        let place = format!("{}:{}", suite.file.rsplit('/').next().unwrap_or_default(), rule.justification.line);
        let beside = columns(&visible(&place)) + 2;
        let on_one_line = self.style.has_room(START + beside, &rule.rule.0);
        let name = self.style.fit(&rule.rule.0, if on_one_line { START + beside } else { START });
        let counts = self.style.paint(ink, format!("{acted:>COUNT$}{cases:>COUNT$}"));
        let place = self.style.paint(Ink::Dim, visible(&place));
        let head = format!("{counts}  {}", self.style.paint(Ink::Strong, name));
        if on_one_line {
            self.line(&format!("{head}  {place}"));
        } else {
            self.line(&head);
            self.line(&format!("{}{place}", " ".repeat(START)));
        }
        self.sentence(&format!("because {}", rule.justification.why), START, Ink::Dim);
        let facts = facts(&rule.justification, today);
        if !facts.is_empty() {
            self.sentence(&facts.join(", "), START, Ink::Dim);
        }
        for concern in &rule.concerns {
            self.sentence(&format!("{}: {}", concern.name(), concern.said()), START, Ink::Warning);
        }
        if !rule.cases.is_empty() {
            let prefix = format!("{}/", suite.name);
            let mut names: Vec<String> = rule
                .cases
                .iter()
                .take(NAMES)
                .map(|(case, _)| case.strip_prefix(&prefix).unwrap_or(case).to_owned())
                .collect();
            if rule.cases.len() > NAMES {
                names.push(format!("… and {} more", rule.cases.len() - NAMES));
            }
            let names = self.style.fit(&format!("in {}", names.join("  ")), START);
            let line = self.style.paint(Ink::Dim, names);
            self.line(&format!("{}{line}", " ".repeat(START)));
        }
    }
}

/// Owner, issue and dates, where they are declared.
fn facts(rule: &Justification, today: Option<Date>) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(since) = rule.since {
        facts.push(match age(since, today) {
            Some(days) => format!("since {since}, for {}", count(days, "day", "days")),
            None => format!("since {since}"),
        });
    }
    facts.extend(rule.expires.map(|day| format!("until {day}")));
    facts.extend(rule.owner.as_ref().map(|owner| format!("{owner} answers for it")));
    facts.extend(rule.issue.as_ref().map(|issue| format!("issue {issue}")));
    facts
}

/// How many days ago that was; `None` when it is still to come, or nobody knows the day.
fn age(since: Date, today: Option<Date>) -> Option<usize> {
    usize::try_from((today? - since).get_days()).ok()
}

/// The version of [`render_json`].
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Listing<'r> {
    version: u32,
    record: Option<&'r str>,
    full: bool,
    today: Option<Date>,
    rules: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    suite: &'r str,
    rule: &'r str,
    at: String,
    count: Option<u64>,
    cases: Vec<Acted<'r>>,
    why: &'r str,
    note: Option<&'r str>,
    owner: Option<&'r str>,
    issue: Option<&'r str>,
    since: Option<Date>,
    age_days: Option<usize>,
    expires: Option<Date>,
    unproven: Option<&'r str>,
    states: Vec<&'static str>,
}

#[derive(Serialize)]
struct Acted<'r> {
    case: &'r str,
    count: u64,
}

/// The rules for programs: one JSON document. `count` is `null` for a suite of which the run asked no case.
#[must_use]
pub fn render_json(suites: &[SuiteRules], run: &RunReport) -> String {
    let today = run.accountability.today;
    let rules = suites
        .iter()
        .flat_map(|suite| suite.rules.iter().map(move |rule| (suite, rule)))
        .map(|(suite, rule)| of_rule(suite, rule, today))
        .collect();
    let listing = Listing {
        version: VERSION,
        record: run.record.as_deref(),
        full: run.full,
        today,
        rules,
    };
    let mut text = serde_json::to_string_pretty(&listing).expect("no map has keys that are not text, and no type refuses to be written");
    text.push('\n');
    text
}

fn of_rule<'r>(suite: &'r SuiteRules, rule: &'r RuleUse, today: Option<Date>) -> Entry<'r> {
    let Justification {
        why,
        note,
        owner,
        issue,
        since,
        expires,
        unproven,
        line,
        // Its name says it.
        twin: _,
    } = &rule.justification;
    Entry {
        suite: &suite.suite.name,
        rule: &rule.rule.0,
        at: suite.suite.at(*line),
        count: (suite.judged > 0).then_some(rule.count),
        cases: rule.cases.iter().map(|(case, count)| Acted { case, count: *count }).collect(),
        why,
        note: note.as_deref(),
        owner: owner.as_deref(),
        issue: issue.as_deref(),
        since: *since,
        age_days: since.and_then(|since| age(since, today)),
        expires: *expires,
        unproven: unproven.as_deref(),
        states: rule.concerns.iter().map(ConcernKind::name).collect(),
    }
}
