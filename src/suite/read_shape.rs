//! Translations of lists, forms and places, as they are written (`from`).

use crate::diagnostic::{Decode as _, NonEmpty, Table, Value};
use crate::path::{Part, Pattern};
use crate::rule::{Action, Empty, Entry, Shape};

use super::read::{pattern, patterns};
use super::read_translation::Acts;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShapeWord {
    List,
    Split,
    Single,
    First,
    RowsFromColumns,
    ColumnsFromRows,
    ListFromEntries,
    EntriesFromList,
    Wrap,
    Unwrap,
    Rename,
    Move,
    Drop,
}

pub(super) const SHAPES: [(&str, ShapeWord); 13] = [
    ("list", ShapeWord::List),
    ("split", ShapeWord::Split),
    ("single", ShapeWord::Single),
    ("first", ShapeWord::First),
    ("rows_from_columns", ShapeWord::RowsFromColumns),
    ("columns_from_rows", ShapeWord::ColumnsFromRows),
    ("list_from_entries", ShapeWord::ListFromEntries),
    ("entries_from_list", ShapeWord::EntriesFromList),
    ("wrap", ShapeWord::Wrap),
    ("unwrap", ShapeWord::Unwrap),
    ("rename", ShapeWord::Rename),
    ("move", ShapeWord::Move),
    ("drop", ShapeWord::Drop),
];

pub(super) fn read_shape(word: ShapeWord, table: &mut Table<'_>) -> Option<Acts> {
    let from = table.required_with("from", |value| {
        let from = patterns(value)?;
        // Of a list each path has a place of its own.
        let places = value.list_or_one();
        from.iter()
            .zip(places)
            .map(|(pattern, value)| selectable(word, pattern, value))
            .fold(Some(()), Option::and)?;
        Some(from)
    });
    let shape = match word {
        ShapeWord::List => Some(Shape::List),
        ShapeWord::Split => {
            let trim = table.optional("trim").unwrap_or(false);
            table
                .required_with("separator", separator)
                .map(|separator| Shape::Split { separator, trim })
        }
        ShapeWord::Single => Some(Shape::Single { empty: empty_list(table) }),
        ShapeWord::First => table
            .required_with("count", |value| value.integer_in(1..=u32::MAX))
            .and_then(|count| usize::try_from(count).ok())
            .map(|count| Shape::First { count }),
        ShapeWord::RowsFromColumns => Some(Shape::RowsFromColumns),
        ShapeWord::ColumnsFromRows => Some(Shape::ColumnsFromRows),
        ShapeWord::ListFromEntries => entry(table).map(Shape::ListFromEntries),
        ShapeWord::EntriesFromList => entry(table).map(Shape::EntriesFromList),
        ShapeWord::Wrap => table.required_with("in", name).map(|name| Shape::Wrap { name }),
        ShapeWord::Unwrap => Some(Shape::Unwrap),
        ShapeWord::Rename => table
            .required_with("to", |value| new_name(value, from.as_deref()))
            .map(|to| Shape::Rename { to }),
        ShapeWord::Move => table
            .required_with("to", |value| target(value, from.as_deref()))
            .map(|to| Shape::Move { to }),
        ShapeWord::Drop => Some(Shape::Drop),
    };
    Some((Action::Shape(shape?), from?))
}

/// Whether a rule can act on what a path selects.
fn selectable(word: ShapeWord, pattern: &Pattern, value: Value<'_>) -> Option<()> {
    match (word, pattern.last_step()) {
        (ShapeWord::Rename | ShapeWord::Unwrap, None | Some(Part::Items)) => {
            value.error("an object's member is meant here: the path ends with a name, not with `*` and not at the root")
        }
        (ShapeWord::Move | ShapeWord::Drop, None) => {
            value.error("a member or list items are meant here: at the root there is nothing to take it out of")
        }
        _ => Some(()),
    }
}

fn separator(value: Value<'_>) -> Option<String> {
    let separator = value.string()?.value;
    if separator.is_empty() {
        return value.error("expected what stands between two parts, such as `\",\"`, found an empty string");
    }
    Some(separator.to_owned())
}

fn empty_list(table: &mut Table<'_>) -> Empty {
    table
        .optional_with("empty", |value| value.one_of(&[("null", Empty::Null), ("refused", Empty::Refused)]))
        .unwrap_or_default()
}

fn entry(table: &mut Table<'_>) -> Option<Entry> {
    let otherwise = Entry::default();
    let key = table.optional_with("key", |value| Some((value, name(value)?)));
    let value = table.optional_with("value", |value| Some((value, name(value)?)));
    let entry = Entry {
        key: key.as_ref().map_or(otherwise.key, |(_, name)| name.clone()),
        value: value.as_ref().map_or(otherwise.value, |(_, name)| name.clone()),
    };
    if entry.key == entry.value
        && let Some((place, _)) = value.or(key)
    {
        return place.error(format_args!(
            "the name and the value of an entry cannot both be called `{}`",
            entry.key
        ));
    }
    Some(entry)
}

fn name(value: Value<'_>) -> Option<String> {
    value.string().map(|name| name.value.to_owned())
}

/// The new name of a member, which is no path.
fn new_name(value: Value<'_>, from: Option<&[Pattern]>) -> Option<String> {
    let to = String::from(NonEmpty::decode(value)?);
    if to.starts_with('/') {
        let diagnostic = value
            .diagnostic(format_args!("expected a name, found the path `{to}`"))
            .help("`rename` leaves the member where it is; `move` puts it elsewhere");
        value.note(diagnostic);
        return None;
    }
    if from.into_iter().flatten().any(|pattern| pattern.last_name() == Some(&to)) {
        return value.error(format_args!("the member is called `{to}` already"));
    }
    Some(to)
}

/// The path to which nodes are moved.
fn target(value: Value<'_>, from: Option<&[Pattern]>) -> Option<Pattern> {
    let to = pattern(value)?;
    if to.has_filters() {
        return value.error("this is where nodes go, so filters cannot be used: what is not there cannot be picked");
    }
    let (deep, items) = wildcards(&to);
    if deep && to.parts().first() != Some(&Part::Deep) {
        return value.error("`**` is the place at which that of `from` ended, and so the path begins with it: `/**/name`");
    }
    for from in from.into_iter().flatten() {
        let (its_deep, its_items) = wildcards(from);
        if its_deep && !deep {
            return value.error(format_args!(
                "`{from}` is anywhere, so this begins with `/**`, which is the place at which that of `from` ended: `/**/name`"
            ));
        }
        if deep && !its_deep {
            return value.error(format_args!(
                "`**` is the place at which that of `from` ended, and `{from}` has none"
            ));
        }
        if items > its_items {
            return value.error(format_args!(
                "each `*` takes the index of one in `from`; here {}, in `{from}` {}",
                counted(items),
                if its_deep {
                    format!("{} after its `**`", counted(its_items))
                } else {
                    counted(its_items)
                }
            ));
        }
    }
    Some(to)
}

fn counted(items: usize) -> String {
    match items {
        0 => "there is none".to_owned(),
        1 => "there is 1".to_owned(),
        more => format!("there are {more}"),
    }
}

/// Whether there is a `**`, and how many `*` stand after it, or at all.
fn wildcards(pattern: &Pattern) -> (bool, usize) {
    let parts = pattern.parts();
    let deep = parts.iter().position(|part| *part == Part::Deep);
    let after = &parts[deep.map_or(0, |deep| deep + 1)..];
    (deep.is_some(), after.iter().filter(|part| **part == Part::Items).count())
}
