//! Laws of comparing: what is equal has no difference, what is not has one, and both ways agree.

use proptest::prelude::*;

use crate::exchange::Part;
use crate::path::{Pattern, Segment};
use crate::rule::{Comparison, ComparisonRule, Facts, Justification};
use crate::translate::Expected;
use crate::value::{Member, Object, Value, compact};

use super::*;

fn expected(body: Value<'_>) -> Expected<'_> {
    Expected {
        status: 200,
        media_type: None,
        headers: Vec::new(),
        body: Some(body),
    }
}

fn received(body: Value<'_>) -> Received<'_> {
    Received {
        status: 200,
        media_type: None,
        headers: Vec::new(),
        body: Some(body),
    }
}

fn differences<'a>(comparer: &Comparer, one: &Value<'a>, other: &Value<'a>) -> Vec<Difference> {
    comparer
        .compare(&expected(one.clone()), &received(other.clone()), &Facts::default())
        .differences
}

fn by_key(key: &str) -> Comparer {
    Comparer::new(&[Comparison {
        rule: ComparisonRule::Rows { key: vec![key.to_owned()] },
        at: Pattern::parse("/").unwrap(),
        when: None,
        justification: Justification::default(),
    }])
}

/// Documents with unique member names: what a duplicate means is reported, and not part of these laws.
fn documents() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?".prop_map(Value::number),
        "[a-c]{0,2}".prop_map(Value::string),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map("[a-d]", inner, 0..4).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| Member { name: name.into(), value });
                Value::Object(Object {
                    members: members.collect(),
                })
            }),
        ]
    })
}

/// The document with some of its scalars and members changed; lists keep their length, so that places stay what they are.
fn broken(document: Value<'static>) -> impl Strategy<Value = Value<'static>> {
    proptest::collection::vec(0..6_u8, 1..24).prop_map(move |choices| {
        let mut choices = choices.into_iter().cycle();
        broken_by(document.clone(), &mut choices)
    })
}

fn broken_by(value: Value<'static>, choices: &mut impl Iterator<Item = u8>) -> Value<'static> {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(|item| broken_by(item, choices)).collect()),
        Value::Object(object) => {
            let mut members = Vec::new();
            for member in object.members {
                match choices.next() {
                    Some(0) => {}
                    Some(1) => members.push(Member {
                        name: format!("{}2", member.name).into(),
                        value: member.value,
                    }),
                    _ => members.push(Member {
                        name: member.name,
                        value: broken_by(member.value, choices),
                    }),
                }
            }
            Value::Object(Object { members })
        }
        scalar => match choices.next() {
            Some(0) => Value::string("other"),
            Some(1) => Value::number("77"),
            _ => scalar,
        },
    }
}

/// Puts in place what the expected document has there, or removes what it has not.
fn repair(value: &mut Value<'static>, path: &[Segment], expected: &Value<'static>) {
    match (path, value, expected) {
        ([], value, expected) => *value = expected.clone(),
        ([Segment::Index(index), rest @ ..], Value::Array(items), Value::Array(owed)) => repair(&mut items[*index], rest, &owed[*index]),
        ([Segment::Member(name), rest @ ..], Value::Object(object), Value::Object(owed)) => match (object.position(name), owed.get(name)) {
            (Some(at), Some(owed)) => repair(&mut object.members[at].value, rest, owed),
            (Some(at), None) => drop(object.members.remove(at)),
            (None, Some(owed)) => object.members.push(Member {
                name: name.clone().into(),
                value: owed.clone(),
            }),
            (None, None) => panic!("a difference at a member of neither side"),
        },
        (path, value, _) => panic!("{path:?} leads nowhere in {value:?}"),
    }
}

fn rows(keys: &[u8], value: &Value<'static>) -> Value<'static> {
    let row = |key: &u8| {
        Value::Object(Object {
            members: vec![
                Member {
                    name: "id".into(),
                    value: Value::number(key.to_string()),
                },
                Member {
                    name: "value".into(),
                    value: value.clone(),
                },
            ],
        })
    };
    Value::Array(keys.iter().map(row).collect())
}

fn reversed(value: &Value<'static>) -> Value<'static> {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        Value::Object(object) => Value::Object(Object {
            members: object
                .members
                .iter()
                .rev()
                .map(|member| Member {
                    name: member.name.clone(),
                    value: reversed(&member.value),
                })
                .collect(),
        }),
        scalar => scalar.clone(),
    }
}

proptest! {
    #[test]
    fn nothing_differs_from_itself_nor_from_its_members_in_another_order(document in documents()) {
        prop_assert_eq!(differences(&Comparer::default(), &document, &document), vec![]);
        prop_assert_eq!(differences(&Comparer::default(), &document, &reversed(&document)), vec![]);
        prop_assert_eq!(differences(&by_key("a"), &document, &document), vec![]);
    }

    #[test]
    fn every_difference_goes_when_the_candidate_is_repaired_there(
        (one, other) in documents().prop_flat_map(|document| (Just(document.clone()), broken(document))),
    ) {
        let found = differences(&Comparer::default(), &one, &other);
        for difference in &found {
            let Part::Body(path) = &difference.part else { panic!("only the body differs") };
            let mut repaired = other.clone();
            repair(&mut repaired, path.segments(), &one);
            let left = differences(&Comparer::default(), &one, &repaired);
            prop_assert!(!left.iter().any(|left| left.part == difference.part), "{} in {:?}", difference.part, left);
            prop_assert_eq!(left.len(), found.len() - 1);
        }
    }

    #[test]
    fn what_is_not_the_same_document_differs_both_ways(one in documents(), other in documents()) {
        let there = differences(&Comparer::default(), &one, &other);
        let back = differences(&Comparer::default(), &other, &one);
        prop_assert_eq!(there.is_empty(), back.is_empty());
        let count = |found: &[Difference], name: &str| found.iter().filter(|difference| difference.change.name() == name).count();
        prop_assert_eq!(count(&there, "missing"), count(&back, "extra"));
        // A number has several spellings; without any, equal documents have equal text once their members are sorted, as
        // those made here are.
        if there.is_empty() && !compact(&one).contains(|c: char| c.is_ascii_digit()) {
            prop_assert_eq!(compact(&one), compact(&other));
        }
    }

    #[test]
    fn the_same_differences_come_in_the_same_order(one in documents(), other in documents()) {
        let found = differences(&Comparer::default(), &one, &other);
        prop_assert!(found.is_sorted_by(|a, b| a.part <= b.part));
        prop_assert_eq!(found, differences(&Comparer::default(), &one, &other));
    }

    #[test]
    fn a_lost_row_is_one_difference_wherever_it_was(count in 1..40_usize, lost in any::<prop::sample::Index>(), value in documents()) {
        let keys: Vec<u8> = (0..u8::try_from(count).unwrap()).collect();
        let mut left = keys.clone();
        left.remove(lost.index(count));
        let found = differences(&by_key("id"), &rows(&keys, &value), &rows(&left, &value));
        prop_assert_eq!(found.iter().map(Difference::signature).collect::<Vec<_>>(), ["/*: missing"]);
        let found = differences(&by_key("id"), &rows(&left, &value), &rows(&keys, &value));
        prop_assert_eq!(found.iter().map(Difference::signature).collect::<Vec<_>>(), ["/*: extra"]);
    }

    #[test]
    fn rows_in_another_order_are_one_difference_about_the_order(order in Just((0..20).collect::<Vec<u8>>()).prop_shuffle(), value in documents()) {
        let sorted: Vec<u8> = (0..20).collect();
        let found = differences(&by_key("id"), &rows(&sorted, &value), &rows(&order, &value));
        let signatures: Vec<String> = found.iter().map(Difference::signature).collect();
        if order == sorted {
            prop_assert!(signatures.is_empty());
        } else {
            prop_assert_eq!(signatures, ["/: other order"]);
        }
    }
}

#[test]
fn an_item_more_in_a_list_without_a_key_is_one_difference() {
    let list = |items: &[&'static str]| Value::Array(items.iter().map(|item| Value::string(*item)).collect());
    let found = differences(&Comparer::default(), &list(&["a", "b", "d"]), &list(&["a", "b", "c", "d"]));
    assert_eq!(
        found.iter().map(|difference| difference.part.to_string()).collect::<Vec<_>>(),
        ["/2"]
    );
    assert_eq!(found[0].change.name(), "extra");
}

#[test]
fn a_row_whose_key_changed_its_kind_is_still_that_row() {
    let document = |text: &'static str| crate::value::read(text.as_bytes()).unwrap();
    let found = differences(
        &by_key("id"),
        &document(r#"[{"id":1},{"id":2}]"#),
        &document(r#"[{"id":1},{"id":"2"}]"#),
    );
    assert_eq!(
        found.iter().map(|difference| difference.part.to_string()).collect::<Vec<_>>(),
        ["/1/id"]
    );
}
