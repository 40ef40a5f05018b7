//! One change to a document, made in place and taken back.

use crate::path::{Path, Segment};
use crate::value::{Member, Object, Value};

/// The way to a node: the place of each child from the root down, of members as well as of items.
pub type Trail = Vec<usize>;

/// What is done to the node at the end of a [`Trail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It becomes this.
    Replace(Value<'static>),
    /// It becomes the only item of a list.
    Nest,
    /// It becomes the only member of an object, by this name.
    Wrap(&'static str),
    /// A list becomes its first item.
    Collapse,
    /// A list or an object loses all its children.
    Empty,
    /// A list or an object loses this child.
    Remove(usize),
    /// This child of a list or an object is there once more, behind itself.
    Double(usize),
    /// An item of a list stands elsewhere.
    Move {
        /// Its place.
        from: usize,
        /// Its place afterwards.
        to: usize,
    },
    /// An object gets one more member.
    Add(&'static str, Value<'static>),
    /// A member gets this name.
    Rename(usize, String),
}

/// What takes an [`Edit`] back.
#[derive(Debug)]
pub enum Undo<'a> {
    /// The node was this.
    Restore(Value<'a>),
    /// The node is the first child of what stands there.
    Unwrap,
    /// A list was its first item and these.
    Rest(Vec<Value<'a>>),
    /// The children were these.
    Items(Vec<Value<'a>>),
    /// The members were these.
    Members(Vec<Member<'a>>),
    /// An item is missing at this place.
    Item(usize, Value<'a>),
    /// A member is missing at this place.
    Member(usize, Member<'a>),
    /// The child at this place is too many.
    Remove(usize),
    /// An item stands elsewhere.
    Move(usize, usize),
    /// A member had this name.
    Name(usize, std::borrow::Cow<'a, str>),
}

const FITS: &str = "an edit is made for the node that it is applied to";

/// The node at the end of a trail.
pub fn node<'v, 'a>(root: &'v Value<'a>, trail: &[usize]) -> &'v Value<'a> {
    trail.iter().fold(root, |value, place| match value {
        Value::Array(items) => &items[*place],
        Value::Object(object) => &object.members[*place].value,
        _ => unreachable!("{FITS}"),
    })
}

fn node_mut<'v, 'a>(root: &'v mut Value<'a>, trail: &[usize]) -> &'v mut Value<'a> {
    trail.iter().fold(root, |value, place| match value {
        Value::Array(items) => &mut items[*place],
        Value::Object(object) => &mut object.members[*place].value,
        _ => unreachable!("{FITS}"),
    })
}

/// The path of the node at the end of a trail.
pub fn path(root: &Value<'_>, trail: &[usize]) -> Path {
    let mut value = root;
    trail
        .iter()
        .map(|place| match value {
            Value::Array(items) => {
                value = &items[*place];
                Segment::Index(*place)
            }
            Value::Object(object) => {
                let member = &object.members[*place];
                value = &member.value;
                Segment::Member(member.name.to_string())
            }
            _ => unreachable!("{FITS}"),
        })
        .collect()
}

/// Makes the change.
pub fn apply<'a>(root: &mut Value<'a>, trail: &[usize], edit: &Edit) -> Undo<'a> {
    let node = node_mut(root, trail);
    match edit {
        Edit::Replace(value) => Undo::Restore(std::mem::replace(node, value.clone())),
        Edit::Nest => {
            let inner = std::mem::replace(node, Value::Null);
            *node = Value::Array(vec![inner]);
            Undo::Unwrap
        }
        Edit::Wrap(name) => {
            let value = std::mem::replace(node, Value::Null);
            *node = Value::Object(Object {
                members: vec![Member {
                    name: (*name).into(),
                    value,
                }],
            });
            Undo::Unwrap
        }
        Edit::Collapse => {
            let mut items = std::mem::take(items(node));
            let rest = items.split_off(1);
            *node = items.pop().expect("a list that collapses has items");
            Undo::Rest(rest)
        }
        Edit::Empty => match node {
            Value::Array(items) => Undo::Items(std::mem::take(items)),
            Value::Object(object) => Undo::Members(std::mem::take(&mut object.members)),
            _ => unreachable!("{FITS}"),
        },
        Edit::Remove(place) => match node {
            Value::Array(items) => Undo::Item(*place, items.remove(*place)),
            Value::Object(object) => Undo::Member(*place, object.members.remove(*place)),
            _ => unreachable!("{FITS}"),
        },
        Edit::Double(place) => {
            match node {
                Value::Array(items) => items.insert(place + 1, items[*place].clone()),
                Value::Object(object) => object.members.insert(place + 1, object.members[*place].clone()),
                _ => unreachable!("{FITS}"),
            }
            Undo::Remove(place + 1)
        }
        Edit::Move { from, to } => {
            shift(items(node), *from, *to);
            Undo::Move(*to, *from)
        }
        Edit::Add(name, value) => {
            let members = members(node);
            members.push(Member {
                name: (*name).into(),
                value: value.clone(),
            });
            Undo::Remove(members.len() - 1)
        }
        Edit::Rename(place, name) => {
            let name = name.clone().into();
            Undo::Name(*place, std::mem::replace(&mut members(node)[*place].name, name))
        }
    }
}

/// Takes the change back.
pub fn undo<'a>(root: &mut Value<'a>, trail: &[usize], undo: Undo<'a>) {
    let node = node_mut(root, trail);
    match undo {
        Undo::Restore(value) => *node = value,
        Undo::Unwrap => {
            let inner = match node {
                Value::Array(items) => items.pop(),
                Value::Object(object) => object.members.pop().map(|member| member.value),
                _ => None,
            };
            *node = inner.expect(FITS);
        }
        Undo::Rest(rest) => {
            let first = std::mem::replace(node, Value::Null);
            let mut items = Vec::with_capacity(rest.len() + 1);
            items.push(first);
            items.extend(rest);
            *node = Value::Array(items);
        }
        Undo::Items(children) => *items(node) = children,
        Undo::Members(children) => *members(node) = children,
        Undo::Item(place, item) => items(node).insert(place, item),
        Undo::Member(place, member) => members(node).insert(place, member),
        Undo::Remove(place) => match node {
            Value::Array(items) => drop(items.remove(place)),
            Value::Object(object) => drop(object.members.remove(place)),
            _ => unreachable!("{FITS}"),
        },
        Undo::Move(from, to) => shift(items(node), from, to),
        Undo::Name(place, name) => members(node)[place].name = name,
    }
}

fn shift(items: &mut [Value<'_>], from: usize, to: usize) {
    if from < to {
        items[from..=to].rotate_left(1);
    } else {
        items[to..=from].rotate_right(1);
    }
}

fn items<'v, 'a>(node: &'v mut Value<'a>) -> &'v mut Vec<Value<'a>> {
    match node {
        Value::Array(items) => items,
        _ => unreachable!("{FITS}"),
    }
}

fn members<'v, 'a>(node: &'v mut Value<'a>) -> &'v mut Vec<Member<'a>> {
    match node {
        Value::Object(object) => &mut object.members,
        _ => unreachable!("{FITS}"),
    }
}
