//! Tests of the whole program, one file per feature.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod client;
mod endpoint;
mod endpoint_limits;
mod endpoint_process;
mod environment;
mod house;
mod invalid;
mod readme;
mod record;
mod recording;
mod stand_in;
mod support;
