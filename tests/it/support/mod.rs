//! What several features' tests stand on.

pub mod database;
pub mod endpoint;
pub mod http;
pub mod markdown;
pub mod middle;
pub mod project;
pub mod recorded;
pub mod routes;
pub mod run_trace_schema;
pub mod scripted;
pub mod services;
pub mod skip;
pub mod terminal;
pub mod trace;
pub mod workflow;
