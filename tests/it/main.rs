//! Tests of the whole program, one file per feature.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod adopt;
mod audit;
mod check;
mod cli_errors;
mod client;
mod encodings;
mod endpoint;
mod endpoint_limits;
mod endpoint_process;
mod env_command;
mod environment;
mod error_table;
mod gate;
mod guest;
mod guide;
mod house;
mod init;
mod interrupt;
mod invalid;
mod judge;
mod limits;
mod openml;
mod pipeline;
mod readme;
mod record;
mod recording;
mod records;
mod reference;
mod rejudge;
mod reports;
mod requests;
mod retold;
mod schema;
mod select;

mod snapshots;
mod stand_in;
mod support;
mod terminal;
mod values;
