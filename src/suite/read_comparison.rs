//! Comparisons as they are written.

use crate::diagnostic::{Spanned, Table};
use crate::rule::{Comparison, ComparisonRule};

use super::read::pattern;
use super::read_justification::justification;

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
