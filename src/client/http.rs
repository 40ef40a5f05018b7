//! Asking one side.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use url::Url;

use crate::exchange::{Answer, Body, Headers, Observation, Request, Unreachable, UnreachableKind};

use super::body::{Progress, read};
use super::cause::{Cause, root};
use super::config::{ClientConfig, ClientError, Reach, Writes};
use super::limit::TimeLimit;
use super::retry::{Next, retry_after};
use super::target::Base;

/// Asks one side; cheap to share between tasks by reference.
#[derive(Debug)]
pub struct Client {
    config: ClientConfig,
    base: Base,
    reach: Reach,
    authorization: Option<HeaderValue>,
    http: reqwest::Client,
}

/// What asking came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The answer, or why there is none.
    pub answer: Answer,
    /// How often the request was sent: more than once when the service was busy, never when it was not asked.
    pub attempts: u32,
}

/// How long an idle connection is kept for the next request: shorter than any usual server keeps it, so that a request
/// never meets a connection that the server is just closing.
const IDLE: Duration = Duration::from_secs(1);

impl Client {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the base address or the `User-Agent` cannot be used, or the system's certificates cannot be read.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let base = Base::new(&config.base)?;
        let reach = Reach::of(&config.base);
        let user_agent = HeaderValue::from_str(&config.user_agent).map_err(|_| ClientError::UserAgent(config.user_agent.clone()))?;
        // The library looks for its TLS provider in the process; whoever was first to say so is right.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE);
        if reach == Reach::Loopback {
            builder = builder.no_proxy();
        }
        if config.base.scheme() == "http" {
            // Reading the system's certificates takes longer than a whole small run.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| ClientError::SetUp(root(&error).to_string()))?;
        Ok(Self {
            authorization: basic_authentication(&config.base),
            config,
            base,
            reach,
            http,
        })
    }

    /// The address that targets are appended to, as it was given.
    #[must_use]
    pub const fn base(&self) -> &Url {
        &self.config.base
    }

    /// The same without user, password and a slash at its end, as the service would write it.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base.address()
    }

    /// Sends a request and reads the whole answer; again, when the service is busy and asks for it.
    ///
    /// Waiting for one's turn counts neither as elapsed time nor against the time limit.
    pub async fn ask(&self, request: &Request, limit: TimeLimit) -> Asked {
        self.send(request, limit, false).await
    }

    /// The same for a request that is known to only read, whatever its method says: a guest may send it, and repeat it.
    pub async fn ask_safe(&self, request: &Request, limit: TimeLimit) -> Asked {
        self.send(request, limit, true).await
    }

    async fn send(&self, request: &Request, limit: TimeLimit, safe: bool) -> Asked {
        let never = |failure| Asked {
            answer: Err(failure),
            attempts: 0,
        };
        let (prepared, may_repeat) = match self.prepare(request, safe) {
            Ok(prepared) => prepared,
            Err(failure) => return never(failure),
        };
        let mut attempts = 0;
        let mut waited = Duration::ZERO;
        loop {
            // Bodies are bytes, so that a request can always be sent again.
            let again = prepared.try_clone().expect("the body is no stream");
            let turn = self.config.pace.turn().await;
            attempts += 1;
            let outcome = self.attempt(again, limit).await;
            // Without the target, which may hold what nobody should read.
            tracing::trace!(
                base = self.base.authority(),
                method = request.method,
                attempts,
                "{}",
                said(&outcome)
            );
            drop(turn);
            let (status, asked) = match outcome {
                Ok(Outcome::Answered(observation)) => {
                    return Asked {
                        answer: Ok(observation),
                        attempts,
                    };
                }
                Err(failure) => {
                    return Asked {
                        answer: Err(failure),
                        attempts,
                    };
                }
                Ok(Outcome::Busy(status, asked)) => (status, asked),
            };
            // Only a 429 says that nothing was done.
            let next = if may_repeat || status == StatusCode::TOO_MANY_REQUESTS {
                self.config.patience.next(attempts, waited, asked)
            } else {
                Next::GiveUp("a request that may have changed something is not repeated".to_owned())
            };
            match next {
                Next::Wait(pause) => {
                    tracing::info!(base = self.base.authority(), %status, ?pause, attempts, "busy");
                    // Others that ask the same service wait as well.
                    self.config.pace.hold(pause);
                    tokio::time::sleep(pause).await;
                    waited += pause;
                }
                Next::GiveUp(why) => {
                    return Asked {
                        answer: Err(Unreachable {
                            kind: UnreachableKind::Busy,
                            reason: format!("{} answers {status}: {why}", self.base.authority()),
                        }),
                        attempts,
                    };
                }
            }
        }
    }

    /// The request as the library wants it, and whether repeating it is harmless.
    fn prepare(&self, request: &Request, safe: bool) -> Result<(reqwest::Request, bool), Unreachable> {
        let not_asked = |reason| Unreachable {
            kind: UnreachableKind::NotAsked,
            reason,
        };
        let method =
            Method::from_bytes(request.method.as_bytes()).map_err(|_| not_asked(format!("`{}` is no HTTP method", request.method)))?;
        let reads = safe || matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
        if !reads && self.reach == Reach::Remote && self.config.writes == Writes::LoopbackOnly {
            return Err(not_asked(format!(
                "{method} may change something at {}, where this is a guest: where it only reads, the suite says so with `safe = true`",
                self.base.authority()
            )));
        }
        let mut prepared = reqwest::Request::new(method, self.base.join(&request.target)?);
        let headers = prepared.headers_mut();
        for (name, value) in &request.headers.0 {
            let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| not_asked(format!("`{name}` is no name of a header")))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
                not_asked(format!(
                    "the value of header `{name}` holds a line end or another control character"
                ))
            })?;
            headers.append(field, value);
        }
        if let Some(authorization) = &self.authorization {
            headers.entry(AUTHORIZATION).or_insert_with(|| authorization.clone());
        }
        *prepared.body_mut() = request.body.as_ref().map(|body| body.0.clone().into());
        Ok((prepared, reads))
    }

    /// Sends a request once.
    async fn attempt(&self, request: reqwest::Request, limit: TimeLimit) -> Result<Outcome, Unreachable> {
        let started = Instant::now();
        let mut progress = Progress::default();
        let answered = tokio::time::timeout(limit.time, async {
            let sent = self.http.execute(request).await;
            let mut response = sent.map_err(|error| Cause::of(&error).before_head(self.base.authority()))?;
            progress.head = true;
            if self.reach == Reach::Remote && is_busy(response.status()) {
                return Ok(Outcome::Busy(response.status(), asked_pause(&response)));
            }
            let body = read(&mut response, self.config.max_body, &mut progress).await?;
            Ok(Outcome::Answered(Observation {
                status: response.status().as_u16(),
                headers: headers(response.headers()),
                body: Body(body),
                elapsed: started.elapsed(),
            }))
        });
        answered.await.unwrap_or_else(|_| Err(self.timed_out(&progress, limit)))
    }

    fn timed_out(&self, progress: &Progress, limit: TimeLimit) -> Unreachable {
        Unreachable {
            kind: UnreachableKind::TimedOut,
            reason: if progress.head {
                format!("the answer is not whole after {limit}: {} of the body", progress.bytes())
            } else {
                format!("no answer from {} within {limit}", self.base.authority())
            },
        }
    }
}

enum Outcome {
    Answered(Observation),
    /// The service asks to come again, after this time if it says so.
    Busy(StatusCode, Option<Duration>),
}

fn said(outcome: &Result<Outcome, Unreachable>) -> String {
    match outcome {
        Ok(Outcome::Answered(answer)) => format!("{} with {} bytes in {:?}", answer.status, answer.body.0.len(), answer.elapsed),
        Ok(Outcome::Busy(status, _)) => status.to_string(),
        Err(failure) => failure.to_string(),
    }
}

const fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}

fn asked_pause(response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    retry_after(header, Timestamp::now())
}

/// The headers as text. The library lower-cases names and brings repeated ones together; order is otherwise that of the wire.
fn headers(map: &HeaderMap) -> Headers {
    Headers(
        map.iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect(),
    )
}

/// A header value as text: UTF-8 where it is that, else each byte the character of its number (ISO 8859-1), as HTTP once had it.
fn text(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn basic_authentication(base: &Url) -> Option<HeaderValue> {
    if base.username().is_empty() && base.password().is_none() {
        return None;
    }
    let mut credentials: Vec<u8> = percent_decode_str(base.username()).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(base.password().unwrap_or_default()));
    let header = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    let mut header = HeaderValue::from_str(&header).expect("base64 is visible ASCII");
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_utf_8_or_else_latin_1() {
        assert_eq!(text("é €".as_bytes()), "é €");
        assert_eq!(text(b"caf\xe9"), "café");
    }

    #[test]
    fn the_password_of_a_base_becomes_basic_authentication() {
        let header = |url: &str| basic_authentication(&Url::parse(url).unwrap()).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            header("http://Aladdin:open%20sesame@example.org"),
            Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".into())
        );
        assert_eq!(header("http://example.org"), None);
    }

    #[test]
    fn clients_can_be_shared_between_threads() {
        const fn shared<T: Send + Sync>() {}
        shared::<Client>();
    }
}
