//! Where the legacy answers came from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The source of the legacy answers, named in the record and in every output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oracle {
    /// How far its answers can be trusted.
    pub kind: OracleKind,
    /// What it is: an image with its digest, a command, a URL, a recording.
    pub source: String,
}

/// How far an oracle can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OracleKind {
    /// The legacy implementation itself.
    Genuine,
    /// Something written to answer like the legacy: a green from it says STAND-IN.
    StandIn,
    /// Nobody said.
    Unknown,
}

impl OracleKind {
    /// The kind as it is written in `parity.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::StandIn => "stand-in",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for OracleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Oracle {
    /// `genuine: openml/php-rest-api:v1.2.4 (sha256:…)`, `STAND-IN: php fixtures/legacy`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            OracleKind::StandIn => "STAND-IN",
            other => other.name(),
        };
        write!(f, "{kind}: {}", self.source)
    }
}
