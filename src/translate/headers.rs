//! What is owed in the headers that a suite names.

use crate::exchange::Part;
use crate::rule::{At, Facts, HeaderRule, Outcome, OwedInHeader};
use crate::value::Value;

use super::expected::{Applied, Effect, OwedHeader};
use super::ledger::{Detail, Translated};

/// The header rules that speak of an answer of the legacy with this body, whatever becomes of it.
pub(super) fn speaking<'s>(rules: &'s [HeaderRule], body: Option<&Value<'_>>, facts: &Facts) -> Vec<&'s HeaderRule> {
    let at = At {
        node: body,
        parent: None,
        root: body,
        facts,
    };
    let speaks = |rule: &&HeaderRule| rule.when.as_ref().is_none_or(|when| when.holds(&at));
    rules.iter().filter(speaks).collect()
}

/// Adds what the candidate owes in headers; `sent` are the legacy's values of one of them.
pub(super) fn owe(translated: &mut Translated<'_>, rules: &[&HeaderRule], sent: impl Fn(&str) -> Vec<String>, detail: Detail) {
    let outcome = Outcome::of(translated.expected.status);
    for rule in rules.iter().filter(|rule| rule.on.is_none_or(|on| on == outcome)) {
        let sent = sent(&rule.name);
        let (values, count) = owed(&rule.owed, &sent);
        if count > 0 {
            translated.applied.push(Applied { rule: rule.name(), count });
            if detail == Detail::Effects {
                translated.effects.push(Effect {
                    rule: rule.name(),
                    part: Part::Header(rule.name.clone()),
                    before: line(&sent),
                    after: line(&values),
                });
            }
        }
        translated.expected.headers.push(OwedHeader {
            name: rule.name.clone(),
            values,
            rule: rule.name(),
        });
    }
}

/// The values that are owed, and how many of them a translation made. `Equal` and `Pattern` are comparisons: they make none.
fn owed(owed: &OwedInHeader, sent: &[String]) -> (Vec<String>, u64) {
    match owed {
        OwedInHeader::Equal | OwedInHeader::Pattern(_) => (sent.to_vec(), 0),
        OwedInHeader::Constant(value) => {
            let values = vec![value.clone()];
            let made = u64::from(values != sent);
            (values, made)
        }
        OwedInHeader::Absent => (Vec::new(), u64::from(!sent.is_empty())),
        OwedInHeader::Map(rows) => {
            let mut made = 0;
            let mapped = sent.iter().map(|value| match rows.iter().find(|row| row.legacy == *value) {
                Some(row) => {
                    made += 1;
                    row.candidate.clone()
                }
                None => value.clone(),
            });
            (mapped.collect(), made)
        }
    }
}

fn line(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        values => values.join(", "),
    }
}
