//! The pure middle on a suite and two answers given as text.

use std::sync::Arc;
use std::time::Duration;

use parity::diagnostic::Source;
use parity::exchange::{Exchange, Headers, Observation, PerSide};
use parity::suite::{Suite, read_suite};
use parity::translate::Detail;
use parity::verdict::{Judge, Verdict};

/// A verdict with what it stands on, as text.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    /// The rules that acted: `3 integer /trace/*/fold`.
    pub applied: Vec<String>,
    pub signatures: Vec<String>,
    /// Why a side could not be compared, the legacy's reason first.
    pub failures: Vec<String>,
    /// The expected body on one line.
    pub expected: Option<String>,
}

/// A suite without parameters that asks both sides for `/`.
pub fn suite(sides: &str, rules: &str) -> Arc<Suite> {
    read(&format!("suite = 's'\n{sides}\n{rules}"))
}

/// A suite whose sides say nothing of themselves.
pub fn plain_suite(rules: &str) -> Arc<Suite> {
    suite("[legacy]\nget = '/'\n[candidate]\nget = '/'", rules)
}

/// A suite from its text.
pub fn read(text: &str) -> Arc<Suite> {
    Arc::new(read_suite(&Source::new("s.toml", text.to_owned())).unwrap_or_else(|errors| panic!("{errors}\n{text}")))
}

/// An answer with a `Content-Type` alone.
pub fn answer(status: u16, media_type: &str, body: &str) -> Observation {
    with_headers(status, &[("Content-Type", media_type)], body)
}

/// An answer with these headers.
pub fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Observation {
    Observation {
        status,
        headers: Headers(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        body: body.to_owned().into(),
        elapsed: Duration::ZERO,
    }
}

/// A success in JSON.
pub fn json(body: &str) -> Observation {
    answer(200, "application/json", body)
}

/// The verdict of the suite's first case.
pub fn judge(suite: &Arc<Suite>, legacy: Observation, candidate: Observation) -> Said {
    let cases = suite.cases();
    let exchange: Exchange = PerSide {
        legacy: Ok(legacy),
        candidate: Ok(candidate),
    };
    let bases = PerSide {
        legacy: Some("http://legacy.test:8001"),
        candidate: Some("http://candidate.test:8002"),
    };
    let judgement = Judge::new(Arc::clone(suite)).judge(&cases[0], &exchange, bases, Detail::Effects);
    let acted = |count: u64, rule: &dyn std::fmt::Display| format!("{count} {rule}");
    Said {
        verdict: judgement.verdict,
        applied: judgement.applied.iter().map(|rule| acted(rule.count, &rule.rule)).collect(),
        signatures: judgement.signatures().into_iter().collect(),
        failures: [&judgement.failures.legacy, &judgement.failures.candidate]
            .into_iter()
            .flatten()
            .map(|failure| failure.reason.clone())
            .collect(),
        expected: judgement
            .expected
            .and_then(|expected| expected.body)
            .map(|body| parity::value::compact(&body)),
    }
}
