//! Error rows as they are written.

use crate::diagnostic::{Spanned, Table, Value};
use crate::rule::{CandidateError, ErrorRow, JsonTemplate, LegacyError, Message, OwedBody, Problem, Template, TemplatePart, is_bodyless};

use super::read::template;
use super::read_condition::{Scope, when, whole};
use super::read_json::json;
use super::read_justification::justification;

pub(super) fn read_error_row(mut table: Table<'_>) -> Option<Spanned<ErrorRow>> {
    let span = table.span();
    let legacy = table.required_with("legacy", |value| legacy_error(value.table()?));
    let candidate = table.required_with("candidate", candidate_error);
    let justification = justification(&mut table);
    table.finish();
    let row = ErrorRow {
        legacy: legacy?,
        candidate: candidate?,
        named_by_message: false,
        justification: justification?,
    };
    Some(Spanned::new(row, span))
}

/// Rows that would go by one name because they say one code are named by their message too.
pub(super) fn name_by_message(rows: &mut [ErrorRow]) {
    let names: Vec<_> = rows.iter().map(ErrorRow::name).collect();
    for (place, row) in rows.iter_mut().enumerate() {
        row.named_by_message = names
            .iter()
            .enumerate()
            .any(|(other, name)| other != place && *name == names[place]);
    }
}

fn legacy_error(mut table: Table<'_>) -> Option<LegacyError> {
    let status = table.required_with("status", status);
    let code = table.optional_with("code", text);
    let message = message(&mut table);
    let when = when(&mut table, Scope::Answer);
    table.finish();
    Some(LegacyError {
        status: status?,
        code,
        message,
        when,
    })
}

/// The message; `None` means that none is said, or that it is wrong and noted.
fn message(table: &mut Table<'_>) -> Option<Message> {
    let exact = table.value("message");
    let Some(pattern) = table.value("message_pattern") else {
        return template(exact?).map(Message::Exact);
    };
    if exact.is_some() {
        return pattern.error("`message` is the whole message, `message_pattern` what it looks like: leave one of them");
    }
    whole(pattern).map(Message::Pattern)
}

/// The keys of a problem document that the table has words for, and which `members` therefore does not take.
const PROBLEM_KEYS: [&str; 5] = ["type", "title", "status", "detail", "code"];

fn candidate_error(value: Value<'_>) -> Option<CandidateError> {
    let mut table = value.table()?;
    let status = table.required_with("status", status);
    let problem = Problem {
        problem_type: table.optional_with("type", filled),
        title: table.optional_with("title", filled),
        detail: table.optional_with("detail", template),
        code: table.optional_with("code", filled),
        members: table.optional_with("members", members).unwrap_or_default(),
    };
    let body = table.value("body").map(|body| (body, json_template(body)));
    let media_type = table.optional_with("media_type", media_type);
    table.finish();
    let status = status?;
    let empty = is_bodyless(status);
    let says_problem = problem != Problem::default();
    let body = match body {
        None if says_problem && (200..300).contains(&status) => {
            return value.error(format_args!(
                "a success is no problem document: say what the candidate owes with status {status} in `body`, as JSON"
            ));
        }
        None if says_problem && empty => return value.error(format_args!("an answer with status {status} has no body")),
        None if empty => OwedBody::Nothing,
        None if (200..300).contains(&status) => {
            return value.error(format_args!(
                "what the candidate owes with status {status} is missing: add `body = '…'`, as JSON"
            ));
        }
        None => OwedBody::Problem(problem),
        Some((body, _)) if says_problem => {
            return body
                .error("`body` is all that is owed: `type`, `title`, `detail`, `code` and `members` make a problem document instead");
        }
        Some((body, _)) if empty => return body.error(format_args!("an answer with status {status} has no body")),
        Some((_, document)) => OwedBody::Document(document?),
    };
    let otherwise = match body {
        OwedBody::Problem(_) => PROBLEM_JSON,
        OwedBody::Document(_) | OwedBody::Nothing => "application/json",
    };
    let owed = CandidateError {
        status,
        media_type: media_type.unwrap_or_else(|| otherwise.to_owned()),
        body,
    };
    own_status(value, &owed)?;
    Some(owed)
}

/// The media type of problem documents (RFC 9457, section 6.1).
const PROBLEM_JSON: &str = "application/problem+json";

/// A document that is owed as a problem repeats the status of its answer (RFC 9457, section 3.1.2).
fn own_status(value: Value<'_>, owed: &CandidateError) -> Option<()> {
    let OwedBody::Document(document) = &owed.body else {
        return Some(());
    };
    let said = document.fixed_member("status");
    match said {
        Some(said) if owed.media_type == PROBLEM_JSON && *said != crate::value::Value::number(owed.status.to_string()) => {
            value.error(format_args!(
                "the problem document says status {}, and the answer has status {} (RFC 9457, section 3.1.2)",
                crate::value::compact(said),
                owed.status
            ))
        }
        _ => Some(()),
    }
}

fn members(value: Value<'_>) -> Option<Vec<(String, JsonTemplate)>> {
    let entries = value.table()?.entries();
    let read: Vec<_> = entries
        .into_iter()
        .map(|(name, value)| {
            if PROBLEM_KEYS.contains(&name.value.as_str()) {
                return value.error(match name.value.as_str() {
                    "status" => "the member `status` is always the status of the answer (RFC 9457, section 3.1.2)".to_owned(),
                    key => format!("the member `{key}` has a key of its own beside `members`"),
                });
            }
            Some((name.value, json_template(value)?))
        })
        .collect();
    read.into_iter().collect()
}

fn json_template(value: Value<'_>) -> Option<JsonTemplate> {
    match JsonTemplate::of(json(value)?) {
        Ok(template) => Some(template),
        Err(error) => value.error(format_args!("in a string: {error}")),
    }
}

/// A text with parameters in it that is not empty.
fn filled(value: Value<'_>) -> Option<Template> {
    let template = template(value)?;
    let blank = template
        .parts()
        .iter()
        .all(|part| matches!(part, TemplatePart::Text(text) if text.trim().is_empty()));
    if blank {
        return value.error("expected a text, found an empty string");
    }
    Some(template)
}

fn media_type(value: Value<'_>) -> Option<String> {
    let text = value.text()?.value;
    let essence = text.split(';').next().unwrap_or_default().trim();
    let named = essence
        .split_once('/')
        .is_some_and(|(one, other)| !one.is_empty() && !other.is_empty());
    if !named || essence.contains(' ') {
        return value.error(format_args!("expected a media type, such as `application/json`, found `{text}`"));
    }
    Some(text.to_owned())
}

fn status(value: Value<'_>) -> Option<u16> {
    value.integer_in(100..=599)
}

fn text(value: Value<'_>) -> Option<String> {
    Some(value.text()?.value.to_owned())
}
