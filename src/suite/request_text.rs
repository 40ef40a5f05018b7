//! Texts of requests with parameters and credentials in them: `/run/{run_id}`, `{+filter}`, `{data_id:int}`, `{env.KEY}`.

use std::fmt;

use crate::rule::{Piece, TemplateError, is_name, pieces};

/// A text of a request, with its placeholders open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestText(Vec<RequestPart>);

/// One piece of a [`RequestText`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestPart {
    /// Text as it is.
    Text(String),
    /// The value of a parameter.
    Parameter(Placeholder),
    /// The value of an environment variable, which is a credential: `{env.NAME}`.
    Credential(String),
}

/// Where a parameter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// The parameter's name.
    pub name: String,
    /// Whether it goes into a path as it is, slashes and all: `{+name}`.
    pub raw: bool,
    /// What it becomes in a JSON body, other than text: `{name:int}`.
    pub kind: Option<JsonKind>,
    /// Whether the entry around it is left out where a case has no such parameter: `{name?}`.
    pub optional: bool,
}

/// What the text of a parameter becomes in a JSON body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// An integer token: `34`, `-1`.
    Integer,
    /// A number token (RFC 8259, section 6): `0.5`, `1E-5`.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Whatever JSON it is: `[1, 2]`, `null`.
    Json,
}

/// Why a text is none; texts as fragments for a reader of the suite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestTextError {
    /// Braces do not pair.
    #[error(transparent)]
    Braces(#[from] TemplateError),
    /// `{}`, blanks in a name, and the like.
    #[error("`{{{0}}}` names no parameter: write `{{name}}`, `{{+name}}`, `{{name:int}}`, `{{name?}}` or `{{env.NAME}}`")]
    Unknown(String),
    /// A kind of value that there is not.
    #[error("`{{{inside}}}` has the kind `{kind}`: expected `int`, `number`, `bool` or `json`")]
    Kind {
        /// What stands between the braces.
        inside: String,
        /// The kind.
        kind: String,
    },
    /// A question mark before the kind.
    #[error("`{{{0}}}` has its `?` in the middle: it ends with it, as in `{{name:int?}}`")]
    Question(String),
    /// A credential with something more.
    #[error("`{{{0}}}` is a credential, which is always text and always required: write `{{env.NAME}}`")]
    Credential(String),
}

impl RequestText {
    /// Reads a text.
    ///
    /// # Errors
    /// When braces do not pair, or what stands between them is no placeholder.
    pub fn parse(text: &str) -> Result<Self, RequestTextError> {
        let parts = pieces(text)?.into_iter().map(|piece| match piece {
            Piece::Text(text) => Ok(RequestPart::Text(text)),
            Piece::Braces { inside, .. } => placeholder(inside),
        });
        parts.collect::<Result<_, _>>().map(Self)
    }

    /// A text without placeholders.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self(vec![RequestPart::Text(text.to_owned())])
    }

    /// The pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[RequestPart] {
        &self.0
    }

    /// The parameters in it, in order, with repetitions.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.0.iter().filter_map(|part| match part {
            RequestPart::Parameter(placeholder) => Some(placeholder),
            RequestPart::Text(_) | RequestPart::Credential(_) => None,
        })
    }

    /// The credentials in it, in order, with repetitions.
    pub fn credentials(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            RequestPart::Credential(name) => Some(name.as_str()),
            RequestPart::Text(_) | RequestPart::Parameter(_) => None,
        })
    }

    /// The placeholder that is the whole text, if one is.
    #[must_use]
    pub fn whole(&self) -> Option<&Placeholder> {
        match self.0.as_slice() {
            [RequestPart::Parameter(placeholder)] => Some(placeholder),
            _ => None,
        }
    }

    /// The text cut in two at the first occurrence of a character outside placeholders, which goes with neither.
    pub(super) fn split_at(&self, separator: char) -> (Self, Option<Self>) {
        let found = self.0.iter().enumerate().find_map(|(index, part)| match part {
            RequestPart::Text(text) => text.split_once(separator).map(|(before, after)| (index, before, after)),
            RequestPart::Parameter(_) | RequestPart::Credential(_) => None,
        });
        let Some((index, before, after)) = found else {
            return (self.clone(), None);
        };
        let text = |text: &str| (!text.is_empty()).then(|| RequestPart::Text(text.to_owned()));
        let head = self.0[..index].iter().cloned().chain(text(before));
        let tail = text(after).into_iter().chain(self.0[index + 1..].iter().cloned());
        (Self(head.collect()), Some(Self(tail.collect())))
    }
}

fn placeholder(inside: &str) -> Result<RequestPart, RequestTextError> {
    let unknown = || RequestTextError::Unknown(inside.to_owned());
    if let Some(name) = inside.strip_prefix("env.") {
        return if name.contains([':', '?', '+']) {
            Err(RequestTextError::Credential(inside.to_owned()))
        } else if is_name(name) && !name.contains(['.', '-']) {
            Ok(RequestPart::Credential(name.to_owned()))
        } else {
            Err(unknown())
        };
    }
    let (rest, raw) = inside.strip_prefix('+').map_or((inside, false), |rest| (rest, true));
    let (rest, optional) = rest.strip_suffix('?').map_or((rest, false), |rest| (rest, true));
    let (name, kind) = match rest.split_once(':') {
        None => (rest, None),
        Some((name, _)) if name.ends_with('?') => return Err(RequestTextError::Question(inside.to_owned())),
        Some((name, kind)) => match JsonKind::of(kind) {
            Some(known) => (name, Some(known)),
            None => {
                return Err(RequestTextError::Kind {
                    inside: inside.to_owned(),
                    kind: kind.to_owned(),
                });
            }
        },
    };
    if !is_name(name) || (raw && kind.is_some()) {
        return Err(unknown());
    }
    Ok(RequestPart::Parameter(Placeholder {
        name: name.to_owned(),
        raw,
        kind,
        optional,
    }))
}

impl JsonKind {
    const ALL: [Self; 4] = [Self::Integer, Self::Number, Self::Boolean, Self::Json];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As it is written: `int`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integer => "int",
            Self::Number => "number",
            Self::Boolean => "bool",
            Self::Json => "json",
        }
    }

    /// What it is for a sentence: `an integer`.
    #[must_use]
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = if self.raw { "+" } else { "" };
        let optional = if self.optional { "?" } else { "" };
        match self.kind {
            Some(kind) => write!(f, "{{{raw}{}:{}{optional}}}", self.name, kind.name()),
            None => write!(f, "{{{raw}{}{optional}}}", self.name),
        }
    }
}

impl fmt::Display for RequestText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            RequestPart::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            RequestPart::Parameter(placeholder) => write!(f, "{placeholder}"),
            RequestPart::Credential(name) => write!(f, "{{env.{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn placeholders_are_read_and_shown_as_they_are_written() {
        for text in [
            "/run/{run_id}/x",
            "/task/list/{+filter}",
            "{data_id:int}",
            "{tag?}",
            "{size:number?}{+path?}",
            "Bearer {env.TOKEN_1}",
            "{{\"a\": {a:json}}}",
            "{flag:bool}",
            "",
        ] {
            assert_eq!(RequestText::parse(text).unwrap().to_string(), text);
        }
        let text = RequestText::parse("{a}-{+b?}{env.KEY}{c:int}").unwrap();
        assert_eq!(
            text.placeholders().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        assert_eq!(text.credentials().collect::<Vec<_>>(), ["KEY"]);
        assert_eq!(text.whole(), None);
    }

    #[test]
    fn mistakes_are_told_with_what_is_meant() {
        for (text, message) in [
            ("{", "`{` is never closed: write `{name}` for a parameter, and `{{` for a brace"),
            (
                "{a b}",
                "`{a b}` names no parameter: write `{name}`, `{+name}`, `{name:int}`, `{name?}` or `{env.NAME}`",
            ),
            (
                "{a:integer}",
                "`{a:integer}` has the kind `integer`: expected `int`, `number`, `bool` or `json`",
            ),
            (
                "{a?:int}",
                "`{a?:int}` has its `?` in the middle: it ends with it, as in `{name:int?}`",
            ),
            (
                "{env.KEY?}",
                "`{env.KEY?}` is a credential, which is always text and always required: write `{env.NAME}`",
            ),
        ] {
            assert_eq!(RequestText::parse(text).unwrap_err().to_string(), message, "{text}");
        }
        for text in ["{}", "{+}", "{?}", "{:int}", "{+a:int}", "{env.}", "{env.a.b}"] {
            assert!(RequestText::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_outside_its_placeholders() {
        let cut = |text: &str| {
            let (head, tail) = RequestText::parse(text).unwrap().split_at('?');
            (head.to_string(), tail.map(|tail| tail.to_string()))
        };
        assert_eq!(cut("/a/{b?}?c={d}?e"), ("/a/{b?}".into(), Some("c={d}?e".into())));
        assert_eq!(cut("/a/{b?}"), ("/a/{b?}".into(), None));
        assert_eq!(cut("/a?"), ("/a".into(), Some(String::new())));
    }

    proptest! {
        #[test]
        fn what_is_read_is_shown_the_same(text in "[a-z{}?+:./]{0,20}") {
            if let Ok(read) = RequestText::parse(&text) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
