//! Environments: the services that answers come from, started, seeded, asked whether they are ready, and ended.
//!
//! An **environment** is the value that owns every service of a run. What services there are is declared in `parity.toml`
//! ([`Config`]); as what each is there on this machine (a container, a process, a url, a recording) is decided by a
//! [`Plan`], which is pure; [`Environment::start`] carries it out.
//!
//! This room knows nothing of how answers are judged, and prints nothing: it tells what happens as [`Event`]s.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use parity::environment::{Config, Environment, Events, Options};
//!
//! let config = Config::load("parity.toml".as_ref())?;
//! let options = Options::of_this_process()?;
//! let environment = Environment::start(&config, &options, &Events::ignored()).await?;
//! if let Some(legacy) = environment.service("legacy") {
//!     println!("{} at {:?}, {}", legacy.kind, legacy.url, legacy.oracle);
//! }
//! environment.stop().await;
//! # Ok(()) }
//! ```
//!
//! # What is never left behind
//!
//! Everything that is started belongs to a *lease*: a folder in the cache that its owner holds a lock on. [`Environment::stop`]
//! ends it; dropping an environment, or the future of a start, ends it as well; a failed start ends what it had started; and
//! what an owner leaves that was killed is ended by the next start of anybody who shares the cache.

mod config;
#[cfg(feature = "containers")]
mod container;
mod decode;
mod discover;
#[cfg(feature = "containers")]
mod engine;
#[expect(clippy::module_inception, reason = "the room is named after the value that it is about")]
mod environment;
mod error;
mod event;
mod expand;
mod file;
mod interpolate;
mod kept;
mod lease;
mod plan;
mod port;
mod prepared;
mod process;
mod reached;
mod readiness;
mod seed;
mod start;
mod start_process;
mod validate;

pub use config::{Check, Config, Container, DEFAULT_DEADLINE, Gate, Kind, Process, Profile, Question, Recording, Service, Url};
pub use environment::{Data, Environment, Image, Options, Origin, Resolved, Reuse};
pub use error::{Failure, StartError};
pub use event::{Event, Events};
pub use interpolate::{Part, Place, Template};
pub use kept::Kept;
pub use plan::{Choice, Facts, Finding, Plan, PlanError, Planned};
pub use seed::seeds;
