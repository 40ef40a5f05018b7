//! Where in a document: paths and patterns of paths.
//!
//! A *path* names one node (`/trace/3/selected`, RFC 6901); a *pattern* names many (`/trace/*/selected`). `*` stands for
//! list items and never walks object members, `**` for any way down, `[name=text]` picks objects by a scalar member. A
//! *selector* is many patterns, walked along with a document.

mod filter;
mod location;
mod parse;
mod pattern;
mod selector;
#[cfg(test)]
mod tests;

pub use filter::{Filter, Node};
pub use location::{Path, Segment, Step, Trail};
pub use parse::PatternError;
pub use pattern::{Part, Pattern};
pub use selector::{Cursor, Selector};
