//! A project of its own for one test: a folder with a `parity.toml`, a cache that nobody else uses, and a look at what is
//! left when everything should be gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use parity::diagnostic::Source;
use parity::environment::{Choice, Config, Data, Environment, Event, Events, Finding, Kind, Options, Reuse, StartError};

/// A server of nothing but MariaDB, with a seed of two files. It waits for no disk, which builds beside the tests keep busy: a
/// fresh server asks for hundreds of its writes to be made safe.
pub const DATABASE: &str = r#"
[service.database]
seed = ["seed/*.sql"]
sql = "mysql://root@{address}/"
ready = { sql = "SELECT 1" }
seeded = { sql = "SELECT 1 FROM parity_test.sentinel" }
deadline = "180s"

[service.database.process]
initialise = ["mariadb-install-db", "--no-defaults", "--datadir={data}", "--auth-root-authentication-method=normal",
              "--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=4M", "--innodb-data-file-path=ibdata1:1M:autoextend",
              "--innodb-autoextend-increment=1", "--innodb-flush-method=nosync", "--debug-no-sync"]
command = ["mariadbd", "--no-defaults", "--datadir={data}", "--port={port}", "--bind-address=127.0.0.1", "--socket={run}/db.sock",
           "--user=root", "--skip-name-resolve", "--innodb-log-file-size=4M", "--innodb-data-file-path=ibdata1:1M:autoextend",
           "--innodb-autoextend-increment=1", "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--debug-no-sync",
           "--pid-file={run}/db.pid"]
"#;

pub struct Project {
    folder: tempfile::TempDir,
    pub options: Options,
}

impl Project {
    pub fn new(configuration: &str) -> Self {
        let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let project = Self {
            options: Options {
                cache: folder.path().join("cache"),
                profile: None,
                choice: Choice::default(),
                finding: Finding::Allowed,
                data: Data::Prepared,
                reuse: Reuse::Refused,
                variables: Arc::new(BTreeMap::new()),
            },
            folder,
        };
        project.write("parity.toml", configuration);
        project.write(
            "seed/1-tables.sql",
            "CREATE DATABASE parity_test;\nCREATE TABLE parity_test.sentinel (id INT);\n",
        );
        project.write("seed/2-rows.sql", "USE parity_test;\nINSERT INTO sentinel VALUES (1);\n");
        project
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A script that can be run.
    pub fn script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, &format!("#!/bin/sh\n{text}"));
        std::fs::set_permissions(self.path().join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn config(&self) -> Config {
        let text = std::fs::read_to_string(self.path().join("parity.toml")).unwrap();
        Config::parse(&Source::new("parity.toml", text), self.path()).unwrap()
    }

    pub async fn start(&self) -> Result<Environment, StartError> {
        Environment::start(&self.config(), &self.options, &Events::ignored()).await
    }

    /// Starts, and gives what happened as well.
    pub async fn start_heard(&self) -> (Result<Environment, StartError>, Vec<Event>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = heard.clone();
        let events = Events::to(move |event| sink.lock().unwrap().push(event));
        let started = Environment::start(&self.config(), &self.options, &events).await;
        let heard = heard.lock().unwrap().clone();
        (started, heard)
    }

    pub fn leases(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.options.cache.join("leases")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
    }

    /// The processes that belong to this project: those that carry its path in their command line or environment.
    pub fn processes(&self) -> Vec<String> {
        let path = self.path().to_str().unwrap().as_bytes().to_owned();
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            if !id.bytes().all(|byte| byte.is_ascii_digit()) || id == std::process::id().to_string() {
                continue;
            }
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let folder = std::fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            if line.windows(path.len()).any(|window| window == path) || folder.starts_with(self.path()) {
                found.push(format!("{id}: {}", String::from_utf8_lossy(&line).replace('\0', " ")));
            }
        }
        found
    }

    /// Fails unless every process and every lease is gone soon.
    pub async fn assert_nothing_left(&self) {
        soon("no process is left", || self.processes().is_empty()).await;
        soon("no lease is left", || self.leases().is_empty()).await;
    }
}

/// A test that fails half way may leave what was meant to be kept.
impl Drop for Project {
    fn drop(&mut self) {
        for process in self.processes() {
            let id = process.split(':').next().unwrap_or_default();
            let _ = std::process::Command::new("kill").args(["-KILL", id]).status();
        }
    }
}

/// Polls until it holds; panics when it does not within twenty seconds.
pub async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "not within twenty seconds: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub fn ready(events: &[Event], name: &str) -> Duration {
    let found = events.iter().find_map(|event| match event {
        Event::Ready { service, elapsed, .. } if service == name => Some(*elapsed),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("`{name}` was never ready: {events:?}"))
}

pub fn is_preparing(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Preparing { .. }))
}

pub fn all(kind: Kind) -> Choice {
    Choice {
        all: Some(kind),
        ..Choice::default()
    }
}
