//! Phases one and two: lists, then where things stand. Selects in the untouched legacy tree.

use crate::path::{Cursor, Path, Segment, Trail};
use crate::rule::{At, Facts, RuleName, Shape};
use crate::value::{Object, Value};

use super::expected::FaultKind;
use super::ledger::{Acting, Ledger, Rule, acting};

pub(super) struct Reshape<'l> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
    pub facts: &'l Facts,
}

type Walk<'s> = Cursor<'s, Rule<Shape>>;

impl Reshape<'_> {
    /// The document in its new shape. The walk goes down by the legacy's own names: what is renamed or unwrapped is so only
    /// on the way back up, so that every `from` speaks of the tree as the legacy sent it.
    pub fn root<'a>(&mut self, value: Value<'a>, cursor: &Walk<'_>) -> Value<'a> {
        let rules = self.acting(cursor, &value, None);
        self.node(value, cursor, &rules, &Trail::root())
    }

    fn node<'a>(&mut self, value: Value<'a>, cursor: &Walk<'_>, rules: &Acting<'_, Shape>, trail: &Trail<'_>) -> Value<'a> {
        let value = self.list(value, rules, trail);
        if !cursor.goes_on() {
            return value;
        }
        match value {
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| match cursor.item(&item) {
                        Some(below) => {
                            let rules = self.acting(&below, &item, None);
                            self.node(item, &below, &rules, &trail.item(index))
                        }
                        None => item,
                    })
                    .collect(),
            ),
            Value::Object(object) => self.object(object, cursor, trail),
            scalar => scalar,
        }
    }

    fn acting<'s>(&self, cursor: &Walk<'s>, node: &Value<'_>, parent: Option<&Object<'_>>) -> Acting<'s, Shape> {
        let at = At {
            node: Some(node),
            parent,
            root: None,
            facts: self.facts,
        };
        acting(cursor, &at)
    }

    fn list<'a>(&mut self, value: Value<'a>, rules: &Acting<'_, Shape>, trail: &Trail<'_>) -> Value<'a> {
        let rule = rules.iter().find(|rule| rule.act == Shape::List);
        match (rule, value) {
            (None, value) | (_, value @ Value::Array(_)) => value,
            (Some(rule), value) => {
                let before = self.ledger.before(&value);
                let list = Value::Array(vec![value]);
                self.ledger.acted((rule.number, &self.names[rule.number]), trail, before, &list);
                list
            }
        }
    }

    fn object<'a>(&mut self, mut object: Object<'a>, cursor: &Walk<'_>, trail: &Trail<'_>) -> Value<'a> {
        // All is decided before anything is changed. Of duplicate members the first is meant.
        let mut decided: Vec<(usize, Walk<'_>, Acting<'_, Shape>)> = Vec::new();
        for (place, member) in object.members.iter().enumerate() {
            if let Some(below) = cursor.member(&member.name, &member.value)
                && object.position(&member.name) == Some(place)
            {
                let rules = self.acting(&below, &member.value, Some(&object));
                decided.push((place, below, rules));
            }
        }
        let mut unwrapped = None;
        // New names are given last, so that two members may swap theirs.
        let mut renames = Vec::new();
        for (place, below, rules) in decided {
            let name = object.members[place].name.clone();
            let trail = trail.member(&name);
            let value = std::mem::replace(&mut object.members[place].value, Value::Null);
            object.members[place].value = self.node(value, &below, &rules, &trail);
            for rule in rules.iter() {
                match &rule.act {
                    Shape::List => {}
                    Shape::Rename { to } => renames.push((place, to, rule.number)),
                    Shape::Unwrap => unwrapped = Some((place, rule.number, trail.path())),
                }
            }
        }
        self.rename(&mut object, renames, trail);
        match unwrapped {
            Some((place, number, path)) => self.unwrap(object, place, number, &path, trail),
            None => Value::Object(object),
        }
    }

    fn rename(&mut self, object: &mut Object<'_>, renames: Vec<(usize, &String, usize)>, trail: &Trail<'_>) {
        let moving: Vec<usize> = renames.iter().map(|(place, ..)| *place).collect();
        let mut taken: Vec<String> = object
            .members
            .iter()
            .enumerate()
            .filter(|(place, _)| !moving.contains(place))
            .map(|(_, member)| member.name.to_string())
            .collect();
        for (place, to, number) in renames {
            let name = &self.names[number];
            let from = object.members[place].name.clone();
            let trail = trail.member(&from);
            if taken.contains(to) {
                self.ledger.fault(name, trail.path(), FaultKind::Occupied { name: to.clone() });
                continue;
            }
            taken.push(to.clone());
            let before = self.ledger.before(&Value::String(from.clone()));
            object.members[place].name = to.clone().into();
            self.ledger.acted((number, name), &trail, before, &Value::string(to.as_str()));
        }
    }

    fn unwrap<'a>(&mut self, mut object: Object<'a>, place: usize, number: usize, path: &Path, trail: &Trail<'_>) -> Value<'a> {
        let name = &self.names[number];
        if object.members.len() > 1 {
            let names = object
                .members
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .map(|(_, member)| member.name.to_string())
                .collect();
            self.ledger.fault(name, path.clone(), FaultKind::Siblings { names });
            return Value::Object(object);
        }
        let inner = object.members.swap_remove(place).value;
        let legacy_name = match path.segments().last() {
            Some(Segment::Member(name)) => name.clone(),
            _ => String::new(),
        };
        let before = self.ledger.before(&Value::Object(Object {
            members: vec![crate::value::Member {
                name: legacy_name.as_str().into(),
                value: inner.clone(),
            }],
        }));
        self.ledger.acted((number, name), &trail.member(&legacy_name), before, &inner);
        inner
    }
}
