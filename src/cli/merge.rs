//! `parity merge`: the records of several shares as one run.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::exchange::OracleKind;
use crate::record::merge::{Part, events, joined, named, obstacles, write};
use crate::record::{End, Event, Header, RecordedGate, Totals};
use crate::report::html::Evidence;
use crate::report::{Exit, Format, RunReport};
use crate::suite::Suite;
use crate::translate::Detail;

use super::again::Again;
use super::args::formats;
use super::context::Context;
use super::failure::Failure;
use super::files::unnamed;
use super::gate::{GateArguments, strictness};
use super::output::Output;
use super::project::{Project, RECORDS, scratch, shown};
use super::reports::{Reports, Wanted, plain};

pub const EXAMPLES: &str = "Examples:
  parity merge shards/*.jsonl
  parity merge shards/*.jsonl -o run.jsonl --report junit=parity.xml

Every share of the plan must be there once, and every case exactly once; what is missing or doubled is named. The whole is then \
judged by the suites as they were recorded, which must be today's, and what can be said only of a full run is said.";

/// Arguments of `parity merge`.
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// The records, one of each share.
    #[arg(value_name = "RECORD", required = true)]
    pub records: Vec<PathBuf>,

    /// Where the whole goes [default: to the records of this project, as its latest].
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The profile whose suites judge [default: the one of the records].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    #[command(flatten)]
    pub gate: GateArguments,

    /// What is printed on standard output [default: terminal].
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<Format>,

    /// Write a report as well, any number of them: `junit=report.xml`, `github=-`; the formats are those of `--format`.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = super::reports::parse)]
    pub reports: Vec<Wanted>,
}

/// Runs the command; its exit codes are those of `parity check`, and 2 when the records are not one run.
pub fn run(arguments: &MergeArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    let reports = Reports::prepare(arguments.format, &arguments.reports, context)?;
    let merged = merged(arguments, config, context, &reports, output);
    reports.tell(merged, context, output)
}

fn merged(
    arguments: &MergeArguments,
    config: Option<&Path>,
    context: &Context,
    reports: &Reports,
    output: &Output,
) -> Result<(RunReport, Option<Evidence>), Failure> {
    let parts = arguments.records.iter().map(|typed| {
        let path = shown(&context.folder.join(typed), context);
        let shown = path.display().to_string();
        Part::open(path, shown)
    });
    let parts = parts
        .collect::<Result<Vec<Part>, _>>()
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let found = obstacles(&parts);
    if !found.is_empty() {
        return Err(Failure::Usage(format!("these records are not one run:\n  {}", found.join("\n  "))));
    }
    let header = joined(&parts);
    let project = Project::load(config, arguments.profile.as_deref().or(header.profile.as_deref()), context)?;
    same_suites(&header, &project.active)?;
    let path = match &arguments.output {
        Some(path) => plain(&context.folder.join(path)),
        None => scratch(&project.config.directory)
            .join(RECORDS)
            .join(format!("{}-merged.jsonl", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S.%3fZ"))),
    };
    if let Some(part) = parts.iter().find(|part| plain(&context.folder.join(&part.path)) == path) {
        return Err(Failure::Usage(format!(
            "the whole would be written over its part `{}`: give it a file of its own",
            part.shown
        )));
    }
    if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Err(Failure::Usage(format!(
            "cannot write `{}`: it is no file, and a record is one",
            path.display()
        )));
    }
    let mut whole = Again::of(project, header, path.clone(), context);
    whole.spared_by(reports, &arguments.gate, context)?;
    reports.spare(parts.iter().map(|part| context.folder.join(&part.path)))?;
    reports.begin(output);
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let failed = |error: &dyn std::fmt::Display| Failure::Usage(format!("cannot write `{}`: {error}", path.display()));
    fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let mut file = unnamed(&folder).map_err(|error| failed(&error))?;
    let oracle = parts.iter().filter_map(|part| part.end.as_ref()?.oracle).max();
    let report = judged(&whole, &parts, oracle, arguments, context)?;
    whole.header.full = report.full;
    let end = End {
        totals: Totals::of(&report),
        oracle,
        exit: report.exit().code(),
        interrupted: false,
        gate: Some(RecordedGate::of(&report, strictness(&whole.project.config.gate))),
    };
    write(&parts, &whole.header, &end, &mut BufWriter::new(file.as_file_mut())).map_err(|error| failed(&error))?;
    file.persist(&path).map_err(|error| failed(&error.error))?;
    let answers = reports.answers(&path, &whole.project.active, &report)?;
    Ok((report, answers))
}

/// Judges the parts as one run, before there is a record of it.
fn judged(
    whole: &Again,
    parts: &[Part],
    oracle: Option<OracleKind>,
    arguments: &MergeArguments,
    context: &Context,
) -> Result<RunReport, Failure> {
    let end = Event::End(End { oracle, ..End::default() });
    let events = events(parts, &whole.header).chain([Ok(end)]);
    let again = whole.judge_events(events, &arguments.gate, Detail::Counts, context, |_| {})?;
    if whole.header.full && !again.missing.is_empty() {
        return Err(Failure::Usage(format!(
            "these records are not one full run: {} in none of them",
            named(&again.missing)
        )));
    }
    Ok(again.report)
}

/// A suite that is another one today would judge answers to questions that nobody asked.
fn same_suites(header: &Header, today: &[Arc<Suite>]) -> Result<(), Failure> {
    for recorded in &header.suites {
        let now = today.iter().find(|suite| suite.name == recorded.name);
        match now {
            None => {
                return Err(Failure::Usage(format!(
                    "the records hold the suite `{}`, which this project does not have; run `parity merge` where the shares were run",
                    recorded.name
                )));
            }
            Some(now) => {
                if let Some(change) = recorded.change(now) {
                    return Err(Failure::Usage(format!(
                        "{change}: run `parity merge` on the same commit as the shares"
                    )));
                }
            }
        }
    }
    Ok(())
}
