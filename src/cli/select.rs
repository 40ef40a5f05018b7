//! Which cases are asked, as it is typed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::record::{Event, Record, RecordError, Said};
use crate::run::{Filter, Plan, Share};

use super::context::Context;
use super::failure::Failure;
use super::project::{RECORDS, recorded, scratch, shown};

/// Arguments about which cases are asked.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectArguments {
    /// Ask only cases of this name, with or without the suite; `*` stands for any characters. May be given several times.
    #[arg(long = "case", value_name = "PATTERN")]
    pub cases: Vec<String>,

    /// Ask only cases of a row or value with this tag. May be given several times: one of them must be there.
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,

    /// Ask only what did not pass in the latest record.
    #[arg(long)]
    pub failed: bool,

    /// Print the cases that would be asked, and ask nothing; with `--format json` as one document.
    #[arg(long)]
    pub list: bool,

    /// Stop at the first case that fails.
    #[arg(long)]
    pub fail_fast: bool,

    /// Ask one of N equal shares of the cases, `2/5`; `parity merge` joins their records.
    #[arg(long, value_name = "I/N", value_parser = parse_share)]
    pub shard: Option<Share>,

    /// The record by whose times the shares are made equally long; the same for all of them [default: the latest record of
    /// a full run, if this project has one].
    #[arg(long, value_name = "RECORD", requires = "shard")]
    pub shard_by: Option<PathBuf>,
}

impl SelectArguments {
    /// What is asked of cases.
    ///
    /// # Errors
    /// When `--failed` has no record to look into.
    pub fn filter(&self, project: &Path) -> Result<Filter, Failure> {
        let only = if self.failed { Some(failed(project)?) } else { None };
        Ok(Filter {
            cases: self.cases.clone(),
            tags: self.tags.clone(),
            only,
        })
    }

    /// How long cases took, by name: what a share is made by.
    ///
    /// # Errors
    /// When the named record cannot be read.
    pub fn times(&self, project: &Path, context: &Context) -> Result<BTreeMap<String, Duration>, Failure> {
        if let Some(named) = &self.shard_by {
            let named = shown(&context.folder.join(named), context);
            return times(Record::open(named)).map_err(|error| Failure::Usage(format!("`--shard-by`: {error}")));
        }
        let folder = scratch(project).join(RECORDS);
        let full = recorded(&folder).into_iter().rev().find_map(|path| {
            let record = Record::open(path).ok().filter(|record| record.header().full)?;
            times(Ok(record)).ok()
        });
        Ok(full.unwrap_or_default())
    }
}

fn times(record: Result<Record, RecordError>) -> Result<BTreeMap<String, Duration>, RecordError> {
    let mut times = BTreeMap::new();
    for event in record? {
        if let Event::Exchange(exchange) = event? {
            let of = |answer: &crate::exchange::Answer| answer.as_ref().map_or(Duration::ZERO, |observation| observation.elapsed);
            let time = of(&exchange.exchange.legacy).max(of(&exchange.exchange.candidate));
            times.insert(exchange.case.to_string(), time);
        }
    }
    Ok(times)
}

/// The cases that did not pass in the latest record.
fn failed(project: &Path) -> Result<BTreeSet<String>, Failure> {
    let folder = scratch(project).join(RECORDS);
    let latest = recorded(&folder).pop().ok_or_else(|| {
        Failure::Usage("`--failed` asks what failed in the latest run, and no run of this project is recorded yet".to_owned())
    })?;
    let read = |error: RecordError| Failure::Usage(format!("`--failed`: {error}"));
    let mut failed = BTreeSet::new();
    for event in Record::open(latest).map_err(read)? {
        if let Event::Verdict(verdict) = event.map_err(read)? {
            let passes = matches!(verdict.said, Said::Passes | Said::Expected) && verdict.snapshot.passes();
            if !passes {
                failed.insert(verdict.case.to_string());
            }
        }
    }
    Ok(failed)
}

/// The cases of a plan, one a line, with what each stands for.
pub fn listed(plan: &Plan) -> String {
    let lines = plan.cases().map(|case| {
        let is = case.case.is().map(|is| format!("  {}", crate::value::visible(&is)));
        let tags: Vec<&str> = case.tags.iter().map(String::as_str).collect();
        let tags = (!tags.is_empty()).then(|| format!("  [{}]", crate::value::visible(&tags.join(", "))));
        format!("{}{}{}\n", case.shown, is.unwrap_or_default(), tags.unwrap_or_default())
    });
    lines.collect::<Vec<_>>().concat()
}

/// The cases of a plan as one JSON document.
pub fn listed_as_json(plan: &Plan) -> String {
    let cases = plan.cases().map(
        |case| serde_json::json!({ "suite": case.case.suite, "case": case.shown.to_string(), "is": case.case.is(), "ad_hoc": case.ad_hoc, "tags": case.tags }),
    );
    let document = serde_json::json!({ "version": 1, "cases": cases.collect::<Vec<_>>() });
    format!("{document:#}\n")
}

fn parse_share(text: &str) -> Result<Share, String> {
    const EXPECTED: &str = "expected a share such as `2/5`: the second of five";
    let (index, of) = text.split_once('/').ok_or(EXPECTED)?;
    let share = Share {
        index: index.parse().map_err(|_| EXPECTED)?,
        of: of.parse().map_err(|_| EXPECTED)?,
    };
    if share.of > 1000 {
        return Err("there are no more than 1000 shares".to_owned());
    }
    if share.index == 0 || share.index > share.of {
        return Err(format!("shares are counted from 1 to {}", share.of));
    }
    Ok(share)
}
