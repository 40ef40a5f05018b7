//! A suite's translations, compiled once and applied to every case.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::exchange::{MediaType, Observation};
use crate::path::{Path, Selector, Step};
use crate::rule::{ErrorRow, RuleName, Shape, Translation, Treatment};
use crate::suite::{Binding, Suite};
use crate::value::{Value, excerpt};

use super::errors;
use super::expected::{Applied, Effect, Expected, Fault, FaultKind};
use super::shape::Reshape;
use super::treatment::Treat;

/// A suite's translations, ready to be applied.
#[derive(Debug, Clone)]
pub struct Translator {
    suite: Arc<Suite>,
    shapes: Selector<Rule<Shape>>,
    treatments: Selector<Rule<Treatment>>,
    names: Vec<RuleName>,
}

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
    /// The row of the error table that made the expected response; `None` for a success.
    pub error_row: Option<RuleName>,
}

/// A rule at one of its patterns; its number is its place in the count.
#[derive(Debug, Clone)]
pub(super) struct Rule<T> {
    pub number: usize,
    pub act: T,
}

impl Translator {
    /// Compiles a suite's translations.
    #[must_use]
    pub fn new(suite: Arc<Suite>) -> Self {
        let (mut shapes, mut treatments, mut names) = (Selector::default(), Selector::default(), Vec::new());
        // Value maps act before types, whatever the file says first.
        let mut in_phase_order: Vec<&Translation> = suite.translations.iter().collect();
        in_phase_order.sort_by_key(|translation| phase(translation));
        for translation in in_phase_order {
            for pattern in translation.patterns() {
                let number = names.len();
                names.push(translation.name(pattern));
                match translation {
                    Translation::Shape { shape, .. } => {
                        shapes.insert(
                            pattern,
                            Rule {
                                number,
                                act: shape.clone(),
                            },
                        );
                    }
                    Translation::Treatment { treatment, .. } => {
                        treatments.insert(
                            pattern,
                            Rule {
                                number,
                                act: treatment.clone(),
                            },
                        );
                    }
                }
            }
        }
        Self {
            suite,
            shapes,
            treatments,
            names,
        }
    }

    /// The row of the error table that speaks of this error.
    #[must_use]
    pub fn error_row(&self, status: u16, body: Option<&Value<'_>>, binding: &Binding) -> Option<&ErrorRow> {
        errors::find(&self.suite, status, body, binding)
    }

    /// The rule that made the node at this path of the expected body what it is, or the nearest node above it.
    #[must_use]
    pub fn rule_at(&self, path: &Path) -> Option<RuleName> {
        let treatments = self
            .suite
            .translations
            .iter()
            .filter(|translation| matches!(translation, Translation::Treatment { .. }));
        treatments
            .flat_map(|translation| translation.patterns().iter().map(move |pattern| (translation, pattern)))
            .filter(|(_, pattern)| pattern.covers(path))
            .max_by_key(|(translation, pattern)| (pattern.parts().len(), phase(translation)))
            .map(|(translation, pattern)| translation.name(pattern))
    }

    /// Translates a success: the body through all phases, status and media type as they are.
    #[must_use]
    pub fn success<'a>(&self, legacy: &Observation, body: Option<Value<'a>>, detail: Detail) -> Translated<'a> {
        let mut ledger = Ledger::new(self.names.len(), detail);
        let body = body.map(|body| {
            let mut steps = Vec::new();
            let mut body = Reshape {
                ledger: &mut ledger,
                names: &self.names,
            }
            .node(body, &self.shapes, &mut steps);
            Treat {
                ledger: &mut ledger,
                names: &self.names,
            }
            .node(&mut body, &self.treatments, &mut Vec::new());
            body
        });
        let expected = Expected {
            status: legacy.status,
            media_type: legacy.headers.get("content-type").map(MediaType::parse),
            body,
        };
        ledger.close(expected, &self.names)
    }

    /// Translates an error through its row of the error table.
    #[must_use]
    pub fn error<'a>(&self, row: &ErrorRow, body: Option<&Value<'_>>, binding: &Binding, detail: Detail) -> Translated<'a> {
        errors::translate(&self.suite, row, body, binding, detail)
    }
}

const fn phase(translation: &Translation) -> u8 {
    match translation {
        Translation::Shape { shape: Shape::List, .. } => 0,
        Translation::Shape { .. } => 1,
        Translation::Treatment {
            treatment: Treatment::Map(_),
            ..
        } => 2,
        Translation::Treatment { .. } => 3,
    }
}

/// What the rules did to one case.
pub(super) struct Ledger {
    counts: Vec<u64>,
    faults: Vec<Fault>,
    effects: Option<Vec<Effect>>,
}

/// How much of a node an [`Effect`] or a [`Fault`] shows, in characters.
const SHOWN: usize = 400;

impl Ledger {
    pub fn new(rules: usize, detail: Detail) -> Self {
        Self {
            counts: vec![0; rules],
            faults: Vec::new(),
            effects: (detail == Detail::Effects).then(Vec::new),
        }
    }

    /// What a node looks like before a rule acts, when anybody asks.
    pub fn before(&self, value: &Value<'_>) -> Option<String> {
        self.effects.as_ref().map(|_| excerpt(value, SHOWN))
    }

    pub fn acted(&mut self, rule: (usize, &RuleName), steps: &[Step<'_>], before: Option<String>, after: &Value<'_>) {
        self.counts[rule.0] += 1;
        if let (Some(effects), Some(before)) = (&mut self.effects, before) {
            effects.push(Effect {
                rule: rule.1.clone(),
                path: steps.iter().copied().collect(),
                before,
                after: excerpt(after, SHOWN),
            });
        }
    }

    pub fn fault(&mut self, rule: &RuleName, path: Path, kind: FaultKind) {
        self.faults.push(Fault {
            rule: rule.clone(),
            path,
            kind,
        });
    }

    pub fn close<'a>(self, expected: Expected<'a>, names: &[RuleName]) -> Translated<'a> {
        // One rule may be declared twice with the same name only by mistake; the counts are added up all the same.
        let mut places = BTreeMap::new();
        let mut applied: Vec<Applied> = Vec::new();
        for (rule, count) in names.iter().zip(self.counts).filter(|(_, count)| *count > 0) {
            let place = *places.entry(rule).or_insert(applied.len());
            match applied.get_mut(place) {
                Some(entry) => entry.count += count,
                None => applied.push(Applied { rule: rule.clone(), count }),
            }
        }
        Translated {
            expected,
            applied,
            faults: self.faults,
            effects: self.effects.unwrap_or_default(),
            error_row: None,
        }
    }
}

pub(super) fn shown(value: &Value<'_>) -> String {
    excerpt(value, SHOWN)
}
