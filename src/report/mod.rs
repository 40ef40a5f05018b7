//! What is shown of a run: one model, many renderers.
//!
//! A renderer turns the model into text. It writes to nothing and asks nobody; colours and width are given to it.

mod accountability;
mod exit;
pub mod explain;
pub mod json;
mod model;
#[cfg(test)]
mod sample;
pub mod shell;
mod style;
pub mod terminal;

pub use accountability::{AHEAD, Accountability, Concern, ConcernKind, RuleGate, Strictness, counts};
pub use exit::Exit;
pub use model::{CaseReport, Pardon, RunReport, SuiteReport, Totals};
pub use style::{Colour, Style};
