//! The audit of recorded exchanges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::{Change, Received};
use crate::exchange::{Exchange, Observation, Part, PerSide};
use crate::rule::RuleName;
use crate::suite::{Case, Suite};
use crate::translate::Detail;
use crate::verdict::{Judge, Prepared, Standing, Verdict, signatures};

use super::class::Class;
use super::explain::{AsJudged, Explainer, Eyes, Rules, changes};
use super::model::{AuditReport, Example, Fate, Finding, SuiteAudit, Tally, Unaudited};
use super::mutant::Mutant;
use super::spread::{Seed, share};
use super::walk::Survey;

/// What is audited of a suite.
#[derive(Debug)]
pub struct Input {
    /// The suite.
    pub suite: Arc<Suite>,
    /// The sides' own base URLs, which count as `{base}` inside bodies.
    pub bases: PerSide<Option<String>>,
    /// What was asked and answered, in order.
    pub exchanges: Vec<(Case, Exchange)>,
}

/// How an audit goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Decides which mutants are made where there can be more than the budget.
    pub seed: u64,
    /// How many are made at the most.
    pub budget: usize,
}

/// Makes mutants of the candidate's answers, judges each, and says of every survivor why it survived.
///
/// The budget is spread over the suites, their cases, the classes and the patterns of paths: each gets as much as any other
/// can use.
#[must_use]
pub fn audit(inputs: &[Input], options: Options) -> AuditReport {
    audit_with(&AsJudged, inputs, options)
}

pub(super) fn audit_with(eyes: &dyn Eyes, inputs: &[Input], options: Options) -> AuditReport {
    let seed = Seed::new(options.seed);
    let judges: Vec<Judge> = inputs.iter().map(|input| Judge::new(Arc::clone(&input.suite))).collect();
    let suites: Vec<Suited<'_>> = inputs
        .iter()
        .zip(&judges)
        .map(|(input, judge)| Suited::survey(eyes, input, judge))
        .collect();
    let totals: Vec<usize> = suites
        .iter()
        .map(|suite| suite.cases.iter().map(|case| case.possible).sum())
        .collect();
    let budgets = share(options.budget, &totals, seed);
    AuditReport {
        seed: options.seed,
        budget: options.budget,
        suites: suites
            .into_iter()
            .zip(budgets)
            .map(|(suite, budget)| suite.audit(eyes, budget, seed))
            .collect(),
    }
}

/// A suite whose cases are known to be auditable or not.
struct Suited<'a> {
    input: &'a Input,
    judge: &'a Judge,
    cases: Vec<Surveyed<'a>>,
    unaudited: Vec<Unaudited>,
}

/// A case that can be audited.
struct Surveyed<'a> {
    case: &'a Case,
    exchange: &'a Exchange,
    answer: &'a Observation,
    /// How many mutants its answer can have.
    possible: usize,
    original: Original,
}

/// What a mutant has to be told from.
enum Original {
    /// An answer in parity.
    Parity,
    /// One that differs as an expected verdict says; a mutant with the same signatures survives.
    Expected(RuleName),
}

impl<'a> Suited<'a> {
    fn survey(eyes: &dyn Eyes, input: &'a Input, judge: &'a Judge) -> Self {
        let mut suited = Self {
            input,
            judge,
            cases: Vec::new(),
            unaudited: Vec::new(),
        };
        let bases = suited.bases();
        for (case, exchange) in &input.exchanges {
            let judgement = judge.judge(case, exchange, bases, Detail::Counts);
            let original = match (&judgement.standing, judgement.verdict) {
                (_, verdict) if verdict.is_parity() => Ok(Original::Parity),
                (Standing::Expected { .. }, Verdict::Mismatch) => Ok(Original::Expected(expected(&input.suite, case))),
                (Standing::Expected { .. }, verdict) => Err(format!("{verdict} (expected)")),
                (_, verdict) => Err(verdict.to_string()),
            };
            let (original, answer) = match (original, &exchange.candidate) {
                (Ok(original), Ok(answer)) => (original, answer),
                (Ok(_), Err(unreachable)) => unreachable!("judged without an answer: {unreachable}"),
                (Err(why), _) => {
                    let case = case.to_string();
                    suited.unaudited.push(Unaudited { case, why });
                    continue;
                }
            };
            let prepared = judge
                .prepare(case, exchange, bases)
                .expect("a case is comparable when it was compared");
            let received = eyes.read(&prepared, answer).expect("an answer that was compared was read");
            suited.cases.push(Surveyed {
                case,
                exchange,
                answer,
                possible: Survey::of(answer, &received).total(),
                original,
            });
        }
        suited
    }

    fn bases(&self) -> PerSide<Option<&'a str>> {
        self.input.bases.as_ref().map(Option::as_deref)
    }

    fn audit(self, eyes: &dyn Eyes, budget: usize, seed: Seed) -> SuiteAudit {
        let seed = seed.join(&self.input.suite.name);
        let possible: Vec<usize> = self.cases.iter().map(|case| case.possible).collect();
        let budgets = share(budget, &possible, seed);
        let rules = Rules::new(Arc::clone(&self.input.suite));
        let mut ledger = Ledger::default();
        for (case, budget) in self.cases.iter().zip(budgets) {
            self.case(eyes, &rules, case, (budget, seed), &mut ledger);
        }
        SuiteAudit {
            suite: self.input.suite.name.clone(),
            floor: self.input.suite.coverage_floor,
            audited: self.cases.len(),
            possible: possible.iter().sum(),
            unaudited: self.unaudited,
            tally: ledger.classes.values().fold(Tally::default(), |sum, tally| sum + *tally),
            classes: ledger.classes.clone(),
            findings: ledger.sorted(),
        }
    }

    fn case(&self, eyes: &dyn Eyes, rules: &Rules, of: &Surveyed<'a>, (budget, seed): (usize, Seed), ledger: &mut Ledger) {
        const COMPARED: &str = "what was surveyed can be read again";
        let bases = self.bases();
        let prepared = self.judge.prepare(of.case, of.exchange, bases).expect(COMPARED);
        let read = || eyes.read(&prepared, of.answer).expect(COMPARED);
        let (original, mut received) = (read(), read());
        let survey = Survey::of(of.answer, &original);
        let seed = seed.join(&of.case.to_string());
        let watch = Watch::new(eyes, &prepared, &of.original, &original);
        let mut explainer = Explainer::new(rules, eyes, (of.case, of.exchange, bases), &original, prepared.expected());
        for mutant in survey.choose(budget, seed, of.answer, &original) {
            let survived = mutant.with(
                of.answer,
                &mut received,
                |answer| eyes.read(&prepared, answer),
                |changed| {
                    // What cannot be read any more makes the candidate broken.
                    let changed = changed?;
                    match watch.look(changed) {
                        Seen::Other => None,
                        Seen::Excused(rule) => Some((Some(rule), true)),
                        Seen::Same => Some(explainer.explain(&mutant, changed)),
                    }
                },
            );
            let header = mutant
                .header(&prepared.expected().headers)
                .map(|owed| format!("header {}", owed.name));
            ledger.count((&mutant, header.as_deref()), survived, || {
                let (before, after) = mutant.shown(&original);
                Example {
                    case: of.case.to_string(),
                    path: header.clone().unwrap_or_else(|| mutant.path(&original).to_string()),
                    before,
                    after,
                }
            });
        }
    }
}

/// Tells a mutant from the original.
struct Watch<'a> {
    eyes: &'a dyn Eyes,
    prepared: &'a Prepared<'a, 'a>,
    /// How the original differs, when it does so as expected.
    expected: Option<Known>,
}

struct Known {
    rule: RuleName,
    signatures: BTreeSet<String>,
    changes: Vec<(Part, Change)>,
}

enum Seen {
    /// The mutant is judged otherwise.
    Other,
    /// It differs otherwise, in a way that the expected verdict takes for the same.
    Excused(RuleName),
    /// It is the same to the judge.
    Same,
}

impl<'a> Watch<'a> {
    fn new(eyes: &'a dyn Eyes, prepared: &'a Prepared<'a, 'a>, original: &Original, answer: &Received<'_>) -> Self {
        let expected = match original {
            Original::Parity => None,
            Original::Expected(rule) => {
                let differences = eyes.differences(prepared, answer);
                Some(Known {
                    rule: rule.clone(),
                    signatures: signatures(&PerSide::default(), &differences),
                    changes: changes(differences),
                })
            }
        };
        Self { eyes, prepared, expected }
    }

    fn look(&self, changed: &Received<'_>) -> Seen {
        let Some(expected) = &self.expected else {
            let agrees = self.eyes.agrees(self.prepared, changed);
            return if agrees { Seen::Same } else { Seen::Other };
        };
        let differences = self.eyes.differences(self.prepared, changed);
        if signatures(&PerSide::default(), &differences) != expected.signatures {
            Seen::Other
        } else if changes(differences) != expected.changes {
            Seen::Excused(expected.rule.clone())
        } else {
            Seen::Same
        }
    }
}

/// What became of the mutants of a suite.
#[derive(Default)]
struct Ledger {
    classes: BTreeMap<Class, Tally>,
    findings: BTreeMap<(Fate, Class, String, Option<RuleName>), Finding>,
}

impl Ledger {
    /// Counts a mutant; of a survivor it takes the rule that hides it, and whether that is declared.
    fn count(
        &mut self,
        (mutant, header): (&Mutant, Option<&str>),
        survived: Option<(Option<RuleName>, bool)>,
        example: impl FnOnce() -> Example,
    ) {
        let fate = match &survived {
            None => Fate::Killed,
            Some((_, true)) => Fate::Declared,
            Some((_, false)) => Fate::Blind,
        };
        self.classes.entry(mutant.class).or_default().count(fate);
        let Some((rule, _)) = survived else { return };
        let response = || header.unwrap_or("response").to_owned();
        let place = mutant.pattern.as_ref().map_or_else(response, ToString::to_string);
        let example = example();
        let finding = self
            .findings
            .entry((fate, mutant.class, place.clone(), rule.clone()))
            .or_insert_with(|| Finding {
                fate,
                class: mutant.class,
                place,
                rule,
                count: 0,
                cases: Vec::new(),
                example: example.clone(),
            });
        finding.count += 1;
        if finding.cases.last() != Some(&example.case) {
            finding.cases.push(example.case);
        }
    }

    /// Blind spots first, and of each kind the most common first.
    fn sorted(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.findings.into_values().collect();
        findings.sort_by_key(|finding| (finding.fate, std::cmp::Reverse(finding.count)));
        findings
    }
}

/// The name of the expected verdict that speaks of a case.
fn expected(suite: &Suite, case: &Case) -> RuleName {
    let declared = suite.expected_of(case);
    declared.map_or_else(|| RuleName::from(format!("expected {}", case.binding)), |declared| declared.name())
}
