//! Texts with parameters in them: `/run/trace/{run_id}`.

use std::fmt;

/// A text in which `{name}` stands for a parameter; `{{` and `}}` are braces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<TemplatePart>);

/// One piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text as it is.
    Text(String),
    /// The value of a parameter.
    Parameter(String),
}

/// Why a text is no template; `at` is a byte offset into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("`{{` is never closed: write `{{name}}` for a parameter, and `{{{{` for a brace")]
    Unclosed {
        /// Where the brace stands.
        at: usize,
    },
    /// `}` without `{`.
    #[error("`}}` closes nothing: write `}}}}` for a brace")]
    Unopened {
        /// Where the brace stands.
        at: usize,
    },
    /// `{}` or blanks in a name.
    #[error("`{{{name}}}` names no parameter: a name is letters, digits, `_`, `-` and `.`")]
    BadName {
        /// What stands between the braces.
        name: String,
        /// Where the brace stands.
        at: usize,
    },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When braces do not pair, or hold no name.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let parts = pieces(text)?.into_iter().map(|piece| match piece {
            Piece::Text(text) => Ok(TemplatePart::Text(text)),
            Piece::Braces { inside, .. } if is_name(inside) => Ok(TemplatePart::Parameter(inside.to_owned())),
            Piece::Braces { inside, at } => Err(TemplateError::BadName {
                name: inside.to_owned(),
                at,
            }),
        });
        parts.collect::<Result<_, _>>().map(Self)
    }

    /// The pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[TemplatePart] {
        &self.0
    }

    /// The names of the parameters in it, in order, with repetitions.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            TemplatePart::Parameter(name) => Some(name.as_str()),
            TemplatePart::Text(_) => None,
        })
    }

    /// The text with each parameter replaced by what `value` gives for it.
    pub fn fill<'v>(&self, mut value: impl FnMut(&str) -> std::borrow::Cow<'v, str>) -> String {
        self.0.iter().fold(String::new(), |mut out, part| {
            match part {
                TemplatePart::Text(text) => out.push_str(text),
                TemplatePart::Parameter(name) => out.push_str(&value(name)),
            }
            out
        })
    }
}

/// What a text with braces in it consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text as it is meant, with `{{` and `}}` read as braces.
    Text(String),
    /// What stands between two braces, as it is written.
    Braces {
        /// The text between them.
        inside: &'t str,
        /// The byte offset of the first brace.
        at: usize,
    },
}

/// Takes a text apart at its braces; what may stand between them is for the caller to say.
///
/// # Errors
/// When braces do not pair.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let offset = text.len() - rest.len() + at;
        plain.push_str(&rest[..at]);
        let brace = &rest[at..];
        if let Some(after) = brace.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = brace.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if let Some(after) = brace.strip_prefix('{') {
            let end = after.find('}').ok_or(TemplateError::Unclosed { at: offset })?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Braces {
                inside: &after[..end],
                at: offset,
            });
            rest = &after[end + 1..];
        } else {
            return Err(TemplateError::Unopened { at: offset });
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Whether a text can be the name of a parameter.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(valid)
}

impl TemplateError {
    /// The byte offset of the mistake in the text.
    #[must_use]
    pub const fn at(&self) -> usize {
        match self {
            Self::Unclosed { at } | Self::Unopened { at } | Self::BadName { at, .. } => *at,
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                TemplatePart::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                TemplatePart::Parameter(name) => write!(f, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_filled_and_braces_kept() {
        let template = Template::parse("/run/{run_id}/{{x}}?p={page}").unwrap();
        assert_eq!(template.parameters().collect::<Vec<_>>(), ["run_id", "page"]);
        assert_eq!(template.fill(|name| name.to_uppercase().into()), "/run/RUN_ID/{x}?p=PAGE");
        assert_eq!(template.to_string(), "/run/{run_id}/{{x}}?p={page}");
    }

    #[test]
    fn mistakes_are_placed() {
        assert_eq!(Template::parse("ab{c"), Err(TemplateError::Unclosed { at: 2 }));
        assert_eq!(Template::parse("ab}c"), Err(TemplateError::Unopened { at: 2 }));
        assert_eq!(Template::parse("é{ c}"), Err(TemplateError::BadName { name: " c".into(), at: 2 }));
        assert_eq!(
            Template::parse("{}").unwrap_err().to_string(),
            "`{}` names no parameter: a name is letters, digits, `_`, `-` and `.`"
        );
    }
}
