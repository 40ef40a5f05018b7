//! The one place that joins the pure middle to the edges.
//!
//! A *plan* is what to ask, in order; a *run* asks it, writes each exchange to the record before it is judged, settles the
//! snapshots, tells what happens as events, and ends in a report. What was recorded can be judged again without asking anybody.
//! Nothing here prints.

mod baseline;
mod execute;
mod filter;
mod judged;
mod masked;
mod plan;
mod rejudge;
mod retold;
mod source;
mod veiled;

pub use baseline::Baseline;
pub use execute::{Event, RunError, RunOptions, Service, Setup, execute};
pub use filter::{Filter, Share};
pub use judged::unreferenced;
pub use plan::{Plan, PlanError, PlannedCase, PlannedSuite, Selection};
pub use rejudge::{
    AskedOtherwise, RejudgeError, Rejudged, Rejudging, Visit, judge_record, recorded_bases, recorded_suite, recorded_suites,
};
pub use retold::{Retold, evidence, retell};
pub use source::{Asking, Source, TimeLimits};
pub use veiled::{Again, judge_again};
