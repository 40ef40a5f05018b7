//! A private MariaDB server for one test.
//!
//! An initialised data directory is prepared once per server version and kept in the build directory; each test copies
//! it and starts its own server over the copy, which takes about 0.2 s. The server belongs to a value and ends
//! with it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

/// How long a server may take to start on a machine that is busy with other tests.
const DEADLINE: Duration = Duration::from_mins(1);

/// What both the initialising and the running server are told, so that a data directory stays small.
const SIZES: [&str; 4] = [
    "--innodb-data-file-path=ibdata1:1M:autoextend",
    "--innodb-autoextend-increment=1",
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=8M",
];

/// A running server; dropping it kills the server and removes its data.
pub struct Database {
    server: Child,
    port: u16,
    _directory: TempDir,
}

impl Database {
    /// Starts a server and waits until it answers SQL.
    ///
    /// `None`, said on stderr, when its programs are missing and `PARITY_TEST_ALLOW_SKIP` allows to go on without.
    pub async fn start() -> Option<Self> {
        if let Err(missing) = programs() {
            let allowed = std::env::var("PARITY_TEST_ALLOW_SKIP").is_ok_and(|value| !matches!(&*value, "" | "0"));
            assert!(
                allowed,
                "`{missing}` is not installed: `ci/test` installs what the tests need; \
                 set `PARITY_TEST_ALLOW_SKIP=1` to skip those that need it"
            );
            // Not `eprintln`, which the test harness swallows when a test passes.
            let name = std::thread::current().name().unwrap_or("a test").to_owned();
            writeln!(io::stderr(), "SKIPPED {name}: `{missing}` is not installed").expect("stderr is open");
            return None;
        }
        let prepared = prepare();
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        copy(&prepared, &directory.path().join("data"));
        // A port that was free may be taken by another program a moment later.
        for _ in 0..5 {
            if let Some((server, port)) = try_start(directory.path()).await {
                return Some(Self {
                    server,
                    port,
                    _directory: directory,
                });
            }
        }
        panic!("mariadbd did not start:\n{}", log(directory.path()));
    }

    /// The address of a schema, which may or may not exist; with an empty name, of the server.
    pub fn url(&self, schema: &str) -> String {
        format!("mysql://root@127.0.0.1:{}/{schema}", self.port)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// Checks that the programs are there; the error is the name of the first that is not.
fn programs() -> Result<(), &'static str> {
    for program in ["mariadbd", "mariadb-install-db", "setpriv"] {
        let found = std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
        if !found {
            return Err(program);
        }
    }
    Ok(())
}

/// An initialised data directory that no server runs on, made by the first test that needs it.
fn prepare() -> PathBuf {
    let version = Command::new("mariadbd").arg("--version").output().unwrap().stdout;
    let key = blake3::hash(&[&version, SIZES.concat().as_bytes()].concat()).to_hex();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let prepared = folder.join(format!("mariadb-{}", &key[..16]));

    // Tests run as threads and as processes; a file lock makes both wait for one initialisation.
    let lock = File::create(folder.join("mariadb.lock")).unwrap();
    lock.lock().unwrap();
    if !prepared.exists() {
        let aside = TempDir::new_in(folder).unwrap();
        // Servers that share a temporary folder remove each other's temporary tables when they start.
        let temporary = TempDir::new_in(folder).unwrap();
        let output = Command::new("mariadb-install-db")
            .env("TMPDIR", temporary.path())
            .args([
                "--no-defaults",
                "--user=root",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            ])
            .arg(format!("--datadir={}", aside.path().display()))
            .args(SIZES)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::rename(aside.keep(), &prepared).unwrap();
    }
    prepared
}

/// Starts a server on a port that seems free; `None` when it ended before it answered.
async fn try_start(directory: &Path) -> Option<(Child, u16)> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // Only this server can answer at a socket in this directory; somebody else could at the port.
    let socket = directory.join("s");
    let error_log = File::create(directory.join("log")).unwrap();
    let temporary = directory.join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    let mut server = dies_with_parent("mariadbd")
        .args(["--no-defaults", "--user=root", "--bind-address=127.0.0.1", "--skip-name-resolve"])
        .args([
            "--performance-schema=OFF",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-use-native-aio=0",
        ])
        .args(SIZES)
        .arg(format!("--datadir={}", directory.join("data").display()))
        .arg(format!("--port={port}"))
        .arg(format!("--socket={}", socket.display()))
        .arg(format!("--tmpdir={}", temporary.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(error_log)
        .spawn()
        .unwrap();

    let options = MySqlConnectOptions::new().username("root").socket(&socket);
    let started = Instant::now();
    loop {
        if let Ok(connection) = options.connect().await {
            let _: Result<(), sqlx::Error> = MySqlConnection::close(connection).await;
            return Some((server, port));
        }
        if server.try_wait().unwrap().is_some() {
            return None;
        }
        if started.elapsed() > DEADLINE {
            end(&mut server);
            panic!("mariadbd did not answer within {DEADLINE:?}:\n{}", log(directory));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A command whose process is killed when the thread that started it is gone, also when that was killed itself.
fn dies_with_parent(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", program]);
    command
}

fn end(server: &mut Child) {
    // Both fail only when it has ended already.
    let _ = server.kill();
    let _ = server.wait();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn log(directory: &Path) -> String {
    fs::read_to_string(directory.join("log")).unwrap_or_default()
}
