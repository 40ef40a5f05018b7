//! What a gate is told beside what to judge: the day, and an earlier run.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::environment::Gate;
use crate::record::Record;
use crate::report::{RuleGate, Strictness};
use crate::run::Baseline;

use super::context::Context;
use super::failure::Failure;
use super::project::shown;

/// Arguments about what the gate fails for.
#[derive(Debug, Clone, Default, Args)]
pub struct GateArguments {
    /// The record of an earlier run: only what is new fails. A case that passed then must pass still.
    #[arg(long, value_name = "RECORD")]
    pub baseline: Option<PathBuf>,

    /// The day by which rules are held to their `expires` [default: today, in UTC; of a record, its own day].
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub today: Option<Date>,
}

impl GateArguments {
    /// Reads the earlier run, if one is named.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn baseline(&self, context: &Context) -> Result<Option<Baseline>, Failure> {
        let Some(path) = &self.baseline else { return Ok(None) };
        let failed = |error: crate::record::RecordError| Failure::Usage(format!("`--baseline`: {error}"));
        let mut record = Record::open(shown(&context.folder.join(path), context)).map_err(failed)?;
        Baseline::of(record.by_ref()).map(Some).map_err(failed)
    }
}

/// How strict `[gate]` of `parity.toml` is with rules.
#[must_use]
pub const fn strictness(gate: &Gate) -> RuleGate {
    const fn of(warns: bool) -> Strictness {
        if warns { Strictness::Warn } else { Strictness::Fail }
    }
    RuleGate {
        stale: of(gate.stale_warns),
        expired: of(gate.expired_warns),
    }
}

pub(super) fn parse_day(text: &str) -> Result<Date, String> {
    match text.parse() {
        Ok(day) if text.len() == "2027-01-31".len() => Ok(day),
        _ => Err("expected a date such as 2027-01-31".to_owned()),
    }
}
