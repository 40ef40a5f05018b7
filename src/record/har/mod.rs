//! HAR 1.2, the format in which browsers and proxies keep HTTP traffic (<http://www.softwareishard.com/blog/har-12-spec/>).
//!
//! A HAR file holds what one service was asked and answered. What real tools write is read, also where it lacks members
//! that the format demands; what is written has them all. What the format has no member for is kept in members that begin
//! with an underscore, as it allows.

mod base;
mod read;
mod write;

pub use read::requests;
pub use write::{Exported, export};

pub(super) use read::{Entry, Har};
