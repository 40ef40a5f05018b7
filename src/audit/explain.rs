//! Which rule hides a survivor, and whether it says that such a change does not matter.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compare::{Change, Difference, Received};
use crate::exchange::{Exchange, Observation, Part, PerSide};
use crate::path::Pattern;
use crate::rule::{Action, Comparison, OwedInHeader, RuleName, Translation};
use crate::suite::{Case, Suite};
use crate::translate::{Expected, OwedHeader};
use crate::verdict::{Judge, Prepared};

use super::declared::{self, Site};
use super::mutant::{Act, Mutant};
use super::response::Change as Declared;

/// How an answer is held against what is owed. There is one way, and tests make others that are blind on purpose.
pub trait Eyes {
    /// See [`Prepared::read`].
    fn read<'o>(&self, prepared: &Prepared<'_, '_>, answer: &'o Observation) -> Option<Received<'o>> {
        prepared.read(answer)
    }

    /// See [`Prepared::agrees`].
    fn agrees(&self, prepared: &Prepared<'_, '_>, answer: &Received<'_>) -> bool {
        prepared.agrees(answer)
    }

    /// See [`Prepared::differences`].
    fn differences(&self, prepared: &Prepared<'_, '_>, answer: &Received<'_>) -> Vec<Difference> {
        prepared.differences(answer)
    }
}

/// The way of the judge.
pub struct AsJudged;

impl Eyes for AsJudged {}

/// A suite's rules, each of which can be left out.
pub struct Rules {
    suite: Arc<Suite>,
    /// A judge without one of them; compiled when it is first asked for.
    without: BTreeMap<Left, OnceCell<Judge>>,
}

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// One comparison.
    Comparison(usize),
    /// Every comparison: two may hide the same.
    Comparisons,
    /// One translation.
    Translation(usize),
    /// What one rule excuses of a header, which is then owed as the legacy sends it.
    Header(usize),
}

impl Rules {
    pub fn new(suite: Arc<Suite>) -> Self {
        let comparisons = (0..suite.comparisons.len()).map(Left::Comparison);
        let translations = (0..suite.translations.len()).map(Left::Translation);
        let headers = (0..suite.headers.len()).map(Left::Header);
        let all = comparisons.chain([Left::Comparisons]).chain(translations).chain(headers);
        Self {
            without: all.map(|left| (left, OnceCell::new())).collect(),
            suite,
        }
    }

    fn judge(&self, left: Left) -> &Judge {
        self.without[&left].get_or_init(|| {
            let mut suite = (*self.suite).clone();
            match left {
                Left::Comparison(place) => drop(suite.comparisons.remove(place)),
                Left::Comparisons => suite.comparisons.clear(),
                Left::Translation(place) => drop(suite.translations.remove(place)),
                Left::Header(place) => suite.headers[place].owed = OwedInHeader::Equal,
            }
            Judge::new(Arc::new(suite))
        })
    }
}

/// What explains the survivors of one case.
pub struct Explainer<'a> {
    rules: &'a Rules,
    eyes: &'a dyn Eyes,
    case: &'a Case,
    exchange: &'a Exchange,
    bases: PerSide<Option<&'a str>>,
    /// The candidate's own answer.
    original: &'a Received<'a>,
    /// What is owed.
    owed: &'a Expected<'a>,
    /// The case as it is without a rule; `None` when nothing is owed then.
    without: BTreeMap<Left, Option<Without<'a>>>,
}

struct Without<'a> {
    prepared: Prepared<'a, 'a>,
    /// How the candidate's own answer differs.
    original: Vec<(Part, Change)>,
}

impl<'a> Explainer<'a> {
    pub fn new(
        rules: &'a Rules,
        eyes: &'a dyn Eyes,
        (case, exchange, bases): (&'a Case, &'a Exchange, PerSide<Option<&'a str>>),
        original: &'a Received<'a>,
        owed: &'a Expected<'a>,
    ) -> Self {
        Self {
            rules,
            eyes,
            case,
            exchange,
            bases,
            original,
            owed,
            without: BTreeMap::new(),
        }
    }

    /// The rule that hides a survivor, and whether it declares that; `changed` is the answer as the mutant has it.
    pub fn explain(&mut self, mutant: &Mutant, changed: &Received<'_>) -> (Option<RuleName>, bool) {
        let suite = Arc::clone(&self.rules.suite);
        if let (Act::Change(Declared::Header(_, values)), Some(owed)) = (&mutant.act, mutant.header(&self.owed.headers)) {
            return self.header(&suite, owed, values, changed);
        }
        let site = Site::of(mutant, self.original, changed, self.owed.body.as_ref());
        let mut blamed = None;
        for comparison in self.hiding(&suite, &site, changed) {
            if declared::by_comparison(comparison, &site) {
                return (Some(comparison.name()), true);
            }
            blamed.get_or_insert_with(|| comparison.name());
        }
        // Then the rules that made what is owed here, the nearest first.
        let rules = suite.translations.iter().enumerate();
        let mut rules: Vec<(usize, &Translation, &Pattern)> = rules
            .flat_map(|(place, rule)| rule.patterns.iter().map(move |pattern| (place, rule, pattern)))
            .filter(|(_, rule, pattern)| matches!(rule.action, Action::Treatment(_)) && (pattern.covers(&site.path) || site.is_moved()))
            .collect();
        rules.sort_by_key(|(_, rule, pattern)| Reverse((pattern.parts().len(), rule.turn())));
        for (place, rule, pattern) in rules {
            if self.sees_without(Left::Translation(place), changed) {
                if declared::by_translation(rule, pattern, &site) {
                    return (Some(rule.name(pattern)), true);
                }
                blamed.get_or_insert_with(|| rule.name(pattern));
            }
        }
        (blamed, false)
    }

    /// The rule that hides other values of a header: one that says what they must match.
    fn header(&mut self, suite: &Suite, owed: &OwedHeader, values: &[String], changed: &Received<'_>) -> (Option<RuleName>, bool) {
        let Some(place) = suite.headers.iter().position(|rule| rule.name() == owed.rule) else {
            return (None, false);
        };
        if !self.sees_without(Left::Header(place), changed) {
            return (None, false);
        }
        let declared = match (&suite.headers[place].owed, values) {
            (OwedInHeader::Pattern(pattern), [value]) => pattern.is_match(value),
            _ => false,
        };
        (Some(owed.rule.clone()), declared)
    }

    /// The comparisons without which the mutant would be seen; those that are about its place come first.
    fn hiding<'s>(&mut self, suite: &'s Suite, site: &Site<'_>, changed: &Received<'_>) -> Vec<&'s Comparison> {
        let mut all: Vec<(usize, &Comparison)> = suite.comparisons.iter().enumerate().collect();
        all.sort_by_key(|(_, comparison)| !site.is_at(&comparison.at));
        let mut alone = Vec::new();
        for (place, comparison) in &all {
            if self.sees_without(Left::Comparison(*place), changed) {
                alone.push(*comparison);
            }
        }
        if alone.is_empty() && all.len() > 1 && self.sees_without(Left::Comparisons, changed) {
            // Several hide the same, so that none of them alone makes the difference.
            let about = all.into_iter().filter(|(_, comparison)| site.is_at(&comparison.at));
            return about.map(|(_, comparison)| comparison).collect();
        }
        alone
    }

    /// Whether the mutant would be told from the original if the suite were without that.
    fn sees_without(&mut self, left: Left, changed: &Received<'_>) -> bool {
        let without = self.without.entry(left).or_insert_with(|| {
            let prepared = self.rules.judge(left).prepare(self.case, self.exchange, self.bases)?;
            let original = changes(self.eyes.differences(&prepared, self.original));
            Some(Without { prepared, original })
        });
        without
            .as_ref()
            .is_some_and(|without| changes(self.eyes.differences(&without.prepared, changed)) != without.original)
    }
}

/// What makes differences the same: where, and what; the rest is for readers.
pub fn changes(differences: Vec<Difference>) -> Vec<(Part, Change)> {
    differences
        .into_iter()
        .map(|difference| (difference.part, difference.change))
        .collect()
}
