//! Errors in the files that people write (`parity.toml`, suites), shown where they are.
//!
//! A **diagnostic** is one thing to say about one place of one file: what was expected, what was found, and what to do.
//! It is plain data: the source it speaks of travels with it, so it can be rendered anywhere and at any time.
//! This room reads no configuration and knows no key by name; it must not print (rendering gives a `String`).
//!
//! - [`Source`]: a file's shown name and its text, shared.
//! - [`Diagnostic`], [`Diagnostics`]: what is said.
//! - [`read`], [`Table`], [`Value`]: a decoder for TOML that keeps spans and collects *every* error of a file.
//! - [`duration`]: how a time is written.
//! - [`nearest`]: the valid name closest to a misspelt one.
//! - `render` (feature `cli`): the text with the source line and a caret under it.
//!
//! # Reading a file
//!
//! Ask for every key, call [`Table::finish`] (which reports the keys nobody asked for), and only then use `?`. Each getter
//! notes its own error, so `None` needs no message; [`read`] fails when anything was noted.
//!
//! ```
//! use parity::diagnostic::{read, NonEmpty, Source, Spanned, Table, Value};
//!
//! struct Suite {
//!     name: Spanned<String>, // keeps where it stands, for later errors
//!     jobs: u16,
//!     mode: Mode,
//!     steps: Vec<Step>,
//! }
//! #[derive(Clone, Copy)]
//! enum Mode { Fast, Careful }
//! struct Step { at: Vec<String>, why: String }
//!
//! fn suite(mut table: Table<'_>) -> Option<Suite> {
//!     let name = table.required("suite");
//!     let jobs = table.optional_with("jobs", |value| value.integer_in(1..=64)).unwrap_or(8);
//!     let mode = table.optional_with("mode", |value| value.one_of(&[("fast", Mode::Fast), ("careful", Mode::Careful)]));
//!     let steps = table.tables("step", step);
//!     table.finish();
//!     Some(Suite { name: name?, jobs, mode: mode.unwrap_or(Mode::Fast), steps })
//! }
//!
//! fn step(mut table: Table<'_>) -> Option<Step> {
//!     let at = table.required_with("at", Value::strings); // a string or a list of strings
//!     let why = table.required::<NonEmpty>("why");
//!     table.finish();
//!     Some(Step { at: at?.into_iter().map(|at| at.value).collect(), why: why?.into() })
//! }
//!
//! let source = Source::new("suites/a.toml", "suit = 'a'\njobs = 'many'\n[[step]]\nat = '/x'\n");
//! let errors = read(&source, suite).err().expect("three errors");
//! let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
//! assert_eq!(lines, [
//!     "suites/a.toml:1:1: error: unknown key `suit`: did you mean `suite`?",
//!     "suites/a.toml:2:8: error: `jobs`: expected an integer from 1 to 64, found a string",
//!     "suites/a.toml:3:1: error: missing key `why`",
//! ]);
//! ```

mod colour;
mod duration;
mod message;
mod nearest;
mod reader;
#[cfg(feature = "cli")]
mod render;
mod source;

pub use colour::Colour;
pub use duration::duration;
pub use message::{Diagnostic, Diagnostics, Label, Severity};
pub use nearest::nearest;
pub use reader::{Decode, Kind, NonEmpty, Table, Value, read};
#[cfg(feature = "cli")]
pub use render::render;
pub use source::{MAX_DATA_BYTES, MAX_FILE_BYTES, Position, Source, Span, Spanned};
