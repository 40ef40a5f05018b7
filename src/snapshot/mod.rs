//! The reviewed record of a case, a file in `snapshots/`.
//!
//! A *snapshot* is text in insta's format, so that `cargo insta review` works on it. It says what a case answers in words that
//! read well in a pull request, holds nothing that differs from machine to machine, and never excuses a mismatch. Only
//! [`Store`] touches the disk.

mod alike;
mod body;
mod file;
mod format;
mod name;
mod state;
mod store;

pub use alike::changes;
pub use format::{SnapshotInput, render};
pub use name::file as file_name;
pub use state::{Pending, SnapshotDiff, SnapshotState, Today};
pub use store::{Settled, SnapshotError, Store};
