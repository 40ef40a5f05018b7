//! The `parity` command: one file per command, and the only room that prints.
//!
//! Data goes to standard output, everything else to standard error. Each command gives an exit code; `main` only passes it on.

mod adopt;
mod again;
mod args;
mod audit;
mod check;
mod completions;
mod context;
mod credentials;
mod declare;
mod entry;
mod env;
mod expect;
mod explain;
mod failure;
mod files;
mod gate;
mod guide;
mod har;
mod init;
mod init_suites;
mod interrupt;
mod judge;
mod keys;
mod line;
mod live;
mod merge;
mod output;
mod progress;
mod project;
mod report;
mod reports;
mod review;
mod review_walk;
mod rules;
mod schema;
mod select;
mod services;
mod suggest;

pub use entry::run;

/// What `testing` asks services by, and how it tells what goes wrong.
#[cfg(feature = "testing")]
pub(crate) use self::{
    args::{AskArguments, ColourChoice},
    context::Context,
    entry::surroundings,
    failure::Failure,
    interrupt::Interrupt,
    live::{Prepared, plan},
    output::Output,
    progress::Progress,
    project::Project,
};
