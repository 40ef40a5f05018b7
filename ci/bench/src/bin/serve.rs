//! Two static servers on free ports of this machine: a legacy and a candidate that answer traces of twelve rows for every
//! run. Prints one line, `LEGACY_URL CANDIDATE_URL`, and serves until it is ended.

use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

const ROWS: u64 = 12;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let legacy = Router::new().route(
        "/api/v1/json/run/trace/{id}",
        get(|Path(id): Path<u64>| async move { ([(CONTENT_TYPE, "application/json; charset=utf-8")], parity_bench::legacy(id, ROWS)) }),
    );
    let candidate = Router::new().route(
        "/run/trace/{id}",
        get(|Path(id): Path<u64>| async move { ([(CONTENT_TYPE, "application/json")], parity_bench::candidate(id, ROWS)) }),
    );
    let (one, other) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!("http://{} http://{}", one.local_addr()?, other.local_addr()?);
    let (one, other) = (axum::serve(one, legacy).into_future(), axum::serve(other, candidate).into_future());
    tokio::try_join!(one, other)?;
    Ok(())
}
