//! The candidate over a database that is absent, slow, frozen or crowded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parity::endpoint::{Database as Service, DatabaseUrl, Limits};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use crate::support::database::Database;
use crate::support::endpoint::{Endpoint, UNAVAILABLE, assert_problem, assert_trace, limits};
use crate::support::http;
use crate::support::run_trace_schema::{Row, Schema};

#[tokio::test]
async fn a_service_that_is_there_before_its_tables_answers_503_until_they_are() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::without_tables(&database).await;
    let endpoint = Endpoint::serve(schema.url(), &limits()).await;
    assert_eq!(endpoint.get("/health").await.status, 200);
    assert_problem(&endpoint.get("/run/trace/34").await, 503, UNAVAILABLE);

    schema.create_tables().await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    assert_eq!(endpoint.get("/run/trace/34").await.status, 200);

    endpoint.stop().await;
    schema.remove().await;
}

#[tokio::test]
async fn a_database_that_goes_away_is_a_503_problem() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let limits = Limits {
        acquire_timeout: Duration::from_millis(100),
        ..limits()
    };
    let endpoint = Endpoint::serve(schema.url(), &limits).await;
    assert_eq!(endpoint.get("/run/trace/34").await.status, 200);

    drop(database);
    assert_problem(&endpoint.get("/run/trace/34").await, 503, UNAVAILABLE);
    assert_eq!(endpoint.get("/health").await.status, 200);
    endpoint.stop().await;
}

#[tokio::test]
async fn connections_that_the_database_closed_are_replaced_unseen() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let endpoint = Endpoint::serve(schema.url(), &limits()).await;
    let before = endpoint.get("/run/trace/34").await;
    assert_eq!(before.status, 200);

    assert!(schema.kill_connections().await > 0);
    assert_eq!(endpoint.get("/run/trace/34").await, before);

    endpoint.stop().await;
    schema.remove().await;
}

#[tokio::test]
async fn a_slow_database_is_a_503_problem_in_time_and_costs_no_connection() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let limits = Limits {
        database_connections: 1,
        query_timeout: Duration::from_millis(200),
        ..limits()
    };
    let endpoint = Endpoint::serve(schema.url(), &limits).await;

    schema.execute("LOCK TABLES trace WRITE").await;
    for _ in 0..3 {
        let started = Instant::now();
        assert_problem(&endpoint.get("/run/trace/34").await, 503, UNAVAILABLE);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
    // The database gives up on its side too, while the table is still locked.
    schema.wait_for_running_statements(0).await;

    schema.execute("UNLOCK TABLES").await;
    assert_eq!(endpoint.get("/run/trace/34").await.status, 200);
    endpoint.stop().await;
    schema.remove().await;
}

#[tokio::test]
async fn a_connection_that_froze_is_given_up_and_replaced() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let way = Way::to(schema.url()).await;
    let limits = Limits {
        database_connections: 1,
        query_timeout: Duration::from_millis(200),
        ..limits()
    };
    let endpoint = Endpoint::serve(&way.url, &limits).await;
    assert_eq!(endpoint.get("/run/trace/34").await.status, 200);

    // The driver asks a connection for a sign of life before it is used, so this one must be in use when it freezes.
    schema.execute("LOCK TABLES trace WRITE").await;
    let address = endpoint.address;
    let request = tokio::spawn(async move { http::get(address, "/run/trace/34").await });
    schema.wait_for_running_statements(1).await;
    way.freeze();
    assert_problem(&request.await.unwrap(), 503, UNAVAILABLE);

    schema.execute("UNLOCK TABLES").await;
    assert_eq!(endpoint.get("/run/trace/34").await.status, 200);
    endpoint.stop().await;
    schema.remove().await;
}

#[tokio::test]
async fn the_database_is_told_the_limit_of_a_statement() {
    let Some(database) = Database::start().await else {
        return;
    };
    let schema = Schema::create(&database).await;
    let Ok(url) = schema.url().parse::<DatabaseUrl>();
    let limits = Limits {
        query_timeout: Duration::from_millis(2500),
        ..limits()
    };
    let service = Service::new(url.connect_options().unwrap(), &limits);
    let milliseconds: i64 = service
        .ask(|connection| {
            // MySQL has one of these variables, MariaDB the other.
            Box::pin(
                sqlx::query_scalar("SELECT CAST(/*!50708 @@max_execution_time */ /*M!100101 @@max_statement_time * 1000 */ AS SIGNED)")
                    .fetch_one(connection),
            )
        })
        .await
        .unwrap();
    assert_eq!(milliseconds, 2500);
    service.close().await;
    schema.remove().await;
}

#[tokio::test]
async fn many_requests_share_few_connections() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    for run_id in 1..=8 {
        schema.insert_run(run_id).await;
        schema.insert_trace(&[Row { run_id, ..Row::default() }]).await;
    }
    let limits = Limits {
        database_connections: 2,
        ..limits()
    };
    let endpoint = Endpoint::serve(schema.url(), &limits).await;

    let requests: Vec<_> = (0..64)
        .map(|request| {
            let (address, run_id) = (endpoint.address, request % 8 + 1);
            tokio::spawn(async move { (run_id, http::get(address, &format!("/run/trace/{run_id}")).await) })
        })
        .collect();
    for request in requests {
        let (run_id, answer) = request.await.unwrap();
        assert_trace(
            &answer,
            &format!(
                r#"{{"run_id":{run_id},"trace":[{{"repeat":0,"fold":0,"iteration":0,"setup_string":"{{}}","evaluation":0.5,"selected":false}}]}}"#
            ),
        );
    }
    endpoint.stop().await;
    schema.remove().await;
}

/// A way to the database on which all connections of now can be frozen: open for ever, and nothing passes.
struct Way {
    url: String,
    freeze: Arc<Notify>,
    accepting: JoinHandle<()>,
}

impl Way {
    async fn to(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let server = url.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let freeze = Arc::new(Notify::new());
        let frozen = Arc::clone(&freeze);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let mut far = TcpStream::connect(server).await.unwrap();
                let frozen = Arc::clone(&frozen).notified_owned();
                connections.spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = frozen => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            url: url.into(),
            freeze,
            accepting,
        }
    }

    fn freeze(&self) {
        self.freeze.notify_waiters();
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
