//! What can be checked only of a suite as a whole.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, Span, nearest};
use crate::exchange::Side;
use crate::rule::{Condition, LEGACY, Message};

use super::case::Case;
use super::model::{SnapshotPolicy, Suite};
use super::parameters::MAX_CASES;
use super::read::Spans;

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
        let declared = self.suite.parameter_names();
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
        for (name, span) in self.suite.secret_parameters.iter().zip(&self.spans.secrets) {
            self.undeclared(name, &declared, *span);
        }
        let of_lists = self.suite.parameters.iter().map(|parameter| parameter.name.as_str());
        let mut places: Vec<(&str, Span)> = of_lists.zip(self.spans.parameters.iter().copied()).collect();
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
        let cases = self
            .suite
            .parameters
            .iter()
            .try_fold(self.suite.rows.len().max(1), |cases, parameter| {
                cases.checked_mul(parameter.values.len())
            });
        if cases.is_none_or(|cases| cases > MAX_CASES) {
            let span = self.spans.parameters.first().copied().unwrap_or_default();
            self.found
                .push(self.error(span, format!("the parameters combine to more than {MAX_CASES} cases")));
        }
    }

    fn undeclared(&mut self, name: &str, declared: &[&str], span: Span) {
        if declared.contains(&name) {
            return;
        }
        let error = self.error(span, format!("parameter `{name}` is used and not declared"));
        let help = match nearest(name, declared.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: `[parameters]` with `{name} = [34]`"),
        };
        self.found.push(error.help(help));
    }

    /// What names cases names some.
    fn cases(&mut self) {
        let bindings: Vec<String> = self.suite.cases().iter().map(|case| case.binding.to_string()).collect();
        for (case, place) in self.suite.cases().iter().zip(0usize..) {
            if let Err(error) = self.suite.shown_requests(&self.suite.shown_case(case)) {
                let row = self.spans.rows.get(place).or(self.spans.rows.first());
                let span = row.or(self.spans.parameters.first()).copied().unwrap_or_default();
                self.found.push(self.error(
                    span,
                    format!("the case `{}` cannot be asked: {error}", self.suite.shown_case(case).binding),
                ));
                return;
            }
        }
        for (excluded, span) in self.suite.exclude.iter().zip(&self.spans.exclude) {
            let matches = |case: &Case| excluded.iter().all(|(name, value)| case.binding.get(name) == Some(value));
            let all = Suite {
                exclude: Vec::new(),
                ..self.suite.clone()
            }
            .cases();
            if !all.iter().any(matches) {
                let error = self.error(*span, "excludes no case: no combination has these values");
                self.found.push(error.help("correct the values, or remove it"));
            }
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = bindings.iter().find(|binding| !seen.insert(binding.as_str())) {
            let span = self.spans.parameters.first().copied().unwrap_or_default();
            self.found.push(self.error(span, format!("the case `{twice}` is declared twice")));
        }
        for (expected, span) in self.suite.expected.iter().zip(&self.spans.expected) {
            for pattern in &expected.case.0 {
                let names = crate::rule::CasePattern::one(pattern);
                if !bindings.iter().any(|binding| names.matches(binding)) {
                    self.found.push(self.no_case(*span, pattern, &bindings));
                }
            }
        }
        if let SnapshotPolicy::Only(cases) = &self.suite.snapshots {
            for (case, span) in cases.iter().zip(&self.spans.snapshots) {
                if !bindings.contains(case) {
                    self.found.push(self.no_case(*span, case, &bindings));
                }
            }
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
