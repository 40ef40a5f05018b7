//! Comparisons as they are written.

use crate::diagnostic::{Kind, Spanned, Table, Value};
use crate::rule::{Comparison, ComparisonRule, Tolerance};
use crate::value::{Decimal, Kind as JsonKind};

use super::read::pattern;
use super::read_condition::{Scope, when, whole};
use super::read_json::json;
use super::read_justification::justification;

#[derive(Debug, Clone, Copy)]
enum Word {
    Rows,
    Unordered,
    Tolerance,
    Pattern,
    OneOf,
    Extra,
    Ignore,
}

const WORDS: [(&str, Word); 7] = [
    ("rows", Word::Rows),
    ("unordered", Word::Unordered),
    ("tolerance", Word::Tolerance),
    ("pattern", Word::Pattern),
    ("one_of", Word::OneOf),
    ("extra", Word::Extra),
    ("ignore", Word::Ignore),
];

pub(super) fn read_comparison(mut table: Table<'_>) -> Option<Spanned<Comparison>> {
    let span = table.span();
    let word = table.required_with("rule", |value| value.one_of(&WORDS));
    let at = table.required_with("at", |value| Some((value, pattern(value)?)));
    let when = when(&mut table, Scope::Node);
    let rule = word.and_then(|word| rule(&mut table, word));
    let justification = justification(&mut table);
    table.finish();
    let (value, at) = at?;
    let rule = rule?;
    if matches!(rule, ComparisonRule::Extra { .. }) && at.last_name().is_none() {
        return value.error("a member that only the candidate has is meant here: the path ends with its name");
    }
    let comparison = Comparison {
        rule,
        at,
        when,
        justification: justification?,
    };
    Some(Spanned::new(comparison, span))
}

fn rule(table: &mut Table<'_>, word: Word) -> Option<ComparisonRule> {
    Some(match word {
        Word::Rows => ComparisonRule::Rows {
            key: table.required_with("key", key)?,
        },
        Word::Unordered => ComparisonRule::Unordered {
            key: table.optional_with("key", key),
        },
        Word::Tolerance => ComparisonRule::Tolerance(tolerance(table)?),
        Word::Pattern => ComparisonRule::Pattern(table.required_with("pattern", whole)?),
        Word::OneOf => ComparisonRule::OneOf(table.required_with("values", |value| {
            let values = value.list()?;
            if values.is_empty() {
                return value.error("a list of values holds at least one");
            }
            values.into_iter().map(json).collect()
        })?),
        Word::Extra => {
            let kinds = table.optional_with("type", kinds).unwrap_or_default();
            ComparisonRule::Extra {
                kinds,
                optional: table.optional_with("optional", Value::boolean).unwrap_or_default(),
            }
        }
        Word::Ignore => ComparisonRule::Ignore,
    })
}

fn key(value: Value<'_>) -> Option<Vec<String>> {
    let key = value.strings()?;
    if key.is_empty() {
        return value.error("a row key is at least one member's name");
    }
    Some(key.into_iter().map(|name| name.value).collect())
}

/// One kind of value, or a list of them.
fn kinds(value: Value<'_>) -> Option<Vec<JsonKind>> {
    if value.kind() != Kind::List {
        return Some(vec![value.one_of(&JsonKind::ALL)?]);
    }
    let kinds = value.list()?;
    if kinds.is_empty() {
        return value.error("a list of types holds at least one; without `type` the member may be of any");
    }
    kinds.into_iter().map(|kind| kind.one_of(&JsonKind::ALL)).collect()
}

/// Exactly one of the measures.
fn tolerance(table: &mut Table<'_>) -> Option<Tolerance> {
    let measures = [
        (
            "absolute",
            table.value("absolute").map(|value| limit(value).map(Tolerance::Absolute)),
        ),
        (
            "relative",
            table.value("relative").map(|value| limit(value).map(Tolerance::Relative)),
        ),
        (
            "decimals",
            table
                .value("decimals")
                .map(|value| value.integer_in(0..=MOST_DIGITS).map(Tolerance::Decimals)),
        ),
        (
            "float",
            table.value("float").map(|value| match value.integer_in(0..=u16::MAX)? {
                64 => Some(Tolerance::Float64),
                other => value.error(format_args!("only 64-bit floats are known: expected 64, found {other}")),
            }),
        ),
    ];
    let given: Vec<_> = measures.into_iter().filter_map(|(name, measure)| Some((name, measure?))).collect();
    match given.as_slice() {
        [(_, measure)] => measure.clone(),
        [] => {
            table.error("a tolerance says how far two numbers may be apart: one of `absolute`, `relative`, `decimals` and `float`");
            None
        }
        [(first, _), (second, _), ..] => {
            table.error(format!(
                "a tolerance has one measure, found `{first}` and `{second}`: leave one of them"
            ));
            None
        }
    }
}

/// As many digits, and as many decimal places, as a limit has at most: more than any format of numbers in use carries.
const MOST_DIGITS: u32 = 1000;

/// A decimal above zero, written as text: a number of TOML would have been rounded.
fn limit(value: Value<'_>) -> Option<String> {
    const EXPECTED: &str = "a decimal number in a string, such as `\"0.001\"` or `\"1e-9\"`";
    if value.kind() != Kind::String {
        return value.unexpected(EXPECTED);
    }
    let text = value.string()?.value;
    match Decimal::parse(text) {
        None => value.error(format_args!("expected {EXPECTED}, found `{text}`")),
        Some(limit) if limit.is_zero() || limit.is_negative() => {
            value.error("a tolerance is above zero; without one, numbers are compared exactly")
        }
        Some(limit) if limit.digit_count() > MOST_DIGITS as usize => {
            value.error(format_args!("a tolerance has no more than {MOST_DIGITS} digits"))
        }
        Some(_) => Some(text.to_owned()),
    }
}
