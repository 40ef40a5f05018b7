//! What of a case's answers is stored: all of them, without what is private in them.

use percent_encoding::percent_decode_str;

use crate::exchange::{Answer, Body, Encoding, Exchange, Other, PerSide, Repeats, Request, Side};
use crate::redact::Masks;
use crate::rule::RuleName;
use crate::suite::{Case, Private};

use super::masking;
use super::private::{Veil, veil};

/// What came of asking both sides.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// What they answered at first.
    pub exchange: &'a Exchange,
    /// How often each request was sent for that.
    pub attempts: PerSide<u32>,
    /// What came of asking them again.
    pub repeats: &'a PerSide<Repeats>,
}

/// What a suite declares to be hidden, and what stands in the place of its secrets.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// The case as it is shown.
    pub case: Case,
    /// Both requests as they are shown.
    pub requests: PerSide<Request>,
    /// Each secret with its label.
    pub labels: Vec<(String, String)>,
    /// What of the answers is private.
    pub private: Private,
    /// What each side's answers are said to be written in.
    pub encoding: PerSide<Option<Encoding>>,
}

/// What a case sends, as it is shown.
pub(super) struct Sent<'s> {
    pub case: &'s Case,
    pub requests: &'s PerSide<Request>,
}

impl Sent<'_> {
    pub fn holds(&self, text: &str) -> bool {
        let bound = self.case.binding.0.iter().any(|bound| bound.value.contains(text));
        bound
            || [&self.requests.legacy, &self.requests.candidate].into_iter().any(|request| {
                let body = request.body.as_ref().and_then(Body::text);
                let headers = request.headers.0.iter().map(|(_, value)| value.as_str());
                let decoded = percent_decode_str(&request.target).decode_utf8_lossy();
                decoded.contains(text) || body.into_iter().chain(headers).any(|sent| sent.contains(text))
            })
    }
}

/// Of each side one for every answer: the first one, then the others in their order.
pub(super) fn veils(masks: &Masks<'_>, hidden: &Hidden, answered: Answered<'_>) -> PerSide<Vec<Veil>> {
    let of = |side: Side| {
        let others = answered.repeats.get(side).others.iter().map(|other| &other.answer);
        let of = |answer: &Answer| match answer {
            Ok(answer) => veil(masks, &hidden.private, side, *hidden.encoding.get(side), answer),
            Err(_) => Veil::default(),
        };
        std::iter::once(answered.exchange.get(side)).chain(others).map(of).collect()
    };
    PerSide {
        legacy: of(Side::Legacy),
        candidate: of(Side::Candidate),
    }
}

/// What is stored of one side's answers; `veils` are those of all of them, or none when nothing is private.
pub(super) fn stored(masks: &Masks<'_>, answered: Answered<'_>, side: Side, veils: &[Veil]) -> (Answer, Repeats) {
    let body = |index: usize| veils.get(index).and_then(|veil| veil.body.as_ref());
    let repeats = answered.repeats.get(side);
    let others = repeats.others.iter().enumerate().map(|(index, other)| Other {
        answer: masking::answer(masks, &other.answer, body(index + 1)),
        ..other.clone()
    });
    let again = Repeats {
        others: others.collect(),
        ..repeats.clone()
    };
    (masking::answer(masks, answered.exchange.get(side), body(0)), again)
}

pub(super) fn is_veiled(veils: &PerSide<Vec<Veil>>) -> bool {
    [&veils.legacy, &veils.candidate]
        .into_iter()
        .flatten()
        .any(|veil| veil.body.is_some())
}

/// Both sides' together, in their first answers: a place may be one of both.
pub(super) fn found(veils: PerSide<Vec<Veil>>) -> Vec<(RuleName, u64)> {
    let mut counts: Vec<(RuleName, u64)> = Vec::new();
    let first = |veils: Vec<Veil>| veils.into_iter().take(1).flat_map(|veil| veil.found);
    for (name, count) in first(veils.legacy).chain(first(veils.candidate)) {
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known += count,
            None => counts.push((name, count)),
        }
    }
    counts.retain(|(_, count)| *count > 0);
    counts
}
