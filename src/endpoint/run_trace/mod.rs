//! `GET /run/trace/{run_id}`: the trace of a run, that is the hyper-parameter settings an optimiser tried in it.
//!
//! | run id | answer |
//! | --- | --- |
//! | of a run with a trace | 200, [`RunTrace`] |
//! | of a run without a trace | 412 problem, code 572 |
//! | of no run, however large | 412 problem, code 571 |
//! | not a positive integer in decimal digits: `0`, `-1`, `+34`, `34.0`, `abc`, nothing at all | 422 problem |
//!
//! Leading zeros mean nothing: `034` is run 34.

mod evaluation;
mod handler;
mod query;
mod response;
mod run_id;

pub use evaluation::Evaluation;
pub use response::{RunTrace, TraceIteration};
pub use run_id::{InvalidRunId, RunId};

pub(super) use handler::routes;
