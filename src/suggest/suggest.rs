//! From the recorded cases of a suite to what could be declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::{Fate, Input, Options, audit};
use crate::compare::{Change, Difference};
use crate::exchange::Part;
use crate::rule::RuleName;
use crate::suite::{Case, Suite};
use crate::verdict::Verdict;

use super::draft::Draft;
use super::ground::{Ground, State};
use super::model::{Example, Explained, Proposal, Suggestion, Unexplained};
use super::search::{Found, search};

/// How much of a value is shown, in characters.
const SHOWN: usize = 100;

/// Proposes the narrowest rules that explain what is open in these cases.
///
/// Every rule is tried on every case: none makes a case worse, the reader of suites refuses none, and none hides a change of
/// the candidate's answers that it does not declare. `wanted` are the cases of which the open differences are to be explained;
/// `budget` is how many such changes are made to find that out.
#[must_use]
pub fn suggest(input: &Input, wanted: impl Fn(&Case) -> bool, budget: usize) -> Suggestion {
    let ground = Ground::new(input, wanted);
    let today = ground.judge(Vec::new()).expect("the suite was read before");
    let open_before = open(&today);
    let found = search(&ground, today);
    let (found, tolerated) = without_blind_spots(&ground, found, budget);
    let proposals = proposals(&ground, &found, &tolerated);
    Suggestion {
        suite: input.suite.name.clone(),
        file: input.suite.file.clone(),
        cases: input.exchanges.len(),
        open_before,
        open_after: open(&found.state),
        unexplained: unexplained(&ground, &found),
        proposals,
    }
}

fn open(state: &State<'_>) -> usize {
    state.cases.iter().filter(|seen| seen.is_open()).count()
}

/// What of the candidate's answers each rule would let pass, by its name.
type Tolerated = BTreeMap<RuleName, BTreeSet<String>>;

/// Leaves out what would hide more than it says.
fn without_blind_spots<'i>(ground: &Ground<'i>, mut found: Found<'i>, budget: usize) -> (Found<'i>, Tolerated) {
    loop {
        let names = ground.names(&found.state.drafts, &found.state.suite);
        let (tolerated, blind) = audited(ground, &found.state.suite, budget);
        let hides = |names: &BTreeSet<RuleName>| names.iter().any(|name| blind.contains_key(name));
        let Some(place) = names.iter().position(hides) else {
            return (found, tolerated);
        };
        let mut drafts = found.state.drafts.clone();
        let draft = drafts.remove(place);
        found.explains.remove(place);
        let hidden = names[place].iter().find_map(|name| blind.get(name)).cloned().unwrap_or_default();
        let why = format!("it would hide a change that it does not declare: {hidden}");
        if let Draft::Translation { paths, .. } = &draft {
            for path in paths {
                found
                    .tried
                    .entry(path.to_string())
                    .or_default()
                    .push((draft.word().to_owned(), why.clone()));
            }
        } else if let Draft::Comparison { at, .. } = &draft {
            found.tried.entry(at.to_string()).or_default().push((draft.word().to_owned(), why));
        }
        match ground.judge(drafts) {
            Ok(state) => found.state = state,
            // Another rule stands on it: then nothing is proposed at all.
            Err(_) => {
                found.state = ground.judge(Vec::new()).expect("the suite was read before");
                found.explains.clear();
            }
        }
    }
}

/// What the rules of a suite declare not to matter, and what they hide without saying so.
fn audited(ground: &Ground<'_>, suite: &Arc<Suite>, budget: usize) -> (Tolerated, BTreeMap<RuleName, String>) {
    let input = ground.input();
    let input = Input {
        suite: Arc::clone(suite),
        bases: input.bases.clone(),
        exchanges: input.exchanges.clone(),
    };
    let report = audit(&[input], Options { seed: 0, budget });
    let (mut tolerated, mut blind) = (Tolerated::new(), BTreeMap::new());
    for finding in report.suites.into_iter().flat_map(|suite| suite.findings) {
        let Some(rule) = finding.rule else { continue };
        let example = &finding.example;
        let said = format!("{} at {} ({} → {})", finding.class, finding.place, example.before, example.after);
        if finding.fate == Fate::Blind {
            blind.insert(rule, said);
        } else {
            tolerated.entry(rule).or_default().insert(said);
        }
    }
    (tolerated, blind)
}

/// Rules that say the same at different places become one.
fn proposals(ground: &Ground<'_>, found: &Found<'_>, tolerated: &Tolerated) -> Vec<Proposal> {
    let names = ground.names(&found.state.drafts, &found.state.suite);
    let examples = examples(ground, found, &names);
    let mut proposals: Vec<Proposal> = Vec::new();
    for (place, draft) in found.state.drafts.iter().enumerate() {
        let tolerates = names[place].iter().filter_map(|name| tolerated.get(name)).flatten().cloned();
        let proposal = Proposal {
            draft: draft.clone(),
            explains: found.explains[place].clone(),
            example: examples.get(&place).cloned(),
            tolerates: tolerates.collect(),
        };
        let merged = proposals.iter_mut().find_map(|other| {
            let draft = other.draft.merged(draft)?;
            Some((other, draft))
        });
        match merged {
            Some((other, draft)) => {
                other.draft = draft;
                let new: Vec<Explained> = proposal
                    .explains
                    .into_iter()
                    .filter(|explained| !other.explains.contains(explained))
                    .collect();
                other.explains.extend(new);
                other.example = other.example.take().or(proposal.example);
                other.tolerates.extend(proposal.tolerates);
            }
            None => proposals.push(proposal),
        }
    }
    // What was taken together must still be a suite.
    let merged: Vec<Draft> = proposals.iter().map(|proposal| proposal.draft.clone()).collect();
    if ground.suite(&merged).is_err() {
        let apart = found.state.drafts.iter().enumerate().map(|(place, draft)| Proposal {
            draft: draft.clone(),
            explains: found.explains[place].clone(),
            example: examples.get(&place).cloned(),
            tolerates: names[place]
                .iter()
                .filter_map(|name| tolerated.get(name))
                .flatten()
                .cloned()
                .collect(),
        });
        proposals = apart.collect();
    }
    let turn = |proposal: &Proposal| match &proposal.draft {
        Draft::Translation { key: "from", .. } => 0,
        Draft::Translation { .. } => 1,
        Draft::Error { .. } | Draft::Status { .. } => 2,
        Draft::Comparison { .. } => 3,
    };
    proposals.sort_by_key(turn);
    proposals
}

/// What each rule does, by its place: from what the translations did, or from what a comparison excuses.
fn examples(ground: &Ground<'_>, found: &Found<'_>, names: &[BTreeSet<RuleName>]) -> BTreeMap<usize, Example> {
    let mut examples = BTreeMap::new();
    if names.is_empty() {
        return examples;
    }
    let owner: BTreeMap<&RuleName, usize> = names
        .iter()
        .enumerate()
        .flat_map(|(place, names)| names.iter().map(move |name| (name, place)))
        .collect();
    ground.effects(&found.state.suite, |case, effects| {
        for effect in effects {
            if let Some(place) = owner.get(&effect.rule) {
                examples.entry(*place).or_insert_with(|| Example {
                    case: ground.name(case),
                    part: effect.part.clone(),
                    before: shortened(&effect.before),
                    after: shortened(&effect.after),
                });
            }
        }
        examples.len() == names.len()
    });
    let comparisons = found.state.drafts.iter().enumerate().filter(|(_, draft)| draft.is_comparison());
    for (place, _) in comparisons {
        let mut drafts = found.state.drafts.clone();
        drafts.remove(place);
        let Ok(without) = ground.judge(drafts) else { continue };
        let excused = without
            .cases
            .iter()
            .zip(&found.state.cases)
            .enumerate()
            .find_map(|(case, (without, with))| {
                let gone = without
                    .differences
                    .iter()
                    .find(|difference| !with.differences.contains(difference))?;
                Some((case, gone))
            });
        if let Some((case, difference)) = excused {
            let (before, after) = told(difference);
            examples.insert(
                place,
                Example {
                    case: ground.name(case),
                    part: difference.part.clone(),
                    before,
                    after,
                },
            );
        }
    }
    examples
}

/// What is owed and what came.
fn told(difference: &Difference) -> (String, String) {
    let nothing = || "nothing".to_owned();
    let (expected, got) = match &difference.change {
        Change::Value { expected, got } | Change::Problem { expected, got, .. } => (expected.clone(), got.clone()),
        Change::Kind { expected, got } => (expected.1.clone(), got.1.clone()),
        Change::Missing { expected } => (expected.clone(), nothing()),
        Change::Extra { got } => (nothing(), got.clone()),
        Change::Order { moves, of } => (format!("{of} items"), format!("{} of them elsewhere", moves.len())),
        Change::Duplicate { side, times } => ("once".to_owned(), format!("{times} times on the {side} side")),
        Change::Unlike { wanted, got } => (wanted.clone(), got.clone().unwrap_or_else(nothing)),
        Change::Untranslatable { reason } => (reason.clone(), nothing()),
        Change::UnknownError { legacy, got } => (legacy.clone(), got.clone()),
        Change::Unstable { first, other, .. } => (first.clone(), other.clone()),
    };
    (shortened(&expected), shortened(&got))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let short: String = text.chars().take(SHOWN).collect();
    format!("{short}…")
}

/// What is left, and why.
fn unexplained(ground: &Ground<'_>, found: &Found<'_>) -> Vec<Unexplained> {
    let open = found.state.open();
    let told = open.into_iter().map(|(signature, cases)| {
        let first = *cases.first().expect("a signature is one of a case");
        let seen = &found.state.cases[first];
        let difference = seen.differences.iter().find(|difference| difference.signature() == signature);
        let example = difference.map_or_else(String::new, |difference| {
            let (expected, got) = told(difference);
            format!("{expected} → {got} at {} in {}", difference.part, ground.name(first))
        });
        let place = signature.split_once(": ").map_or("", |(place, _)| place);
        Unexplained {
            why: why(difference, seen.verdict, cases.len(), found.tried.get(place)),
            cases: cases.iter().map(|case| ground.name(*case)).collect(),
            signature,
            example,
        }
    });
    told.collect()
}

/// Why no rule is proposed.
fn why(difference: Option<&Difference>, verdict: Verdict, cases: usize, tried: Option<&Vec<(String, String)>>) -> String {
    let Some(difference) = difference else {
        return match verdict {
            Verdict::Mismatch | Verdict::Match | Verdict::Translated => {
                "an expected verdict of the suite says otherwise: change it by hand".to_owned()
            }
            verdict => format!("{verdict}: of an answer that cannot be read no rule can speak"),
        };
    };
    let mut why = match (&difference.change, &difference.part) {
        (Change::Unstable { .. }, _) => "the candidate answers otherwise when it is asked again: no rule makes that right".to_owned(),
        (Change::UnknownError { .. }, _) => "the answers of the candidate to this error have too little in common for one row".to_owned(),
        (Change::Order { .. }, _) => "a `rows` comparison says that the order counts".to_owned(),
        (Change::Untranslatable { .. }, _) => "a rule of the suite cannot do what it says: change it by hand".to_owned(),
        (Change::Duplicate { .. }, _) => "a name that is there twice can be read in two ways, which no rule excuses".to_owned(),
        (Change::Problem { .. }, _) => "that is a fault by RFC 9457, whatever the legacy answers".to_owned(),
        (Change::Unlike { .. }, _) => "a comparison of the suite says what it must be".to_owned(),
        (_, Part::Status) => {
            "no one status stands in its place in all cases, or a row of the error table speaks of it too: tell the answers apart by \
             `when`, by hand"
                .to_owned()
        }
        (_, Part::MediaType | Part::Header(_)) => {
            "nothing is proposed for the media type or the headers of a success: declare it by hand".to_owned()
        }
        (Change::Value { .. } | Change::Kind { .. }, Part::Body(_)) if cases == 1 => {
            "no rule makes the one of the other but for this case alone: it looks like a real difference".to_owned()
        }
        (Change::Value { .. } | Change::Kind { .. }, Part::Body(_)) => {
            "no rule makes the one of the other in all cases: it looks like a real difference".to_owned()
        }
        (Change::Missing { .. }, Part::Body(_)) => {
            "the candidate lacks it, at least at times, and says nothing else in its place: it looks like a real difference".to_owned()
        }
        (Change::Extra { .. }, Part::Body(_)) => {
            "the legacy says nothing of which it could be made: it looks like a real difference".to_owned()
        }
    };
    if let Some((word, reason)) = tried.and_then(|tried| tried.first()) {
        why.push_str("; tried `");
        why.push_str(word);
        why.push_str("`: ");
        why.push_str(reason);
    }
    why
}
