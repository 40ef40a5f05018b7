//! What can be checked of comparisons only side by side: what is broader than it must be is refused, with a reason.

use crate::diagnostic::Span;
use crate::path::Pattern;
use crate::rule::{Action, Comparison, ComparisonRule, Condition, Treatment, Type};

use super::check::Check;

impl Check<'_> {
    /// No comparison hides more than it says, and no two of them claim one node.
    pub fn comparisons(&mut self) {
        let comparisons: Vec<(&Comparison, Span)> = self.suite.comparisons.iter().zip(self.spans.comparisons.iter().copied()).collect();
        for (place, (comparison, span)) in comparisons.iter().enumerate() {
            self.too_broad(comparison, *span);
            self.integers(comparison, *span);
            if let Some((first, at)) = comparisons[..place].iter().find(|(other, _)| claim_one_node(other, comparison)) {
                let error = self
                    .error(
                        *span,
                        format!(
                            "two comparisons claim `{}`: `{}` and `{}`",
                            comparison.at,
                            first.word(),
                            comparison.word()
                        ),
                    )
                    .also(*at, "claimed here first");
                let help = if ordered(first, comparison) {
                    "`unordered` takes a `key` of its own, and says that the order of the rows does not count: leave `rows` out"
                } else {
                    "leave one of them, or give them paths or a `when` that have no node in common"
                };
                self.found.push(error.help(help));
            }
            for (other, at) in comparisons.iter().filter(|(other, _)| !std::ptr::eq(*other, *comparison)) {
                self.shadowed((comparison, *span), (other, *at));
            }
        }
    }

    fn too_broad(&mut self, comparison: &Comparison, span: Span) {
        if comparison.rule == ComparisonRule::Ignore && comparison.at.parts().is_empty() {
            let error = self
                .error(span, "an `ignore` at the root compares nothing at all: any body would pass")
                .help("name the members that are not to be compared, each with its reason");
            self.found.push(error);
        }
    }

    /// An integer is exact: it counts or names something.
    fn integers(&mut self, comparison: &Comparison, span: Span) {
        if !matches!(comparison.rule, ComparisonRule::Tolerance(_)) {
            return;
        }
        for (translation, at) in self.suite.translations.iter().zip(&self.spans.translations) {
            let integer = matches!(translation.action, Action::Treatment(Treatment::Type { into: Type::Integer, .. }));
            let acts = |pattern: &Pattern| {
                let made = Condition::of_rule(pattern, translation.when.as_ref());
                pattern.meets(&comparison.at) && !made.excludes(&Condition::of_rule(&comparison.at, comparison.when.as_ref()))
            };
            if integer && translation.patterns.iter().any(acts) {
                let error = self
                    .error(
                        span,
                        format!("a tolerance on `{}`, which an `integer` makes: integers are exact", comparison.at),
                    )
                    .also(*at, "made an integer here")
                    .help("where the API has a number that is measured and not counted, make it a `number`");
                self.found.push(error);
                return;
            }
        }
    }

    /// What is ignored is not compared, so nothing below can act; the items of a multiset are paired by being equal, so nothing
    /// below can be looser.
    fn shadowed(&mut self, (below, span): (&Comparison, Span), (above, at): (&Comparison, Span)) {
        match &above.rule {
            ComparisonRule::Ignore if above.when.is_none() && stands_below(&above.at, &below.at) => {
                let error = self
                    .error(
                        span,
                        format!(
                            "`{}` at `{}` can never act: `{}` is ignored as a whole",
                            below.word(),
                            below.at,
                            above.at
                        ),
                    )
                    .also(at, "ignored here")
                    .help("leave it out, or ignore only what must be ignored");
                self.found.push(error);
            }
            ComparisonRule::Unordered { key: None } if !goes_below_a_multiset(below) && may_stand_below(&above.at, &below.at) => {
                let error = self
                    .error(
                        span,
                        format!(
                            "`{}` at `{}` stands below `{}`, an unordered list without a `key`: its items are paired by being equal",
                            below.word(),
                            below.at,
                            above.at
                        ),
                    )
                    .also(at, "unordered here")
                    .help("give the unordered list a `key`, by which its items are paired whatever else differs");
                self.found.push(error);
            }
            _ => {}
        }
    }
}

fn claim_one_node(one: &Comparison, other: &Comparison) -> bool {
    let all_of = |rule: &Comparison| Condition::of_rule(&rule.at, rule.when.as_ref());
    one.at.meets(&other.at) && !all_of(one).excludes(&all_of(other))
}

/// Whether one of them pairs rows in order, and the other says that their order does not count.
fn ordered(one: &Comparison, other: &Comparison) -> bool {
    one.is_of_lists() && other.is_of_lists() && one.word() != other.word()
}

/// Whether every node of `below` stands below one of `above`, and is none of them.
fn stands_below(above: &Pattern, below: &Pattern) -> bool {
    above.covers_pattern(below) && !above.meets(below)
}

/// Whether a node of `below` may stand below a node of `above`: some beginning of its path names one.
fn may_stand_below(above: &Pattern, below: &Pattern) -> bool {
    let parts = below.parts();
    (0..parts.len()).any(|length| Pattern::new(parts[..length].to_vec()).meets(above)) && !above.meets(below)
}

/// Whether it leaves what is equal an equivalence, so that items can still be found by being equal.
fn goes_below_a_multiset(comparison: &Comparison) -> bool {
    match comparison.rule {
        ComparisonRule::Rows { .. } => true,
        ComparisonRule::Unordered { .. } | ComparisonRule::Ignore => comparison.when.is_none(),
        _ => false,
    }
}
