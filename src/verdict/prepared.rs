//! An exchange made ready for many answers of the candidate: the legacy is read and translated once.

use crate::compare::{Difference, Received};
use crate::exchange::{Exchange, Observation, PerSide};
use crate::suite::{Case, Suite};
use crate::translate::{Detail, Expected, Translated};

use super::judge::{Judge, Legacy};
use super::reading::{Reading, header_values, media_type};

/// What the candidate owes in one case, against which any number of its answers can be held.
#[derive(Debug)]
pub struct Prepared<'j, 'x> {
    judge: &'j Judge,
    translated: Translated<'x>,
    base: Option<String>,
}

impl Judge {
    /// Reads and translates the legacy's side of an exchange; `None` when there is nothing that the candidate owes: the
    /// legacy is broken, unreachable, or answered an error that no row of the error table names.
    #[must_use]
    pub fn prepare<'j, 'x>(&'j self, case: &Case, exchange: &'x Exchange, bases: PerSide<Option<&str>>) -> Option<Prepared<'j, 'x>> {
        let legacy = exchange.legacy.as_ref().ok()?;
        match self.translate(
            case,
            (legacy, bases.legacy),
            Reading::of(legacy, bases.legacy, self.suite().encoding.legacy),
            Detail::Counts,
        ) {
            Legacy::Owes(translated) => Some(Prepared {
                judge: self,
                translated: *translated,
                base: bases.candidate.map(str::to_owned),
            }),
            Legacy::Broken(_) | Legacy::NoRow(_) => None,
        }
    }
}

impl<'x> Prepared<'_, 'x> {
    /// The suite that says so.
    #[must_use]
    pub fn suite(&self) -> &Suite {
        self.judge.suite()
    }

    /// What the candidate owes.
    #[must_use]
    pub const fn expected(&self) -> &Expected<'x> {
        &self.translated.expected
    }

    /// An answer of the candidate, read as it is judged; `None` when it cannot be read, which makes the candidate broken.
    #[must_use]
    pub fn read<'o>(&self, answer: &'o Observation) -> Option<Received<'o>> {
        let body = match Reading::of(answer, self.base.as_deref(), self.judge.suite().encoding.candidate) {
            Reading::Document(document, _) => Some(document),
            Reading::Empty => None,
            Reading::Unreadable(..) => return None,
        };
        Some(received((answer, self.base.as_deref()), body, &self.translated.expected))
    }

    /// Whether that answer is the one that is owed: whether it would be judged `match` or `translated`.
    #[must_use]
    pub fn agrees(&self, answer: &Received<'_>) -> bool {
        self.translated.faults.is_empty()
            && self
                .judge
                .comparer()
                .agrees(&self.translated.expected, answer, &self.translated.facts)
    }

    /// How that answer differs from the one that is owed, by place; not at all when it agrees.
    #[must_use]
    pub fn differences(&self, answer: &Received<'_>) -> Vec<Difference> {
        let Translated { expected, facts, .. } = &self.translated;
        let compared = self.judge.comparer().compare(expected, answer, facts);
        let faults = self.translated.faults.clone();
        self.judge.differences(faults, compared.differences, &self.translated.made_by)
    }
}

/// An answer of the candidate as the comparison takes it.
pub(super) fn received<'o>(
    (answer, base): (&Observation, Option<&str>),
    body: Option<crate::value::Value<'o>>,
    expected: &Expected<'_>,
) -> Received<'o> {
    Received {
        status: answer.status,
        media_type: media_type(answer),
        headers: expected
            .headers
            .iter()
            .map(|owed| header_values(answer, base, &owed.name))
            .collect(),
        body,
    }
}
