//! Translations of the lists and the shape phase, as they are written (`from`).

use crate::diagnostic::{NonEmpty, Table};
use crate::path::Part;
use crate::rule::{Action, Shape};

use super::read::patterns;
use super::read_translation::Acts;

/// A word that declares one.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShapeWord {
    List,
    Unwrap,
    Rename,
}

pub(super) const SHAPES: [(&str, ShapeWord); 3] = [
    ("list", ShapeWord::List),
    ("unwrap", ShapeWord::Unwrap),
    ("rename", ShapeWord::Rename),
];

pub(super) fn read_shape(word: ShapeWord, table: &mut Table<'_>) -> Option<Acts> {
    let from = table.required_with("from", |value| {
        let from = patterns(value)?;
        Some((value, from))
    });
    let shape = match word {
        ShapeWord::List => Some(Shape::List),
        ShapeWord::Unwrap => Some(Shape::Unwrap),
        ShapeWord::Rename => table.required::<NonEmpty>("to").map(|to| Shape::Rename { to: to.into() }),
    };
    let (value, from) = from?;
    let shape = shape?;
    if shape != Shape::List && from.iter().any(|pattern| !matches!(pattern.parts().last(), Some(Part::Name(_)))) {
        return value.error("an object's member is meant here: the path ends with a name, not with `*` and not at the root");
    }
    Some((Action::Shape(shape), from))
}
