//! `parity review`: pending snapshots are accepted or rejected, from the record of a run.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::{CaseReport, Exit, terminal};
use crate::rule::CasePattern;
use crate::run::unreferenced;
use crate::snapshot::SnapshotState;
use crate::suite::Case;
use crate::translate::Detail;

use super::again::{Again, RecordArguments};
use super::context::Context;
use super::failure::Failure;
use super::gate::GateArguments;
use super::keys::{self, Keys};
use super::output::Output;

pub const EXAMPLES: &str = "Examples:
  parity review
  parity review --accept 'run-trace/*'
  parity review --from uploaded.jsonl --accept run-trace/run_id=34 --reject run-trace/run_id=35
  parity review --prune

What may be approved is rendered from the record, so that no service is needed. Accepting a snapshot never accepts a mismatch: \
that takes a rule, or an expected verdict (`parity expect --open`).";

/// Arguments of `parity review`.
#[derive(Debug, Args)]
pub struct ReviewArguments {
    /// Review the run of this record, such as one that a gate uploaded [default: the latest of this project].
    #[arg(long, value_name = "RECORD")]
    pub from: Option<PathBuf>,

    /// The profile whose suites judge [default: the one of the record].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Accept the snapshots of these cases, without asking; `*` stands for any characters.
    #[arg(long, value_name = "CASE", num_args = 1..)]
    pub accept: Vec<String>,

    /// Reject the snapshots of these cases: what was approved stays.
    #[arg(long, value_name = "CASE", num_args = 1..)]
    pub reject: Vec<String>,

    /// Remove the snapshots that no case refers to.
    #[arg(long)]
    pub prune: bool,
}

/// A snapshot that waits for somebody's decision.
struct Waiting {
    case: Case,
    text: String,
    report: CaseReport,
    raw: String,
}

/// Runs the command.
pub fn run(arguments: &ReviewArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let record = RecordArguments {
        record: arguments.from.clone(),
        profile: arguments.profile.clone(),
    };
    let again = Again::open(&record, config, context)?;
    let mut waiting = Vec::new();
    let judged = again.judge(&GateArguments::default(), Detail::Counts, context, output, |visit| {
        if let (Some(text), SnapshotState::Changed | SnapshotState::Missing) = (visit.snapshot, visit.report.snapshot) {
            waiting.push(Waiting {
                case: visit.case.clone(),
                text: text.to_owned(),
                report: visit.report.clone(),
                raw: raw(visit.recorded),
            });
        }
    })?;
    waiting.sort_by_key(|waiting| waiting.case.to_string());
    let unattended = !arguments.accept.is_empty() || !arguments.reject.is_empty() || arguments.prune;
    if unattended {
        check(&arguments.accept, &arguments.reject, &waiting)?;
    }
    let mut left = Vec::new();
    for waiting in waiting {
        let name = waiting.case.to_string();
        if named(&arguments.accept, &name) {
            again.store.approve(&waiting.case, &waiting.text)?;
            output.say(&format!("accepted  {name}"));
        } else if named(&arguments.reject, &name) {
            again.store.reject(&waiting.case)?;
            output.say(&format!("rejected  {name}"));
        } else {
            left.push(waiting);
        }
    }
    if arguments.prune {
        for file in unreferenced(&again.store, &again.project.suites)? {
            std::fs::remove_file(&file).map_err(|error| Failure::SetUp(format!("cannot remove `{}`: {error}", file.display())))?;
            output.say(&format!("removed   {}", file.display()));
        }
    }
    if !unattended
        && !left.is_empty()
        && context.stdout_is_terminal
        && let Some(keys) = Keys::listen()
    {
        left = walk(left, &again, keys, output)?;
    }
    Ok(rest(&left, &judged.report, output))
}

/// Names that name nothing are mistakes, and nothing is done before they are all found to be right.
fn check(accept: &[String], reject: &[String], waiting: &[Waiting]) -> Result<(), Failure> {
    let names: Vec<String> = waiting.iter().map(|waiting| waiting.case.to_string()).collect();
    for pattern in accept.iter().chain(reject) {
        if !names.iter().any(|name| CasePattern::one(pattern).matches(name)) {
            let waiting = match names.as_slice() {
                [] => "no snapshot is pending".to_owned(),
                [first, ..] => format!("pending are {} snapshots, the first of `{first}`", names.len()),
            };
            return Err(Failure::Usage(format!("no pending snapshot is called `{pattern}`: {waiting}")));
        }
    }
    if let Some(both) = names.iter().find(|name| named(accept, name) && named(reject, name)) {
        return Err(Failure::Usage(format!("`{both}` is to be accepted and rejected")));
    }
    Ok(())
}

fn named(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| CasePattern::one(pattern).matches(name))
}

/// One snapshot after the other, one key each.
fn walk(waiting: Vec<Waiting>, again: &Again, mut keys: Keys, output: &Output) -> Result<Vec<Waiting>, Failure> {
    let mut left = Vec::new();
    let all = waiting.len();
    let mut waiting = waiting.into_iter().enumerate();
    let mut everything = false;
    while let Some((place, item)) = waiting.next() {
        if !everything {
            let suite = again.suite_report(&item.case.suite);
            output.data(&terminal::render_case(&item.report, suite.as_ref(), output.style()));
            if item.report.snapshot_diff.is_none() {
                let lines: Vec<_> = item.text.lines().map(crate::value::visible).collect();
                output.data(&format!("{}\n", lines.join("\n")));
            }
        }
        loop {
            let key = if everything {
                Some('a')
            } else {
                output.data(&format!(
                    "{} of {all}: [a]ccept  [r]eject  [s]kip  ra[w] answers  accept a[l]l  [q]uit ",
                    place + 1
                ));
                keys.next()
            };
            if !everything {
                output.data("\n");
            }
            match key {
                Some('a') => again.store.approve(&item.case, &item.text)?,
                Some('l') => {
                    everything = true;
                    continue;
                }
                Some('r') => again.store.reject(&item.case)?,
                Some('s') => left.push(item),
                Some('w') => {
                    output.data(&item.raw);
                    continue;
                }
                Some('q') | None => {
                    left.push(item);
                    left.extend(waiting.map(|(_, item)| item));
                    return Ok(left);
                }
                Some(_) => continue,
            }
            break;
        }
    }
    Ok(left)
}

fn raw(recorded: &crate::record::RecordedExchange) -> String {
    keys::both(recorded)
}

/// What is still to be decided, signatures first.
fn rest(left: &[Waiting], run: &crate::report::RunReport, output: &Output) -> Exit {
    let signatures = run.signatures();
    for (signature, cases) in &signatures {
        output.say(&format!("open      {signature}: {} cases, first {}", cases.len(), cases[0].case));
    }
    if !signatures.is_empty() {
        output.say("a mismatch is never accepted here: declare a rule, or `parity expect --open`");
    }
    for waiting in left {
        output.say(&format!("pending   {} ({})", waiting.case, waiting.report.snapshot.name()));
    }
    if left.is_empty() && signatures.is_empty() {
        return Exit::Passed;
    }
    Exit::Differs
}
