//! Expected against candidate.
//!
//! A *difference* is one typed disagreement at a path. Everything counts but the order of object members; rows are paired
//! by a declared key, so that one missing row is one difference, and their order is judged on its own. The candidate is
//! never rewritten. This module knows nothing of how the expected side came about.

mod comparer;
#[cfg(test)]
mod declared;
mod difference;
mod digest;
mod equal;
mod exact;
mod headers;
mod keys;
mod lists;
mod names;
mod order;
mod pairing;
mod problem;
mod rows;
#[cfg(test)]
mod tests;
mod tolerance;
mod unordered;
mod walk;

pub use comparer::{Compared, Comparer, Deviation, Received};
pub use difference::{Change, Difference, Move, Row};
pub use keys::describe as describe_row;
