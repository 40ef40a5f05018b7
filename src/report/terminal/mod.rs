//! A run on a terminal: one line a case as it finishes, what is wrong with it below, and a summary at the end.
//!
//! Calm where all is well, exact where it is not. Everything that comes from outside is escaped before it is shown.

mod case;
mod changes;
mod closing;
mod differences;
mod rules;
mod strings;
mod summary;
mod whole;

pub use case::render_case;
pub(super) use case::{Problems, problems};
pub(super) use summary::result;
pub use summary::{render_footing, render_gate, render_summary};
pub use whole::render;
