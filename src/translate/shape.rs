//! Phases one and two: lists, then where things stand. Selects in the untouched legacy tree.

use crate::path::{Segment, Selector, Step};
use crate::rule::{RuleName, Shape};
use crate::value::{Object, Value};

use super::expected::FaultKind;
use super::ledger::{Ledger, Rule};

pub(super) struct Reshape<'l> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
}

impl Reshape<'_> {
    /// The node in its new shape. The walk goes down by the legacy's own names: what is renamed or unwrapped is so only on
    /// the way back up, so that every `from` speaks of the tree as the legacy sent it.
    pub fn node<'a, 'p>(&mut self, value: Value<'a>, selector: &'p Selector<Rule<Shape>>, steps: &mut Vec<Step<'p>>) -> Value<'a> {
        let value = self.list(value, selector, steps);
        match value {
            Value::Array(items) => match selector.items() {
                Some(below) => Value::Array(
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(index, item)| {
                            steps.push(Step::Index(index));
                            let item = self.node(item, below, steps);
                            steps.pop();
                            item
                        })
                        .collect(),
                ),
                None => Value::Array(items),
            },
            Value::Object(object) => self.object(object, selector, steps),
            scalar => scalar,
        }
    }

    fn list<'a>(&mut self, value: Value<'a>, selector: &Selector<Rule<Shape>>, steps: &[Step<'_>]) -> Value<'a> {
        let rule = selector.here().iter().find(|rule| rule.act == Shape::List);
        match (rule, value) {
            (None, value) | (_, value @ Value::Array(_)) => value,
            (Some(rule), value) => {
                let before = self.ledger.before(&value);
                let list = Value::Array(vec![value]);
                self.ledger.acted((rule.number, &self.names[rule.number]), steps, before, &list);
                list
            }
        }
    }

    fn object<'a, 'p>(&mut self, mut object: Object<'a>, selector: &'p Selector<Rule<Shape>>, steps: &mut Vec<Step<'p>>) -> Value<'a> {
        let mut unwrapped = None;
        // New names are given last, so that two members may swap theirs.
        let mut renames = Vec::new();
        for (name, below) in selector.members() {
            let Some(place) = object.position(name) else { continue };
            steps.push(Step::Member(name));
            let value = std::mem::replace(&mut object.members[place].value, Value::Null);
            object.members[place].value = self.node(value, below, steps);
            for rule in below.here() {
                match &rule.act {
                    Shape::List => {}
                    Shape::Rename { to } => renames.push((place, to, rule.number, steps.clone())),
                    Shape::Unwrap => unwrapped = Some((place, rule.number, steps.clone())),
                }
            }
            steps.pop();
        }
        self.rename(&mut object, renames);
        match unwrapped {
            Some((place, number, steps)) => self.unwrap(object, place, number, &steps),
            None => Value::Object(object),
        }
    }

    fn rename(&mut self, object: &mut Object<'_>, renames: Vec<(usize, &String, usize, Vec<Step<'_>>)>) {
        let moving: Vec<usize> = renames.iter().map(|(place, ..)| *place).collect();
        let mut taken: Vec<String> = object
            .members
            .iter()
            .enumerate()
            .filter(|(place, _)| !moving.contains(place))
            .map(|(_, member)| member.name.to_string())
            .collect();
        for (place, to, number, steps) in renames {
            let name = &self.names[number];
            if taken.contains(to) {
                self.ledger
                    .fault(name, steps.into_iter().collect(), FaultKind::Occupied { name: to.clone() });
                continue;
            }
            taken.push(to.clone());
            let before = self.ledger.before(&Value::String(object.members[place].name.clone()));
            object.members[place].name = to.clone().into();
            self.ledger.acted((number, name), &steps, before, &Value::string(to.as_str()));
        }
    }

    fn unwrap<'a>(&mut self, mut object: Object<'a>, place: usize, number: usize, steps: &[Step<'_>]) -> Value<'a> {
        let name = &self.names[number];
        if object.members.len() > 1 {
            let names = object
                .members
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .map(|(_, member)| member.name.to_string())
                .collect();
            self.ledger
                .fault(name, steps.iter().copied().collect(), FaultKind::Siblings { names });
            return Value::Object(object);
        }
        let inner = object.members.swap_remove(place).value;
        let before = self.ledger.before(&Value::Object(Object {
            members: vec![crate::value::Member {
                name: last_name(steps).into(),
                value: inner.clone(),
            }],
        }));
        self.ledger.acted((number, name), steps, before, &inner);
        inner
    }
}

fn last_name(steps: &[Step<'_>]) -> String {
    let path: crate::path::Path = steps.iter().copied().collect();
    match path.segments().last() {
        Some(Segment::Member(name)) => name.clone(),
        _ => String::new(),
    }
}
