//! Suites as tests of `cargo test`: one test a case, and one of the run as a whole.
//!
//! A test target without the standard harness is all that it takes:
//!
//! ```toml
//! # Cargo.toml
//! [[test]]
//! name = "parity"
//! harness = false
//! ```
//!
//! ```no_run
//! // tests/parity.rs
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     parity::testing::main()
//! }
//! ```
//!
//! A test is called as its case is, `run-trace/run_id=34`, and fails with what `parity check` prints of it. Names are filtered
//! as in any other test target (`cargo test --test parity -- run_id=34`, `--exact`, `--skip`, `--list`), only the cases that are
//! selected are asked, `--test-threads` of them at a time where it is given, and the services start once for all of them. A case
//! that is not gated, of a draft or known from a baseline, counts as ignored when it does not pass, and says what it does instead.
//!
//! What no case says is the test `parity/gate`: rules that are stale or past their date, snapshots that no case refers to, an
//! oracle that the gate refuses, a project without a case. Selected alone, it asks every case; so it also does its work where
//! each test has a process of its own, as under `cargo nextest run`. There, services that `parity env up` keeps serve every
//! process, and are otherwise started by each.
//!
//! The run is recorded as `parity check` does it, so that `parity explain` and `parity review` find it.

mod harness;
mod outcome;

pub use harness::{check, main};
