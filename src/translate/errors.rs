//! The error table.

use std::borrow::Cow;

use crate::exchange::MediaType;
use crate::path::{Path, Segment, Trail};
use crate::rule::{At, ErrorRow, Facts, LEGACY, Message, OwedBody, Problem, Unfilled, fill};
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
    if !suite.errors.iter().any(|row| row.legacy.status == status) {
        return None;
    }
    let said = Said::of(suite, body);
    let facts = facts(suite, status, body, binding);
    let at = At {
        node: body,
        parent: None,
        root: body,
        facts: &facts,
    };
    suite.errors.iter().find(|row| {
        row.legacy.status == status
            && row.legacy.code.as_ref().is_none_or(|wanted| said.code == Some(wanted))
            && row.legacy.message.as_ref().is_none_or(|wanted| said.has_message(wanted, binding))
            && row.legacy.when.as_ref().is_none_or(|when| when.holds(&at))
    })
}

pub(super) fn translate<'a>(suite: &Suite, row: &ErrorRow, body: Option<&Value<'_>>, binding: &Binding, detail: Detail) -> Translated<'a> {
    let names = [row.name()];
    let mut ledger = Ledger::new(1, detail);
    let facts = facts(suite, row.legacy.status, body, binding);
    let owed = owed(suite, row, body, binding).unwrap_or_else(|unfilled| {
        ledger.fault(&names[0], Path::root(), fault(unfilled));
        None
    });
    for (path, found) in body.map(|body| unclaimed(suite, row, body)).unwrap_or_default() {
        ledger.fault(&names[0], path, FaultKind::Unclaimed { found });
    }
    let before = match body {
        Some(body) => ledger.before(body),
        None => Some(String::new()),
    };
    match &owed {
        Some(owed) => ledger.acted((0, &names[0]), &Trail::root(), before, owed),
        None => ledger.acted((0, &names[0]), &Trail::root(), before, &Value::Null),
    }
    let expected = Expected {
        status: row.candidate.status,
        media_type: (row.candidate.body != OwedBody::Nothing).then(|| MediaType::parse(&row.candidate.media_type)),
        headers: Vec::new(),
        body: owed,
    };
    Translated {
        made_by: MadeBy {
            whole: Some(names[0].clone()),
            ..MadeBy::default()
        },
        ..ledger.close(expected, facts, &names)
    }
}

/// What an error document says in the places that the suite names.
struct Said<'v> {
    code: Option<&'v str>,
    message: Option<&'v str>,
    information: Option<&'v str>,
}

impl<'v> Said<'v> {
    fn of(suite: &Suite, body: Option<&'v Value<'_>>) -> Self {
        let text_at = |path: &Option<Path>| body?.pointer(path.as_ref()?)?.scalar_text();
        let paths = &suite.error_paths;
        Self {
            code: text_at(&paths.code),
            message: text_at(&paths.message),
            information: text_at(&paths.information),
        }
    }

    fn has_message(&self, wanted: &Message, binding: &Binding) -> bool {
        match wanted {
            Message::Exact(wanted) => {
                let wanted = wanted.fill(|name| binding.get(name).unwrap_or_default().to_owned().into());
                self.message == Some(&wanted)
            }
            Message::Pattern(pattern) => self.message.is_some_and(|message| pattern.is_match(message)),
        }
    }
}

/// The document that the candidate owes, if it owes one.
fn owed(suite: &Suite, row: &ErrorRow, body: Option<&Value<'_>>, binding: &Binding) -> Result<Option<Value<'static>>, Unfilled> {
    let said = Said::of(suite, body);
    let captures = match (&row.legacy.message, said.message) {
        (Some(Message::Pattern(pattern)), Some(message)) => pattern.regex().captures(message),
        _ => None,
    };
    let text = |name: &str| -> Option<Cow<'_, str>> {
        let found = match name.strip_prefix(LEGACY) {
            None => binding.get(name),
            Some("code") => said.code,
            Some("message") => said.message,
            Some("additional_information") => said.information,
            // A group that did not take part in the match stands for nothing.
            Some(group) => captures
                .as_ref()
                .map(|captures| captures.name(group).map_or("", |found| found.as_str())),
        };
        found.map(|text| Cow::Owned(text.to_owned()))
    };
    match &row.candidate.body {
        OwedBody::Problem(problem) => self::problem(problem, row.candidate.status, &text).map(Some),
        OwedBody::Document(document) => document.fill(&text).map(Some),
        OwedBody::Nothing => Ok(None),
    }
}

/// The problem document that is owed, members in the order of RFC 9457, section 3.1.
fn problem<'t>(owed: &Problem, status: u16, text: &impl Fn(&str) -> Option<Cow<'t, str>>) -> Result<Value<'static>, Unfilled> {
    let filled = |template: &Option<_>| -> Result<Option<Value<'static>>, Unfilled> {
        template
            .as_ref()
            .map(|template| Ok(Value::String(Cow::Owned(fill(template, text)?))))
            .transpose()
    };
    let mut members = vec![
        ("type", filled(&owed.problem_type)?),
        ("title", filled(&owed.title)?),
        ("status", Some(Value::number(status.to_string()))),
        ("detail", filled(&owed.detail)?),
        ("code", filled(&owed.code)?),
    ];
    for (name, value) in &owed.members {
        members.push((name, Some(value.fill(text)?)));
    }
    let members = members.into_iter().filter_map(|(name, value)| {
        Some(Member {
            name: Cow::Owned(name.to_owned()),
            value: value?,
        })
    });
    Ok(Value::Object(Object {
        members: members.collect(),
    }))
}

fn fault(unfilled: Unfilled) -> FaultKind {
    match unfilled {
        Unfilled::Absent { name } => FaultKind::Absent { name },
        Unfilled::Unreadable { wanted, found } => FaultKind::Unreadable {
            wanted: wanted.into(),
            found: shown(&Value::string(found)),
        },
    }
}

/// The parts of an error document of which the row says nothing, when it speaks of any. It speaks of what it tells errors apart
/// by, of what its conditions look at, and of what it quotes.
fn unclaimed(suite: &Suite, row: &ErrorRow, body: &Value<'_>) -> Vec<(Path, String)> {
    let paths = &suite.error_paths;
    let owed = row.owed_names();
    let quoted = |name: &str| owed.iter().any(|owed| owed.strip_prefix(LEGACY) == Some(name));
    let claims = [
        (row.legacy.code.is_some() || quoted("code"), &paths.code),
        (row.legacy.message.is_some() || quoted("message"), &paths.message),
        (quoted("additional_information"), &paths.information),
    ];
    let claimed: Vec<&Path> = claims
        .into_iter()
        .filter_map(|(claims, path)| path.as_ref().filter(|_| claims))
        .chain(row.legacy.when.iter().flat_map(|when| when.paths()))
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
