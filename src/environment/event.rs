//! Events: what happens while services start and stop, for whoever wants to show it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::config::Kind;

/// One thing that happened. Durations are those of the thing itself, not since the start of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// What an earlier run left behind is gone now.
    Swept {
        /// How many runs left something.
        leases: usize,
    },
    /// It was decided as what a service is there.
    Found {
        /// The service.
        service: String,
        /// As what.
        kind: Kind,
        /// Why, in words.
        why: String,
    },
    /// A kept environment serves.
    Reusing {
        /// Its identity.
        lease: String,
        /// Its services.
        services: Vec<String>,
    },
    /// A kept environment exists and does not fit.
    Stale {
        /// Its identity.
        lease: String,
        /// What differs, in words.
        why: String,
    },
    /// A build step began.
    Building {
        /// The service.
        service: String,
        /// Its command.
        command: String,
    },
    /// A build step ended well.
    Built {
        /// The service.
        service: String,
        /// How long it took.
        elapsed: Duration,
    },
    /// An image is being fetched.
    Pulling {
        /// The service.
        service: String,
        /// Its image.
        image: String,
    },
    /// An image was fetched.
    Pulled {
        /// The service.
        service: String,
        /// How long it took.
        elapsed: Duration,
    },
    /// Another parity prepares the same data; this one waits for it.
    Waiting {
        /// The service.
        service: String,
    },
    /// Seeded data is being made, to be copied for this start and for later ones.
    Preparing {
        /// The service.
        service: String,
    },
    /// Seeded data was made.
    Prepared {
        /// The service.
        service: String,
        /// How long it took.
        elapsed: Duration,
    },
    /// A service is being started.
    Starting {
        /// The service.
        service: String,
        /// As what.
        kind: Kind,
    },
    /// A seed is being written.
    Seeding {
        /// The service.
        service: String,
        /// How many files.
        files: usize,
    },
    /// A seed was written.
    Seeded {
        /// The service.
        service: String,
        /// How long it took.
        elapsed: Duration,
    },
    /// A service answers as it should, its seed included.
    Ready {
        /// The service.
        service: String,
        /// Where it is reached; nothing for a recording.
        address: Option<String>,
        /// From its start; preparing not counted.
        elapsed: Duration,
    },
    /// Everything is being stopped.
    Stopping,
    /// Everything is gone.
    Stopped {
        /// How long it took.
        elapsed: Duration,
    },
}

/// Where events go. Cloning gives another handle to the same place.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    /// To a function, which must not block for long: a start waits for it.
    pub fn to(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// To nobody.
    #[must_use]
    pub fn ignored() -> Self {
        Self::to(|_| ())
    }

    pub(super) fn send(&self, event: Event) {
        tracing::debug!(?event, "environment");
        (self.0)(event);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}
