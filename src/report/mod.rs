//! What is shown of a run: one model, many renderers.
//!
//! A renderer turns the model into text. It writes to nothing and asks nobody; colours and width are given to it.

mod exit;
pub mod explain;
pub mod json;
mod model;
#[cfg(test)]
mod sample;
pub mod shell;
mod style;
pub mod terminal;

pub use exit::Exit;
pub use model::{CaseReport, RunReport, SuiteReport, Totals};
pub use style::{Colour, Style};
