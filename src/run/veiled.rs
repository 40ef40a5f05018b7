//! Recorded exchanges in which digests stand for private values, judged again as far as that can be.

use crate::compare::Change;
use crate::exchange::{PerSide, Side};
use crate::record::{RecordedExchange, RecordedVerdict};
use crate::redact::{MASKED, is_body_digest, is_mask};
use crate::suite::Case;
use crate::translate::{Applied, Detail};
use crate::verdict::{Failure, Judge, Judgement, Verdict};

/// Said of a case of which an earlier verdict stands although its suite is another one today.
pub(super) const STANDS: &str = "digests stand for its private values, and the suite has changed since it was asked: this is what was said then; \
                      `parity check` asks again";

/// A recorded exchange, judged again.
#[derive(Debug)]
pub struct Again<'x> {
    /// What is said of it.
    pub judgement: Judgement<'x>,
    /// Whether that is what was said by another suite, because it cannot be told by today's.
    pub stands: bool,
}

/// Judges a recorded exchange again. Where private values are stored as digests, what was said of the values stands, unless the
/// suite is another one today and digests are all that it needs: never is anything said of a value that nobody knows.
#[must_use]
pub fn judge_again<'x>(
    judge: &Judge,
    case: &Case,
    recorded: &'x RecordedExchange,
    said: Option<&RecordedVerdict>,
    unchanged: bool,
    bases: PerSide<Option<&str>>,
    detail: Detail,
) -> Again<'x> {
    let seen = judge.judge_repeated(case, &recorded.exchange, &recorded.repeats, bases, detail);
    let judged = |judgement| Again { judgement, stands: false };
    if !recorded.veiled {
        return judged(seen);
    }
    let suite = judge.suite();
    let tells = !suite.looks_into_private() && !holds_digests_for_bodies(recorded) && !quotes_digests(&seen);
    match said.and_then(|said| Some((said.verdict, said.told.as_ref()?))) {
        Some((_, told)) if !unchanged && tells && !told.hides_differences() => {
            let mut judgement = seen;
            let is_place = |applied: &&Applied| suite.private.places.iter().any(|place| place.name() == applied.rule);
            judgement.applied.extend(told.applied.iter().filter(is_place).cloned());
            judged(judgement)
        }
        Some((verdict, told)) => Again {
            judgement: judge.retell(case, verdict, told, seen),
            stands: !unchanged,
        },
        None if tells => judged(seen),
        None => judged(unknown()),
    }
}

fn holds_digests_for_bodies(recorded: &RecordedExchange) -> bool {
    let mut answers = Side::BOTH.into_iter().flat_map(|side| {
        let others = recorded.repeats.get(side).others.iter().map(|other| &other.answer);
        std::iter::once(recorded.exchange.get(side)).chain(others).flatten()
    });
    answers.any(|answer| is_body_digest(&answer.body.0))
}

/// Whether a difference is about a digest in any other way than that it is not another digest.
fn quotes_digests(seen: &Judgement<'_>) -> bool {
    let whole = |text: &str| is_mask(text.trim_matches('"'));
    seen.differences.iter().any(|difference| match &difference.change {
        Change::Value { expected: one, got: other } | Change::Unstable { first: one, other, .. }
            if difference.rule.is_none() && whole(one) && whole(other) =>
        {
            false
        }
        change => format!("{change:?}").contains(MASKED),
    })
}

/// A run that was killed before it could say anything of values that are private.
fn unknown<'x>() -> Judgement<'x> {
    let failure = Failure {
        reason: "the run ended before anything was said of this case, and digests stand for its private values".to_owned(),
        signature: "private values were not compared".to_owned(),
    };
    let failures = PerSide {
        legacy: Some(failure.clone()),
        candidate: Some(failure),
    };
    Judgement::without_comparison(Verdict::Unreachable, failures)
}
