//! Suites from requests that were seen: which request of one side belongs to which of the other, and what varies in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

/// What both sides were asked for the same, path and query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    pub legacy: String,
    pub candidate: String,
}

/// A suite to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuite {
    /// Its name, which is also that of its file.
    pub name: String,
    pub text: String,
    /// How many cases it has.
    pub cases: usize,
}

/// Pairs requests that have the most values in common; what has none is paired in order. What is left over has no partner.
pub fn paired(legacy: &[String], candidate: &[String]) -> Vec<Pair> {
    let distinct = |targets: &[String]| {
        let mut seen = BTreeSet::new();
        targets
            .iter()
            .filter(|target| seen.insert((*target).clone()))
            .cloned()
            .collect::<Vec<_>>()
    };
    let (ours, theirs) = (distinct(legacy), distinct(candidate));
    let mut scored: Vec<(usize, usize, usize)> = Vec::new();
    for (at, one) in ours.iter().enumerate() {
        for (place, other) in theirs.iter().enumerate() {
            scored.push((in_common(one, other), at, place));
        }
    }
    // The best first, and of equals those that stand at the same place.
    scored.sort_by_key(|(score, at, place)| (std::cmp::Reverse(*score), at.abs_diff(*place), *at));
    let (mut used, mut taken) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = BTreeMap::new();
    for (_, at, place) in scored {
        if !used.contains(&at) && !taken.contains(&place) {
            used.insert(at);
            taken.insert(place);
            pairs.insert(at, place);
        }
    }
    pairs
        .into_iter()
        .map(|(at, place)| Pair {
            legacy: ours[at].clone(),
            candidate: theirs[place].clone(),
        })
        .collect()
}

fn in_common(one: &str, other: &str) -> usize {
    let others = parts(other);
    let common = parts(one)
        .into_iter()
        .filter(|part| !part.is_fixed && others.iter().any(|other| other.text == part.text));
    common.map(|part| if is_integer(&part.text) { 100 } else { 1 }).sum()
}

/// A piece of a target: a segment of its path, a value of its query, or what stands between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    text: String,
    /// What stands between values, and never varies.
    is_fixed: bool,
    /// What a parameter in its place is called.
    name: String,
}

fn parts(target: &str) -> Vec<Part> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let fixed = |text: &str| Part {
        text: text.to_owned(),
        is_fixed: true,
        name: String::new(),
    };
    let mut found = Vec::new();
    let mut before = String::new();
    for segment in path.split('/').skip(1) {
        found.push(fixed("/"));
        let name = if before.is_empty() {
            "id".to_owned()
        } else {
            format!("{before}_id")
        };
        found.push(Part {
            text: segment.to_owned(),
            is_fixed: false,
            name,
        });
        before = word(segment);
    }
    for (place, entry) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        let (name, value) = entry.split_once('=').map_or((entry, None), |(name, value)| (name, Some(value)));
        found.push(fixed(&format!("{}{name}", if place == 0 { "?" } else { "&" })));
        if let Some(value) = value {
            found.push(fixed("="));
            found.push(Part {
                text: value.to_owned(),
                is_fixed: false,
                name: word(name),
            });
        }
    }
    found
}

/// A text as a word that a parameter or a suite can be called by.
fn word(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    plain.trim_matches('_').to_owned()
}

fn is_integer(text: &str) -> bool {
    !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The parts of what both sides were asked, the legacy first.
type Both = (Vec<Part>, Vec<Part>);

/// Those of one side.
type SideOf = fn(&Both) -> &Vec<Part>;

/// Pairs of one shape: whose targets differ in their values only.
struct Group {
    pairs: Vec<Both>,
}

/// Suites for these pairs: what varies, and every integer that both sides have, becomes a parameter.
pub fn suites(pairs: &[Pair]) -> Vec<NewSuite> {
    let mut names = BTreeSet::new();
    groups(pairs)
        .into_iter()
        .map(|group| {
            let mut suite = group.suite();
            let plain = suite.name.clone();
            let mut number = 2;
            while !names.insert(suite.name.clone()) {
                suite.name = format!("{plain}-{number}");
                number += 1;
            }
            suite.text = format!("suite = {}\n{}", quoted(&suite.name), suite.text);
            suite
        })
        .collect()
}

fn groups(pairs: &[Pair]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for pair in pairs {
        let parts = (parts(&pair.legacy), parts(&pair.candidate));
        match groups.iter_mut().find(|group| group.takes(&parts)) {
            Some(group) => group.pairs.push(parts),
            None => groups.push(Group { pairs: vec![parts] }),
        }
    }
    groups
}

impl Group {
    /// Whether the pair has the shape of the group: on both sides one and the same value is another, or none.
    fn takes(&self, (legacy, candidate): &Both) -> bool {
        self.pairs.iter().all(|(ours, theirs)| {
            let (Some(here), Some(there)) = (differing(ours, legacy), differing(theirs, candidate)) else {
                return false;
            };
            match (&here[..], &there[..]) {
                ([], []) => true,
                // One value on either side, the same one: integers, or any text that both have.
                ([at], [place]) => legacy[*at].text == candidate[*place].text && ours[*at].text == theirs[*place].text,
                ([at], []) => is_integer(&legacy[*at].text) && is_integer(&ours[*at].text),
                ([], [place]) => is_integer(&candidate[*place].text) && is_integer(&theirs[*place].text),
                _ => false,
            }
        })
    }

    fn suite(&self) -> NewSuite {
        let (legacy, candidate) = &self.pairs[0];
        let varies = |side: SideOf, at: usize| self.pairs.iter().any(|pair| side(pair)[at].text != side(&self.pairs[0])[at].text);
        // The name of each, and its value in every pair.
        let mut parameters: Vec<(String, Vec<String>)> = Vec::new();
        let mut taken = BTreeSet::new();
        let mut open = |parts: &[Part], other: &[Part], side: SideOf| -> String {
            let mut template = String::new();
            for (at, part) in parts.iter().enumerate() {
                let shared = other.iter().any(|other| !other.is_fixed && other.text == part.text);
                let opens = !part.is_fixed && (varies(side, at) || (is_integer(&part.text) && shared));
                if !opens {
                    template.push_str(&part.text.replace('{', "{{").replace('}', "}}"));
                    continue;
                }
                let column: Vec<String> = self.pairs.iter().map(|pair| side(pair)[at].text.clone()).collect();
                let name = match parameters.iter().find(|(_, known)| *known == column) {
                    Some((name, _)) => name.clone(),
                    None => {
                        let name = fresh(&part.name, &mut taken);
                        parameters.push((name.clone(), column));
                        name
                    }
                };
                write!(template, "{{{name}}}").expect("writing to a String");
            }
            template
        };
        // The candidate's names are the ones that stay.
        let get = open(candidate, legacy, |pair| &pair.1);
        let legacy = open(legacy, candidate, |pair| &pair.0);
        let mut text = format!("title = {}\n", quoted(&format!("GET {get}")));
        let mut cases = 1;
        if !parameters.is_empty() {
            text.push_str("\n[parameters]\n");
        }
        for (name, column) in &parameters {
            let mut seen = BTreeSet::new();
            let values: Vec<&String> = column.iter().filter(|value| seen.insert(*value)).collect();
            cases *= values.len();
            let integers = values
                .iter()
                .all(|value| is_integer(value) && (value.as_str() == "0" || !value.starts_with('0')));
            let values: Vec<String> = values
                .iter()
                .map(|value| {
                    if integers {
                        (*value).clone()
                    } else {
                        quoted(&percent_decode_str(value).decode_utf8_lossy())
                    }
                })
                .collect();
            writeln!(text, "{name} = [{}]", values.join(", ")).expect("writing to a String");
        }
        write!(
            text,
            "\n[legacy]\nget = {}\n\n[candidate]\nget = {}\n",
            quoted(&legacy),
            quoted(&get)
        )
        .expect("writing to a String");
        let words: Vec<String> = candidate
            .iter()
            .filter(|part| !part.is_fixed && !is_integer(&part.text))
            .map(|part| word(&part.text).replace('_', "-"))
            .filter(|word| !word.is_empty())
            .collect();
        NewSuite {
            name: if words.is_empty() { "root".to_owned() } else { words.join("-") },
            text,
            cases,
        }
    }
}

/// The places in which two targets of one shape have other values; `None` when they are of two shapes.
fn differing(one: &[Part], other: &[Part]) -> Option<Vec<usize>> {
    let same_shape = one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(a, b)| a.is_fixed == b.is_fixed && (!a.is_fixed || a.text == b.text));
    same_shape.then(|| (0..one.len()).filter(|at| one[*at].text != other[*at].text).collect())
}

/// The name, or the name with a number where it is taken.
fn fresh(name: &str, taken: &mut BTreeSet<String>) -> String {
    let name = if name.is_empty() { "value" } else { name };
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.expect("numbers do not end");
    taken.insert(free.clone());
    free
}

/// A text as TOML writes it; the escapes of JSON are among its own.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::suite::{Credentials, read_suite};

    fn made(legacy: &[&str], candidate: &[&str]) -> Vec<(NewSuite, Vec<String>)> {
        let own = |targets: &[&str]| targets.iter().map(|target| (*target).to_owned()).collect::<Vec<_>>();
        let suites = suites(&paired(&own(legacy), &own(candidate)));
        let read =
            |new: &NewSuite| read_suite(&Source::new("s.toml", new.text.clone())).unwrap_or_else(|errors| panic!("{errors}\n{}", new.text));
        let asked = |new: &NewSuite| {
            let suite = read(new);
            let requests = suite.cases().into_iter().map(|case| {
                let targets = suite
                    .request
                    .as_ref()
                    .map(|template| case.request(template, &Credentials::default()).unwrap().target);
                format!("{} {}", targets.legacy, targets.candidate)
            });
            requests.collect()
        };
        suites.into_iter().map(|new| (new.clone(), asked(&new))).collect()
    }

    #[test]
    fn what_varies_becomes_a_parameter_and_the_requests_are_asked_again() {
        let found = made(
            &[
                "/api/run/trace/34",
                "/api/run/trace/24",
                "/api/list",
                "/api/user.php?name=Ada%20L&v=1",
            ],
            &["/run/trace/24", "/run/trace/34", "/things", "/users/Ada%20L"],
        );
        let names: Vec<&str> = found.iter().map(|(suite, _)| suite.name.as_str()).collect();
        assert_eq!(names, ["run-trace", "things", "users-ada-20l"]);
        assert_eq!(found[0].1, ["/api/run/trace/34 /run/trace/34", "/api/run/trace/24 /run/trace/24"]);
        assert!(found[0].0.text.contains("trace_id = [34, 24]"), "{}", found[0].0.text);
        assert_eq!(found[1].1, ["/api/list /things"]);
        assert_eq!(found[2].1, ["/api/user.php?name=Ada%20L&v=1 /users/Ada%20L"]);
    }

    #[test]
    fn texts_that_both_sides_have_vary_too() {
        let found = made(&["/old?q=a", "/old?q=b"], &["/new/a", "/new/b"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, ["/old?q=a /new/a", "/old?q=b /new/b"]);
    }

    #[test]
    fn two_that_vary_at_once_are_no_product() {
        let found = made(&["/a/1/2", "/a/3/4"], &["/b/1/2", "/b/3/4"]);
        let asked: Vec<String> = found.into_iter().flat_map(|(_, asked)| asked).collect();
        assert_eq!(asked, ["/a/1/2 /b/1/2", "/a/3/4 /b/3/4"]);
    }

    #[test]
    fn one_request_is_enough() {
        let found = made(&["/"], &["/"]);
        assert_eq!((found[0].0.name.as_str(), &found[0].1[..]), ("root", &["/ /".to_owned()][..]));
        let braces = made(&["/x/{y}/7"], &["/x/{y}/7"]);
        assert_eq!(braces[0].1, ["/x/{y}/7 /x/{y}/7"]);
    }
}
