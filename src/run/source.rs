//! Where a service's answers come from.

use std::time::Duration;

use crate::client::{Asked, Client, TimeLimit};
use crate::exchange::{Request, UnreachableKind};
use crate::record::Recording;

/// A service that answers now, or the answers that it once gave.
#[derive(Debug)]
pub enum Source {
    /// The service itself.
    Live(Client),
    /// A recording that stands for it.
    Recorded(Recording),
}

/// A request on its way to a source.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'r> {
    /// The request as it is sent.
    pub request: &'r Request,
    /// The same with labels in the place of what the suite declares to be secret.
    pub shown: &'r Request,
    /// Whether it only reads, whatever its method.
    pub safe: bool,
    /// How long the answer may take.
    pub limit: TimeLimit,
}

/// How long one answer of a side may take. What a suite says stands between the two.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimeLimits {
    /// What holds whatever the suite says.
    pub above: Option<TimeLimit>,
    /// What holds where the suite says nothing.
    pub below: TimeLimit,
}

impl TimeLimits {
    /// The limit for the cases of a suite that says this.
    #[must_use]
    pub fn of(&self, suite: Option<Duration>) -> TimeLimit {
        let suite = suite.map(|time| TimeLimit {
            time,
            by: "`timeout` of the suite",
        });
        self.above.or(suite).unwrap_or(self.below)
    }
}

impl Source {
    /// The answer to a request. A recording answers at once, is held to no pace and no limit, and knows requests without their secrets.
    pub async fn ask(&self, asking: &Asking<'_>) -> Asked {
        match self {
            Self::Live(client) if asking.safe => client.ask_safe(asking.request, asking.limit).await,
            Self::Live(client) => client.ask(asking.request, asking.limit).await,
            Self::Recorded(recording) => Asked {
                answer: match recording.answer(asking.shown) {
                    // A recording that others made has no labels in the place of secrets.
                    Err(failure) if failure.kind == UnreachableKind::NotRecorded && asking.shown != asking.request => {
                        recording.answer(asking.request).map_err(|_| failure)
                    }
                    answer => answer,
                },
                attempts: 1,
            },
        }
    }

    /// Whether it gives what it once answered, however often it is asked.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        matches!(self, Self::Recorded(_))
    }

    /// The service's own address, which counts as `{base}` inside its bodies.
    #[must_use]
    pub fn base(&self) -> Option<String> {
        match self {
            Self::Live(client) => Some(client.address().to_owned()),
            Self::Recorded(recording) => recording.base().map(str::to_owned),
        }
    }
}
