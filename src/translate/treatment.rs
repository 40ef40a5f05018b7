//! The later phases: value map, then types. Selects in the candidate's shape.

use crate::path::{Selector, Step};
use crate::rule::{RuleName, Treatment};
use crate::value::Value;

use super::expected::FaultKind;
use super::ledger::{Ledger, Rule, shown};
use super::types::{boolean, integer, number, or_empty};

pub(super) struct Treat<'l> {
    pub ledger: &'l mut Ledger,
    pub names: &'l [RuleName],
}

/// What a treatment makes of a value.
pub(super) enum Made<'a> {
    /// Another value.
    Changed(Value<'a>),
    /// The value is what is owed already.
    Kept,
    /// The rule cannot read it; it reads this.
    Unreadable(&'static str),
}

impl Treat<'_> {
    pub fn node<'p>(&mut self, value: &mut Value<'_>, selector: &'p Selector<Rule<Treatment>>, steps: &mut Vec<Step<'p>>) {
        self.here(value, selector.here(), steps);
        if !selector.goes_on() {
            return;
        }
        match value {
            Value::Array(items) => {
                if let Some(below) = selector.items() {
                    for (index, item) in items.iter_mut().enumerate() {
                        steps.push(Step::Index(index));
                        self.node(item, below, steps);
                        steps.pop();
                    }
                }
            }
            Value::Object(object) => {
                for (name, below) in selector.members() {
                    // Each of duplicate members is treated: which of them counts is for the comparison to report.
                    for member in object.members.iter_mut().filter(|member| member.name == name) {
                        steps.push(Step::Member(name));
                        self.node(&mut member.value, below, steps);
                        steps.pop();
                    }
                }
            }
            _ => {}
        }
    }

    fn here(&mut self, value: &mut Value<'_>, rules: &[Rule<Treatment>], steps: &[Step<'_>]) {
        let mut made_null = false;
        for rule in rules {
            if made_null {
                return;
            }
            match make(&rule.act, value) {
                Made::Kept => {}
                Made::Changed(after) => {
                    let before = self.ledger.before(value);
                    made_null = after == Value::Null;
                    *value = after;
                    self.ledger.acted((rule.number, &self.names[rule.number]), steps, before, value);
                }
                Made::Unreadable(wanted) => {
                    let kind = FaultKind::Unreadable {
                        wanted,
                        found: shown(value),
                    };
                    self.ledger.fault(&self.names[rule.number], steps.iter().copied().collect(), kind);
                    return;
                }
            }
        }
    }
}

fn make<'a>(treatment: &Treatment, value: &Value<'a>) -> Made<'a> {
    match treatment {
        Treatment::Map(rows) => match rows.iter().find(|row| row.legacy == *value) {
            Some(row) => Made::Changed(row.candidate.clone()),
            None => Made::Kept,
        },
        Treatment::Integer { empty } => or_empty(value, *empty, integer),
        Treatment::Number { empty } => or_empty(value, *empty, number),
        Treatment::Boolean { spellings, empty } => or_empty(value, *empty, |value| boolean(value, spellings)),
    }
}
