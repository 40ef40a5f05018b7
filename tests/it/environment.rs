//! Environments: services really started, seeded, asked, kept, lost and ended.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping it, outside its function too"
)]

mod project;

#[cfg(target_os = "linux")]
mod containers;
mod processes;
