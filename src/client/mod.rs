//! How observations are obtained: over HTTP.
//!
//! A *client* asks one side and tells what it answered, whole and unchanged, or why there was no answer. It follows no
//! redirects, keeps no cookies and decodes nothing; it knows nothing of how answers are judged. Towards addresses that are
//! not loopback it is a guest: it keeps a [`Pace`], writes nothing unless it is allowed to, and comes again when it is asked to.

mod body;
mod cause;
mod config;
mod http;
mod limit;
mod pace;
mod retry;
mod target;

pub use config::{ClientConfig, ClientError, Reach, Writes};
pub use http::{Asked, Client};
pub use limit::TimeLimit;
pub use pace::{Pace, Rate, Turn};
pub use retry::{Jitter, Patience};
