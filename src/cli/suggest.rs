//! `parity suggest`: the narrowest rules that would explain what differs, for somebody to adopt.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use crate::audit::Input;
use crate::diagnostic::nearest;
use crate::exchange::{Exchange, PerSide};
use crate::report::{Exit, suggestions};
use crate::rule::CasePattern;
use crate::run::{Rejudging, Visit, recorded_bases};
use crate::suggest::{Suggestion, suggest};
use crate::suite::{Case, Suite};
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity suggest
  parity suggest run.jsonl --suite run-trace > proposed.toml
  parity suggest --case 'run_id=3*'

Proposed are translations first: what a translation can say is never left to a comparison, and nothing is ever ignored. Each rule \
was tried on every case of the record: it makes none worse, the reader of suites takes it, and what it tolerates stands above \
it. Every `why` is empty, and a suite with an empty `why` is refused: read what you adopt. The exit code is 0, whatever is \
proposed.";

/// Why nothing is proposed for a suite with private values.
pub const PRIVATE: &str = "what is private is recorded as digests, of which no rule can be made";

/// How many changed answers are judged where nobody says how many.
pub const BUDGET: u32 = 2_000;

/// Arguments of `parity suggest`.
#[derive(Debug, Args)]
pub struct SuggestArguments {
    #[command(flatten)]
    pub record: RecordArguments,

    /// Only rules of this suite; may be given several times.
    #[arg(long = "suite", value_name = "NAME")]
    pub suites: Vec<String>,

    /// Explain only what is open in cases of this name, with or without the suite; `*` stands for any characters. May be given
    /// several times.
    #[arg(long = "case", value_name = "PATTERN")]
    pub cases: Vec<String>,

    /// How many changed answers are judged at the most, to see what the proposed rules would tolerate.
    #[arg(long, value_name = "N", default_value_t = BUDGET, value_parser = clap::value_parser!(u32).range(1..))]
    pub budget: u32,
}

/// Runs the command.
pub fn run(arguments: &SuggestArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let again = Again::open(&arguments.record, config, context)?;
    let wanted = again.project.named(&arguments.suites)?;
    let inputs = inputs(&again, context, output)?;
    let inputs: Vec<Input> = inputs
        .into_iter()
        .filter(|input| wanted.iter().any(|suite| suite.name == input.suite.name))
        .collect();
    check(&arguments.cases, &inputs)?;
    let mut printed = false;
    for input in &inputs {
        if !input.suite.private.is_nothing() {
            let suite = &input.suite.name;
            output.say(&format!("{suite}: {PRIVATE}: none is proposed"));
            continue;
        }
        let suggestion = of(input, &arguments.cases, arguments.budget);
        let text = suggestions::render(&suggestion);
        if printed && !text.is_empty() {
            output.data("\n");
        }
        printed |= !text.is_empty();
        output.data(&text);
        for line in suggestions::summary(&suggestion, output.side_style()) {
            output.say(&line);
        }
    }
    if inputs.is_empty() {
        output.say("the record holds no case of these suites");
    }
    Ok(Exit::Passed)
}

/// What is proposed for one suite.
pub fn of(input: &Input, cases: &[String], budget: u32) -> Suggestion {
    let wanted = |case: &Case| cases.is_empty() || cases.iter().any(|pattern| names(pattern, case));
    suggest(input, wanted, usize::try_from(budget).unwrap_or(usize::MAX))
}

/// The cases of a record by suite, with today's rules and what was asked and answered then.
///
/// # Errors
/// When the record cannot be judged.
pub fn inputs(again: &Again, context: &Context, output: &Output) -> Result<Vec<Input>, Failure> {
    let mut exchanges = Exchanges::new();
    let mut unstable = Vec::new();
    again.judge(&GateArguments::default(), Detail::Counts, context, output, |visit| {
        if is_unstable(visit) {
            unstable.push(visit.case.to_string());
            return;
        }
        let of_suite = exchanges.entry(visit.case.suite.clone()).or_default();
        of_suite.push((visit.case.clone(), visit.recorded.exchange.clone()));
    })?;
    if let [first, rest @ ..] = &unstable[..] {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        output.say(&format!(
            "note: left out, because a side did not answer the same each time: `{first}`{more}; `parity explain` shows where: repair it, or \
             declare what is free to vary, and ask for suggestions again"
        ));
    }
    let recorded = again
        .project
        .active
        .iter()
        .filter_map(|suite| Some(input(again, suite, exchanges.remove(&suite.name)?)));
    Ok(recorded.collect())
}

/// Those of one suite, with nothing said; nothing when the record holds none.
///
/// # Errors
/// When the record cannot be judged.
pub fn input_of(again: &Again, suite: &Arc<Suite>) -> Result<Option<Input>, Failure> {
    let mut exchanges = Vec::new();
    again.judge_by(&Rejudging::by(std::slice::from_ref(suite)), |visit| {
        if !is_unstable(visit) {
            exchanges.push((visit.case.clone(), visit.recorded.exchange.clone()));
        }
    })?;
    Ok((!exchanges.is_empty()).then(|| input(again, suite, exchanges)))
}

/// Whether a side did not answer the same each time: of what is left to chance no rule can be made, and it is in the way of all
/// others.
fn is_unstable(visit: &Visit<'_>) -> bool {
    let PerSide { legacy, candidate } = &visit.judgement.repeated.unstable;
    !legacy.is_empty() || !candidate.is_empty()
}

type Exchanges = BTreeMap<String, Vec<(Case, Exchange)>>;

fn input(again: &Again, suite: &Arc<Suite>, mut exchanges: Vec<(Case, Exchange)>) -> Input {
    // They are recorded as the answers came, and the same is proposed for the same answers.
    let places: BTreeMap<String, usize> = suite.shown_cases().iter().map(ToString::to_string).zip(0..).collect();
    exchanges.sort_by_cached_key(|(case, _)| places.get(&case.to_string()).copied().unwrap_or(usize::MAX));
    Input {
        exchanges,
        bases: recorded_bases(&again.header, suite),
        suite: Arc::clone(suite),
    }
}

/// A pattern that names nothing is a mistake.
fn check(patterns: &[String], inputs: &[Input]) -> Result<(), Failure> {
    let cases = || inputs.iter().flat_map(|input| input.exchanges.iter().map(|(case, _)| case));
    for pattern in patterns {
        if !cases().any(|case| names(pattern, case)) {
            let known: Vec<String> = cases().map(ToString::to_string).collect();
            let hint = match (nearest(pattern, known.iter().map(String::as_str)), known.first()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(first)) => format!("a case is called like `{first}`"),
                (None, None) => "there is none to choose from".to_owned(),
            };
            return Err(Failure::Usage(format!("no case matches `--case {pattern}`: {hint}")));
        }
    }
    Ok(())
}

fn names(pattern: &str, case: &Case) -> bool {
    let pattern = CasePattern::one(pattern);
    pattern.matches(&case.to_string()) || pattern.matches(&case.binding.to_string())
}
