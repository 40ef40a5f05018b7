//! What can be checked of status rules only beside each other and beside the error table.

use crate::rule::{Condition, ErrorRow, StatusRule};

use super::check::Check;

impl Check<'_> {
    /// No answer of the legacy is spoken of by two status rules, or by one and a row of the error table.
    pub fn statuses(&mut self) {
        let rules = &self.suite.statuses;
        for (place, (rule, span)) in rules.iter().zip(&self.spans.statuses).enumerate() {
            let meets = |other: &StatusRule| other.legacy == rule.legacy && !excluded(other.when.as_ref(), rule.when.as_ref());
            if let Some(first) = rules[..place].iter().position(meets) {
                let error = self
                    .error(*span, format!("two status rules speak of the same answer: {}", rule.name()))
                    .also(self.spans.statuses[first], "the other rule")
                    .help("tell them apart by `when`");
                self.found.push(error);
            }
            let shared = |row: &ErrorRow| row.legacy.status == rule.legacy && !excluded(Some(&asked(row)), rule.when.as_ref());
            if let Some(row) = self.suite.errors.iter().position(shared) {
                let error = self
                    .error(
                        *span,
                        format!("a row of the error table speaks of the same answer: {}", rule.name()),
                    )
                    .also(self.spans.errors[row], "the row")
                    .help("tell them apart by `when`, here the negation of what the row asks: `when = { not = { … } }`");
                self.found.push(error);
            }
        }
    }
}

fn excluded(one: Option<&Condition>, other: Option<&Condition>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.excludes(other))
}

/// What a row asks of an answer, as far as a condition can say it.
fn asked(row: &ErrorRow) -> Condition {
    let code = row.legacy.code.iter().map(|code| Condition::Code(vec![code.clone()]));
    Condition::All(row.legacy.when.iter().cloned().chain(code).collect())
}
