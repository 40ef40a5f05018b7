//! Translations of what a value is, as they are written (`at`).

use crate::diagnostic::{Table, Value};
use crate::rule::{Action, Empty, Spellings, Treatment, ValueMap};

use super::read::patterns;
use super::read_json::json;
use super::read_translation::Acts;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum TreatmentWord {
    Map,
    Integer,
    Number,
    Boolean,
}

pub(super) const TREATMENTS: [(&str, TreatmentWord); 4] = [
    ("map", TreatmentWord::Map),
    ("integer", TreatmentWord::Integer),
    ("number", TreatmentWord::Number),
    ("boolean", TreatmentWord::Boolean),
];

pub(super) fn read_treatment(word: TreatmentWord, table: &mut Table<'_>) -> Option<Acts> {
    let at = table.required_with("at", patterns);
    let treatment = match word {
        TreatmentWord::Map => table.required_with("values", value_map).map(Treatment::Map),
        TreatmentWord::Integer => Some(Treatment::Integer { empty: empty(table) }),
        TreatmentWord::Number => Some(Treatment::Number { empty: empty(table) }),
        TreatmentWord::Boolean => Some(Treatment::Boolean {
            spellings: Spellings {
                yes: spelling(table, "true").unwrap_or(Spellings::default().yes),
                no: spelling(table, "false").unwrap_or(Spellings::default().no),
            },
            empty: empty(table),
        }),
    };
    Some((Action::Treatment(treatment?), at?))
}

fn empty(table: &mut Table<'_>) -> Empty {
    table
        .optional_with("empty", |value| value.one_of(&[("null", Empty::Null), ("refused", Empty::Refused)]))
        .unwrap_or_default()
}

fn spelling(table: &mut Table<'_>, key: &'static str) -> Option<Vec<String>> {
    let spellings = table.optional_with(key, Value::strings)?;
    Some(spellings.into_iter().map(|spelling| spelling.value).collect())
}

fn value_map(value: Value<'_>) -> Option<Vec<ValueMap>> {
    let rows = value.list()?;
    if rows.is_empty() {
        return value.error("a value map has at least one row: `{ legacy = '[]', candidate = '\"\"' }`");
    }
    rows.into_iter()
        .map(|row| {
            let mut table = row.table()?;
            let legacy = table.required_with("legacy", json);
            let candidate = table.required_with("candidate", json);
            table.finish();
            Some(ValueMap {
                legacy: legacy?,
                candidate: candidate?,
            })
        })
        .collect()
}
