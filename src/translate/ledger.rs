//! What the rules did to one case, written down while they act.

use crate::exchange::Part;
use crate::path::{Cursor, Path, Trail};
use crate::rule::{At, Condition, Facts, RuleName};
use crate::value::{Value, excerpt};

use super::expected::{Applied, Effect, Expected, Fault, FaultKind};

/// How much is kept of what the rules did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// How often each rule acted.
    Counts,
    /// Every change with the node before and after; for one case, not for thousands.
    Effects,
}

/// A legacy observation, translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated<'a> {
    /// What the candidate owes.
    pub expected: Expected<'a>,
    /// The rules that acted, in the order of the suite.
    pub applied: Vec<Applied>,
    /// What the rules could not do, in the order of the document.
    pub faults: Vec<Fault>,
    /// Every change, when asked for.
    pub effects: Vec<Effect>,
    /// What is known of the case and its answer, for conditions.
    pub facts: Facts,
    /// The rules that made what is not the body.
    pub made_by: MadeBy,
}

/// The rules that made parts of the expected response; what a rule made of the body is found by its path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MadeBy {
    /// The row of the error table that made all of it, or the status rule that owes an answer without a body.
    pub whole: Option<RuleName>,
    /// What made another status of the legacy's; where it made all of the answer, [`whole`](Self::whole) says so.
    pub status: Option<RuleName>,
    /// What made another media type of the legacy's.
    pub media_type: Option<RuleName>,
    /// What made nodes of the body, where their paths do not tell; sorted by path.
    pub body: Vec<Claim>,
}

/// A node of the body that a rule made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The node.
    pub path: Path,
    /// The rule.
    pub rule: RuleName,
    /// The rule's number, in the order of the phases.
    pub number: usize,
    /// Whether it had the last word, although later rules are there.
    pub last: bool,
}

/// A rule at one of its patterns; its number is its place in the count.
#[derive(Debug, Clone)]
pub(super) struct Rule<T> {
    pub number: usize,
    pub act: T,
    pub when: Option<Condition>,
    /// Whether what a node holds decides about the rule, and not its path alone.
    pub by_content: bool,
}

/// The rules that act on one node, in the order of their phases.
pub(super) enum Acting<'s, T> {
    /// All that a selector has here.
    All(&'s [Rule<T>]),
    /// Of several places of a selector, or those whose conditions hold.
    Some(Vec<&'s Rule<T>>),
}

impl<'s, T> Acting<'s, T> {
    pub fn iter(&self) -> impl Iterator<Item = &'s Rule<T>> {
        let (all, some): (&'s [Rule<T>], &[&'s Rule<T>]) = match self {
            Self::All(rules) => (rules, &[]),
            Self::Some(rules) => (&[], rules),
        };
        all.iter().chain(some.iter().copied())
    }
}

/// The rules of a place whose conditions hold there.
pub(super) fn acting<'s, T>(cursor: &Cursor<'s, Rule<T>>, at: &At<'_>) -> Acting<'s, T> {
    match cursor.only() {
        Some(rules) if rules.iter().all(|rule| rule.when.is_none()) => Acting::All(rules),
        _ => {
            let holds = |rule: &&Rule<T>| rule.when.as_ref().is_none_or(|when| when.holds(at));
            let mut rules: Vec<&Rule<T>> = cursor.here().filter(holds).collect();
            // Numbers are given in the order of the phases.
            rules.sort_by_key(|rule| rule.number);
            Acting::Some(rules)
        }
    }
}

/// What the rules did to one case.
pub(super) struct Ledger {
    counts: Vec<u64>,
    faults: Vec<Fault>,
    effects: Option<Vec<Effect>>,
    claims: Vec<(usize, Path, bool)>,
}

/// How much of a node an [`Effect`] or a [`Fault`] shows, in characters.
const SHOWN: usize = 400;

impl Ledger {
    pub fn new(rules: usize, detail: Detail) -> Self {
        Self {
            counts: vec![0; rules],
            faults: Vec::new(),
            effects: (detail == Detail::Effects).then(Vec::new),
            claims: Vec::new(),
        }
    }

    /// What a node looks like before a rule acts, when anybody asks.
    pub fn before(&self, value: &Value<'_>) -> Option<String> {
        self.effects.as_ref().map(|_| excerpt(value, SHOWN))
    }

    /// The same of a node that is made only to be shown.
    pub fn before_with<'v>(&self, value: impl FnOnce() -> Value<'v>) -> Option<String> {
        self.effects.as_ref().map(|_| excerpt(&value(), SHOWN))
    }

    /// A rule acted, and what became of the node is best said in words.
    pub fn noted(&mut self, rule: (usize, &RuleName), path: impl FnOnce() -> Path, before: Option<String>, after: String) {
        self.counts[rule.0] += 1;
        if let (Some(effects), Some(before)) = (&mut self.effects, before) {
            effects.push(Effect {
                rule: rule.1.clone(),
                part: Part::Body(path()),
                before,
                after,
            });
        }
    }

    pub fn acted(&mut self, rule: (usize, &RuleName), trail: &Trail<'_>, before: Option<String>, after: &Value<'_>) {
        self.counts[rule.0] += 1;
        if let (Some(effects), Some(before)) = (&mut self.effects, before) {
            effects.push(Effect {
                rule: rule.1.clone(),
                part: Part::Body(trail.path()),
                before,
                after: excerpt(after, SHOWN),
            });
        }
    }

    /// A rule is the one that made this node, or the last one that did.
    pub fn claim(&mut self, rule: usize, trail: &Trail<'_>, last: bool) {
        self.claims.push((rule, trail.path(), last));
    }

    pub fn fault(&mut self, rule: &RuleName, path: Path, kind: FaultKind) {
        self.faults.push(Fault {
            rule: rule.clone(),
            path,
            kind,
        });
    }

    pub fn close<'a>(mut self, expected: Expected<'a>, facts: Facts, names: &[RuleName]) -> Translated<'a> {
        let counted = names.iter().zip(self.counts).filter(|(_, count)| *count > 0);
        let applied = counted.map(|(rule, count)| Applied { rule: rule.clone(), count }).collect();
        self.claims.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
        let claim = |(number, path, last): (usize, Path, bool)| Claim {
            path,
            rule: names[number].clone(),
            number,
            last,
        };
        Translated {
            expected,
            applied,
            faults: self.faults,
            effects: self.effects.unwrap_or_default(),
            facts,
            made_by: MadeBy {
                body: self.claims.into_iter().map(claim).collect(),
                ..MadeBy::default()
            },
        }
    }
}

pub(super) fn shown(value: &Value<'_>) -> String {
    excerpt(value, SHOWN)
}
