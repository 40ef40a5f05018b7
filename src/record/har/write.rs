//! Writing HAR 1.2 out of a run record.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::exchange::{Answer, Body, Headers, Oracle, Request, Side, Unreachable};

use super::super::error::RecordError;
use super::super::event::{Event, Header, RecordedExchange};
use super::super::reader::Record;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many requests.
    pub entries: usize,
    /// What is no error and still worth saying of the record.
    pub note: Option<String>,
}

/// Writes what one service of a run record was asked and answered as a HAR file; masked values stay masked.
///
/// # Errors
/// When the record cannot be read, or the output cannot be written: `output` names it in the error.
pub fn export(mut record: Record, side: Side, output: &Path, mut out: impl Write) -> Result<Exported, RecordError> {
    let failed = |source: io::Error| RecordError::Write {
        path: output.to_owned(),
        source,
    };
    let header = record.header().clone();
    write_start(&mut out, &header, side).map_err(failed)?;
    let mut entries = 0;
    for event in record.by_ref() {
        let Event::Exchange(exchange) = event? else { continue };
        let separator: &[u8] = if entries == 0 { b"\n" } else { b",\n" };
        out.write_all(separator).map_err(failed)?;
        write_entry(&mut out, &header, side, &exchange).map_err(failed)?;
        entries += 1;
    }
    out.write_all(b"\n]}}\n").and_then(|()| out.flush()).map_err(failed)?;
    Ok(Exported {
        entries,
        note: record.note().map(str::to_owned),
    })
}

fn write_start(out: &mut impl Write, header: &Header, side: Side) -> io::Result<()> {
    out.write_all(br#"{"log":{"version":"1.2","creator":"#)?;
    let (name, version) = header.tool.split_once(' ').unwrap_or((&header.tool, ""));
    serde_json::to_writer(&mut *out, &Creator { name, version })?;
    if side == Side::Legacy {
        out.write_all(br#","_oracle":"#)?;
        serde_json::to_writer::<_, Oracle>(&mut *out, &header.oracle)?;
    }
    out.write_all(br#","entries":["#)
}

fn write_entry(out: &mut impl Write, header: &Header, side: Side, exchange: &RecordedExchange) -> io::Result<()> {
    let request = exchange.requests.get(side);
    let answer = exchange.exchange.get(side);
    let elapsed = answer.as_ref().map_or(Duration::ZERO, |observation| observation.elapsed);
    let url = format!("{}{}", base(header, side, &exchange.case.suite), request.target);
    let entry = EntryText {
        started_date_time: started(header.started, exchange.at.saturating_sub(elapsed)),
        time: millis(elapsed),
        request: request_text(request, &url),
        response: response_text(answer),
        cache: Empty {},
        timings: Timings {
            send: 0.0,
            wait: millis(elapsed),
            receive: 0.0,
        },
        comment: exchange.case.to_string(),
    };
    Ok(serde_json::to_writer(out, &entry)?)
}

/// The base of the service that was this side of a suite, without a slash at its end.
fn base(header: &Header, side: Side, suite: &str) -> String {
    let suite = header.suites.iter().find(|recorded| recorded.name == suite);
    let service = suite.map_or(side.name(), |suite| suite.services.get(side));
    let recorded = header.services.iter().find(|recorded| recorded.name == service);
    match recorded.and_then(|recorded| recorded.base.as_deref()) {
        Some(base) => base.trim_end_matches('/').to_owned(),
        // A HAR file has absolute addresses only; this top-level domain is nobody's (RFC 2606).
        None => format!("http://{side}.invalid"),
    }
}

fn started(run: Timestamp, after: Duration) -> Timestamp {
    SignedDuration::try_from(after)
        .ok()
        .and_then(|after| run.checked_add(after).ok())
        .unwrap_or(run)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[derive(Debug, Serialize)]
struct Creator<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryText<'a> {
    started_date_time: Timestamp,
    /// Milliseconds.
    time: f64,
    request: RequestText<'a>,
    response: ResponseText<'a>,
    cache: Empty,
    timings: Timings,
    comment: String,
}

#[derive(Debug, Serialize)]
struct Empty {}

/// Milliseconds; nobody measured sending and receiving on their own.
#[derive(Debug, Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestText<'a> {
    method: &'a str,
    url: &'a str,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair<'a>>,
    query_string: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Debug, Serialize)]
struct Pair<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: &'a str,
    params: [Empty; 0],
    text: Cow<'a, str>,
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseText<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair<'a>>,
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'a str,
    headers_size: i64,
    body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(rename = "_unreachable", skip_serializing_if = "Option::is_none")]
    unreachable: Option<&'a Unreachable>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: usize,
    mime_type: &'a str,
    text: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

const HTTP: &str = "HTTP/1.1";
/// What HAR writes for a size that is not known.
const UNKNOWN: i64 = -1;

fn request_text<'a>(request: &'a Request, url: &'a str) -> RequestText<'a> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    RequestText {
        method: &request.method,
        url,
        http_version: HTTP,
        cookies: [],
        headers: pairs(&request.headers),
        query_string: url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| Pair { name, value })
            .collect(),
        post_data: request.body.as_ref().map(|body| {
            let (text, encoding) = encoded(body);
            PostData {
                mime_type: request.headers.get("content-type").unwrap_or_default(),
                params: [],
                text,
                encoding,
            }
        }),
        headers_size: UNKNOWN,
        body_size: request.body.as_ref().map_or(0, size),
    }
}

fn response_text(answer: &Answer) -> ResponseText<'_> {
    let (status, headers, body, unreachable) = match answer {
        Ok(observation) => (observation.status, Some(&observation.headers), Some(&observation.body), None),
        Err(unreachable) => (0, None, None, Some(unreachable)),
    };
    let header = |name| headers.and_then(|headers| headers.get(name)).unwrap_or_default();
    let (text, encoding) = body.map_or((Cow::Borrowed(""), None), encoded);
    ResponseText {
        status,
        status_text: "",
        http_version: HTTP,
        cookies: [],
        headers: headers.map(pairs).unwrap_or_default(),
        content: Content {
            size: body.map_or(0, |body| body.0.len()),
            mime_type: header("content-type"),
            text,
            encoding,
        },
        redirect_url: header("location"),
        headers_size: UNKNOWN,
        body_size: body.map_or(UNKNOWN, size),
        error: unreachable.map(ToString::to_string),
        unreachable,
    }
}

fn pairs(headers: &Headers) -> Vec<Pair<'_>> {
    let pairs = headers.0.iter().map(|(name, value)| Pair {
        name: Cow::Borrowed(name),
        value: Cow::Borrowed(value),
    });
    pairs.collect()
}

fn encoded(body: &Body) -> (Cow<'_, str>, Option<&'static str>) {
    match body.text() {
        Some(text) => (Cow::Borrowed(text), None),
        None => (Cow::Owned(BASE64_STANDARD.encode(&body.0)), Some("base64")),
    }
}

fn size(body: &Body) -> i64 {
    i64::try_from(body.0.len()).unwrap_or(UNKNOWN)
}
