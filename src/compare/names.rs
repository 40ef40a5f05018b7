//! The names of an object's members. Small objects are searched, large ones are indexed.

use std::collections::BTreeMap;

use crate::value::Object;

use super::equal::{FEW, repeats};

pub(super) enum Names<'o> {
    Few { object: &'o Object<'o>, repeated: bool },
    Many(BTreeMap<&'o str, (usize, usize)>),
}

impl<'o> Names<'o> {
    pub fn of(object: &'o Object<'_>) -> Self {
        let members = &object.members;
        if members.len() <= FEW {
            let repeated = repeats(object);
            return Self::Few { object, repeated };
        }
        let mut names = BTreeMap::new();
        for (place, member) in members.iter().enumerate() {
            names.entry(&*member.name).or_insert((place, 0)).1 += 1;
        }
        Self::Many(names)
    }

    /// The place of the first member of that name.
    pub fn first(&self, name: &str) -> Option<usize> {
        match self {
            Self::Few { object, .. } => object.position(name),
            Self::Many(names) => names.get(name).map(|(place, _)| *place),
        }
    }

    /// How often that name occurs.
    pub fn times(&self, name: &str) -> usize {
        match self {
            Self::Few { object, repeated: true } => object.members.iter().filter(|member| member.name == name).count(),
            Self::Few { object, repeated: false } => usize::from(object.position(name).is_some()),
            Self::Many(names) => names.get(name).map_or(0, |(_, times)| *times),
        }
    }

    /// Whether the member at that place is the first of its name.
    pub fn is_first(&self, name: &str, place: usize) -> bool {
        matches!(self, Self::Few { repeated: false, .. }) || self.first(name) == Some(place)
    }

    /// Whether any name occurs more than once.
    pub fn repeat(&self) -> bool {
        match self {
            Self::Few { repeated, .. } => *repeated,
            Self::Many(names) => names.values().any(|(_, times)| *times > 1),
        }
    }
}
