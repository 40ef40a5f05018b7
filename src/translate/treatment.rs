//! The later phases: value map, text, then types. Selects in the candidate's shape.

use std::borrow::Cow;

use crate::path::{Cursor, Trail};
use crate::rule::{At, Facts, RuleName, Treatment};
use crate::value::{Object, Value};

use super::expected::FaultKind;
use super::ledger::{Acting, Ledger, Rule, acting, shown};
use super::text::rewrite;
use super::types::{convert, or_keep};

pub(super) struct Treat<'l> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
    pub facts: &'l Facts,
    /// Whether any of the rules has a condition.
    pub conditional: bool,
}

/// What a treatment makes of a value.
pub(super) enum Made<'a> {
    /// Another value.
    Changed(Value<'a>),
    /// The value is what is owed already.
    Kept,
    /// The rule cannot read it; it reads this.
    Unreadable(Cow<'static, str>),
}

type Walk<'s> = Cursor<'s, Rule<Treatment>>;

impl Treat<'_> {
    /// Treats a node that is no member of an object, and all below it.
    pub fn node(&mut self, value: &mut Value<'_>, cursor: &Walk<'_>, trail: &Trail<'_>) {
        let rules = self.acting(cursor, value, None);
        self.treat(value, cursor, &rules, trail);
    }

    fn treat(&mut self, value: &mut Value<'_>, cursor: &Walk<'_>, rules: &Acting<'_, Treatment>, trail: &Trail<'_>) {
        self.act(value, rules, trail);
        if !cursor.goes_on() {
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    if let Some(below) = cursor.item(item) {
                        self.node(item, &below, &trail.item(index));
                    }
                }
            }
            Value::Object(object) if self.conditional => self.decided_members(object, cursor, trail),
            Value::Object(object) => self.members(object, cursor, trail),
            _ => {}
        }
    }

    /// Each of duplicate members is treated: which of them counts is for the comparison to report.
    fn members(&mut self, object: &mut Object<'_>, cursor: &Walk<'_>, trail: &Trail<'_>) {
        let mut treat = |name: &str, value: &mut Value<'_>| {
            if let Some(below) = cursor.member(name, value) {
                self.node(value, &below, &trail.member(name));
            }
        };
        if cursor.only().is_some() && !cursor.goes_anywhere() {
            for name in cursor.names() {
                for member in object.members.iter_mut().filter(|member| member.name == name) {
                    treat(name, &mut member.value);
                }
            }
        } else {
            for member in &mut object.members {
                treat(&member.name, &mut member.value);
            }
        }
    }

    /// As [`members`](Self::members), where conditions may look at siblings: all are decided before any member is changed.
    fn decided_members(&mut self, object: &mut Object<'_>, cursor: &Walk<'_>, trail: &Trail<'_>) {
        let decided: Vec<_> = object
            .members
            .iter()
            .map(|member| {
                let below = cursor.member(&member.name, &member.value)?;
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

    fn acting<'s>(&self, cursor: &Walk<'s>, node: &Value<'_>, parent: Option<&Object<'_>>) -> Acting<'s, Treatment> {
        let at = At {
            node: Some(node),
            parent,
            root: None,
            facts: self.facts,
        };
        acting(cursor, &at)
    }

    fn act(&mut self, value: &mut Value<'_>, rules: &Acting<'_, Treatment>, trail: &Trail<'_>) {
        let mut made_null = false;
        for rule in rules.iter() {
            if made_null {
                return;
            }
            match make(&rule.act, value, self.facts) {
                Made::Kept => {}
                Made::Changed(after) => {
                    let before = self.ledger.before(value);
                    made_null = after == Value::Null;
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
}

fn make<'a>(treatment: &Treatment, value: &Value<'a>, facts: &Facts) -> Made<'a> {
    match treatment {
        Treatment::Map(rows) => match rows.iter().find(|row| row.legacy == *value) {
            Some(row) => Made::Changed(row.candidate.clone()),
            None => Made::Kept,
        },
        Treatment::Text { text, unreadable } => or_keep(rewrite(text, value, facts), *unreadable),
        Treatment::Type { into, empty, unreadable } => or_keep(convert(into, value, *empty), *unreadable),
    }
}
