//! The one place that joins the pure middle to the edges.
//!
//! A *plan* is what to ask, in order; a *run* asks it, writes each exchange to the record before it is judged, settles the
//! snapshots, tells what happens as events, and ends in a report. Nothing here prints.

mod execute;
mod masked;
mod plan;
mod source;

pub use execute::{Event, RunError, RunOptions, Service, Setup, execute};
pub use plan::{Plan, PlanError, PlannedCase, PlannedSuite, Selection};
pub use source::Source;
