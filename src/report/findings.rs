//! What is to be told of a run beyond its cases, one finding for all cases that share it, the most important first.
//!
//! Every renderer that points somewhere (annotations, code scanning, comments, pages) starts from these, so that none of them
//! leaves out what another one tells.

use std::collections::BTreeMap;

use crate::compare::{Change, Difference};
use crate::exchange::Side;
use crate::rule::RuleName;
use crate::snapshot::{Pending, SnapshotState};
use crate::value::visible;
use crate::verdict::{Instability, Standing, Verdict};

use super::accountability::{Concern, ConcernKind};
use super::model::{CaseReport, RunReport, SuiteReport};
use super::style::count;
use super::words;

/// One thing to be told of a run.
#[derive(Debug, Clone)]
pub struct Finding<'r> {
    /// What it is.
    pub kind: FindingKind,
    /// How grave it is.
    pub level: Level,
    /// One line without markup: `/trace/*/evaluation: expected null, got nothing`.
    pub title: String,
    /// One of what it stands for, in full: `/trace/3/selected (fold=1): expected boolean true, got string "true"`.
    pub example: Option<String>,
    /// What else there is to say, a line each.
    pub details: Vec<String>,
    /// Where in a suite file it is decided, when it is.
    pub place: Option<Place>,
    /// The rule that made or claims the differing part.
    pub rule: Option<&'r RuleName>,
    /// The signature, as a suite would declare it.
    pub signature: Option<String>,
    /// The cases that it concerns, in the order of the plan.
    pub cases: Vec<&'r CaseReport>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the current folder.
    pub file: String,
    /// The line, from one.
    pub line: usize,
}

impl Place {
    /// Where a suite says what its legacy is asked.
    fn of_legacy_request(suite: &SuiteReport) -> Self {
        Self {
            file: suite.file.clone(),
            line: suite.requests.legacy,
        }
    }
}

/// The kinds of findings; in this order they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// The oracle is not one that the gate accepts.
    OracleRefused,
    /// The run was stopped before its end.
    Interrupted,
    /// No case was judged.
    NothingJudged,
    /// Differences that no rule excuses.
    Mismatch,
    /// The candidate's answer is no response of its contract.
    CandidateBroken,
    /// The legacy's answer cannot be compared with.
    LegacyBroken,
    /// A side gave no answer.
    Unreachable,
    /// An expected verdict is not what was seen.
    NotAsDeclared,
    /// The legacy, or both sides, did not answer the same each time.
    Unstable,
    /// An approved snapshot says something else.
    SnapshotChanged,
    /// A case has no approved snapshot.
    SnapshotMissing,
    /// A snapshot file that no case refers to.
    SnapshotUnreferenced,
    /// A rule is past its date.
    RuleExpired,
    /// A rule never acts.
    RuleStale,
    /// A rule will be past its date soon.
    RuleExpiresSoon,
    /// No case shows a rule acting, and its suite says why.
    RuleUnproven,
    /// A recorded case is judged otherwise than when it was recorded.
    JudgedOtherwise,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It fails the gate.
    Error,
    /// It does not, or not yet: what a draft or a baseline excuses, what will fail if nothing is done.
    Warning,
    /// It is as somebody declared it.
    Note,
}

impl FindingKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::OracleRefused,
        Self::Interrupted,
        Self::NothingJudged,
        Self::Mismatch,
        Self::CandidateBroken,
        Self::LegacyBroken,
        Self::Unreachable,
        Self::NotAsDeclared,
        Self::Unstable,
        Self::SnapshotChanged,
        Self::SnapshotMissing,
        Self::SnapshotUnreferenced,
        Self::RuleExpired,
        Self::RuleStale,
        Self::RuleExpiresSoon,
        Self::RuleUnproven,
        Self::JudgedOtherwise,
    ];

    /// As machines know it: `legacy-broken`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OracleRefused => "oracle-refused",
            Self::Interrupted => "interrupted",
            Self::NothingJudged => "nothing-judged",
            Self::Mismatch => "mismatch",
            Self::CandidateBroken => "candidate-broken",
            Self::LegacyBroken => "legacy-broken",
            Self::Unreachable => "unreachable",
            Self::NotAsDeclared => "not-as-declared",
            Self::Unstable => "unstable",
            Self::SnapshotChanged => "snapshot-changed",
            Self::SnapshotMissing => "snapshot-missing",
            Self::SnapshotUnreferenced => "snapshot-unreferenced",
            Self::RuleExpired => "rule-expired",
            Self::RuleStale => "rule-stale",
            Self::RuleExpiresSoon => "rule-expires-soon",
            Self::RuleUnproven => "rule-unproven",
            Self::JudgedOtherwise => "judged-otherwise",
        }
    }

    /// What it is, in one sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::OracleRefused => "The legacy answers come from an oracle that the gate does not accept.",
            Self::Interrupted => "The run was stopped before its end, so that cases are missing.",
            Self::NothingJudged => "No case was judged.",
            Self::Mismatch => "The candidate does not answer what the legacy answered, after all translations.",
            Self::CandidateBroken => "The candidate answered something that is not a response of its contract.",
            Self::LegacyBroken => "The legacy answered something that cannot be compared with.",
            Self::Unreachable => "A side gave no answer.",
            Self::NotAsDeclared => "An expected verdict of a suite is not what was seen.",
            Self::Unstable => "The legacy, or both sides, did not answer the same each time.",
            Self::SnapshotChanged => "A case does not show what its approved snapshot says.",
            Self::SnapshotMissing => "A case passes and has no approved snapshot yet.",
            Self::SnapshotUnreferenced => "A snapshot file belongs to no case.",
            Self::RuleExpired => "A rule is past its date.",
            Self::RuleStale => "A rule never acted in a full run.",
            Self::RuleExpiresSoon => "A rule will be past its date soon.",
            Self::JudgedOtherwise => "A recorded case is judged otherwise than when it was recorded.",
            Self::RuleUnproven => "No case shows a rule acting, and its suite says why.",
        }
    }

    /// How grave it is, unless a draft, a baseline or the project's own gate says otherwise.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::OracleRefused
            | Self::Interrupted
            | Self::NothingJudged
            | Self::Mismatch
            | Self::CandidateBroken
            | Self::LegacyBroken
            | Self::Unreachable
            | Self::NotAsDeclared
            | Self::SnapshotChanged
            | Self::SnapshotMissing
            | Self::SnapshotUnreferenced
            | Self::RuleExpired
            | Self::RuleStale => Level::Error,
            Self::Unstable | Self::RuleExpiresSoon => Level::Warning,
            Self::RuleUnproven | Self::JudgedOtherwise => Level::Note,
        }
    }

    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::LegacyBroken => Self::LegacyBroken,
            Verdict::CandidateBroken => Self::CandidateBroken,
            Verdict::Unreachable => Self::Unreachable,
            Verdict::Match | Verdict::Translated | Verdict::Mismatch => Self::Mismatch,
        }
    }
}

impl Finding<'_> {
    /// How many cases it concerns: `17 cases`; nothing where it concerns the run.
    #[must_use]
    pub fn case_count(&self) -> Option<String> {
        (!self.cases.is_empty()).then(|| count(self.cases.len(), "case", "cases"))
    }

    /// The example and what else there is to say, a line each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let example = self.example.as_ref().map(|example| format!("for example {example}"));
        example.into_iter().chain(self.details.iter().cloned())
    }

    /// The names of the first cases: `run-trace/run_id=34, run-trace/run_id=35 and 15 more`.
    #[must_use]
    pub fn case_names(&self, most: usize) -> String {
        let names: Vec<String> = self
            .cases
            .iter()
            .take(most)
            .map(|case| visible(&case.case.to_string()).into_owned())
            .collect();
        let rest = self.cases.len().saturating_sub(most);
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!("{}{rest}", names.join(", "))
    }
}

/// Everything that is to be told of a run beyond its cases, in the order of their kinds, the most common first.
#[must_use]
pub fn findings(run: &RunReport) -> Vec<Finding<'_>> {
    // Named one by one, so that nothing new stays untold.
    let RunReport {
        oracle: _,
        sides: _,
        suites: _,
        cases,
        unreferenced,
        full: _,
        pending,
        accountability,
        changed,
        refused_oracle,
        record: _,
        started: _,
        elapsed: _,
        interrupted,
        share,
    } = run;
    let mut found = Vec::new();
    found.extend(
        refused_oracle
            .as_ref()
            .map(|why| of_run(FindingKind::OracleRefused, visible(why).into_owned())),
    );
    if *interrupted {
        let title = format!("interrupted after {}", count(cases.len(), "case", "cases"));
        found.push(of_run(FindingKind::Interrupted, title));
    } else if cases.is_empty() && !*share {
        found.push(of_run(FindingKind::NothingJudged, "nothing was judged".to_owned()));
    }
    found.extend(alike(run));
    found.extend(not_as_declared(run));
    found.extend(unstable(run));
    found.extend(snapshots(run, SnapshotState::Changed, *pending));
    found.extend(snapshots(run, SnapshotState::Missing, *pending));
    if !unreferenced.is_empty() {
        let title = format!("{} no case refers to", count(unreferenced.len(), "snapshot that", "snapshots that"));
        let mut finding = of_run(FindingKind::SnapshotUnreferenced, title);
        finding.details = unreferenced.iter().map(|file| visible(file).into_owned()).collect();
        found.push(finding);
    }
    found.extend(accountability.concerns.iter().map(|concern| of_rule(concern, run)));
    if !changed.is_empty() {
        let title = format!(
            "{} judged otherwise than when recorded",
            if changed.len() == 1 {
                "1 case is".to_owned()
            } else {
                format!("{} cases are", changed.len())
            }
        );
        let mut finding = of_run(FindingKind::JudgedOtherwise, title);
        finding.details = changed
            .iter()
            .map(|change| format!("{}: {}", visible(&change.case), change.said()))
            .collect();
        found.push(finding);
    }
    found.sort_by_key(|finding| (finding.level, finding.kind, std::cmp::Reverse(finding.cases.len())));
    found
}

fn of_run<'r>(kind: FindingKind, title: String) -> Finding<'r> {
    Finding {
        level: kind.level(),
        kind,
        title,
        example: None,
        details: Vec::new(),
        place: None,
        rule: None,
        signature: None,
        cases: Vec::new(),
    }
}

/// A rule that is not as it should be.
fn of_rule<'r>(concern: &'r Concern, run: &RunReport) -> Finding<'r> {
    let Concern {
        suite,
        rule,
        at: _,
        line,
        kind,
        owner,
        why,
        fails,
    } = concern;
    let (found, level) = match kind {
        ConcernKind::Expired { .. } => (FindingKind::RuleExpired, Level::Warning),
        ConcernKind::Stale => (FindingKind::RuleStale, Level::Warning),
        ConcernKind::ExpiresSoon { .. } => (FindingKind::RuleExpiresSoon, Level::Warning),
        ConcernKind::Unproven { acted: 0, .. } => (FindingKind::RuleUnproven, Level::Note),
        ConcernKind::Unproven { .. } => (FindingKind::RuleUnproven, Level::Warning),
    };
    let suite = run.suites.iter().find(|known| known.name == *suite);
    let mut details = vec![kind.advice().to_owned()];
    details.extend(owner.as_ref().map(|owner| format!("owner: {}", visible(owner))));
    details.push(format!("because {}", visible(why)));
    Finding {
        kind: found,
        level: if *fails { Level::Error } else { level },
        title: format!("{}: {}", words::value(&rule.0), visible(&kind.said())),
        example: None,
        details,
        place: suite.map(|suite| Place {
            file: suite.file.clone(),
            line: *line,
        }),
        rule: Some(rule),
        signature: None,
        cases: Vec::new(),
    }
}

/// What the gate makes of cases: those that a draft or a baseline excuses fail nothing.
fn level_of(cases: &[&CaseReport]) -> Level {
    if cases.iter().any(|case| case.fails()) {
        Level::Error
    } else {
        Level::Warning
    }
}

/// The differences and failures of one signature in one suite.
struct Alike<'r> {
    kind: FindingKind,
    suite: Option<&'r SuiteReport>,
    cases: Vec<&'r CaseReport>,
    differences: Vec<&'r Difference>,
    /// The side that failed, and why the first of its cases did.
    failure: Option<(Side, &'r str)>,
}

fn alike<'r>(run: &'r RunReport) -> Vec<Finding<'r>> {
    let mut groups: BTreeMap<(&'r str, String), Alike<'r>> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| !case.standing.passes()) {
        let mut join = |signature: String, difference: Option<&'r Difference>, failure: Option<(Side, &'r str)>| {
            if is_declared(case, &signature) {
                return;
            }
            let group = groups.entry((&case.case.suite, signature)).or_insert_with(|| Alike {
                kind: FindingKind::of(case.verdict),
                suite: run.suite(case),
                cases: Vec::new(),
                differences: Vec::new(),
                failure: None,
            });
            // The cases come in order, so that one that is there is the last.
            if !group.cases.last().is_some_and(|last| std::ptr::eq(*last, case)) {
                group.cases.push(case);
            }
            group.differences.extend(difference);
            group.failure = group.failure.or(failure);
        };
        for side in Side::BOTH {
            if let Some(failure) = case.failures.get(side) {
                join(failure.signature.clone(), None, Some((side, &failure.reason)));
            }
        }
        for difference in &case.differences {
            join(difference.signature(), Some(difference), None);
        }
    }
    groups.into_iter().map(|((_, signature), alike)| alike.finding(signature)).collect()
}

/// Whether the suite declares the signature for a case that is not as declared for another reason.
fn is_declared(case: &CaseReport, signature: &String) -> bool {
    match &case.standing {
        Standing::Surprises(surprise) => surprise.declared.name() == case.verdict.name() && !surprise.unexpected.contains(signature),
        Standing::Passes | Standing::Expected { .. } | Standing::Fails => false,
    }
}

impl<'r> Alike<'r> {
    fn finding(self, signature: String) -> Finding<'r> {
        let rule = self.differences.first().and_then(|difference| difference.rule.as_ref());
        let (title, example) = match (self.failure, self.differences.first()) {
            (Some((_, reason)), _) => (visible(&signature).into_owned(), Some(words::value(reason))),
            (None, None) => (visible(&signature).into_owned(), None),
            (None, Some(first)) => {
                let told = words::change(&first.change);
                let same = self.differences.iter().all(|difference| words::change(&difference.change) == told);
                let general = words::value(&words::general_place(&first.part));
                let place = words::place(first);
                if same {
                    // Values that all of them share stand in the title, and the example is one of the places.
                    (format!("{general}: {told}"), (place != general).then_some(place))
                } else {
                    let title = format!("{general}: {}", words::kind_of_change(&first.change));
                    (title, Some(format!("{place}: {told}")))
                }
            }
        };
        let mut details = Vec::new();
        if self.differences.len() > 1 {
            details.push(count(self.differences.len(), "difference", "differences"));
        }
        if let Some(rule) = rule {
            let why = self.suite.and_then(|suite| suite.rules.get(rule));
            let why = why.map_or_else(String::new, |why| format!(", because {}", visible(&why.why)));
            details.push(format!("rule {}{why}", words::value(&rule.0)));
        }
        Finding {
            kind: self.kind,
            level: level_of(&self.cases),
            example,
            title,
            details,
            place: self.place(rule),
            rule,
            signature: Some(signature),
            cases: self.cases,
        }
    }

    /// The line of the rule; without one, of the request whose answer is in question.
    fn place(&self, rule: Option<&RuleName>) -> Option<Place> {
        let suite = self.suite?;
        let no_row = matches!(
            self.differences.first().map(|first| &first.change),
            Some(Change::UnknownError { .. })
        );
        let side = match self.failure {
            Some((side, _)) => side,
            None if no_row => Side::Legacy,
            None => Side::Candidate,
        };
        let line = rule
            .and_then(|rule| suite.rules.get(rule))
            .map_or(*suite.requests.get(side), |rule| rule.line);
        Some(Place {
            file: suite.file.clone(),
            line,
        })
    }
}

fn not_as_declared<'r>(run: &'r RunReport) -> Vec<Finding<'r>> {
    let mut groups: BTreeMap<(&'r str, usize, String), Vec<&'r CaseReport>> = BTreeMap::new();
    for case in &run.cases {
        if let Standing::Surprises(surprise) = &case.standing {
            let told = words::surprise(case.verdict, surprise, run.suite(case)).swap_remove(0);
            groups.entry((&case.case.suite, surprise.line, told)).or_default().push(case);
        }
    }
    let finding = |((_, line, told), cases): ((&'r str, usize, String), Vec<&'r CaseReport>)| {
        let suite = cases.first().and_then(|case| run.suite(case));
        let all = cases.first().map_or_else(Vec::new, |case| match &case.standing {
            Standing::Surprises(surprise) => words::surprise(case.verdict, surprise, suite),
            Standing::Passes | Standing::Expected { .. } | Standing::Fails => Vec::new(),
        });
        Finding {
            kind: FindingKind::NotAsDeclared,
            level: level_of(&cases),
            title: visible(told.trim_end_matches(':')).into_owned(),
            example: None,
            details: all.iter().skip(1).map(|line| visible(line).into_owned()).collect(),
            place: suite.map(|suite| Place {
                file: suite.file.clone(),
                line,
            }),
            rule: None,
            signature: None,
            cases,
        }
    };
    groups.into_iter().map(finding).collect()
}

/// Where the legacy is unstable, alone or together with the candidate. A candidate that alone is differs, which is told there.
fn unstable<'r>(run: &'r RunReport) -> Vec<Finding<'r>> {
    type Seen<'r> = (Vec<&'r CaseReport>, &'r Instability);
    let mut groups: BTreeMap<(&'r str, String), Seen<'r>> = BTreeMap::new();
    for case in &run.cases {
        for one in &case.repeated.unstable.legacy {
            let who = if one.both { "both sides are" } else { "the legacy is" };
            let title = match &one.part {
                None => format!("{who} unstable"),
                Some(part) => format!("{}: {who} unstable", words::value(&words::general_place(part))),
            };
            let (cases, _) = groups.entry((&case.case.suite, title)).or_insert_with(|| (Vec::new(), one));
            if !cases.last().is_some_and(|last| std::ptr::eq(*last, case)) {
                cases.push(case);
            }
        }
    }
    let finding = |((_, title), (cases, first)): ((&'r str, String), Seen<'r>)| {
        let suite = cases.first().and_then(|case| run.suite(case));
        let place = first
            .part
            .as_ref()
            .map_or_else(String::new, |part| format!("{}: ", words::value(&part.to_string())));
        let example = format!(
            "{place}first {}, then {} in answer {} of the legacy",
            words::value(&first.first),
            words::value(&first.other),
            first.number
        );
        Finding {
            kind: FindingKind::Unstable,
            level: FindingKind::Unstable.level(),
            title,
            example: Some(example),
            details: vec!["what the candidate owes there is left to chance".to_owned()],
            place: suite.map(Place::of_legacy_request),
            rule: None,
            signature: None,
            cases,
        }
    };
    groups.into_iter().map(finding).collect()
}

fn snapshots<'r>(run: &'r RunReport, state: SnapshotState, pending: Pending) -> Vec<Finding<'r>> {
    let kind = match state {
        SnapshotState::Changed => FindingKind::SnapshotChanged,
        SnapshotState::Missing => FindingKind::SnapshotMissing,
        SnapshotState::Approved | SnapshotState::NotKept => return Vec::new(),
    };
    let mut groups: BTreeMap<&'r str, Vec<&'r CaseReport>> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| case.snapshot == state) {
        groups.entry(&case.case.suite).or_default().push(case);
    }
    let finding = |cases: Vec<&'r CaseReport>| {
        let suite = cases.first().and_then(|case| run.suite(case));
        let what = cases.first().map_or("", |case| words::snapshot(case));
        let to_do = match pending {
            Pending::Write => "review them with `parity review`",
            Pending::Leave => "nothing was written here: run `parity check` on your machine and review them there",
        };
        Finding {
            kind,
            level: level_of(&cases),
            title: what.to_owned(),
            example: None,
            details: vec![to_do.to_owned()],
            place: suite.map(Place::of_legacy_request),
            rule: None,
            signature: None,
            cases,
        }
    };
    groups.into_values().map(finding).collect()
}
