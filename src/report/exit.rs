//! Exit codes.

/// How a run ends for the shell. When several hold, the first of this order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Stopped by Ctrl-C or SIGTERM: 130.
    Interrupted,
    /// Bad usage or an invalid suite, nothing ran: 2.
    Usage,
    /// Something differs, is not approved or not as declared: 1.
    Differs,
    /// It could not be compared: the legacy is broken, a side unreachable, or set-up failed: 3.
    CannotCompare,
    /// Nothing was judged: 4.
    NothingJudged,
    /// All pass: 0.
    Passed,
}

impl Exit {
    /// The code for the shell.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Differs => 1,
            Self::Usage => 2,
            Self::CannotCompare => 3,
            Self::NothingJudged => 4,
            Self::Interrupted => 130,
        }
    }
}
