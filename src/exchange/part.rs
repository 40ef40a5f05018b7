//! What a response is made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::path::Path;

/// Part of a response. The order is that of a response: status, media type, headers, body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The HTTP status.
    Status,
    /// The media type.
    MediaType,
    /// A header that a rule names.
    Header(String),
    /// A node of the body; an item that only the candidate has is named by its place there, every other node by its place
    /// on the expected side.
    Body(Path),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("status"),
            Self::MediaType => f.write_str("media type"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(path) => path.fmt(f),
        }
    }
}
