//! A document tree that keeps what the text says.
//!
//! A *value* is one JSON or XML document, or a part of one. Numbers keep their source text (`1E5`, `0.930`), objects keep every
//! member in order, duplicates included. Text that the document holds unescaped is borrowed and not copied.
//! This module knows nothing of legacy and candidate, and never touches a disk or a network.

mod decimal;
mod read;
mod tree;
mod write;
mod xml;
mod xml_write;

pub use decimal::{Decimal, is_decimal_text, is_integer_text, json_number_text};
pub use read::{MAX_DEPTH, ReadError, read};
pub use tree::{Exactness, Kind, Member, Number, Object, Value};
pub use write::{Cut, compact, excerpt, pretty, pretty_cut, visible};
pub use xml::read_xml;
pub use xml_write::write_xml;
