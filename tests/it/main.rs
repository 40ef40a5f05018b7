//! Tests of the whole program, one file per feature.

mod client;
mod endpoint;
mod endpoint_limits;
mod endpoint_process;
mod house;
mod invalid;
mod record;
mod support;
