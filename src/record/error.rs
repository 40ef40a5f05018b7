//! What can be wrong with a record or a HAR file.

use std::io;
use std::path::PathBuf;

use super::VERSION;

/// Why a record or HAR file cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The file of a new record cannot be made.
    #[error("cannot create the run record `{}`: {source}; nothing is judged that is not recorded, so its folder must be writable", path.display())]
    Create {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A line cannot be appended.
    #[error("cannot write the run record `{}`: {source}; what was recorded until then is whole, and the run stops here", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There are no random numbers for a key.
    #[error("cannot get random numbers from the operating system: {0}; without them secrets cannot be masked")]
    Random(io::Error),
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file does not begin like a record.
    #[error("`{}` is no run record: {reason}; name a file that `parity check` wrote", path.display())]
    NotARecord {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        reason: String,
    },
    /// The record is of a later version of the format.
    #[error("`{}` is a run record of version {found}, and this parity reads versions up to {VERSION}: use the parity that wrote it, {tool}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// What wrote it.
        tool: String,
    },
    /// A line in the middle cannot be read.
    #[error("`{}` line {line}: {reason}; lines are written whole, so the file was changed since: take an unchanged copy, or record again", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The one-based line.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The file is no HAR file.
    #[error("`{}` is no HAR 1.2 file: {reason}; save it again as \"HAR with content\"", path.display())]
    Har {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The addresses in a HAR file have no base in common, or not the given one.
    #[error("`{}`: {reason}", path.display())]
    Base {
        /// The file.
        path: PathBuf,
        /// What was found, and what to do.
        reason: String,
    },
    /// The record has no answers of this service.
    #[error("`{}` has no answers of a service `{service}`: it has {known}", path.display())]
    NoSuchService {
        /// The file.
        path: PathBuf,
        /// The service that was asked for.
        service: String,
        /// The ones that there are, as a sentence has them.
        known: String,
    },
}

/// A JSON error without the line that it adds, which for one line of a file is always 1: `column 30: missing field `status``.
pub(super) fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(reason) if error.line() > 1 => format!("line {} column {}: {reason}", error.line(), error.column()),
        Some(reason) => format!("column {}: {reason}", error.column()),
        None => text,
    }
}
