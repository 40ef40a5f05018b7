//! Patterns merged into one tree, so that a walk meets every rule of a node at that node and nothing elsewhere.

use std::collections::BTreeMap;

use super::filter::{Filter, Node};
use super::pattern::{Part, Pattern};

/// Many patterns, each with something said of the nodes it names; walked along with a document by a [`Cursor`].
#[derive(Debug, Clone)]
pub struct Selector<T> {
    here: Vec<T>,
    items: Option<Box<Selector<T>>>,
    names: BTreeMap<String, Selector<T>>,
    /// What is said of any node from here on down.
    deep: Option<Box<Selector<T>>>,
    filters: Vec<(Filter, Selector<T>)>,
    /// Whether a walk stays here, whatever step it takes: the end of a `**`.
    stays: bool,
}

impl<T> Default for Selector<T> {
    fn default() -> Self {
        Self {
            here: Vec::new(),
            items: None,
            names: BTreeMap::new(),
            deep: None,
            filters: Vec::new(),
            stays: false,
        }
    }
}

impl<T> Selector<T> {
    /// Adds what is said of the nodes that `pattern` names.
    pub fn insert(&mut self, pattern: &Pattern, said: T) {
        let mut node = self;
        for part in pattern.parts() {
            node = match part {
                Part::Items => node.items.get_or_insert_default(),
                Part::Name(name) => node.names.entry(name.clone()).or_default(),
                Part::Deep => {
                    let deep = node.deep.get_or_insert_default();
                    deep.stays = true;
                    deep
                }
                Part::Where(filter) => {
                    let known = node.filters.iter().position(|(known, _)| known == filter);
                    let place = known.unwrap_or_else(|| {
                        node.filters.push((filter.clone(), Self::default()));
                        node.filters.len() - 1
                    });
                    &mut node.filters[place].1
                }
            };
        }
        node.here.push(said);
    }

    /// The walk at a document's root.
    pub fn at(&self, root: &(impl Node + ?Sized)) -> Cursor<'_, T> {
        Cursor::reached(self, root)
    }

    /// Whether nothing is said of any node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.here.is_empty() && !self.goes_on()
    }

    /// Whether where a walk stands does not depend on the node, and is this node of the selector alone.
    fn is_plain(&self) -> bool {
        self.deep.is_none() && self.filters.is_empty() && !self.stays
    }

    fn goes_on(&self) -> bool {
        self.stays || self.items.is_some() || !self.names.is_empty() || self.deep.is_some() || !self.filters.is_empty()
    }
}

/// Where a walk stands in a [`Selector`]: at one of its nodes, or, with `**` and filters, at several.
#[derive(Debug)]
pub struct Cursor<'s, T> {
    first: &'s Selector<T>,
    /// Empty, and free of cost, on patterns without `**` and filters.
    others: Vec<&'s Selector<T>>,
}

impl<T> Clone for Cursor<'_, T> {
    fn clone(&self) -> Self {
        Self {
            first: self.first,
            others: self.others.clone(),
        }
    }
}

impl<'s, T> Cursor<'s, T> {
    fn reached(selector: &'s Selector<T>, node: &(impl Node + ?Sized)) -> Self {
        let mut cursor = Self {
            first: selector,
            others: Vec::new(),
        };
        if !selector.is_plain() {
            cursor.close(node);
        }
        cursor
    }

    /// Adds what is reached without a step: behind filters that pick the node, and behind a `**` of no steps.
    fn close(&mut self, node: &(impl Node + ?Sized)) {
        let mut at = 0;
        while at <= self.others.len() {
            let state = if at == 0 { self.first } else { self.others[at - 1] };
            let behind = state
                .filters
                .iter()
                .filter(|(filter, _)| filter.accepts(node))
                .map(|(_, behind)| behind);
            for next in behind.chain(state.deep.as_deref()) {
                if !self.states().any(|known| std::ptr::eq(known, next)) {
                    self.others.push(next);
                }
            }
            at += 1;
        }
    }

    fn states(&self) -> impl Iterator<Item = &'s Selector<T>> + use<'s, '_, T> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// What is said of this node, in order of insertion, when the walk stands at one place of the selector.
    #[must_use]
    pub fn only(&self) -> Option<&'s [T]> {
        self.others.is_empty().then_some(self.first.here.as_slice())
    }

    /// What is said of this node; from several places of the selector in no order.
    pub fn here(&self) -> impl Iterator<Item = &'s T> + use<'s, '_, T> {
        self.states().flat_map(|state| &state.here)
    }

    /// Whether anything may be said of nodes further down.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.states().any(Selector::goes_on)
    }

    /// Whether something may be said of any member of an object, not only of those that [`names`](Self::names) gives.
    #[must_use]
    pub fn goes_anywhere(&self) -> bool {
        self.states().any(|state| state.stays)
    }

    /// Whether anything may be said of items of a list, or below them.
    #[must_use]
    pub fn goes_into_items(&self) -> bool {
        self.states().any(|state| state.stays || state.items.is_some())
    }

    /// The names of members of which something is said; a name may come more than once.
    pub fn names(&self) -> impl Iterator<Item = &'s str> + use<'s, '_, T> {
        self.states().flat_map(|state| state.names.keys().map(String::as_str))
    }

    /// The walk one member further, to `node`; `None` when nothing is said there or below.
    pub fn member(&self, name: &str, node: &(impl Node + ?Sized)) -> Option<Self> {
        self.step(node, |state| state.names.get(name))
    }

    /// The walk one list item further, to `node`; `None` when nothing is said there or below.
    pub fn item(&self, node: &(impl Node + ?Sized)) -> Option<Self> {
        self.step(node, |state| state.items.as_deref())
    }

    fn step(&self, node: &(impl Node + ?Sized), next: impl Fn(&'s Selector<T>) -> Option<&'s Selector<T>>) -> Option<Self> {
        if self.others.is_empty() && !self.first.stays {
            return next(self.first).map(|state| Self::reached(state, node));
        }
        let stay = |state: &'s Selector<T>| state.stays.then_some(state);
        let mut states = self.states().flat_map(|state| [stay(state), next(state)]).flatten();
        let mut cursor = Self {
            first: states.next()?,
            others: states.collect(),
        };
        cursor.close(node);
        Some(cursor)
    }
}
