//! Status rules as they are written.

use crate::diagnostic::{Spanned, Table, Value};
use crate::rule::StatusRule;

use super::read_condition::{Scope, when};
use super::read_justification::justification;

pub(super) fn read_status(mut table: Table<'_>) -> Option<Spanned<StatusRule>> {
    let span = table.span();
    let legacy = table.required_with("legacy", legacy);
    let candidate = table.required_with("candidate", |value| candidate(value, legacy));
    let when = when(&mut table, Scope::Answer);
    let justification = justification(&mut table);
    table.finish();
    let rule = StatusRule {
        legacy: legacy?,
        candidate: candidate?,
        when,
        justification: justification?,
    };
    Some(Spanned::new(rule, span))
}

fn legacy(value: Value<'_>) -> Option<u16> {
    match value.integer_in(100..=599)? {
        success @ 200..=299 => Some(success),
        other => value.error(format_args!(
            "a status rule speaks of successes, and {other} is none: what an error of the legacy becomes is an `[[error]]`"
        )),
    }
}

fn candidate(value: Value<'_>, legacy: Option<u16>) -> Option<u16> {
    match value.integer_in(100..=599)? {
        interim @ 100..=199 => value.error(format_args!(
            "an answer does not end with {interim}: expected a status from 200 to 399"
        )),
        // Who took an error for a success was told so.
        error @ 400..=599 => {
            let legacy = legacy?;
            value.error(format_args!(
                "{error} is an error: one that is owed in place of a success is an `[[error]]` with `legacy = {{ status = {legacy}, when = … }}`"
            ))
        }
        same if Some(same) == legacy => value.error("the status stays as it is: leave the rule out"),
        other => Some(other),
    }
}
