//! The recorded cases of a suite, judged with rules that it does not have yet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::Input;
use crate::compare::{Change, Deviation, Difference};
use crate::diagnostic::Source;
use crate::exchange::{Part, PerSide};
use crate::path::Pattern;
use crate::rule::RuleName;
use crate::suite::{Case, Suite, read_suite_with};
use crate::translate::{Detail, Effect};
use crate::value::Value;
use crate::verdict::{Judge, Judgement, Standing, Verdict, document};

use super::draft::Draft;
use super::gap::{gap, lone};

/// What stands for a reason while rules are tried.
pub(super) const TRIED: &str = "tried";

/// What a status or a media type that differs is worth, held against leaves of documents.
const ANOTHER_ANSWER: u64 = 100;

/// The cases of one suite, and what was answered.
pub(super) struct Ground<'i> {
    input: &'i Input,
    /// The suite's text, to which rules are added.
    text: String,
    /// Both answers of each case, where they are documents.
    pub documents: Vec<PerSide<Option<Value<'i>>>>,
    /// Whether what is open in a case is to be explained.
    wanted: Vec<bool>,
}

/// Every case, judged by some rules.
pub(super) struct State<'i> {
    pub suite: Arc<Suite>,
    pub cases: Vec<Seen<'i>>,
    pub drafts: Vec<Draft>,
}

/// A case, judged.
pub(super) struct Seen<'i> {
    pub verdict: Verdict,
    /// Whether it passes with its verdict.
    pub passes: bool,
    /// Whether it says anything of the translations that are looked for: a success is held against a success, and it passes
    /// without a declared verdict, or is to be explained.
    pub speaks: bool,
    /// Whether what is open in it is to be explained.
    pub wanted: bool,
    pub differences: Vec<Difference>,
    pub signatures: BTreeSet<String>,
    pub deviations: Vec<Deviation>,
    /// The status that is owed.
    pub status: Option<u16>,
    /// The document that is owed.
    pub expected: Option<Value<'i>>,
    /// How often a rule could not do what it says.
    pub faults: usize,
    pub gap: u64,
}

impl<'i> Ground<'i> {
    pub fn new(input: &'i Input, wanted: impl Fn(&Case) -> bool) -> Self {
        let bases = input.bases.as_ref().map(Option::as_deref);
        let encoding = input.suite.encoding;
        let documents = input.exchanges.iter().map(|(_, exchange)| PerSide {
            legacy: exchange
                .legacy
                .as_ref()
                .ok()
                .and_then(|answer| document(answer, bases.legacy, encoding.legacy)),
            candidate: exchange
                .candidate
                .as_ref()
                .ok()
                .and_then(|answer| document(answer, bases.candidate, encoding.candidate)),
        });
        let mut text = input.suite.text.to_string();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            documents: documents.collect(),
            wanted: input.exchanges.iter().map(|(case, _)| wanted(case)).collect(),
            input,
            text,
        }
    }

    pub const fn input(&self) -> &'i Input {
        self.input
    }

    /// The name of a case.
    pub fn name(&self, case: usize) -> String {
        self.input.exchanges[case].0.to_string()
    }

    /// The suite with these rules, read as any suite is; else what its reader says.
    pub fn suite(&self, drafts: &[Draft]) -> Result<Arc<Suite>, String> {
        if drafts.is_empty() {
            return Ok(Arc::clone(&self.input.suite));
        }
        let added: Vec<String> = drafts.iter().map(|draft| draft.toml(TRIED)).collect();
        let text = format!("{}{}", self.text, added.concat());
        let suite = &self.input.suite;
        let read = read_suite_with(&Source::new(suite.file.as_str(), text), |wanted| match &suite.inputs {
            Some(inputs) => Ok(Source::new(inputs.file.as_str(), &*inputs.text)),
            None => Err(wanted.error("the suite names a file that it did not name before").into()),
        });
        read.map(Arc::new).map_err(|found| {
            let first = found.iter().next();
            first.map_or_else(String::new, |first| first.message.clone())
        })
    }

    /// The names that the rules of each draft have in outputs.
    pub fn names(&self, drafts: &[Draft], suite: &Suite) -> Vec<BTreeSet<RuleName>> {
        let lines = |text: &str| text.matches('\n').count();
        let mut line = lines(&self.text) + 1;
        drafts
            .iter()
            .map(|draft| {
                let translations = suite.translations.iter().filter(|rule| rule.justification.line == line);
                let translations = translations.flat_map(|rule| rule.patterns.iter().map(|pattern| rule.name(pattern)));
                let comparisons = suite.comparisons.iter().filter(|rule| rule.justification.line == line);
                let errors = suite.errors.iter().filter(|row| row.justification.line == line);
                let statuses = suite.statuses.iter().filter(|rule| rule.justification.line == line);
                let names = translations
                    .chain(comparisons.map(|rule| rule.name()))
                    .chain(errors.map(|row| row.name()))
                    .chain(statuses.map(|rule| rule.name()));
                let names = names.collect();
                line += lines(&draft.toml(TRIED));
                names
            })
            .collect()
    }

    /// Every case by the suite with these rules.
    pub fn judge(&self, drafts: Vec<Draft>) -> Result<State<'i>, String> {
        let suite = self.suite(&drafts)?;
        let judge = Judge::new(Arc::clone(&suite));
        let cases = (0..self.input.exchanges.len()).map(|case| self.see(&judge, case)).collect();
        Ok(State { suite, cases, drafts })
    }

    /// The same, given up at the first case that is worse than `before`: one that passes no more, or in which a rule cannot do
    /// what it says.
    pub fn judge_if_no_worse(&self, before: &State<'i>, drafts: Vec<Draft>) -> Result<State<'i>, String> {
        let suite = self.suite(&drafts)?;
        let judge = Judge::new(Arc::clone(&suite));
        let mut cases: Vec<Option<Seen<'i>>> = (0..before.cases.len()).map(|_| None).collect();
        // What is open is what rules are tried for: it says most, and first.
        let (open, closed): (Vec<usize>, Vec<usize>) = (0..before.cases.len()).partition(|case| !before.cases[*case].passes);
        for case in open.into_iter().chain(closed) {
            let (was, now) = (&before.cases[case], self.see(&judge, case));
            if was.passes && !now.passes {
                return Err(format!("`{}` would pass no more", self.name(case)));
            }
            if now.faults > was.faults {
                return Err(format!("it cannot act in `{}`", self.name(case)));
            }
            cases[case] = Some(now);
        }
        Ok(State {
            suite,
            cases: cases.into_iter().flatten().collect(),
            drafts,
        })
    }

    /// Every change that the rules make, case by case, until `enough` says so.
    pub fn effects(&self, suite: &Arc<Suite>, mut each: impl FnMut(usize, &[Effect]) -> bool) {
        let judge = Judge::new(Arc::clone(suite));
        for case in 0..self.input.exchanges.len() {
            let judgement = self.judgement(&judge, case, Detail::Effects);
            if each(case, &judgement.effects) {
                break;
            }
        }
    }

    fn judgement(&self, judge: &Judge, case: usize, detail: Detail) -> Judgement<'i> {
        let bases = self.input.bases.as_ref().map(Option::as_deref);
        let (case, exchange) = &self.input.exchanges[case];
        judge.judge(case, exchange, bases, detail)
    }

    fn see(&self, judge: &Judge, case: usize) -> Seen<'i> {
        let judgement = self.judgement(judge, case, Detail::Counts);
        let exchange = &self.input.exchanges[case].1;
        let suite = judge.suite();
        let status = |answer: &crate::exchange::Answer| answer.as_ref().map_or(0, |answer| answer.status);
        let is_row = judgement
            .applied
            .iter()
            .any(|applied| suite.errors.iter().any(|row| row.name() == applied.rule));
        let success = |status: u16| (200..300).contains(&status);
        let is_success = !is_row && success(status(&exchange.legacy)) && success(status(&exchange.candidate));
        let documents = &self.documents[case];
        let expected = judgement.expected.as_ref().and_then(|expected| expected.body.clone());
        let parts = judgement
            .differences
            .iter()
            .filter(|difference| difference.part < Part::Body(crate::path::Path::root()));
        let another_answer = ANOTHER_ANSWER * u64::try_from(parts.count()).unwrap_or(u64::MAX);
        let gap = match (&judgement.expected, &expected, &documents.candidate) {
            (Some(_), Some(expected), Some(candidate)) => another_answer + gap(expected, candidate),
            (Some(_), Some(only), None) => another_answer + lone(only),
            (Some(_), None, Some(only)) => another_answer + lone(only),
            (Some(_), None, None) => another_answer,
            (None, ..) => {
                let both = documents.legacy.iter().chain(&documents.candidate);
                2 * ANOTHER_ANSWER + both.map(lone).sum::<u64>()
            }
        };
        Seen {
            verdict: judgement.verdict,
            passes: judgement.standing.passes(),
            speaks: is_success
                && match judgement.standing {
                    Standing::Passes => true,
                    Standing::Expected { .. } => false,
                    Standing::Fails | Standing::Surprises(_) => self.wanted[case],
                },
            wanted: self.wanted[case],
            faults: judgement
                .differences
                .iter()
                .filter(|difference| matches!(difference.change, Change::Untranslatable { .. }))
                .count(),
            signatures: judgement.signatures(),
            deviations: judgement.deviations,
            differences: judgement.differences,
            status: judgement.expected.as_ref().map(|expected| expected.status),
            expected,
            gap,
        }
    }
}

impl Seen<'_> {
    /// Whether there is something to explain.
    pub const fn is_open(&self) -> bool {
        self.wanted && !self.passes
    }
}

impl State<'_> {
    /// How far all is from what it should be.
    pub fn gap(&self) -> u64 {
        self.cases.iter().map(|case| case.gap).sum()
    }

    /// The signatures of cases that do not pass, each with its cases.
    pub fn open(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let mut open: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (case, seen) in self.cases.iter().enumerate().filter(|(_, seen)| seen.is_open()) {
            for signature in &seen.signatures {
                open.entry(signature.clone()).or_default().insert(case);
            }
        }
        open
    }

    /// How many differences there are.
    pub fn differences(&self) -> usize {
        self.cases.iter().map(|case| case.differences.len()).sum()
    }

    /// What is said at a place in cases that do not pass, without the rules that made it what it is.
    pub fn kinds_at(&self, place: &Pattern) -> BTreeSet<String> {
        let open = self.cases.iter().filter(|seen| seen.is_open());
        let here = open
            .flat_map(|seen| &seen.differences)
            .filter(|difference| is_at(difference, place));
        here.map(|difference| {
            let bare = Difference {
                rule: None,
                ..difference.clone()
            };
            bare.signature()
        })
        .collect()
    }
}

/// Whether a difference is at a node of the pattern.
pub(super) fn is_at(difference: &Difference, place: &Pattern) -> bool {
    matches!(&difference.part, Part::Body(path) if path.generalise() == *place)
}
