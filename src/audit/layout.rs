//! Other parts of a list or an object.

use crate::value::{Kind, Object, Value};

use super::class::{Class, ErrorPart};
use super::edit::Edit;
use super::equal::equal;

/// What a mutant is about: the node that is changed, or one of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The node as a whole.
    Node,
    /// The child at this place.
    Child(usize),
}

/// A member that no API has.
const UNKNOWN: &str = "parity_audit";

/// Tells every change to the members of an object; none of them leaves it strictly equal.
pub fn object(object: &Object<'_>, tell: &mut dyn FnMut(Class, About, Edit)) {
    let members = &object.members;
    for (place, member) in members.iter().enumerate() {
        tell(Class::MemberMissing, About::Child(place), Edit::Remove(place));
        tell(Class::MemberDoubled, About::Child(place), Edit::Double(place));
        if let Some(name) = name_in_other_case(&member.name)
            && object.get(&name).is_none()
        {
            tell(Class::MemberRenamed, About::Child(place), Edit::Rename(place, name));
        }
    }
    if object.get(UNKNOWN).is_none() {
        tell(Class::MemberExtra, About::Node, Edit::Add(UNKNOWN, Value::Null));
    }
    if !members.is_empty() {
        tell(Class::ObjectEmptied, About::Node, Edit::Empty);
    }
    tell(Class::ObjectListed, About::Node, Edit::Nest);
    let kind = Class::Kind {
        from: Kind::Object,
        to: Kind::Null,
    };
    tell(kind, About::Node, Edit::Replace(Value::Null));
}

/// Tells every change to the items of a list; none of them leaves it strictly equal.
pub fn list(items: &[Value<'_>], tell: &mut dyn FnMut(Class, About, Edit)) {
    // The first place of those before each item that hold the same without a break: to move an item among them moves nothing.
    let mut same_since: Vec<usize> = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let since = match place.checked_sub(1) {
            Some(before) if equal(&items[before], item) => same_since[before],
            _ => place,
        };
        same_since.push(since);
    }
    let last = items.len().saturating_sub(1);
    for place in 0..items.len() {
        let class = if place == last { Class::LastRowLost } else { Class::RowDropped };
        tell(class, About::Child(place), Edit::Remove(place));
        tell(Class::RowDoubled, About::Child(place), Edit::Double(place));
        if place < last && same_since[place + 1] > place {
            let edit = Edit::Move {
                from: place,
                to: place + 1,
            };
            tell(Class::RowSwapped, About::Node, edit);
        }
        let to = if place < items.len() / 2 { last } else { 0 };
        if place.abs_diff(to) > 1 && same_since[place.max(to)] > place.min(to) {
            tell(Class::RowMoved, About::Node, Edit::Move { from: place, to });
        }
    }
    if !items.is_empty() {
        tell(Class::ListEmptied, About::Node, Edit::Empty);
        tell(Class::ListCollapsed, About::Node, Edit::Collapse);
    }
    tell(Class::ListNested, About::Node, Edit::Nest);
    let kind = Class::Kind {
        from: Kind::Array,
        to: Kind::Null,
    };
    tell(kind, About::Node, Edit::Replace(Value::Null));
}

/// Tells other values for the parts of an error document.
pub fn error(document: &Object<'_>, tell: &mut dyn FnMut(Class, usize, Value<'static>)) {
    for part in ErrorPart::ALL {
        let Some(place) = document.position(part.member()) else { continue };
        let other = match &document.members[place].value {
            Value::String(text) => Value::string(format!("{text}?")),
            // A status is three digits.
            Value::Number(number) if number.text == "418" => Value::number("417"),
            _ => Value::number("418"),
        };
        tell(Class::Error(part), place, other);
    }
}

/// The name with its first letter in the other case; `None` when it has no letter that has one.
fn name_in_other_case(name: &str) -> Option<String> {
    let at = name.find(|c: char| c.is_uppercase() || c.is_lowercase())?;
    let letter = name[at..].chars().next()?;
    let other = super::scalars::other_case(letter.encode_utf8(&mut [0; 4]));
    let other = format!("{}{other}{}", &name[..at], &name[at + letter.len_utf8()..]);
    (other != name).then_some(other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::audit::edit::{apply, undo};
    use crate::value::{compact, read};

    /// Every mutant of a document's root, by class.
    fn mutants(text: &str) -> BTreeMap<String, Vec<String>> {
        let mut document = read(text.as_bytes()).unwrap();
        let mut edits = Vec::new();
        let mut tell = |class, _, edit| edits.push((class, edit));
        match &document {
            Value::Object(members) => object(members, &mut tell),
            Value::Array(items) => list(items, &mut tell),
            _ => panic!("a list or an object"),
        }
        let original = document.clone();
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (class, edit) in edits {
            let taken_back = apply(&mut document, &[], &edit);
            assert!(!equal(&original, &document), "{class} leaves {text} as it is");
            found.entry(Class::to_string(&class)).or_default().push(compact(&document));
            undo(&mut document, &[], taken_back);
            assert_eq!(document, original, "{class} is taken back");
        }
        found
    }

    fn check(text: &str, expected: &[(&str, &[&str])]) {
        let expected: BTreeMap<String, Vec<String>> = expected
            .iter()
            .map(|(class, others)| ((*class).to_owned(), others.iter().map(|other| (*other).to_owned()).collect()))
            .collect();
        assert_eq!(mutants(text), expected, "{text}");
    }

    #[test]
    fn each_class_makes_the_list_that_it_says() {
        check(
            "[1,2,3]",
            &[
                ("row-dropped", &["[2,3]", "[1,3]"]),
                ("last-row-lost", &["[1,2]"]),
                ("row-doubled", &["[1,1,2,3]", "[1,2,2,3]", "[1,2,3,3]"]),
                ("row-swapped", &["[2,1,3]", "[1,3,2]"]),
                ("row-moved", &["[2,3,1]", "[3,1,2]"]),
                ("list-emptied", &["[]"]),
                ("list-collapsed", &["1"]),
                ("list-nested", &["[[1,2,3]]"]),
                ("array-to-null", &["null"]),
            ],
        );
        check("[]", &[("list-nested", &["[[]]"]), ("array-to-null", &["null"])]);
    }

    #[test]
    fn each_class_makes_the_object_that_it_says() {
        check(
            r#"{"a":1,"_b":2}"#,
            &[
                ("member-missing", &[r#"{"_b":2}"#, r#"{"a":1}"#]),
                ("member-doubled", &[r#"{"a":1,"a":1,"_b":2}"#, r#"{"a":1,"_b":2,"_b":2}"#]),
                ("member-renamed", &[r#"{"A":1,"_b":2}"#, r#"{"a":1,"_B":2}"#]),
                ("member-extra", &[r#"{"a":1,"_b":2,"parity_audit":null}"#]),
                ("object-emptied", &["{}"]),
                ("object-listed", &[r#"[{"a":1,"_b":2}]"#]),
                ("object-to-null", &["null"]),
            ],
        );
        // Neither a name that is taken nor one without letters gets another.
        assert!(!mutants(r#"{"a":1,"A":2,"1":3}"#).contains_key("member-renamed"));
    }

    #[test]
    fn to_exchange_what_is_the_same_is_no_mutant() {
        let same = mutants("[1,1,1,1]");
        assert!(!same.contains_key("row-swapped") && !same.contains_key("row-moved"), "{same:?}");
        let one_apart = mutants("[1,1,1,2]");
        assert_eq!(one_apart["row-swapped"], ["[1,1,2,1]"]);
        // The first to the end, the second to the end, the last to the beginning; the third moves among its like.
        assert_eq!(one_apart["row-moved"], ["[1,1,2,1]", "[1,1,2,1]", "[2,1,1,1]"]);
    }

    #[test]
    fn parts_of_an_error_become_others() {
        let document = read(br#"{"title":"T","status":412,"detail":"D.","code":"571","x":1}"#).unwrap();
        let Value::Object(document) = &document else { unreachable!() };
        let mut found = Vec::new();
        error(document, &mut |class, place, other| {
            assert!(!equal(&document.members[place].value, &other));
            found.push(format!("{class} {}", compact(&other)));
        });
        assert_eq!(
            found,
            [
                "error-code \"571?\"",
                "error-detail \"D.?\"",
                "error-title \"T?\"",
                "error-status 418"
            ]
        );
    }

    proptest! {
        #[test]
        fn no_change_to_a_list_leaves_it_equal_and_each_is_taken_back(items in proptest::collection::vec(0..3_u8, 0..7)) {
            let texts: Vec<String> = items.iter().map(u8::to_string).collect();
            mutants(&format!("[{}]", texts.join(",")));
        }
    }
}
