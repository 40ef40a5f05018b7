//! Where in a document: paths and patterns of paths.
//!
//! A *path* names one node (`/trace/3/selected`, RFC 6901); a *pattern* names many (`/trace/*/selected`). `*` stands for
//! list items and never walks object members.

mod location;
mod pattern;
mod selector;

pub use location::{Path, Segment, Step};
pub use pattern::{Part, Pattern, PatternError};
pub use selector::Selector;
