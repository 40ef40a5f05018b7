//! The search: candidates are tried by judging every case with them, and kept when they bring the two sides nearer.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::Draft;
use super::ground::{Ground, State};
use super::meet::Meetings;
use super::model::Explained;
use super::origin::Origins;
use super::{leniencies, places, rows, statuses, values, wrappers};

/// How often the documents are looked at again after something was found.
const ROUNDS: usize = 40;

/// Rules that were found, and what there was to say while they were looked for.
pub(super) struct Found<'i> {
    pub state: State<'i>,
    /// What each of the state's rules explains.
    pub explains: Vec<Vec<Explained>>,
    /// What was tried in vain, by the place that it was about: the rule, and what was in the way.
    pub tried: BTreeMap<String, Vec<(String, String)>>,
}

/// Looks for rules that explain what is open.
pub(super) fn search<'i>(ground: &Ground<'i>, today: State<'i>) -> Found<'i> {
    let original = today.open().into_keys().collect();
    let mut search = Search {
        ground,
        state: today,
        explains: Vec::new(),
        tried: BTreeMap::new(),
        original,
    };
    for _ in 0..ROUNDS {
        if !search.state.cases.iter().any(|seen| seen.is_open()) || !search.round() {
            break;
        }
    }
    search.prune();
    Found {
        state: search.state,
        explains: search.explains,
        tried: search.tried,
    }
}

struct Search<'g, 'i> {
    ground: &'g Ground<'i>,
    state: State<'i>,
    explains: Vec<Vec<Explained>>,
    tried: BTreeMap<String, Vec<(String, String)>>,
    /// The signatures that are open without any new rule.
    original: BTreeSet<String>,
}

/// What is looked for, in this order: translations before comparisons, shape before values.
const STAGES: usize = 9;

impl Search<'_, '_> {
    /// Looks through the stages; whether something was found in one of them.
    fn round(&mut self) -> bool {
        self.tried.clear();
        (0..STAGES).any(|stage| {
            let groups = self.stage(stage);
            self.try_all(&groups)
        })
    }

    fn stage(&self, stage: usize) -> Vec<Alternatives> {
        let meetings = Meetings::of(self.ground, &self.state);
        let origins = || Origins::of(self.ground, &self.state);
        match stage {
            0 => {
                let rows = rows::rows(self.ground, &self.state);
                rows.into_iter().chain(statuses::statuses(self.ground, &self.state)).collect()
            }
            1 => places::renamed(&meetings, &origins()),
            2 => wrappers::wrappers(&meetings, &origins()),
            3 => places::places(&meetings, &origins()),
            4 => wrappers::forms(&meetings, &origins()),
            5 => values::values(&meetings),
            6 => {
                let origins = origins();
                places::drops(&meetings, &origins)
                    .into_iter()
                    .chain(places::defaults(&meetings))
                    .collect()
            }
            7 => places::constants(&meetings),
            _ => {
                let found = [values::one_of(&meetings), places::extras(&meetings), leniencies::lists(&meetings)];
                let tolerances = leniencies::tolerances(self.ground, &self.state, &meetings);
                found.into_iter().flatten().chain(tolerances).collect()
            }
        }
    }

    /// Tries the narrowest of each group at once, and takes the groups apart where that fails.
    fn try_all(&mut self, groups: &[Alternatives]) -> bool {
        match groups {
            [] => false,
            [alternatives] => alternatives.iter().any(|candidate| self.try_them(std::slice::from_ref(candidate))),
            several => {
                let firsts: Vec<Candidate> = several.iter().filter_map(|group| group.first()).cloned().collect();
                if self.try_them(&firsts) {
                    return true;
                }
                let (one, other) = several.split_at(several.len() / 2);
                let first = self.try_all(one);
                self.try_all(other) || first
            }
        }
    }

    /// Keeps candidates that reach their goals together, and make nothing worse.
    fn try_them(&mut self, candidates: &[Candidate]) -> bool {
        let mut drafts = self.state.drafts.clone();
        let mut owners = Vec::new();
        for (place, candidate) in candidates.iter().enumerate() {
            for draft in candidate.drafts.iter().filter(|draft| !self.state.drafts.contains(draft)) {
                drafts.push(draft.clone());
                owners.push(place);
            }
        }
        let new = owners.len();
        if new == 0 {
            return false;
        }
        let tried = self.ground.judge_if_no_worse(&self.state, drafts).and_then(|after| {
            let misses = candidates
                .iter()
                .find_map(|candidate| missed(candidate.goal, candidate, &self.state, &after));
            misses.map_or(Ok(after), Err)
        });
        match tried {
            Ok(after) => {
                let said: Vec<Vec<Explained>> = candidates
                    .iter()
                    .map(|candidate| self.explained(candidate, &after, candidates.len() == 1))
                    .collect();
                self.explains.extend(owners.into_iter().map(|owner| said[owner].clone()));
                self.state = after;
                true
            }
            Err(why) => {
                if let [only] = candidates {
                    self.note(only, &why);
                }
                false
            }
        }
    }

    fn note(&mut self, candidate: &Candidate, why: &str) {
        let words: Vec<&str> = candidate.drafts.iter().map(Draft::word).collect();
        for place in &candidate.places {
            let tried = self.tried.entry(place.to_string()).or_default();
            let said = (words.join(" and "), why.to_owned());
            if !tried.contains(&said) {
                tried.push(said);
            }
        }
    }

    /// The signatures that are seen less often than before, at the places of a candidate or anywhere.
    fn explained(&self, candidate: &Candidate, after: &State<'_>, alone: bool) -> Vec<Explained> {
        let (before, after) = (self.state.open(), after.open());
        let gone = |signature: &String, cases: &BTreeSet<usize>| {
            let left = after.get(signature);
            let gone = cases.iter().filter(|case| left.is_none_or(|left| !left.contains(case))).count();
            Explained {
                signature: signature.clone(),
                gone,
                of: cases.len(),
                later: !self.original.contains(signature),
            }
        };
        let all: Vec<Explained> = before
            .iter()
            .map(|(signature, cases)| gone(signature, cases))
            .filter(|explained| explained.gone > 0)
            .collect();
        let here = |explained: &&Explained| {
            let (place, _) = explained.signature.split_once(": ").unwrap_or_default();
            candidate.places.iter().any(|own| own.to_string() == place)
        };
        let in_cases = |explained: &&Explained| {
            let cases = &before[&explained.signature];
            candidate.cases.iter().any(|case| cases.contains(case))
        };
        if !candidate.cases.is_empty() {
            return all.iter().filter(in_cases).cloned().collect();
        }
        let at_places: Vec<Explained> = all.iter().filter(here).cloned().collect();
        if at_places.is_empty() && alone { all } else { at_places }
    }

    /// Leaves out rules without which all is just as well.
    fn prune(&mut self) {
        let mut place = self.state.drafts.len();
        while place > 0 {
            place -= 1;
            let mut drafts = self.state.drafts.clone();
            drafts.remove(place);
            let Ok(without) = self.ground.judge_if_no_worse(&self.state, drafts) else {
                continue;
            };
            let as_well = without.gap() <= self.state.gap()
                && without.differences() <= self.state.differences()
                && without
                    .cases
                    .iter()
                    .zip(&self.state.cases)
                    .all(|(one, other)| one.signatures == other.signatures);
            if as_well {
                self.state = without;
                self.explains.remove(place);
            }
        }
    }
}

/// What a candidate did not reach, as a sentence fragment.
fn missed(goal: Goal, candidate: &Candidate, before: &State<'_>, after: &State<'_>) -> Option<String> {
    let settled = |about: fn(bool) -> bool| {
        candidate.places.iter().find_map(|place| {
            let (was, is) = (before.kinds_at(place), after.kinds_at(place));
            let of_one_side = |kind: &&String| kind.ends_with(": missing") || kind.ends_with(": extra");
            let left = was.intersection(&is).find(|kind| about(of_one_side(kind)))?;
            Some(format!("`{left}` would be left in some cases"))
        })
    };
    let nearer = || (after.gap() >= before.gap()).then(|| "the two sides would be no nearer".to_owned());
    let fewer = || (after.differences() >= before.differences()).then(|| "no difference would go".to_owned());
    let nothing_else = || {
        let mut cases = after.cases.iter().zip(&before.cases);
        let new = cases.find_map(|(now, was)| now.signatures.difference(&was.signatures).next().cloned())?;
        Some(format!("`{new}` would be there instead"))
    };
    match goal {
        Goal::Nearer => nearer(),
        Goal::Settled => settled(|of_one_side| !of_one_side).or_else(nearer),
        Goal::Matched => settled(|of_one_side| of_one_side).or_else(nearer),
        Goal::Excused | Goal::Clearer => fewer().or_else(|| settled(|_| true)).or_else(nothing_else),
    }
}
