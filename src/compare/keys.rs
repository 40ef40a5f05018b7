//! Row keys: which rows of two lists are the same row.
//!
//! Spelling does not count here: a row whose `fold` became `"1"` or `1.0` is still that row, and the change of its `fold`
//! one difference.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

use crate::value::{Decimal, Object, Value, compact, excerpt};

use super::equal::same_decimal;

/// The members that make a row's key, looked up where the row before had them.
pub(super) struct KeyReader<'k> {
    members: &'k [String],
    places: Vec<usize>,
}

/// One part of a key.
#[derive(Clone, Copy)]
enum Part<'v> {
    /// A number, or text that reads as one.
    Number(&'v str),
    /// Any other text.
    Text(&'v str),
    /// Anything else.
    Other(&'v Value<'v>),
    /// No such member.
    Absent,
}

impl<'k> KeyReader<'k> {
    pub fn new(members: &'k [String]) -> Self {
        Self {
            members,
            places: (0..members.len()).collect(),
        }
    }

    fn part<'v>(&mut self, object: &'v Object<'v>, which: usize) -> Part<'v> {
        let name = self.members[which].as_str();
        let place = self.places[which];
        let value = match object.members.get(place) {
            Some(member) if member.name == name => Some(&member.value),
            _ => object.position(name).map(|place| {
                self.places[which] = place;
                &object.members[place].value
            }),
        };
        value.map_or(Part::Absent, Part::of)
    }

    /// Whether two rows are the same row.
    pub fn equal(&mut self, one: &Value<'_>, other: &Value<'_>) -> bool {
        match (one, other) {
            (Value::Object(one), Value::Object(other)) => {
                (0..self.members.len()).all(|which| self.part(one, which).equals(self.part(other, which)))
            }
            (Value::Object(_), _) | (_, Value::Object(_)) => false,
            (one, other) => Part::of(one).equals(Part::of(other)),
        }
    }

    /// Whether the first row's key is smaller, in an order that all keys share; `false` also when that is not seen at once.
    pub fn ascends(&mut self, first: &Value<'_>, second: &Value<'_>) -> bool {
        let (Value::Object(first), Value::Object(second)) = (first, second) else {
            return false;
        };
        for which in 0..self.members.len() {
            match self.part(first, which).order(self.part(second, which)) {
                Some(Ordering::Less) => return true,
                Some(Ordering::Equal) => {}
                Some(Ordering::Greater) | None => return false,
            }
        }
        false
    }

    /// Equal keys have equal hashes.
    pub fn hash(&mut self, row: &Value<'_>, state: &impl BuildHasher) -> u64 {
        let mut hasher = state.build_hasher();
        match row {
            Value::Object(object) => {
                for which in 0..self.members.len() {
                    self.part(object, which).hash(&mut hasher);
                }
            }
            other => Part::of(other).hash(&mut hasher),
        }
        hasher.finish()
    }
}

impl<'v> Part<'v> {
    fn of(value: &'v Value<'_>) -> Self {
        match value {
            Value::Number(number) => Self::Number(&number.text),
            Value::String(text) if reads_as_number(text) => Self::Number(text),
            Value::String(text) => Self::Text(text),
            other => Self::Other(other),
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b || same_decimal(a, b),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Other(a), Self::Other(b)) => compact(a) == compact(b),
            (Self::Absent, Self::Absent) => true,
            _ => false,
        }
    }

    /// `None` where no order is known.
    fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) if is_plain(a) && is_plain(b) => Some(a.len().cmp(&b.len()).then_with(|| a.cmp(b))),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    fn hash(self, state: &mut impl Hasher) {
        match self {
            Self::Number(text) if is_plain(text) => {
                let digits = text.trim_end_matches('0');
                state.write_u64(number_hash(digits.as_bytes().iter()));
                state.write_i64(if digits.is_empty() {
                    0
                } else {
                    i64::try_from(text.len()).unwrap_or(i64::MAX)
                });
            }
            Self::Number(text) => match Decimal::parse(text) {
                Some(decimal) => {
                    state.write_u64(number_hash(decimal.digits()));
                    state.write_i64(decimal.magnitude());
                }
                None => text.hash(state),
            },
            Self::Text(text) => text.hash(state),
            Self::Other(value) => {
                state.write_u8(1);
                compact(value).hash(state);
            }
            Self::Absent => state.write_u8(0),
        }
    }
}

/// Digits that are the one spelling of their number in digits: no sign, and no zero before them.
fn is_plain(text: &str) -> bool {
    match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn reads_as_number(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9' | b'+' | b'-' | b'.', ..]) && (is_plain(text) || Decimal::parse(text).is_some())
}

fn number_hash<'d>(digits: impl Iterator<Item = &'d u8>) -> u64 {
    digits.fold(0, |hash, digit| hash.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

/// A row's key in words: `repeat=0, fold=1`.
#[must_use]
pub fn describe(row: &Value<'_>, members: &[String]) -> String {
    let Value::Object(object) = row else {
        return excerpt(row, 60);
    };
    let mut out = String::new();
    for name in members {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(name);
        out.push('=');
        match object.get(name) {
            None => out.push_str("absent"),
            Some(Value::Number(number)) if number.text.len() <= 40 => out.push_str(&number.text),
            Some(value) => out.push_str(&excerpt(value, 40)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;
    use proptest::prelude::*;

    fn state() -> impl BuildHasher {
        std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default()
    }

    #[test]
    fn spelling_does_not_count() {
        let members = ["k".to_owned()];
        let mut keys = KeyReader::new(&members);
        let row = |value: &str| format!("{{\"k\":{value}}}");
        for (a, b, equal) in [
            ("1", "\"1\"", true),
            ("1", "1.0", true),
            ("100", "1e2", true),
            ("\"100\"", "100.00", true),
            ("0", "-0.0", true),
            ("\"007\"", "7", true),
            ("1", "2", false),
            ("\"a\"", "\"A\"", false),
            ("\"\"", "null", false),
            ("null", "null", true),
            ("[1]", "[1]", true),
            ("\"true\"", "true", false),
            ("1e99999999999999999999", "1e99999999999999999999", true),
        ] {
            let (a, b) = (row(a), row(b));
            let (a, b) = (read(a.as_bytes()).unwrap(), read(b.as_bytes()).unwrap());
            assert_eq!(keys.equal(&a, &b), equal, "{a:?} {b:?}");
            assert_eq!(keys.hash(&a, &state()) == keys.hash(&b, &state()), equal, "{a:?} {b:?}");
        }
    }

    proptest! {
        #[test]
        fn equal_keys_have_equal_hashes_and_none_is_above_another(
            a in "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,2})?(e[0-9])?|[a-c0-9.]{0,2}",
            b in "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,2})?(e[0-9])?|[a-c0-9.]{0,2}",
        ) {
            let members = ["k".to_owned()];
            let mut keys = KeyReader::new(&members);
            let row = |text: &str| Value::Object(Object {
                members: vec![crate::value::Member { name: "k".into(), value: Value::string(text.to_owned()) }],
            });
            let (a, b) = (row(&a), row(&b));
            let equal = keys.equal(&a, &b);
            prop_assert_eq!(equal, keys.equal(&b, &a));
            prop_assert!(!equal || keys.hash(&a, &state()) == keys.hash(&b, &state()));
            prop_assert!(!(keys.ascends(&a, &b) && (equal || keys.ascends(&b, &a))));
        }
    }
}
