//! The binary `openml-api` as a process: its output, its exit codes, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::database::Database;
use crate::support::http;
use crate::support::run_trace_schema::{Row, Schema};

/// Nothing listens there: the port is reserved (tcpmux) and below what ordinary programs may bind.
const NO_DATABASE: &str = "mysql://reader:s3cr3t@127.0.0.1:1/openml_expdb";

/// The binary with nothing of this process's environment that could steer it.
fn openml_api() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openml-api"));
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("OPENML_API_") || name == "DATABASE_URL")
        {
            command.env_remove(name);
        }
    }
    command
        .env("OPENML_API_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running service, killed when dropped.
struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Process {
    /// Starts the service and reads the line that says where it listens.
    fn start(url: &str, arguments: &[&str]) -> Self {
        let mut child = openml_api().env("DATABASE_URL", url).args(arguments).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.strip_prefix("listening on http://").and_then(|rest| rest.strip_suffix('\n'));
        let address = address.unwrap_or_else(|| panic!("not an address: {line:?}")).parse().unwrap();
        Self { child, stdout, address }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end; how it ended, and what it wrote to stdout after the first line and to stderr.
    #[expect(clippy::disallowed_methods, reason = "polls with a deadline")]
    fn end(mut self) -> (ExitStatus, String, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "the service does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (status, stdout, stderr)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the binary to its end: exit code, stdout, stderr.
fn run(arguments: &[&str], url: Option<&str>) -> (Option<i32>, String, String) {
    let mut command = openml_api();
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn it_prints_one_line_serves_without_a_database_and_ends_on_either_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let process = Process::start(NO_DATABASE, &["--acquire-timeout=50ms"]);
        assert_eq!(http::get(process.address, "/health").await.status, 200);
        let answer = http::get(process.address, "/run/trace/34").await;
        assert_eq!(answer.status, 503);
        assert!(!answer.body.contains("127.0.0.1"), "{}", answer.body);

        process.signal(signal);
        let (status, stdout, stderr) = process.end();
        assert_eq!((status.code(), stdout.as_str()), (Some(0), ""), "{stderr}");
        assert!(
            stderr.contains("no connection to the database at `127.0.0.1:1` within 50ms"),
            "{stderr}"
        );
        assert!(stderr.contains("/run/trace/34"), "the cause stands beside its request: {stderr}");
        assert!(!stderr.contains("s3cr3t"), "{stderr}");
    }
}

#[tokio::test]
async fn every_request_is_logged_at_debug_level_and_not_above() {
    for (level, lines) in [("info", 0), ("info,parity=debug", 2)] {
        let process = Process::start(NO_DATABASE, &["--log", level]);
        http::get(process.address, "/health?a=b").await;
        http::get(process.address, "/run/trace/abc").await;
        process.signal(Signal::TERM);
        let (_, _, stderr) = process.end();
        let answered: Vec<&str> = stderr.lines().filter(|line| line.contains("answered")).collect();
        assert_eq!(answered.len(), lines, "{stderr}");
        for (line, [path, status]) in answered
            .iter()
            .zip([["\"/health\"", "status=200"], ["\"/run/trace/abc\"", "status=422"]])
        {
            assert!(
                line.contains("method=GET") && line.contains(path) && line.contains(status),
                "{line}"
            );
        }
    }
}

#[tokio::test]
async fn a_running_request_is_answered_after_sigterm() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let process = Process::start(schema.url(), &[]);
    let address = process.address;

    schema.execute("LOCK TABLES trace WRITE").await;
    let request = tokio::spawn(async move { http::get(address, "/run/trace/34").await });
    schema.wait_for_running_statements(1).await;
    process.signal(Signal::TERM);
    let started = Instant::now();
    while http::request(address, "GET", "/health").await.is_ok() {
        assert!(started.elapsed() < Duration::from_secs(20), "it still accepts connections");
    }
    assert!(!request.is_finished());

    schema.execute("UNLOCK TABLES").await;
    assert_eq!(request.await.unwrap().status, 200);
    let (status, _, stderr) = process.end();
    assert_eq!(status.code(), Some(0), "{stderr}");
    schema.remove().await;
}

#[tokio::test]
async fn a_request_that_does_not_finish_is_cut_off() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    schema.execute("LOCK TABLES trace WRITE").await;

    for (arguments, signals) in [
        // Its time is over.
        (["--query-timeout=1h", "--shutdown-timeout=100ms"], &[Signal::TERM][..]),
        // Whoever ends it is impatient.
        (["--query-timeout=1h", "--shutdown-timeout=1h"], &[Signal::TERM, Signal::INT][..]),
    ] {
        let process = Process::start(schema.url(), &arguments);
        let address = process.address;
        let request = tokio::spawn(async move { http::request(address, "GET", "/run/trace/34").await });
        schema.wait_for_running_statements(1).await;
        for signal in signals {
            process.signal(*signal);
        }
        let (status, _, stderr) = process.end();
        assert_eq!(status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("ended with requests unanswered"), "{stderr}");
        assert!(request.await.unwrap().is_err());
        schema.kill_connections().await;
        schema.wait_for_running_statements(0).await;
    }
    schema.execute("UNLOCK TABLES").await;
    schema.remove().await;
}

#[test]
fn an_unusable_database_address_is_a_usage_error_that_does_not_repeat_it() {
    let (code, stdout, stderr) = run(&[], Some("postgres://reader:s3cr3t@db/openml_expdb"));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.starts_with(
            "error: `--database-url` or `DATABASE_URL` cannot be used: its scheme is not `mysql`; \
             expected `mysql://USER:PASSWORD@HOST:PORT/DATABASE`\n"
        ),
        "{stderr}"
    );
    assert!(!stderr.contains("s3cr3t"), "{stderr}");

    let (code, _, stderr) = run(&[], None);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--database-url <URL>"), "{stderr}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (code, stdout, stderr) = run(&["--listen", &address], Some(NO_DATABASE));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains(&format!("cannot listen on `{address}`: Address already in use")),
        "{stderr}"
    );
}

#[test]
fn help_shows_every_setting_and_no_value_of_the_environment() {
    let (code, help, _) = run(&["--help"], Some(NO_DATABASE));
    assert_eq!(code, Some(0));
    for text in [
        "--listen",
        "OPENML_API_LISTEN",
        "--database-url",
        "DATABASE_URL",
        "--query-timeout",
        "listening on",
    ] {
        assert!(help.contains(text), "{text} is not in:\n{help}");
    }
    assert!(!help.contains("s3cr3t"), "{help}");
    let (code, version, _) = run(&["--version"], None);
    assert_eq!((code, version), (Some(0), format!("openml-api {}\n", env!("CARGO_PKG_VERSION"))));
}
