//! The candidate: OpenML's `GET /run/trace/{run_id}` as a small HTTP service over the legacy's own database.
//!
//! *Endpoint* means this service as a whole: what the binary `openml-api` runs and what the harness compares with
//! the legacy. It imports nothing of the harness and the harness imports nothing of it, so that the two meet over
//! HTTP only, as a candidate written in any other language would.
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /run/trace/{run_id}` | the trace of a run, see [`run_trace`] |
//! | `GET /health` | 200 `{"status":"ok"}` while the process serves; the database is not asked, see [`router`] |
//! | anything else | a problem document, see [`Problem`] |
//!
//! ```text
//! config ──> database ──> router ──> server          arguments, pool, routes, a listener and its end
//!               │            │
//!               └─ run_trace ┴─ layers, problem       one resource; what holds for every request; every error
//! ```

mod config;
mod database;
mod layers;
mod problem;
mod router;
pub mod run_trace;
mod server;

pub use config::{Config, DatabaseUrl, InvalidDatabaseUrl, Limits};
pub use database::{Database, DatabaseError};
pub use problem::Problem;
pub use router::router;
pub use server::{Ended, serve};
