//! What an audit found: plain data.

use std::collections::BTreeMap;

use crate::rule::RuleName;

use super::class::Class;

/// A whole audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditReport {
    /// The seed that decided which mutants were made.
    pub seed: u64,
    /// How many there could be at the most.
    pub budget: usize,
    /// The suites, in order.
    pub suites: Vec<SuiteAudit>,
}

/// The audit of a suite.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteAudit {
    /// Its name.
    pub suite: String,
    /// The coverage that it promises, between 0 and 1.
    pub floor: Option<f64>,
    /// How many of its cases were audited.
    pub audited: usize,
    /// The cases that could not be.
    pub unaudited: Vec<Unaudited>,
    /// How many mutants could be made of the audited answers.
    pub possible: usize,
    /// What became of those that were.
    pub tally: Tally,
    /// The same by class.
    pub classes: BTreeMap<Class, Tally>,
    /// The survivors: blind spots first, and of each kind the most common first.
    pub findings: Vec<Finding>,
}

/// How many mutants met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those whose verdict is another.
    pub killed: usize,
    /// Those that a rule declares not to matter.
    pub declared: usize,
    /// Those that nothing explains.
    pub blind: usize,
}

/// A case that was not audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaudited {
    /// The case.
    pub case: String,
    /// Why, as a sentence fragment: its verdict, for most.
    pub why: String,
}

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It survived, and nothing says that it may.
    Blind,
    /// It survived, and the rule that hides it says that such a change does not matter.
    Declared,
    /// It was told from the original.
    Killed,
}

/// Survivors that are alike: of one class, about one pattern of paths, hidden by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether they are declared; never killed.
    pub fate: Fate,
    /// What was changed.
    pub class: Class,
    /// What it is about: a pattern of paths, or `response`.
    pub place: String,
    /// The rule without which they are seen; `None` when there is none, so that the comparison itself does not look there.
    pub rule: Option<RuleName>,
    /// How many there are.
    pub count: usize,
    /// The cases in which they are, in order.
    pub cases: Vec<String>,
    /// The first of them.
    pub example: Example,
}

/// One survivor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The case.
    pub case: String,
    /// The node that was changed.
    pub path: String,
    /// What stood there, on one line.
    pub before: String,
    /// What stands there in the mutant, on one line.
    pub after: String,
}

impl Tally {
    /// All mutants.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.killed + self.declared + self.blind
    }

    /// One more of that fate.
    pub const fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Killed => self.killed += 1,
            Fate::Declared => self.declared += 1,
            Fate::Blind => self.blind += 1,
        }
    }

    /// Of those that no rule declares not to matter, the part that was killed; `None` when there are none.
    #[must_use]
    pub fn sensitivity(&self) -> Option<f64> {
        ratio(self.killed, self.killed + self.blind)
    }

    /// The part that was killed; `None` when there are none.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        ratio(self.killed, self.all())
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            killed: self.killed + other.killed,
            declared: self.declared + other.declared,
            blind: self.blind + other.blind,
        }
    }
}

impl SuiteAudit {
    /// Whether the coverage is below what the suite promises. A suite of which nothing was audited breaks no promise.
    #[must_use]
    pub fn below_floor(&self) -> bool {
        match (self.floor, self.tally.coverage()) {
            (Some(floor), Some(coverage)) => coverage < floor,
            _ => false,
        }
    }

    /// Whether there is no blind spot, and the coverage is what the suite promises.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.tally.blind == 0 && !self.below_floor()
    }
}

impl AuditReport {
    /// What became of all mutants.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.suites.iter().fold(Tally::default(), |sum, suite| sum + suite.tally)
    }

    /// Whether every suite passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.suites.iter().all(SuiteAudit::passes)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no audit makes 2^53 mutants")]
fn ratio(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
