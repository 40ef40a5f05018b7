//! Readiness: a question asked again and again until it is answered as it should be, or a deadline passes.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::time::Instant;

use super::process::Command;

/// A question, everything in it known.
#[derive(Debug)]
pub(super) enum Asked {
    /// A query that must give a row.
    Sql(String),
    /// A GET of a whole address.
    Http { url: String, status: Option<u16> },
    /// A TCP connection to `host:port`.
    Tcp(String),
    /// A command that must exit with 0.
    Command(Box<Command>),
}

/// How often to ask: the longer it takes, the less often, for who waits a second does not notice a few milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    shortest: Duration,
    longest: Duration,
    /// Which part of the time that was waited so far the next pause takes.
    part: u32,
}

impl Pace {
    /// For what was just started here.
    pub(super) const LOCAL: Self = Self {
        shortest: Duration::from_millis(1),
        longest: Duration::from_millis(50),
        part: 20,
    };
    /// For what belongs to somebody else.
    pub(super) const REMOTE: Self = Self {
        shortest: Duration::from_millis(500),
        longest: Duration::from_secs(5),
        part: 2,
    };

    fn pause(self, waited: Duration) -> Duration {
        (waited / self.part).clamp(self.shortest, self.longest)
    }
}

/// It was not answered in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotReady {
    /// What the last try met.
    pub(super) last: String,
}

impl Asked {
    /// Asks once.
    async fn once(&self, sql: &mut Sql) -> Result<(), String> {
        match self {
            Self::Sql(statement) => sql.ask(statement).await,
            Self::Http { url, status } => http(url, *status).await,
            Self::Tcp(address) => match tokio::net::TcpStream::connect(address).await {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            },
            Self::Command(command) => command_succeeds(command).await,
        }
    }

    /// Asks until it is answered.
    pub(super) async fn until(&self, deadline: Instant, pace: Pace, sql: &mut Sql) -> Result<(), NotReady> {
        /// One try; a server that accepts and then says nothing must not use up the whole deadline.
        const TRY: Duration = Duration::from_secs(5);
        let begun = Instant::now();
        let mut last = "it was not asked in time".to_owned();
        let mut is_asked = false;
        loop {
            let limit = deadline.min(Instant::now() + TRY);
            match tokio::time::timeout_at(limit, self.once(sql)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(why)) => last = why,
                // What an earlier try met says more than that the last one was cut short.
                Err(_) if Instant::now() >= deadline && is_asked => {}
                Err(_) => "no answer within the time of one try".clone_into(&mut last),
            }
            is_asked = true;
            let next = Instant::now() + pace.pause(begun.elapsed());
            if next >= deadline {
                return Err(NotReady { last });
            }
            tokio::time::sleep_until(next).await;
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(statement) => write!(f, "SQL `{statement}`"),
            Self::Http { url, status: Some(status) } => write!(f, "status {status} from GET {url}"),
            Self::Http { url, status: None } => write!(f, "GET {url}"),
            Self::Tcp(address) => write!(f, "a TCP connection to {address}"),
            Self::Command(command) => write!(f, "`{}`", command.shown()),
        }
    }
}

/// A SQL connection that is opened when it is first needed, and again after an error.
#[derive(Debug, Default)]
pub(super) struct Sql {
    url: Option<String>,
    connection: Option<MySqlConnection>,
}

impl Sql {
    /// A connection to an address, not opened yet.
    pub(super) const fn new(url: Option<String>) -> Self {
        Self { url, connection: None }
    }

    /// Runs a query that must give a row.
    async fn ask(&mut self, statement: &str) -> Result<(), String> {
        let connection = self.connection().await?;
        let found = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .fetch_optional(&mut *connection)
            .await;
        match found {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err("no row".to_owned()),
            Err(error) => {
                // After an error of the server the connection is good; after any other one it may not be.
                if error.as_database_error().is_none() {
                    self.connection = None;
                }
                Err(described(&error))
            }
        }
    }

    /// Runs statements whose results nobody looks at.
    pub(super) async fn run(&mut self, statements: String) -> Result<(), String> {
        use futures_util::TryStreamExt as _;
        let connection = self.connection().await?;
        let mut results = sqlx::raw_sql(AssertSqlSafe(statements)).execute_many(&mut *connection);
        while results.try_next().await.map_err(|error| described(&error))?.is_some() {}
        Ok(())
    }

    /// Says goodbye, so that the server does not log a lost client.
    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = tokio::time::timeout(Duration::from_millis(250), connection.close()).await;
        }
    }

    async fn connection(&mut self) -> Result<&mut MySqlConnection, String> {
        let connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let url = self.url.as_deref().ok_or("the service has no `sql` address")?;
            let options = MySqlConnectOptions::from_str(url).map_err(|error| described(&error))?;
            // The server's own settings, so that a seed means what it means to every other client.
            let options = options.pipes_as_concat(false).no_engine_substitution(false).timezone(None);
            connect(url, &options).await.map_err(|error| described(&error))?
        };
        Ok(self.connection.insert(connection))
    }
}

/// Connects. On this machine without TLS where that is allowed: agreeing on it takes longer than most questions. A server that
/// does not know the password yet wants it over TLS and nothing else, and is given it so.
async fn connect(url: &str, options: &MySqlConnectOptions) -> Result<MySqlConnection, sqlx::Error> {
    let url = url::Url::parse(url).ok();
    let is_chosen = |url: &url::Url| url.query_pairs().any(|(name, _)| name == "ssl-mode" || name == "sslmode");
    if url.is_some_and(|url| super::reached::is_loopback(&url) && !is_chosen(&url)) {
        match options.clone().ssl_mode(MySqlSslMode::Disabled).connect().await {
            Err(error) if !matches!(error, sqlx::Error::Io(_)) => {}
            connected => return connected,
        }
    }
    options.connect().await
}

/// An error in one line, without the library's own prefixes.
fn described(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.to_string(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// A client for addresses of one scheme, made once.
fn client(is_tls: bool) -> Result<&'static reqwest::Client, String> {
    type Made = std::sync::OnceLock<Result<reqwest::Client, String>>;
    static PLAIN: Made = Made::new();
    static TLS: Made = Made::new();
    let make = || {
        // Whoever installs a provider first wins; all install the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            // A proxy of the machine does not reach what runs on it.
            .no_proxy()
            .user_agent(concat!("parity/", env!("CARGO_PKG_VERSION")));
        if !is_tls {
            // Reading the system's certificates takes longer than most questions.
            builder = builder.tls_certs_only([]);
        }
        builder.build().map_err(|error| error.to_string())
    };
    let made = if is_tls { &TLS } else { &PLAIN };
    made.get_or_init(make).as_ref().map_err(Clone::clone)
}

async fn http(url: &str, status: Option<u16>) -> Result<(), String> {
    let client = client(url.starts_with("https:"))?;
    let response = client.get(url).send().await.map_err(|error| deepest(&error))?;
    let found = response.status().as_u16();
    match status {
        Some(wanted) if wanted != found => Err(format!("status {found}, expected {wanted}")),
        None if found >= 500 => Err(format!("status {found}, expected one below 500")),
        _ => Ok(()),
    }
}

/// The cause at the bottom, which names what the machine said.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

async fn command_succeeds(command: &Command) -> Result<(), String> {
    let (program, arguments) = command.words.split_first().ok_or("an empty command")?;
    let program = super::process::find_program(program, &command.directory).ok_or_else(|| format!("there is no program `{program}`"))?;
    let output = tokio::process::Command::new(program)
        .args(arguments)
        .envs(&command.environment)
        .current_dir(&command.directory)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = super::process::last_lines(&String::from_utf8_lossy(&output.stderr), 1).pop();
    Err(said.map_or_else(|| output.status.to_string(), |line| format!("{}: {line}", output.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(question: Asked, within: Duration) -> Result<(), String> {
        let deadline = Instant::now() + within;
        question
            .until(deadline, Pace::LOCAL, &mut Sql::default())
            .await
            .map_err(|not| not.last)
    }

    /// Answers each connection with what it is given, one after the other.
    async fn server(answers: &'static [&'static str]) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            for status in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn http_is_asked_until_the_status_is_right() {
        let address = server(&["503 No", "404 No", "200 Yes"]).await;
        let question = Asked::Http {
            url: format!("http://{address}/health"),
            status: Some(200),
        };
        assert_eq!(asked(question, Duration::from_secs(10)).await, Ok(()));
        let address = server(&["503 No", "404 No"]).await;
        let question = Asked::Http {
            url: format!("http://{address}/"),
            status: None,
        };
        assert_eq!(asked(question, Duration::from_secs(10)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_deadline_tells_what_the_last_try_met() {
        let port = super::super::port::Port::free().unwrap();
        let address = format!("127.0.0.1:{}", port.number);
        let refused = Err("Connection refused (os error 111)".to_owned());
        assert_eq!(asked(Asked::Tcp(address.clone()), Duration::from_millis(300)).await, refused);
        let question = Asked::Http {
            url: format!("http://{address}/"),
            status: None,
        };
        assert_eq!(asked(question, Duration::from_millis(300)).await, refused);
        let sql = Asked::Sql("SELECT 1".to_owned());
        let mut connection = Sql::new(Some(format!("mysql://root@{address}/")));
        let not = sql
            .until(Instant::now() + Duration::from_millis(300), Pace::LOCAL, &mut connection)
            .await
            .unwrap_err();
        assert_eq!(not.last, "Connection refused (os error 111)");
    }

    #[tokio::test]
    async fn a_command_is_asked_by_its_exit_code() {
        let command = |script: &str| {
            Asked::Command(Box::new(Command {
                words: ["sh", "-c", script].map(str::to_owned).to_vec(),
                environment: std::collections::BTreeMap::new(),
                temporary: None,
                directory: std::path::PathBuf::from("."),
                log: std::path::PathBuf::from("/dev/null"),
            }))
        };
        assert_eq!(asked(command("true"), Duration::from_secs(10)).await, Ok(()));
        let failed = asked(command("echo not yet >&2; exit 2"), Duration::from_millis(300)).await;
        assert_eq!(failed, Err("exit status: 2: not yet".to_owned()));
    }
}
