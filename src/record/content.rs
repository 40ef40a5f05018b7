//! Between the lines of a record and what they tell.

use std::borrow::Cow;
use std::time::Duration;

use crate::exchange::{Answer, Body, Headers, Observation, Oracle, Other, PerSide, Repeats, Request, Unreachable};
use crate::suite::{Binding, Bound, Case};

use super::VERSION;
use super::error::json_reason;
use super::event::{End, Event, Header, RecordedExchange, RecordedVerdict};
use super::lines::{
    AnyLine, BodyLine, BoundLine, EndLine, ExchangeLine, Kind, OracleLine, OtherLine, RequestLine, ResponseLine, RunLine, SideLine,
    UnreachableLine, VerdictLine,
};

impl Header {
    pub(super) fn line(&self) -> RunLine<'_> {
        RunLine {
            kind: Kind::Run,
            version: VERSION,
            tool: Cow::Borrowed(&self.tool),
            started: self.started,
            oracle: OracleLine {
                kind: self.oracle.kind,
                source: Cow::Borrowed(&self.oracle.source),
            },
            services: self.services.clone(),
            suites: self.suites.clone(),
            environment: self.environment.clone(),
            profile: self.profile.as_deref().map(Cow::Borrowed),
            full: self.full,
            today: self.today,
            shard: self.shard.clone(),
        }
    }

    pub(super) fn of(line: RunLine<'_>) -> Self {
        Self {
            tool: line.tool.into_owned(),
            started: line.started,
            oracle: Oracle {
                kind: line.oracle.kind,
                source: line.oracle.source.into_owned(),
            },
            services: line.services,
            suites: line.suites,
            environment: line.environment,
            profile: line.profile.map(Cow::into_owned),
            full: line.full,
            today: line.today,
            shard: line.shard,
        }
    }
}

impl Event {
    /// Reads one line after the first; a failure is a fragment for people.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let any: AnyLine = serde_json::from_slice(line).map_err(|error| json_reason(&error))?;
        let broken = |error: serde_json::Error| format!("as a line of type `{}`: {}", any.kind, json_reason(&error));
        match any.kind.as_str() {
            "exchange" => {
                let line: ExchangeLine<'_> = serde_json::from_slice(line).map_err(broken)?;
                Ok(Self::Exchange(Box::new(exchange(line)?)))
            }
            "verdict" => {
                let line: VerdictLine<'_> = serde_json::from_slice(line).map_err(broken)?;
                Ok(Self::Verdict(RecordedVerdict {
                    case: case(line.suite, line.case),
                    verdict: line.verdict,
                    said: line.standing,
                    signatures: line.signatures.into_iter().collect(),
                    snapshot: line.snapshot,
                    told: line.told.map(Cow::into_owned),
                }))
            }
            "end" => {
                let line: EndLine = serde_json::from_slice(line).map_err(broken)?;
                Ok(Self::End(End {
                    totals: line.totals,
                    oracle: line.oracle,
                    exit: line.exit,
                    interrupted: line.interrupted,
                    gate: line.gate,
                }))
            }
            "run" => Err("a second line of type `run`: one file holds one run".to_owned()),
            other => Err(format!("`{other}` is no type of line: expected `exchange`, `verdict` or `end`")),
        }
    }
}

pub(super) fn binding(case: &Case) -> Vec<BoundLine<'_>> {
    let bound = case.binding.0.iter().map(|Bound { name, value, is }| {
        let is = is.as_deref().map(Cow::Borrowed);
        BoundLine(Cow::Borrowed(name), Cow::Borrowed(value), is)
    });
    bound.collect()
}

pub(super) fn side<'a>(request: &'a Request, answer: &'a Answer, attempts: u32, repeats: &'a Repeats) -> SideLine<'a> {
    SideLine {
        request: RequestLine {
            method: Cow::Borrowed(&request.method),
            target: Cow::Borrowed(&request.target),
            headers: request.headers.0.clone(),
            body: request.body.as_ref().map(|body| BodyLine::of(&body.0)),
        },
        response: response(answer),
        unreachable: unreachable(answer),
        attempts,
        times: repeats.times,
        once: repeats.once,
        others: repeats.others.iter().map(other).collect(),
    }
}

fn other(other: &Other) -> OtherLine<'_> {
    OtherLine {
        number: other.number,
        seen: other.seen,
        response: response(&other.answer),
        unreachable: unreachable(&other.answer),
        attempts: other.attempts,
    }
}

fn response(answer: &Answer) -> Option<ResponseLine<'_>> {
    let observation = answer.as_ref().ok()?;
    Some(ResponseLine {
        status: observation.status,
        headers: observation.headers.0.clone(),
        body: BodyLine::of(&observation.body.0),
        elapsed_us: micros(observation.elapsed),
    })
}

fn unreachable(answer: &Answer) -> Option<UnreachableLine<'_>> {
    let failure = answer.as_ref().err()?;
    Some(UnreachableLine {
        kind: failure.kind,
        reason: Cow::Borrowed(&failure.reason),
    })
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn case(suite: Cow<'_, str>, bound: Vec<BoundLine<'_>>) -> Case {
    let bound = bound.into_iter().map(|BoundLine(name, value, is)| Bound {
        name: name.into_owned(),
        value: value.into_owned(),
        is: is.map(Cow::into_owned),
    });
    Case {
        suite: suite.into_owned(),
        binding: Binding(bound.collect()),
    }
}

fn exchange(line: ExchangeLine<'_>) -> Result<RecordedExchange, String> {
    let attempts = PerSide {
        legacy: line.legacy.attempts,
        candidate: line.candidate.attempts,
    };
    let legacy = asked(line.legacy).map_err(|reason| format!("legacy: {reason}"))?;
    let candidate = asked(line.candidate).map_err(|reason| format!("candidate: {reason}"))?;
    Ok(RecordedExchange {
        case: case(line.suite, line.case),
        ad_hoc: line.ad_hoc,
        veiled: line.veiled,
        requests: PerSide {
            legacy: legacy.0,
            candidate: candidate.0,
        },
        exchange: PerSide {
            legacy: legacy.1,
            candidate: candidate.1,
        },
        attempts,
        repeats: PerSide {
            legacy: legacy.2,
            candidate: candidate.2,
        },
        at: Duration::from_micros(line.at_us),
    })
}

fn asked(line: SideLine<'_>) -> Result<(Request, Answer, Repeats), String> {
    let body = |line: BodyLine<'_>| line.into_bytes().map(Body::from);
    let request = Request {
        method: line.request.method.into_owned(),
        target: line.request.target.into_owned(),
        headers: Headers(line.request.headers),
        body: line.request.body.map(body).transpose()?,
    };
    let other = |line: OtherLine<'_>| {
        Ok::<_, String>(Other {
            number: line.number,
            seen: line.seen,
            answer: answer(line.response, line.unreachable).map_err(|reason| format!("answer {}: {reason}", line.number))?,
            attempts: line.attempts,
        })
    };
    let repeats = Repeats {
        times: line.times,
        once: line.once,
        others: line.others.into_iter().map(other).collect::<Result<_, _>>()?,
    };
    Ok((request, answer(line.response, line.unreachable)?, repeats))
}

fn answer(response: Option<ResponseLine<'_>>, unreachable: Option<UnreachableLine<'_>>) -> Result<Answer, String> {
    match (response, unreachable) {
        (Some(response), None) => Ok(Ok(Observation {
            status: response.status,
            headers: Headers(response.headers),
            body: response.body.into_bytes().map(Body::from)?,
            elapsed: Duration::from_micros(response.elapsed_us),
        })),
        (None, Some(failure)) => Ok(Err(Unreachable {
            kind: failure.kind,
            reason: failure.reason.into_owned(),
        })),
        (Some(_), Some(_)) => Err("both `response` and `unreachable`: expected one of them".to_owned()),
        (None, None) => Err("neither `response` nor `unreachable`: expected one of them".to_owned()),
    }
}
