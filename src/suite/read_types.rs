//! Translations that make typed values, as they are written.

use crate::diagnostic::{Kind, NonEmpty, Table, Value};
use crate::rule::{Datetime, Empty, Spellings, Treatment, Type, Unreadable};
use crate::value::Value as Json;

use super::read_json::json;
use super::read_treatment::unreadable;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum TypeWord {
    Null,
    Integer,
    Number,
    Boolean,
    Text,
    Datetime,
}

pub(super) const TYPES: [(&str, TypeWord); 6] = [
    ("null", TypeWord::Null),
    ("integer", TypeWord::Integer),
    ("number", TypeWord::Number),
    ("boolean", TypeWord::Boolean),
    ("text", TypeWord::Text),
    ("datetime", TypeWord::Datetime),
];

pub(super) fn read_type(word: TypeWord, table: &mut Table<'_>) -> Option<Treatment> {
    let into = match word {
        TypeWord::Null => {
            return Some(Treatment::Type {
                into: Type::Null(nulls(table)?),
                empty: Empty::Refused,
                unreadable: Unreadable::Fault,
            });
        }
        TypeWord::Integer => Some(Type::Integer),
        TypeWord::Number => Some(Type::Number),
        TypeWord::Boolean => spellings(table).map(Type::Boolean),
        TypeWord::Text => Some(Type::Text),
        TypeWord::Datetime => datetime(table).map(Type::Datetime),
    };
    let (empty, unreadable) = (empty(table), unreadable(table));
    Some(Treatment::Type {
        into: into?,
        empty,
        unreadable,
    })
}

fn empty(table: &mut Table<'_>) -> Empty {
    table
        .optional_with("empty", |value| value.one_of(&[("null", Empty::Null), ("refused", Empty::Refused)]))
        .unwrap_or_default()
}

/// What becomes null; the two ways of writing nothing where nothing else is said.
fn nulls(table: &mut Table<'_>) -> Option<Vec<Json<'static>>> {
    let Some(value) = table.value("values") else {
        return Some(vec![Json::Array(Vec::new()), Json::string("")]);
    };
    let items = value.list()?;
    if items.is_empty() {
        return value.error("expected at least one value that becomes null, such as `'\"None\"'`");
    }
    let read: Vec<_> = items.into_iter().map(json).collect();
    read.into_iter().collect()
}

fn spellings(table: &mut Table<'_>) -> Option<Spellings> {
    let mut read = |key, otherwise: Vec<String>| match table.value(key) {
        None => Some((None, otherwise)),
        Some(value) => {
            let spellings = value.strings()?;
            if spellings.is_empty() {
                return value.error("expected at least one spelling");
            }
            Some((Some(value), spellings.into_iter().map(|spelling| spelling.value).collect()))
        }
    };
    let Spellings { yes, no } = Spellings::default();
    let (yes, no) = (read("true", yes), read("false", no));
    let ((yes_at, yes), (no_at, no)) = (yes?, no?);
    if let (Some(both), Some(value)) = (yes.iter().find(|spelling| no.contains(spelling)), no_at.or(yes_at)) {
        return value.error(format_args!("`{both}` cannot mean both `true` and `false`"));
    }
    Some(Spellings { yes, no })
}

fn datetime(table: &mut Table<'_>) -> Option<Datetime> {
    let reads = table.required_with("reads", |value| {
        if value.kind() == Kind::List && value.list()?.is_empty() {
            return value.error("expected at least one format, such as `\"%Y-%m-%d %H:%M:%S\"`");
        }
        Some((value, value.strings()?.into_iter().map(|format| format.value).collect()))
    });
    let writes = table.required::<NonEmpty>("writes").map(String::from);
    let ((value, reads), writes): ((Value<'_>, _), _) = (reads?, writes?);
    match Datetime::new(reads, writes) {
        Ok(datetime) => Some(datetime),
        Err(error) => {
            let diagnostic = value
                .diagnostic(error)
                .help("a format is written as for `strftime`: `%Y-%m-%d %H:%M:%S`, with `%.f` for fractions and `%:z` for an offset");
            value.note(diagnostic);
            None
        }
    }
}
