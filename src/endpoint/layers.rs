//! What holds for every request, whatever its resource: a line in the log, a limit on its length, and an answer
//! even when a handler panics.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::Instrument;

use super::problem::Problem;

/// The longest request target that is looked at, in bytes: what RFC 9110 (4.1) asks every server to support at least.
pub(super) const MAX_TARGET_BYTES: usize = 8000;

/// Logs each request at debug level, and gives its method and path to all that is logged while it runs.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let span = tracing::error_span!("request", method = %request.method(), path = request.uri().path());
    async move {
        let started = Instant::now();
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), elapsed = ?started.elapsed(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// Refuses a request target that is longer than [`MAX_TARGET_BYTES`].
pub(super) async fn limit_target(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if length > MAX_TARGET_BYTES {
        return Problem::UriTooLong { limit: MAX_TARGET_BYTES }.into_response();
    }
    next.run(request).await
}

/// Answers 500 when a handler panics, where the client would otherwise see its connection close.
pub(super) async fn catch_panic(request: Request, next: Next) -> Response {
    // Nothing is shared with the handler but the pool, whose locks are its own concern.
    AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
        // The panic's message and place are on stderr already, from the panic hook.
        tracing::error!("answered 500: a handler panicked");
        Problem::Internal.into_response()
    })
}
