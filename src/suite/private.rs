//! What of the answers is private: places whose values, or bodies that as a whole, are compared and then never stored or shown.

use crate::exchange::Side;
use crate::path::{Part, Path, Pattern};
use crate::rule::{Action, ComparisonRule, Condition, Justification, RuleName, Shape, Text, Translation, Treatment, Type};

use super::model::Suite;

/// What of a suite's answers is private.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Private {
    /// Places whose values are stored as digests.
    pub places: Vec<PrivatePlace>,
    /// Whether whole bodies are.
    pub bodies: bool,
}

/// Nodes whose values are private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivatePlace {
    /// The nodes, in an answer as it was sent.
    pub at: Pattern,
    /// The side whose answers are meant; `None` for both.
    pub side: Option<Side>,
    /// The line of the suite file on which it is declared.
    pub line: usize,
}

impl Private {
    /// Whether nothing is.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.places.is_empty() && !self.bodies
    }

    /// The places of one side.
    pub fn of(&self, side: Side) -> impl Iterator<Item = &PrivatePlace> {
        self.places.iter().filter(move |place| place.side.is_none_or(|only| only == side))
    }
}

impl PrivatePlace {
    /// Its name where rules are counted: `redact /user/email`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let side = self.side.map(|side| format!("{side} ")).unwrap_or_default();
        RuleName::from(format!("redact {side}{}", self.at))
    }

    /// It is held to account as rules are: one that names nothing protects nothing.
    #[must_use]
    pub fn justification(&self) -> Justification {
        Justification {
            why: "private: compared, and never stored or shown".to_owned(),
            line: self.line,
            ..Justification::default()
        }
    }
}

impl Suite {
    /// Whether a rule may look into a private value, so that a digest in its place may not be judged as the value was. Where
    /// none does, private values are compared by plain equality, and that is what digests keep.
    #[must_use]
    pub fn looks_into_private(&self) -> bool {
        if self.private.bodies {
            return true;
        }
        self.private.places.iter().any(|place| {
            let at = &place.at;
            self.translations.iter().any(|translation| translation_sees(translation, at))
                || self.comparisons.iter().any(|comparison| {
                    let sees_it = match &comparison.rule {
                        // They go by equality alone.
                        ComparisonRule::Rows { .. } | ComparisonRule::Unordered { .. } | ComparisonRule::Ignore => false,
                        ComparisonRule::Tolerance(_) | ComparisonRule::Pattern(_) => may_be_in(&comparison.at, at),
                        ComparisonRule::OneOf(_) | ComparisonRule::Extra { .. } => overlap(&comparison.at, at),
                    };
                    sees_it || sees(comparison.when.as_ref(), &[&comparison.at], at)
                })
                || self.errors.iter().any(|row| sees(row.legacy.when.as_ref(), &[], at))
                || self.error_paths_see(at)
        })
    }

    fn error_paths_see(&self, private: &Pattern) -> bool {
        let paths = &self.error_paths;
        let paths = [&paths.code, &paths.message, &paths.information];
        !self.errors.is_empty() && paths.into_iter().flatten().any(|path| overlap(&path.generalise(), private))
    }
}

fn translation_sees(translation: &Translation, private: &Pattern) -> bool {
    let patterns: Vec<&Pattern> = translation.patterns.iter().collect();
    let at: fn(&Pattern, &Pattern) -> bool = match &translation.action {
        // What only says where a node stands does so whatever is in it.
        Action::Shape(Shape::List | Shape::Wrap { .. } | Shape::Unwrap | Shape::Rename { .. } | Shape::Move { .. } | Shape::Drop) => {
            |_, _| false
        }
        Action::Shape(_) | Action::Treatment(Treatment::Map(_)) => overlap,
        Action::Treatment(Treatment::Text {
            text: Text::Join { .. }, ..
        }) => overlap,
        Action::Treatment(Treatment::Type { into: Type::Null(_), .. }) => overlap,
        // These read nothing but scalars, and what holds a private value is none.
        Action::Treatment(Treatment::Text { .. } | Treatment::Type { .. }) | Action::Supply(_) => may_be_in,
    };
    patterns.iter().any(|pattern| at(pattern, private))
        || patterns.iter().any(|pattern| filters_see(pattern, private))
        || translation.conditions().any(|when| sees(Some(when), &patterns, private))
}

/// Whether a condition may ask for a private value; `at` are the nodes at which it is asked.
fn sees(when: Option<&Condition>, at: &[&Pattern], private: &Pattern) -> bool {
    let Some(when) = when else { return false };
    let names = names(private);
    let members = when.members();
    members.iter().any(|name| names.contains(name))
        || when.paths().into_iter().any(|path: &Path| overlap(&path.generalise(), private))
        || (when.asks_the_node() && at.iter().any(|pattern| overlap(pattern, private)))
}

fn filters_see(pattern: &Pattern, private: &Pattern) -> bool {
    let names = names(private);
    let mut filters = pattern.parts().iter().filter_map(|part| match part {
        Part::Where(filter) => Some(filter.member.as_str()),
        _ => None,
    });
    filters.any(|member| names.contains(&member))
}

fn names(pattern: &Pattern) -> Vec<&str> {
    let names = pattern.parts().iter().filter_map(|part| match part {
        Part::Name(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// Whether a node of one may be a node of the other, or stand above or below one.
fn overlap(one: &Pattern, other: &Pattern) -> bool {
    may_be_in(one, other) || may_be_in(other, one)
}

/// Whether a node of `inner` may be one of `outer`, or stand below one.
fn may_be_in(inner: &Pattern, outer: &Pattern) -> bool {
    let parts = inner.parts();
    (0..=parts.len()).any(|end| Pattern::new(parts[..end].to_vec()).meets(outer))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_looks_into_private_values_is_known() {
        let private = |at: &str| {
            let mut suite = sample::suite();
            suite.private.places = vec![PrivatePlace {
                at: Pattern::parse(at).unwrap(),
                side: None,
                line: 1,
            }];
            suite.looks_into_private()
        };
        assert!(private("/trace/*/evaluation"), "a number is made of it");
        assert!(private("/**/evaluation"));
        assert!(private("/trace"), "numbers are made of what is in it");
        assert!(private("/error/message"), "errors are told apart by it");
        assert!(!private("/trace/*/setup_string"));
        assert!(!private("/user/email"));
        let mut suite = sample::suite();
        assert!(!suite.looks_into_private());
        suite.private.bodies = true;
        assert!(suite.looks_into_private());
    }
}
