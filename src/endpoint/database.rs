//! The legacy's database, asked within time limits.
//!
//! *Asking* is one visit: a connection is taken from the pool, the questions of one request are put over it, and it
//! goes back. What is asked belongs to the resource that needs the answer; this module only bounds how long it takes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Executor, MySqlPool};
use tokio::time::timeout;

use super::config::Limits;

/// A handle on the database. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: MySqlPool,
    address: String,
    acquire_timeout: Duration,
    query_timeout: Duration,
}

impl Database {
    /// A database that will be connected to when it is first asked.
    ///
    /// Must be called inside a Tokio runtime, which the pool's own tasks need.
    #[must_use]
    pub fn new(options: MySqlConnectOptions, limits: &Limits) -> Self {
        let address = format!("{}:{}", options.get_host(), options.get_port());
        let session = session(limits.query_timeout);
        let pool = MySqlPoolOptions::new()
            .max_connections(limits.database_connections)
            .acquire_timeout(limits.acquire_timeout)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move { connection.execute(AssertSqlSafe(session)).await.map(drop) })
            })
            .connect_lazy_with(options);
        Self {
            pool,
            address,
            acquire_timeout: limits.acquire_timeout,
            query_timeout: limits.query_timeout,
        }
    }

    /// Puts `questions` over one connection.
    ///
    /// # Errors
    ///
    /// When there is no connection, the questions fail, or either takes longer than its limit.
    pub async fn ask<T>(
        &self,
        questions: impl for<'c> FnOnce(&'c mut MySqlConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    ) -> Result<T, DatabaseError> {
        let mut connection = self.pool.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => DatabaseError::NoConnection {
                address: self.address.clone(),
                limit: self.acquire_timeout,
            },
            error => DatabaseError::Failed(error),
        })?;
        let answer = timeout(self.query_timeout, questions(&mut connection)).await;
        match answer {
            Ok(answer) => answer.map_err(DatabaseError::Failed),
            Err(_) => {
                // Going back to the pool would mean waiting for the rest of the answer, for ever if the server hangs.
                drop(connection.detach());
                Err(DatabaseError::TooSlow {
                    address: self.address.clone(),
                    limit: self.query_timeout,
                })
            }
        }
    }

    /// Ends the connections politely. Requests that come later are answered 503.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Why the database gave no answer. It names what an operator must know, and is never sent to a client.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Nothing listens, or every connection is in use.
    #[error("no connection to the database at `{address}` within {limit:?}; is it running, and are there enough connections?")]
    NoConnection {
        /// Host and port.
        address: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The questions of one request took too long.
    #[error("no answer from the database at `{address}` within {limit:?}")]
    TooSlow {
        /// Host and port.
        address: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The database or the way to it failed.
    #[error(transparent)]
    Failed(sqlx::Error),
}

/// Makes the server give up a statement that nobody waits for any longer.
///
/// MySQL and MariaDB have different variables for it; each reads its own kind of comment and skips the other's.
fn session(limit: Duration) -> String {
    format!(
        "SET SESSION /*!50708 max_execution_time = {} */ /*M!100101 max_statement_time = {:.3} */",
        limit.as_millis().max(1),
        limit.as_secs_f64().max(0.001),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_limit_is_never_zero_which_would_mean_none() {
        assert_eq!(
            session(Duration::from_micros(1)),
            "SET SESSION /*!50708 max_execution_time = 1 */ /*M!100101 max_statement_time = 0.001 */"
        );
        assert_eq!(
            session(Duration::from_millis(2500)),
            "SET SESSION /*!50708 max_execution_time = 2500 */ /*M!100101 max_statement_time = 2.500 */"
        );
    }
}
