//! A web server with a table of answers, for tests that run the program: it answers well, badly, or not at all.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long anybody waits for something that must come.
const DEADLINE: Duration = Duration::from_secs(30);

/// What is done with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A whole answer.
    Answer(Answer),
    /// No answer for as long as the client waits.
    Hang,
    /// The first half of this text, announced as the whole.
    CutOff(&'static str),
    /// A body without an end.
    Endless,
    /// One after the other, and the last one from then on.
    InTurn(Vec<Self>),
}

impl Reply {
    /// The reply to one more request.
    fn next(&mut self) -> Self {
        match self {
            Self::InTurn(replies) if replies.len() > 1 => replies.remove(0),
            Self::InTurn(replies) => replies[0].clone(),
            reply => reply.clone(),
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// None is sent where it is empty.
    pub media_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    pub fn json(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            media_type: "application/json",
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn media_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// A server on a free port. Dropped, it closes every connection and ends.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    routes: BTreeMap<String, Reply>,
    requests: Vec<Request>,
    /// Requests that are being held, and the most there were at once.
    held: usize,
    most_held: usize,
    /// While set: every request is held until so many are held at once.
    crowd: Option<usize>,
    connections: Vec<TcpStream>,
    closed: bool,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub at: Instant,
    /// Path and query.
    pub target: String,
    /// The whole head.
    pub head: String,
    pub body: String,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::<Shared>::default();
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for connection in listener.incoming() {
                    let Ok(connection) = connection else { continue };
                    let mut state = shared.state.lock().unwrap();
                    if state.closed {
                        return;
                    }
                    state.connections.push(connection.try_clone().expect("a second handle"));
                    drop(state);
                    let shared = Arc::clone(&shared);
                    // A client that goes away early is part of many tests.
                    std::thread::spawn(move || drop(shared.serve(connection)));
                }
            }
        });
        Self {
            address,
            shared,
            accepting: Some(accepting),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, `target` (path and query, `POST /x` for another method than GET) is answered so; anything else is 404.
    pub fn on(&self, target: impl Into<String>, reply: impl Into<Reply>) {
        self.shared.state.lock().unwrap().routes.insert(target.into(), reply.into());
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state.lock().unwrap().requests.clone()
    }

    /// Waits until there were so many requests.
    pub fn wait_for_requests(&self, count: usize) {
        let state = self.shared.state.lock().unwrap();
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(state, DEADLINE, |state| state.requests.len() < count)
            .unwrap();
        assert!(state.requests.len() >= count, "only {} requests came", state.requests.len());
    }

    /// Holds requests back until so many wait at once, and then a moment longer, so that one too many has time to come.
    pub fn hold_until_crowd_of(&self, count: usize) {
        self.shared.state.lock().unwrap().crowd = Some(count);
    }

    /// The most requests that were held at once.
    pub fn biggest_crowd(&self) -> usize {
        self.shared.state.lock().unwrap().most_held
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state.lock().unwrap();
            state.closed = true;
            for connection in &state.connections {
                let _ = connection.shutdown(std::net::Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
        // Wakes the thread that accepts, so that it sees that it is over.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Shared {
    fn serve(&self, mut connection: TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        while let Some(head) = read_head(&mut connection)? {
            let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let mut request = Request {
                at: Instant::now(),
                target,
                head,
                body: String::new(),
            };
            let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            connection.read_exact(&mut body)?;
            request.body = String::from_utf8(body).unwrap();
            let heads_only = request.head.starts_with("HEAD ");
            let reply = self.arrived(request);
            match reply {
                Reply::Answer(answer) => send(&mut connection, &answer, heads_only)?,
                Reply::Hang => {
                    // Ends when the client goes away, or the server does.
                    let _ = connection.read(&mut [0])?;
                    return Ok(());
                }
                Reply::CutOff(text) => {
                    let length = text.len();
                    write!(
                        connection,
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{}",
                        &text[..length / 2]
                    )?;
                    return connection.shutdown(std::net::Shutdown::Both);
                }
                Reply::InTurn(_) => unreachable!("one of them was taken"),
                Reply::Endless => {
                    write!(connection, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[0")?;
                    loop {
                        connection.write_all(",0".repeat(4096).as_bytes())?;
                    }
                }
            }
        }
        Ok(())
    }

    fn arrived(&self, request: Request) -> Reply {
        let mut state = self.state.lock().unwrap();
        let method = request.head.split(' ').next().unwrap_or_default();
        let key = match method {
            "GET" => request.target.clone(),
            method => format!("{method} {}", request.target),
        };
        let reply = state.routes.get_mut(&key).map(Reply::next);
        state.requests.push(request);
        self.changed.notify_all();
        if let Some(crowd) = state.crowd {
            state.held += 1;
            state.most_held = state.most_held.max(state.held);
            let waiting = |state: &mut State| !state.closed && state.most_held < crowd;
            state = self.changed.wait_timeout_while(state, DEADLINE, waiting).unwrap().0;
            let one_too_many = |state: &mut State| !state.closed && state.most_held <= crowd;
            let moment = Duration::from_millis(50);
            state = self.changed.wait_timeout_while(state, moment, one_too_many).unwrap().0;
            state.held -= 1;
        }
        drop(state);
        reply.unwrap_or_else(|| Answer::json(r#"{"error":"no route"}"#).status(404).into())
    }
}

fn send(connection: &mut TcpStream, answer: &Answer, heads_only: bool) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Said\r\n", answer.status);
    if !answer.media_type.is_empty() {
        head.extend(["content-type: ", answer.media_type, "\r\n"]);
    }
    head.extend(["content-length: ", &answer.body.len().to_string(), "\r\n"]);
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let body = if heads_only { "" } else { &answer.body };
    connection.write_all(format!("{head}\r\n{body}").as_bytes())
}

/// The head of the next request; nothing when the client is done.
fn read_head(connection: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}
