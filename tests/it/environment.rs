//! Environments: services really started, seeded, asked, kept, lost and ended.

mod project;

#[cfg(target_os = "linux")]
mod containers;
mod processes;
