//! The candidate, served in the test's own process over a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use parity::endpoint::{Database as Service, DatabaseUrl, Ended, Limits, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::http::{self, Answer};

/// A served endpoint in this process.
pub struct Endpoint {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<Ended>>,
}

impl Endpoint {
    pub async fn serve(url: &str, limits: &Limits) -> Self {
        let Ok(url) = url.parse::<DatabaseUrl>();
        let service = Service::new(url.connect_options().unwrap(), limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, shutdown, service, limits.shutdown_timeout));
        Self { address, stop, serving }
    }

    pub async fn get(&self, target: &str) -> Answer {
        http::get(self.address, target).await
    }

    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        assert_eq!(self.serving.await.unwrap().unwrap(), Ended::Finished);
    }
}

pub fn limits() -> Limits {
    Limits {
        database_connections: 4,
        acquire_timeout: Duration::from_secs(10),
        query_timeout: Duration::from_secs(10),
        shutdown_timeout: Duration::from_secs(10),
    }
}

pub fn assert_trace(answer: &Answer, body: &str) {
    assert_eq!(answer.body, body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

pub fn assert_problem(answer: &Answer, status: u16, body: &str) {
    assert_eq!(answer.body, body);
    assert_eq!(answer.status, status);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

pub const UNAVAILABLE: &str = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service cannot answer at the moment; try again later."}"#;
