//! Rows of the error table: what errors of the legacy became, from the pairs of answers that were seen.

use std::collections::BTreeMap;

use crate::compare::Change;
use crate::path::{Path, Segment};
use crate::suite::Binding;
use crate::value::{Member, Object, Value, compact};
use crate::verdict::Verdict;

use super::candidate::{Alternatives, Candidate, Goal};
use super::draft::{Draft, Options, json, quoted, without_parameters};
use super::ground::{Ground, State};

/// How many parts of an answer a condition may name.
const MOST_PARTS: usize = 6;

const PROBLEM_JSON: &str = "application/problem+json";

/// Cases whose errors are of one kind.
struct Group {
    legacy: Options,
    cases: Vec<usize>,
}

/// One row for each kind of error that no row names yet.
pub(super) fn rows(ground: &Ground<'_>, state: &State<'_>) -> Vec<Alternatives> {
    let errors = errors(ground, state);
    let successes = successes(ground, state);
    let candidates = errors.into_iter().chain(successes).map(|group| {
        let rows = owed(ground, &group.cases).into_iter();
        let drafts = rows.map(|candidate| Draft::Error {
            legacy: group.legacy.clone(),
            candidate,
        });
        drafts
            .map(|draft| Candidate::new(Goal::Nearer, [], [draft]).in_cases(group.cases.clone()))
            .collect()
    });
    candidates.filter(|alternatives: &Alternatives| !alternatives.is_empty()).collect()
}

/// Errors of the legacy without a row, by status, code and message.
fn errors(ground: &Ground<'_>, state: &State<'_>) -> Vec<Group> {
    let mut groups: BTreeMap<Vec<(&'static str, String)>, Vec<usize>> = BTreeMap::new();
    for (case, seen) in state.cases.iter().enumerate() {
        let unknown = seen
            .differences
            .iter()
            .any(|difference| matches!(difference.change, Change::UnknownError { .. }));
        let (true, true, Some(document)) = (unknown, seen.is_open(), &ground.documents[case].legacy) else {
            continue;
        };
        let Some(legacy) = legacy(ground, case, document) else { continue };
        groups.entry(legacy).or_default().push(case);
    }
    groups.into_iter().map(|(legacy, cases)| Group { legacy, cases }).collect()
}

/// What tells an error of the legacy from others.
fn legacy(ground: &Ground<'_>, case: usize, document: &Value<'_>) -> Option<Options> {
    let (case, exchange) = &ground.input().exchanges[case];
    let paths = &ground.input().suite.error_paths;
    let said = |path: &Option<Path>| document.pointer(path.as_ref()?)?.scalar_text();
    let mut options = vec![("status", exchange.legacy.as_ref().ok()?.status.to_string())];
    match (said(&paths.code), said(&paths.message)) {
        (None, None) => {
            let mut parts = Vec::new();
            if !leaves(document, &Path::root(), &mut parts) || parts.is_empty() || parts.len() > MOST_PARTS {
                return None;
            }
            options.push(("when", conditions(&parts)));
        }
        (code, message) => {
            options.extend(code.map(|code| ("code", quoted(code))));
            options.extend(message.map(|message| ("message", quoted(&general(message, &case.binding)))));
        }
    }
    Some(options)
}

/// Successes of the legacy that are errors of the candidate, by what they say.
fn successes(ground: &Ground<'_>, state: &State<'_>) -> Vec<Group> {
    let status = |case: usize| {
        let exchange = &ground.input().exchanges[case].1;
        let status = |answer: &crate::exchange::Answer| answer.as_ref().map_or(0, |answer| answer.status);
        (status(&exchange.legacy), status(&exchange.candidate))
    };
    let mut groups: BTreeMap<(u16, u16), Vec<usize>> = BTreeMap::new();
    for (case, seen) in state.cases.iter().enumerate() {
        let (ours, theirs) = status(case);
        if seen.is_open() && seen.verdict == Verdict::Mismatch && (200..300).contains(&ours) && (400..500).contains(&theirs) {
            groups.entry((ours, theirs)).or_default().push(case);
        }
    }
    let found = groups.into_iter().filter_map(|((ours, _), cases)| {
        let mut shared: Option<Vec<(Path, String)>> = None;
        for case in &cases {
            let mut parts = Vec::new();
            if !leaves(ground.documents[*case].legacy.as_ref()?, &Path::root(), &mut parts) {
                return None;
            }
            match &mut shared {
                None => shared = Some(parts),
                Some(shared) => shared.retain(|part| parts.contains(part)),
            }
        }
        let shared = shared?;
        // Of every other success at least one of these must say something else.
        let is_one = |case: usize| {
            let document = ground.documents[case].legacy.as_ref();
            document.is_some_and(|document| {
                shared
                    .iter()
                    .all(|(path, value)| document.pointer(path).map(compact).as_ref() == Some(value))
            })
        };
        let mut others = (0..state.cases.len()).filter(|case| !cases.contains(case) && status(*case).0 == ours);
        if shared.is_empty() || shared.len() > MOST_PARTS || others.any(is_one) {
            return None;
        }
        let legacy = vec![("status", ours.to_string()), ("when", conditions(&shared))];
        Some(Group { legacy, cases })
    });
    found.collect()
}

/// Every scalar with its path; `false` where there are lists, which conditions cannot look into.
fn leaves(value: &Value<'_>, path: &Path, found: &mut Vec<(Path, String)>) -> bool {
    match value {
        Value::Object(object) => object
            .members
            .iter()
            .all(|member| leaves(&member.value, &path.join(Segment::Member(member.name.to_string())), found)),
        Value::Array(items) if !items.is_empty() => false,
        other => {
            found.push((path.clone(), compact(other)));
            true
        }
    }
}

fn conditions(parts: &[(Path, String)]) -> String {
    let tests: Vec<String> = parts
        .iter()
        .map(|(path, value)| format!("{{ path = {}, equals = {} }}", quoted(&path.to_string()), json(value)))
        .collect();
    match tests.as_slice() {
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// What the candidate owes in all of these cases, in the ways in which that can be said.
fn owed(ground: &Ground<'_>, cases: &[usize]) -> Vec<Options> {
    let answers: Option<Vec<_>> = cases
        .iter()
        .map(|case| {
            let (bound, exchange) = &ground.input().exchanges[*case];
            Some((*case, &bound.binding, exchange.candidate.as_ref().ok()?))
        })
        .collect();
    let Some(answers) = answers.filter(|answers| !answers.is_empty()) else {
        return Vec::new();
    };
    let status = answers[0].2.status;
    let media_type = |answer: &crate::exchange::Observation| answer.headers.get("content-type").map(crate::exchange::MediaType::parse);
    let first = media_type(answers[0].2);
    if answers
        .iter()
        .any(|(_, _, answer)| answer.status != status || media_type(answer) != first)
        || status >= 500
    {
        return Vec::new();
    }
    let documents: Vec<Option<&Value<'_>>> = cases.iter().map(|case| ground.documents[*case].candidate.as_ref()).collect();
    if documents.iter().all(Option::is_none) {
        return vec![vec![("status", status.to_string())]];
    }
    let bodies: Option<Vec<&Value<'_>>> = documents.into_iter().collect();
    let Some(bodies) = bodies else { return Vec::new() };
    let said = Said {
        ground,
        answers: answers.iter().map(|(case, binding, _)| (*case, *binding)).collect(),
    };
    let essence = first.as_ref().map(|media_type| media_type.essence().to_owned()).unwrap_or_default();
    [said.problem(status, &essence, &bodies), said.document(status, &essence, &bodies)]
        .into_iter()
        .flatten()
        .collect()
}

/// What the errors of a group say, for texts that quote them.
struct Said<'g, 'i> {
    ground: &'g Ground<'i>,
    answers: Vec<(usize, &'g Binding)>,
}

impl Said<'_, '_> {
    /// A problem document in the words of a row.
    fn problem(&self, status: u16, media_type: &str, bodies: &[&Value<'_>]) -> Option<Options> {
        let objects: Option<Vec<&Object<'_>>> = bodies
            .iter()
            .map(|body| match body {
                Value::Object(object) => Some(object),
                _ => None,
            })
            .collect();
        let objects = objects?;
        let own_status = |object: &&Object<'_>| object.get("status").map(compact) == Some(status.to_string());
        if media_type != PROBLEM_JSON || status < 400 || !objects.iter().all(own_status) {
            return None;
        }
        let mut options = vec![("status", status.to_string())];
        let mut members = Vec::new();
        for member in &objects[0].members {
            let values: Option<Vec<&Value<'_>>> = objects.iter().map(|object| object.get(&member.name)).collect();
            let values = values?;
            let key = ["type", "title", "detail", "code"].into_iter().find(|key| member.name == *key);
            match key {
                Some(key) => options.push((key, quoted(&self.text(&values)?))),
                None if member.name == "status" => {}
                None => {
                    let value = self.template(&values)?;
                    members.push(format!("{} = {}", quoted(&member.name), json(&compact(&value))));
                }
            }
        }
        if objects.iter().any(|object| object.members.len() != objects[0].members.len()) {
            return None;
        }
        if !members.is_empty() {
            options.push(("members", format!("{{ {} }}", members.join(", "))));
        }
        Some(options)
    }

    /// Any document.
    fn document(&self, status: u16, media_type: &str, bodies: &[&Value<'_>]) -> Option<Options> {
        let body = self.template(bodies)?;
        let mut options = vec![("status", status.to_string())];
        if media_type != "application/json" {
            options.push(("media_type", quoted(media_type)));
        }
        options.push(("body", json(&compact(&body))));
        Some(options)
    }

    /// One document with parameters in its texts, of which all of these are made.
    fn template(&self, values: &[&Value<'_>]) -> Option<Value<'static>> {
        let first = *values.first()?;
        match first {
            Value::String(_) => self.text(values).map(Value::string),
            Value::Object(object) => {
                let members = object.members.iter().map(|member| {
                    let values: Option<Vec<&Value<'_>>> = values
                        .iter()
                        .map(|value| match value {
                            Value::Object(other) if other.members.len() == object.members.len() => other.get(&member.name),
                            _ => None,
                        })
                        .collect();
                    Some(Member {
                        name: member.name.to_string().into(),
                        value: self.template(&values?)?,
                    })
                });
                let members = members.collect::<Option<Vec<_>>>()?;
                Some(Value::Object(Object { members }))
            }
            other => values.iter().all(|value| *value == other).then(|| other.clone().into_owned()),
        }
    }

    /// One text with parameters in it, of which all of these are made.
    fn text(&self, values: &[&Value<'_>]) -> Option<String> {
        let texts: Option<Vec<&str>> = values
            .iter()
            .map(|value| match value {
                Value::String(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let texts = texts?;
        let first = *texts.first()?;
        // What several cases share is a text; what one case alone says may hold its parameters.
        if texts.len() > 1 && texts.iter().all(|text| *text == first) {
            return Some(without_parameters(first).into_owned());
        }
        let mut made = texts
            .iter()
            .zip(&self.answers)
            .map(|(text, (case, binding))| self.quoting(text, *case, binding));
        let one = made.next()?;
        made.all(|other| other == one).then_some(one)
    }

    /// A text with what the legacy's error says, and then the case's parameters, taken out.
    fn quoting(&self, text: &str, case: usize, binding: &Binding) -> String {
        let paths = &self.ground.input().suite.error_paths;
        let document = self.ground.documents[case].legacy.as_ref();
        let said = |path: &Option<Path>| document?.pointer(path.as_ref()?)?.scalar_text();
        let quote = |name: &str, said: Option<&str>| {
            let said = said.filter(|said| said.len() > 3)?;
            let (before, after) = text.split_once(said)?;
            Some(format!("{}{{legacy.{name}}}{}", general(before, binding), general(after, binding)))
        };
        quote("additional_information", said(&paths.information)).unwrap_or_else(|| general(text, binding))
    }
}

/// A text in which the values of parameters are their names, where they stand alone.
fn general(text: &str, binding: &Binding) -> String {
    let mut bound: Vec<_> = binding.0.iter().filter(|bound| !bound.value.is_empty()).collect();
    bound.sort_by_key(|bound| std::cmp::Reverse(bound.value.len()));
    let mut out = String::new();
    let mut rest = text;
    'text: while let Some(c) = rest.chars().next() {
        let begins = !out.ends_with(char::is_alphanumeric) || !c.is_alphanumeric();
        for bound in &bound {
            if let Some(after) = rest.strip_prefix(bound.value.as_str()) {
                let ends = !after.starts_with(char::is_alphanumeric) || !bound.value.ends_with(char::is_alphanumeric);
                if begins && ends {
                    out.push('{');
                    out.push_str(&bound.name);
                    out.push('}');
                    rest = after;
                    continue 'text;
                }
            }
        }
        match c {
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Bound;

    #[test]
    fn parameters_are_taken_out_of_texts_where_they_stand_alone() {
        let bound = |name: &str, value: &str| Bound {
            name: name.into(),
            value: value.into(),
            is: None,
        };
        let binding = Binding(vec![bound("id", "3"), bound("name", "weka.ZeroR"), bound("none", "")]);
        for (text, general_text) in [
            ("Run 3 not found.", "Run {id} not found."),
            ("Run 34 not found in 3.", "Run 34 not found in {id}."),
            ("Flow weka.ZeroR {3}", "Flow {name} {{{id}}}"),
            ("v3 3v _3_", "v3 3v _{id}_"),
            ("", ""),
        ] {
            assert_eq!(general(text, &binding), general_text);
        }
    }
}
