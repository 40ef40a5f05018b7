//! What the operator decides: each setting is a flag and an environment variable of `openml-api`.
//!
//! A *setting* is read once, at the start. Nothing here opens, binds or connects to anything.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use sqlx::mysql::MySqlConnectOptions;
use tracing_subscriber::EnvFilter;
use url::Url;

/// The settings of `openml-api`.
#[derive(Debug, clap::Parser)]
#[command(
    name = "openml-api",
    version,
    about = "Serves OpenML's run trace: GET /run/trace/{run_id}",
    long_about = "Serves OpenML's run trace: GET /run/trace/{run_id}\n\n\
        Once it listens, it prints one line on stdout, `listening on http://ADDRESS`; everything else goes to stderr. \
        It starts without its database and answers 503 until the database answers. SIGTERM and SIGINT end it after \
        the requests that are running; a second one ends it at once.",
    after_help = "Durations are written as `5s`, `250ms` or `1m 30s`."
)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "OPENML_API_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        value_parser = address
    )]
    pub listen: SocketAddr,

    /// Database to read: `mysql://USER:PASSWORD@HOST:PORT/DATABASE`
    ///
    /// Better given in the environment than as a flag, which every user of the machine can see.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: DatabaseUrl,

    /// How much of the database and of time the service may take.
    #[command(flatten)]
    pub limits: Limits,

    /// What to log on stderr: `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,sqlx=debug`
    ///
    /// `debug` logs every request with its status and duration.
    #[arg(long, env = "OPENML_API_LOG", value_name = "FILTER", default_value = "info", value_parser = log_filter)]
    pub log: String,
}

/// Upper bounds, so that no request and no shutdown lasts for ever.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// Connections to the database that may be open at once
    #[arg(
        long,
        env = "OPENML_API_DATABASE_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=10_000)
    )]
    pub database_connections: u32,

    /// How long a request waits for a connection to the database before it is answered 503
    #[arg(long, env = "OPENML_API_ACQUIRE_TIMEOUT", value_name = "DURATION", default_value = "2s", value_parser = duration)]
    pub acquire_timeout: Duration,

    /// How long the database may take to answer the questions of one request before it is answered 503
    #[arg(long, env = "OPENML_API_QUERY_TIMEOUT", value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub query_timeout: Duration,

    /// How long running requests may take to finish after SIGTERM or SIGINT
    #[arg(long, env = "OPENML_API_SHUTDOWN_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub shutdown_timeout: Duration,
}

/// The address of the database with the password in it, which is why it has no `Display` and a silent `Debug`.
///
/// Any text is one: it is read by [`Self::connect_options`] and not while arguments are parsed, because an argument
/// parser repeats what it cannot read.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// What to connect to, and how.
    ///
    /// The connection's character set is always `utf8mb4`, whatever the address says: the tables are latin1, and the
    /// server converts.
    ///
    /// # Errors
    ///
    /// When the text is not the address of one database of a MySQL server. The error does not repeat the text.
    pub fn connect_options(&self) -> Result<MySqlConnectOptions, InvalidDatabaseUrl> {
        let invalid = |reason: String| InvalidDatabaseUrl { reason };
        let url = Url::parse(&self.0).map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "mysql" | "mariadb") {
            return Err(invalid("its scheme is not `mysql`".to_owned()));
        }
        if url.path().trim_matches('/').is_empty() {
            return Err(invalid("it names no database".to_owned()));
        }
        let options = MySqlConnectOptions::from_str(&self.0).map_err(|error| invalid(error.to_string()))?;
        // Only the character set matters to two SELECTs; the driver's other session settings would be noise.
        Ok(options
            .charset("utf8mb4")
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None))
    }
}

impl FromStr for DatabaseUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(masked)")
    }
}

/// The database address cannot be used; says why without repeating it.
#[derive(Debug, thiserror::Error)]
#[error("`--database-url` or `DATABASE_URL` cannot be used: {reason}; expected `mysql://USER:PASSWORD@HOST:PORT/DATABASE`")]
pub struct InvalidDatabaseUrl {
    reason: String,
}

/// Reads an address to listen on. Names are not resolved: a name may stand for several addresses.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "expected an IP address and a port, such as `127.0.0.1:8080` or `[::1]:0`".to_owned())
}

/// Reads a positive duration such as `250ms`.
fn duration(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "expected a duration above zero with its unit, such as `5s` or `250ms`".to_owned())
}

/// Checks the directives of the log; they are read again when the log starts.
fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::builder()
        .parse(text)
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    const URL: &str = "mysql://reader:pass%40word@db.example:3307/openml_expdb";

    fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
        Config::try_parse_from([&["openml-api"], arguments].concat())
    }

    fn invalid(url: &str) -> String {
        let Ok(url) = url.parse::<DatabaseUrl>();
        url.connect_options().unwrap_err().to_string()
    }

    #[test]
    fn the_command_is_well_formed() {
        Config::command().debug_assert();
    }

    #[test]
    fn every_setting_has_a_flag_and_an_environment_variable() {
        let settings: Vec<(String, String)> = Config::command()
            .get_arguments()
            .filter(|argument| argument.get_id() != "help" && argument.get_id() != "version")
            .map(|argument| {
                let flag = argument.get_long().expect("a flag").to_owned();
                let variable = argument.get_env().expect("a variable").to_str().expect("text").to_owned();
                (flag, variable)
            })
            .collect();
        let settings: Vec<(&str, &str)> = settings.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
        assert_eq!(
            settings,
            [
                ("listen", "OPENML_API_LISTEN"),
                ("database-url", "DATABASE_URL"),
                ("database-connections", "OPENML_API_DATABASE_CONNECTIONS"),
                ("acquire-timeout", "OPENML_API_ACQUIRE_TIMEOUT"),
                ("query-timeout", "OPENML_API_QUERY_TIMEOUT"),
                ("shutdown-timeout", "OPENML_API_SHUTDOWN_TIMEOUT"),
                ("log", "OPENML_API_LOG"),
            ]
        );
    }

    #[test]
    fn settings_are_typed() {
        let config = parse(&[
            "--database-url",
            URL,
            "--listen=[::1]:0",
            "--database-connections=3",
            "--acquire-timeout=250ms",
            "--query-timeout=1m 30s",
            "--log=warn,parity=debug",
        ])
        .unwrap();
        assert_eq!(config.listen, "[::1]:0".parse().unwrap());
        assert_eq!(config.limits.database_connections, 3);
        assert_eq!(config.limits.acquire_timeout, Duration::from_millis(250));
        assert_eq!(config.limits.query_timeout, Duration::from_secs(90));
        assert_eq!(config.log, "warn,parity=debug");
    }

    #[test]
    fn settings_that_mean_nothing_are_refused() {
        for argument in [
            "--listen=localhost",
            "--database-connections=0",
            "--acquire-timeout=5",
            "--acquire-timeout=0s",
            "--query-timeout=-1s",
            "--log=loud=louder",
        ] {
            let error = parse(&["--database-url", URL, argument]).unwrap_err();
            assert_eq!(error.kind(), clap::error::ErrorKind::ValueValidation, "{argument}: {error}");
        }
    }

    #[test]
    fn a_database_address_is_read_whole() {
        let Ok(url) = URL.parse::<DatabaseUrl>();
        let options = url.connect_options().unwrap();
        assert_eq!(options.get_host(), "db.example");
        assert_eq!(options.get_port(), 3307);
        assert_eq!(options.get_database(), Some("openml_expdb"));
    }

    #[test]
    fn the_connection_is_utf8_whatever_the_address_says() {
        let Ok(url) = "mysql://root@localhost/db?charset=latin1".parse::<DatabaseUrl>();
        assert_eq!(url.connect_options().unwrap().get_charset(), "utf8mb4");
    }

    #[test]
    fn an_unusable_database_address_is_explained_and_not_repeated() {
        let expected = "expected `mysql://USER:PASSWORD@HOST:PORT/DATABASE`";
        let start = "`--database-url` or `DATABASE_URL` cannot be used:";
        assert_eq!(invalid(""), format!("{start} relative URL without a base; {expected}"));
        assert_eq!(
            invalid("mysql://u:secret@h:port/d"),
            format!("{start} invalid port number; {expected}")
        );
        assert_eq!(
            invalid("postgres://u:secret@h/d"),
            format!("{start} its scheme is not `mysql`; {expected}")
        );
        assert_eq!(invalid("mysql://u:secret@h/"), format!("{start} it names no database; {expected}"));
    }

    #[test]
    fn the_password_shows_in_no_output() {
        let config = parse(&["--database-url", URL]).unwrap();
        assert!(!format!("{config:?}").contains("word"), "{config:?}");
        let error = parse(&["--database-url", URL, "--listen=nowhere"]).unwrap_err();
        assert!(!error.to_string().contains("word"), "{error}");
    }
}
