//! A suite's translations, compiled once and applied to every case.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::exchange::{Encoding, MediaType, Observation};
use crate::path::{Path, Pattern, Selector, Trail};
use crate::rule::{Action, Empty, ErrorRow, Facts, HeaderRule, RuleName, Shape, Translation, Treatment, is_bodyless};
use crate::suite::{Binding, Suite};
use crate::value::Value;

use super::errors;
use super::expected::{Applied, Expected};
use super::forms;
use super::headers;
use super::ledger::{Claim, Detail, Ledger, Rule, Translated};
use super::moves::Route;
use super::shape::{Act, Reshape};
use super::status;
use super::supply::{self, Owed};
use super::treat::{Treat, Walk};

/// A suite's translations, ready to be applied.
#[derive(Debug, Clone)]
pub struct Translator {
    suite: Arc<Suite>,
    shapes: Selector<Rule<Act>>,
    treatments: Selector<Rule<Treatment>>,
    supplies: Selector<Rule<Owed>>,
    /// Each rule at each of its patterns; its place is its number.
    names: Vec<RuleName>,
    /// The patterns of treatments of which a path alone tells whether they name a node, with their numbers.
    patterns: Vec<(Pattern, usize)>,
    /// Whether any treatment has a condition.
    conditional: bool,
    /// Whether any shape makes a `null`, which later phases leave.
    makes_null: bool,
}

impl Translator {
    /// Compiles a suite's translations.
    #[must_use]
    pub fn new(suite: Arc<Suite>) -> Self {
        let mut this = Self {
            shapes: Selector::default(),
            treatments: Selector::default(),
            supplies: Selector::default(),
            names: Vec::new(),
            patterns: Vec::new(),
            conditional: false,
            makes_null: false,
            suite,
        };
        let suite = Arc::clone(&this.suite);
        // Earlier phases have lower numbers, whatever the file says first.
        let mut in_phase_order: Vec<&Translation> = suite.translations.iter().collect();
        in_phase_order.sort_by_key(|translation| translation.turn());
        for translation in in_phase_order {
            for pattern in &translation.patterns {
                this.add(translation, pattern);
            }
        }
        this
    }

    fn add(&mut self, translation: &Translation, pattern: &Pattern) {
        let number = self.names.len();
        self.names.push(translation.name(pattern));
        let by_content = translation.when.is_some() || pattern.has_filters();
        let when = translation.when.clone();
        match &translation.action {
            Action::Shape(shape) => {
                self.makes_null |= matches!(shape, Shape::Single { empty: Empty::Null });
                let route = match shape {
                    Shape::Move { to } => Some(Route::new(pattern, to)),
                    _ => None,
                };
                let act = Act {
                    shape: shape.clone(),
                    route,
                };
                self.shapes.insert(
                    pattern,
                    Rule {
                        number,
                        act,
                        when,
                        by_content,
                    },
                );
            }
            Action::Treatment(treatment) => {
                self.conditional |= when.is_some();
                if !by_content {
                    self.patterns.push((pattern.clone(), number));
                }
                self.treatments.insert(
                    pattern,
                    Rule {
                        number,
                        act: treatment.clone(),
                        when,
                        by_content,
                    },
                );
            }
            Action::Supply(supply) => {
                if let Some((above, name)) = supply::split(pattern) {
                    let act = Owed {
                        name: name.to_owned(),
                        supply: supply.clone(),
                    };
                    self.supplies.insert(
                        &above,
                        Rule {
                            number,
                            act,
                            when,
                            by_content,
                        },
                    );
                }
            }
        }
    }

    /// The row of the error table that speaks of this error.
    #[must_use]
    pub fn error_row(&self, status: u16, body: Option<&Value<'_>>, binding: &Binding) -> Option<&ErrorRow> {
        errors::find(&self.suite, status, body, binding)
    }

    /// The header rules that speak of an answer of the legacy; what they owe, [`with_headers`](Self::with_headers) says.
    #[must_use]
    pub fn header_rules(&self, status: u16, body: Option<&Value<'_>>, binding: &Binding) -> Vec<&HeaderRule> {
        if self.suite.headers.is_empty() {
            return Vec::new();
        }
        let facts = errors::facts(&self.suite, status, body, binding);
        headers::speaking(&self.suite.headers, body, &facts)
    }

    /// Adds what these rules owe in headers to what is owed already; `sent` are the legacy's values of a header.
    #[must_use]
    pub fn with_headers<'a>(
        &self,
        mut translated: Translated<'a>,
        rules: &[&HeaderRule],
        sent: impl Fn(&str) -> Vec<String>,
        detail: Detail,
    ) -> Translated<'a> {
        headers::owe(&mut translated, rules, sent, detail);
        translated
    }

    /// The rule that made the node at this path of the expected body what it is, or the nearest node above it; `made` says
    /// so where the path does not tell.
    #[must_use]
    pub fn rule_at(&self, path: &Path, made: &[Claim]) -> Option<RuleName> {
        let by_path = self.patterns.iter().filter_map(|(pattern, number)| {
            let depth = pattern.depth_of_cover(path)?;
            Some(((depth, false, *number), &self.names[*number]))
        });
        // Claims are sorted by their paths.
        let said = (0..=path.segments().len()).flat_map(|depth| {
            let above: Path = path.segments()[..depth].iter().cloned().collect();
            let first = made.partition_point(|claim| claim.path < above);
            let here = made[first..].iter().take_while(move |claim| claim.path == above);
            here.map(move |claim| ((depth, claim.last, claim.number), &claim.rule))
        });
        by_path.chain(said).max_by_key(|(rank, _)| *rank).map(|(_, name)| name.clone())
    }

    /// Translates a success: the body through all phases, its status, and the media type where the two sides write bodies in different
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
        let status = status::find(&self.suite, body.as_ref(), &facts);
        let before = status.and_then(|rule| status::before(rule, body.as_ref(), detail));
        if let Some(rule) = status.filter(|rule| is_bodyless(rule.candidate)) {
            // What the rules make of a body that nobody owes is not counted.
            let expected = Expected {
                status: rule.candidate,
                media_type: None,
                headers: Vec::new(),
                body: None,
            };
            let mut translated = ledger.close(expected, facts, &self.names);
            status::tell(&mut translated, rule, before);
            return translated;
        }
        let body = body.map(|body| {
            let mut body = self.reshape(body, &facts, &mut ledger);
            let mut nulls = BTreeSet::new();
            if self.makes_null {
                forms::nulls(&mut body, &Trail::root(), &mut nulls);
            }
            self.treat(body, &facts, &mut ledger, nulls)
        });
        let recoded = written_in.and_then(|from| self.recoded(from).map(|to| (from, to)));
        let expected = Expected {
            status: status.map_or(legacy.status, |rule| rule.candidate),
            media_type: match recoded {
                Some((_, to)) => Some(MediaType::parse(to.media_type())),
                None => legacy.headers.get("content-type").map(MediaType::parse),
            },
            headers: Vec::new(),
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
        if let Some(rule) = status {
            status::tell(&mut translated, rule, before);
        }
        translated
    }

    fn reshape<'a>(&self, body: Value<'a>, facts: &Facts, ledger: &mut Ledger) -> Value<'a> {
        if self.shapes.is_empty() {
            return body;
        }
        let cursor = self.shapes.at(&body);
        let mut reshape = Reshape {
            ledger,
            names: &self.names,
            facts,
            moving: Vec::new(),
        };
        reshape.root(body, &cursor)
    }

    fn treat<'a>(&self, mut body: Value<'a>, facts: &Facts, ledger: &mut Ledger, nulls: BTreeSet<Path>) -> Value<'a> {
        let walk = Walk {
            treatments: (!self.treatments.is_empty()).then(|| self.treatments.at(&body)),
            supplies: (!self.supplies.is_empty()).then(|| self.supplies.at(&body)),
        };
        let mut treat = Treat {
            ledger,
            names: &self.names,
            facts,
            conditional: self.conditional,
            nulls,
            supplying: Vec::new(),
        };
        treat.node(&mut body, &walk, &Trail::root());
        body
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
