//! Patterns read, shown, and walked: the selector against the patterns one by one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::value::{self, Value};

fn path(steps: &[Step<'_>]) -> Path {
    steps.iter().copied().collect()
}

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Every node with its path, and the nodes from the root to it.
fn nodes<'v>(value: &'v Value<'v>, at: &Path, above: &[&'v Value<'v>], found: &mut Vec<(Path, Vec<&'v Value<'v>>)>) {
    let mut chain = above.to_vec();
    chain.push(value);
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nodes(item, &at.join(Segment::Index(index)), &chain, found);
            }
        }
        Value::Object(object) => {
            for member in &object.members {
                nodes(&member.value, &at.join(Segment::Member(member.name.to_string())), &chain, found);
            }
        }
        _ => {}
    }
    found.push((at.clone(), chain));
}

/// What a walk with the selector meets: pattern number and path.
fn walked(value: &Value<'_>, cursor: &Cursor<'_, usize>, at: &Path, met: &mut BTreeSet<(usize, Path)>) {
    met.extend(cursor.here().map(|number| (*number, at.clone())));
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(below) = cursor.item(item) {
                    walked(item, &below, &at.join(Segment::Index(index)), met);
                }
            }
        }
        Value::Object(object) => {
            for member in &object.members {
                let named = cursor.goes_anywhere() || cursor.names().any(|name| name == member.name);
                let below = cursor.member(&member.name, &member.value);
                assert_eq!(below.is_some(), named, "the names tell where a walk goes on");
                if let Some(below) = below {
                    walked(&member.value, &below, &at.join(Segment::Member(member.name.to_string())), met);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn stars_walk_lists_and_never_objects() {
    let pattern = pattern("/trace/*/selected");
    assert!(pattern.matches(&path(&[Step::Member("trace"), Step::Index(7), Step::Member("selected")])));
    assert!(!pattern.matches(&path(&[Step::Member("trace"), Step::Member("7"), Step::Member("selected")])));
    assert!(!pattern.matches(&path(&[Step::Member("trace"), Step::Index(7)])));
    assert!(pattern.covers(&path(&[
        Step::Member("trace"),
        Step::Index(7),
        Step::Member("selected"),
        Step::Index(0)
    ])));
}

#[test]
fn two_stars_walk_anything_and_nothing() {
    let pattern = pattern("/flow/**/parameter/*");
    for (steps, named) in [
        (&[Step::Member("flow"), Step::Member("parameter"), Step::Index(0)][..], true),
        (
            &[
                Step::Member("flow"),
                Step::Member("component"),
                Step::Index(3),
                Step::Member("flow"),
                Step::Member("parameter"),
                Step::Index(0),
            ],
            true,
        ),
        (&[Step::Member("flow"), Step::Member("parameter")], false),
        (&[Step::Member("parameter"), Step::Index(0)], false),
    ] {
        assert_eq!(pattern.matches(&path(steps)), named, "{}", path(steps));
    }
    let nested = Pattern::parse("/**/a").unwrap();
    let deep = path(&[Step::Member("a"), Step::Member("a"), Step::Member("b")]);
    assert_eq!(nested.depth_of_cover(&deep), Some(2), "the lowest node counts");
}

#[test]
fn filters_pick_objects_by_a_scalar_member() {
    let document = value::read(
        br#"{"input":[{"name":"source_data","n":1},{"name":"x","n":2},{"n":3},[],{"name":["source_data"],"n":null},{"name":"source_data","name":"x"}]}"#,
    )
    .unwrap();
    for (text, picked) in [
        ("/input/*[name=source_data]", "0 5"),
        ("/input/*[name!=source_data]", "1 2 4"),
        ("/input/*[n=2]", "1"),
        ("/input/*[n=null]", "4"),
        ("/input/*[name=source_data][n=1]", "0"),
        ("/input/*[name=source_data][n=2]", ""),
        ("/input[n!=1]", ""),
    ] {
        let mut selector = Selector::default();
        selector.insert(&pattern(text), 0);
        let mut met = BTreeSet::new();
        walked(&document, &selector.at(&document), &Path::root(), &mut met);
        let indexes: Vec<String> = met
            .iter()
            .map(|(_, path)| match path.segments() {
                [_, Segment::Index(index)] => index.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(indexes.join(" "), picked, "{text}");
    }
}

#[test]
fn mistakes_are_named() {
    let filter = |text: &str| PatternError::Filter(text.into());
    for (text, error) in [
        ("trace", PatternError::NoSlash("trace".into())),
        ("", PatternError::NoSlash(String::new())),
        ("[a=b]", PatternError::NoSlash("[a=b]".into())),
        ("/a*", PatternError::Star),
        ("/a/***", PatternError::Star),
        ("/~x", PatternError::Tilde),
        ("/a~", PatternError::Tilde),
        ("/a/", PatternError::TrailingSlash),
        ("//", PatternError::TrailingSlash),
        ("/**/", PatternError::TrailingSlash),
        ("/a/**", PatternError::DeepLast),
        ("/**/a/**/b", PatternError::DeepTwice),
        ("/**[a=b]/c", PatternError::FilterPlace),
        ("/[a=b]/c", PatternError::FilterPlace),
        ("/x[a=b]/*", PatternError::ItemsOfObject),
        ("/x[a]", filter("[a]")),
        ("/x[a=]", filter("[a=]")),
        ("/x[a=b", filter("[a=b")),
        ("/x[a=b c]", filter("[a=b c]")),
        ("/x[a=\"b]", filter("[a=\"b]")),
        ("/x[a=\"\\n\"]", filter("[a=\"\\n\"]")),
        ("/x[a=b]y", filter("y")),
    ] {
        assert_eq!(Pattern::parse(text), Err(error), "{text}");
    }
}

#[test]
fn patterns_are_shown_as_they_are_written() {
    for text in [
        "/",
        "/**/parameter/*/default_value",
        "/task/input/*[name=source_data]/data_set",
        "/a~0b~1c/~2/~3x~2y/~4/*",
        "/x[\"a=b\"!=\"] \\\"x\\\\\"][c=a/b]/d",
        "/x[a=\"\"]",
    ] {
        assert_eq!(pattern(text).to_string(), text);
    }
}

#[test]
fn patterns_that_have_no_node_in_common_are_told() {
    for (one, other, meet) in [
        ("/a/b", "/a/b", true),
        ("/a/b", "/a/c", false),
        ("/a/*", "/a/b", false),
        ("/**/b", "/a/b", true),
        ("/**/b", "/a/c", false),
        ("/**/a/b", "/**/b", true),
        ("/a/**/c", "/b/**/c", false),
        ("/x/*[n=1]/v", "/x/*[n=2]/v", false),
        ("/x/*[n=1]/v", "/x/*[n!=1]/v", false),
        ("/x/*[n!=1]/v", "/x/*[n!=2]/v", true),
        ("/x/*[n=1]/v", "/x/*[m=2]/v", true),
        ("/x/*[n=1][m=1]/v", "/x/*[m=1][n=2]/v", false),
        ("/**/*[n=1]/v", "/x/*[n=2]/v", false),
        ("/**/*[n=1]/x/v", "/x[n=2]/x/v", false),
        ("/**/*[n=1]/v", "/x/*[n=2]/y/v", false),
        ("/**/p[n=1]/v", "/x[n=2]/p/v", true),
        ("/", "/", true),
        ("/", "/a", false),
    ] {
        assert_eq!(pattern(one).meets(&pattern(other)), meet, "{one} and {other}");
        assert_eq!(pattern(other).meets(&pattern(one)), meet, "{other} and {one}");
    }
}

#[test]
fn patterns_above_others_are_told() {
    for (above, below, covers) in [
        ("/", "/a/*", true),
        ("/a", "/a/b", true),
        ("/a", "/a", true),
        ("/a/b", "/a", false),
        ("/**/b", "/a/*/b/c", true),
        ("/a/b", "/**/b", false),
        ("/**/b", "/**/b", true),
        ("/**/b", "/**/a/b", true),
        ("/x/*", "/x/*[n=1]/v", true),
        ("/x/*[n=1]", "/x/*/v", false),
        ("/x/*[n=1]", "/x/*[m=3][n=1]/v", true),
        ("/x/*[n!=2]", "/x/*[n=1]/v", true),
    ] {
        assert_eq!(pattern(above).covers_pattern(&pattern(below)), covers, "{above} above {below}");
    }
}

fn a_name() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]", "[^\u{0}]{1,4}"]
}

fn a_filter() -> impl Strategy<Value = Part> {
    (a_name(), any::<bool>(), prop_oneof!["[ab1]", "[^\u{0}]{0,3}"])
        .prop_map(|(member, equal, text)| Part::Where(Filter { member, equal, text }))
}

/// Parts that can be written.
fn a_pattern() -> impl Strategy<Value = Pattern> {
    let step = (
        prop_oneof![Just(Part::Items), a_name().prop_map(Part::Name)],
        proptest::collection::vec(a_filter(), 0..2),
    );
    (proptest::collection::vec(step, 0..5), proptest::option::of(0..5usize)).prop_map(|(steps, deep)| {
        let mut parts = Vec::new();
        let mut deep = deep.filter(|place| *place < steps.len());
        for (place, (step, filters)) in steps.into_iter().enumerate() {
            if deep == Some(place) {
                parts.push(Part::Deep);
                deep = None;
            }
            if step == Part::Items && matches!(parts.last(), Some(Part::Where(_))) {
                parts.pop();
                while matches!(parts.last(), Some(Part::Where(_))) {
                    parts.pop();
                }
            }
            parts.push(step);
            parts.extend(filters);
        }
        Pattern::new(parts)
    })
}

fn a_document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("\"a\"".to_owned()),
        Just("null".to_owned()),
        Just("\"b\"".to_owned())
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("[ab1]", inner), 0..4).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Patterns over the names of [`a_document`].
fn a_fitting_pattern() -> impl Strategy<Value = Pattern> {
    let filter = ("[ab1]", any::<bool>(), "[ab1]").prop_map(|(member, equal, text)| Part::Where(Filter { member, equal, text }));
    let step = (
        prop_oneof![Just(Part::Items), "[ab1]".prop_map(Part::Name)],
        proptest::collection::vec(filter, 0..2),
    );
    (proptest::collection::vec(step, 0..4), proptest::option::of(0..4usize)).prop_map(|(steps, deep)| {
        let mut parts = Vec::new();
        for (place, (step, filters)) in steps.into_iter().enumerate() {
            if deep == Some(place) {
                parts.push(Part::Deep);
            }
            parts.push(step);
            parts.extend(filters);
        }
        Pattern::new(parts)
    })
}

proptest! {
    #[test]
    fn patterns_are_read_back_as_written(pattern in a_pattern()) {
        prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
    }

    #[test]
    fn any_text_is_a_pattern_or_a_mistake(text in "[/*\\[\\]=!~\"a\\\\]{0,12}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }

    #[test]
    fn a_selector_meets_what_its_patterns_name(
        patterns in proptest::collection::vec(a_fitting_pattern(), 1..5),
        document in a_document(),
    ) {
        let document = value::read(document.as_bytes()).unwrap();
        let mut selector = Selector::default();
        for (number, pattern) in patterns.iter().enumerate() {
            selector.insert(pattern, number);
        }
        let mut met = BTreeSet::new();
        walked(&document, &selector.at(&document), &Path::root(), &mut met);
        let mut all = Vec::new();
        nodes(&document, &Path::root(), &[], &mut all);
        let named: BTreeSet<(usize, Path)> = all
            .iter()
            .flat_map(|(path, nodes)| {
                let named = |pattern: &Pattern| pattern.depth_in(path, nodes) == Some(path.segments().len());
                patterns.iter().enumerate().filter(move |(_, pattern)| named(pattern)).map(|(number, _)| (number, path.clone()))
            })
            .collect();
        prop_assert_eq!(&met, &named);
        for (number, path) in &named {
            prop_assert!(patterns[*number].matches(path), "filters only narrow");
        }
    }

    #[test]
    fn patterns_that_do_not_meet_never_name_one_node(
        one in a_fitting_pattern(),
        other in a_fitting_pattern(),
        document in a_document(),
    ) {
        let document = value::read(document.as_bytes()).unwrap();
        let mut all = Vec::new();
        nodes(&document, &Path::root(), &[], &mut all);
        for (path, nodes) in &all {
            let named = |pattern: &Pattern| pattern.depth_in(path, nodes) == Some(path.segments().len());
            if named(&one) && named(&other) {
                prop_assert!(one.meets(&other) && other.meets(&one), "{} and {} at {}", one, other, path);
            }
            if one.covers_pattern(&other) && named(&other) {
                prop_assert!(one.depth_in(path, nodes).is_some(), "{} above {} at {}", one, other, path);
            }
        }
    }
}
