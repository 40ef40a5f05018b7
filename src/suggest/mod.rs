//! Rules that would explain what differs, proposed for somebody to adopt.
//!
//! Candidates are made from what both sides answered, the narrowest first: what a translation can say is never left to a
//! comparison, and nothing is ever ignored. Each is tried by judging every case with it, and all that is proposed holds together.
//! Nothing here reads a record or prints.

mod candidate;
mod draft;
mod gap;
mod ground;
mod leniencies;
mod meet;
mod model;
mod names;
mod origin;
mod pairing;
mod places;
mod rows;
mod search;
mod spellings;
mod statuses;
#[expect(clippy::module_inception, reason = "what the room is for")]
mod suggest;
#[cfg(test)]
mod tests;
mod values;
mod wrappers;

pub use model::{Example, Explained, Proposal, Suggestion, Unexplained};
pub use suggest::suggest;
