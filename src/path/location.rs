//! One node of a document.

use std::fmt;

use super::pattern::{Part, Pattern};

/// The way from the root of a document to one node; written as a JSON pointer (RFC 6901).
///
/// The order is that of the document: indexes by number, then names by text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Segment>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Into an array.
    Index(usize),
    /// Into an object.
    Member(String),
}

/// A borrowed [`Segment`], for walks that name a node only when there is something to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into an array.
    Index(usize),
    /// Into an object.
    Member(&'a str),
}

impl Path {
    /// The root of a document, written as the empty text and shown as `/`.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// This path and one step more.
    #[must_use]
    pub fn join(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// Whether `self` is `other` or stands below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The pattern of all nodes that differ from this one only in list positions: `/trace/3/selected` gives `/trace/*/selected`.
    #[must_use]
    pub fn generalise(&self) -> Pattern {
        Pattern::new(
            self.0
                .iter()
                .map(|segment| match segment {
                    Segment::Index(_) => Part::Items,
                    Segment::Member(name) => Part::Name(name.clone()),
                })
                .collect(),
        )
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl<'a> FromIterator<Step<'a>> for Path {
    fn from_iter<I: IntoIterator<Item = Step<'a>>>(steps: I) -> Self {
        steps
            .into_iter()
            .map(|step| match step {
                Step::Index(index) => Segment::Index(index),
                Step::Member(name) => Segment::Member(name.to_owned()),
            })
            .collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        for segment in &self.0 {
            match segment {
                Segment::Index(index) => write!(f, "/{index}")?,
                Segment::Member(name) => write!(f, "/{}", escape(name))?,
            }
        }
        Ok(())
    }
}

/// A member's name as one reference token of RFC 6901; a name that is just `*` is told from list items as `~2`.
pub(super) fn escape(name: &str) -> String {
    if name == "*" {
        return "~2".to_owned();
    }
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_json_pointers() {
        let path: Path = [Step::Member("a/b"), Step::Index(3), Step::Member("~c"), Step::Member("")]
            .into_iter()
            .collect();
        assert_eq!(path.to_string(), "/a~1b/3/~0c/");
        assert_eq!(Path::root().to_string(), "/");
        assert_eq!(path.generalise().to_string(), "/a~1b/*/~0c/");
    }

    #[test]
    fn paths_sort_as_the_document_does() {
        let at = |index| Path::root().join(Segment::Member("t".into())).join(Segment::Index(index));
        let mut paths = vec![at(10), at(9), Path::root()];
        paths.sort();
        assert_eq!(paths, [Path::root(), at(9), at(10)]);
    }
}
