//! Translations of the last phase, as they are written (`at`).

use crate::diagnostic::{Table, Value};
use crate::path::{Part, Pattern};
use crate::rule::{Action, Choice, Supply};

use super::read::patterns;
use super::read_condition::{Scope, when};
use super::read_json::json;
use super::read_translation::Acts;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum SupplyWord {
    Default,
    Constant,
}

pub(super) const SUPPLIES: [(&str, SupplyWord); 2] = [("default", SupplyWord::Default), ("constant", SupplyWord::Constant)];

pub(super) fn read_supply(word: SupplyWord, table: &mut Table<'_>) -> Option<Acts> {
    let at = table.required_with("at", |value| {
        let at = patterns(value)?;
        at.iter()
            .zip(value.list_or_one())
            .map(|(pattern, value)| member(pattern, value))
            .fold(Some(()), Option::and)?;
        Some(at)
    });
    let supply = match word {
        SupplyWord::Constant => table.required_with("value", json).map(Supply::Constant),
        SupplyWord::Default => choices(table).map(Supply::Default),
    };
    Some((Action::Supply(supply?), at?))
}

/// The path names a member, which may be absent: there is nothing of it that a filter could look at.
fn member(pattern: &Pattern, value: Value<'_>) -> Option<()> {
    match pattern.parts().last() {
        Some(Part::Name(_)) => Some(()),
        Some(Part::Where(_)) => {
            value.error("the member may be absent, so a filter cannot look at it; filter the object around it, or use `when`")
        }
        _ => value.error("an object's member is meant here: the path ends with a name, not with `*` and not at the root"),
    }
}

/// `value`, or `values` of which the first that holds is taken.
fn choices(table: &mut Table<'_>) -> Option<Vec<Choice>> {
    let single = table.value("value");
    let several = table.value("values");
    match (single, several) {
        (Some(value), None) => Some(vec![Choice {
            when: None,
            value: json(value)?,
        }]),
        (None, Some(values)) => listed(values),
        (Some(_), Some(values)) => values.error("either `value` or `values` is given, not both"),
        (None, None) => {
            table.error("missing key `value`: the default, as JSON in a string, such as `'null'`; or `values`, with conditions");
            None
        }
    }
}

fn listed(values: Value<'_>) -> Option<Vec<Choice>> {
    let items = values.list()?;
    if items.is_empty() {
        return values.error("a default has at least one value: `{ when = { sibling = \"kind\", equals = '\"int\"' }, value = '0' }`");
    }
    let last = items.len() - 1;
    let read: Vec<Option<Choice>> = items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let mut table = item.table()?;
            let when = when(&mut table, Scope::Node);
            let conditional = table.value("when").is_some();
            let value = table.required_with("value", json);
            table.finish();
            if !conditional && place < last {
                return item.error("a value without `when` holds always, so it is the last one");
            }
            if conditional && when.is_none() {
                return None;
            }
            Some(Choice { when, value: value? })
        })
        .collect();
    read.into_iter().collect()
}
