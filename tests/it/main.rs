//! Tests of the whole program, one file per feature.

mod client;
mod endpoint;
mod endpoint_limits;
mod endpoint_process;
mod environment;
mod house;
mod invalid;
mod readme;
mod record;
mod stand_in;
mod support;
