//! Nodes on their way to another place.

use crate::path::{Part, Path, Pattern, Segment};
use crate::value::{Member, Object, Value};

use super::expected::FaultKind;

/// Where the nodes of one pattern go, worked out once.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// How many steps above the node the way begins: at the end of its `**`; `None` is the root.
    up: Option<usize>,
    /// For each `*` after the `**`, how many steps above the node its item stands.
    items: Vec<usize>,
    /// The way from there, in the candidate's shape.
    down: Vec<Part>,
}

impl Route {
    pub fn new(from: &Pattern, to: &Pattern) -> Self {
        let from = from.unfiltered();
        let steps = after_deep(from.parts());
        Self {
            up: (steps.len() < from.parts().len()).then_some(steps.len()),
            items: (0..steps.len())
                .filter(|at| steps[*at] == Part::Items)
                .map(|at| steps.len() - at - 1)
                .collect(),
            down: after_deep(to.parts()).to_vec(),
        }
    }
}

fn after_deep(parts: &[Part]) -> &[Part] {
    match parts.iter().position(|part| *part == Part::Deep) {
        Some(deep) => &parts[deep + 1..],
        None => parts,
    }
}

/// A node that was taken from its place.
pub(super) struct Moving<'a> {
    /// The rule's number.
    pub rule: usize,
    /// Where it stood.
    pub from: Path,
    /// How deep the node stands below which it goes.
    pub base: usize,
    value: Value<'a>,
    items: Vec<Item>,
    down: Vec<Part>,
}

/// A list item that the node stood in.
struct Item {
    /// How deep its list stands.
    list: usize,
    /// Its place, which changes when items before it go; `None` when it is gone itself.
    index: Option<usize>,
}

impl<'a> Moving<'a> {
    pub fn new(rule: usize, from: Path, route: &Route, value: Value<'a>) -> Self {
        let depth = from.segments().len();
        let item = |up: &usize| {
            let list = depth.saturating_sub(up + 1);
            let index = match from.segments().get(list) {
                Some(Segment::Index(index)) => Some(*index),
                _ => None,
            };
            Item { list, index }
        };
        Self {
            rule,
            base: route.up.map_or(0, |up| depth.saturating_sub(up)),
            items: route.items.iter().map(item).collect(),
            down: route.down.clone(),
            from,
            value,
        }
    }

    /// Learns where the items of the list at that depth are now.
    pub fn renumber(&mut self, list: usize, places: &[Option<usize>]) {
        for item in self.items.iter_mut().filter(|item| item.list == list) {
            item.index = item.index.and_then(|index| places.get(index).copied().flatten());
        }
    }

    /// Puts the node below `base`; gives the way that it went.
    pub fn settle(self, base: &mut Value<'a>, emptied: bool) -> Result<Path, FaultKind> {
        let mut items = self.items.iter().map(|item| item.index);
        let mut way = Path::root();
        for part in &self.down {
            way = way.join(match part {
                Part::Name(name) => Segment::Member(name.clone()),
                _ => match items.next().flatten() {
                    Some(index) => Segment::Index(index),
                    None => {
                        return Err(FaultKind::NoPlace {
                            to: Pattern::new(self.down).to_string(),
                            reason: "the list item in which it stood is gone".to_owned(),
                        });
                    }
                },
            });
        }
        put(base, &way, self.value, emptied)?;
        Ok(way)
    }
}

fn no_place(way: &Path, reason: impl Into<String>) -> FaultKind {
    FaultKind::NoPlace {
        to: way.to_string(),
        reason: reason.into(),
    }
}

/// Puts a value where nothing stands, making the objects and lists on the way.
fn put<'a>(base: &mut Value<'a>, way: &Path, value: Value<'a>, emptied: bool) -> Result<(), FaultKind> {
    let Some((last, above)) = way.segments().split_last() else {
        if emptied {
            *base = value;
            return Ok(());
        }
        return Err(no_place(way, "something is left there"));
    };
    let mut node = base;
    for (at, segment) in above.iter().enumerate() {
        let next = &way.segments()[at + 1];
        node = enter(node, segment, next).map_err(|reason| no_place(way, reason))?;
    }
    match (node, last) {
        (Value::Object(object), Segment::Member(name)) => {
            if object.get(name).is_some() {
                return Err(no_place(way, "another member stands there"));
            }
            object.members.push(Member {
                name: name.clone().into(),
                value,
            });
            Ok(())
        }
        (Value::Array(items), Segment::Index(index)) if *index == items.len() => {
            items.push(value);
            Ok(())
        }
        (Value::Array(items), Segment::Index(index)) if *index < items.len() => Err(no_place(way, "another item stands there")),
        (Value::Array(items), Segment::Index(_)) => Err(no_place(way, format!("the list there has {} items", items.len()))),
        (other, _) => Err(no_place(way, format!("it would stand in {}", other.kind().with_article()))),
    }
}

/// One step further, into something new where nothing is.
fn enter<'v, 'a>(node: &'v mut Value<'a>, segment: &Segment, next: &Segment) -> Result<&'v mut Value<'a>, String> {
    let new = || match next {
        Segment::Member(_) => Value::Object(Object::default()),
        Segment::Index(_) => Value::Array(Vec::new()),
    };
    match (node, segment) {
        (Value::Object(object), Segment::Member(name)) => {
            let place = object.position(name).unwrap_or_else(|| {
                object.members.push(Member {
                    name: name.clone().into(),
                    value: new(),
                });
                object.members.len() - 1
            });
            Ok(&mut object.members[place].value)
        }
        (Value::Array(items), Segment::Index(index)) => {
            if *index == items.len() {
                items.push(new());
            }
            let length = items.len();
            items.get_mut(*index).ok_or_else(|| format!("a list on the way has {length} items"))
        }
        (other, _) => Err(format!("{} stands on the way", other.kind().with_article())),
    }
}
