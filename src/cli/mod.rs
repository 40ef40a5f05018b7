//! The `parity` command: one file per command, and the only room that prints.
//!
//! Data goes to standard output, everything else to standard error. Each command gives an exit code; `main` only passes it on.

mod again;
mod args;
mod audit;
mod check;
mod completions;
mod context;
mod credentials;
mod entry;
mod env;
mod explain;
mod failure;
mod gate;
mod har;
mod init;
mod init_suites;
mod interrupt;
mod judge;
mod output;
mod progress;
mod project;
mod reports;
mod services;

pub use entry::run;
