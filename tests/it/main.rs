//! Tests of the whole program, one file per feature.

mod endpoint;
mod endpoint_limits;
mod endpoint_process;
mod environment;
mod house;
mod invalid;
mod support;
