//! `when`, as it is written.

use crate::diagnostic::{Kind, Table, Value};
use crate::rule::{Condition, Readable, Subject, Test, TextPattern};
use crate::value::Kind as JsonKind;

use super::read::path;
use super::read_json::json;

/// Which subjects make sense where a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A node of a tree: the node, its members, its siblings.
    Node,
    /// An answer as a whole: paths from the root of its body.
    Answer,
}

/// The `when` of a rule; `None` means absent, or wrong and noted.
pub(super) fn when(table: &mut Table<'_>, scope: Scope) -> Option<Condition> {
    table.optional_with("when", |value| condition(value, scope))
}

/// A table of tests that all must hold, or a list of such tables.
pub(super) fn condition(value: Value<'_>, scope: Scope) -> Option<Condition> {
    match value.kind() {
        Kind::Table => one(value, scope),
        Kind::List => {
            let mut conditions = several(value, scope)?;
            Some(if conditions.len() == 1 {
                conditions.remove(0)
            } else {
                Condition::All(conditions)
            })
        }
        _ => value.unexpected("a condition, such as `{ type = \"string\" }`, or a list of them"),
    }
}

fn several(value: Value<'_>, scope: Scope) -> Option<Vec<Condition>> {
    let items = value.list()?;
    if items.is_empty() {
        return value.error("a list of conditions holds at least one");
    }
    let read: Vec<_> = items.into_iter().map(|item| one(item, scope)).collect();
    read.into_iter().collect()
}

fn one(value: Value<'_>, scope: Scope) -> Option<Condition> {
    let mut table = value.table()?;
    let subjects = subjects(&mut table, scope);
    let tests = tests(&mut table);
    let mut all = Vec::new();
    all.extend(table.optional_with("status", statuses).map(Condition::Status));
    all.extend(table.optional_with("code", texts).map(Condition::Code));
    all.extend(
        table
            .optional_with("not", |value| condition(value, scope))
            .map(|condition| Condition::Not(Box::new(condition))),
    );
    all.extend(table.optional_with("any", |value| several(value, scope)).map(Condition::Any));
    table.finish();
    let (subjects, tests) = (subjects?, tests?);
    if let [first, second, ..] = subjects.as_slice() {
        return value.error(format_args!(
            "a condition looks at one thing, found `{}` and `{}`: write a list of conditions",
            first.0, second.0
        ));
    }
    let named = subjects.into_iter().next();
    if let (Some((key, _)), true) = (&named, tests.is_empty()) {
        return value.error(format_args!(
            "`{key}` says what is looked at, and nothing is asked of it: add `type`, `equals`, `pattern`, `reads_as` or `present`"
        ));
    }
    let subject = match (named, scope) {
        (Some((_, subject)), _) => subject,
        (None, Scope::Node) => Subject::Node,
        (None, Scope::Answer) if tests.is_empty() => Subject::Node,
        // Unless it is there, misspelt or out of place, which was said.
        (None, Scope::Answer) if !has(value, &["sibling", "member"]) => {
            return value.error("a test here needs something to look at: add `path = \"/exists\"` or `parameter = \"name\"`");
        }
        (None, Scope::Answer) => return None,
    };
    all.splice(0..0, tests.into_iter().map(|test| Condition::Reads(subject.clone(), test)));
    match all.len() {
        // What is there was misspelt or wrong, which was said.
        0 if !value.table()?.entries().is_empty() => None,
        0 => value
            .error("a condition asks for something: `type`, `equals`, `pattern`, `reads_as`, `present`, `status`, `code`, `not` or `any`"),
        1 => all.pop(),
        _ => Some(Condition::All(all)),
    }
}

fn has(value: Value<'_>, keys: &[&str]) -> bool {
    value
        .table()
        .is_some_and(|table| table.entries().iter().any(|(name, _)| keys.contains(&name.value.as_str())))
}

/// What is looked at, each with the key that says so; `None` when one of them is wrong.
fn subjects(table: &mut Table<'_>, scope: Scope) -> Option<Vec<(&'static str, Subject)>> {
    let name = |value: Value<'_>| Some(value.string()?.value.to_owned());
    let mut found = Vec::new();
    let mut add = |key, subject: Option<Option<Subject>>| match subject {
        Some(Some(subject)) => {
            found.push((key, subject));
            true
        }
        Some(None) => false,
        None => true,
    };
    let mut good = true;
    if scope == Scope::Node {
        good &= add("sibling", table.value("sibling").map(|value| name(value).map(Subject::Sibling)));
        good &= add("member", table.value("member").map(|value| name(value).map(Subject::Member)));
    } else {
        good &= add("path", table.value("path").map(|value| path(value).map(Subject::Path)));
    }
    let parameter = table
        .value("parameter")
        .map(|value| Some(Subject::Parameter(value.text()?.value.to_owned())));
    good &= add("parameter", parameter);
    good.then_some(found)
}

/// What is asked; `None` when one of them is wrong.
fn tests(table: &mut Table<'_>) -> Option<Vec<Test>> {
    let kinds = table
        .value("type")
        .map(|value| Some(Test::Type(list(value, |value| value.one_of(&JsonKind::ALL))?)));
    let equals = table.value("equals").map(|value| Some(Test::Equals(list(value, json)?)));
    let pattern = table.value("pattern").map(|value| Some(Test::Pattern(whole(value)?)));
    let reads_as = table
        .value("reads_as")
        .map(|value| Some(Test::ReadsAs(value.one_of(&Readable::ALL)?)));
    let present = table.value("present").map(|value| Some(Test::Present(value.boolean()?)));
    [kinds, equals, pattern, reads_as, present].into_iter().flatten().collect()
}

/// A regular expression that a text must match as a whole.
pub(super) fn whole(value: Value<'_>) -> Option<TextPattern> {
    match TextPattern::whole(value.text()?.value) {
        Ok(pattern) => Some(pattern),
        Err(error) => value.error(format_args!("expected a regular expression: {error}")),
    }
}

/// One, or a list of at least one.
fn list<'d, T>(value: Value<'d>, mut decode: impl FnMut(Value<'d>) -> Option<T>) -> Option<Vec<T>> {
    if value.kind() != Kind::List {
        return Some(vec![decode(value)?]);
    }
    let items = value.list()?;
    if items.is_empty() {
        return value.error("expected at least one");
    }
    let read: Vec<_> = items.into_iter().map(decode).collect();
    read.into_iter().collect()
}

fn statuses(value: Value<'_>) -> Option<Vec<u16>> {
    list(value, |value| value.integer_in(100..=599))
}

fn texts(value: Value<'_>) -> Option<Vec<String>> {
    list(value, |value| Some(value.text()?.value.to_owned()))
}
