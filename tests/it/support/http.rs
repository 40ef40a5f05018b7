//! The least HTTP client there is: one request on one connection, and the answer as it came over the wire.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order of the wire; `date` is left out.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Sends a request without a body and reads until the server closes the connection.
pub async fn request(address: SocketAddr, method: &str, target: &str) -> std::io::Result<Answer> {
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer).expect("this service answers in UTF-8");

    let closed = || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, format!("no whole answer: {answer}"));
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(closed)?;
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .ok_or_else(closed)?;
    let headers = lines
        .map(|line| line.split_once(": ").expect("a header line"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, _)| name != "date")
        .collect();
    Ok(Answer {
        status,
        headers,
        body: body.to_owned(),
    })
}

/// [`request`] with `GET`, for a server that is there.
pub async fn get(address: SocketAddr, target: &str) -> Answer {
    request(address, "GET", target).await.unwrap()
}
