//! Which changes a rule says do not matter: read off what it promises, and not off what it does.

use crate::compare::Received;
use crate::path::{Path, Pattern, Segment};
use crate::rule::{Action, Comparison, ComparisonRule, Translation, Treatment, Type};
use crate::value::{Decimal, Value};

use super::edit::{self, Edit};
use super::mutant::{Act, Mutant};

/// Where a mutant was changed, and how.
#[derive(Debug)]
pub struct Site<'s> {
    /// The change.
    pub act: &'s Act,
    /// The node that it is about; the root for a response as a whole.
    pub path: Path,
    /// The node that it was made to.
    pub node: Path,
    /// That node in the original; `None` when there is no body.
    pub before: Option<&'s Value<'s>>,
    /// That node in the mutant.
    pub after: Option<&'s Value<'s>>,
}

impl<'s> Site<'s> {
    pub fn of(mutant: &'s Mutant, original: &'s Received<'_>, changed: &'s Received<'_>) -> Self {
        let trail = &mutant.trail;
        let node = original
            .body
            .as_ref()
            .map_or_else(Path::root, |document| edit::path(document, trail));
        let before = original.body.as_ref().map(|document| edit::node(document, trail));
        let in_place = matches!(mutant.act, Act::Edit(_));
        let after = changed
            .body
            .as_ref()
            .map(|document| if in_place { edit::node(document, trail) } else { document });
        let child = |place: usize| match before {
            Some(Value::Object(object)) => node.join(Segment::Member(object.members[place].name.to_string())),
            _ => node.join(Segment::Index(place)),
        };
        let path = match &mutant.act {
            Act::Edit(Edit::Remove(place) | Edit::Double(place) | Edit::Rename(place, _)) => child(*place),
            _ => node.clone(),
        };
        Self {
            act: &mutant.act,
            path,
            node,
            before,
            after,
        }
    }

    /// Whether a rule at that pattern speaks of the place.
    pub fn is_at(&self, pattern: &Pattern) -> bool {
        pattern.covers(&self.path)
    }

    /// Whether a value took the place of another at exactly these nodes.
    fn replaces(&self, pattern: &Pattern) -> Option<(&Value<'s>, &Value<'s>)> {
        match self.act {
            Act::Edit(Edit::Replace(_)) if pattern.matches(&self.node) => self.before.zip(self.after),
            _ => None,
        }
    }
}

/// Whether the comparison says that such a change does not matter.
pub fn by_comparison(comparison: &Comparison, _site: &Site<'_>) -> bool {
    match &comparison.rule {
        // Rows are paired, and what differs in them or in their order is still a difference.
        ComparisonRule::Rows { .. } => false,
    }
}

/// Whether the translation says that such a change does not matter.
pub fn by_translation(rule: &Translation, pattern: &Pattern, site: &Site<'_>) -> bool {
    match &rule.action {
        // What is owed is a number: it may be written in any way that means the same one, `1.0` for `1`.
        Action::Treatment(Treatment::Type { into: Type::Number, .. }) => match site.replaces(pattern) {
            Some((Value::Number(before), Value::Number(after))) => {
                Decimal::parse(&before.text).is_some_and(|before| Some(before) == Decimal::parse(&after.text))
            }
            _ => false,
        },
        Action::Treatment(Treatment::Map(_) | Treatment::Text { .. } | Treatment::Type { .. }) | Action::Shape(_) => false,
    }
}
