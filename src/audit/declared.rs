//! Which changes a rule says do not matter: read off what it promises, and not off what it does.

use crate::compare::Received;
use crate::path::{Path, Pattern, Segment};
use crate::rule::{Action, Comparison, ComparisonRule, Tolerance, Translation, Treatment, Type};
use crate::value::{Decimal, Kind, Value};

use super::edit::{self, Edit};
use super::equal::equal;
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
pub fn by_comparison(comparison: &Comparison, site: &Site<'_>) -> bool {
    let at = &comparison.at;
    let replaced = || site.replaces(at);
    match &comparison.rule {
        // Rows are paired, and what differs in them or in their order is still a difference.
        ComparisonRule::Rows { .. } => false,
        ComparisonRule::Unordered { .. } => matches!(site.act, Act::Edit(Edit::Move { .. })) && at.matches(&site.node),
        ComparisonRule::Tolerance(tolerance) => match replaced() {
            Some((Value::Number(before), Value::Number(after))) => near(tolerance, &before.text, &after.text),
            _ => false,
        },
        ComparisonRule::Pattern(pattern) => {
            matches!(replaced(), Some((Value::String(_), Value::String(text))) if pattern.is_match(text))
        }
        ComparisonRule::OneOf(values) => replaced().is_some_and(|(_, after)| values.iter().any(|value| equal(value, after))),
        ComparisonRule::Extra { kinds, optional } => match site.act {
            Act::Edit(Edit::Remove(_)) if at.matches(&site.path) => *optional,
            _ => at.covers(&site.node) && (!at.matches(&site.node) || of_kind(site.after, kinds)),
        },
        ComparisonRule::Ignore => site.is_at(at),
    }
}

/// Whether two answers can both be as near to what is owed as the tolerance says: then they are near to each other. This is
/// no more than an upper bound, with floats; which of them is excused, the comparison decides with every digit.
fn near(tolerance: &Tolerance, one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) else {
        return false;
    };
    let size = one.abs().max(other.abs());
    if !size.is_finite() {
        // Beyond what a float can tell.
        return true;
    }
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let bound = match tolerance {
        Tolerance::Absolute(limit) => 2.0 * number(limit),
        Tolerance::Relative(part) if number(part) >= 1.0 => f64::INFINITY,
        Tolerance::Relative(part) => 2.0 * number(part) * size / (1.0 - number(part)),
        Tolerance::Decimals(places) => 10.0_f64.powi(-i32::try_from(*places).unwrap_or(i32::MAX)),
        Tolerance::Float64 => 0.0,
    };
    (one - other).abs() <= bound + size * 1e-12
}

/// Whether a member that only the candidate has may be such a value; an integer is a number too.
fn of_kind(value: Option<&Value<'_>>, kinds: &[Kind]) -> bool {
    let is = |kind: Kind| kinds.contains(&kind) || (kind == Kind::Integer && kinds.contains(&Kind::Number));
    kinds.is_empty() || value.is_some_and(|value| is(value.kind()))
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
        Action::Treatment(Treatment::Map(_) | Treatment::Text { .. } | Treatment::Type { .. }) | Action::Shape(_) | Action::Supply(_) => {
            false
        }
    }
}
