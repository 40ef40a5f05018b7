//! Many nodes of a document.

use std::fmt;

use super::location::{Path, Segment, escape};

/// A set of nodes: names that must be there, and `*` for every item of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Vec<Part>);

/// One step of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Every item of a list, and nothing of an object: `*`.
    Items,
    /// The member of that name, and nothing of a list: rules speak of lists as a whole, never of the third item.
    Name(String),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It does not begin with `/`.
    #[error("a path begins with `/`: `/{0}`")]
    NoSlash(String),
    /// A `*` inside a longer name.
    #[error("`*` stands alone between two slashes, as in `/trace/*/selected`; a member that is called `*` is written `~2`")]
    Star,
    /// `~` before something that is not `0`, `1` or `2`.
    #[error("`~` is written `~0`, `/` in a name is written `~1`, and a member called `*` is written `~2`")]
    Tilde,
    /// A slash at the end.
    #[error("a path does not end with `/`")]
    TrailingSlash,
}

impl Pattern {
    /// A pattern from its parts; none of them is the root.
    #[must_use]
    pub const fn new(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    /// Reads a pattern; `/` alone is the root.
    ///
    /// # Errors
    /// When the text is not `/` or a list of names and `*`, each after a slash.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text == "/" {
            return Ok(Self(Vec::new()));
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(PatternError::NoSlash(text.to_owned()));
        };
        if rest.ends_with('/') {
            return Err(PatternError::TrailingSlash);
        }
        rest.split('/').map(parse_part).collect::<Result<_, _>>().map(Self)
    }

    /// The steps from the root.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Whether the pattern names that node.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        self.0.len() == path.segments().len() && self.matches_prefix(path)
    }

    /// Whether the pattern names that node or one above it.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.0.len() <= path.segments().len() && self.matches_prefix(path)
    }

    fn matches_prefix(&self, path: &Path) -> bool {
        self.0.iter().zip(path.segments()).all(|pair| match pair {
            (Part::Items, Segment::Index(_)) => true,
            (Part::Items, Segment::Member(_)) => false,
            (Part::Name(name), Segment::Member(member)) => name == member,
            (Part::Name(_), Segment::Index(_)) => false,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        for part in &self.0 {
            match part {
                Part::Items => f.write_str("/*")?,
                Part::Name(name) => write!(f, "/{}", escape(name))?,
            }
        }
        Ok(())
    }
}

fn parse_part(text: &str) -> Result<Part, PatternError> {
    if text == "*" {
        return Ok(Part::Items);
    }
    if text.contains('*') {
        return Err(PatternError::Star);
    }
    let mut name = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '~') {
            (_, true) => match chars.next() {
                Some('0') => name.push('~'),
                Some('1') => name.push('/'),
                Some('2') => name.push('*'),
                _ => return Err(PatternError::Tilde),
            },
            (c, false) => name.push(c),
        }
    }
    Ok(Part::Name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Step;
    use proptest::prelude::*;

    fn path(steps: &[Step<'_>]) -> Path {
        steps.iter().copied().collect()
    }

    #[test]
    fn stars_walk_lists_and_never_objects() {
        let pattern = Pattern::parse("/trace/*/selected").unwrap();
        assert!(pattern.matches(&path(&[Step::Member("trace"), Step::Index(7), Step::Member("selected")])));
        assert!(!pattern.matches(&path(&[Step::Member("trace"), Step::Member("7"), Step::Member("selected")])));
        assert!(!pattern.matches(&path(&[Step::Member("trace"), Step::Index(7)])));
        assert!(pattern.covers(&path(&[
            Step::Member("trace"),
            Step::Index(7),
            Step::Member("selected"),
            Step::Index(0)
        ])));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, error) in [
            ("trace", PatternError::NoSlash("trace".into())),
            ("", PatternError::NoSlash(String::new())),
            ("/a*", PatternError::Star),
            ("/a/**", PatternError::Star),
            ("/~x", PatternError::Tilde),
            ("/a/", PatternError::TrailingSlash),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn patterns_are_read_back_as_written(names in proptest::collection::vec(prop_oneof![Just(None), "[^\u{0}]{1,6}".prop_map(Some)], 0..5)) {
            let pattern = Pattern::new(names.into_iter().map(|name| name.map_or(Part::Items, Part::Name)).collect());
            prop_assume!(!pattern.parts().iter().any(|part| matches!(part, Part::Name(name) if name.contains('*') && name != "*")));
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }
}
