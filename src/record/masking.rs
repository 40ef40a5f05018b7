//! Requests and answers with their secrets masked, on their way into a record.

use std::borrow::Cow;

use crate::exchange::{Answer, Body, Exchange, Headers, Observation, PerSide, Repeats, Request, Side, Unreachable};
use crate::redact::{Key, Masks, Redactor, SecretNames};

/// Learns every secret of an exchange. Whatever else is written down of it goes through [`Masks::text`].
#[must_use]
pub fn masks<'r>(redactor: &'r Redactor, requests: &PerSide<Request>, exchange: &Exchange, repeats: &PerSide<Repeats>) -> Masks<'r> {
    let mut masks = redactor.masks();
    for side in Side::BOTH {
        learn_request(&mut masks, requests.get(side));
        let others = repeats.get(side).others.iter().map(|other| &other.answer);
        for observation in std::iter::once(exchange.get(side)).chain(others).flatten() {
            masks.learn_headers(&observation.headers.0);
            masks.learn_body(observation.headers.get("content-type"), &observation.body.0);
        }
    }
    masks
}

/// The secrets that a request holds by the names of its parts.
#[must_use]
pub fn secrets_of(request: &Request) -> Vec<String> {
    // Nothing is masked with this key.
    let redactor = Redactor::new(Key::new([0; 32]), SecretNames::default(), []);
    let mut masks = redactor.masks();
    learn_request(&mut masks, request);
    masks.learned().map(str::to_owned).collect()
}

fn learn_request(masks: &mut Masks<'_>, request: &Request) {
    masks.learn_headers(&request.headers.0);
    masks.learn_target(&request.target);
    if let Some(body) = &request.body {
        masks.learn_body(request.headers.get("content-type"), &body.0);
    }
}

pub(super) fn request(masks: &Masks<'_>, request: &Request) -> Request {
    Request {
        method: request.method.clone(),
        target: masks.target(&request.target),
        headers: Headers(masks.headers(&request.headers.0)),
        body: request.body.as_ref().map(|body| masked_body(masks, &request.headers, body)),
    }
}

/// `veiled` is the body in which private values are hidden already.
pub(super) fn answer(masks: &Masks<'_>, answer: &Answer, veiled: Option<&Body>) -> Answer {
    match answer {
        Ok(observation) => Ok(Observation {
            status: observation.status,
            headers: Headers(masks.headers(&observation.headers.0)),
            body: masked_body(masks, &observation.headers, veiled.unwrap_or(&observation.body)),
            elapsed: observation.elapsed,
        }),
        Err(Unreachable { kind, reason }) => Err(Unreachable {
            kind: *kind,
            reason: masks.text(reason).into_owned(),
        }),
    }
}

fn masked_body(masks: &Masks<'_>, headers: &Headers, body: &Body) -> Body {
    match masks.body(headers.get("content-type"), &body.0) {
        Cow::Borrowed(_) => body.clone(),
        Cow::Owned(masked) => Body::from(masked),
    }
}
