//! Regular expressions in suites.

use std::fmt;

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, Look};

/// A regular expression, compiled once. Two are equal when they are written alike.
#[derive(Debug, Clone)]
pub struct TextPattern {
    source: String,
    regex: regex::Regex,
}

/// Why a text is no regular expression, as a sentence fragment: `unclosed group, at column 3`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TextPatternError(String);

impl TextPattern {
    /// A pattern that a text must match as a whole.
    ///
    /// # Errors
    /// When it is no regular expression, or needs too much memory.
    pub fn whole(source: &str) -> Result<Self, TextPatternError> {
        // Anchored in its parsed form: around its text, an alternative or a comment of it would reach over the anchors.
        let anchored = Hir::concat(vec![Hir::look(Look::Start), parse(source)?, Hir::look(Look::End)]);
        Self::compile(source, &anchored.to_string())
    }

    /// A pattern that is looked for anywhere in a text.
    ///
    /// # Errors
    /// When it is no regular expression, or needs too much memory.
    pub fn part(source: &str) -> Result<Self, TextPatternError> {
        parse(source)?;
        Self::compile(source, source)
    }

    fn compile(source: &str, compiled: &str) -> Result<Self, TextPatternError> {
        match regex::Regex::new(compiled) {
            Ok(regex) => Ok(Self {
                source: source.to_owned(),
                regex,
            }),
            Err(error) => Err(TextPatternError(error.to_string().lines().collect::<Vec<_>>().join(" "))),
        }
    }

    /// Whether this pattern of whole texts and the other surely never match the same text: `false` where that cannot be told.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        [(ExtractKind::Prefix, apart as Apart), (ExtractKind::Suffix, apart_at_the_end)]
            .into_iter()
            .any(|(kind, apart)| match (self.ends(&kind), other.ends(&kind)) {
                (Some(one), Some(other)) => one.iter().all(|one| other.iter().all(|other| apart(one, other))),
                _ => false,
            })
    }

    /// Whether this pattern of whole texts surely matches no text that begins and ends in this way.
    #[must_use]
    pub fn excludes_ends(&self, first: &str, last: &str) -> bool {
        let begins = self.ends(&ExtractKind::Prefix);
        let ends = self.ends(&ExtractKind::Suffix);
        begins.is_some_and(|begins| begins.iter().all(|one| apart(one, first.as_bytes())))
            || ends.is_some_and(|ends| ends.iter().all(|one| apart_at_the_end(one, last.as_bytes())))
    }

    /// What every match begins or ends with, one of these; `None` where that can be too much.
    fn ends(&self, kind: &ExtractKind) -> Option<Vec<Vec<u8>>> {
        let hir = parse(&self.source).ok()?;
        let found = Extractor::new().kind(kind.clone()).extract(&hir);
        let literals = found.literals()?.iter().map(|literal| literal.as_bytes().to_vec());
        Some(literals.collect())
    }

    /// As it is written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The compiled expression.
    #[must_use]
    pub const fn regex(&self) -> &regex::Regex {
        &self.regex
    }

    /// Whether a text matches.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The names of its groups, in order.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.regex.capture_names().flatten()
    }
}

type Apart = fn(&[u8], &[u8]) -> bool;

/// Whether no text begins with both.
fn apart(one: &[u8], other: &[u8]) -> bool {
    !one.starts_with(other) && !other.starts_with(one)
}

/// Whether no text ends with both.
fn apart_at_the_end(one: &[u8], other: &[u8]) -> bool {
    !one.ends_with(other) && !other.ends_with(one)
}

/// Parsed for the place of a mistake, which a compiled expression does not tell.
fn parse(source: &str) -> Result<Hir, TextPatternError> {
    regex_syntax::parse(source).map_err(|error| {
        let (what, column) = match &error {
            regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.column),
            regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.column),
            other => return TextPatternError(other.to_string()),
        };
        TextPatternError(format!("{what}, at column {column}"))
    })
}

impl PartialEq for TextPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for TextPattern {}

impl fmt::Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_text_is_matched_from_end_to_end() {
        for (pattern, text, matches) in [
            ("a|b", "a", true),
            ("a|b", "ab", false),
            ("a|b", "b\n", false),
            ("(?x) a # letter", "a", true),
            ("a$", "a", true),
        ] {
            assert_eq!(TextPattern::whole(pattern).unwrap().is_match(text), matches, "{pattern} {text:?}");
        }
        assert!(TextPattern::part("b").unwrap().is_match("abc"));
    }

    #[test]
    fn patterns_with_different_beginnings_or_ends_exclude_each_other() {
        for (one, other, excludes) in [
            ("Run [0-9]+ not found", "Task [0-9]+ not found", true),
            ("[a-z]+ not found", "[a-z]+ not there", true),
            ("(Run|Task) .*", "(Flow|Study) .*", true),
            ("(Run|Task) .*", "(Flow|Run) .*", false),
            ("Run.*", "Runner.*", false),
            (".*", "Run", false),
            ("[a-z]+", "[0-9]+", false),
            ("a", "a", false),
        ] {
            let (one, other) = (TextPattern::whole(one).unwrap(), TextPattern::whole(other).unwrap());
            assert_eq!(one.excludes(&other), excludes, "{one} {other}");
            assert_eq!(other.excludes(&one), excludes, "{other} {one}");
        }
        let pattern = TextPattern::whole("Run [0-9]+ not found").unwrap();
        assert!(pattern.excludes_ends("Task ", ""));
        assert!(pattern.excludes_ends("", " there"));
        assert!(!pattern.excludes_ends("Ru", "found"));
    }

    #[test]
    fn mistakes_are_placed() {
        for (pattern, error) in [
            ("a(b", "unclosed group, at column 2"),
            ("a**)", "unopened group, at column 4"),
            ("\\q", "unrecognized escape sequence, at column 1"),
            (
                "(?=a)",
                "look-around, including look-ahead and look-behind, is not supported, at column 1",
            ),
            ("\\p{Nonsense}", "Unicode property not found, at column 1"),
        ] {
            assert_eq!(TextPattern::whole(pattern).unwrap_err().to_string(), error, "{pattern}");
        }
    }
}
