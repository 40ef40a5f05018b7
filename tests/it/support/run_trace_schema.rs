//! The tables of the run trace in a schema of one test's own, and rows for them.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::database::Database;

/// As the legacy created them, without the foreign key, so that a test can store what that forbids.
const TABLES: [&str; 2] = [
    "CREATE TABLE run (
        rid int unsigned NOT NULL PRIMARY KEY,
        uploader mediumint unsigned,
        setup int unsigned NOT NULL DEFAULT 0,
        task_id int,
        start_time datetime,
        error_message text,
        run_details text,
        visibility varchar(128) NOT NULL DEFAULT 'public'
    ) DEFAULT CHARSET=utf8",
    "CREATE TABLE trace (
        run_id int unsigned NOT NULL,
        evaluation_engine_id int NOT NULL DEFAULT 1,
        `repeat` int NOT NULL,
        fold int NOT NULL,
        iteration int NOT NULL,
        setup_string text NOT NULL,
        evaluation varchar(265) NOT NULL,
        selected enum('true','false') NOT NULL,
        PRIMARY KEY (run_id, evaluation_engine_id, `repeat`, fold, iteration)
    ) DEFAULT CHARSET=latin1",
];

/// One row of `trace`; a test names what it cares about.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub run_id: u32,
    pub engine: i32,
    pub repeat: i32,
    pub fold: i32,
    pub iteration: i32,
    pub setup_string: &'a str,
    pub evaluation: &'a str,
    pub selected: &'a str,
}

impl Default for Row<'_> {
    fn default() -> Self {
        Self {
            run_id: 34,
            engine: 1,
            repeat: 0,
            fold: 0,
            iteration: 0,
            setup_string: "{}",
            evaluation: "0.5",
            selected: "false",
        }
    }
}

/// A schema with a random name and both tables in it.
pub struct Schema {
    /// Its own connection, so that a test can lock a table under the service.
    connection: MySqlConnection,
    name: String,
    url: String,
}

impl Schema {
    /// Creates the schema and its tables.
    pub async fn create(database: &Database) -> Self {
        let mut schema = Self::without_tables(database).await;
        schema.create_tables().await;
        schema
    }

    /// Creates the schema only.
    pub async fn without_tables(database: &Database) -> Self {
        let name = format!("run_trace_{:016x}", RandomState::new().hash_one(0));
        let options: MySqlConnectOptions = database.url("").parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        connection.execute(AssertSqlSafe(format!("USE {name}"))).await.unwrap();
        Self {
            connection,
            url: database.url(&name),
            name,
        }
    }

    pub async fn create_tables(&mut self) {
        for table in TABLES {
            self.execute(table).await;
        }
    }

    /// The address to give to the service.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn execute(&mut self, sql: &'static str) {
        self.connection.execute(sql).await.unwrap();
    }

    pub async fn insert_run(&mut self, id: u32) {
        sqlx::query("INSERT INTO run (rid) VALUES (?)")
            .bind(id)
            .execute(&mut self.connection)
            .await
            .unwrap();
    }

    /// Inserts rows in the order given.
    pub async fn insert_trace(&mut self, rows: &[Row<'_>]) {
        for row in rows {
            sqlx::query("INSERT INTO trace VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(row.run_id)
                .bind(row.engine)
                .bind(row.repeat)
                .bind(row.fold)
                .bind(row.iteration)
                .bind(row.setup_string)
                .bind(row.evaluation)
                .bind(row.selected)
                .execute(&mut self.connection)
                .await
                .unwrap();
        }
    }

    /// How many statements of other connections are being executed in this schema.
    pub async fn running_statements(&mut self) -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM information_schema.processlist
             WHERE db = ? AND command <> 'Sleep' AND id <> connection_id()",
        )
        .bind(&self.name)
        .fetch_one(&mut self.connection)
        .await
        .unwrap()
    }

    /// Waits until that many are.
    pub async fn wait_for_running_statements(&mut self, expected: i64) {
        let started = Instant::now();
        while self.running_statements().await != expected {
            assert!(started.elapsed() < Duration::from_secs(20), "never {expected} statements at once");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Closes every other connection to this schema from the server's end.
    pub async fn kill_connections(&mut self) -> usize {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = ? AND id <> connection_id()")
                .bind(&self.name)
                .fetch_all(&mut self.connection)
                .await
                .unwrap();
        for id in &ids {
            self.connection
                .execute(AssertSqlSafe(format!("KILL CONNECTION {id}")))
                .await
                .unwrap();
        }
        ids.len()
    }

    /// Drops the schema. A test that fails before leaves it to the end of its server.
    pub async fn remove(mut self) {
        self.connection
            .execute(AssertSqlSafe(format!("DROP DATABASE {}", self.name)))
            .await
            .unwrap();
        self.connection.close().await.unwrap();
    }
}
