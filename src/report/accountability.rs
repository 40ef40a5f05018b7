//! Rules held to account: which are expired, which never act, which nobody can show acting.
//!
//! Dates are judged in every run. That a rule never acts is known only of a full run, and of a suite all of whose cases could be
//! compared: what cannot be seen acting while a side is away is not stale.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::rule::{Justification, RuleName};
use crate::verdict::{Standing, Verdict};

use super::model::{CaseReport, SuiteReport};

/// What the gate makes of a rule that is not as it should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// It fails.
    #[default]
    Fail,
    /// It says so.
    Warn,
}

/// How strict the gate is with rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleGate {
    /// With a rule that never acts.
    pub stale: Strictness,
    /// With a rule past its date.
    pub expired: Strictness,
}

/// What there is to say of the rules of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accountability {
    /// The day by which rules were held to their dates; `None` when the record does not say one.
    pub today: Option<Date>,
    /// What there is to say, by suite and line; what fails the gate is among what does not.
    pub concerns: Vec<Concern>,
}

/// One rule, or one preset as a whole, that is not as it should be, or soon will not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The suite's name.
    pub suite: String,
    /// The rule; of a preset its own name, `php-xml-json@1`.
    pub rule: RuleName,
    /// Where it is declared: `suites/run-trace.toml:41`.
    pub at: String,
    /// The line of that.
    pub line: usize,
    /// What is the matter.
    pub kind: ConcernKind,
    /// Who answers for the rule.
    pub owner: Option<String>,
    /// Why the rule is there.
    pub why: String,
    /// Whether the gate fails for it.
    pub fails: bool,
}

/// What is the matter with a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConcernKind {
    /// It held until a day that is past.
    Expired {
        /// The last day on which it held.
        on: Date,
    },
    /// It never acted in a full run.
    Stale,
    /// It holds for two weeks more at the most.
    ExpiresSoon {
        /// The last day on which it holds.
        on: Date,
        /// How many days that is from now.
        days: i32,
    },
    /// Its suite says why no recorded case shows it acting.
    Unproven {
        /// Why.
        because: String,
        /// How often it acted all the same.
        acted: u64,
    },
}

/// How many days ahead an expiry is said.
pub const AHEAD: i32 = 14;

impl ConcernKind {
    /// As it is written everywhere: `expires-soon`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::Stale => "stale",
            Self::ExpiresSoon { .. } => "expires-soon",
            Self::Unproven { .. } => "unproven",
        }
    }

    /// In words, as the end of a sentence that begins with the rule: `never acted in this full run`.
    #[must_use]
    pub fn said(&self) -> String {
        match self {
            Self::Expired { on } => format!("held until {on}"),
            Self::Stale => "never acted in this full run".to_owned(),
            Self::ExpiresSoon { on, days: 0 } => format!("expires after today, {on}"),
            Self::ExpiresSoon { on, days: 1 } => format!("expires after tomorrow, {on}"),
            Self::ExpiresSoon { on, days } => format!("expires in {days} days, after {on}"),
            Self::Unproven { because, acted: 0 } => format!("no case shows it: {because}"),
            Self::Unproven { acted, .. } => format!("acted {acted} times although it is said to be unproven: remove `unproven`"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "remove it, or decide again and give it another `expires`",
            Self::Stale => "remove it, show it by a case, or say why not in `unproven`",
            Self::ExpiresSoon { .. } => "remove it in time, or give it another `expires`",
            Self::Unproven { .. } => "add a case that needs it",
        }
    }
}

impl Accountability {
    /// Holds the rules of a run to account. `full` is whether every declared case of every suite was judged.
    #[must_use]
    pub fn of(suites: &[SuiteReport], cases: &[CaseReport], full: bool, today: Option<Date>, gate: RuleGate) -> Self {
        let mut concerns: Vec<Concern> = suites
            .iter()
            .flat_map(|suite| {
                let cases: Vec<&CaseReport> = cases.iter().filter(|case| case.case.suite == suite.name).collect();
                let provable = full && !cases.is_empty() && cases.iter().all(|case| could_be_compared(case));
                of_suite(suite, &counts(&cases), provable, today, gate)
            })
            .collect();
        concerns.sort_by(|one, other| {
            let key = |concern: &Concern| (concern.suite.clone(), concern.line, concern.kind.clone(), concern.rule.clone());
            key(one).cmp(&key(other))
        });
        Self { today, concerns }
    }

    /// Whether the gate fails for a rule.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.concerns.iter().any(|concern| concern.fails)
    }
}

/// How often each rule acted, over cases. An expected verdict acts where it is seen.
#[must_use]
pub fn counts(cases: &[&CaseReport]) -> BTreeMap<RuleName, u64> {
    let mut counts = BTreeMap::new();
    for case in cases {
        for rule in &case.repeated.acted {
            *counts.entry(rule.clone()).or_insert(0) += 1;
        }
        for applied in &case.applied {
            *counts.entry(applied.rule.clone()).or_insert(0) += applied.count;
        }
        if let Standing::Expected { rule, .. } = &case.standing {
            *counts.entry(rule.clone()).or_insert(0) += 1;
        }
    }
    counts
}

/// Whether everything that could act in a case had the chance to.
const fn could_be_compared(case: &CaseReport) -> bool {
    match case.verdict {
        Verdict::Match | Verdict::Translated | Verdict::Mismatch => true,
        Verdict::LegacyBroken | Verdict::CandidateBroken => case.standing.passes(),
        Verdict::Unreachable => false,
    }
}

/// A rule at one of its paths, or a preset with everything that it stands for.
struct Declared<'s> {
    name: RuleName,
    justification: &'s Justification,
    acted: u64,
}

fn of_suite(suite: &SuiteReport, counts: &BTreeMap<RuleName, u64>, provable: bool, today: Option<Date>, gate: RuleGate) -> Vec<Concern> {
    // One declaration has one date and one reason, however many paths it names.
    let mut declarations: BTreeMap<usize, Vec<Declared<'_>>> = BTreeMap::new();
    for declared in declared(suite, counts) {
        declarations.entry(declared.justification.line).or_default().push(declared);
    }
    let mut concerns = Vec::new();
    for paths in declarations.into_values() {
        let mut add = |declared: &Declared<'_>, kind: ConcernKind| {
            let strictness = match kind {
                ConcernKind::Expired { .. } => gate.expired,
                ConcernKind::Stale => gate.stale,
                ConcernKind::ExpiresSoon { .. } | ConcernKind::Unproven { .. } => Strictness::Warn,
            };
            concerns.push(Concern {
                suite: suite.name.clone(),
                rule: declared.name.clone(),
                at: suite.at(declared.justification.line),
                line: declared.justification.line,
                kind,
                owner: declared.justification.owner.clone(),
                why: declared.justification.why.clone(),
                fails: strictness == Strictness::Fail && !suite.draft,
            });
        };
        let Some(first) = paths.first() else { continue };
        if let Some(kind) = dated(first.justification, today) {
            add(first, kind);
        }
        let idle = paths.iter().filter(|declared| declared.acted == 0);
        match &first.justification.unproven {
            None if provable => idle.for_each(|declared| add(declared, ConcernKind::Stale)),
            None => {}
            Some(because) if paths.iter().all(|declared| declared.acted > 0) => {
                let acted = paths.iter().map(|declared| declared.acted).sum();
                let because = because.clone();
                add(first, ConcernKind::Unproven { because, acted });
            }
            Some(because) => idle.for_each(|declared| {
                let because = because.clone();
                add(declared, ConcernKind::Unproven { because, acted: 0 });
            }),
        }
    }
    concerns
}

fn dated(rule: &Justification, today: Option<Date>) -> Option<ConcernKind> {
    let on = rule.expires?;
    let days = (on - today?).get_days();
    match days {
        ..0 => Some(ConcernKind::Expired { on }),
        0..=AHEAD => Some(ConcernKind::ExpiresSoon { on, days }),
        _ => None,
    }
}

/// The rules of a suite, each at each of its paths; the rules of a preset are one.
fn declared<'s>(suite: &'s SuiteReport, counts: &BTreeMap<RuleName, u64>) -> Vec<Declared<'s>> {
    let mut declared: Vec<Declared<'s>> = Vec::new();
    let mut presets: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for (name, justification) in &suite.rules {
        let acted = counts.get(name).copied().unwrap_or_default();
        let Some(preset) = name.preset() else {
            declared.push(Declared {
                name: name.clone(),
                justification,
                acted,
            });
            continue;
        };
        let place = *presets.entry((preset.to_owned(), justification.line)).or_insert_with(|| {
            declared.push(Declared {
                name: RuleName::from(preset.to_owned()),
                justification,
                acted: 0,
            });
            declared.len() - 1
        });
        declared[place].acted += acted;
    }
    declared
}
