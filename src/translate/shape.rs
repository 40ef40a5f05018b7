//! The first phases: lists, forms, places. Selects in the untouched legacy tree.

use crate::path::{Cursor, Path, Trail};
use crate::rule::{At, Facts, Phase, RuleName, Shape};
use crate::value::{Member, Object, Value};

use super::expected::FaultKind;
use super::forms::{Formed, formed, listed};
use super::ledger::{Acting, Ledger, Rule, acting};
use super::moves::{Moving, Route};

/// A shape rule at one of its patterns.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub shape: Shape,
    /// Where a `move` goes.
    pub route: Option<Route>,
}

pub(super) struct Reshape<'l, 'a> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
    pub facts: &'l Facts,
    /// Nodes that were taken from their place and not put to another one yet, in the order of the document.
    pub moving: Vec<Moving<'a>>,
}

type Walk<'s> = Cursor<'s, Rule<Act>>;
type Rules<'s> = Acting<'s, Act>;

/// Where the walk stands.
#[derive(Clone, Copy)]
struct Here<'t> {
    trail: &'t Trail<'t>,
    depth: usize,
    /// Whether it is inside of what is dropped.
    lost: bool,
    /// The rule that made the list of which this is an item: it does not make one of the item again.
    made: Option<usize>,
}

impl Here<'_> {
    /// One step further down.
    const fn below<'t>(self, trail: &'t Trail<'t>) -> Here<'t> {
        Here {
            trail,
            depth: self.depth + 1,
            lost: self.lost,
            made: None,
        }
    }
}

/// What is left in a node's place.
enum Left<'a> {
    /// The node.
    Node(Value<'a>),
    /// Nothing: a rule took it away.
    Nothing,
    /// Nothing: moves took everything out of it.
    Emptied,
}

/// A node whose inside is done.
struct Inside<'a> {
    value: Value<'a>,
    emptied: bool,
}

impl<'a> Reshape<'_, 'a> {
    /// The document in its new shape. The walk goes down by the legacy's own names: what is renamed, moved or unwrapped is so
    /// only on the way back up, so that every `from` speaks of the tree as the legacy sent it.
    pub fn root(&mut self, value: Value<'a>, cursor: &Walk<'_>) -> Value<'a> {
        let rules = self.acting(cursor, &value, None);
        let here = Here {
            trail: &Trail::root(),
            depth: 0,
            lost: false,
            made: None,
        };
        match self.node(value, cursor, &rules, here) {
            Left::Node(value) => value,
            Left::Nothing | Left::Emptied => Value::Object(Object::default()),
        }
    }

    fn acting<'s>(&self, cursor: &Walk<'s>, node: &Value<'_>, parent: Option<&Object<'_>>) -> Rules<'s> {
        let at = At {
            node: Some(node),
            parent,
            root: None,
            facts: self.facts,
        };
        acting(cursor, &at)
    }

    /// One node with all below it. Inside of what is dropped only lists are made and nodes are moved out: nothing else would
    /// be seen.
    fn node(&mut self, value: Value<'a>, cursor: &Walk<'_>, rules: &Rules<'_>, mut here: Here<'_>) -> Left<'a> {
        let place = rules.iter().find(|rule| matches!(rule.act.shape, Shape::Move { .. } | Shape::Drop));
        let dropped = place.is_some_and(|rule| rule.act.shape == Shape::Drop);
        here.lost |= dropped;
        let (waiting, trail) = (self.moving.len(), here.trail);

        let mut value = value;
        let list = rules.iter().find(|rule| rule.act.shape.phase() == Phase::Lists);
        let made = here.made.take();
        if let Some(rule) = list.filter(|rule| made != Some(rule.number)) {
            let was_list = matches!(value, Value::Array(_));
            value = self.change(value, rule, trail, listed);
            here.made = (!was_list).then_some(rule.number);
        }
        // A list is cut before its items are looked at: what is cut off is not there any more.
        let cut = rules.iter().find(|rule| matches!(rule.act.shape, Shape::First { .. }));
        if let Some(rule) = cut.filter(|_| !here.lost) {
            value = self.change(value, rule, trail, formed);
        }
        let mut inside = if cursor.goes_on() {
            self.inside(value, cursor, here)
        } else {
            Inside { value, emptied: false }
        };
        let form = |rule: &&Rule<Act>| rule.act.shape.phase() == Phase::Form && !matches!(rule.act.shape, Shape::First { .. });
        if let Some(rule) = rules.iter().find(form).filter(|_| !here.lost && !inside.emptied) {
            inside.value = self.change(inside.value, rule, trail, formed);
        }
        self.settle(&mut inside, waiting, here.depth);
        if inside.emptied {
            return Left::Emptied;
        }
        match place {
            Some(rule) if dropped => {
                let before = self.ledger.before(&inside.value);
                self.ledger.noted(
                    (rule.number, &self.names[rule.number]),
                    || trail.path(),
                    before,
                    "nothing".to_owned(),
                );
                Left::Nothing
            }
            Some(rule) => {
                if let Some(route) = &rule.act.route {
                    self.moving.push(Moving::new(rule.number, trail.path(), route, inside.value));
                }
                Left::Nothing
            }
            None => Left::Node(inside.value),
        }
    }

    fn inside(&mut self, value: Value<'a>, cursor: &Walk<'_>, here: Here<'_>) -> Inside<'a> {
        match value {
            Value::Array(items) if cursor.goes_into_items() => self.items(items, cursor, here),
            Value::Object(object) => self.object(object, cursor, here),
            value => Inside { value, emptied: false },
        }
    }

    fn items(&mut self, items: Vec<Value<'a>>, cursor: &Walk<'_>, here: Here<'_>) -> Inside<'a> {
        let waiting = self.moving.len();
        let mut kept = Vec::with_capacity(items.len());
        let mut places = Vec::new();
        let (mut whole, mut moved) = (0, false);
        for (index, item) in items.into_iter().enumerate() {
            let left = match cursor.item(&item) {
                Some(below) => {
                    let rules = self.acting(&below, &item, None);
                    let taken = self.moving.len();
                    let trail = here.trail.item(index);
                    let item_here = Here {
                        made: here.made,
                        ..here.below(&trail)
                    };
                    let left = self.node(item, &below, &rules, item_here);
                    moved |= self.moving.len() > taken;
                    left
                }
                None => Left::Node(item),
            };
            let item = match left {
                Left::Node(item) => {
                    whole += 1;
                    Some(item)
                }
                // An item that has become empty is still an item, unless they all have.
                Left::Emptied => {
                    moved = true;
                    Some(Value::Object(Object::default()))
                }
                Left::Nothing => None,
            };
            match item {
                Some(item) => {
                    if !places.is_empty() {
                        places.push(Some(kept.len()));
                    }
                    kept.push(item);
                }
                None => {
                    if places.is_empty() {
                        places = (0..index).map(Some).collect();
                    }
                    places.push(None);
                }
            }
        }
        if !places.is_empty() {
            for moving in &mut self.moving[waiting..] {
                moving.renumber(here.depth, &places);
            }
        }
        Inside {
            emptied: whole == 0 && moved,
            value: Value::Array(kept),
        }
    }

    fn object(&mut self, object: Object<'a>, cursor: &Walk<'_>, here: Here<'_>) -> Inside<'a> {
        let trail = here.trail;
        // All is decided before anything is changed.
        let decided: Vec<Option<(Walk<'_>, Rules<'_>)>> = object
            .members
            .iter()
            .map(|member| {
                let below = cursor.member(&member.name, &member.value)?;
                let rules = self.acting(&below, &member.value, Some(&object));
                Some((below, rules))
            })
            .collect();
        if decided.iter().all(Option::is_none) {
            return Inside {
                value: Value::Object(object),
                emptied: false,
            };
        }
        let mut kept = Object {
            members: Vec::with_capacity(object.members.len()),
        };
        let mut renames = Vec::new();
        let mut unwraps = Vec::new();
        let mut moved = false;
        for (Member { name, value }, decided) in object.members.into_iter().zip(decided) {
            let value = match decided {
                None => value,
                Some((below, rules)) => {
                    let taken = self.moving.len();
                    let left = self.node(value, &below, &rules, here.below(&trail.member(&name)));
                    match left {
                        Left::Node(value) => {
                            for rule in rules.iter().filter(|_| !here.lost) {
                                match &rule.act.shape {
                                    Shape::Rename { to } => renames.push((kept.members.len(), to.as_str(), rule.number)),
                                    Shape::Unwrap => unwraps.push((kept.members.len(), rule.number)),
                                    _ => {}
                                }
                            }
                            value
                        }
                        Left::Emptied => {
                            moved = true;
                            continue;
                        }
                        Left::Nothing => {
                            moved |= self.moving.len() > taken;
                            continue;
                        }
                    }
                }
            };
            kept.members.push(Member { name, value });
        }
        let emptied = kept.members.is_empty() && moved;
        // Names are kept as the legacy's until all is said: places in messages are the legacy's.
        let names: Vec<_> = unwraps.iter().map(|(place, _)| kept.members[*place].name.clone()).collect();
        self.rename(&mut kept, renames, trail);
        for ((place, number), name) in unwraps.into_iter().zip(names) {
            if kept.members.len() == 1 {
                return Inside {
                    value: self.unwrap(kept, &name, number, trail),
                    emptied,
                };
            }
            let others = kept.members.iter().enumerate().filter(|(other, _)| *other != place);
            let names = others.map(|(_, member)| member.name.to_string()).collect();
            let path = trail.member(&name).path();
            self.ledger.fault(&self.names[number], path, FaultKind::Siblings { names });
        }
        Inside {
            value: Value::Object(kept),
            emptied,
        }
    }

    /// New names are given last, so that two members may swap theirs.
    fn rename(&mut self, object: &mut Object<'a>, renames: Vec<(usize, &str, usize)>, trail: &Trail<'_>) {
        if renames.is_empty() {
            return;
        }
        let mut taken: Vec<(String, Option<String>)> = Vec::new();
        for (place, member) in object.members.iter().enumerate() {
            let wanted = renames.iter().any(|(_, to, _)| member.name == *to);
            if wanted && !renames.iter().any(|(renamed, ..)| *renamed == place) {
                taken.push((member.name.to_string(), None));
            }
        }
        for (place, to, number) in renames {
            let name = &self.names[number];
            let from = object.members[place].name.clone();
            let trail = trail.member(&from);
            // Members of one name stay members of one name: that there are two is for the comparison to report.
            let other = taken.iter().any(|(known, by)| known == to && by.as_deref() != Some(&from));
            if other {
                self.ledger.fault(name, trail.path(), FaultKind::Occupied { name: to.to_owned() });
                continue;
            }
            taken.push((to.to_owned(), Some(from.to_string())));
            let before = self.ledger.before(&Value::String(from.clone()));
            object.members[place].name = to.to_owned().into();
            self.ledger.acted((number, name), &trail, before, &Value::string(to));
        }
    }

    fn unwrap(&mut self, mut object: Object<'a>, legacy_name: &str, number: usize, trail: &Trail<'_>) -> Value<'a> {
        let before = match object.members.first() {
            Some(only) => self.ledger.before_with(|| {
                Value::Object(Object {
                    members: vec![Member {
                        name: legacy_name.into(),
                        value: only.value.clone(),
                    }],
                })
            }),
            None => None,
        };
        let inner = object.members.pop().map_or(Value::Null, |member| member.value);
        let name = &self.names[number];
        self.ledger.acted((number, name), &trail.member(legacy_name), before, &inner);
        inner
    }

    /// Makes another node of this one, as the rule says.
    fn change(
        &mut self,
        value: Value<'a>,
        rule: &Rule<Act>,
        trail: &Trail<'_>,
        make: impl FnOnce(&Shape, Value<'a>) -> Formed<'a>,
    ) -> Value<'a> {
        let name = &self.names[rule.number];
        let before = self.ledger.before(&value);
        match make(&rule.act.shape, value) {
            Formed::Changed(value) => {
                self.ledger.acted((rule.number, name), trail, before, &value);
                value
            }
            Formed::Kept(value) => value,
            Formed::Refused(value, kind) => {
                self.ledger.fault(name, trail.path(), kind);
                value
            }
        }
    }

    /// Puts the nodes that were taken from below this one, and go to a place below it, to that place.
    fn settle(&mut self, inside: &mut Inside<'a>, waiting: usize, depth: usize) {
        if self.moving[waiting..].iter().all(|moving| moving.base != depth) {
            return;
        }
        let (here, above): (Vec<_>, Vec<_>) = self.moving.drain(waiting..).partition(|moving| moving.base == depth);
        self.moving.extend(above);
        for moving in here {
            let (number, from) = (moving.rule, moving.from.clone());
            let name = &self.names[number];
            if inside.emptied && !matches!(inside.value, Value::Object(_)) {
                inside.value = Value::Object(Object::default());
            }
            match moving.settle(&mut inside.value, inside.emptied) {
                Ok(way) => {
                    inside.emptied = false;
                    let before = self.ledger.before(&Value::string(from.to_string()));
                    let base: Path = from.segments()[..depth].iter().cloned().collect();
                    let after = if depth == 0 {
                        way.to_string()
                    } else {
                        format!("{way} below {base}")
                    };
                    self.ledger.noted((number, name), || from, before, format!("\"{after}\""));
                }
                Err(kind) => self.ledger.fault(name, from, kind),
            }
        }
    }
}
