//! One side, asked the same several times.

use serde::{Deserialize, Serialize};

use super::observation::{Answer, Observation};

/// How often one side was asked, and what it answered otherwise than at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeats {
    /// How often it was asked in all, the first time included.
    pub times: u32,
    /// Why it was asked once in a run that asks again.
    pub once: Option<Once>,
    /// The answers that are not the first one over again, in the order in which they came; each of them once.
    pub others: Vec<Other>,
}

/// Why a side is asked once, however often the run asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Once {
    /// A recording answers for it, which knows nothing new.
    Recording,
    /// The request may change something.
    Writes,
}

/// An answer that is not the first one over again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Which answer it is; the first one of the side is 1.
    pub number: u32,
    /// How often the side gave it.
    pub seen: u32,
    /// The answer.
    pub answer: Answer,
    /// How often the request was sent for it: more than once when the service was busy.
    pub attempts: u32,
}

impl Default for Repeats {
    /// Asked once, in a run that does not ask again.
    fn default() -> Self {
        Self {
            times: 1,
            once: None,
            others: Vec::new(),
        }
    }
}

impl Repeats {
    /// How many bytes the bodies of the others have.
    #[must_use]
    pub fn size(&self) -> usize {
        let bodies = self.others.iter().filter_map(|other| other.answer.as_ref().ok());
        bodies.map(|answer| answer.body.0.len()).sum()
    }

    /// Takes one more answer. It is kept when it is another one than `first` and than those that are kept already, in anything
    /// that can be judged: the status, the body, the media type, or one of `headers`.
    pub fn add(&mut self, first: &Answer, answer: Answer, attempts: u32, headers: &[&str]) {
        self.times += 1;
        if says_the_same(first, &answer, headers) {
            return;
        }
        match self.others.iter_mut().find(|known| says_the_same(&known.answer, &answer, headers)) {
            Some(known) => known.seen += 1,
            None => self.others.push(Other {
                number: self.times,
                seen: 1,
                answer,
                attempts,
            }),
        }
    }
}

fn says_the_same(one: &Answer, other: &Answer, headers: &[&str]) -> bool {
    let values = |answer: &Observation, name: &str| answer.headers.all(name).map(str::to_owned).collect::<Vec<_>>();
    match (one, other) {
        (Ok(one), Ok(other)) => {
            one.status == other.status
                && one.body == other.body
                && one.headers.get("content-type") == other.headers.get("content-type")
                && headers.iter().all(|name| values(one, name) == values(other, name))
        }
        (Err(one), Err(other)) => one.kind == other.kind,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::exchange::{Headers, Unreachable, UnreachableKind};

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        Ok(Observation {
            status,
            headers: Headers(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()),
            body: body.to_owned().into(),
            elapsed: Duration::from_millis(u64::from(status)),
        })
    }

    #[test]
    fn an_answer_is_kept_once_and_only_for_what_can_be_judged() {
        let json = ("content-type", "application/json");
        let first = answer(200, &[json, ("date", "Mon"), ("etag", "1")], "{}");
        let timed_out = |reason: &str| {
            Err(Unreachable {
                kind: UnreachableKind::TimedOut,
                reason: reason.into(),
            })
        };
        let mut repeats = Repeats::default();
        for other in [
            answer(200, &[("Date", "Tue"), ("ETag", "1"), json], "{}"),
            answer(200, &[json, ("etag", "2")], "{}"),
            answer(200, &[json, ("etag", "1")], "[]"),
            answer(200, &[json, ("etag", "1"), ("date", "Wed")], "[]"),
            answer(503, &[json, ("etag", "1")], "{}"),
            answer(200, &[("content-type", "text/html"), ("etag", "1")], "{}"),
            timed_out("after 30 s"),
            timed_out("after 30.1 s"),
        ] {
            repeats.add(&first, other, 1, &["ETag"]);
        }
        let kept: Vec<(u32, u32)> = repeats.others.iter().map(|other| (other.number, other.seen)).collect();
        assert_eq!(repeats.times, 9);
        assert_eq!(kept, [(3, 1), (4, 2), (6, 1), (7, 1), (8, 2)]);
    }
}
