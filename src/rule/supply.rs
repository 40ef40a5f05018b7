//! Translations of the last phase: members that the candidate owes although the legacy does not say them.

use crate::value::{Value, compact};

use super::condition::Condition;

/// A member that is owed by declaration.
#[derive(Debug, Clone, PartialEq)]
pub enum Supply {
    /// A member that the legacy omits: added where it is absent, with the value of the first choice that holds.
    Default(Vec<Choice>),
    /// A member that has this value, whatever the legacy says.
    Constant(Value<'static>),
}

/// One value of a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What must hold; nothing is "otherwise".
    pub when: Option<Condition>,
    /// The value.
    pub value: Value<'static>,
}

impl Supply {
    /// The word that declares it: `default`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Default(_) => "default",
            Self::Constant(_) => "constant",
        }
    }

    /// What its name says after the path: ` = null`, where there is one value.
    #[must_use]
    pub fn suffix(&self) -> String {
        match self {
            Self::Constant(value) => format!(" = {}", compact(value)),
            Self::Default(choices) => match choices.as_slice() {
                [Choice { when: None, value }] => format!(" = {}", compact(value)),
                _ => String::new(),
            },
        }
    }
}
