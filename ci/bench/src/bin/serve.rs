//! Two static servers on free ports of this machine: a legacy and a candidate that answer traces of twelve rows for every
//! run. Prints one line, `LEGACY_URL CANDIDATE_URL`, and serves until it is ended.
//!
//! They do as little as HTTP/1.1 allows, so that what is measured is who asks, and not who answers.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ROWS: u64 = 12;

/// One side: where it answers, and its body before and after the number of the run.
#[derive(Clone, Copy)]
struct Side {
    path: &'static str,
    media_type: &'static str,
    before: &'static str,
    after: &'static str,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let legacy = Side::new("/api/v1/json/run/trace/", "application/json; charset=utf-8", parity_bench::legacy);
    let candidate = Side::new("/run/trace/", "application/json", parity_bench::candidate);
    let (one, other) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!("http://{} http://{}", one.local_addr()?, other.local_addr()?);
    tokio::try_join!(serve(one, legacy), serve(other, candidate))?;
    Ok(())
}

impl Side {
    fn new(path: &'static str, media_type: &'static str, body: fn(u64, u64) -> String) -> Self {
        const MARK: u64 = 123_456_789;
        let body: &'static str = body(MARK, ROWS).leak();
        let (before, after) = body.split_once(&MARK.to_string()).expect("the number of the run is in the body");
        Self {
            path,
            media_type,
            before,
            after,
        }
    }

    /// The answer to the head of a request.
    fn answer(&self, head: &[u8]) -> String {
        let target = std::str::from_utf8(head)
            .ok()
            .and_then(|head| head.split(' ').nth(1))
            .unwrap_or_default();
        let Some(id) = target.strip_prefix(self.path).filter(|id| id.parse::<u64>().is_ok()) else {
            return "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned();
        };
        let Self {
            media_type, before, after, ..
        } = self;
        let length = before.len() + id.len() + after.len();
        format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{before}{id}{after}")
    }
}

async fn serve(listener: TcpListener, side: Side) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Who asks may go away at any moment.
            let _ = converse(stream, side).await;
        });
    }
}

/// Answers one request after the other; none of them has a body.
async fn converse(mut stream: TcpStream, side: Side) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(1024);
    while stream.read_buf(&mut head).await? > 0 {
        while let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            stream.write_all(side.answer(&head[..end]).as_bytes()).await?;
            head.drain(..end + 4);
        }
    }
    Ok(())
}
