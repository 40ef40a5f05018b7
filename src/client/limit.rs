//! How long one answer may take, and who says so.

use std::fmt;
use std::time::Duration;

/// The limit of one attempt, from sending the request to the last byte of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit {
    /// How long.
    pub time: Duration,
    /// Who says so, for people: `` `--timeout` ``.
    pub by: &'static str,
}

impl Default for TimeLimit {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            by: "the default",
        }
    }
}

/// `0.2 s (`--timeout`)`.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s ({})", self.time.as_secs_f64(), self.by)
    }
}
