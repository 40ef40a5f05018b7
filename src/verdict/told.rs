//! What was said of an exchange that is stored otherwise than it was judged, because values in it are private.
//!
//! The verdict is that of the values; everything that is shown is taken from what is stored. Where the two do not say the
//! same, the kind of a difference is kept and its values are not.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compare::{Change, Deviation, Difference};
use crate::exchange::{Part, PerSide, Side};
use crate::suite::Case;
use crate::translate::Applied;

use super::judge::Judge;
use super::judgement::{Failure, Judgement, Verdict};
use super::known::stand;
use super::repeated::{Instability, Repeated};

/// A judgement as far as it cannot be found again in what is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Why a side could not be compared.
    pub failures: PerSide<Option<Failure>>,
    /// The rules that acted, and the places at which private values were found.
    pub applied: Vec<Applied>,
    /// The differences, without private values.
    pub differences: Vec<Difference>,
    /// The largest deviations, where they can be seen.
    pub deviations: Vec<Deviation>,
    /// What is no difference and still worth saying.
    pub notes: Vec<String>,
    /// What came of asking the sides again, without private values.
    #[serde(default, skip_serializing_if = "Repeated::is_nothing")]
    pub repeated: Repeated,
}

/// What stands for a value of which nothing is stored.
const HIDDEN: &str = "masked";

impl Told {
    /// What can be told of a judgement; `seen` is how the same exchange is judged by what is stored of it.
    #[must_use]
    pub fn of(judgement: &Judgement<'_>, seen: &Judgement<'_>) -> Self {
        Self {
            failures: PerSide {
                legacy: failure(Side::Legacy, judgement, seen),
                candidate: failure(Side::Candidate, judgement, seen),
            },
            applied: judgement.applied.clone(),
            differences: judgement
                .differences
                .iter()
                .map(|difference| told(difference, &seen.differences))
                .collect(),
            deviations: seen.deviations.clone(),
            notes: seen.notes.clone(),
            repeated: repeated(&judgement.repeated, &seen.repeated),
        }
    }

    /// Whether a difference is known by its kind alone.
    #[must_use]
    pub fn hides_differences(&self) -> bool {
        self.differences.iter().any(|difference| {
            let mut hidden = false;
            texts(&mut difference.change.clone(), &mut |text| hidden |= text == HIDDEN);
            hidden
        })
    }
}

impl Judge {
    /// A judgement that was told of values, with what is seen of what is stored.
    #[must_use]
    pub fn retell<'x>(&self, case: &Case, verdict: Verdict, told: &Told, seen: Judgement<'x>) -> Judgement<'x> {
        let mut judgement = Judgement {
            verdict,
            failures: told.failures.clone(),
            applied: told.applied.clone(),
            differences: told.differences.clone(),
            deviations: told.deviations.clone(),
            notes: told.notes.clone(),
            repeated: told.repeated.clone(),
            ..seen
        };
        judgement.standing = stand(verdict, &judgement.signatures(), self.suite().expected_of(case));
        judgement
    }
}

fn failure(side: Side, judgement: &Judgement<'_>, seen: &Judgement<'_>) -> Option<Failure> {
    let failure = judgement.failures.get(side).as_ref()?;
    let same = |seen: &&Failure| seen.signature == failure.signature;
    Some(seen.failures.get(side).as_ref().filter(same).cloned().unwrap_or_else(|| {
        let reason = failure.signature.strip_prefix(&format!("{side}: ")).unwrap_or(&failure.signature);
        Failure {
            reason: reason.to_owned(),
            signature: failure.signature.clone(),
        }
    }))
}

fn told(difference: &Difference, seen: &[Difference]) -> Difference {
    let twin = |seen: &&Difference| seen.part == difference.part && seen.signature() == difference.signature() && alike(seen, difference);
    if let Some(twin) = seen.iter().find(twin) {
        return twin.clone();
    }
    let mut told = difference.clone();
    if matches!(
        (&told.part, &told.change),
        (Part::Status | Part::MediaType, Change::Value { .. } | Change::Problem { .. })
    ) || matches!(&told.change, Change::Unstable { first, other, .. } if is_no_value(&told.part, [first, other]))
    {
        return told;
    }
    texts(&mut told.change, &mut |text| HIDDEN.clone_into(text));
    told.row = told.row.as_ref().and_then(|row| {
        let mut rows = seen.iter().filter_map(|seen| seen.row.as_ref());
        rows.find(|seen| seen.path == row.path).map(Arc::clone)
    });
    told
}

/// Whether these texts are statuses or media types. In the place of a status may also stand a whole error that no row names.
fn is_no_value(part: &Part, texts: [&String; 2]) -> bool {
    match part {
        Part::Status => texts.iter().all(|text| text.parse::<u16>().is_ok()),
        Part::MediaType => true,
        Part::Header(_) | Part::Body(_) => false,
    }
}

/// Where a side is unstable is told, and what it answers there as far as it is stored.
fn repeated(judged: &Repeated, seen: &Repeated) -> Repeated {
    let told = |side: Side| {
        let told = |one: &Instability| {
            let same = |seen: &&Instability| (&seen.part, &seen.kind, seen.number) == (&one.part, &one.kind, one.number);
            if one.part.as_ref().is_none_or(|part| is_no_value(part, [&one.first, &one.other])) {
                return one.clone();
            }
            match seen.unstable.get(side).iter().find(same) {
                Some(twin) => Instability {
                    both: one.both,
                    ..twin.clone()
                },
                None => Instability {
                    first: HIDDEN.to_owned(),
                    other: HIDDEN.to_owned(),
                    ..one.clone()
                },
            }
        };
        judged.unstable.get(side).iter().map(told).collect()
    };
    Repeated {
        unstable: PerSide {
            legacy: told(Side::Legacy),
            candidate: told(Side::Candidate),
        },
        acted: judged.acted.clone(),
    }
}

/// Whether two differences of one kind at one place say the same but for values.
fn alike(one: &Difference, other: &Difference) -> bool {
    match (&one.change, &other.change) {
        (Change::Order { moves, of }, Change::Order { moves: others, of: whole }) => {
            let places = |moves: &[crate::compare::Move]| moves.iter().map(|one| (one.expected, one.got)).collect::<Vec<_>>();
            of == whole && places(moves) == places(others)
        }
        (Change::Duplicate { times, .. }, Change::Duplicate { times: others, .. }) => times == others,
        (Change::Unstable { number, .. }, Change::Unstable { number: other, .. }) => number == other,
        _ => true,
    }
}

/// Every text of a change that may quote a value. The status and the media type are no values of a body.
fn texts(change: &mut Change, each: &mut impl FnMut(&mut String)) {
    match change {
        Change::Value { expected, got } => {
            each(expected);
            each(got);
        }
        Change::Kind { expected, got } => {
            each(&mut expected.1);
            each(&mut got.1);
        }
        Change::Missing { expected: text } | Change::Extra { got: text } | Change::Untranslatable { reason: text } => each(text),
        Change::Order { moves, of: _ } => moves.iter_mut().for_each(|one| each(&mut one.item)),
        Change::Unlike { wanted: _, got } => got.iter_mut().for_each(each),
        Change::UnknownError { legacy, got } => {
            each(legacy);
            each(got);
        }
        Change::Problem { expected, got, reason: _ } => {
            each(expected);
            each(got);
        }
        Change::Unstable { first, other, number: _ } => {
            each(first);
            each(other);
        }
        Change::Duplicate { side: _, times: _ } => {}
    }
}
