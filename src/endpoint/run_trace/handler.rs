//! From a request to its answer.

use std::num::NonZeroU32;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::routing::get;
use axum::{Json, Router};

use super::query::{TraceRow, run_exists, trace_of_run};
use super::response::{RunTrace, TraceIteration};
use super::run_id::RunId;
use crate::endpoint::database::Database;
use crate::endpoint::problem::Problem;

/// The path of a trace, and the same path with an empty id, which `{run_id}` does not match.
pub(in crate::endpoint) fn routes() -> Router<Database> {
    Router::new()
        .route("/run/trace/{run_id}", get(run_trace))
        .route("/run/trace/", get(run_trace))
}

async fn run_trace(
    State(database): State<Database>,
    uri: Uri,
    segment: Result<Path<String>, PathRejection>,
) -> Result<Json<RunTrace>, Problem> {
    // There is no segment, or it is no UTF-8 once decoded: then it is shown as it stands in the path.
    let segment = segment.map_or_else(|_| last_segment(&uri).to_owned(), |Path(segment)| segment);
    let id = match segment.parse() {
        Ok(RunId::Storable(id)) => id,
        Ok(id @ RunId::TooLarge(_)) => {
            return Err(Problem::RunNotFound { run_id: id.to_string() });
        }
        Err(_) => return Err(Problem::InvalidRunId { found: segment }),
    };
    match find(&database, id).await? {
        Found::Trace(rows) => Ok(Json(RunTrace {
            run_id: id,
            trace: rows.into_iter().map(TraceIteration::from).collect(),
        })),
        Found::RunWithoutTrace => Err(Problem::RunTraceNotFound { run_id: id.to_string() }),
        Found::Nothing => Err(Problem::RunNotFound { run_id: id.to_string() }),
    }
}

/// What the database holds of a run.
enum Found {
    Nothing,
    RunWithoutTrace,
    /// At least one row.
    Trace(Vec<TraceRow>),
}

/// Asks for the run first, as the legacy does: rows of a trace whose run is gone are not answered.
async fn find(database: &Database, id: NonZeroU32) -> Result<Found, Problem> {
    let found = database.ask(move |connection| {
        Box::pin(async move {
            if !run_exists(connection, id).await? {
                return Ok(Found::Nothing);
            }
            let rows = trace_of_run(connection, id).await?;
            Ok(if rows.is_empty() {
                Found::RunWithoutTrace
            } else {
                Found::Trace(rows)
            })
        })
    });
    Ok(found.await?)
}

fn last_segment(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}
