//! What was asked, and what each side answered: plain data.
//!
//! An *observation* is what one side answered, kept whole even when its body is broken; an *exchange* is the two
//! observations of a case. Nothing here is judged, translated or masked.

mod address;
mod encoding;
mod media_type;
mod observation;
mod oracle;
mod part;
mod repeats;
mod side;

pub use address::with_address;
pub use encoding::Encoding;
pub use media_type::MediaType;
pub use observation::{Answer, Body, Exchange, Headers, Observation, Request, Unreachable, UnreachableKind};
pub use oracle::{Oracle, OracleKind};
pub use part::Part;
pub use repeats::{Once, Other, Repeats};
pub use side::{PerSide, Side};
