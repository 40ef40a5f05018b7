//! Translations of what a value is, as they are written (`at`).

use crate::diagnostic::{Table, Value};
use crate::rule::{Action, Treatment, Unreadable, ValueMap};

use super::read::patterns;
use super::read_json::json;
use super::read_text::{TEXTS, TextWord, read_text};
use super::read_translation::Acts;
use super::read_types::{TYPES, TypeWord, read_type};

/// A word that declares one, by family.
#[derive(Debug, Clone, Copy)]
pub(super) enum TreatmentWord {
    Map,
    Text(TextWord),
    Type(TypeWord),
}

pub(super) fn treatments() -> Vec<(&'static str, TreatmentWord)> {
    let texts = TEXTS.map(|(name, word)| (name, TreatmentWord::Text(word)));
    let types = TYPES.map(|(name, word)| (name, TreatmentWord::Type(word)));
    [("map", TreatmentWord::Map)].into_iter().chain(texts).chain(types).collect()
}

pub(super) fn read_treatment(word: TreatmentWord, table: &mut Table<'_>) -> Option<Acts> {
    let at = table.required_with("at", patterns);
    let treatment = match word {
        TreatmentWord::Map => table.required_with("values", value_map).map(Treatment::Map),
        TreatmentWord::Text(word) => read_text(word, table),
        TreatmentWord::Type(word) => read_type(word, table),
    };
    Some((Action::Treatment(treatment?), at?))
}

/// What becomes of a value that the rule cannot read.
pub(super) fn unreadable(table: &mut Table<'_>) -> Unreadable {
    table
        .optional_with("unreadable", |value| {
            value.one_of(&[("keep", Unreadable::Keep), ("fault", Unreadable::Fault)])
        })
        .unwrap_or_default()
}

fn value_map(value: Value<'_>) -> Option<Vec<ValueMap>> {
    let rows = value.list()?;
    if rows.is_empty() {
        return value.error("a value map has at least one row: `{ legacy = '[]', candidate = '\"\"' }`");
    }
    let mut read: Vec<ValueMap> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut table = row.table()?;
        let legacy = table.required_with("legacy", json);
        let candidate = table.required_with("candidate", json);
        table.finish();
        let (legacy, candidate) = (legacy?, candidate?);
        if read.iter().any(|earlier| earlier.legacy == legacy) {
            return row.error(format_args!(
                "`{}` becomes something else in an earlier row",
                crate::value::compact(&legacy)
            ));
        }
        read.push(ValueMap { legacy, candidate });
    }
    Some(read)
}
