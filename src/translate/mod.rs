//! Legacy to expected.
//!
//! The *expected* observation is what the candidate owes: the legacy's after all translations. The phases are fixed (lists,
//! shape, value map, types), so the order of rules in a file means nothing. A value that a rule cannot read is a fault that
//! names the rule, never passed through in silence. This module never sees a candidate.

mod errors;
mod expected;
mod forms;
mod headers;
#[cfg(test)]
mod laws;
mod ledger;
mod moves;
mod shape;
mod status;
mod supply;
#[cfg(test)]
mod tests;
mod text;
mod translator;
mod treat;
mod treatment;
mod types;

pub use expected::{Applied, Effect, Expected, Fault, FaultKind, OwedHeader};
pub use ledger::{Claim, Detail, MadeBy, Translated};
pub use translator::Translator;
