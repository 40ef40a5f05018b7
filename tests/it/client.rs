//! Asking services that answer well, and services that do not.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use parity::client::{Asked, Client, ClientConfig, ClientError, Pace, Patience, TimeLimit, Writes};
use parity::exchange::{Body, Headers, Request, Unreachable, UnreachableKind};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::support::scripted::{Scripted, read_head};

/// Long enough for a machine under load; a test that is right never waits for it.
const AMPLE: TimeLimit = TimeLimit {
    time: Duration::from_secs(20),
    by: "the test",
};

fn config(base: &str) -> ClientConfig {
    ClientConfig::new(base.parse().expect("a URL"))
}

fn get(target: &str) -> Request {
    Request {
        method: "GET".into(),
        target: target.into(),
        ..Request::default()
    }
}

/// The same machine under an address that is not loopback, so that the client is a guest there.
fn as_guest(address: SocketAddr) -> ClientConfig {
    ClientConfig {
        pace: Pace::unlimited(),
        ..config(&format!("http://0.0.0.0:{}", address.port()))
    }
}

async fn ask(config: ClientConfig, request: &Request) -> Asked {
    Client::new(config).expect("a client").ask(request, AMPLE).await
}

async fn failure(config: ClientConfig) -> Unreachable {
    ask(config, &get("/")).await.answer.expect_err("no answer")
}

/// Why a server gave no whole answer within so many milliseconds.
async fn failure_within(milliseconds: u64, server: &Scripted) -> Unreachable {
    let limit = TimeLimit {
        time: Duration::from_millis(milliseconds),
        ..AMPLE
    };
    let client = Client::new(config(&format!("http://{}", server.address))).expect("a client");
    client.ask(&get("/"), limit).await.answer.expect_err("no answer")
}

async fn failure_of(answer: &str) -> String {
    let server = Scripted::answering(answer).await;
    let failure = failure(config(&format!("http://{}", server.address))).await;
    failure.to_string().replace(&server.address.to_string(), "{address}")
}

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    let server = Scripted::answering(
        "HTTP/1.1 412 Precondition Failed\r\nSet-Cookie: a=1\r\nContent-Type: text/plain\r\nSet-Cookie: b=2\r\nX-Empty:\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
    )
    .await;
    let asked = ask(config(&format!("http://{}", server.address)), &get("/")).await;
    assert_eq!(asked.attempts, 1);
    let observation = asked.answer.expect("an answer");
    assert_eq!(observation.status, 412);
    assert_eq!(observation.body, Body::from("not gzip!"));
    let headers: Vec<(&str, &str)> = observation
        .headers
        .0
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        headers,
        [
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("content-type", "text/plain"),
            ("x-empty", ""),
            ("content-encoding", "gzip"),
            ("content-length", "9"),
        ]
    );
}

#[tokio::test]
async fn header_values_that_are_not_utf_8_are_latin_1() {
    let server =
        Scripted::answering(b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nX-Other: caf\xc3\xa9\r\nContent-Length: 0\r\n\r\n".as_slice()).await;
    let observation = ask(config(&format!("http://{}", server.address)), &get("/"))
        .await
        .answer
        .expect("an answer");
    assert_eq!(observation.headers.get("x-name"), Some("café"));
    assert_eq!(observation.headers.get("x-other"), Some("café"));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let server = Scripted::answering("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n").await;
    let observation = ask(config(&format!("http://{}", server.address)), &get("/"))
        .await
        .answer
        .expect("an answer");
    assert_eq!((observation.status, observation.headers.get("location")), (302, Some("/elsewhere")));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked_for() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let server = Scripted::start({
        let heads = Arc::clone(&heads);
        move |_, mut connection| {
            let heads = Arc::clone(&heads);
            async move {
                let head = read_head(&mut connection).await?;
                heads.lock().expect("no panic").push(head);
                connection.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await
            }
        }
    })
    .await;
    let base = format!("http://me:secret@{}/api/", server.address);
    let request = Request {
        method: "POST".into(),
        target: "/run//trace/34%2F?a=1&a=%20".into(),
        headers: Headers(vec![("X-Two".into(), "1".into()), ("X-Two".into(), "2".into())]),
        body: Some(Body::from("{}")),
    };
    let observation = ask(config(&base), &request).await.answer.expect("an answer");
    assert_eq!((observation.status, observation.body), (204, Body::default()));
    let heads = heads.lock().expect("no panic");
    assert_eq!(
        heads[0],
        format!(
            "POST /api/run//trace/34%2F?a=1&a=%20 HTTP/1.1\r\nx-two: 1\r\nx-two: 2\r\nauthorization: Basic bWU6c2VjcmV0\r\naccept: */*\r\nuser-agent: parity/{}\r\nhost: {}\r\ncontent-length: 2\r\n\r\n",
            env!("CARGO_PKG_VERSION"),
            server.address
        )
    );
}

#[tokio::test]
async fn requests_that_cannot_be_sent_are_not() {
    let server = Scripted::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let base = format!("http://{}", server.address);
    let header = |name: &str, value: &str| Request {
        headers: Headers(vec![(name.into(), value.into())]),
        ..get("/")
    };
    for (request, reason) in [
        (get("/a/../b"), "cannot be sent as it is written, but only as `/b`"),
        (get("x"), "begins with `/`"),
        (header("a b", ""), "`a b` is no name of a header"),
        (header("a", "x\r\ny: z"), "header `a` holds a line end"),
        (
            Request {
                method: "GE T".into(),
                ..get("/")
            },
            "`GE T` is no HTTP method",
        ),
    ] {
        let asked = ask(config(&base), &request).await;
        let failure = asked.answer.expect_err("not asked");
        assert_eq!((failure.kind, asked.attempts), (UnreachableKind::NotAsked, 0));
        assert!(failure.reason.contains(reason), "{}", failure.reason);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn nobody_there_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let failure = failure(config(&format!("http://{address}"))).await;
    assert_eq!(failure.to_string(), format!("refused: connection refused by {address}"));
}

#[tokio::test]
async fn a_name_without_address_is_refused() {
    let failure = failure(config("http://nobody.invalid:81/x")).await;
    assert_eq!(failure.to_string(), "refused: no address is known for the host `nobody.invalid`");
}

#[tokio::test]
async fn a_server_that_hangs_ends_at_the_time_limit() {
    let server = Scripted::start(|_, connection| async move {
        let _open = connection;
        pending().await
    })
    .await;
    assert_eq!(
        failure_within(50, &server).await.to_string(),
        format!("timed out: no answer from {} within 0.05 s (the test)", server.address)
    );
}

#[tokio::test]
async fn a_server_that_drips_ends_at_the_time_limit_of_the_whole_answer() {
    let server = Scripted::start(|_, mut connection| async move {
        read_head(&mut connection).await?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await?;
        loop {
            connection.write_all(b".").await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let failure = failure_within(200, &server).await;
    assert_eq!(failure.kind, UnreachableKind::TimedOut);
    let (before, after) = failure.reason.split_once(": ").expect("how far it came");
    assert_eq!(before, "the answer is not whole after 0.2 s (the test)");
    assert!(after.ends_with(" of 100000 bytes of the body"), "{after}");
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_read() {
    let server = Scripted::start(|_, mut connection| async move {
        read_head(&mut connection).await?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").await?;
        pending().await
    })
    .await;
    let limited = ClientConfig {
        max_body: 1000,
        ..config(&format!("http://{}", server.address))
    };
    assert_eq!(
        failure(limited).await.to_string(),
        "too large: the limit of a body is 1000 bytes, and this one has 1001 bytes"
    );
}

#[tokio::test]
async fn an_endless_body_ends_at_the_size_limit() {
    let server = Scripted::start(|_, mut connection| async move {
        read_head(&mut connection).await?;
        connection
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await?;
        loop {
            connection.write_all(b"10\r\n0123456789abcdef\r\n").await?;
        }
    })
    .await;
    let limited = ClientConfig {
        max_body: 100_000,
        ..config(&format!("http://{}", server.address))
    };
    assert_eq!(
        failure(limited).await.to_string(),
        "too large: the limit of a body is 100000 bytes, and this one has more than that"
    );
}

#[tokio::test]
async fn a_body_at_the_limit_comes_whole_in_however_many_pieces() {
    let server = Scripted::start(|_, mut connection| async move {
        read_head(&mut connection).await?;
        connection
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await?;
        for _ in 0..1000 {
            connection.write_all(b"3\r\nabc\r\n").await?;
        }
        connection.write_all(b"0\r\n\r\n").await
    })
    .await;
    let limited = ClientConfig {
        max_body: 3000,
        ..config(&format!("http://{}", server.address))
    };
    let observation = ask(limited, &get("/")).await.answer.expect("an answer");
    assert_eq!(observation.body.text(), Some("abc".repeat(1000).as_str()));
}

#[tokio::test]
async fn answers_that_break_off_or_are_not_http_are_broken() {
    assert_eq!(
        failure_of("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789").await,
        "broken off: the body breaks off after 10 of 20 bytes: connection closed"
    );
    assert_eq!(
        failure_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc").await,
        "broken off: the body breaks off after 3 bytes: connection closed"
    );
    assert_eq!(
        failure_of("SSH-2.0-OpenSSH_9.2\r\n\r\n").await,
        "broken off: the answer is not HTTP: invalid HTTP version parsed"
    );
    assert_eq!(failure_of("").await, "refused: connection closed by {address} before an answer");
}

#[tokio::test]
async fn a_tls_failure_is_named() {
    let server = Scripted::start(|_, mut connection| async move {
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
        connection.shutdown().await
    })
    .await;
    let failure = failure(config(&format!("https://{}", server.address))).await;
    assert_eq!(failure.kind, UnreachableKind::Refused);
    assert!(
        failure.reason.starts_with(&format!("no TLS with {}", server.address)),
        "{}",
        failure.reason
    );
}

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

async fn busy_at_first(times: usize) -> Scripted {
    Scripted::start(move |number, mut connection| async move {
        read_head(&mut connection).await?;
        connection.write_all(if number < times { BUSY } else { FINE }.as_bytes()).await
    })
    .await
}

#[tokio::test]
async fn a_busy_guest_house_is_asked_again_and_the_attempts_are_told() {
    let server = busy_at_first(2).await;
    let asked = ask(as_guest(server.address), &get("/")).await;
    assert_eq!((asked.answer.expect("an answer").status, asked.attempts), (200, 3));
}

#[tokio::test]
async fn a_service_that_stays_busy_is_unreachable() {
    let server = busy_at_first(usize::MAX).await;
    let asked = ask(as_guest(server.address), &get("/")).await;
    assert_eq!(
        asked.answer.expect_err("busy").to_string(),
        format!(
            "busy: 0.0.0.0:{} answers 503 Service Unavailable: asked 3 times",
            server.address.port()
        )
    );
    assert_eq!((asked.attempts, server.connections()), (3, 3));
}

#[tokio::test]
async fn a_service_that_asks_for_too_long_a_wait_is_not_waited_for() {
    let server = Scripted::answering("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n").await;
    let asked = ask(as_guest(server.address), &get("/")).await;
    assert_eq!(
        asked.answer.expect_err("busy").reason,
        format!(
            "0.0.0.0:{} answers 429 Too Many Requests: asks to come again in 3600 s, which is more than the 60 s left to wait",
            server.address.port()
        )
    );
}

#[tokio::test]
async fn on_loopback_busy_is_an_answer_like_any_other() {
    let server = busy_at_first(usize::MAX).await;
    let asked = ask(config(&format!("http://{}", server.address)), &get("/")).await;
    assert_eq!((asked.answer.expect("an answer").status, asked.attempts), (503, 1));
}

#[tokio::test]
async fn a_guest_writes_only_when_allowed_and_never_twice() {
    let server = busy_at_first(usize::MAX).await;
    let post = Request {
        method: "POST".into(),
        ..get("/")
    };
    let asked = ask(as_guest(server.address), &post).await;
    let failure = asked.answer.expect_err("not asked");
    assert_eq!(
        (failure.kind, asked.attempts, server.connections()),
        (UnreachableKind::NotAsked, 0, 0)
    );
    assert!(
        failure.reason.starts_with("POST may change something at 0.0.0.0:"),
        "{}",
        failure.reason
    );

    let allowed = ClientConfig {
        writes: Writes::Anywhere,
        patience: Patience {
            attempts: 5,
            ..Patience::default()
        },
        ..as_guest(server.address)
    };
    let asked = ask(allowed, &post).await;
    assert_eq!((asked.attempts, server.connections()), (1, 1));
    let failure = asked.answer.expect_err("busy");
    assert!(
        failure
            .reason
            .ends_with("a request that may have changed something is not repeated"),
        "{}",
        failure.reason
    );
}

#[tokio::test]
async fn a_post_that_only_reads_is_asked_and_repeated_by_a_guest() {
    let server = busy_at_first(1).await;
    let post = Request {
        method: "POST".into(),
        ..get("/")
    };
    let client = Client::new(as_guest(server.address)).expect("a client");
    let asked = client.ask_safe(&post, AMPLE).await;
    assert_eq!((asked.answer.expect("an answer").status, asked.attempts), (200, 2));
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Scripted::start(|_, mut connection| async move {
        loop {
            read_head(&mut connection).await?;
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await?;
        }
    })
    .await;
    let client = Client::new(config(&format!("http://{}", server.address))).expect("a client");
    for _ in 0..20 {
        assert_eq!(client.ask(&get("/"), AMPLE).await.answer.expect("an answer").status, 200);
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_client_says_what_is_wrong_with_its_configuration() {
    let error = |config| Client::new(config).map(|_| ()).expect_err("no client");
    assert!(matches!(error(config("ftp://example.org")), ClientError::Base { .. }));
    let agent = ClientConfig {
        user_agent: "two\nlines".into(),
        ..config("http://127.0.0.1")
    };
    assert!(matches!(error(agent), ClientError::UserAgent(_)));
}
