//! The walk of the later phases: value map, text, types, defaults. Selects in the candidate's shape.

use std::collections::BTreeSet;

use crate::path::{Cursor, Path, Trail};
use crate::rule::{At, Facts, RuleName, Treatment};
use crate::value::{Member, Object, Value};

use super::expected::FaultKind;
use super::ledger::{Acting, Ledger, Rule, acting, shown};
use super::supply::{Given, Owed, given};
use super::treatment::{Made, make};

pub(super) struct Treat<'l> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
    pub facts: &'l Facts,
    /// Whether any of the rules has a condition.
    pub conditional: bool,
    /// Where a `null` stands that an earlier phase made: it is owed as it is.
    pub nulls: BTreeSet<Path>,
    /// The rules that supplied what the walk is in: none of them acts in what it made itself, or a `**` would do so for ever.
    pub supplying: Vec<usize>,
}

/// Where the walk stands among the treatments, and among what is supplied; `None` where nothing more is said.
pub(super) struct Walk<'s> {
    pub treatments: Option<Cursor<'s, Rule<Treatment>>>,
    pub supplies: Option<Cursor<'s, Rule<Owed>>>,
}

type Rules<'s> = Acting<'s, Treatment>;

impl<'s> Walk<'s> {
    fn member(&self, name: &str, value: &Value<'_>) -> Option<Self> {
        Self::of(
            self.treatments.as_ref().and_then(|cursor| cursor.member(name, value)),
            self.supplies.as_ref().and_then(|cursor| cursor.member(name, value)),
        )
    }

    fn item(&self, value: &Value<'_>) -> Option<Self> {
        Self::of(
            self.treatments.as_ref().and_then(|cursor| cursor.item(value)),
            self.supplies.as_ref().and_then(|cursor| cursor.item(value)),
        )
    }

    fn of(treatments: Option<Cursor<'s, Rule<Treatment>>>, supplies: Option<Cursor<'s, Rule<Owed>>>) -> Option<Self> {
        (treatments.is_some() || supplies.is_some()).then_some(Self { treatments, supplies })
    }

    /// The only cursor, when it stands at one place and names all members of which something is said.
    fn only(&self) -> Option<&Cursor<'s, Rule<Treatment>>> {
        let cursor = self.treatments.as_ref().filter(|_| self.supplies.is_none())?;
        (cursor.only().is_some() && !cursor.goes_anywhere()).then_some(cursor)
    }

    /// The same walk without treatments, for what is supplied.
    fn supplied(&self, name: &str, value: &Value<'_>) -> Option<Self> {
        let supplies = self.supplies.as_ref()?.member(name, value)?;
        Some(Self {
            treatments: None,
            supplies: Some(supplies),
        })
    }
}

impl Treat<'_> {
    /// Treats a node that is no member of an object, and all below it.
    pub fn node(&mut self, value: &mut Value<'_>, walk: &Walk<'_>, trail: &Trail<'_>) {
        let rules = self.acting(walk, value, None);
        self.treat(value, walk, &rules, trail);
    }

    fn treat(&mut self, value: &mut Value<'_>, walk: &Walk<'_>, rules: &Rules<'_>, trail: &Trail<'_>) {
        self.act(value, rules, trail);
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    if let Some(below) = walk.item(item) {
                        self.node(item, &below, &trail.item(index));
                    }
                }
            }
            Value::Object(object) => {
                let given = match &walk.supplies {
                    Some(supplies) => given(supplies, object, self.facts),
                    None => Vec::new(),
                };
                match walk.only() {
                    Some(cursor) if !self.conditional => self.members(object, cursor, trail),
                    _ => self.decided_members(object, walk, trail),
                }
                for given in given {
                    if !self.supplying.contains(&given.number) {
                        self.supply(object, &given, walk, trail);
                    }
                }
            }
            _ => {}
        }
    }

    /// Each of duplicate members is treated: which of them counts is for the comparison to report.
    fn members(&mut self, object: &mut Object<'_>, cursor: &Cursor<'_, Rule<Treatment>>, trail: &Trail<'_>) {
        for name in cursor.names() {
            for member in object.members.iter_mut().filter(|member| member.name == name) {
                if let Some(below) = cursor.member(name, &member.value) {
                    let below = Walk {
                        treatments: Some(below),
                        supplies: None,
                    };
                    self.node(&mut member.value, &below, &trail.member(name));
                }
            }
        }
    }

    /// As [`members`](Self::members), where conditions may look at siblings: all are decided before any member is changed.
    fn decided_members(&mut self, object: &mut Object<'_>, walk: &Walk<'_>, trail: &Trail<'_>) {
        let decided: Vec<Option<(Walk<'_>, Rules<'_>)>> = object
            .members
            .iter()
            .map(|member| {
                let below = walk.member(&member.name, &member.value)?;
                let rules = self.acting(&below, &member.value, Some(object));
                Some((below, rules))
            })
            .collect();
        for (member, decided) in object.members.iter_mut().zip(decided) {
            if let Some((below, rules)) = decided {
                self.treat(&mut member.value, &below, &rules, &trail.member(&member.name));
            }
        }
    }

    fn acting<'s>(&self, walk: &Walk<'s>, node: &Value<'_>, parent: Option<&Object<'_>>) -> Rules<'s> {
        let at = At {
            node: Some(node),
            parent,
            root: None,
            facts: self.facts,
        };
        match &walk.treatments {
            Some(cursor) => acting(cursor, &at),
            None => Acting::All(&[]),
        }
    }

    fn act(&mut self, value: &mut Value<'_>, rules: &Rules<'_>, trail: &Trail<'_>) {
        if *value == Value::Null && !self.nulls.is_empty() && self.nulls.contains(&trail.path()) {
            return;
        }
        let mut made_null = None;
        for rule in rules.iter() {
            if let Some(earlier) = made_null {
                // Said, because by its path alone the node would be the later rule's.
                self.ledger.claim(earlier, trail, true);
                return;
            }
            if rule.by_content {
                self.ledger.claim(rule.number, trail, false);
            }
            match make(&rule.act, value, self.facts) {
                Made::Kept => {}
                Made::Changed(after) => {
                    let before = self.ledger.before(value);
                    made_null = (after == Value::Null).then_some(rule.number);
                    *value = after;
                    self.ledger.acted((rule.number, &self.names[rule.number]), trail, before, value);
                }
                Made::Unreadable(wanted) => {
                    let kind = FaultKind::Unreadable {
                        wanted,
                        found: shown(value),
                    };
                    self.ledger.fault(&self.names[rule.number], trail.path(), kind);
                    return;
                }
            }
        }
    }

    fn supply(&mut self, object: &mut Object<'_>, given: &Given<'_>, walk: &Walk<'_>, trail: &Trail<'_>) {
        let trail = trail.member(given.name);
        let place = object.position(given.name);
        let before = match place {
            Some(place) => self.ledger.before(&object.members[place].value),
            None => self.ledger.before_with(|| Value::Null).map(|_| "nothing".to_owned()),
        };
        if place.is_some_and(|place| object.members[place].value == *given.value) {
            return;
        }
        self.ledger
            .acted((given.number, &self.names[given.number]), &trail, before, given.value);
        self.ledger.claim(given.number, &trail, false);
        let place = place.unwrap_or_else(|| {
            object.members.push(Member {
                name: given.name.to_owned().into(),
                value: Value::Null,
            });
            object.members.len() - 1
        });
        let value = &mut object.members[place].value;
        *value = given.value.clone();
        // Parents first: what is supplied may lack members of its own.
        if let Some(below) = walk.supplied(given.name, value) {
            self.supplying.push(given.number);
            self.node(value, &below, &trail);
            self.supplying.pop();
        }
    }
}
