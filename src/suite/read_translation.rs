//! Translations as they are written: what all of them say, and which file reads the rest.

use crate::diagnostic::{Spanned, Table};
use crate::path::Pattern;
use crate::rule::{Action, Translation};

use super::read_condition::{Scope, when};
use super::read_justification::justification;
use super::read_shape::{SHAPES, ShapeWord, read_shape};
use super::read_supply::{SUPPLIES, SupplyWord, read_supply};
use super::read_treatment::{TreatmentWord, read_treatment, treatments};

/// What a rule does, and where.
pub(super) type Acts = (Action, Vec<Pattern>);

/// A word that declares a translation, by family.
#[derive(Debug, Clone, Copy)]
enum Word {
    Shape(ShapeWord),
    Treatment(TreatmentWord),
    Supply(SupplyWord),
}

fn words() -> Vec<(&'static str, Word)> {
    let shapes = SHAPES.map(|(name, word)| (name, Word::Shape(word)));
    let treatments = treatments().into_iter().map(|(name, word)| (name, Word::Treatment(word)));
    let supplies = SUPPLIES.map(|(name, word)| (name, Word::Supply(word)));
    shapes.into_iter().chain(treatments).chain(supplies).collect()
}

pub(super) fn read_translation(mut table: Table<'_>) -> Option<Spanned<Translation>> {
    let span = table.span();
    let word = table.required_with("rule", |value| value.one_of(&words()));
    let when = when(&mut table, Scope::Node);
    let justification = justification(&mut table);
    let acts = match word? {
        Word::Shape(word) => read_shape(word, &mut table),
        Word::Treatment(word) => read_treatment(word, &mut table),
        Word::Supply(word) => read_supply(word, &mut table),
    };
    table.finish();
    let (action, patterns) = acts?;
    let translation = Translation {
        action,
        patterns,
        when,
        preset: None,
        justification: justification?,
    };
    Some(Spanned::new(translation, span))
}
