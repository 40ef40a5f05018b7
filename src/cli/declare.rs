//! What could be declared for an open signature: rules that explain it, or the verdict as an expected one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::ValueEnum;

use crate::report::{RunReport, suggestions};
use crate::run::Rejudging;
use crate::suggest::{Proposal, Suggestion};
use crate::suite::Suite;

use super::adopt::{append_as, read_as};
use super::again::Again;
use super::context::Context;
use super::expect::{self, Groups, entries};
use super::failure::Failure;
use super::suggest::{BUDGET, PRIVATE, input_of, of};

/// As what an open signature is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// As the difference that a rule explains, the narrowest that does.
    Rule,
    /// As a known defect: the verdict of its cases, pinned to their signatures.
    Expected,
}

/// Tables for a suite's file, which lack nothing but a reason.
pub struct Declarable {
    suite: Arc<Suite>,
    about: String,
    tables: Tables,
}

enum Tables {
    Rules(Vec<Proposal>),
    Expected(Groups),
}

/// The suite of that name, as it is in force.
fn suite<'a>(again: &'a Again, name: &str) -> Result<&'a Arc<Suite>, Failure> {
    let found = again.project.active.iter().find(|suite| suite.name == name);
    found.ok_or_else(|| Failure::Usage(format!("no suite is called `{name}` any more")))
}

/// The rules that explain a signature, or why there are none. They were tried: the signature is seen in fewer cases with them,
/// and no case that passes fails. Where a rule of shape explains another signature of the suite, it is given instead: the shape
/// comes first, and what is proposed after it stands on it.
///
/// # Errors
/// When the record cannot be judged.
pub fn rules(again: &Again, name: &str, signature: &str) -> Result<Result<Declarable, String>, Failure> {
    let suite = suite(again, name)?;
    if !suite.private.is_nothing() {
        return Ok(Err(PRIVATE.to_owned()));
    }
    let Some(input) = input_of(again, suite)? else {
        return Ok(Err("the record holds no case of its suite".to_owned()));
    };
    let today = seen(again, suite)?;
    let suggestion = of(&input, &[], BUDGET);
    let explains = |proposal: &Proposal, signature: &str| proposal.explains.iter().any(|explained| explained.signature == signature);
    let of_shape = suggestion.proposals.first().filter(|first| first.is_of_shape());
    let shape = of_shape.and_then(|first| {
        let of_first = first.explains.iter().map(|explained| explained.signature.as_str());
        let is_explained = suggestion.proposals.iter().any(|proposal| explains(proposal, signature));
        let mut open = of_first.filter(|other| today.cases.contains_key(*other));
        open.next().filter(|_| is_explained && !explains(first, signature))
    });
    for about in shape.into_iter().chain([signature]) {
        for proposals in candidates(&suggestion, |proposal| explains(proposal, about)) {
            let declarable = Declarable {
                suite: Arc::clone(suite),
                about: about.to_owned(),
                tables: Tables::Rules(proposals),
            };
            let text = format!("{}\n{}", suite.text, declarable.text("to be written")?);
            // Rules that hold together with others need not hold alone.
            let Ok(tried) = read_as(suite, text) else { continue };
            let then = seen(again, &Arc::new(tried))?;
            if then.cases.get(about) < today.cases.get(about) && today.passing.is_subset(&then.passing) {
                return Ok(Ok(declarable));
            }
        }
    }
    let why = suggestion.unexplained.into_iter().find(|left| left.signature == signature);
    Ok(Err(why.map_or_else(|| "no rule explains it by itself".to_owned(), |left| left.why)))
}

/// Sets of rules that may explain a signature, the smallest first: one that does, all that do, those with what comes before them.
fn candidates(suggestion: &Suggestion, explains: impl Fn(&Proposal) -> bool) -> Vec<Vec<Proposal>> {
    let all = &suggestion.proposals;
    let those: Vec<Proposal> = all.iter().filter(|proposal| explains(proposal)).cloned().collect();
    let Some(first) = all.iter().position(explains) else {
        return Vec::new();
    };
    let alone = those.iter().map(|proposal| vec![proposal.clone()]);
    let with_others = (first + 1..=all.len()).map(|end| all[..end].to_vec());
    alone.chain([those.clone()]).chain(with_others).collect()
}

/// What is seen when a suite judges.
struct Seen {
    /// In how many cases each signature is.
    cases: BTreeMap<String, usize>,
    passing: BTreeSet<String>,
}

fn seen(again: &Again, suite: &Arc<Suite>) -> Result<Seen, Failure> {
    let report = again.judge_by(&Rejudging::by(std::slice::from_ref(suite)), |_| {})?.report;
    let mut seen = Seen {
        cases: BTreeMap::new(),
        passing: BTreeSet::new(),
    };
    for case in report.cases {
        for signature in case.signatures() {
            *seen.cases.entry(signature).or_insert(0) += 1;
        }
        if case.standing.passes() {
            seen.passing.insert(case.case.to_string());
        }
    }
    Ok(seen)
}

/// The expected verdicts of the cases with a signature, or why there can be none.
///
/// # Errors
/// When the suite is not there any more.
pub fn expected(again: &Again, run: &RunReport, name: &str, signature: &str) -> Result<Result<Declarable, String>, Failure> {
    let suite = suite(again, name)?;
    let mut groups = expect::open(run, name);
    groups.retain(|(_, signatures), _| signatures.contains(signature));
    if groups.is_empty() {
        let why = "its cases were unreachable or answer otherwise each time, which nobody can expect, or are not as an entry already says: \
                   change that entry by hand";
        return Ok(Err(why.to_owned()));
    }
    Ok(Ok(Declarable {
        suite: Arc::clone(suite),
        about: signature.to_owned(),
        tables: Tables::Expected(groups),
    }))
}

impl Declarable {
    /// The file that it would be added to.
    pub fn file(&self) -> &str {
        &self.suite.file
    }

    /// The signature that it is about.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// What it is: `integer`, `expected`.
    pub fn word(&self) -> String {
        match &self.tables {
            Tables::Rules(proposals) => proposals.iter().map(Proposal::word).collect::<Vec<_>>().join(", "),
            Tables::Expected(_) => "expected".to_owned(),
        }
    }

    /// For somebody to read before a reason is given: of a rule also what it explains, and what it tolerates.
    ///
    /// # Errors
    /// When a case cannot be named without naming another.
    pub fn shown(&self) -> Result<String, Failure> {
        match &self.tables {
            Tables::Rules(proposals) => {
                let texts: Vec<String> = proposals.iter().map(|proposal| suggestions::one(proposal, "")).collect();
                Ok(texts.join("\n"))
            }
            Tables::Expected(_) => Ok(self.text("")?.trim_start().to_owned()),
        }
    }

    /// Adds it to its suite, with this reason.
    ///
    /// # Errors
    /// When the file changed since it was read, would not be a suite with it, or cannot be written.
    pub fn adopt(&self, why: &str, context: &Context) -> Result<(), Failure> {
        append_as(&self.suite, &self.text(why)?, str::to_owned, context)
    }

    /// What is added to the file.
    fn text(&self, why: &str) -> Result<String, Failure> {
        match &self.tables {
            Tables::Rules(proposals) => Ok(proposals
                .iter()
                .flat_map(|proposal| ["\n".to_owned(), proposal.toml(why)])
                .collect()),
            Tables::Expected(groups) => entries(&self.suite, groups, why),
        }
    }
}
