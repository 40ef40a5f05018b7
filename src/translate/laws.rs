//! What holds of any suite and any document.

use std::sync::Arc;

use proptest::prelude::*;

use crate::suite::Suite;
use crate::value::{self, Value, compact};

use super::tests::{read, suite, translated};
use super::{Detail, Translated};

/// A path over the names of [`a_document`].
fn a_path() -> impl Strategy<Value = String> {
    let step = prop_oneof![4 => "[abc]", 2 => Just("*".to_owned())];
    let filter = prop_oneof![6 => Just(String::new()), 1 => "\\[[abc]!?=[xy]\\]"];
    (proptest::collection::vec((step, filter), 1..4), any::<bool>()).prop_map(|(steps, deep)| {
        let steps: Vec<String> = steps.iter().map(|(step, filter)| format!("/{step}{filter}")).collect();
        format!("{}{}", if deep { "/**" } else { "" }, steps.concat())
    })
}

fn a_when() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        1 => "when = \\{ sibling = \"[abc]\", present = (true|false) \\}\n",
        1 => "when = \\{ type = \"(string|array|object)\" \\}\n",
        1 => "when = \\{ not = \\{ member = \"[abc]\", equals = '\"[xy]\"' \\} \\}\n",
    ]
}

fn a_rule() -> impl Strategy<Value = String> {
    let selected = |rest: &'static str, key: &'static str| {
        (a_path(), a_when()).prop_map(move |(path, when)| format!("{rest}\n{key} = \"{path}\"\n{when}"))
    };
    let moved =
        (a_path(), a_path(), a_when()).prop_map(|(from, to, when)| format!("rule = \"move\"\nfrom = \"{from}\"\nto = \"{to}\"\n{when}"));
    prop_oneof![
        selected("rule = \"list\"", "from"),
        selected("rule = \"split\"\nseparator = \"x\"", "from"),
        selected("rule = \"single\"\nempty = \"null\"", "from"),
        selected("rule = \"first\"\ncount = 1", "from"),
        selected("rule = \"rows_from_columns\"", "from"),
        selected("rule = \"columns_from_rows\"", "from"),
        selected("rule = \"list_from_entries\"\nkey = \"a\"\nvalue = \"b\"", "from"),
        selected("rule = \"entries_from_list\"\nkey = \"a\"\nvalue = \"b\"", "from"),
        selected("rule = \"wrap\"\nin = \"a\"", "from"),
        selected("rule = \"unwrap\"", "from"),
        selected("rule = \"rename\"\nto = \"b\"", "from"),
        selected("rule = \"drop\"", "from"),
        moved,
        selected("rule = \"map\"\nvalues = [{ legacy = '\"x\"', candidate = '[\"y\"]' }]", "at"),
        selected("rule = \"null\"", "at"),
        selected("rule = \"integer\"", "at"),
        selected("rule = \"text\"", "at"),
        selected("rule = \"lower\"\nunreadable = \"keep\"", "at"),
        selected("rule = \"default\"\nvalue = '{}'", "at"),
        selected("rule = \"constant\"\nvalue = '\"x\"'", "at"),
    ]
}

fn a_document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("\"x\""),
        Just("\"y\""),
        Just("\"7\""),
        Just("7"),
        Just("null"),
        Just("\"\""),
        Just("true")
    ];
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("[abc]", inner), 0..4).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Of some rules, those that make a suite together with the ones before them.
fn compatible(rules: &[String]) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for rule in rules {
        kept.push(rule);
        if read(&kept).1.is_err() {
            kept.pop();
        }
    }
    kept
}

fn arc(rules: &[&str]) -> Arc<Suite> {
    Arc::new(read(rules).1.expect("the rules were read before"))
}

/// Everything that a translation says, without the order in which it was said.
fn said(mut translated: Translated<'_>) -> String {
    translated.applied.sort_by(|a, b| a.rule.cmp(&b.rule));
    translated.faults.sort_by(|a, b| (&a.path, &a.rule).cmp(&(&b.path, &b.rule)));
    let body = translated.expected.body.map(sorted);
    format!(
        "{:?}\n{:?}\n{:?}",
        body.as_ref().map(compact),
        translated.applied,
        translated.faults
    )
}

/// The order of members means nothing; that of members of one name does.
fn sorted(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Object(mut object) => {
            for member in &mut object.members {
                member.value = sorted(std::mem::replace(&mut member.value, Value::Null));
            }
            object.members.sort_by(|a, b| a.name.cmp(&b.name));
            Value::Object(object)
        }
        scalar => scalar,
    }
}

/// Texts, numbers and so on, sorted.
fn leaves(value: &Value<'_>, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(object) => object.members.iter().for_each(|member| leaves(&member.value, found)),
        scalar => found.push(compact(scalar)),
    }
}

proptest! {
    #[test]
    fn the_order_of_rules_means_nothing(
        rules in proptest::collection::vec(a_rule(), 1..8),
        documents in proptest::collection::vec(a_document(), 1..4),
        turn in 0usize..8,
    ) {
        let rules = compatible(&rules);
        let mut turned = rules.clone();
        if !turned.is_empty() {
            let turn = turn % turned.len();
            turned.rotate_left(turn);
            turned.reverse();
        }
        let (one, other) = (arc(&rules), arc(&turned));
        for document in &documents {
            prop_assert_eq!(
                said(translated(&one, document, Detail::Effects)),
                said(translated(&other, document, Detail::Counts)),
                "{}\n{}", rules.join("---\n"), document
            );
        }
    }

    #[test]
    fn what_is_counted_is_shown(rules in proptest::collection::vec(a_rule(), 1..8), document in a_document()) {
        let suite = arc(&compatible(&rules));
        let translated = translated(&suite, &document, Detail::Effects);
        for applied in &translated.applied {
            let shown = translated.effects.iter().filter(|effect| effect.rule == applied.rule).count();
            prop_assert_eq!(applied.count, u64::try_from(shown).unwrap(), "{}", applied.rule);
        }
        let changed = translated.expected.body.map(sorted) != Some(sorted(value::read(document.as_bytes()).unwrap()));
        let silent = translated.effects.is_empty() && translated.faults.is_empty();
        prop_assert!(!(changed && silent), "what was changed was said");
    }

    #[test]
    fn a_suite_that_names_nothing_changes_nothing(
        rules in proptest::collection::vec(a_rule(), 1..8),
        document in a_document(),
    ) {
        // Below a member that no document has.
        let rules: Vec<String> = rules
            .iter()
            .map(|rule| rule.replace("from = \"/", "from = \"/none/").replace("at = \"/", "at = \"/none/").replace("to = \"/**", "to = \"/none/**"))
            .collect();
        let suite = arc(&compatible(&rules));
        let translated = translated(&suite, &document, Detail::Effects);
        prop_assert_eq!(translated.expected.body, Some(value::read(document.as_bytes()).unwrap()));
        prop_assert!(translated.applied.is_empty() && translated.faults.is_empty() && translated.effects.is_empty());
    }

    #[test]
    fn nothing_is_thrown_away_in_silence(rules in proptest::collection::vec(a_rule(), 1..8), document in a_document()) {
        let rules: Vec<String> = rules
            .into_iter()
            .filter(|rule| rule.contains("from = ") && !["drop", "first", "split"].iter().any(|word| rule.contains(&format!("\"{word}\""))))
            .collect();
        let suite = arc(&compatible(&rules));
        let translated = translated(&suite, &document, Detail::Counts);
        prop_assume!(translated.faults.is_empty());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        leaves(&value::read(document.as_bytes()).unwrap(), &mut before);
        leaves(translated.expected.body.as_ref().unwrap(), &mut after);
        // A name may have become a text, and an empty list a null; nothing else comes, and nothing goes.
        for leaf in &before {
            let place = after.iter().position(|known| known == leaf);
            prop_assert!(place.is_some(), "{} of {} is gone from {:?}\n{}", leaf, document, translated.expected.body, rules.join("\n"));
            after.swap_remove(place.unwrap());
        }
        let made = |leaf: &String| leaf == "null" || ["\"a\"", "\"b\"", "\"c\""].contains(&leaf.as_str());
        prop_assert!(after.iter().all(made), "{:?}", after);
    }

    #[test]
    fn names_go_there_and_back(document in a_document()) {
        let there = suite("rule = \"rename\"\nfrom = \"/**/a\"\nto = \"z\"");
        let back = suite("rule = \"rename\"\nfrom = \"/**/z\"\nto = \"a\"");
        let once = translated(&there, &document, Detail::Counts);
        let once = compact(&once.expected.body.unwrap());
        let twice = translated(&back, &once, Detail::Counts);
        prop_assert_eq!(twice.expected.body, Some(value::read(document.as_bytes()).unwrap()));
    }

    #[test]
    fn entries_and_rows_go_there_and_back(
        members in proptest::collection::btree_map("[abc]", a_document(), 0..4),
        rows in proptest::collection::vec(("[xy]", "[xy]"), 0..4),
    ) {
        let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let document = format!("{{{}}}", members.join(","));
        let there = suite("rule = \"list_from_entries\"\nfrom = \"/\"");
        let back = suite("rule = \"entries_from_list\"\nfrom = \"/\"");
        let listed = compact(&translated(&there, &document, Detail::Counts).expected.body.unwrap());
        let again = translated(&back, &listed, Detail::Counts);
        prop_assert_eq!(again.expected.body.as_ref().map(compact), Some(compact(&value::read(document.as_bytes()).unwrap())));
        prop_assert!(again.faults.is_empty());

        let rows: Vec<String> = rows.iter().map(|(a, b)| format!("{{\"a\":\"{a}\",\"b\":\"{b}\"}}")).collect();
        let document = format!("[{}]", rows.join(","));
        let there = suite("rule = \"columns_from_rows\"\nfrom = \"/\"");
        let back = suite("rule = \"rows_from_columns\"\nfrom = \"/\"");
        let columns = compact(&translated(&there, &document, Detail::Counts).expected.body.unwrap());
        let again = translated(&back, &columns, Detail::Counts);
        prop_assert_eq!(again.expected.body.as_ref().map(compact), Some(document));
    }

    #[test]
    fn a_node_moves_there_and_back(document in a_document(), rest in a_document()) {
        let document = format!("{{\"p\":{{\"q\":{document}}},\"r\":{rest}}}");
        let there = suite("rule = \"move\"\nfrom = \"/p/q\"\nto = \"/s/t/u\"");
        let back = suite("rule = \"move\"\nfrom = \"/s/t/u\"\nto = \"/p/q\"");
        let moved = translated(&there, &document, Detail::Counts);
        prop_assert_eq!(moved.applied.len(), 1);
        let moved = compact(&moved.expected.body.unwrap());
        prop_assert!(moved.starts_with("{\"r\":") && moved.contains("\"s\":{\"t\":{\"u\":"), "{}", moved);
        let again = translated(&back, &moved, Detail::Counts);
        prop_assert_eq!(again.expected.body.map(sorted), Some(sorted(value::read(document.as_bytes()).unwrap())));
    }
}
