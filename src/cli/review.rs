//! `parity review`: pending snapshots and open signatures are decided, from the record of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::open::{Open, named as named_open, open};
use crate::report::{CaseReport, Exit, FindingKind, RunReport, findings};
use crate::rule::CasePattern;
use crate::run::{Rejudged, Visit, unreferenced};
use crate::snapshot::{SnapshotState, changes};
use crate::suite::Case;
use crate::translate::Detail;
use crate::value::visible;

use super::again::{Again, RecordArguments};
use super::context::Context;
use super::declare::{self, Declarable, Way};
use super::failure::Failure;
use super::gate::GateArguments;
use super::keys::Keys;
use super::output::Output;
use super::review_walk::walk;

pub const EXAMPLES: &str = "Examples:
  parity review
  parity review --accept 'run-trace/*'
  parity review --from uploaded.jsonl --accept run-trace/run_id=34 --reject run-trace/run_id=35
  parity review --declare 3fa9c1
  parity review --declare 3fa9c1 --as expected --why \"issue 12: the candidate rounds\"
  parity review --prune

What may be approved is rendered from the record, so that no service is needed. Accepting a snapshot never accepts a mismatch: \
that takes a rule or an expected verdict, with its why, in the suite. At a terminal both are offered, one key each; without one \
the open signatures are listed by names that `--declare` takes.";

/// Arguments of `parity review`.
#[derive(Debug, Args)]
pub struct ReviewArguments {
    /// Review the run of this record, such as one that a gate uploaded [default: the latest of this project].
    #[arg(long, value_name = "RECORD")]
    pub from: Option<PathBuf>,

    /// The profile whose suites judge [default: the one of the record].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Accept the snapshots of these cases, without asking; `*` stands for any characters.
    #[arg(long, value_name = "CASE", num_args = 1..)]
    pub accept: Vec<String>,

    /// Reject the snapshots of these cases: what was approved stays.
    #[arg(long, value_name = "CASE", num_args = 1..)]
    pub reject: Vec<String>,

    /// Declare these open signatures in their suites; without `--why`, print what would be added to them.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub declare: Vec<String>,

    /// As what they are declared: `rule` where it is left out.
    #[arg(long = "as", value_enum, value_name = "WAY", requires = "declare")]
    pub way: Option<Way>,

    /// Why what is declared is right, or known.
    #[arg(long, value_name = "TEXT", requires = "declare")]
    pub why: Option<String>,

    /// Remove the snapshots that no case refers to.
    #[arg(long)]
    pub prune: bool,
}

/// A snapshot that waits for somebody's decision.
pub(super) struct Waiting {
    pub case: Case,
    pub text: String,
    pub report: CaseReport,
    /// What changed in it, in kind; nothing where there is none yet.
    pub changes: BTreeSet<String>,
}

impl Waiting {
    /// Whether another snapshot waits for the same reason.
    pub fn is_like(&self, other: &Self) -> bool {
        self.case.suite == other.case.suite && self.report.snapshot == other.report.snapshot && self.changes == other.changes
    }
}

/// What there is to decide, by the project as its files are.
pub(super) struct Review {
    pub again: Again,
    pub run: RunReport,
    pub waiting: Vec<Waiting>,
    /// The names in the record of the cases that have others there.
    recorded: BTreeMap<String, String>,
    /// Cases whose snapshots are to stay as they are.
    rejected: BTreeSet<String>,
}

/// What is kept of the cases while they are judged.
#[derive(Default)]
struct Gathered {
    waiting: Vec<Waiting>,
    recorded: BTreeMap<String, String>,
}

impl Gathered {
    fn take(&mut self, visit: &Visit<'_>) {
        let (name, recorded) = (visit.case.to_string(), visit.recorded.case.to_string());
        if name != recorded {
            self.recorded.insert(name, recorded);
        }
        if let (Some(text), SnapshotState::Changed | SnapshotState::Missing) = (visit.snapshot, visit.report.snapshot) {
            self.waiting.push(Waiting {
                case: visit.case.clone(),
                text: text.to_owned(),
                report: visit.report.clone(),
                changes: visit.report.snapshot_diff.as_ref().map(changes).unwrap_or_default(),
            });
        }
    }

    fn review(mut self, again: Again, judged: Rejudged, rejected: BTreeSet<String>) -> Review {
        self.waiting.retain(|waiting| !rejected.contains(&waiting.case.to_string()));
        self.waiting.sort_by_cached_key(|waiting| waiting.case.to_string());
        Review {
            again,
            run: judged.report,
            waiting: self.waiting,
            recorded: self.recorded,
            rejected,
        }
    }
}

impl Review {
    fn begin(again: Again, context: &Context, output: &Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let judged = again.judge(&GateArguments::default(), Detail::Counts, context, output, |visit| {
            gathered.take(visit);
        })?;
        Ok(gathered.review(again, judged, BTreeSet::new()))
    }

    /// The same record, judged by the suites as they are now.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn anew(self, config: Option<&Path>, context: &Context) -> Result<Self, Failure> {
        let again = self.again.anew(config, context)?;
        let mut gathered = Gathered::default();
        let judged = again.judge_silently(&GateArguments::default(), Detail::Counts, context, |visit| {
            gathered.take(visit);
        })?;
        Ok(gathered.review(again, judged, self.rejected))
    }

    pub fn accept(&self, waiting: &Waiting) -> Result<(), Failure> {
        Ok(self.again.store.approve(&waiting.case, &waiting.text)?)
    }

    pub fn reject(&mut self, waiting: &Waiting) -> Result<(), Failure> {
        self.rejected.insert(waiting.case.to_string());
        Ok(self.again.store.reject(&waiting.case)?)
    }

    /// The name that a case has in the record.
    pub fn recorded(&self, case: &Case) -> String {
        let name = case.to_string();
        self.recorded.get(&name).cloned().unwrap_or(name)
    }

    /// What could be declared for a signature, or why nothing could.
    ///
    /// # Errors
    /// When the record cannot be judged.
    pub fn declarable(&self, suite: &str, signature: &str, way: Way) -> Result<Result<Declarable, String>, Failure> {
        match way {
            Way::Rule => declare::rules(&self.again, suite, signature),
            Way::Expected => declare::expected(&self.again, &self.run, suite, signature),
        }
    }
}

/// Runs the command.
pub fn run(arguments: &ReviewArguments, config: Option<&Path>, context: &Context, output: &Output) -> Result<Exit, Failure> {
    if arguments.why.as_ref().is_some_and(|why| why.trim().is_empty()) {
        return Err(Failure::Usage(
            "`--why` is empty: say why what is declared is right, or known".to_owned(),
        ));
    }
    let record = RecordArguments {
        record: arguments.from.clone(),
        profile: arguments.profile.clone(),
    };
    let mut review = Review::begin(Again::open(&record, config, context)?, context, output)?;
    let ReviewArguments {
        accept,
        reject,
        declare,
        prune,
        ..
    } = arguments;
    let unattended = !accept.is_empty() || !reject.is_empty() || !declare.is_empty() || *prune;
    if unattended {
        check(arguments, &review)?;
        decide(arguments, &mut review, output)?;
        review = declare_all(arguments, review, config, context, output)?;
    } else if context.stdout_is_terminal
        && let Some(keys) = Keys::listen()
    {
        review = walk(review, keys, config, context, output)?;
    }
    Ok(rest(&review, output))
}

/// Names that name nothing are mistakes, and nothing is done before they are all found to be right.
fn check(arguments: &ReviewArguments, review: &Review) -> Result<(), Failure> {
    let ReviewArguments {
        accept, reject, declare, ..
    } = arguments;
    let open = open(&review.run);
    let names: Vec<String> = review.waiting.iter().map(|waiting| waiting.case.to_string()).collect();
    for pattern in accept.iter().chain(reject) {
        let names_it = |name: &str| CasePattern::one(pattern).matches(name);
        if names.iter().any(|name| names_it(name)) {
            continue;
        }
        let of_case = |open: &&Open<'_>| open.finding.cases.iter().any(|case| names_it(&case.case.to_string()));
        if let Some(open) = open.iter().find(of_case) {
            return Err(Failure::Usage(format!(
                "no pending snapshot is called `{pattern}`: the case has an open signature, which no snapshot excuses; declare it with \
                 `parity review --declare {}`",
                open.id
            )));
        }
        let waiting = match names.as_slice() {
            [] => "no snapshot is pending".to_owned(),
            [first, ..] => format!("pending are {} snapshots, the first of `{first}`", names.len()),
        };
        return Err(Failure::Usage(format!("no pending snapshot is called `{pattern}`: {waiting}")));
    }
    if let Some(both) = names.iter().find(|name| named(accept, name) && named(reject, name)) {
        return Err(Failure::Usage(format!("`{both}` is to be accepted and rejected")));
    }
    for typed in declare {
        named_open(&open, typed).map_err(Failure::Usage)?;
    }
    Ok(())
}

fn named(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| CasePattern::one(pattern).matches(name))
}

/// Snapshots are accepted, rejected and removed as they were named.
fn decide(arguments: &ReviewArguments, review: &mut Review, output: &Output) -> Result<(), Failure> {
    for waiting in std::mem::take(&mut review.waiting) {
        let name = waiting.case.to_string();
        if named(&arguments.accept, &name) {
            review.accept(&waiting)?;
            output.say(&format!("accepted  {name}"));
        } else if named(&arguments.reject, &name) {
            review.reject(&waiting)?;
            output.say(&format!("rejected  {name}"));
        } else {
            review.waiting.push(waiting);
        }
    }
    if arguments.prune {
        for file in unreferenced(&review.again.store, &review.again.project.suites)? {
            std::fs::remove_file(&file).map_err(|error| Failure::SetUp(format!("cannot remove `{}`: {error}", file.display())))?;
            output.say(&format!("removed   {}", file.display()));
        }
        review.run.unreferenced.clear();
    }
    Ok(())
}

/// Signatures are declared as they were named, the next one when the record was judged with those before.
fn declare_all(
    arguments: &ReviewArguments,
    mut review: Review,
    config: Option<&Path>,
    context: &Context,
    output: &Output,
) -> Result<Review, Failure> {
    let wanted: Vec<(String, String, String)> = {
        let open = open(&review.run);
        let found = arguments
            .declare
            .iter()
            .map(|typed| named_open(&open, typed).map_err(Failure::Usage));
        let found = found.map(|found| found.map(|open| (open.id.clone(), open.suite.to_owned(), open.signature.clone())));
        found.collect::<Result<_, _>>()?
    };
    for (id, suite, signature) in wanted {
        let is_open = open(&review.run)
            .iter()
            .any(|open| open.suite == suite && open.signature == signature);
        let shown = visible(&signature);
        if !is_open {
            output.say(&format!("explained {id}  {suite}: {shown}, by what was declared before"));
            continue;
        }
        let way = arguments.way.unwrap_or(Way::Rule);
        let declarable = match review.declarable(&suite, &signature, way)? {
            Ok(declarable) => declarable,
            Err(why) => {
                return Err(Failure::Usage(match way {
                    Way::Rule => {
                        format!("no rule is proposed for `{id}`, {shown}: {why}; `--as expected` declares it as a known defect")
                    }
                    Way::Expected => format!("`{id}`, {shown}, cannot be expected: {why}"),
                }));
            }
        };
        if declarable.about() != signature {
            let open = open(&review.run);
            let first = open.iter().find(|open| open.suite == suite && open.signature == declarable.about());
            let first = first.map_or("", |first| &first.id);
            return Err(Failure::Usage(format!(
                "the shape comes first, on which a rule for `{id}`, {shown}, may stand: `parity review --declare {first}`, {}",
                visible(declarable.about())
            )));
        }
        let Some(why) = &arguments.why else {
            output.data(&format!("# {}\n{}", declarable.file(), declarable.shown()?));
            output.say(&format!("nothing was written: add `--why TEXT` to declare {id} so"));
            continue;
        };
        declarable.adopt(why.trim(), context)?;
        output.say(&format!("declared  {id}  {}: {}", declarable.file(), declarable.word()));
        review = review.anew(config, context)?;
    }
    Ok(review)
}

/// What is still to be decided, signatures first.
fn rest(review: &Review, output: &Output) -> Exit {
    let open = open(&review.run);
    for open in &open {
        output.say(&format!("open      {}", open.line()));
    }
    let by_hand: Vec<_> = findings(&review.run)
        .into_iter()
        .filter(|finding| finding.kind == FindingKind::NotAsDeclared)
        .collect();
    for finding in &by_hand {
        let place = finding.place.as_ref();
        let place = place.map_or_else(String::new, |place| format!("{}:{}: ", place.file, place.line));
        output.say(&format!("by hand   {place}{}, in {}", finding.title, finding.case_names(1)));
    }
    if let Some(first) = open.first() {
        output.say(&format!(
            "a mismatch is never accepted here: `parity review --declare {}` shows the rule that explains it, `--as expected` the expected \
             verdict, and `--why` puts it into the suite",
            first.id
        ));
    }
    for waiting in &review.waiting {
        output.say(&format!("pending   {} ({})", waiting.case, waiting.report.snapshot.name()));
    }
    for file in &review.run.unreferenced {
        output.say(&format!("no case   {file}: `parity review --prune` removes it"));
    }
    if review.waiting.is_empty() && open.is_empty() && by_hand.is_empty() && review.run.unreferenced.is_empty() {
        return Exit::Passed;
    }
    Exit::Differs
}
