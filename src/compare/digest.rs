//! Digests of values: equal values have equal ones, so that the items of a multiset are found and not searched.

use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::DefaultHashBuilder;

use crate::rule::ComparisonRule;
use crate::value::{Decimal, Object, Value};

use super::comparer::Act;
use super::walk::{Rules, Walk};

/// Makes digests that hold within one list.
#[derive(Default)]
pub(super) struct Digester {
    state: DefaultHashBuilder,
}

/// What a node's digest leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loose {
    Nothing,
    /// The order of items.
    Order,
    /// Everything.
    All,
}

impl Digester {
    /// A value as it is compared where no rule speaks; a number by its value.
    pub fn plain(&self, value: &Value<'_>) -> u64 {
        self.value(value, None)
    }

    /// A value as it is compared under the rules that may stand below a multiset: lists whose order does not count, and nodes
    /// that are ignored.
    pub fn ruled<'v>(&self, walk: &Walk<'v>, value: &'v Value<'v>, rules: &Rules<'v>) -> u64 {
        match rules {
            None => self.plain(value),
            rules => self.value(value, Some((walk, rules, None))),
        }
    }

    fn value<'v>(&self, value: &'v Value<'v>, at: Option<(&Walk<'v>, &Rules<'v>, Option<&'v Object<'v>>)>) -> u64 {
        let mut loose = Loose::Nothing;
        if let Some((walk, rules, parent)) = at {
            let rule = walk.rule(rules, Some(value), parent).map(|place| &walk.rule_at(place).act);
            loose = match rule {
                Some(Act::Declared(ComparisonRule::Ignore)) => Loose::All,
                Some(Act::Declared(ComparisonRule::Unordered { .. })) => Loose::Order,
                _ => Loose::Nothing,
            };
        }
        if loose == Loose::All {
            return 0;
        }
        match value {
            Value::Null => self.state.hash_one(0_u8),
            Value::Bool(value) => self.state.hash_one((1_u8, value)),
            Value::Number(number) => self.number(&number.text),
            Value::String(text) => self.state.hash_one((3_u8, &**text)),
            Value::Array(items) => {
                let below = |item: &'v Value<'v>| match at {
                    Some((walk, rules, _)) => self.ruled(walk, item, &rules.as_ref().and_then(|rules| rules.item(item))),
                    None => self.value(item, None),
                };
                if loose == Loose::Order {
                    let sum = items.iter().fold(0_u64, |sum, item| sum.wrapping_add(below(item)));
                    return self.state.hash_one((4_u8, sum, items.len()));
                }
                let mut hasher = self.state.build_hasher();
                5_u8.hash(&mut hasher);
                for item in items {
                    hasher.write_u64(below(item));
                }
                hasher.finish()
            }
            Value::Object(object) => {
                let sum = object.members.iter().fold(0_u64, |sum, member| {
                    let value = match at {
                        Some((walk, rules, _)) => {
                            let below = rules.as_ref().and_then(|rules| rules.member(&member.name, &member.value));
                            match below {
                                None => self.plain(&member.value),
                                below => self.value(&member.value, Some((walk, &below, Some(object)))),
                            }
                        }
                        None => self.value(&member.value, None),
                    };
                    // What is ignored may as well be absent.
                    if value == 0 {
                        sum
                    } else {
                        sum.wrapping_add(self.member(&member.name, value))
                    }
                });
                self.state.hash_one((6_u8, sum))
            }
        }
    }

    /// One member of an object; the digests of all are added up, as their order does not count.
    fn member(&self, name: &str, value: u64) -> u64 {
        self.state.hash_one((7_u8, name, value))
    }

    /// What an object is as it is, and without each one of its members: objects that differ in one member, or of which one
    /// lacks it, share one of these.
    pub fn without_each(&self, object: &Object<'_>) -> Vec<u64> {
        let members: Vec<u64> = object
            .members
            .iter()
            .map(|member| self.member(&member.name, self.plain(&member.value)))
            .collect();
        let sum = members.iter().fold(0_u64, |sum, member| sum.wrapping_add(*member));
        std::iter::once(sum)
            .chain(members.iter().map(|member| sum.wrapping_sub(*member)))
            .collect()
    }

    /// How a scalar reads, whatever its kind.
    pub fn text(&self, value: &Value<'_>) -> Option<u64> {
        value.scalar_text().map(|text| self.state.hash_one((9_u8, text)))
    }

    /// Equal numbers have equal digests, whatever their spelling.
    fn number(&self, text: &str) -> u64 {
        match Decimal::parse(text) {
            Some(decimal) => {
                let mut hasher = self.state.build_hasher();
                2_u8.hash(&mut hasher);
                decimal.is_negative().hash(&mut hasher);
                decimal.digits().for_each(|digit| hasher.write_u8(*digit));
                decimal.magnitude().hash(&mut hasher);
                hasher.finish()
            }
            None => self.state.hash_one((8_u8, text)),
        }
    }
}
