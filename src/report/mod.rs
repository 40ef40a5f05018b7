//! What is shown of a run: one model, many renderers.
//!
//! A renderer turns the model into text. It writes to nothing and asks nobody; colours and width are given to it.

mod accountability;
pub mod audit;
mod changes;
mod deviations;
mod exit;
pub mod explain;
mod findings;
mod format;
pub mod github;
pub mod guide;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod model;
pub mod open;
mod render;
mod repeats;
pub mod restore;
pub mod rules;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod shell;
mod style;
pub mod suggestions;
pub mod terminal;
mod words;

pub use accountability::{AHEAD, Accountability, Concern, ConcernKind, RuleGate, Strictness, counts};
pub use changes::{Said, VerdictChange};
pub use deviations::{Largest, largest as largest_deviations};
pub use exit::Exit;
pub use findings::{Finding, FindingKind, Level, Place, findings};
pub use format::Format;
pub use model::{Asked, CaseReport, Pardon, RunReport, Speed, SuiteReport, Totals};
pub use render::{Material, render};
pub use style::{Colour, Style};
