//! A private MariaDB server for one test, started by the tool's own environment.

use parity::diagnostic::Source;
use parity::environment::{Choice, Config, Data, Environment, Events, Finding, Options, Reuse};

use super::services;
use super::skip::{is_skipped, no_mariadb};

/// An empty server. Its sizes keep the data directory small, and what waits for a disk to be safe is left out.
pub const SERVER: &str = r#"
[service.database]
sql = "mysql://root@{address}/"
ready = { sql = "SELECT 1" }
deadline = "120s"

[service.database.process]
initialise = [
  "mariadb-install-db", "--no-defaults", "--user=root", "--datadir={data}", "--skip-test-db", "--skip-name-resolve",
  "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M", "--innodb-data-file-path=ibdata1:1M:autoextend",
  "--innodb-autoextend-increment=1", "--innodb-flush-method=nosync", "--debug-no-sync",
]
command = [
  "mariadbd", "--no-defaults", "--user=root", "--datadir={data}", "--port={port}", "--bind-address=127.0.0.1",
  "--socket={run}/s", "--pid-file={run}/pid", "--skip-name-resolve", "--performance-schema=OFF",
  "--innodb-log-file-size=4M", "--innodb-data-file-path=ibdata1:1M:autoextend", "--innodb-autoextend-increment=1",
  "--innodb-buffer-pool-size=8M", "--innodb-use-native-aio=0", "--innodb-flush-method=nosync", "--debug-no-sync",
]
"#;

/// A running server; dropping it kills the server and removes its data.
pub struct Database {
    address: String,
    _environment: Environment,
}

impl Database {
    /// Starts a server over a copy of an initialised data directory, which the first test makes for all.
    ///
    /// `None`, said aloud, when its programs are missing and may be.
    pub async fn start() -> Option<Self> {
        if is_skipped(no_mariadb()) {
            return None;
        }
        let config = Config::parse(&Source::new("a test's server", SERVER), &services::root()).unwrap();
        let options = Options {
            cache: services::cache(),
            profile: None,
            choice: Choice::default(),
            finding: Finding::Allowed,
            data: Data::Prepared,
            reuse: Reuse::Refused,
            variables: std::sync::Arc::default(),
        };
        let started = Environment::start(&config, &options, &Events::ignored()).await;
        let environment = started.unwrap_or_else(|error| panic!("{error}\n{}", error.log().join("\n")));
        let address = environment.service("database").and_then(|service| service.address.clone());
        Some(Self {
            address: address.expect("it was given a port"),
            _environment: environment,
        })
    }

    /// The address of a schema, which may or may not exist; with an empty name, of the server.
    pub fn url(&self, schema: &str) -> String {
        format!("mysql://root@{}/{schema}", self.address)
    }
}
