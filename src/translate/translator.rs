//! A suite's translations, compiled once and applied to every case.

use std::sync::Arc;

use crate::exchange::{Encoding, MediaType, Observation};
use crate::path::{Path, Selector, Trail};
use crate::rule::{Action, ErrorRow, RuleName, Shape, Translation, Treatment};
use crate::suite::{Binding, Suite};
use crate::value::Value;

use super::errors;
use super::expected::{Applied, Expected};
use super::ledger::{Detail, Ledger, Rule, Translated};
use super::shape::Reshape;
use super::treatment::Treat;

/// A suite's translations, ready to be applied.
#[derive(Debug, Clone)]
pub struct Translator {
    suite: Arc<Suite>,
    shapes: Selector<Rule<Shape>>,
    treatments: Selector<Rule<Treatment>>,
    names: Vec<RuleName>,
    /// Whether any treatment has a condition.
    conditional: bool,
}

impl Translator {
    /// Compiles a suite's translations.
    #[must_use]
    pub fn new(suite: Arc<Suite>) -> Self {
        let (mut shapes, mut treatments, mut names) = (Selector::default(), Selector::default(), Vec::new());
        // Value maps act before texts, and texts before types, whatever the file says first.
        let mut in_phase_order: Vec<&Translation> = suite.translations.iter().collect();
        in_phase_order.sort_by_key(|translation| translation.turn());
        for translation in in_phase_order {
            for pattern in &translation.patterns {
                let number = names.len();
                names.push(translation.name(pattern));
                match &translation.action {
                    Action::Shape(shape) => {
                        shapes.insert(
                            pattern,
                            Rule {
                                number,
                                when: translation.when.clone(),
                                act: shape.clone(),
                            },
                        );
                    }
                    Action::Treatment(treatment) => {
                        treatments.insert(
                            pattern,
                            Rule {
                                number,
                                when: translation.when.clone(),
                                act: treatment.clone(),
                            },
                        );
                    }
                }
            }
        }
        let conditional = suite
            .translations
            .iter()
            .any(|translation| matches!(translation.action, Action::Treatment(_)) && translation.when.is_some());
        Self {
            suite,
            shapes,
            treatments,
            names,
            conditional,
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
            .filter(|translation| matches!(translation.action, Action::Treatment(_)));
        treatments
            .flat_map(|translation| translation.patterns.iter().map(move |pattern| (translation, pattern)))
            .filter(|(_, pattern)| pattern.covers(path))
            .max_by_key(|(translation, pattern)| (pattern.parts().len(), translation.turn()))
            .map(|(translation, pattern)| translation.name(pattern))
    }

    /// Translates a success: the body through all phases, and the media type where the two sides write bodies in different
    /// encodings. `body` comes with what it was written in.
    #[must_use]
    pub fn success<'a>(
        &self,
        legacy: &Observation,
        body: Option<(Value<'a>, Encoding)>,
        binding: &Binding,
        detail: Detail,
    ) -> Translated<'a> {
        let mut ledger = Ledger::new(self.names.len(), detail);
        let (body, written_in) = body.unzip();
        let facts = errors::facts(&self.suite, legacy.status, body.as_ref(), binding);
        let body = body.map(|body| {
            let cursor = self.shapes.at(&body);
            let mut body = Reshape {
                ledger: &mut ledger,
                names: &self.names,
                facts: &facts,
            }
            .root(body, &cursor);
            let cursor = self.treatments.at(&body);
            Treat {
                ledger: &mut ledger,
                names: &self.names,
                facts: &facts,
                conditional: self.conditional,
            }
            .node(&mut body, &cursor, &Trail::root());
            body
        });
        let recoded = written_in.and_then(|from| self.recoded(from).map(|to| (from, to)));
        let expected = Expected {
            status: legacy.status,
            media_type: match recoded {
                Some((_, to)) => Some(MediaType::parse(to.media_type())),
                None => legacy.headers.get("content-type").map(MediaType::parse),
            },
            body,
        };
        let mut translated = ledger.close(expected, facts, &self.names);
        if let Some((from, to)) = recoded {
            let rule = RuleName::from(format!("encoding {} to {}", from.word(), to.word()));
            translated.applied.insert(
                0,
                Applied {
                    rule: rule.clone(),
                    count: 1,
                },
            );
            translated.made_by.media_type = Some(rule);
        }
        translated
    }

    /// The encoding that the candidate owes in place of this one: the one declared for it, or JSON for a legacy that is
    /// declared to write XML.
    fn recoded(&self, from: Encoding) -> Option<Encoding> {
        let declared = self.suite.encoding;
        let xml = declared.legacy == Some(Encoding::Xml);
        let owed = declared.candidate.or(xml.then_some(Encoding::Json))?;
        (owed != from).then_some(owed)
    }

    /// Translates an error through its row of the error table.
    #[must_use]
    pub fn error<'a>(&self, row: &ErrorRow, body: Option<&Value<'_>>, binding: &Binding, detail: Detail) -> Translated<'a> {
        errors::translate(&self.suite, row, body, binding, detail)
    }
}
