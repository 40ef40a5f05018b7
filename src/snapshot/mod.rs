//! The reviewed record of a case, a file in `snapshots/`.
//!
//! A *snapshot* is text in insta's format, so that `cargo insta review` works on it. It never excuses a mismatch.

mod state;

pub use state::SnapshotState;
