//! An audit for people and for machines.

use serde::Serialize;

use crate::audit::{AuditReport, Fate, Finding, SuiteAudit, Tally};
use crate::value::visible;

use super::exit::Exit;
use super::model::SuiteReport;
use super::style::{Ink, Style, clip, columns, count};

/// An audit with what a reader needs besides.
#[derive(Debug, Clone, Copy)]
pub struct AuditView<'r> {
    /// What was found.
    pub audit: &'r AuditReport,
    /// The suites, for where their rules stand.
    pub suites: &'r [SuiteReport],
    /// The record of the answers.
    pub record: &'r str,
    /// What is worth saying of the record, such as cases that no suite declares any more.
    pub notes: &'r [String],
    /// Of how many cases nobody knows the answers, because a side that was asked did not answer.
    pub unreachable: usize,
}

impl AuditView<'_> {
    /// How an audit ends for the shell: with 1 when there is a blind spot or a coverage below its floor, with 3 when a side
    /// did not answer, with 4 when no mutant was made.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match (self.audit.passes(), self.audit.tally().all()) {
            (false, _) => Exit::Differs,
            (true, _) if self.unreachable > 0 => Exit::CannotCompare,
            (true, 0) => Exit::NothingJudged,
            (true, _) => Exit::Passed,
        }
    }

    fn place(&self, suite: &SuiteAudit, finding: &Finding) -> Option<String> {
        let suite = self.suites.iter().find(|known| known.name == suite.suite)?;
        suite.place(finding.rule.as_ref()?)
    }
}

/// So many kinds of declared survivors are listed; blind spots all are.
const DECLARED: usize = 10;

/// The columns of what is shown before and after a change.
const EXAMPLE: usize = 50;

/// So many cases that were not audited are named.
const NAMED: usize = 3;

/// The columns of a label.
const LABEL: usize = 11;

/// The audit for people, ending with a line break.
#[must_use]
pub fn render(view: &AuditView<'_>, style: Style) -> String {
    let mut sheet = Sheet {
        view,
        style,
        out: String::new(),
    };
    sheet.survivors("What would not be noticed, and no rule declares", Fate::Blind, usize::MAX);
    sheet.survivors("What rules declare not to matter", Fate::Declared, DECLARED);
    for suite in &view.audit.suites {
        sheet.suite(suite);
    }
    for note in view.notes {
        sheet.fact("note", &[(Ink::Plain, note.clone())]);
    }
    sheet.fact("seed", &[(Ink::Plain, view.audit.seed.to_string())]);
    // Whole, for it is there to be copied.
    let label = style.paint(Ink::Dim, format!("{:<LABEL$}", "record"));
    sheet.line(&format!("  {label}{}", visible(view.record)));
    sheet.result();
    sheet.out
}

struct Sheet<'s> {
    view: &'s AuditView<'s>,
    style: Style,
    out: String,
}

impl Sheet<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// A label, and beside it texts in their inks, on as many lines as they need.
    fn fact(&mut self, label: &str, texts: &[(Ink, String)]) {
        for (place, line) in self.style.flow(texts, LABEL + 2).iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            let label = self.style.paint(Ink::Dim, format!("{label:<LABEL$}"));
            self.line(&format!("  {label}{line}"));
        }
    }

    fn survivors(&mut self, title: &str, fate: Fate, limit: usize) {
        let suites = self.view.audit.suites.iter();
        let mut found: Vec<(&SuiteAudit, &Finding)> = suites
            .flat_map(|suite| suite.findings.iter().map(move |finding| (suite, finding)))
            .filter(|(_, finding)| finding.fate == fate)
            .collect();
        if found.is_empty() {
            return;
        }
        found.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.count));
        let title = self.style.paint(Ink::Strong, title);
        self.line(&title);
        for (suite, finding) in found.iter().take(limit) {
            self.finding(suite, finding);
        }
        if found.len() > limit {
            let rest: usize = found[limit..].iter().map(|(_, finding)| finding.count).sum();
            let kinds = count(found.len() - limit, "other kind", "other kinds");
            self.line(&format!("        … and {rest} of {kinds}"));
        }
        self.line("");
    }

    fn finding(&mut self, suite: &SuiteAudit, finding: &Finding) {
        let ink = if finding.fate == Fate::Blind { Ink::Bad } else { Ink::Plain };
        let number = format!("{:>6}  ", finding.count);
        let rule = match &finding.rule {
            Some(rule) => format!(" ({rule})"),
            None => " (whatever the rules: the comparison does not look there)".to_owned(),
        };
        let text = format!("{}: {}{rule}", finding.place, finding.class);
        let text = self.style.fit(&text, columns(&number));
        let mut line = format!("{}{text}", self.style.paint(ink, &number));
        if let Some(place) = self.view.place(suite, finding)
            && columns(&number) + columns(&text) + 2 + columns(&place) <= self.style.width
        {
            line = format!("{line}  {}", self.style.paint(Ink::Dim, place));
        }
        self.line(&line);
        let example = &finding.example;
        let at = match finding.place.as_str() {
            "response" => String::new(),
            _ => format!(" at {}", example.path),
        };
        let short = |text: &str| clip(&visible(text), EXAMPLE);
        let mut text = format!("{}{at}: {} → {}", example.case, short(&example.before), short(&example.after));
        if finding.cases.len() > 1 {
            let more = count(finding.cases.len() - 1, "more case", "more cases");
            text = format!("{text}, and in {more}");
        }
        let text = self.style.paint(Ink::Dim, self.style.fit(&text, 8));
        self.line(&format!("        {text}"));
    }

    fn suite(&mut self, suite: &SuiteAudit) {
        let tally = suite.tally;
        let cases = count(suite.audited, "case", "cases");
        if tally.all() == 0 {
            let none = format!("no mutant was made of the answers of {cases}");
            self.named(&suite.suite, &[(Ink::Plain, none)]);
        } else {
            let sensitivity = percent(tally.killed, tally.killed + tally.blind);
            let ink = if tally.blind == 0 { Ink::Good } else { Ink::Bad };
            let sensitivity = (ink, format!("sensitivity {sensitivity},"));
            let coverage = format!("coverage {}", percent(tally.killed, tally.all()));
            let coverage = match suite.floor {
                Some(floor) if suite.below_floor() => (Ink::Bad, format!("{coverage}, below the floor of {}", whole(floor))),
                Some(floor) => (Ink::Plain, format!("{coverage} (floor {})", whole(floor))),
                None => (Ink::Plain, format!("{coverage} (no floor is declared)")),
            };
            self.named(&suite.suite, &[sensitivity, coverage]);
            let of = if tally.all() == suite.possible {
                String::new()
            } else {
                format!(" of {}", suite.possible)
            };
            let fates = [(tally.killed, "killed"), (tally.declared, "declared"), (tally.blind, "blind")];
            let fates = fates
                .iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, fate)| format!("{number} {fate}"));
            let fates = fates.collect::<Vec<_>>().join(", ");
            let mutants = if tally.all() == 1 { "mutant" } else { "mutants" };
            let made = format!("{}{of} {mutants} of {cases}: {fates}", tally.all());
            self.fact("", &[(Ink::Plain, made)]);
        }
        self.unaudited(suite);
    }

    /// A suite's first line; a long name has a line of its own.
    fn named(&mut self, name: &str, texts: &[(Ink, String)]) {
        if columns(name) < LABEL {
            return self.fact(name, texts);
        }
        let name = self.style.paint(Ink::Dim, name);
        self.line(&format!("  {name}"));
        self.fact("", texts);
    }

    fn unaudited(&mut self, suite: &SuiteAudit) {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for unaudited in &suite.unaudited {
            match reasons.iter_mut().find(|(why, _)| *why == unaudited.why) {
                Some((_, cases)) => cases.push(&unaudited.case),
                None => reasons.push((&unaudited.why, vec![&unaudited.case])),
            }
        }
        for (why, cases) in reasons {
            let mut names = cases.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            if cases.len() > NAMED {
                names = format!("{names} and {} more", cases.len() - NAMED);
            }
            let text = format!("not audited, {why}: {names}");
            self.fact("", &[(Ink::Plain, text)]);
        }
    }

    fn result(&mut self) {
        let exit = self.view.exit();
        let blind = self.view.audit.tally().blind;
        let below = self.view.audit.suites.iter().filter(|suite| suite.below_floor()).count();
        let (ink, text) = match exit {
            Exit::Passed => (Ink::Good, "passed".to_owned()),
            Exit::CannotCompare => {
                let cases = count(self.view.unreachable, "case was", "cases were");
                (Ink::Bad, format!("not all could be audited: {cases} unreachable"))
            }
            Exit::NothingJudged => (Ink::Bad, "nothing was audited: no case is in parity".to_owned()),
            _ => {
                let blind = (blind > 0).then(|| count(blind, "blind spot", "blind spots"));
                let below = (below > 0).then(|| format!("the coverage of {} is below the floor", count(below, "suite", "suites")));
                let reasons: Vec<String> = blind.into_iter().chain(below).collect();
                (Ink::Bad, format!("failed: {}", reasons.join(", and ")))
            }
        };
        self.fact("result", &[(ink, format!("{text} (exit {})", exit.code()))]);
    }
}

/// A part as a percentage with up to two decimals, cut and not rounded: only all is 100 %.
fn percent(part: usize, of: usize) -> String {
    let hundredths = part * 10_000 / of.max(1);
    let decimals = match hundredths % 100 {
        0 => String::new(),
        rest => format!(".{rest:02}").trim_end_matches('0').to_owned(),
    };
    format!("{}{decimals} %", hundredths / 100)
}

/// A floor as a percentage, as it was declared.
fn whole(floor: f64) -> String {
    let text = format!("{:.4}", floor * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The version that [`render_json`] writes.
pub const VERSION: u32 = 1;

/// The audit as indented JSON, ending with a line break. Within a version, members may be added and never change their
/// meaning or vanish.
#[must_use]
pub fn render_json(view: &AuditView<'_>) -> String {
    let mut text =
        serde_json::to_string_pretty(&Audit::of(view)).expect("no map has keys that are not text, and no type refuses to be written");
    text.push('\n');
    text
}

#[derive(Debug, Serialize)]
struct Audit<'r> {
    version: u32,
    exit_code: u8,
    seed: u64,
    budget: usize,
    record: &'r str,
    notes: &'r [String],
    totals: Totals,
    suites: Vec<Suite<'r>>,
}

/// How many mutants met which fate, and what follows; the ratios are `null` when there are no mutants.
#[derive(Debug, Serialize)]
struct Totals {
    killed: usize,
    declared: usize,
    blind: usize,
    sensitivity: Option<f64>,
    coverage: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Suite<'r> {
    name: &'r str,
    passes: bool,
    coverage_floor: Option<f64>,
    audited: usize,
    possible: usize,
    totals: Totals,
    classes: Vec<OfClass>,
    survivors: Vec<Survivor<'r>>,
    unaudited: Vec<Unaudited<'r>>,
}

#[derive(Debug, Serialize)]
struct OfClass {
    class: String,
    killed: usize,
    declared: usize,
    blind: usize,
}

#[derive(Debug, Serialize)]
struct Survivor<'r> {
    fate: &'static str,
    class: String,
    place: &'r str,
    rule: Option<&'r str>,
    declared_at: Option<String>,
    count: usize,
    cases: &'r [String],
    example: Example<'r>,
}

#[derive(Debug, Serialize)]
struct Example<'r> {
    case: &'r str,
    path: &'r str,
    before: &'r str,
    after: &'r str,
}

#[derive(Debug, Serialize)]
struct Unaudited<'r> {
    case: &'r str,
    why: &'r str,
}

impl<'r> Audit<'r> {
    fn of(view: &'r AuditView<'_>) -> Self {
        let audit = view.audit;
        Self {
            version: VERSION,
            exit_code: view.exit().code(),
            seed: audit.seed,
            budget: audit.budget,
            record: view.record,
            notes: view.notes,
            totals: Totals::of(audit.tally()),
            suites: audit.suites.iter().map(|suite| Suite::of(view, suite)).collect(),
        }
    }
}

impl Totals {
    fn of(tally: Tally) -> Self {
        Self {
            killed: tally.killed,
            declared: tally.declared,
            blind: tally.blind,
            sensitivity: tally.sensitivity(),
            coverage: tally.coverage(),
        }
    }
}

impl<'r> Suite<'r> {
    fn of(view: &AuditView<'_>, suite: &'r SuiteAudit) -> Self {
        let classes = suite.classes.iter().map(|(class, tally)| OfClass {
            class: class.to_string(),
            killed: tally.killed,
            declared: tally.declared,
            blind: tally.blind,
        });
        let survivors = suite.findings.iter().map(|finding| Survivor {
            fate: if finding.fate == Fate::Blind { "blind" } else { "declared" },
            class: finding.class.to_string(),
            place: &finding.place,
            rule: finding.rule.as_ref().map(|rule| &*rule.0),
            declared_at: view.place(suite, finding),
            count: finding.count,
            cases: &finding.cases,
            example: Example {
                case: &finding.example.case,
                path: &finding.example.path,
                before: &finding.example.before,
                after: &finding.example.after,
            },
        });
        let unaudited = suite.unaudited.iter().map(|unaudited| Unaudited {
            case: &unaudited.case,
            why: &unaudited.why,
        });
        Self {
            name: &suite.suite,
            passes: suite.passes(),
            coverage_floor: suite.floor,
            audited: suite.audited,
            possible: suite.possible,
            totals: Totals::of(suite.tally),
            classes: classes.collect(),
            survivors: survivors.collect(),
            unaudited: unaudited.collect(),
        }
    }
}
