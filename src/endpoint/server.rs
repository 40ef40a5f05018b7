//! From a bound listener to the end of the service.
//!
//! The listener is bound and the signal awaited by the caller, so that a test can take port 0, learn the address, and
//! end a real server when it likes.

use std::future::{Future, IntoFuture};
use std::io;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::database::Database;
use super::router::router;

/// How a service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every request that had begun was answered.
    Finished,
    /// Requests were still running when the time for them was over.
    CutOff,
}

/// Answers requests over `listener` until `shutdown` resolves.
///
/// From then on no connection is accepted, and the requests that run have `grace` to finish. The connections to the
/// database are closed at the end.
///
/// # Errors
///
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    database: Database,
    grace: Duration,
) -> io::Result<Ended> {
    let listener = listener.tap_io(|connection| {
        // Otherwise the end of a long answer waits for the client to acknowledge what came before it.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY on a connection: {error}");
        }
    });
    let (begin, begun) = oneshot::channel::<()>();
    let shutdown = async move {
        shutdown.await;
        drop(begin);
    };
    let mut serving = axum::serve(listener, router(database.clone()))
        .with_graceful_shutdown(shutdown)
        .into_future();

    tokio::select! {
        ended = &mut serving => return ended.map(|()| Ended::Finished),
        // The other end is dropped when the shutdown begins; nothing is ever sent.
        _ = begun => {}
    }
    let deadline = Instant::now() + grace;
    let Ok(ended) = timeout_at(deadline, serving).await else {
        return Ok(Ended::CutOff);
    };
    ended?;
    // A courtesy to the database, which would otherwise log aborted connections.
    if timeout_at(deadline, database.close()).await.is_err() {
        tracing::warn!("the database did not let go of its connections in time");
    }
    Ok(Ended::Finished)
}
