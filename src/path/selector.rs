//! Patterns merged into one tree, so that a walk meets every rule of a node at that node and nothing elsewhere.

use std::collections::BTreeMap;

use super::pattern::{Part, Pattern};

/// Many patterns, each with something said of the nodes it names; walked along with a document.
#[derive(Debug, Clone)]
pub struct Selector<T> {
    here: Vec<T>,
    items: Option<Box<Selector<T>>>,
    names: BTreeMap<String, Selector<T>>,
}

impl<T> Default for Selector<T> {
    fn default() -> Self {
        Self {
            here: Vec::new(),
            items: None,
            names: BTreeMap::new(),
        }
    }
}

impl<T: Clone> Selector<T> {
    /// Adds what is said of the nodes that `pattern` names.
    pub fn insert(&mut self, pattern: &Pattern, said: T) {
        let mut node = self;
        for part in pattern.parts() {
            node = match part {
                Part::Items => node.items.get_or_insert_default(),
                Part::Name(name) => node.names.entry(name.clone()).or_default(),
            };
        }
        node.here.push(said);
    }

    /// What is said of the node where the walk stands, in order of insertion.
    #[must_use]
    pub fn here(&self) -> &[T] {
        &self.here
    }

    /// Whether anything is said of nodes further down.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.items.is_some() || !self.names.is_empty()
    }

    /// The members of an object about which something is said, by name.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.names.iter().map(|(name, selector)| (name.as_str(), selector))
    }

    /// The walk one member further.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.names.get(name)
    }

    /// The walk one list item further, which is the same for every item.
    #[must_use]
    pub fn items(&self) -> Option<&Self> {
        self.items.as_deref()
    }
}
