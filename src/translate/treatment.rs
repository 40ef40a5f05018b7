//! What the later phases make of one value.

use std::borrow::Cow;

use crate::rule::{Facts, Treatment};
use crate::value::Value;

use super::text::rewrite;
use super::types::{convert, or_keep};

/// What a treatment makes of a value.
pub(super) enum Made<'a> {
    /// Another value.
    Changed(Value<'a>),
    /// The value is what is owed already.
    Kept,
    /// The rule cannot read it; it reads this.
    Unreadable(Cow<'static, str>),
}

pub(super) fn make<'a>(treatment: &Treatment, value: &Value<'a>, facts: &Facts) -> Made<'a> {
    match treatment {
        Treatment::Map(rows) => match rows.iter().find(|row| row.legacy == *value) {
            Some(row) => Made::Changed(row.candidate.clone()),
            None => Made::Kept,
        },
        Treatment::Text { text, unreadable } => or_keep(rewrite(text, value, facts), *unreadable),
        Treatment::Type { into, empty, unreadable } => or_keep(convert(into, value, *empty), *unreadable),
    }
}
