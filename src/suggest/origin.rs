//! Where in the legacy's tree a node of the candidate's shape comes from.
//!
//! Found by looking: each leaf of the legacy's documents is marked in turn, and the rules of shape show where the mark goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::exchange::Encoding;
use crate::path::{Part, Path, Pattern, Segment};
use crate::rule::{Action, Shape};
use crate::suite::Suite;
use crate::translate::{Detail, Translator};
use crate::value::Value;

use super::ground::{Ground, State};
use super::meet::{items, stars};

/// A text that no answer holds.
const MARK: &str = "\u{e000}parity looks where this goes\u{e001}";

/// Where leaves come from.
pub(super) struct Origins {
    /// Leaves of the legacy's documents, and what they are in the candidate's shape; `None` where nothing changes places.
    leaves: Option<Vec<(Pattern, Pattern)>>,
    /// What becomes a list.
    lists: Vec<Pattern>,
}

impl Origins {
    pub fn of(ground: &Ground<'_>, state: &State<'_>) -> Self {
        let mut suite = (*state.suite).clone();
        suite.translations.retain(|rule| matches!(rule.action, Action::Shape(_)));
        let lists = suite
            .translations
            .iter()
            .filter(|rule| matches!(rule.action, Action::Shape(Shape::List)));
        let lists = lists.flat_map(|rule| rule.patterns.clone()).collect();
        if suite.translations.is_empty() {
            return Self { leaves: None, lists };
        }
        let translator = Translator::new(Arc::new(suite.clone()));
        let leaves = marked(ground, state).into_iter().filter_map(|(pattern, (case, path))| {
            let shape = image(ground, &suite, &translator, case, &path)?;
            Some((pattern, shape))
        });
        Self {
            leaves: Some(leaves.collect()),
            lists,
        }
    }

    /// The path in the legacy's tree of the nodes that these are in the candidate's shape.
    pub fn from(&self, place: &Pattern) -> Option<Pattern> {
        let Some(leaves) = &self.leaves else { return Some(place.clone()) };
        let found = leaves.iter().filter_map(|(legacy, shape)| {
            let below = shape.parts().strip_prefix(place.parts())?;
            let legacy = self.as_listed(legacy, shape);
            let above = legacy.parts().strip_suffix(below)?;
            Some(Pattern::new(above.to_vec()))
        });
        found.max_by_key(|legacy| (stars(legacy), std::cmp::Reverse(legacy.parts().len())))
    }

    /// The pattern with a `*` wherever a rule makes a list of what an element was in the document that was looked at.
    fn as_listed(&self, legacy: &Pattern, shape: &Pattern) -> Pattern {
        let mut parts: Vec<Part> = Vec::new();
        let all = legacy.parts();
        for (place, part) in all.iter().enumerate() {
            parts.push(part.clone());
            let here = Pattern::new(parts.clone());
            let next = all.get(place + 1);
            let wants = next.is_some_and(|next| *next != Part::Items) || (next.is_none() && shape.parts().last() == Some(&Part::Items));
            if wants && *part != Part::Items && self.lists.iter().any(|list| list.meets(&here)) {
                parts = items(&here).parts().to_vec();
            }
        }
        Pattern::new(parts)
    }
}

/// One leaf of each pattern, in the smallest document that has it.
fn marked(ground: &Ground<'_>, state: &State<'_>) -> BTreeMap<Pattern, (usize, Path)> {
    let mut cases: Vec<(usize, &Value<'_>)> = (0..state.cases.len())
        .filter(|case| state.cases[*case].speaks)
        .filter_map(|case| Some((case, ground.documents[case].legacy.as_ref()?)))
        .collect();
    cases.sort_by_key(|(_, document)| super::gap::leaves(document));
    let mut found = BTreeMap::new();
    for (case, document) in cases {
        collect(document, &Path::root(), &mut |path| {
            found.entry(path.generalise()).or_insert_with(|| (case, path.clone()));
        });
    }
    found
}

fn collect(value: &Value<'_>, path: &Path, leaf: &mut impl FnMut(&Path)) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                collect(item, &path.join(Segment::Index(place)), leaf);
            }
        }
        Value::Object(object) if !object.members.is_empty() => {
            for member in &object.members {
                collect(&member.value, &path.join(Segment::Member(member.name.to_string())), leaf);
            }
        }
        _ => leaf(path),
    }
}

/// What a leaf of one document is in the candidate's shape.
fn image(ground: &Ground<'_>, suite: &Suite, translator: &Translator, case: usize, path: &Path) -> Option<Pattern> {
    let mut document = ground.documents[case].legacy.clone()?;
    *node(&mut document, path)? = Value::string(MARK);
    let (case, exchange) = &ground.input().exchanges[case];
    let legacy = exchange.legacy.as_ref().ok()?;
    let encoding = suite.encoding.legacy.unwrap_or(Encoding::Json);
    let translated = translator.success(legacy, Some((document, encoding)), &case.binding, Detail::Counts);
    let mut found = None;
    find(translated.expected.body.as_ref()?, &Path::root(), &mut found);
    found.map(|path| path.generalise())
}

fn node<'v, 'd>(document: &'v mut Value<'d>, path: &Path) -> Option<&'v mut Value<'d>> {
    path.segments().iter().try_fold(document, |value, segment| match (value, segment) {
        (Value::Array(items), Segment::Index(place)) => items.get_mut(*place),
        (Value::Object(object), Segment::Member(name)) => {
            let place = object.position(name)?;
            Some(&mut object.members[place].value)
        }
        _ => None,
    })
}

fn find(value: &Value<'_>, path: &Path, found: &mut Option<Path>) {
    match value {
        Value::String(text) if text == MARK => *found = Some(path.clone()),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                find(item, &path.join(Segment::Index(place)), found);
            }
        }
        Value::Object(object) => {
            for member in &object.members {
                find(&member.value, &path.join(Segment::Member(member.name.to_string())), found);
            }
        }
        _ => {}
    }
}
