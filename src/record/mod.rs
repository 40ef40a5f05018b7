//! Everything that happened in one run, from which every report, re-judging and replay starts.
//!
//! A *run record* is a file of JSON Lines: what was asked and answered, written before it is judged and with secrets masked,
//! then what was said of it. It is only ever appended to, so that it is readable up to the last whole line after a kill. A
//! *recording* is the answers of one service out of a record, or out of a HAR file of another tool, and stands for that
//! service. Nothing here judges, and nothing here asks a service.
//!
//! # The lines
//!
//! | `type` | what it holds |
//! | --- | --- |
//! | `run` | first: `version`, the tool, when, the oracle, the services with their addresses, the suites with their text |
//! | `exchange` | one case: per side the request, the response or why there is none, `attempts` when there were several, and when it was asked again `times` and the `others` that are not the first answer; `veiled` when digests stand for private values |
//! | `verdict` | what was said of a case; of a veiled one with everything that its exchange does not tell any more |
//! | `end` | last: totals and exit code; a run that was killed has none |
//!
//! Times are microseconds (`…_us`); a body is `{"text": …}` when it is UTF-8 and `{"base64": …}` when it is not. Within a
//! version fields may be added and are ignored by those who do not know them; a new type of line is a new version.

mod content;
mod error;
mod event;
pub mod har;
mod lines;
mod masking;
pub mod merge;
mod private;
mod question;
mod reader;
mod recording;
mod stored;
mod writer;

pub use error::RecordError;
pub use event::{
    End, Event, Header, RecordedExchange, RecordedGate, RecordedInputs, RecordedPart, RecordedService, RecordedShard, RecordedSuite,
    RecordedVerdict, Said, Totals,
};
pub use masking::{masks, secrets_of};
pub use private::is_veiled;
pub use question::same_question;
pub use reader::Record;
pub use recording::Recording;
pub use stored::{Answered, Hidden};
pub use writer::{LATEST, Recorded, Veiled, Writer};

/// The version of the lines that this build writes, and the newest that it reads.
pub const VERSION: u32 = 1;
