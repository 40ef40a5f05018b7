//! Rules that would go by one name, told apart: each is counted on its own, so that none of them is stale unseen.

use std::collections::BTreeSet;

use crate::rule::{Comparison, ErrorRow, ExpectedVerdict, HeaderRule, Justification, RuleName, StatusRule, Translation};

use super::model::Suite;

/// Numbers the rules of a suite that share a name, in the order in which they are written.
pub(super) fn tell_apart(suite: &mut Suite) {
    let mut names = Names::default();
    names.tell_apart(&mut suite.translations);
    names.tell_apart(&mut suite.comparisons);
    names.tell_apart(&mut suite.errors);
    names.tell_apart(&mut suite.statuses);
    names.tell_apart(&mut suite.headers);
    names.tell_apart(&mut suite.expected);
}

/// The names that are taken.
#[derive(Default)]
struct Names(BTreeSet<RuleName>);

impl Names {
    fn tell_apart(&mut self, rules: &mut [impl Named]) {
        for rule in rules {
            while rule.names().iter().any(|name| self.0.contains(name)) {
                rule.justification().twin += 1;
            }
            self.0.extend(rule.names());
        }
    }
}

/// A rule with its names in outputs.
trait Named {
    fn names(&self) -> Vec<RuleName>;
    fn justification(&mut self) -> &mut Justification;
}

impl Named for Translation {
    fn names(&self) -> Vec<RuleName> {
        self.patterns.iter().map(|pattern| self.name(pattern)).collect()
    }

    fn justification(&mut self) -> &mut Justification {
        &mut self.justification
    }
}

macro_rules! named {
    ($($rule:ty),+) => {
        $(impl Named for $rule {
            fn names(&self) -> Vec<RuleName> {
                vec![self.name()]
            }

            fn justification(&mut self) -> &mut Justification {
                &mut self.justification
            }
        })+
    };
}

named!(Comparison, ErrorRow, StatusRule, HeaderRule, ExpectedVerdict);
