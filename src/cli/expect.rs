//! `parity expect --open`: what is open today, declared as expected, so that a gate can be adopted on day one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use clap::Args;

use crate::report::{CaseReport, Exit, RunReport};
use crate::rule::CasePattern;
use crate::suite::Suite;
use crate::translate::Detail;
use crate::verdict::{Standing, Verdict};

use super::adopt::append_as;
use super::again::{Again, RecordArguments};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity expect --open --why \"open since the migration began, issue 12\"
  parity expect --open run.jsonl --suite run-trace --dry-run

Each group of cases that fail alike becomes an [[expected]] entry of its suite. Without --why the entries say TODO, and a suite \
that says TODO is refused until somebody wrote why.";

/// What stands for a `why` that nobody gave yet; a suite is not read while it is there.
const TO_BE_WRITTEN: &str = "TODO: say why this is known, and whose defect it is";

/// Arguments of `parity expect`.
#[derive(Debug, Args)]
pub struct ExpectArguments {
    #[command(flatten)]
    pub record: RecordArguments,

    /// Write the signatures that are open in the latest run, or in the one that is named.
    #[arg(long, required = true)]
    pub open: bool,

    /// Why they are known, for every entry.
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,

    /// Only this suite; may be given several times.
    #[arg(long = "suite", value_name = "NAME")]
    pub suites: Vec<String>,

    /// Print the entries, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command.
pub fn run(arguments: &ExpectArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    if arguments.why.as_ref().is_some_and(|why| why.trim().is_empty()) {
        return Err(Failure::Usage(
            "`--why` is empty: say why the defects are known, or leave it out".to_owned(),
        ));
    }
    let again = Again::open(&arguments.record, config, context)?;
    let judged = again.judge(&GateArguments::default(), Detail::Counts, context, output, |_| {})?;
    let why = arguments.why.as_deref();
    let mut written = 0;
    for suite in again.project.named(&arguments.suites)? {
        let groups = open(&judged.report, &suite.name);
        if groups.is_empty() {
            continue;
        }
        let entries = entries(&suite, &groups, why.unwrap_or(TO_BE_WRITTEN))?;
        if arguments.dry_run {
            output.data(&format!("# {}\n{entries}", suite.file));
            continue;
        }
        append_as(&suite, &entries, |text| text.replace(TO_BE_WRITTEN, "to be written"), context)?;
        written += groups.len();
        output.say(&format!("{}: {} written", suite.file, plural(groups.len(), "entry", "entries")));
    }
    for note in left(&judged.report) {
        output.say(&format!("note: {note}"));
    }
    if written > 0 && why.is_none() {
        output.say("write the `why` of each entry: a suite that says TODO is refused");
    } else if written == 0 && !arguments.dry_run {
        output.say("nothing is open that could be expected");
    }
    Ok(Exit::Passed)
}

/// Cases that fail alike: verdict and signatures.
pub type Groups = BTreeMap<(Verdict, BTreeSet<String>), Vec<String>>;

/// The open cases of a suite, by what they have in common; the bindings of each.
pub fn open(run: &RunReport, suite: &str) -> Groups {
    let mut groups = Groups::new();
    for case in run.cases.iter().filter(|case| case.case.suite == suite && is_open(case)) {
        groups
            .entry((case.verdict, case.signatures()))
            .or_default()
            .push(case.case.binding.to_string());
    }
    groups
}

fn is_open(case: &CaseReport) -> bool {
    // What is there by chance is not there every time, as a declaration would have it.
    let is_there = case.verdict != Verdict::Unreachable && !case.is_unstable();
    case.standing == Standing::Fails && is_there && !case.ad_hoc && !case.signatures().is_empty()
}

/// What is open and cannot be expected.
fn left(run: &RunReport) -> Vec<String> {
    let count = |wanted: &dyn Fn(&CaseReport) -> bool| run.cases.iter().filter(|case| wanted(case)).count();
    let surprises = count(&|case| matches!(case.standing, Standing::Surprises(_)));
    let unreachable = count(&|case| case.verdict == Verdict::Unreachable);
    let mut left = Vec::new();
    if surprises > 0 {
        let cases = plural(surprises, "case is", "cases are");
        left.push(format!("{cases} not as an entry already says: change that entry by hand"));
    }
    if unreachable > 0 {
        left.push(format!(
            "{} unreachable, which nobody can expect",
            plural(unreachable, "case was", "cases were")
        ));
    }
    let unstable = count(&|case| case.standing == Standing::Fails && case.is_unstable());
    if unstable > 0 {
        left.push(format!(
            "{} in some answers and not in all of them, which is no defect to get used to",
            plural(unstable, "case differs", "cases differ")
        ));
    }
    left
}

fn plural(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// The text of entries for these groups.
///
/// # Errors
/// When a case cannot be named without naming another.
pub fn entries(suite: &Suite, groups: &Groups, why: &str) -> Result<String, Failure> {
    let all: Vec<String> = suite.shown_cases().iter().map(|case| case.binding.to_string()).collect();
    let mut text = String::new();
    for ((verdict, signatures), bindings) in groups {
        let patterns = patterns(suite, &all, bindings)?;
        text.push_str("\n[[expected]]\n");
        writeln!(text, "case       = {}", strings(&patterns)).expect("writing to a String");
        writeln!(text, "verdict    = {}", quoted(verdict.name())).expect("writing to a String");
        writeln!(text, "signatures = {}", strings(&signatures.iter().cloned().collect::<Vec<_>>())).expect("writing to a String");
        writeln!(text, "why        = {}", quoted(why)).expect("writing to a String");
    }
    Ok(text)
}

/// The fewest patterns that name these cases and no other: all, those that share a value, or one by one.
fn patterns(suite: &Suite, all: &[String], wanted: &[String]) -> Result<Vec<String>, Failure> {
    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    let exact = |pattern: &str| {
        let pattern = CasePattern::one(pattern);
        all.iter()
            .all(|binding| wanted.contains(binding.as_str()) || !pattern.matches(binding))
    };
    if exact("*") && wanted.len() > 1 {
        return Ok(vec!["*".to_owned()]);
    }
    let mut patterns = Vec::new();
    let mut left = wanted.clone();
    let last = suite.parameters.len().saturating_sub(1);
    for (place, parameter) in suite.parameters.iter().enumerate().filter(|_| last > 0) {
        for value in &parameter.values {
            let before = if place == 0 { "" } else { "*," };
            let after = if place == last { "" } else { ",*" };
            let pattern = format!(
                "{before}{}={}{after}",
                parameter.name,
                suite.shown_value(&parameter.name, &value.text)
            );
            let matching = CasePattern::one(&pattern);
            let covered = left.iter().filter(|binding| matching.matches(binding)).count();
            if covered > 1 && exact(&pattern) {
                left.retain(|binding| !matching.matches(binding));
                patterns.push(pattern);
            }
        }
    }
    for binding in all.iter().filter(|binding| left.contains(binding.as_str())) {
        if !exact(binding) {
            return Err(Failure::Usage(format!(
                "the case `{}/{binding}` has a `*` in its name and would name other cases as well: write its entry by hand",
                suite.name
            )));
        }
        patterns.push(binding.clone());
    }
    Ok(patterns)
}

fn strings(texts: &[String]) -> String {
    match texts {
        [only] => quoted(only),
        several => {
            let lines = several.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(",\n  ");
            format!("[\n  {lines},\n]")
        }
    }
}

/// A TOML string: what JSON escapes TOML reads alike, and DEL besides.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is written").replace('\u{7f}', "\\u007f")
}
