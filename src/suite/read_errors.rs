//! Error rows as they are written.

use crate::diagnostic::{NonEmpty, Spanned, Table, Value};
use crate::rule::{CandidateError, ErrorRow, LegacyError};

use super::read::template;
use super::read_condition::{Scope, when};
use super::read_justification::justification;

pub(super) fn read_error_row(mut table: Table<'_>) -> Option<Spanned<ErrorRow>> {
    let span = table.span();
    let legacy = table.required_with("legacy", |value| {
        let mut table = value.table()?;
        let status = table.required_with("status", status);
        let code = table.optional_with("code", text);
        let message = table.optional_with("message", template);
        let when = when(&mut table, Scope::Answer);
        table.finish();
        Some(LegacyError {
            status: status?,
            code,
            message,
            when,
        })
    });
    let candidate = table.required_with("candidate", |value| {
        let mut table = value.table()?;
        let status = table.required_with("status", status);
        let problem_type = table.optional_with("type", text);
        let title = table.optional_with("title", text);
        let detail = table.optional_with("detail", template);
        let code = table.optional_with("code", text);
        let media_type = table
            .optional::<NonEmpty>("media_type")
            .map_or_else(|| "application/problem+json".to_owned(), String::from);
        table.finish();
        Some(CandidateError {
            status: status?,
            problem_type,
            title,
            detail,
            code,
            media_type,
        })
    });
    let justification = justification(&mut table);
    table.finish();
    let row = ErrorRow {
        legacy: legacy?,
        candidate: candidate?,
        justification: justification?,
    };
    Some(Spanned::new(row, span))
}

fn status(value: Value<'_>) -> Option<u16> {
    value.integer_in(100..=599)
}

fn text(value: Value<'_>) -> Option<String> {
    Some(value.text()?.value.to_owned())
}
