//! Where a service's answers come from.

use crate::client::{Asked, Client};
use crate::exchange::Request;
use crate::record::Recording;

/// A service that answers now, or the answers that it once gave.
#[derive(Debug)]
pub enum Source {
    /// The service itself.
    Live(Client),
    /// A recording that stands for it.
    Recorded(Recording),
}

impl Source {
    /// The answer to a request. A recording answers at once, and is not held to a pace.
    pub async fn ask(&self, request: &Request) -> Asked {
        match self {
            Self::Live(client) => client.ask(request).await,
            Self::Recorded(recording) => Asked {
                answer: recording.answer(request),
                attempts: 1,
            },
        }
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
