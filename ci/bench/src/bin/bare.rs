//! The bare start of a service that `parity.toml` declares, by its own commands, until it greets a MySQL client: what
//! parity's start of the same service is measured against. Prints microseconds, and ends what it started.
//!
//! `bare process SERVICE DATA`: its `initialise` where DATA is empty, then its `command`.
//! `bare container SERVICE IMAGE`: `docker run`, with its `environment` and `command`.

use std::io::{self, Read as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use toml::{Table, Value};

const DEADLINE: Duration = Duration::from_secs(120);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [kind, service, of] = words.as_slice() else {
        panic!("expected: process|container SERVICE DATA|IMAGE");
    };
    let text = std::fs::read_to_string("parity.toml").expect("the current folder is a project");
    let config: Table = text.parse().unwrap_or_else(|error| panic!("parity.toml: {error}"));
    let service = &config["service"][service];
    let elapsed = match kind.as_str() {
        "process" => process(&service["process"], Path::new(of)),
        "container" => container(&service["container"], service["port"].as_integer().expect("a port"), of),
        other => panic!("no kind is called `{other}`"),
    };
    println!("{}", elapsed.as_micros());
}

fn process(declared: &Value, data: &Path) -> Duration {
    let run = data.with_extension("run");
    std::fs::create_dir_all(&run).expect("a folder beside the data");
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let filled = |words: &Value| -> Vec<String> {
        let places = [
            ("{data}", data.display().to_string()),
            ("{run}", run.display().to_string()),
            ("{port}", port.to_string()),
        ];
        strings(words)
            .map(|word| places.iter().fold(word, |word, (place, value)| word.replace(place, value)))
            .collect()
    };
    let command = |words: &[String]| {
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let begun = Instant::now();
    if !data.exists() {
        std::fs::create_dir(data).expect("a data folder");
        let status = command(&filled(&declared["initialise"]))
            .status()
            .expect("`initialise` can be started");
        assert!(status.success(), "`initialise`: {status}");
    }
    let mut server = command(&filled(&declared["command"])).spawn().expect("`command` can be started");
    await_greeting(port, begun, || ended(&mut server));
    let elapsed = begun.elapsed();
    server.kill().and_then(|()| server.wait()).expect("the server can be ended");
    elapsed
}

fn ended(server: &mut Child) -> Option<String> {
    let status = server.try_wait().expect("a child can be asked")?;
    Some(format!("the server ended: {status}"))
}

fn container(declared: &Value, inside: i64, image: &str) -> Duration {
    let mut run = vec!["run".to_owned(), "--detach".to_owned(), format!("--publish=127.0.0.1::{inside}")];
    let environment = declared.get("environment").and_then(Value::as_table).into_iter().flatten();
    run.extend(environment.map(|(name, value)| format!("--env={name}={}", value.as_str().expect("text"))));
    run.push(image.to_owned());
    run.extend(declared.get("command").into_iter().flat_map(strings));
    let begun = Instant::now();
    let id = docker(&run);
    let address = docker(&["port".to_owned(), id.clone(), inside.to_string()]);
    let port = address
        .lines()
        .next()
        .and_then(|line| line.rsplit(':').next())
        .and_then(|port| port.parse().ok());
    await_greeting(port.expect("a port"), begun, || None);
    let elapsed = begun.elapsed();
    docker(&["rm".to_owned(), "--force".to_owned(), "--volumes".to_owned(), id]);
    elapsed
}

fn docker(words: &[String]) -> String {
    let Output { status, stdout, stderr } = Command::new("docker").args(words).output().expect("docker can be started");
    assert!(
        status.success(),
        "docker {}: {status}: {}",
        words.join(" "),
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

fn strings(words: &Value) -> impl Iterator<Item = String> + '_ {
    let words = words.as_array().into_iter().flatten();
    words.map(|word| word.as_str().expect("text").to_owned())
}

/// A MySQL server speaks first, as soon as it takes connections. What stands before it (an engine's proxy) accepts and
/// closes.
fn await_greeting(port: u16, begun: Instant, mut ended: impl FnMut() -> Option<String>) {
    let greeting = || -> io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.read_exact(&mut [0; 5])
    };
    while let Err(error) = greeting() {
        if let Some(how) = ended() {
            panic!("{how}");
        }
        assert!(begun.elapsed() < DEADLINE, "no greeting: {error}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
