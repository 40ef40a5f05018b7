//! What can be checked only of a suite as a whole.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, Span, nearest};
use crate::exchange::Side;
use crate::path::Pattern;
use crate::rule::{ErrorRow, Shape, Template, Translation, Treatment};

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

struct Check<'s> {
    suite: &'s Suite,
    spans: &'s Spans,
    source: &'s Source,
    found: Diagnostics,
}

impl Check<'_> {
    fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    /// Every parameter that is used is declared, and the reverse.
    fn parameters(&mut self) {
        let declared: Vec<&str> = self.suite.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let mut used = BTreeSet::new();
        for side in Side::BOTH {
            let target = &self.suite.request.get(side).target;
            used.extend(target.parameters());
            self.undeclared(target, &declared, *self.spans.requests.get(side));
        }
        for (row, span) in self.suite.errors.iter().zip(&self.spans.errors) {
            for template in [&row.legacy.message, &row.candidate.detail].into_iter().flatten() {
                self.undeclared(template, &declared, *span);
            }
        }
        for (name, span) in declared.iter().zip(&self.spans.parameters) {
            if !used.contains(name) {
                let unused = self
                    .error(*span, format!("parameter `{name}` is declared and used by neither request"))
                    .help(format!("write `{{{name}}}` in `get` of `[legacy]` or `[candidate]`, or remove it"));
                self.found.push(unused);
            }
        }
        let cases = self
            .suite
            .parameters
            .iter()
            .try_fold(1usize, |cases, parameter| cases.checked_mul(parameter.values.len()));
        if cases.is_none_or(|cases| cases > MAX_CASES) {
            let span = self.spans.parameters.first().copied().unwrap_or_default();
            self.found
                .push(self.error(span, format!("the parameters combine to more than {MAX_CASES} cases")));
        }
    }

    fn undeclared(&mut self, template: &Template, declared: &[&str], span: Span) {
        for name in template.parameters().filter(|name| !declared.contains(name)) {
            let error = self.error(span, format!("parameter `{name}` is used and not declared"));
            let help = match nearest(name, declared.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare it: `[parameters]` with `{name} = [34]`"),
            };
            self.found.push(error.help(help));
        }
    }

    /// No two rules of one phase claim one node.
    fn translations(&mut self) {
        let rules: Vec<(&Translation, &Pattern, Span)> = self
            .suite
            .translations
            .iter()
            .zip(&self.spans.translations)
            .flat_map(|(translation, span)| translation.patterns().iter().map(move |pattern| (translation, pattern, *span)))
            .collect();
        for (place, (rule, pattern, span)) in rules.iter().enumerate() {
            let earlier = rules[..place]
                .iter()
                .find(|(other, at, _)| claim(other) == claim(rule) && at == pattern);
            if let Some((other, _, first)) = earlier {
                let error = self
                    .error(
                        *span,
                        format!("two rules claim `{pattern}`: `{}` and `{}`", other.word(), rule.word()),
                    )
                    .also(*first, "claimed here first")
                    .help("leave one of them, or give them paths that have no node in common");
                self.found.push(error);
            }
        }
    }

    fn comparisons(&mut self) {
        for (place, (comparison, span)) in self.suite.comparisons.iter().zip(&self.spans.comparisons).enumerate() {
            if let Some(first) = self.suite.comparisons[..place].iter().position(|other| other.at == comparison.at) {
                let error = self
                    .error(*span, format!("two comparisons claim `{}`", comparison.at))
                    .also(self.spans.comparisons[first], "claimed here first");
                self.found.push(error);
            }
        }
    }

    /// Error rows that tell errors apart can do so, and no error is named by two.
    fn error_rows(&mut self) {
        let paths = &self.suite.error_paths;
        for (place, (row, span)) in self.suite.errors.iter().zip(&self.spans.errors).enumerate() {
            for (key, says, known) in [
                ("code", row.legacy.code.is_some(), paths.code.is_some()),
                ("message", row.legacy.message.is_some(), paths.message.is_some()),
            ] {
                if says && !known {
                    let error = self
                        .error(
                            *span,
                            format!("the row names a `{key}`, and `[legacy]` does not say where errors carry it"),
                        )
                        .help(format!("add `error_{key} = \"/error/{key}\"` to `[legacy]`"));
                    self.found.push(error);
                }
            }
            if let Some(first) = self.suite.errors[..place].iter().position(|other| overlap(other, row)) {
                let error = self
                    .error(*span, format!("two error rows speak of the same error: {}", row.name()))
                    .also(self.spans.errors[first], "the other row")
                    .help("tell them apart by `status`, `code` or `message`");
                self.found.push(error);
            }
        }
    }

    /// What names cases names some.
    fn cases(&mut self) {
        let bindings: Vec<String> = self.suite.cases().iter().map(|case| case.binding.to_string()).collect();
        let mut seen = BTreeSet::new();
        if let Some(twice) = bindings.iter().find(|binding| !seen.insert(binding.as_str())) {
            let span = self.spans.parameters.first().copied().unwrap_or_default();
            self.found.push(self.error(span, format!("the case `{twice}` is declared twice")));
        }
        for (expected, span) in self.suite.expected.iter().zip(&self.spans.expected) {
            if !bindings.iter().any(|binding| expected.case.matches(binding)) {
                self.found.push(self.no_case(*span, &expected.case.0, &bindings));
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

/// Rules with the same claim cannot act on one node.
fn claim(translation: &Translation) -> u8 {
    match translation {
        Translation::Shape { shape: Shape::List, .. } => 0,
        Translation::Shape {
            shape: Shape::Unwrap | Shape::Rename { .. },
            ..
        } => 1,
        Translation::Treatment {
            treatment: Treatment::Map(_),
            ..
        } => 2,
        Translation::Treatment { .. } => 3,
    }
}

fn overlap(one: &ErrorRow, other: &ErrorRow) -> bool {
    fn both<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_none_or(|(one, other)| one == other)
    }
    one.legacy.status == other.legacy.status
        && both(one.legacy.code.as_ref(), other.legacy.code.as_ref())
        && both(one.legacy.message.as_ref(), other.legacy.message.as_ref())
}
