//! Statuses that are owed in place of those of the legacy's successes.

use crate::exchange::Part;
use crate::rule::{At, Facts, StatusRule, is_bodyless};
use crate::suite::Suite;
use crate::value::Value;

use super::expected::{Applied, Effect};
use super::ledger::{Detail, Translated, shown};

/// The status rule that speaks of a success with this document.
pub(super) fn find<'s>(suite: &'s Suite, body: Option<&Value<'_>>, facts: &Facts) -> Option<&'s StatusRule> {
    let at = At {
        node: body,
        parent: None,
        root: body,
        facts,
    };
    let speaks = |rule: &&StatusRule| rule.legacy == facts.status && rule.when.as_ref().is_none_or(|when| when.holds(&at));
    suite.statuses.iter().find(speaks)
}

/// What a success looks like before its status is another, when anybody asks.
pub(super) fn before(rule: &StatusRule, body: Option<&Value<'_>>, detail: Detail) -> Option<String> {
    let kept = !is_bodyless(rule.candidate);
    (detail == Detail::Effects).then(|| match body.filter(|_| !kept) {
        Some(body) => format!("{} with {}", rule.legacy, shown(body)),
        None => rule.legacy.to_string(),
    })
}

/// Says that the rule made the status; and all of the answer, where that has no body.
pub(super) fn tell(translated: &mut Translated<'_>, rule: &StatusRule, before: Option<String>) {
    let name = rule.name();
    let without = if is_bodyless(rule.candidate) { " without a body" } else { "" };
    translated.effects.extend(before.map(|before| Effect {
        rule: name.clone(),
        part: Part::Status,
        before,
        after: format!("{}{without}", rule.candidate),
    }));
    translated.applied.push(Applied {
        rule: name.clone(),
        count: 1,
    });
    if is_bodyless(rule.candidate) {
        translated.made_by.whole = Some(name);
    } else {
        translated.made_by.status = Some(name);
    }
}
