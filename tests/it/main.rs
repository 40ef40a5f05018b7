//! Tests of the whole program, one file per feature.

mod endpoint;
mod endpoint_process;
mod support;
