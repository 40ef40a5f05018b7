//! One node of a document.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::pattern::{Part, Pattern};

/// The way from the root of a document to one node; written as a JSON pointer (RFC 6901).
///
/// The order is that of the document: indexes by number, then names by text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(Vec<Segment>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
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

/// The way from the root to where a recursive walk stands, kept in the walk's own frames: a step costs nothing, and names
/// are borrowed from wherever they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trail<'t>(Option<(&'t Trail<'t>, Step<'t>)>);

impl<'t> Trail<'t> {
    /// The root of a document.
    #[must_use]
    pub const fn root() -> Self {
        Self(None)
    }

    /// One step further.
    #[must_use]
    pub const fn step(&'t self, step: Step<'t>) -> Self {
        Self(Some((self, step)))
    }

    /// One list item further.
    #[must_use]
    pub const fn item(&'t self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// One member further.
    #[must_use]
    pub const fn member(&'t self, name: &'t str) -> Self {
        self.step(Step::Member(name))
    }

    /// The last step; `None` at the root.
    #[must_use]
    pub fn last(&self) -> Option<Step<'t>> {
        self.0.map(|(_, step)| step)
    }

    /// The node's path.
    #[must_use]
    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut at = *self;
        while let Some((above, step)) = at.0 {
            steps.push(step);
            at = *above;
        }
        steps.into_iter().rev().collect()
    }
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

/// A member's name as one reference token of RFC 6901, with the escapes of patterns added, so that a shown path can be
/// written into a suite: `~2` is a `*` and `~3` a `[`, neither of which then means anything.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if !name.contains(['~', '/', '*', '[']) {
        return Cow::Borrowed(name);
    }
    if name == "**" {
        return Cow::Borrowed("~4");
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            '*' => out.push_str("~2"),
            '[' => out.push_str("~3"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
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
    fn trails_are_paths() {
        let root = Trail::root();
        let list = root.member("trace");
        let item = list.item(3);
        assert_eq!(item.member("fold").path().to_string(), "/trace/3/fold");
        assert_eq!(root.path(), Path::root());
        assert_eq!(item.last(), Some(Step::Index(3)));
    }

    #[test]
    fn what_means_something_in_a_pattern_is_escaped() {
        let path: Path = [Step::Member("a*[b]"), Step::Member("*"), Step::Member("**")].into_iter().collect();
        assert_eq!(path.to_string(), "/a~2~3b]/~2/~4");
    }

    #[test]
    fn paths_sort_as_the_document_does() {
        let at = |index| Path::root().join(Segment::Member("t".into())).join(Segment::Index(index));
        let mut paths = vec![at(10), at(9), Path::root()];
        paths.sort();
        assert_eq!(paths, [Path::root(), at(9), at(10)]);
    }
}
