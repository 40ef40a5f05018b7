//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;

/// Waits for the first of the signals that ask a program to end.
#[derive(Debug)]
pub struct Interrupt {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Interrupt {
    /// From now on the signals end nothing by themselves.
    ///
    /// # Errors
    /// When the handlers cannot be installed.
    pub fn listen() -> Result<Self, Failure> {
        let install = |kind| signal(kind).map_err(|error| Failure::SetUp(format!("cannot listen for signals: {error}")));
        Ok(Self {
            interrupt: install(SignalKind::interrupt())?,
            terminate: install(SignalKind::terminate())?,
        })
    }

    /// Done when a signal came.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
