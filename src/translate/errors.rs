//! The error table.

use std::borrow::Cow;

use crate::exchange::MediaType;
use crate::path::{Path, Segment, Trail};
use crate::rule::{At, CandidateError, ErrorRow, Facts};
use crate::suite::{Binding, Suite};
use crate::value::{Member, Object, Value};

use super::expected::{Expected, FaultKind};
use super::ledger::{Detail, Ledger, MadeBy, Translated, shown};

/// What is known of a case and the legacy's answer.
pub(super) fn facts(suite: &Suite, status: u16, body: Option<&Value<'_>>, binding: &Binding) -> Facts {
    let code = suite.error_paths.code.as_ref().and_then(|path| body?.pointer(path)?.scalar_text());
    Facts {
        status,
        code: code.map(str::to_owned),
        parameters: binding.0.iter().map(|bound| (bound.name.clone(), bound.value.clone())).collect(),
    }
}

/// The row that speaks of an error with this status and document.
pub(super) fn find<'s>(suite: &'s Suite, status: u16, body: Option<&Value<'_>>, binding: &Binding) -> Option<&'s ErrorRow> {
    let text_at = |path: &Option<Path>| {
        let value = body?.pointer(path.as_ref()?)?;
        scalar_text(value)
    };
    let code = text_at(&suite.error_paths.code);
    let message = text_at(&suite.error_paths.message);
    let facts = facts(suite, status, body, binding);
    let at = At {
        node: body,
        parent: None,
        root: body,
        facts: &facts,
    };
    suite.errors.iter().find(|row| {
        row.legacy.status == status
            && row.legacy.code.as_ref().is_none_or(|wanted| code.as_deref() == Some(wanted))
            && row.legacy.message.as_ref().is_none_or(|wanted| {
                let wanted = wanted.fill(|name| binding.get(name).unwrap_or_default().to_owned().into());
                message.as_deref() == Some(&wanted)
            })
            && row.legacy.when.as_ref().is_none_or(|when| when.holds(&at))
    })
}

pub(super) fn translate<'a>(suite: &Suite, row: &ErrorRow, body: Option<&Value<'_>>, binding: &Binding, detail: Detail) -> Translated<'a> {
    let names = [row.name()];
    let mut ledger = Ledger::new(1, detail);
    let problem = problem(&row.candidate, binding);
    let facts = facts(suite, row.legacy.status, body, binding);
    if let Some(body) = body {
        let before = ledger.before(body);
        for (path, found) in unclaimed(suite, row, body) {
            ledger.fault(&names[0], path, FaultKind::Unclaimed { found });
        }
        ledger.acted((0, &names[0]), &Trail::root(), before, &problem);
    } else {
        ledger.acted((0, &names[0]), &Trail::root(), Some(String::new()), &problem);
    }
    let expected = Expected {
        status: row.candidate.status,
        media_type: Some(MediaType::parse(&row.candidate.media_type)),
        body: Some(problem),
    };
    Translated {
        made_by: MadeBy {
            whole: Some(names[0].clone()),
            ..MadeBy::default()
        },
        ..ledger.close(expected, facts, &names)
    }
}

/// The problem document that is owed, members in the order of RFC 9457, section 3.1.
fn problem(owed: &CandidateError, binding: &Binding) -> Value<'static> {
    let text = |text: String| Value::String(Cow::Owned(text));
    let members = [
        ("type", owed.problem_type.clone().map(text)),
        ("title", owed.title.clone().map(text)),
        ("status", Some(Value::number(owed.status.to_string()))),
        (
            "detail",
            owed.detail
                .as_ref()
                .map(|detail| text(detail.fill(|name| binding.get(name).unwrap_or_default().to_owned().into()))),
        ),
        ("code", owed.code.clone().map(text)),
    ];
    Value::Object(Object {
        members: members
            .into_iter()
            .filter_map(|(name, value)| {
                Some(Member {
                    name: name.into(),
                    value: value?,
                })
            })
            .collect(),
    })
}

/// The parts of an error document that the row does not speak of, when it speaks of any.
fn unclaimed(suite: &Suite, row: &ErrorRow, body: &Value<'_>) -> Vec<(Path, String)> {
    let claimed: Vec<&Path> = [
        row.legacy.code.as_ref().and(suite.error_paths.code.as_ref()),
        row.legacy.message.as_ref().and(suite.error_paths.message.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut found = Vec::new();
    if !claimed.is_empty() {
        collect_unclaimed(body, &Path::root(), &claimed, &mut found);
    }
    found
}

fn collect_unclaimed(value: &Value<'_>, path: &Path, claimed: &[&Path], found: &mut Vec<(Path, String)>) {
    if claimed.contains(&path) {
        return;
    }
    match value {
        Value::Object(object) if claimed.iter().any(|claim| claim.is_within(path)) => {
            for member in &object.members {
                let below = path.join(Segment::Member(member.name.to_string()));
                collect_unclaimed(&member.value, &below, claimed, found);
            }
        }
        other => found.push((path.clone(), shown(other))),
    }
}

fn scalar_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Borrowed(&number.text)),
        _ => None,
    }
}
