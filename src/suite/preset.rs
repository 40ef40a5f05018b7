//! Presets: named, versioned bundles of translations for the habits of one kind of legacy.
//!
//! A preset touches the paths that a suite names to it, and no other. What a version means never changes: another meaning is
//! another version.

use crate::rule::{Action, Empty, Shape, Treatment, Type, Unreadable, ValueMap};
use crate::value::Value;

/// One version of a preset.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// The kind of legacy that it is for.
    pub is_for: &'static str,
    /// What it can be told, all of it paths.
    pub parameters: &'static [PresetParameter],
}

/// Paths that a preset is told.
#[derive(Debug)]
pub struct PresetParameter {
    /// The key in a suite file.
    pub key: &'static str,
    /// What becomes of the nodes there.
    pub is: &'static str,
    /// The rule that makes it so.
    action: fn() -> Action,
}

impl PresetParameter {
    /// The rule that acts on the paths.
    #[must_use]
    pub fn action(&self) -> Action {
        (self.action)()
    }
}

impl Preset {
    /// As suites and the names of its rules say it: `php-xml-json@1`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// Every preset there is.
pub const PRESETS: &[Preset] = &[Preset {
    name: "php-xml-json",
    version: 1,
    is_for: "JSON that PHP makes of XML: a list of one is the element itself, an empty element is `[]`",
    parameters: &[
        PresetParameter {
            key: "lists",
            is: "an element or a list of them becomes a list (`list`, paths in the legacy's tree)",
            action: || Action::Shape(Shape::List),
        },
        PresetParameter {
            key: "empty_text",
            is: "`[]` becomes the empty text (`map`, paths in the candidate's shape)",
            action: || {
                Action::Treatment(Treatment::Map(vec![ValueMap {
                    legacy: Value::Array(Vec::new()),
                    candidate: Value::string(""),
                }]))
            },
        },
        PresetParameter {
            key: "empty_null",
            is: "`[]` becomes `null` (`null`, paths in the candidate's shape)",
            action: || {
                Action::Treatment(Treatment::Type {
                    into: Type::Null(vec![Value::Array(Vec::new())]),
                    empty: Empty::Refused,
                    unreadable: Unreadable::Fault,
                })
            },
        },
    ],
}];
