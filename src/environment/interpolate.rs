//! Templates: the strings of `parity.toml` with places for what is known only later.
//!
//! `${NAME}` and `${NAME:-default}` stand for environment variables of the caller; `{address}`, `{database.port}` and the
//! like for values that parity decides when it starts services. `{{`, `}}` and `$${` are the characters `{`, `}` and `${` themselves.
//! Parsing and filling are pure: whoever fills brings the values.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Source, Span, Spanned, nearest};

/// A string with places to fill.
#[derive(Clone, Debug)]
pub struct Template {
    pieces: Vec<Piece>,
    text: String,
    span: Span,
}

/// What a service can be asked for, by itself and by those that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `host:port`.
    Address,
    /// The host alone.
    Host,
    /// The port alone.
    Port,
}

/// A value of parity's own, named in braces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `{address}`, `{host}`, `{port}`: where the service itself is reached.
    Own(Part),
    /// `{data}`: the data directory of the service.
    Data,
    /// `{run}`: a directory that vanishes with the environment.
    Run,
    /// `{database.address}`: where another service is reached.
    Of(String, Part),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable { name: String, default: Option<String>, span: Span },
    Place(Place, Span),
}

const PARTS: [(&str, Part); 3] = [("address", Part::Address), ("host", Part::Host), ("port", Part::Port)];

impl Template {
    /// Parses a string that stands at a span of a source.
    ///
    /// # Errors
    /// A brace that is not closed or not opened, a name that is empty or unknown.
    pub fn parse(source: &Source, text: &Spanned<String>) -> Result<Self, Box<Diagnostic>> {
        let parser = Parser {
            source,
            span: text.span,
            text: &text.value,
            verbatim: is_verbatim(source, text),
        };
        Ok(Self {
            pieces: parser.pieces()?,
            text: text.value.clone(),
            span: text.span,
        })
    }

    /// A template without places; stands nowhere.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Text(text.to_owned())],
            text: text.to_owned(),
            span: Span::default(),
        }
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The values of parity's own that it names, with their spans.
    pub fn places(&self) -> impl Iterator<Item = (&Place, Span)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Place(place, span) => Some((place, *span)),
            Piece::Text(_) | Piece::Variable { .. } => None,
        })
    }

    /// Puts the caller's environment variables in. As in a shell, `:-` also replaces an empty variable.
    ///
    /// # Errors
    /// A variable that is not set and has no default.
    pub fn with_variables(&self, source: &Source, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, Box<Diagnostic>> {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let Piece::Variable { name, default, span } = piece else {
                pieces.push(piece.clone());
                continue;
            };
            let found = lookup(name).filter(|value| default.is_none() || !value.is_empty());
            let Some(value) = found.or_else(|| default.clone()) else {
                let diagnostic = Diagnostic::error(source, *span, format!("environment variable `{name}` is not set"))
                    .help(format!("set it, or give a default: `${{{name}:-default}}`"));
                return Err(Box::new(diagnostic));
            };
            pieces.push(Piece::Text(value));
        }
        Ok(Self { pieces, ..self.clone() })
    }

    /// The finished string.
    ///
    /// # Errors
    /// The first place for which `value` has nothing.
    pub fn fill(&self, value: &dyn Fn(&Place) -> Option<String>) -> Result<String, Spanned<Place>> {
        let mut filled = String::with_capacity(self.text.len());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Place(place, span) => match value(place) {
                    Some(value) => filled.push_str(&value),
                    None => return Err(Spanned::new(place.clone(), *span)),
                },
                Piece::Variable { name, .. } => {
                    unreachable!("`${{{name}}}` is replaced by `with_variables` before a template is filled")
                }
            }
        }
        Ok(filled)
    }
}

/// What is said after `with_variables`: the places still named, everything else as it will be.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Variable { name, .. } => write!(f, "${{{name}}}")?,
                Piece::Place(place, _) => write!(f, "{{{place}}}")?,
            }
        }
        Ok(())
    }
}

/// Two templates are equal when they would be filled alike; where they stand does not count.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        let without_spans = |template: &Self| -> Vec<Piece> {
            let blank = |piece: &Piece| match piece.clone() {
                Piece::Variable { name, default, .. } => Piece::Variable {
                    name,
                    default,
                    span: Span::default(),
                },
                Piece::Place(place, _) => Piece::Place(place, Span::default()),
                text @ Piece::Text(_) => text,
            };
            template.pieces.iter().map(blank).collect()
        };
        without_spans(self) == without_spans(other)
    }
}

impl Eq for Template {}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "address",
            Self::Host => "host",
            Self::Port => "port",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(part) => part.fmt(f),
            Self::Data => f.write_str("data"),
            Self::Run => f.write_str("run"),
            Self::Of(service, part) => write!(f, "{service}.{part}"),
        }
    }
}

/// Whether the text stands in the source as it is, right after its quote, so that places in it can be pointed at.
fn is_verbatim(source: &Source, text: &Spanned<String>) -> bool {
    let inside = source.text().get(text.span.start + 1..);
    inside.is_some_and(|inside| inside.starts_with(text.value.as_str()))
}

struct Parser<'t> {
    source: &'t Source,
    span: Span,
    text: &'t str,
    verbatim: bool,
}

impl Parser<'_> {
    fn pieces(&self) -> Result<Vec<Piece>, Box<Diagnostic>> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut at = 0;
        while let Some(next) = self.text[at..].chars().next() {
            let rest = &self.text[at..];
            let escape = [("$${", "${"), ("{{", "{"), ("}}", "}")]
                .into_iter()
                .find(|(written, _)| rest.starts_with(written));
            if let Some((written, meant)) = escape {
                literal.push_str(meant);
                at += written.len();
                continue;
            }
            let opening = if rest.starts_with("${") { 2 } else { usize::from(next == '{') };
            if opening == 0 {
                if next == '}' {
                    return Err(self.error(at..at + 1, "`}` closes nothing", "write `}}` for the character itself"));
                }
                literal.push(next);
                at += next.len_utf8();
                continue;
            }
            let Some(length) = rest.find('}') else {
                let message = format!("`{}` is not closed", &rest[..opening]);
                return Err(self.error(at..self.text.len(), message, "write `{{` for the character itself"));
            };
            let whole = at..at + length + 1;
            let name = &rest[opening..length];
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            at = whole.end;
            pieces.push(if opening == 2 {
                self.variable(name, whole)?
            } else {
                self.place(name, whole)?
            });
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(pieces)
    }

    fn variable(&self, inside: &str, whole: std::ops::Range<usize>) -> Result<Piece, Box<Diagnostic>> {
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (inside, None),
        };
        let valid = |first: char| first == '_' || first.is_ascii_alphabetic();
        if !name.starts_with(valid) || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
            let message = format!("`${{{inside}}}` names no environment variable");
            return Err(self.error(whole, message, "write `${NAME}` or `${NAME:-default}`"));
        }
        Ok(Piece::Variable {
            name: name.to_owned(),
            default,
            span: self.locate(whole),
        })
    }

    fn place(&self, inside: &str, whole: std::ops::Range<usize>) -> Result<Piece, Box<Diagnostic>> {
        let part = |name: &str| PARTS.iter().find(|(valid, _)| *valid == name).map(|(_, part)| *part);
        let place = match inside.split_once('.') {
            Some((service, name)) => part(name).map(|part| Place::Of(service.to_owned(), part)),
            None if inside == "data" => Some(Place::Data),
            None if inside == "run" => Some(Place::Run),
            None => part(inside).map(Place::Own),
        };
        if let Some(place) = place {
            return Ok(Piece::Place(place, self.locate(whole)));
        }
        let parts = PARTS.iter().map(|(name, _)| *name);
        let (prefix, name, valid): (String, &str, Vec<&str>) = match inside.split_once('.') {
            Some((service, name)) => (format!("{service}."), name, parts.collect()),
            None => (String::new(), inside, parts.chain(["data", "run"]).collect()),
        };
        let help = if let Some(guess) = nearest(name, valid.iter().copied()) {
            format!("did you mean `{{{prefix}{guess}}}`?")
        } else {
            let valid: Vec<String> = valid.iter().map(|name| format!("`{{{prefix}{name}}}`")).collect();
            format!(
                "valid here: {}; write `{{{{` and `}}}}` for the characters themselves",
                valid.join(", ")
            )
        };
        Err(self.error(whole, format!("unknown value `{{{inside}}}`"), help))
    }

    fn error(&self, at: std::ops::Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(self.source, self.locate(at), message).help(help))
    }

    /// The bytes of the source behind bytes of the text, or the whole string when escapes stand between the two.
    fn locate(&self, at: std::ops::Range<usize>) -> Span {
        if !self.verbatim {
            return self.span;
        }
        let start = self.span.start + 1;
        Span::new(start + at.start, start + at.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Template, String> {
        let written = format!("k = '{text}'");
        let source = Source::new("f", written.as_str());
        let spanned = Spanned::new(text.to_owned(), Span::new(4, written.len()));
        Template::parse(&source, &spanned).map_err(|d| format!("{d} ({})", d.help.join("; ")))
    }

    fn filled(text: &str) -> String {
        let template = parse(text).unwrap();
        let lookup = |name: &str| match name {
            "SET" => Some("{set}".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let template = template.with_variables(&Source::new("f", ""), &lookup).unwrap();
        let value = |place: &Place| Some(format!("<{place}>"));
        template.fill(&value).unwrap()
    }

    #[test]
    fn places_are_filled_and_escapes_are_characters() {
        for (text, expected) in [
            ("", ""),
            ("plain $5 é", "plain $5 é"),
            ("{address}", "<address>"),
            ("--port={port}", "--port=<port>"),
            ("{data}/{run}", "<data>/<run>"),
            ("mysql://root@{database.address}/x", "mysql://root@<database.address>/x"),
            ("{a-b.host}:{a-b.port}", "<a-b.host>:<a-b.port>"),
            ("{{\"a\": 1}}", "{\"a\": 1}"),
            ("${SET}", "{set}"),
            ("${SET:-x}", "{set}"),
            ("[${EMPTY}]", "[]"),
            ("[${EMPTY:-x}]", "[x]"),
            ("${UNSET:-openml/php:v1}", "openml/php:v1"),
            ("${UNSET:-}", ""),
            ("$${SET}}", "${SET}"),
        ] {
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_pointed_at_with_what_to_write() {
        for (text, expected) in [
            ("a{port", "f:1:7: error: `{` is not closed (write `{{` for the character itself)"),
            ("a}", "f:1:7: error: `}` closes nothing (write `}}` for the character itself)"),
            ("${A", "f:1:6: error: `${` is not closed (write `{{` for the character itself)"),
            (
                "${}",
                "f:1:6: error: `${}` names no environment variable (write `${NAME}` or `${NAME:-default}`)",
            ),
            (
                "${a-b}",
                "f:1:6: error: `${a-b}` names no environment variable (write `${NAME}` or `${NAME:-default}`)",
            ),
            ("{prot}", "f:1:6: error: unknown value `{prot}` (did you mean `{port}`?)"),
            (
                "{db.adress}",
                "f:1:6: error: unknown value `{db.adress}` (did you mean `{db.address}`?)",
            ),
            (
                "x {nothing}",
                "f:1:8: error: unknown value `{nothing}` (valid here: `{address}`, `{host}`, `{port}`, `{data}`, `{run}`; \
                 write `{{` and `}}` for the characters themselves)",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn an_unset_variable_without_default_is_an_error() {
        let source = Source::new("f", "k = '${A}'");
        let template = parse("${A}").unwrap();
        let error = template.with_variables(&source, &|_| None).unwrap_err();
        assert_eq!(error.to_string(), "f:1:6: error: environment variable `A` is not set");
    }

    #[test]
    fn a_place_without_a_value_is_named() {
        let template = parse("a {data}").unwrap();
        assert_eq!(template.fill(&|_| None).unwrap_err().value, Place::Data);
    }
}
