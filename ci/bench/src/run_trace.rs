//! What both benches of the middle judge: the shipped suite, its case with a trace, and an exchange of it.

use std::sync::Arc;
use std::time::Duration;

use parity::diagnostic::Source;
use parity::exchange::{Exchange, Headers, Observation, PerSide};
use parity::suite::{Case, Suite, read_suite};

/// The run whose trace it is.
pub const RUN: u64 = 34;

/// The suite, the case of [`RUN`], and what the two sides answer in it.
///
/// # Panics
/// When the shipped suite is none, or does not ask that run second.
#[must_use]
pub fn exchange(legacy: String, candidate: String) -> (Arc<Suite>, Case, Exchange) {
    let suite = read_suite(&Source::new(
        "run-trace.toml",
        include_str!("../../../fixtures/suites/run-trace.toml"),
    ));
    let suite = Arc::new(suite.unwrap_or_else(|errors| panic!("{errors}")));
    let case = suite.cases().into_iter().nth(1).expect("run 34");
    let answer = |body: String| {
        Ok(Observation {
            status: 200,
            headers: Headers(vec![("content-type".into(), "application/json".into())]),
            body: body.into(),
            elapsed: Duration::ZERO,
        })
    };
    let exchange = PerSide {
        legacy: answer(legacy),
        candidate: answer(candidate),
    };
    (suite, case, exchange)
}
