//! Translations and comparisons as they are written.

use crate::diagnostic::{Kind, NonEmpty, Spanned, Table, Value};
use crate::path::{Part, Pattern};
use crate::rule::{Comparison, ComparisonRule, Empty, Justification, Shape, Spellings, Translation, Treatment, ValueMap};
use crate::value::{self, Value as Json};

use super::read::{pattern, patterns};

#[derive(Debug, Clone, Copy)]
enum Word {
    List,
    Unwrap,
    Rename,
    Map,
    Integer,
    Number,
    Boolean,
}

const WORDS: [(&str, Word); 7] = [
    ("list", Word::List),
    ("unwrap", Word::Unwrap),
    ("rename", Word::Rename),
    ("map", Word::Map),
    ("integer", Word::Integer),
    ("number", Word::Number),
    ("boolean", Word::Boolean),
];

pub(super) fn read_translation(mut table: Table<'_>) -> Option<Spanned<Translation>> {
    let span = table.span();
    let word = table.required_with("rule", |value| value.one_of(&WORDS));
    let justification = justification(&mut table);
    let translation = match word? {
        Word::List => shape(&mut table, |_| Some(Shape::List)),
        Word::Unwrap => shape(&mut table, |_| Some(Shape::Unwrap)),
        Word::Rename => shape(&mut table, |table| {
            let to = String::from(table.required::<NonEmpty>("to")?);
            Some(Shape::Rename { to })
        }),
        Word::Map => treatment(&mut table, |table| Some(Treatment::Map(table.required_with("values", value_map)?))),
        Word::Integer => treatment(&mut table, |table| Some(Treatment::Integer { empty: empty(table) })),
        Word::Number => treatment(&mut table, |table| Some(Treatment::Number { empty: empty(table) })),
        Word::Boolean => treatment(&mut table, |table| {
            Some(Treatment::Boolean {
                spellings: Spellings {
                    yes: spelling(table, "true").unwrap_or(Spellings::default().yes),
                    no: spelling(table, "false").unwrap_or(Spellings::default().no),
                },
                empty: empty(table),
            })
        }),
    };
    table.finish();
    let (translation, justification) = (translation?, justification?);
    Some(Spanned::new(
        match translation {
            Rule::Shape(shape, from) => Translation::Shape {
                shape,
                from,
                justification,
            },
            Rule::Treatment(treatment, at) => Translation::Treatment {
                treatment,
                at,
                justification,
            },
        },
        span,
    ))
}

pub(super) fn read_comparison(mut table: Table<'_>) -> Option<Spanned<Comparison>> {
    let span = table.span();
    let word = table.required_with("rule", |value| value.one_of(&[("rows", ())]));
    let at = table.required_with("at", pattern);
    let key = table.required_with("key", |value| {
        let key = value.strings()?;
        if key.is_empty() {
            return value.error("a row key is at least one member's name");
        }
        Some(key.into_iter().map(|name| name.value).collect())
    });
    let justification = justification(&mut table);
    table.finish();
    word?;
    let comparison = Comparison {
        rule: ComparisonRule::Rows { key: key? },
        at: at?,
        justification: justification?,
    };
    Some(Spanned::new(comparison, span))
}

/// What every rule carries.
pub(super) fn justification(table: &mut Table<'_>) -> Option<Justification> {
    let line = table.source().position(table.span().start).line;
    let why = table.required::<NonEmpty>("why")?.into();
    Some(Justification { why, line })
}

enum Rule {
    Shape(Shape, Vec<Pattern>),
    Treatment(Treatment, Vec<Pattern>),
}

fn shape(table: &mut Table<'_>, rest: impl FnOnce(&mut Table<'_>) -> Option<Shape>) -> Option<Rule> {
    let from = table.required_with("from", |value| {
        let from = patterns(value)?;
        Some((value, from))
    });
    let shape = rest(table);
    let (value, from) = from?;
    let shape = shape?;
    if shape != Shape::List && from.iter().any(|pattern| !matches!(pattern.parts().last(), Some(Part::Name(_)))) {
        return value.error("an object's member is meant here: the path ends with a name, not with `*` and not at the root");
    }
    Some(Rule::Shape(shape, from))
}

fn treatment(table: &mut Table<'_>, rest: impl FnOnce(&mut Table<'_>) -> Option<Treatment>) -> Option<Rule> {
    let at = table.required_with("at", patterns);
    let treatment = rest(table);
    Some(Rule::Treatment(treatment?, at?))
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

/// A JSON value written as JSON text: TOML has no `null`, and its numbers lose their text.
fn json(value: Value<'_>) -> Option<Json<'static>> {
    if value.kind() != Kind::String {
        return value.unexpected("JSON in a string, such as `'[]'`, `'\"\"'` or `'null'`");
    }
    let text = value.string()?.value;
    match value::read(text.as_bytes()) {
        Ok(json) => Some(json.into_owned()),
        Err(error) => value.error(format_args!(
            "expected JSON in a string, such as `'[]'`, `'\"\"'` or `'null'`: {error}"
        )),
    }
}
