//! Sides that were asked the same again: what of their answers differs from itself.
//!
//! Each further answer is judged against the other side's first one, by the rules of the suite: what they allow is no
//! instability. Where the judgement is another one than at first, that side is unstable.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compare::{Change, Difference, Row};
use crate::exchange::{Answer, Exchange, Other, Part, PerSide, Repeats, Side};
use crate::rule::RuleName;
use crate::suite::Case;
use crate::translate::Detail;

use super::judge::Judge;
use super::judgement::{Failure, Judgement, Verdict};
use super::known::stand;

/// What came of asking the sides again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// Where each side differs from itself, by place.
    pub unstable: PerSide<Vec<Instability>>,
    /// The rules that acted on a further answer and not on the first ones: they are needed, too.
    pub acted: BTreeSet<RuleName>,
}

/// A place at which one side did not answer the same each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instability {
    /// The place; `None` when the whole answer is another one, with which nothing can be compared.
    pub part: Option<Part>,
    /// What kind of difference came or went there, by its name in outputs; `answer` for a whole one.
    pub kind: String,
    /// The answer in which it was first seen; the first one of the side is 1.
    pub number: u32,
    /// What was there at first: JSON text, or words when it is no value. Of the legacy, as the candidate owes it.
    pub first: String,
    /// What was there then.
    pub other: String,
    /// Whether the other side is unstable there as well, so that neither can be held against the other.
    pub both: bool,
}

/// The kind of an instability that is none of a part of the answer.
const WHOLE: &str = "answer";

/// So many places of one side are told in notes.
const NOTED: usize = 5;

impl Repeated {
    /// Of a case in which nobody answered otherwise.
    pub const NONE: Self = Self {
        unstable: PerSide {
            legacy: Vec::new(),
            candidate: Vec::new(),
        },
        acted: BTreeSet::new(),
    };

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::NONE
    }

    /// Whether a side, or both, did not answer the same each time at a place, whichever item of a list it is; with another
    /// status everything is another.
    #[must_use]
    pub fn is_unstable_at(&self, part: &Part) -> bool {
        let place = general(part);
        let here = |part: &Part| *part == Part::Status || general(part) == place;
        let mut all = self.unstable.legacy.iter().chain(&self.unstable.candidate);
        all.any(|one| one.part.as_ref().is_some_and(here))
    }

    /// What none of the case's differences tells, as sentences: where the legacy is unstable, where both sides are, and whose
    /// whole answer is.
    #[must_use]
    pub fn notes(&self, differences: &[Difference]) -> Vec<String> {
        let told_by =
            |difference: &Difference, part: &Part| matches!(difference.change, Change::Unstable { .. }) && difference.part == *part;
        let is_told = |part: &Part| differences.iter().any(|difference| told_by(difference, part));
        let mut notes = Vec::new();
        for side in Side::BOTH {
            // Where both are, the legacy's stands for both.
            let told = |one: &&Instability| side == Side::Legacy || !(one.both || one.part.as_ref().is_some_and(is_told));
            let mut places: Vec<(String, &Instability, usize)> = Vec::new();
            for one in self.unstable.get(side).iter().filter(told) {
                let place = one.place();
                match places
                    .iter_mut()
                    .find(|(known, first, _)| *known == place && first.both == one.both)
                {
                    Some((.., times)) => *times += 1,
                    None => places.push((place, one, 1)),
                }
            }
            notes.extend(places.iter().take(NOTED).map(|(place, one, times)| {
                let who = if one.both {
                    "both sides are".to_owned()
                } else {
                    format!("the {side} is")
                };
                let of = if one.both { " of the legacy" } else { "" };
                let more = match times {
                    1 => String::new(),
                    times => format!("; so it is at {times} such places"),
                };
                format!(
                    "{who} unstable{place}: first {}, then {} in answer {}{of}{more}",
                    one.first, one.other, one.number
                )
            }));
            if places.len() > NOTED {
                notes.push(format!("the {side} is unstable at {} more places", places.len() - NOTED));
            }
        }
        notes
    }
}

impl Instability {
    /// ` at /trace/*/evaluation`; nothing for a whole answer.
    fn place(&self) -> String {
        match &self.part {
            None => String::new(),
            Some(part @ Part::Body(_)) => format!(" at {}", general(part)),
            Some(part) => format!(" in the {part}"),
        }
    }
}

impl Judge {
    /// The verdict of one exchange, and of everything that the sides answered when they were asked again.
    ///
    /// A candidate that is unstable where the legacy is not differs there. A legacy that is unstable excuses nothing, and is no
    /// fault of the candidate; one that breaks is broken.
    #[must_use]
    pub fn judge_repeated<'x>(
        &self,
        case: &Case,
        exchange: &'x Exchange,
        repeats: &PerSide<Repeats>,
        bases: PerSide<Option<&str>>,
        detail: Detail,
    ) -> Judgement<'x> {
        let mut judgement = self.judge(case, exchange, bases, detail);
        if Side::BOTH.into_iter().all(|side| repeats.get(side).others.is_empty()) {
            return judgement;
        }
        let mut acted = BTreeSet::new();
        let mut held = |side: Side| {
            let mut held = Held::default();
            for other in &repeats.get(side).others {
                let mut asked = exchange.clone();
                asked.get_mut(side).clone_from(&other.answer);
                let again = self.judge(case, &asked, bases, Detail::Counts);
                held.hold(side, &judgement, &again, exchange.get(side), other);
                let new = again.applied.into_iter().map(|applied| applied.rule);
                acted.extend(new.filter(|rule| judgement.applied.iter().all(|known| known.rule != *rule)));
            }
            held
        };
        let mut held = PerSide {
            legacy: held(Side::Legacy),
            candidate: held(Side::Candidate),
        };
        pair(&mut held);
        let times = repeats.as_ref().map(|repeats| repeats.times);
        // First the legacy: with one that breaks nothing can be compared.
        for side in Side::BOTH {
            if judgement.failures.legacy.is_some() && side == Side::Candidate {
                continue;
            }
            settle(&mut judgement, side, held.get_mut(side), *times.get(side));
        }
        let unstable = |held: Held| {
            let mut unstable: Vec<Instability> = held.places.into_iter().map(|place| place.what).collect();
            unstable.sort_by(|one, other| one.part.cmp(&other.part));
            unstable
        };
        judgement.repeated = Repeated {
            unstable: held.map(unstable),
            acted,
        };
        judgement.standing = stand(judgement.verdict, &judgement.signatures(), self.suite().expected_of(case));
        judgement
    }
}

/// What the further answers of one side came to, held against its first.
#[derive(Default)]
struct Held {
    places: Vec<Place>,
    /// The differences of the first answer that are not in all the others, with the place at which that is told.
    gone: Vec<(usize, Part)>,
    /// The answer with which nothing can be compared, and the verdict of it.
    broken: Option<(Verdict, Failure, u32)>,
}

struct Place {
    what: Instability,
    rule: Option<RuleName>,
    row: Option<Arc<Row>>,
}

impl Held {
    fn hold(&mut self, side: Side, first: &Judgement<'_>, again: &Judgement<'_>, answer: &Answer, other: &Other) {
        let across = side.other();
        let changed = |side: Side| {
            let signature = |judgement: &Judgement<'_>| judgement.failures.get(side).as_ref().map(|failure| failure.signature.clone());
            signature(first) != signature(again)
        };
        if changed(side) {
            let failure = again.failures.get(side);
            let said = [(first.failures.get(side), answer), (failure, &other.answer)]
                .map(|(failure, answer)| whole(side, failure.as_ref(), answer));
            self.add(None, other.number, said, None);
            let worse = self.broken.as_ref().is_none_or(|(verdict, ..)| *verdict == Verdict::Unreachable);
            if let Some(failure) = failure.clone().filter(|_| worse) {
                self.broken = Some((again.verdict, failure, other.number));
            }
        } else if changed(across) {
            // The other side's answer is read by what is owed, and another status is.
            let owed = |judgement: &Judgement<'_>| {
                let status = judgement.expected.as_ref().map(|expected| expected.status.to_string());
                status.unwrap_or_else(|| "none that is known".to_owned())
            };
            self.add(Some(Part::Status), other.number, [owed(first), owed(again)], None);
        } else {
            self.hold_differences(
                side,
                (&first.differences, answer),
                (&again.differences, &other.answer),
                other.number,
            );
        }
    }

    fn hold_differences(
        &mut self,
        side: Side,
        (first, answer): (&[Difference], &Answer),
        (again, other): (&[Difference], &Answer),
        number: u32,
    ) {
        let gone: Vec<usize> = (0..first.len()).filter(|one| !is_among(&first[*one], again)).collect();
        let new: Vec<&Difference> = again.iter().filter(|one| !is_among(one, first)).collect();
        let all = gone.iter().map(|one| &first[*one]).chain(new.iter().copied());
        let parts: BTreeSet<&Part> = all.map(|difference| &difference.part).collect();
        // An answer with another status is another answer, from which everything else in it follows.
        let whole = parts.contains(&Part::Status);
        for part in parts.into_iter().filter(|part| !whole || **part == Part::Status) {
            let before = gone.iter().map(|one| &first[*one]).find(|one| one.part == *part);
            let after = new.iter().copied().find(|one| one.part == *part);
            let Some(shown) = after.or(before) else { continue };
            let is_unknown = |one: Option<&Difference>| one.is_some_and(|one| matches!(one.change, Change::UnknownError { .. }));
            let said = if is_unknown(before) == is_unknown(after) {
                texts(side, before.map(|one| &one.change), after.map(|one| &one.change))
            } else {
                // With one of them nothing was compared.
                [answer, other].map(|answer| answer.as_ref().map_or_else(ToString::to_string, |answer| answer.status.to_string()))
            };
            self.add(Some(part.clone()), number, said, Some(shown));
        }
        let told_at = |one: usize| if whole { Part::Status } else { first[one].part.clone() };
        self.gone.extend(gone.into_iter().map(|one| (one, told_at(one))));
    }

    /// Each place is told once, as it was first seen.
    fn add(&mut self, part: Option<Part>, number: u32, [first, other]: [String; 2], shown: Option<&Difference>) {
        if self.places.iter().any(|place| place.what.part == part) {
            return;
        }
        self.places.push(Place {
            what: Instability {
                part,
                kind: shown.map_or(WHOLE, |shown| shown.change.name()).to_owned(),
                number,
                first,
                other,
                both: false,
            },
            rule: shown.and_then(|shown| shown.rule.clone()),
            row: shown.and_then(|shown| shown.row.clone()),
        });
    }
}

/// Whether a difference is one of these, which stand in the order of their places.
fn is_among(one: &Difference, others: &[Difference]) -> bool {
    let from = others.partition_point(|other| other.part < one.part);
    let here = others[from..].iter().take_while(|other| other.part == one.part);
    here.into_iter().any(|other| match (&one.change, &other.change) {
        // With an error of the legacy that no row names nothing is compared.
        (Change::UnknownError { legacy: one, .. }, Change::UnknownError { legacy: other, .. }) => one == other,
        (one, other) => one == other,
    })
}

/// Marks the places at which both sides are unstable, whichever item of a list it is.
fn pair(held: &mut PerSide<Held>) {
    let general = |place: &Place| place.what.part.as_ref().map(general);
    let [legacy, candidate] = [&held.legacy, &held.candidate].map(|held| held.places.iter().filter_map(general).collect::<BTreeSet<_>>());
    for place in held.legacy.places.iter_mut().chain(&mut held.candidate.places) {
        place.what.both = general(place).is_some_and(|place| legacy.contains(&place) && candidate.contains(&place));
    }
}

/// A place with those of list items left open.
fn general(part: &Part) -> String {
    match part {
        Part::Body(path) => path.generalise().to_string(),
        part => part.to_string(),
    }
}

/// What one side's instability makes of the judgement of the first answers.
fn settle(judgement: &mut Judgement<'_>, side: Side, held: &mut Held, times: u32) {
    let is_other = held.places.iter().any(|place| place.what.part.is_none());
    if let Some(failure) = judgement.failures.get_mut(side) {
        if is_other {
            *failure = unsteady(side, failure, 1, times);
        }
        return;
    }
    let broken = held
        .broken
        .take()
        .map(|(verdict, failure, number)| (verdict, unsteady(side, &failure, number, times)));
    match (side, broken) {
        (Side::Legacy, Some((verdict, failure))) => {
            let candidate = judgement.failures.candidate.take();
            *judgement = Judgement::without_comparison(
                verdict,
                PerSide {
                    legacy: Some(failure),
                    candidate,
                },
            );
        }
        (Side::Legacy, None) => {}
        (Side::Candidate, Some((Verdict::CandidateBroken, failure))) => {
            judgement.verdict = Verdict::CandidateBroken;
            judgement.failures.candidate = Some(failure);
            judgement.differences.clear();
        }
        (Side::Candidate, broken) => {
            blame(&mut judgement.differences, held);
            if !judgement.differences.is_empty() {
                // What was seen to differ outweighs that once there was no answer.
                judgement.verdict = Verdict::Mismatch;
            } else if let Some((verdict, failure)) = broken {
                judgement.verdict = verdict;
                judgement.failures.candidate = Some(failure);
            }
        }
    }
}

/// Where the candidate alone is unstable, that is the difference, whichever of its answers came first.
fn blame(differences: &mut Vec<Difference>, held: &Held) {
    let alone = |place: &&Place| !place.what.both && place.what.part.is_some();
    let blamed: BTreeSet<&Part> = held
        .places
        .iter()
        .filter(alone)
        .filter_map(|place| place.what.part.as_ref())
        .collect();
    let gone = held.gone.iter().filter(|(_, part)| blamed.contains(part));
    let gone: BTreeSet<usize> = gone.map(|(index, _)| *index).collect();
    let mut index = 0..;
    differences.retain(|_| index.next().is_none_or(|index| !gone.contains(&index)));
    differences.extend(held.places.iter().filter(alone).filter_map(|place| {
        let what = &place.what;
        Some(Difference {
            part: what.part.clone()?,
            change: Change::Unstable {
                first: what.first.clone(),
                other: what.other.clone(),
                number: what.number,
            },
            rule: place.rule.clone(),
            row: place.row.clone(),
        })
    }));
    differences.sort_by(|one, other| one.part.cmp(&other.part));
}

/// A failure that is not there every time has a signature of its own.
fn unsteady(side: Side, failure: &Failure, number: u32, times: u32) -> Failure {
    Failure {
        reason: format!("answer {number} of {times}: {}", failure.reason),
        signature: format!("{side}: unstable, {}", without_side(side, failure)),
    }
}

fn without_side(side: Side, failure: &Failure) -> &str {
    failure.signature.strip_prefix(&format!("{side}: ")).unwrap_or(&failure.signature)
}

/// A whole answer in few words, without anything of its body.
fn whole(side: Side, failure: Option<&Failure>, answer: &Answer) -> String {
    match (failure, answer) {
        (Some(failure), _) => without_side(side, failure).to_owned(),
        (None, Ok(answer)) => format!("status {}", answer.status),
        (None, Err(unreachable)) => unreachable.kind.name().to_owned(),
    }
}

/// What a side has at a place where a difference came or went: of the candidate what came, of the legacy what is owed. Where
/// there is no difference, both sides have the same.
fn texts(side: Side, before: Option<&Change>, after: Option<&Change>) -> [String; 2] {
    let of = |side: Side, change: &Change| match side {
        Side::Legacy => owed(change),
        Side::Candidate => came(change),
    };
    let text = |change: Option<&Change>, partner: Option<&Change>| {
        let own = change.map(|change| of(side, change));
        let same = |partner: &Change| match (partner, side) {
            (Change::Order { .. }, Side::Legacy) => "the candidate's order".to_owned(),
            (Change::Order { .. }, Side::Candidate) => "the owed order".to_owned(),
            (partner, side) => of(side.other(), partner),
        };
        own.or_else(|| partner.map(same)).unwrap_or_default()
    };
    [text(before, after), text(after, before)]
}

const NOTHING: &str = "nothing";

fn owed(change: &Change) -> String {
    match change {
        Change::Value { expected, .. } | Change::Missing { expected } | Change::Problem { expected, .. } => expected.clone(),
        Change::Kind { expected, .. } => expected.1.clone(),
        Change::Extra { .. } => NOTHING.to_owned(),
        Change::Order { moves, of } => order(moves.len(), *of),
        Change::Duplicate { .. } => "one member of this name".to_owned(),
        Change::Unlike { wanted, .. } => wanted.clone(),
        Change::Untranslatable { reason } => reason.clone(),
        Change::UnknownError { legacy, .. } => legacy.clone(),
        Change::Unstable { first, .. } => first.clone(),
    }
}

fn came(change: &Change) -> String {
    match change {
        Change::Value { got, .. } | Change::Extra { got } | Change::Problem { got, .. } | Change::UnknownError { got, .. } => got.clone(),
        Change::Kind { got, .. } => got.1.clone(),
        Change::Missing { .. } => NOTHING.to_owned(),
        Change::Order { moves, of } => order(moves.len(), *of),
        Change::Duplicate { times, .. } => format!("{times} members of this name"),
        Change::Unlike { got, .. } => got.clone().unwrap_or_else(|| NOTHING.to_owned()),
        Change::Untranslatable { .. } => "what can be translated".to_owned(),
        Change::Unstable { other, .. } => other.clone(),
    }
}

fn order(moves: usize, of: usize) -> String {
    format!("another order ({moves} of {of} stand elsewhere)")
}

#[cfg(test)]
mod tests;
