//! Translations: legacy to what the candidate owes, one direction only.

use std::sync::Arc;

use crate::path::Pattern;

use super::condition::Condition;
use super::justification::{Justification, RuleName};
use super::shape::Shape;
use super::supply::Supply;
use super::treatment::Treatment;

/// One declared step from the legacy's answer to the expected one.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// What it does.
    pub action: Action,
    /// The nodes it acts on, in the tree that it selects in: `from` in the untouched legacy tree, `at` in the candidate's shape.
    pub patterns: Vec<Pattern>,
    /// What must hold at a node for it to act there; it is not counted where it does not.
    pub when: Option<Condition>,
    /// The preset that it is a part of: `php-xml-json@1`.
    pub preset: Option<Arc<str>>,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// What a translation does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Changes where things stand (`from`).
    Shape(Shape),
    /// Changes what a value is (`at`).
    Treatment(Treatment),
    /// Says what the legacy does not (`at`).
    Supply(Supply),
}

/// When a translation acts, whatever the order of a file; in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Elements become lists.
    Lists,
    /// Nodes are made of something else.
    Form,
    /// Nodes get their places.
    Place,
    /// Declared values become others.
    Values,
    /// Texts change their writing.
    Text,
    /// Texts become typed values.
    Types,
    /// Members that the legacy has not are added.
    Defaults,
}

impl Translation {
    /// The word that declares it: `unwrap`, `integer`, …
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match &self.action {
            Action::Shape(shape) => shape.word(),
            Action::Treatment(treatment) => treatment.word(),
            Action::Supply(supply) => supply.word(),
        }
    }

    /// When it acts.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match &self.action {
            Action::Shape(shape) => shape.phase(),
            Action::Treatment(treatment) => treatment.phase(),
            Action::Supply(_) => Phase::Defaults,
        }
    }

    /// Its phase and its turn within it: two rules that act in one turn cannot claim one node.
    #[must_use]
    pub const fn turn(&self) -> (Phase, u8) {
        match &self.action {
            Action::Shape(_) | Action::Supply(_) => (self.phase(), 0),
            Action::Treatment(treatment) => (self.phase(), treatment.turn()),
        }
    }

    /// What must hold for it to act, or for what it makes.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let choices = match &self.action {
            Action::Supply(Supply::Default(choices)) => choices.as_slice(),
            _ => &[],
        };
        self.when.iter().chain(choices.iter().filter_map(|choice| choice.when.as_ref()))
    }

    /// Its name where it acts through `pattern`: `rename /trace/trace_iteration to trace`, `php-xml-json@1: list /data/tag`.
    #[must_use]
    pub fn name(&self, pattern: &Pattern) -> RuleName {
        let suffix = match &self.action {
            Action::Shape(shape) => shape.suffix(),
            Action::Treatment(_) => String::new(),
            Action::Supply(supply) => supply.suffix(),
        };
        let preset = self.preset.as_ref().map(|preset| format!("{preset}: ")).unwrap_or_default();
        let when = self.when.as_ref().map(|when| format!(" when {when}")).unwrap_or_default();
        self.justification.named(format!("{preset}{} {pattern}{suffix}{when}", self.word()))
    }
}
