//! The last phase: members that the candidate owes although the legacy does not say them.

use crate::path::{Cursor, Pattern};
use crate::rule::{At, Choice, Facts, Supply};
use crate::value::{Object, Value};

use super::ledger::Rule;

/// A rule of the last phase, at the object in which its member stands.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    pub name: String,
    pub supply: Supply,
}

/// A member that an object gets.
pub(super) struct Given<'s> {
    pub number: usize,
    pub name: &'s str,
    pub value: &'s Value<'static>,
}

/// A pattern's object and the name of the member in it; `None` for a pattern that does not end with a name.
pub(super) fn split(pattern: &Pattern) -> Option<(Pattern, &str)> {
    let name = pattern.last_name()?;
    let mut above = pattern.parts().to_vec();
    above.truncate(above.len() - 1 - pattern.last_filters().len());
    Some((Pattern::new(above), name))
}

/// What an object gets; decided before any of its members is changed.
pub(super) fn given<'s>(cursor: &Cursor<'s, Rule<Owed>>, object: &Object<'_>, facts: &Facts) -> Vec<Given<'s>> {
    let mut given: Vec<Given<'s>> = cursor.here().filter_map(|rule| one(rule, object, facts)).collect();
    given.sort_by(|a, b| a.name.cmp(b.name));
    given
}

fn one<'s>(rule: &'s Rule<Owed>, object: &Object<'_>, facts: &Facts) -> Option<Given<'s>> {
    let Owed { name, supply } = &rule.act;
    let present = object.get(name);
    let at = At {
        node: present,
        parent: Some(object),
        root: None,
        facts,
    };
    if rule.when.as_ref().is_some_and(|when| !when.holds(&at)) {
        return None;
    }
    let value = match supply {
        Supply::Default(choices) => {
            let holds = |choice: &&Choice| choice.when.as_ref().is_none_or(|when| when.holds(&at));
            &choices.iter().find(holds).filter(|_| present.is_none())?.value
        }
        Supply::Constant(value) => value,
    };
    Some(Given {
        number: rule.number,
        name,
        value,
    })
}
