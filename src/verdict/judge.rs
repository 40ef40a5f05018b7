//! Two observations to one verdict.

use std::sync::Arc;

use crate::compare::{Change, Compared, Comparer, Difference};
use crate::exchange::{Encoding, Exchange, Observation, Part, PerSide, Side, Unreachable};
use crate::rule::LEGACY;
use crate::suite::{Case, Suite};
use crate::translate::{Applied, Detail, Fault, FaultKind, MadeBy, Translated, Translator};
use crate::value::{Value, compact};

use super::judgement::{Failure, Judgement, Verdict};
use super::known::{Standing, stand};
use super::prepared::received;
use super::reading::{Reading, failure, header_values, is_cut_off, media_type, no_answer};
use super::repeated::Repeated;

/// A suite compiled for judging its cases.
#[derive(Debug, Clone)]
pub struct Judge {
    suite: Arc<Suite>,
    translator: Translator,
    comparer: Comparer,
}

/// How much of an error without a row is shown, in characters.
const SHOWN: usize = 300;

impl Judge {
    /// Compiles a suite.
    #[must_use]
    pub fn new(suite: Arc<Suite>) -> Self {
        Self {
            translator: Translator::new(Arc::clone(&suite)),
            comparer: Comparer::new(&suite.comparisons).with_headers(&suite.headers),
            suite,
        }
    }

    /// The suite that this judge knows.
    #[must_use]
    pub fn suite(&self) -> &Suite {
        &self.suite
    }

    /// The verdict of one exchange. `bases` are the sides' own base URLs, which count as `{base}` inside bodies.
    #[must_use]
    pub fn judge<'x>(&self, case: &Case, exchange: &'x Exchange, bases: PerSide<Option<&str>>, detail: Detail) -> Judgement<'x> {
        let mut judgement = match (&exchange.legacy, &exchange.candidate) {
            (Ok(legacy), Ok(candidate)) => self.both_answered(case, PerSide { legacy, candidate }, bases, detail),
            _ => unanswered(exchange),
        };
        judgement.standing = stand(judgement.verdict, &judgement.signatures(), self.suite.expected_of(case));
        judgement
    }

    fn both_answered<'x>(
        &self,
        case: &Case,
        sides: PerSide<&'x Observation>,
        bases: PerSide<Option<&str>>,
        detail: Detail,
    ) -> Judgement<'x> {
        let readings = PerSide {
            legacy: Reading::of(sides.legacy, bases.legacy, self.suite.encoding.legacy),
            candidate: Reading::of(sides.candidate, bases.candidate, self.suite.encoding.candidate),
        };
        let translated = match self.translate(case, (sides.legacy, bases.legacy), readings.legacy, detail) {
            Legacy::Owes(translated) => *translated,
            Legacy::Broken(broken) => {
                let candidate = candidate_failure(sides.candidate, &readings.candidate, None);
                return Judgement::without_comparison(
                    Verdict::LegacyBroken,
                    PerSide {
                        legacy: Some(broken),
                        candidate,
                    },
                );
            }
            Legacy::NoRow(legacy) => {
                if let Some(broken) = candidate_failure(sides.candidate, &readings.candidate, None) {
                    return Judgement::without_comparison(
                        Verdict::CandidateBroken,
                        PerSide {
                            legacy: None,
                            candidate: Some(broken),
                        },
                    );
                }
                return without_row(legacy, sides.candidate, &readings.candidate);
            }
        };
        if let Some(broken) = candidate_failure(sides.candidate, &readings.candidate, Some(&translated)) {
            let mut judgement = Judgement::without_comparison(
                Verdict::CandidateBroken,
                PerSide {
                    legacy: None,
                    candidate: Some(broken),
                },
            );
            judgement.expected = Some(translated.expected);
            judgement.applied = translated.applied;
            judgement.effects = translated.effects;
            return judgement;
        }
        self.compare(translated, (sides.candidate, bases.candidate), readings.candidate)
    }

    /// How the candidate's answers are compared.
    pub(super) const fn comparer(&self) -> &Comparer {
        &self.comparer
    }

    pub(super) fn translate<'x>(
        &self,
        case: &Case,
        (legacy, base): (&Observation, Option<&str>),
        reading: Reading<'x>,
        detail: Detail,
    ) -> Legacy<'x> {
        let binding = &case.binding;
        let is_success = (200..300).contains(&legacy.status);
        let reading = match reading {
            broken if is_success && !self.answers(legacy, &broken) => return Legacy::Broken(failure(Side::Legacy, legacy, &broken)),
            reading => reading,
        };
        let rules = self.translator.header_rules(legacy.status, reading.document(), binding);
        let owes = |translated: Translated<'x>| {
            let sent = |name: &str| header_values(legacy, base, name);
            Legacy::Owes(Box::new(self.translator.with_headers(translated, &rules, sent, detail)))
        };
        match self.translator.error_row(legacy.status, reading.document(), binding) {
            Some(row) => owes(self.translator.error(row, reading.document(), binding, detail)),
            None if is_success => owes(self.translator.success(legacy, reading.into_body(), binding, detail)),
            None if legacy.status < 500 && reading.document().is_some() => {
                let body = reading.document().map(compact).unwrap_or_default();
                Legacy::NoRow(format!("{} {}", legacy.status, shorten(&body)))
            }
            None => Legacy::Broken(failure(Side::Legacy, legacy, &reading)),
        }
    }

    /// Whether a success is what the suite says that the legacy answers: in the encoding that is declared, or else in the one
    /// that the answer itself names.
    fn answers(&self, legacy: &Observation, reading: &Reading<'_>) -> bool {
        match (reading, self.suite.encoding.legacy) {
            (Reading::Document(_, encoding), Some(declared)) => declared == *encoding,
            (Reading::Document(_, encoding), None) => media_type(legacy).as_ref().and_then(Encoding::of) == Some(*encoding),
            (Reading::Empty, _) => matches!(legacy.status, 204 | 205) || self.suite.request.legacy.method == "HEAD",
            (Reading::Unreadable(..), _) => false,
        }
    }

    fn compare<'x>(&self, translated: Translated<'x>, candidate: (&Observation, Option<&str>), reading: Reading<'_>) -> Judgement<'x> {
        let body = match reading {
            Reading::Document(document, _) => Some(document),
            Reading::Empty | Reading::Unreadable(..) => None,
        };
        let received = received(candidate, body, &translated.expected);
        let Translated {
            expected,
            mut applied,
            faults,
            effects,
            made_by,
            facts,
        } = translated;
        let Compared {
            differences,
            notes,
            applied: compared,
            excused,
            deviations,
        } = self.comparer.compare(&expected, &received, &facts);
        let differences = self.differences(faults, differences, &made_by);
        let acted = excused || !applied.is_empty();
        applied.extend(compared.into_iter().map(|(rule, count)| Applied { rule, count }));
        Judgement {
            verdict: match (differences.is_empty(), acted) {
                (true, false) => Verdict::Match,
                (true, true) => Verdict::Translated,
                (false, _) => Verdict::Mismatch,
            },
            standing: Standing::Fails,
            failures: PerSide::default(),
            expected: Some(expected),
            applied,
            differences,
            deviations,
            notes,
            effects,
            repeated: Repeated::NONE,
        }
    }

    /// What the translation could not do and what the comparison found, by place, with the rules that they are about.
    pub(super) fn differences(&self, faults: Vec<Fault>, compared: Vec<Difference>, made_by: &MadeBy) -> Vec<Difference> {
        let mut differences = merge(faults, compared);
        for difference in &mut differences {
            self.name_rule(difference, made_by);
        }
        differences.sort_by(|a, b| a.part.cmp(&b.part));
        differences
    }

    /// Names the rule that made this part of the expected side: a translation of the body, or the error row that made it all.
    fn name_rule(&self, difference: &mut Difference, made_by: &MadeBy) {
        if difference.rule.is_none() {
            difference.rule = match (&made_by.whole, &difference.part) {
                (Some(row), _) => Some(row.clone()),
                (None, Part::Body(path)) => self.translator.rule_at(path, &made_by.body),
                (None, Part::MediaType) => made_by.media_type.clone(),
                // A header names its rule itself.
                (None, Part::Header(_)) => None,
                (None, Part::Status) => made_by.status.clone(),
            };
        }
    }
}

/// Why the candidate's answer is no response of its contract, if it is not: a server error that nobody owes, or a body
/// that cannot be read.
fn candidate_failure(candidate: &Observation, reading: &Reading<'_>, owed: Option<&Translated<'_>>) -> Option<Failure> {
    let owed_status = owed.map(|translated| translated.expected.status);
    let broken = (candidate.status >= 500 && owed_status != Some(candidate.status)) || matches!(reading, Reading::Unreadable(..));
    broken.then(|| failure(Side::Candidate, candidate, reading))
}

/// What becomes of the legacy's answer.
pub(super) enum Legacy<'x> {
    /// The candidate owes this.
    Owes(Box<Translated<'x>>),
    /// Not what the suite says the legacy answers.
    Broken(Failure),
    /// An error that no row of the error table names; status and body.
    NoRow(String),
}

fn unanswered<'x>(exchange: &Exchange) -> Judgement<'x> {
    let failures = exchange.as_ref().map(|answer| answer.as_ref().err());
    let verdict = match (failures.legacy, failures.candidate) {
        (None, Some(cut)) if is_cut_off(cut) => Verdict::CandidateBroken,
        (Some(cut), other) if is_cut_off(cut) && other.is_none_or(is_cut_off) => Verdict::LegacyBroken,
        _ => Verdict::Unreachable,
    };
    let reason = |side, failure: Option<&Unreachable>| failure.map(|failure| no_answer(side, failure));
    Judgement::without_comparison(
        verdict,
        PerSide {
            legacy: reason(Side::Legacy, failures.legacy),
            candidate: reason(Side::Candidate, failures.candidate),
        },
    )
}

fn without_row<'x>(legacy: String, candidate: &Observation, reading: &Reading<'_>) -> Judgement<'x> {
    let body = reading.document().map(compact).unwrap_or_default();
    let mut judgement = Judgement::without_comparison(Verdict::Mismatch, PerSide::default());
    judgement.differences.push(Difference {
        part: Part::Status,
        change: Change::UnknownError {
            legacy,
            got: format!("{} {}", candidate.status, shorten(&body)),
        },
        rule: None,
        row: None,
    });
    judgement
}

/// Faults become differences; where a rule could not make what is owed, what the comparison found there is the same thing
/// once more, and left out.
fn merge(faults: Vec<Fault>, mut differences: Vec<Difference>) -> Vec<Difference> {
    for fault in &faults {
        if let FaultKind::Unreadable { .. } | FaultKind::Absent { .. } = fault.kind {
            differences.retain(|difference| !matches!(&difference.part, Part::Body(path) if path.is_within(&fault.path)));
        }
    }
    differences.extend(faults.into_iter().map(|fault| Difference {
        part: Part::Body(fault.path),
        change: Change::Untranslatable {
            reason: reason(&fault.kind),
        },
        rule: Some(fault.rule),
        row: None,
    }));
    differences
}

fn reason(fault: &FaultKind) -> String {
    match fault {
        FaultKind::Unreadable { wanted, found } => format!("the legacy answers {found}, which does not read as {wanted}"),
        FaultKind::Misshapen { wanted, found } => format!("the legacy answers {found}, which is not {wanted}"),
        FaultKind::NoPlace { to, reason } => format!("it cannot go to `{to}`: {reason}"),
        FaultKind::Siblings { names } => {
            format!("to unwrap it would throw away what stands beside it: {}", quoted(names))
        }
        FaultKind::Occupied { name } => format!("the name `{name}` is taken by another member"),
        FaultKind::Absent { name } if name.starts_with(LEGACY) => {
            format!("the error row quotes `{{{name}}}`, which the legacy's answer does not say")
        }
        FaultKind::Absent { name } => format!("the error row quotes `{{{name}}}`, a parameter that the case does not have"),
        FaultKind::Unclaimed { found } => format!("the legacy's error says {found} here, of which the error row says nothing"),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn shorten(text: &str) -> String {
    crate::value::excerpt(&Value::string(text), SHOWN)
        .trim_matches('"')
        .replace("\\\"", "\"")
}
