//! Translations of the first phases: lists, what a node is made of, where it stands. They select in the untouched legacy tree.

use crate::path::Pattern;

use super::translation::Phase;
use super::treatment::Empty;

/// Where things stand and what they are made of.
///
/// The rules of one phase act on different nodes; of different phases, one node may have one each: a list of one that is
/// also renamed.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An element or a list of them becomes a list, so that `*` sees its items.
    List,
    /// A text becomes the list of its parts; an empty one the empty list.
    Split {
        /// What stands between two parts.
        separator: String,
        /// Whether blanks around each part are dropped.
        trim: bool,
    },
    /// A list of one becomes its element.
    Single {
        /// What a list of none becomes.
        empty: Empty,
    },
    /// A list is cut to its first items.
    First {
        /// How many are kept.
        count: usize,
    },
    /// An object of equally long lists becomes a list of objects.
    RowsFromColumns,
    /// A list of objects with the same members becomes an object of lists.
    ColumnsFromRows,
    /// An object becomes a list of its members: `{a: 1}` becomes `[{key: "a", value: 1}]`.
    ListFromEntries(Entry),
    /// A list of named values becomes an object: `[{key: "a", value: 1}]` becomes `{a: 1}`.
    EntriesFromList(Entry),
    /// The node becomes the only member of an object in its place.
    Wrap {
        /// The member's name.
        name: String,
    },
    /// The node takes the place of the object around it, of which it must be the only member.
    Unwrap,
    /// The member stays where it is under another name.
    Rename {
        /// The name in the candidate's shape.
        to: String,
    },
    /// The node goes elsewhere; objects that this empties go too.
    Move {
        /// Where to, in the candidate's shape. Its `*` take the indexes of those of the node's own pattern, in order; its
        /// `**` is the place where that of the node's own pattern ended.
        to: Pattern,
    },
    /// The node goes.
    Drop,
}

/// The names of the two members of a listed entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The member that holds the name.
    pub key: String,
    /// The member that holds the value.
    pub value: String,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            key: "key".to_owned(),
            value: "value".to_owned(),
        }
    }
}

impl Shape {
    /// The word that declares it: `unwrap`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Split { .. } => "split",
            Self::Single { .. } => "single",
            Self::First { .. } => "first",
            Self::RowsFromColumns => "rows_from_columns",
            Self::ColumnsFromRows => "columns_from_rows",
            Self::ListFromEntries(_) => "list_from_entries",
            Self::EntriesFromList(_) => "entries_from_list",
            Self::Wrap { .. } => "wrap",
            Self::Unwrap => "unwrap",
            Self::Rename { .. } => "rename",
            Self::Move { .. } => "move",
            Self::Drop => "drop",
        }
    }

    /// When it acts.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::List | Self::Split { .. } => Phase::Lists,
            Self::Single { .. }
            | Self::First { .. }
            | Self::RowsFromColumns
            | Self::ColumnsFromRows
            | Self::ListFromEntries(_)
            | Self::EntriesFromList(_)
            | Self::Wrap { .. } => Phase::Form,
            Self::Unwrap | Self::Rename { .. } | Self::Move { .. } | Self::Drop => Phase::Place,
        }
    }

    /// What its name says after the path: ` to trace`.
    #[must_use]
    pub fn suffix(&self) -> String {
        match self {
            Self::Rename { to } => format!(" to {to}"),
            Self::Move { to } => format!(" to {to}"),
            Self::Wrap { name } => format!(" in {name}"),
            Self::First { count } => format!(" {count}"),
            _ => String::new(),
        }
    }
}
