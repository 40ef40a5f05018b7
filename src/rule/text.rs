//! Translations that change how a text is written.

use super::template::{Template, TemplatePart};
use super::text_pattern::TextPattern;

/// How a text is written. Those that act on one node act in the order in which they stand here, whatever the order of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// A list of texts becomes one text.
    Join {
        /// What stands between two of them.
        separator: String,
    },
    /// The character references of HTML become their characters.
    UnescapeHtml {
        /// How often: a legacy may escape twice.
        times: u8,
    },
    /// White space at both ends goes.
    Trim,
    /// Every letter becomes its lower case.
    Lower,
    /// What matches becomes something else, everywhere in the text; one replacement after the other.
    Replace(Vec<Replacement>),
    /// A text that matches as a whole becomes another one, made of its parts.
    Template {
        /// What the text must match.
        pattern: TextPattern,
        /// What it becomes: `{legacy.name}` is the group of that name, `{name}` a parameter.
        to: Template,
    },
    /// `&`, `<`, `>`, `"` and `'` become character references: `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&#x27;`.
    EscapeHtml,
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What is replaced.
    pub pattern: TextPattern,
    /// What stands in its place: `$1` and `${1}` are the first group, `${name}` one with a name, `$0` all of it, `$$` a dollar
    /// sign.
    pub with: String,
}

impl Text {
    /// The word that declares it: `trim`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Join { .. } => "join",
            Self::UnescapeHtml { .. } => "unescape_html",
            Self::Trim => "trim",
            Self::Lower => "lower",
            Self::Replace(_) => "replace",
            Self::Template { .. } => "template",
            Self::EscapeHtml => "escape_html",
        }
    }

    /// Its turn among those of one node.
    #[must_use]
    pub const fn turn(&self) -> u8 {
        match self {
            Self::Join { .. } => 0,
            Self::UnescapeHtml { .. } => 1,
            Self::Trim => 2,
            Self::Lower => 3,
            Self::Replace(_) => 4,
            Self::Template { .. } => 5,
            Self::EscapeHtml => 6,
        }
    }
}

/// What begins the name of a part that was captured from the legacy, in a template.
pub const LEGACY: &str = "legacy.";

impl Template {
    /// The names after `legacy.` in it, in order, with repetitions.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        self.parameters().filter_map(|name| name.strip_prefix(LEGACY))
    }

    /// The names of parameters of the case in it, in order, with repetitions.
    pub fn case_parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters().filter(|name| !name.starts_with(LEGACY))
    }

    /// The text that it is, when it is text alone.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        let texts = self.parts().iter().map(|part| match part {
            TemplatePart::Text(text) => Some(text.as_str()),
            TemplatePart::Parameter(_) => None,
        });
        texts.collect()
    }

    /// The text before its first parameter.
    #[must_use]
    pub fn first_text(&self) -> String {
        match self.parts().first() {
            Some(TemplatePart::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// The text after its last parameter.
    #[must_use]
    pub fn last_text(&self) -> String {
        match self.parts().last() {
            Some(TemplatePart::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }
}
