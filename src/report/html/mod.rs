//! A run as one page for a browser, with nothing beside it: no network, no other file.
//!
//! The page is made by the script in it from data that is embedded as JSON. What the two sides answered is embedded for the cases
//! that a reader wants to see, a piece for each case that is read when the case is opened.

mod data;
mod evidence;
mod page;

pub use evidence::{Evidence, Shown};
pub use page::render;
