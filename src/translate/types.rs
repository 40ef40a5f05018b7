//! Typed values out of text.

use std::borrow::Cow;

use crate::rule::{Empty, Spellings};
use crate::value::{Exactness, Number, Value, is_decimal_text, is_integer_text, json_number_text};

use super::treatment::Made;

pub(super) fn or_empty<'a>(value: &Value<'a>, empty: Empty, read: impl FnOnce(&Value<'a>) -> Made<'a>) -> Made<'a> {
    let is_empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    match empty {
        Empty::Null if is_empty => Made::Changed(Value::Null),
        Empty::Null | Empty::Refused => read(value),
    }
}

pub(super) fn integer<'a>(value: &Value<'a>) -> Made<'a> {
    match value {
        Value::Number(number) if number.is_integer() => Made::Kept,
        Value::String(text) if is_integer_text(text) => Made::Changed(Value::Number(Number {
            text: token(text),
            exactness: Exactness::Token,
        })),
        _ => Made::Unreadable("an integer"),
    }
}

pub(super) fn number<'a>(value: &Value<'a>) -> Made<'a> {
    match value {
        Value::Number(Number {
            exactness: Exactness::Decimal,
            ..
        }) => Made::Kept,
        Value::Number(number) => Made::Changed(Value::Number(Number {
            text: number.text.clone(),
            exactness: Exactness::Decimal,
        })),
        Value::String(text) if is_decimal_text(text) => Made::Changed(Value::Number(Number {
            text: token(text),
            exactness: Exactness::Decimal,
        })),
        _ => Made::Unreadable("a decimal number"),
    }
}

pub(super) fn boolean<'a>(value: &Value<'a>, spellings: &Spellings) -> Made<'a> {
    match value {
        Value::Bool(_) => Made::Kept,
        Value::String(text) if spellings.yes.iter().any(|yes| yes == text) => Made::Changed(Value::Bool(true)),
        Value::String(text) if spellings.no.iter().any(|no| no == text) => Made::Changed(Value::Bool(false)),
        _ => Made::Unreadable("a boolean"),
    }
}

fn token<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    let made = match text {
        Cow::Borrowed(text) => json_number_text(text),
        Cow::Owned(text) => json_number_text(text).map(|token| Cow::Owned(token.into_owned())),
    };
    made.expect("the text was checked to be a decimal")
}
