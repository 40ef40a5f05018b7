//! The process around the candidate service: arguments in, one line on stdout, a log on stderr, an exit code out.
//!
//! Exit codes: 0 ended after SIGTERM or SIGINT with every request answered; 1 it could not start, or requests were
//! cut off; 2 an argument or environment variable cannot be used.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use parity::endpoint::{Config, Database, Ended, serve};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let config = Config::parse();
    start_log(&config.log);
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .and_then(|runtime| {
            let outcome = runtime.block_on(run(config));
            // What is still running was given its time; nobody waits for it now.
            runtime.shutdown_background();
            outcome
        });
    match outcome {
        Ok(Ended::Finished) => ExitCode::SUCCESS,
        Ok(Ended::CutOff) => {
            tracing::warn!("ended with requests unanswered");
            ExitCode::FAILURE
        }
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until the first signal, and then for as long as running requests may take or until the second.
async fn run(config: Config) -> io::Result<Ended> {
    let options = config.database_url.connect_options().unwrap_or_else(|error| {
        Config::command().error(ErrorKind::ValueValidation, error).exit();
    });
    let database = Database::new(options, &config.limits);
    // Before the address is announced, so that whoever reads it may send a signal.
    let mut signals = Signals::catch()?;

    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on `{}`: {error}", config.listen)))?;
    announce(&listener)?;

    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        // It never fails to arrive: the sender lives below until it is used.
        let _ = stopped.await;
    };
    let serving = serve(listener, shutdown, database, config.limits.shutdown_timeout);
    tokio::pin!(serving);

    tokio::select! {
        ended = &mut serving => return ended,
        name = signals.next() => tracing::info!("{name}: finishing the requests that run"),
    }
    drop(stop);
    tokio::select! {
        ended = serving => ended,
        name = signals.next() => {
            tracing::info!("{name} again: ending at once");
            Ok(Ended::CutOff)
        }
    }
}

/// Says where the service listens: the one line on stdout.
fn announce(listener: &TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    writeln!(io::stdout().lock(), "listening on http://{address}")
        .map_err(|error| io::Error::new(error.kind(), format!("cannot write the address to stdout: {error}")))
}

/// Logs to stderr, coloured on a terminal.
fn start_log(filter: &str) {
    let filter = EnvFilter::builder().parse_lossy(filter);
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .init();
}

/// The signals that ask a service to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From here on these signals no longer kill the process.
    fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one and tells its name.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}
