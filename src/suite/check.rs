//! What can be checked only of a suite as a whole.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, Span, nearest};
use crate::exchange::Side;
use crate::rule::{Condition, LEGACY, Message};

use super::case::Case;
use super::model::{SnapshotPolicy, Suite};
use super::parameters::MAX_CASES;
use super::read::Spans;

/// So many cases are told of one kind of mistake.
const LISTED: usize = 10;

pub(super) fn check(suite: &Suite, spans: &Spans, source: &Source) -> Diagnostics {
    let mut check = Check {
        suite,
        spans,
        source,
        found: Diagnostics::new(),
    };
    check.parameters();
    check.translations();
    check.comparisons();
    check.error_rows();
    check.statuses();
    check.headers();
    if check.found.is_empty() {
        check.cases();
    }
    check.found.sort();
    check.found
}

pub(super) struct Check<'s> {
    pub suite: &'s Suite,
    pub spans: &'s Spans,
    source: &'s Source,
    pub found: Diagnostics,
}

impl Check<'_> {
    pub fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    /// Every parameter that is used is declared, and the reverse.
    fn parameters(&mut self) {
        let of_data = self.spans.data.iter().flat_map(|data| &data.names).map(|(name, _)| name.as_str());
        let mut declared = self.suite.parameter_names();
        declared.extend(of_data);
        let mut used = BTreeSet::new();
        for side in Side::BOTH {
            for name in self.spans.uses.get(side) {
                used.insert(name.value.as_str());
                self.undeclared(&name.value, &declared, name.span);
            }
        }
        for (row, span) in self.suite.errors.iter().zip(&self.spans.errors) {
            if let Some(Message::Exact(message)) = &row.legacy.message {
                for name in message.parameters() {
                    self.undeclared(name, &declared, *span);
                }
            }
            for name in row.owed_names().into_iter().filter(|name| !name.starts_with(LEGACY)) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (template, span) in self.templates_of_translations() {
            for name in template.case_parameters() {
                self.undeclared(name, &declared, span);
            }
        }
        for (row, span) in self.suite.errors.iter().zip(&self.spans.errors) {
            for name in row.legacy.when.iter().flat_map(Condition::parameters) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (translation, span) in self.suite.translations.iter().zip(&self.spans.translations) {
            for name in translation.conditions().flat_map(Condition::parameters) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (rule, span) in self.suite.headers.iter().zip(&self.spans.headers) {
            for name in rule.when.iter().flat_map(Condition::parameters) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (rule, span) in self.suite.statuses.iter().zip(&self.spans.statuses) {
            for name in rule.when.iter().flat_map(Condition::parameters) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (comparison, span) in self.suite.comparisons.iter().zip(&self.spans.comparisons) {
            for name in comparison.when.iter().flat_map(Condition::parameters) {
                self.undeclared(name, &declared, *span);
            }
        }
        for (name, span) in self.suite.secret_parameters.iter().zip(&self.spans.secrets) {
            self.undeclared(name, &declared, *span);
        }
        let of_lists = self.suite.parameters.iter().map(|parameter| parameter.name.as_str());
        let mut places: Vec<(&str, Span)> = of_lists.zip(self.spans.parameters.iter().copied()).collect();
        // Those of a file stand behind the others, and are told in the file.
        for (row, span) in self.suite.rows.iter().zip(&self.spans.rows) {
            for bound in &row.bound {
                if !places.iter().any(|(name, _)| *name == bound.name) {
                    places.push((&bound.name, *span));
                }
            }
        }
        for (excluded, span) in self.suite.exclude.iter().zip(&self.spans.exclude) {
            for (name, _) in excluded {
                self.undeclared(name, &declared, *span);
            }
        }
        for (name, span) in &places {
            if !used.contains(name) {
                let unused = self
                    .error(*span, format!("parameter `{name}` is declared and used by neither request"))
                    .help(format!(
                        "write `{{{name}}}` in the request of `[legacy]` or `[candidate]`, or remove it"
                    ));
                self.found.push(unused);
            }
        }
        self.unused_of_data(&used);
        let cases = self
            .suite
            .parameters
            .iter()
            .try_fold(self.suite.rows.len().max(1), |cases, parameter| {
                cases.checked_mul(parameter.values.len())
            });
        if cases.is_none_or(|cases| cases > MAX_CASES) {
            let span = self.first_parameter();
            self.found
                .push(self.error(span, format!("the parameters combine to more than {MAX_CASES} cases")));
        }
    }

    /// Every parameter that a file of rows names is used.
    fn unused_of_data(&mut self, used: &BTreeSet<&str>) {
        let Some(data) = &self.spans.data else { return };
        for (name, span) in data.names.iter().filter(|(name, _)| !used.contains(name.as_str())) {
            let error = Diagnostic::error(
                &data.shown(),
                *span,
                format!("unknown {} `{name}`: neither request uses a parameter of that name", data.word()),
            );
            let help = match nearest(name, used.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write `{{{name}}}` in a request of `{}`, or remove it", self.suite.file),
            };
            self.found.push(error.help(help));
        }
    }

    fn undeclared(&mut self, name: &str, declared: &[&str], span: Span) {
        if declared.contains(&name) {
            return;
        }
        if let Some(data) = &self.spans.data {
            let used = format!("`{}:{}` uses it", self.source.file(), self.source.position(span.start));
            // Who misspelt a name made one mistake and not two.
            let misspelt = nearest(name, data.names.iter().map(|(name, _)| name.as_str())).is_some();
            let missing = Diagnostic::error(&data.shown(), data.head, data.lacks(name)).note(used);
            if !misspelt && !self.found.iter().any(|found| found.message == missing.message) {
                let declare = format!("add it to the rows, or declare it in `{}`", self.suite.file);
                self.found.push(missing.help(declare));
            }
            return;
        }
        let error = self.error(span, format!("parameter `{name}` is used and not declared"));
        let help = match nearest(name, declared.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: `[parameters]` with `{name} = [34]`"),
        };
        self.found.push(error.help(help));
    }

    /// Where parameters are declared, for what speaks of them all.
    fn first_parameter(&self) -> Span {
        let first = self.spans.parameters.iter().chain(&self.spans.rows).next();
        first.or(self.spans.file.as_ref()).copied().unwrap_or_default()
    }

    /// Where the rows of a case stand, and what they say of one parameter.
    fn places(&self, case: &Case, parameter: Option<&str>) -> Vec<(Source, Span)> {
        let own = self.spans.rows.len();
        let rows = self.suite.rows.iter().enumerate().filter(|(_, row)| self.suite.is_of(case, row));
        let mut places: Vec<(Source, Span)> = rows
            .filter_map(|(place, _)| match (self.spans.rows.get(place), &self.spans.data) {
                (Some(span), _) => Some((self.source.clone(), *span)),
                (None, Some(data)) => Some((data.shown(), data.place(place - own, parameter))),
                (None, None) => None,
            })
            .collect();
        if places.is_empty() {
            places.push((self.source.clone(), self.first_parameter()));
        }
        places
    }

    /// What names cases names some.
    fn cases(&mut self) {
        let cases = self.suite.cases();
        let bindings: Vec<String> = cases.iter().map(|case| case.binding.to_string()).collect();
        let mut wrong = BTreeSet::new();
        for case in &cases {
            let shown = self.suite.shown_case(case);
            let Err(error) = self.suite.shown_requests(&shown) else { continue };
            let (source, span) = self.places(case, error.parameter()).swap_remove(0);
            let message = format!("the case `{}` cannot be asked: {error}", shown.binding);
            // What lists make of one row is wrong once.
            if wrong.insert((source.file().to_owned(), span)) {
                self.found.push(Diagnostic::error(&source, span, message));
            }
            if wrong.len() == LISTED {
                break;
            }
        }
        if !wrong.is_empty() {
            return;
        }
        if !self.suite.exclude.is_empty() {
            let all = Suite {
                exclude: Vec::new(),
                ..self.suite.clone()
            }
            .cases();
            for (excluded, span) in self.suite.exclude.iter().zip(&self.spans.exclude) {
                let matches = |case: &Case| excluded.iter().all(|(name, value)| case.binding.get(name) == Some(value));
                if !all.iter().any(matches) {
                    let error = self.error(*span, "excludes no case: no combination has these values");
                    self.found.push(error.help("correct the values, or remove it"));
                }
            }
        }
        if cases.is_empty() {
            let error = self.error(
                self.first_parameter(),
                "`exclude` takes out every combination, so the suite has no cases",
            );
            self.found.push(error);
        }
        self.doubled(&cases, &bindings);
        // Nobody has to write a secret to name a case.
        let shown: Vec<String> = self.suite.shown_cases().iter().map(|case| case.binding.to_string()).collect();
        for (expected, span) in self.suite.expected.iter().zip(&self.spans.expected) {
            for pattern in &expected.case.0 {
                let names = crate::rule::CasePattern::one(pattern);
                if !shown.iter().any(|binding| names.matches(binding)) {
                    self.found.push(self.no_case(*span, pattern, &shown));
                }
            }
        }
        if let SnapshotPolicy::Only(cases) = &self.suite.snapshots {
            for (case, span) in cases.iter().zip(&self.spans.snapshots) {
                if !shown.contains(case) {
                    self.found.push(self.no_case(*span, case, &shown));
                }
            }
        }
    }

    /// No case is declared twice.
    fn doubled(&mut self, cases: &[Case], bindings: &[String]) {
        let mut seen = BTreeSet::new();
        let twice = cases.iter().zip(bindings).filter(|(_, binding)| !seen.insert(binding.as_str()));
        // What lists double they double all over.
        let most = if self.suite.rows.is_empty() { 1 } else { LISTED };
        for (case, _) in twice.take(most).collect::<Vec<_>>() {
            let places = self.places(case, None);
            let (source, span) = &places[places.len() - 1];
            let message = format!("the case `{}` is declared twice", self.suite.shown_case(case).binding);
            let error = Diagnostic::error(source, *span, message);
            let error = match places.first() {
                Some((other, first)) if first != span && other == source => error.also(*first, "the first one"),
                Some((other, first)) if other != source => {
                    error.note(format!("the first one is at `{}:{}`", other.file(), other.position(first.start)))
                }
                _ => error,
            };
            self.found.push(error);
        }
    }

    fn no_case(&self, span: Span, case: &str, bindings: &[String]) -> Diagnostic {
        let error = self.error(span, format!("no case is called `{case}`"));
        match nearest(case, bindings.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!(
                "a case is called by its parameters, such as `{}`",
                bindings.first().map_or("", String::as_str)
            )),
        }
    }
}
