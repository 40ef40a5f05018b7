//! Records made for a test, with nothing in them that a test does not say.

use std::path::{Path, PathBuf};
use std::time::Duration;

use parity::exchange::{
    Answer, Body, Exchange, Headers, Observation, Oracle, OracleKind, PerSide, Request, Side, Unreachable, UnreachableKind,
};
use parity::record::{End, Event, Header, Record, RecordedExchange, RecordedService, RecordedSuite, Writer};
use parity::redact::{Key, Redactor, SecretNames};
use parity::suite::{Binding, Bound, Case};
use parity::verdict::{Judgement, Standing, Verdict};
use tempfile::TempDir;

pub fn header() -> Header {
    Header {
        tool: "parity 1.2.3".into(),
        started: "2026-11-23T12:00:00Z".parse().expect("a timestamp"),
        oracle: Oracle {
            kind: OracleKind::StandIn,
            source: "php fixtures/legacy".into(),
        },
        services: Side::BOTH
            .into_iter()
            .map(|side| RecordedService {
                name: side.name().into(),
                base: Some(format!("http://{side}.test/api/")),
                shown: format!("the {side}"),
            })
            .collect(),
        suites: vec![RecordedSuite {
            inputs: None,
            name: "run-trace".into(),
            file: "fixtures/suites/run-trace.toml".into(),
            digest: "abc".into(),
            text: "suite = \"run-trace\"\n".into(),
            services: PerSide {
                legacy: "legacy".into(),
                candidate: "candidate".into(),
            },
        }],
        environment: Vec::new(),
        profile: None,
        full: true,
        today: None,
        shard: None,
    }
}

pub fn redactor() -> Redactor {
    Redactor::new(Key::new([1; 32]), SecretNames::default(), [])
}

pub fn case(run_id: &str) -> Case {
    Case {
        suite: "run-trace".into(),
        binding: Binding(vec![Bound {
            name: "run_id".into(),
            value: run_id.into(),
            is: (run_id == "34").then(|| "a trace".into()),
        }]),
    }
}

pub fn get(target: &str) -> Request {
    Request {
        method: "GET".into(),
        target: target.into(),
        ..Request::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an answer is one of two")]
pub fn answer(body: impl Into<Body>) -> Answer {
    Ok(Observation {
        status: 200,
        headers: Headers(vec![("content-type".into(), "application/json".into())]),
        body: body.into(),
        elapsed: Duration::from_micros(1500),
    })
}

pub fn refused() -> Answer {
    Err(Unreachable {
        kind: UnreachableKind::Refused,
        reason: "connection refused by 127.0.0.1:1".into(),
    })
}

pub fn both<T: Clone>(value: &T) -> PerSide<T> {
    PerSide {
        legacy: value.clone(),
        candidate: value.clone(),
    }
}

pub fn judgement(verdict: Verdict) -> Judgement<'static> {
    Judgement {
        standing: Standing::Passes,
        ..Judgement::without_comparison(verdict, PerSide::default())
    }
}

pub const ONCE: PerSide<u32> = PerSide { legacy: 1, candidate: 1 };

/// A record with these exchanges, and its folder.
pub fn record(exchanges: &[(PerSide<Request>, Exchange)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let writer = Writer::create(folder.path(), &header(), &redactor()).expect("a record");
    for (requests, exchange) in exchanges {
        writer.exchange(&case("34"), false, requests, exchange, ONCE).expect("written");
    }
    writer.end(&End::default()).expect("written");
    let path = writer.path().to_owned();
    (folder, path)
}

pub fn read(path: &Path) -> Result<(Vec<Event>, Option<String>), String> {
    let mut record = Record::open(path).map_err(|error| error.to_string())?;
    let events = record.by_ref().collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    Ok((events, record.note().map(str::to_owned)))
}

pub fn exchanges(path: &Path) -> Vec<RecordedExchange> {
    let (events, _) = read(path).expect("a record");
    let exchanges = events.into_iter().filter_map(|event| match event {
        Event::Exchange(exchange) => Some(*exchange),
        Event::Verdict(_) | Event::End(_) => None,
    });
    exchanges.collect()
}

pub fn json(body: &str) -> Request {
    Request {
        method: "POST".into(),
        headers: Headers(vec![("Content-Type".into(), "application/json".into())]),
        body: Some(Body::from(body.to_owned())),
        ..get("/tasks")
    }
}

pub fn body_of(answer: &Answer) -> &str {
    answer.as_ref().expect("an answer").body.text().expect("UTF-8")
}
