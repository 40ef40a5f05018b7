//! The two questions about a run, and the row that answers the second.
//!
//! Each is one statement that a connection prepares once.

use std::num::NonZeroU32;

use sqlx::mysql::MySqlConnection;

use super::response::Selected;

/// One row of the table `trace`, as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct TraceRow {
    pub(super) repeat: i32,
    pub(super) fold: i32,
    pub(super) iteration: i32,
    pub(super) setup_string: String,
    pub(super) evaluation: String,
    #[sqlx(try_from = "String")]
    pub(super) selected: Selected,
}

/// Whether there is a run with this id. Runs that are not public count too, as they do for the legacy.
pub(super) async fn run_exists(connection: &mut MySqlConnection, id: NonZeroU32) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM run WHERE rid = ?)")
        .bind(id.get())
        .fetch_one(connection)
        .await
}

/// The trace of a run, in the order in which it is answered: that of the legacy, and then by engine, which the
/// legacy leaves open.
pub(super) async fn trace_of_run(connection: &mut MySqlConnection, id: NonZeroU32) -> sqlx::Result<Vec<TraceRow>> {
    sqlx::query_as(
        "SELECT `repeat`, fold, iteration, setup_string, evaluation, selected \
         FROM trace WHERE run_id = ? \
         ORDER BY `repeat`, fold, iteration, evaluation_engine_id",
    )
    .bind(id.get())
    .fetch_all(connection)
    .await
}
