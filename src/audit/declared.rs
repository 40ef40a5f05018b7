//! Which changes a rule says do not matter: read off what it promises, and not off what it does.

use crate::compare::Received;
use crate::path::{Path, Pattern, Segment};
use crate::rule::{Action, Comparison, ComparisonRule, Tolerance, Translation, Treatment, Type};
use crate::value::{Decimal, Kind, Value};

use super::edit::{self, Edit};
use super::equal::equal;
use super::mutant::{Act, Mutant};
use super::response::Change;

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
    /// The document that is owed.
    pub owed: Option<&'s Value<'s>>,
}

impl<'s> Site<'s> {
    pub fn of(mutant: &'s Mutant, original: &'s Received<'_>, changed: &'s Received<'_>, owed: Option<&'s Value<'_>>) -> Self {
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
            owed,
        }
    }

    /// Whether such a value is owed at a node that the pattern names: whatever a rule excuses, that is never wrong.
    fn is_owed(&self, at: &Pattern, value: &Value<'_>) -> bool {
        self.owed.is_some_and(|owed| is_at(at, &Path::root(), owed, value))
    }

    /// Whether a rule at that pattern speaks of the place.
    pub fn is_at(&self, pattern: &Pattern) -> bool {
        pattern.covers(&self.path)
    }

    /// Whether the children of a node stand elsewhere, so that rules about them matter.
    pub const fn is_moved(&self) -> bool {
        matches!(self.act, Act::Edit(Edit::Move { .. }))
    }

    /// Whether the change is one of nodes that the pattern names and of nothing else, each as `allowed` says; a list whose
    /// items change places is a list of other items.
    fn changes_only(&self, at: &Pattern, absent: bool, allowed: &Allowed<'_>) -> bool {
        if !matches!(self.act, Act::Edit(_) | Act::Change(Change::Text(_))) {
            return false;
        }
        let (Some(before), Some(after)) = (self.before, self.after) else {
            return false;
        };
        changes_only((at, absent, allowed), &self.node, before, after)
    }
}

fn is_at(at: &Pattern, path: &Path, document: &Value<'_>, value: &Value<'_>) -> bool {
    (at.matches(path) && equal(document, value))
        || match document {
            Value::Array(items) => {
                let mut items = items.iter().enumerate();
                items.any(|(place, item)| is_at(at, &path.join(Segment::Index(place)), item, value))
            }
            Value::Object(object) => {
                let mut members = object.members.iter();
                members.any(|member| is_at(at, &path.join(Segment::Member(member.name.to_string())), &member.value, value))
            }
            _ => false,
        }
}

/// Whether one value may be another.
type Allowed<'a> = dyn Fn(&Value<'_>, &Value<'_>) -> bool + 'a;

/// `absent` says whether a named node may be there on one side only.
fn changes_only(rule: (&Pattern, bool, &Allowed<'_>), path: &Path, before: &Value<'_>, after: &Value<'_>) -> bool {
    let (at, absent, allowed) = rule;
    if equal(before, after) || (at.matches(path) && allowed(before, after)) {
        return true;
    }
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            let mut items = before.iter().zip(after).enumerate();
            before.len() == after.len()
                && items.all(|(place, (one, other))| changes_only(rule, &path.join(Segment::Index(place)), one, other))
        }
        (Value::Object(before), Value::Object(after)) => {
            let at_name = |name: &str| path.join(Segment::Member(name.to_owned()));
            let kept = before.members.iter().all(|member| match after.get(&member.name) {
                Some(other) => changes_only(rule, &at_name(&member.name), &member.value, other),
                None => absent && at.matches(&at_name(&member.name)),
            });
            let mut new = after.members.iter().filter(|member| before.get(&member.name).is_none());
            kept && new.all(|member| absent && at.matches(&at_name(&member.name)))
        }
        _ => false,
    }
}

/// Whether the comparison says that such a change does not matter.
pub fn by_comparison(comparison: &Comparison, site: &Site<'_>) -> bool {
    let at = &comparison.at;
    match &comparison.rule {
        // Rows are paired, and what differs in them or in their order is still a difference.
        ComparisonRule::Rows { .. } => false,
        ComparisonRule::Unordered { .. } => matches!(site.act, Act::Edit(Edit::Move { .. })) && at.matches(&site.node),
        ComparisonRule::Tolerance(tolerance) => site.changes_only(at, false, &|before, after| match (before, after) {
            (Value::Number(before), Value::Number(after)) => near(tolerance, &before.text, &after.text),
            _ => false,
        }),
        ComparisonRule::Pattern(pattern) => site.changes_only(at, false, &|before, after| match (before, after) {
            (Value::String(_), Value::String(text)) => pattern.is_match(text) || site.is_owed(at, after),
            _ => false,
        }),
        ComparisonRule::OneOf(values) => site.changes_only(at, false, &|_, after| {
            values.iter().any(|value| equal(value, after)) || site.is_owed(at, after)
        }),
        ComparisonRule::Extra { kinds, optional } => {
            (at.covers(&site.node) && !at.matches(&site.node)) || site.changes_only(at, *optional, &|_, after| of_kind(after, kinds))
        }
        ComparisonRule::Ignore => site.is_at(at) || site.changes_only(at, true, &|_, _| true),
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
fn of_kind(value: &Value<'_>, kinds: &[Kind]) -> bool {
    let is = |kind: Kind| kinds.contains(&kind) || (kind == Kind::Integer && kinds.contains(&Kind::Number));
    kinds.is_empty() || is(value.kind())
}

/// Whether the translation says that such a change does not matter.
pub fn by_translation(rule: &Translation, pattern: &Pattern, site: &Site<'_>) -> bool {
    match &rule.action {
        // What is owed is a number: it may be written in any way that means the same one, `1.0` for `1`.
        Action::Treatment(Treatment::Type { into: Type::Number, .. }) => {
            site.changes_only(pattern, false, &|before, after| match (before, after) {
                (Value::Number(before), Value::Number(after)) => {
                    Decimal::parse(&before.text).is_some_and(|before| Some(before) == Decimal::parse(&after.text))
                }
                _ => false,
            })
        }
        Action::Treatment(Treatment::Map(_) | Treatment::Text { .. } | Treatment::Type { .. }) | Action::Shape(_) | Action::Supply(_) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use crate::audit::tests::{ALL, answer, classes, documents, floor, input, only};
    use crate::audit::{Fate, audit};
    use crate::diagnostic::Source;
    use crate::suite::read_suite;
    use crate::value::compact;

    /// What is declared by a suite with one comparison, as `class place`; nothing must be blind.
    fn declared_by(comparison: &str, legacy: &str, candidate: &str) -> BTreeSet<String> {
        let input = input(
            &format!("[[comparison]]\nwhy = 'x'\n{comparison}"),
            answer(200, legacy),
            answer(200, candidate),
        );
        let name = input.suite.comparisons[0].name();
        let found = only(audit(&[input], ALL));
        assert_eq!(found.audited, 1, "{:?}", found.unaudited);
        assert_eq!(classes(&found.findings, Fate::Blind), BTreeSet::new(), "{:#?}", found.findings);
        assert!(
            found.findings.iter().all(|finding| finding.rule.as_ref() == Some(&name)),
            "{:#?}",
            found.findings
        );
        let told = found.findings.iter().map(|finding| format!("{} {}", finding.class, finding.place));
        told.collect()
    }

    #[test]
    fn each_comparison_declares_what_it_says_and_no_more() {
        let list = r#"{"l":[1,2,3]}"#;
        let text = r#"{"t":"3 ms","u":"3 ms"}"#;
        let words = [
            (
                "rule = 'one_of'\nat = '/x'\nvalues = ['\"\"']",
                r#"{"x":null}"#,
                r#"{"x":""}"#,
                "string-to-null /x",
            ),
            (
                "rule = 'rows'\nat = '/l'\nkey = ['k']",
                r#"{"l":[{"k":1},{"k":2}]}"#,
                r#"{"l":[{"k":1},{"k":2}]}"#,
                "",
            ),
            ("rule = 'unordered'\nat = '/l'", list, list, "row-swapped /l, row-moved /l"),
            (
                "rule = 'unordered'\nat = '/l'\nkey = ['k']",
                r#"{"l":[{"k":1},{"k":2}]}"#,
                r#"{"l":[{"k":2},{"k":1}]}"#,
                "row-swapped /l",
            ),
            (
                "rule = 'tolerance'\nat = '/x'\nabsolute = '0.01'",
                r#"{"x":0.93}"#,
                r#"{"x":0.93}"#,
                "last-digit /x, rounded-to-32-bit /x",
            ),
            (
                "rule = 'tolerance'\nat = '/x'\nfloat = 64",
                r#"{"x":0.1}"#,
                r#"{"x":0.10000000000000000001}"#,
                "last-digit /x, rounded-to-32-bit /x",
            ),
            (
                "rule = 'pattern'\nat = '/t'\npattern = '[0-9] ms'",
                text,
                r#"{"t":"4 ms","u":"3 ms"}"#,
                "",
            ),
            (
                "rule = 'one_of'\nat = '/x'\nvalues = ['null', '\"\"']",
                r#"{"x":"a"}"#,
                r#"{"x":"a"}"#,
                "string-to-null /x, text-emptied /x",
            ),
            (
                "rule = 'extra'\nat = '/n'\ntype = 'integer'",
                "{}",
                r#"{"n":7}"#,
                "last-digit /n, sign /n, zero /n",
            ),
            (
                "rule = 'extra'\nat = '/n'\noptional = true",
                "{}",
                r#"{"n":{"a":true}}"#,
                "object-emptied /, member-missing /n, object-emptied /n, object-listed /n, object-to-null /n, member-extra /n, member-missing /n/a, \
                 member-doubled /n/a, member-renamed /n/a, flipped /n/a, boolean-to-null /n/a, boolean-to-integer /n/a, \
                 boolean-to-number /n/a, boolean-to-string /n/a",
            ),
        ];
        for (comparison, legacy, candidate, expected) in words {
            let expected: BTreeSet<String> = expected.split(", ").filter(|told| !told.is_empty()).map(str::to_owned).collect();
            assert_eq!(declared_by(comparison, legacy, candidate), expected, "{comparison}");
        }
        let ignored = declared_by("rule = 'ignore'\nat = '/l/*'", list, r#"{"l":[4,5,6]}"#);
        assert!(
            ignored
                .iter()
                .all(|told| told.ends_with(" /l/*") || told == "row-swapped /l" || told == "row-moved /l"),
            "{ignored:?}"
        );
        assert!(ignored.contains("zero /l/*") && !ignored.contains("row-dropped /l/*"));
    }

    #[test]
    fn a_leniency_that_is_too_wide_falls_below_the_floor() {
        let rows = r#"{"rows":[{"k":1,"v":"a"},{"k":2,"v":"b"}]}"#;
        let wide = "[[comparison]]\nrule = 'ignore'\nat = '/rows/*/v'\nwhy = 'x'";
        let of = |rules: &str| only(audit(&[floor(&input(rules, answer(200, rows), answer(200, rows)), 0.9)], ALL));
        assert!(of("").passes());
        let found = of(wide);
        assert_eq!(found.tally.sensitivity(), Some(1.0));
        assert!(found.below_floor() && !found.passes(), "{:?}", found.tally);
    }

    fn comparisons() -> impl Strategy<Value = String> {
        let at = "(/[ab*]){1,2}";
        let rule = prop_oneof![
            Just("rule = 'ignore'".to_owned()),
            Just("rule = 'unordered'".to_owned()),
            Just("rule = 'unordered'\nkey = ['a']".to_owned()),
            Just("rule = 'rows'\nkey = ['a', 'b']".to_owned()),
            Just("rule = 'pattern'\npattern = '[a-z ]*'".to_owned()),
            Just("rule = 'one_of'\nvalues = ['null', '\"\"', '0']".to_owned()),
            Just("rule = 'extra'\ntype = ['integer', 'string']".to_owned()),
            Just("rule = 'extra'\noptional = true".to_owned()),
            Just("rule = 'tolerance'\nabsolute = '1'".to_owned()),
            Just("rule = 'tolerance'\nrelative = '0.1'".to_owned()),
            Just("rule = 'tolerance'\ndecimals = 1".to_owned()),
        ];
        let one = (at, rule).prop_map(|(at, rule)| format!("[[comparison]]\nwhy = 'x'\nat = '{at}'\n{rule}\n"));
        proptest::collection::vec(one, 1..3).prop_map(|all| all.concat())
    }

    proptest! {
        #[test]
        fn no_comparison_hides_what_it_does_not_declare(document in documents(), rules in comparisons()) {
            let text = format!("suite = 's'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n{rules}");
            // What cannot be declared at all is another test's business.
            prop_assume!(read_suite(&Source::new("s.toml", text)).is_ok());
            let body = compact(&document);
            let found = only(audit(&[input(&rules, answer(200, &body), answer(200, &body))], ALL));
            prop_assert_eq!(classes(&found.findings, Fate::Blind), BTreeSet::new(), "{:#?}", found.findings);
            prop_assert!(found.audited == 0 || found.tally.sensitivity() == Some(1.0));
        }
    }
}
