//! What a node is made of: one node in, one node out, nothing lost.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::path::{Path, Trail};
use crate::rule::{Empty, Entry, Shape};
use crate::value::{Member, Object, Value};

use super::expected::FaultKind;
use super::ledger::shown;

/// A `null` that a form made, which no document holds: it is told from the legacy's own until all stands in its place.
fn made_null() -> Value<'static> {
    Value::number(MADE)
}

/// No number is written like that, and where the node is shown, it is shown as what it will be.
const MADE: &str = "null";

/// Makes every `null` that a form made one of the document, and says where they stand.
pub(super) fn nulls(value: &mut Value<'_>, trail: &Trail<'_>, made: &mut BTreeSet<Path>) {
    match value {
        Value::Number(number) if number.text == MADE => {
            made.insert(trail.path());
            *value = Value::Null;
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                nulls(item, &trail.item(index), made);
            }
        }
        Value::Object(object) => {
            for member in &mut object.members {
                nulls(&mut member.value, &trail.member(&member.name), made);
            }
        }
        _ => {}
    }
}

/// What becomes of a node.
pub(super) enum Formed<'a> {
    /// It is another one.
    Changed(Value<'a>),
    /// It is what is owed already.
    Kept(Value<'a>),
    /// It stays as it is, because the rule cannot act on it.
    Refused(Value<'a>, FaultKind),
}

/// The phase of lists.
pub(super) fn listed<'a>(shape: &Shape, value: Value<'a>) -> Formed<'a> {
    match (shape, value) {
        (Shape::List | Shape::Split { .. }, list @ Value::Array(_)) => Formed::Kept(list),
        (Shape::List, single) => Formed::Changed(Value::Array(vec![single])),
        (Shape::Split { separator, trim }, Value::String(text)) => Formed::Changed(Value::Array(split(&text, separator, *trim))),
        (Shape::Split { .. }, other) => refused(other, "a text"),
        (_, other) => Formed::Kept(other),
    }
}

/// The phase of forms.
pub(super) fn formed<'a>(shape: &Shape, value: Value<'a>) -> Formed<'a> {
    match shape {
        Shape::Single { empty } => single(value, *empty),
        Shape::First { count } => first(value, *count),
        Shape::RowsFromColumns => rows_from_columns(value),
        Shape::ColumnsFromRows => columns_from_rows(value),
        Shape::ListFromEntries(entry) => list_from_entries(value, entry),
        Shape::EntriesFromList(entry) => entries_from_list(value, entry),
        Shape::Wrap { name } => Formed::Changed(object(vec![member(name.clone(), value)])),
        _ => Formed::Kept(value),
    }
}

fn refused<'a>(value: Value<'a>, wanted: &'static str) -> Formed<'a> {
    let found = shown(&value);
    Formed::Refused(value, FaultKind::Misshapen { wanted, found })
}

fn split<'a>(text: &Cow<'a, str>, separator: &str, trim: bool) -> Vec<Value<'a>> {
    let parts = |text: &'_ str| -> Vec<(usize, usize)> {
        let whole = if trim { text.trim() } else { text };
        if whole.is_empty() {
            return Vec::new();
        }
        let place = |part: &str| (part.as_ptr().addr() - text.as_ptr().addr(), part.len());
        whole
            .split(separator)
            .map(|part| place(if trim { part.trim() } else { part }))
            .collect()
    };
    let places = parts(text);
    let part = |(start, length): (usize, usize)| match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..start + length]),
        Cow::Owned(text) => Cow::Owned(text[start..start + length].to_owned()),
    };
    places.into_iter().map(part).map(Value::String).collect()
}

fn single(value: Value<'_>, empty: Empty) -> Formed<'_> {
    match value {
        Value::Array(mut items) if items.len() == 1 => match items.pop() {
            Some(item) => Formed::Changed(item),
            None => Formed::Kept(Value::Array(items)),
        },
        Value::Array(items) if items.is_empty() && empty == Empty::Null => Formed::Changed(made_null()),
        other => refused(other, "a list of one"),
    }
}

fn first(value: Value<'_>, count: usize) -> Formed<'_> {
    match value {
        Value::Array(mut items) if items.len() > count => {
            items.truncate(count);
            Formed::Changed(Value::Array(items))
        }
        Value::Array(items) => Formed::Kept(Value::Array(items)),
        other => refused(other, "a list"),
    }
}

fn rows_from_columns(value: Value<'_>) -> Formed<'_> {
    const WANTED: &str = "an object of equally long lists";
    let Value::Object(columns) = value else {
        return refused(value, WANTED);
    };
    let lengths = columns.members.iter().map(|column| match &column.value {
        Value::Array(items) => Some(items.len()),
        _ => None,
    });
    let lengths: Option<Vec<usize>> = lengths.collect();
    let length = match lengths.as_deref() {
        Some([]) => 0,
        Some([first, rest @ ..]) if rest.iter().all(|length| length == first) && !repeats(&columns) => *first,
        _ => return refused(Value::Object(columns), WANTED),
    };
    let mut rows: Vec<Object<'_>> = (0..length).map(|_| Object::default()).collect();
    for column in columns.members {
        if let Value::Array(items) = column.value {
            for (row, item) in rows.iter_mut().zip(items) {
                row.members.push(member(column.name.clone(), item));
            }
        }
    }
    Formed::Changed(Value::Array(rows.into_iter().map(Value::Object).collect()))
}

fn columns_from_rows(value: Value<'_>) -> Formed<'_> {
    const WANTED: &str = "a list of objects with the same members";
    let Value::Array(rows) = value else {
        return refused(value, WANTED);
    };
    let names = |row: &Value<'_>| match row {
        Value::Object(row) if !repeats(row) => {
            let mut names: Vec<String> = row.members.iter().map(|member| member.name.to_string()).collect();
            names.sort_unstable();
            Some(names)
        }
        _ => None,
    };
    let first = rows.first().map(names);
    if first
        .as_ref()
        .is_some_and(|first| first.is_none() || rows.iter().any(|row| names(row) != *first))
    {
        return refused(Value::Array(rows), WANTED);
    }
    // Rows without any member would leave nothing to count them by.
    if matches!(rows.first(), Some(Value::Object(row)) if row.members.is_empty()) {
        return refused(Value::Array(rows), WANTED);
    }
    let mut columns: Vec<(Cow<'_, str>, Vec<Value<'_>>)> = Vec::new();
    for row in rows {
        let Value::Object(row) = row else { continue };
        for Member { name, value } in row.members {
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, column)) => column.push(value),
                None => columns.push((name, vec![value])),
            }
        }
    }
    let columns = columns.into_iter().map(|(name, column)| member(name, Value::Array(column)));
    Formed::Changed(object(columns.collect()))
}

fn list_from_entries<'a>(value: Value<'a>, entry: &Entry) -> Formed<'a> {
    let Value::Object(entries) = value else {
        return refused(value, "an object");
    };
    let listed = |Member { name, value }| {
        object(vec![
            member(entry.key.clone(), Value::String(name)),
            member(entry.value.clone(), value),
        ])
    };
    Formed::Changed(Value::Array(entries.members.into_iter().map(listed).collect()))
}

fn entries_from_list<'a>(value: Value<'a>, entry: &Entry) -> Formed<'a> {
    let Value::Array(items) = value else {
        return refused(value, "a list of named values");
    };
    let is_entry = |item: &Value<'_>| match item {
        Value::Object(item) => {
            item.members.len() == 2 && matches!(item.get(&entry.key), Some(Value::String(_))) && item.get(&entry.value).is_some()
        }
        _ => false,
    };
    if let Some(other) = items.iter().find(|item| !is_entry(item)) {
        let found = shown(other);
        let wanted = "a list of named values, each an object of those two members, the name a text";
        return Formed::Refused(Value::Array(items), FaultKind::Misshapen { wanted, found });
    }
    let mut entries = Object::default();
    for item in &items {
        if let Value::Object(item) = item
            && let (Some(Value::String(name)), Some(value)) = (item.get(&entry.key), item.get(&entry.value))
        {
            entries.members.push(member(name.clone(), value.clone()));
        }
    }
    if repeats(&entries) {
        return refused(Value::Array(items), "a list of values with different names");
    }
    Formed::Changed(Value::Object(entries))
}

/// Whether a name occurs more than once.
fn repeats(object: &Object<'_>) -> bool {
    let mut names: Vec<&str> = object.members.iter().map(|member| &*member.name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

fn member<'a>(name: impl Into<Cow<'a, str>>, value: Value<'a>) -> Member<'a> {
    Member { name: name.into(), value }
}

fn object(members: Vec<Member<'_>>) -> Value<'_> {
    Value::Object(Object { members })
}
