//! The audit, audited: what is blind on purpose is found, and what is not is not blamed.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::auditor::audit_with;
use super::explain::Eyes;
use super::spread::Seed;
use super::walk::Survey;
use super::*;
use crate::compare::{Difference, Received};
use crate::diagnostic::Source;
use crate::exchange::{Answer, Headers, Observation, PerSide};
use crate::rule::{Action, Treatment};
use crate::suite::{Suite, read_suite};
use crate::value::{Object, Value, compact};
use crate::verdict::Prepared;

pub(super) fn answer(status: u16, body: &str) -> Answer {
    let media_type = if status < 400 {
        "application/json"
    } else {
        "application/problem+json"
    };
    Ok(Observation {
        status,
        headers: Headers(vec![("content-type".into(), media_type.into())]),
        body: body.to_owned().into(),
        elapsed: Duration::ZERO,
    })
}

/// A suite with these rules, and one exchange of its only case.
pub(super) fn input(rules: &str, legacy: Answer, candidate: Answer) -> Input {
    let text = format!("suite = 's'\n[legacy]\nget = '/a'\nerror_code = '/error/code'\n[candidate]\nget = '/b'\n{rules}");
    let suite = read_suite(&Source::new("s.toml", text)).unwrap_or_else(|errors| panic!("{errors}"));
    of(suite, vec![PerSide { legacy, candidate }])
}

fn of(suite: Suite, exchanges: Vec<PerSide<Answer>>) -> Input {
    let cases = suite.cases();
    Input {
        exchanges: exchanges
            .into_iter()
            .enumerate()
            .map(|(place, exchange)| (cases[place].clone(), exchange))
            .collect(),
        suite: suite.into(),
        bases: PerSide::default(),
    }
}

fn identity(body: &str) -> Input {
    input("", answer(200, body), answer(200, body))
}

pub(super) const ALL: Options = Options {
    seed: 0,
    budget: usize::MAX,
};

pub(super) fn only(report: AuditReport) -> SuiteAudit {
    let [suite] = <[SuiteAudit; 1]>::try_from(report.suites).unwrap();
    suite
}

pub(super) fn classes(findings: &[Finding], fate: Fate) -> BTreeSet<String> {
    let found = findings.iter().filter(|finding| finding.fate == fate);
    found.map(|finding| finding.class.to_string()).collect()
}

/// A document of which every mutant of a success can be made.
const RICH: &str = r#"{"id": 16777217, "score": -0.93, "on": true, "none": null, "empty": "", "text": "<b> & é's &amp; x",
    "digits": "571", "rows": [{"k": 1, "v": "a"}, {"k": 2, "v": "b"}, {"k": 3, "v": "b"}, {"k": 4, "v": "c"}], "list": [[]]}"#;

const ERROR_ROW: &str = "[[error]]
why = 'x'
legacy = { status = 412, code = '571' }
candidate = { status = 404, type = 'https://x.test/p', title = 'No', detail = 'None.', code = '571' }";
const LEGACY_ERROR: &str = r#"{"error":{"code":"571"}}"#;
const PROBLEM: &str = r#"{"type":"https://x.test/p","title":"No","status":404,"detail":"None.","code":"571"}"#;

#[test]
fn every_class_of_mutant_is_made_and_seen() {
    let success = only(audit(&[identity(RICH)], ALL));
    let error = only(audit(&[input(ERROR_ROW, answer(412, LEGACY_ERROR), answer(404, PROBLEM))], ALL));
    let nothing = only(audit(&[input("", answer(204, ""), answer(204, ""))], ALL));
    let mut made = BTreeSet::new();
    for suite in [&success, &error, &nothing] {
        assert_eq!(suite.findings, []);
        assert_eq!(suite.tally.sensitivity(), Some(1.0));
        assert_eq!(suite.tally.coverage(), Some(1.0));
        assert_eq!(suite.tally.all(), suite.possible);
        made.extend(suite.classes.keys().map(ToString::to_string));
    }
    let kinds = ["null", "boolean", "integer", "number", "string"];
    let between = kinds
        .iter()
        .flat_map(|from| kinds.iter().filter(move |to| *to != from).map(move |to| format!("{from}-to-{to}")));
    let mut expected: BTreeSet<String> = between.collect();
    expected.extend(
        "status media-type body-cut body-missing body-extra body-html byte-order-mark duplicate-key nan document-wrapped error-code \
         error-detail error-title error-type error-status member-missing member-extra member-renamed member-doubled object-emptied \
         object-listed object-to-null row-dropped row-doubled row-swapped row-moved last-row-lost list-emptied list-collapsed \
         list-nested array-to-null null-to-array last-digit rounded-to-32-bit sign zero flipped trailing-blank leading-blank \
         other-case normal-form html-escaped html-unescaped text-cut text-emptied"
            .split_whitespace()
            .map(str::to_owned),
    );
    assert_eq!(made, expected);
}

/// An answer read without a judge.
fn plainly(answer: &Observation) -> Option<Received<'_>> {
    let body = if answer.body.0.is_empty() {
        None
    } else {
        Some(crate::value::read(&answer.body.0).ok()?)
    };
    Some(Received {
        status: answer.status,
        media_type: None,
        headers: Vec::new(),
        body,
    })
}

#[test]
fn a_mutant_is_never_equal_to_the_original_and_leaves_no_trace() {
    for (status, body) in [(200, RICH), (404, PROBLEM), (204, "")] {
        let answer = answer(status, body).unwrap();
        let original = plainly(&answer).unwrap_or_else(|| panic!("{body} is read"));
        let mut received = original.clone();
        let survey = Survey::of(&answer, &original);
        let mutants = survey.choose(usize::MAX, Seed::new(0), &answer, &original);
        assert_eq!(mutants.len(), survey.total());
        for mutant in mutants {
            let changed = |changed: Option<&Received<'_>>| {
                let Some(changed) = changed else { return };
                let same = |one: Option<&Value<'_>>, other: Option<&Value<'_>>| match (one, other) {
                    (Some(one), Some(other)) => equal(one, other),
                    (one, other) => one.is_none() && other.is_none(),
                };
                let outside = (changed.status, &changed.media_type) == (original.status, &original.media_type);
                assert!(!outside || !same(original.body.as_ref(), changed.body.as_ref()), "{mutant:?}");
            };
            mutant.with(&answer, &mut received, plainly, changed);
            assert_eq!(received, original, "{mutant:?}");
            let (before, after) = mutant.shown(&original);
            assert_ne!(before, after, "{mutant:?}");
        }
    }
}

/// Eyes that do not see everything: they look at a document that was made simpler first.
struct Squinting {
    /// Whether they squint at what a suite with these rules makes.
    when: When,
    simpler: Simpler,
}

type When = fn(&Suite) -> bool;
type Simpler = fn(&mut Value<'_>);

impl Squinting {
    fn seen<'r>(&self, prepared: &Prepared<'_, '_>, answer: &Received<'r>) -> Received<'r> {
        let mut answer = answer.clone();
        if let (true, Some(body)) = ((self.when)(prepared.suite()), &mut answer.body) {
            everywhere(body, self.simpler);
        }
        answer
    }
}

impl Eyes for Squinting {
    fn agrees(&self, prepared: &Prepared<'_, '_>, answer: &Received<'_>) -> bool {
        prepared.agrees(&self.seen(prepared, answer))
    }

    fn differences(&self, prepared: &Prepared<'_, '_>, answer: &Received<'_>) -> Vec<Difference> {
        prepared.differences(&self.seen(prepared, answer))
    }
}

fn everywhere(value: &mut Value<'_>, simpler: Simpler) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, simpler)),
        Value::Object(Object { members }) => members.iter_mut().for_each(|member| everywhere(&mut member.value, simpler)),
        _ => {}
    }
    simpler(value);
}

fn text(value: &mut Value<'_>, change: impl FnOnce(&str) -> String) {
    if let Value::String(text) = value {
        *text = change(text).into();
    }
}

#[test]
fn blind_eyes_are_found_out() {
    const ALWAYS: When = |_| true;
    let plain = r#"{"rows":[{"k":1,"t":"a"},{"k":2,"t":"b"},{"k":3,"t":"é"}],"x":0.93,"on":true}"#;
    let blindness: [(Simpler, &[&str]); 8] = [
        (
            |value| text(value, |text| text.trim().to_owned()),
            &["leading-blank", "trailing-blank"],
        ),
        (|value| text(value, str::to_lowercase), &["other-case"]),
        (
            |value| {
                if let Value::Number(number) = value
                    && let Some(short) = number.text.get(..6)
                {
                    number.text = short.trim_end_matches('0').to_owned().into();
                }
            },
            &["rounded-to-32-bit"],
        ),
        (
            |value| {
                if let Value::Array(items) = value {
                    items.sort_by_key(compact);
                }
            },
            &["row-moved", "row-swapped"],
        ),
        (
            |value| {
                if let Value::Array(items) = value {
                    items.dedup();
                }
            },
            &["row-doubled"],
        ),
        (
            |value| {
                if let Value::Object(object) = value {
                    object.members.retain(|member| member.name != "parity_audit");
                }
            },
            &["member-extra"],
        ),
        (
            |value| {
                if let Value::Object(object) = value {
                    let mut seen = BTreeSet::new();
                    object.members.retain(|member| seen.insert(member.name.to_string()));
                }
            },
            &["duplicate-key", "member-doubled"],
        ),
        (
            |value| {
                if matches!(value, Value::String(text) if text == "true") {
                    *value = Value::Bool(true);
                }
            },
            &["boolean-to-string"],
        ),
    ];
    for (simpler, expected) in blindness {
        let eyes = Squinting { when: ALWAYS, simpler };
        let found = only(audit_with(&eyes, &[identity(plain)], ALL));
        let expected: BTreeSet<String> = expected.iter().map(|class| (*class).to_owned()).collect();
        assert_eq!(classes(&found.findings, Fate::Blind), expected);
        assert!(!found.passes() && found.tally.sensitivity() < Some(1.0));
        assert!(
            found
                .findings
                .iter()
                .all(|finding| finding.rule.is_none() && finding.fate == Fate::Blind)
        );
    }
}

const ROWS: &str = "[[comparison]]
rule = 'rows'
at = '/rows'
key = ['k']
why = 'x'
[[translation]]
rule = 'map'
at = '/rows/*/t'
values = [{ legacy = '\"a\"', candidate = '\"b\"' }]
why = 'x'";

#[test]
fn a_rule_that_swallows_more_than_it_says_is_blamed() {
    let legacy = r#"{"rows":[{"k":1,"t":"a"},{"k":2,"t":"c"}]}"#;
    let candidate = r#"{"rows":[{"k":1,"t":"b"},{"k":2,"t":"c"}]}"#;
    let planted: [(When, &str); 2] = [
        (|suite| !suite.comparisons.is_empty(), "rows /rows by k"),
        (
            |suite| {
                let maps = |rule: &crate::rule::Translation| matches!(rule.action, Action::Treatment(Treatment::Map(_)));
                suite.translations.iter().any(maps)
            },
            "map /rows/*/t",
        ),
    ];
    for (when, rule) in planted {
        let eyes = Squinting {
            when,
            simpler: |value| text(value, |text| text.trim_end().to_owned()),
        };
        let found = only(audit_with(&eyes, &[input(ROWS, answer(200, legacy), answer(200, candidate))], ALL));
        let [finding] = &found.findings[..] else {
            panic!("{:?}", found.findings)
        };
        assert_eq!((finding.fate, finding.class.to_string().as_str()), (Fate::Blind, "trailing-blank"));
        assert_eq!(finding.rule.as_ref().map(ToString::to_string).as_deref(), Some(rule));
        assert_eq!((finding.place.as_str(), finding.count), ("/rows/*/t", 2));
        assert_eq!(finding.example.path, "/rows/0/t");
        assert_eq!(
            (finding.example.before.as_str(), finding.example.after.as_str()),
            ("\"b\"", "\"b \"")
        );
    }
    // The rules as they are hide nothing.
    let found = only(audit(&[input(ROWS, answer(200, legacy), answer(200, candidate))], ALL));
    assert_eq!(found.findings, []);
}

#[test]
fn a_number_that_may_be_written_in_any_way_is_declared_so() {
    let rules = "[[translation]]\nrule = 'number'\nat = '/x'\nwhy = 'x'\n[[translation]]\nrule = 'integer'\nat = '/y'\nwhy = 'x'";
    let found = only(audit(
        &[input(
            rules,
            answer(200, r#"{"x":"34","y":"34"}"#),
            answer(200, r#"{"x":34,"y":34}"#),
        )],
        ALL,
    ));
    let [finding] = &found.findings[..] else {
        panic!("{:?}", found.findings)
    };
    assert_eq!(finding.fate, Fate::Declared);
    assert_eq!(
        (finding.class.to_string(), finding.place.as_str()),
        ("integer-to-number".to_owned(), "/x")
    );
    assert_eq!(finding.rule.as_ref().unwrap().to_string(), "number /x");
    assert_eq!((finding.example.before.as_str(), finding.example.after.as_str()), ("34", "34.0"));
    assert_eq!(found.tally.sensitivity(), Some(1.0));
    assert!(found.tally.coverage() < Some(1.0));
    assert!(found.passes());
}

pub(super) fn floor(input: &Input, floor: f64) -> Input {
    Input {
        suite: Suite {
            coverage_floor: Some(floor),
            ..(*input.suite).clone()
        }
        .into(),
        bases: PerSide::default(),
        exchanges: input.exchanges.clone(),
    }
}

#[test]
fn a_coverage_below_the_floor_fails() {
    let rules = "[[translation]]\nrule = 'number'\nat = '/x'\nwhy = 'x'";
    let mut input = input(rules, answer(200, r#"{"x":"34"}"#), answer(200, r#"{"x":34}"#));
    let found = only(audit(&[floor(&input, 1.0)], ALL));
    assert!(found.below_floor() && !found.passes());
    let found = only(audit(&[floor(&input, found.tally.coverage().unwrap())], ALL));
    assert!(!found.below_floor() && found.passes());
    // Nothing was audited, so nothing is known of the coverage.
    input.exchanges.clear();
    assert!(only(audit(&[floor(&input, 1.0)], ALL)).passes());
}

#[test]
fn an_expected_mismatch_hides_what_has_its_signatures_and_nothing_else() {
    let rules = "[[expected]]\ncase = '*'\nverdict = 'mismatch'\nsignatures = ['/rows/*/v: other value']\nwhy = 'x'";
    let legacy = r#"{"n":1,"rows":[{"v":1},{"v":2}]}"#;
    let candidate = r#"{"n":1,"rows":[{"v":1},{"v":3}]}"#;
    let found = only(audit(&[input(rules, answer(200, legacy), answer(200, candidate))], ALL));
    assert_eq!(found.audited, 1);
    assert_eq!(classes(&found.findings, Fate::Blind), BTreeSet::new());
    let rules: BTreeSet<String> = found
        .findings
        .iter()
        .map(|finding| finding.rule.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(rules, BTreeSet::from(["expected mismatch *".to_owned()]));
    let declared = classes(&found.findings, Fate::Declared);
    // Each value of these rows may be another one; a third kind of change is not excused.
    assert!(declared.contains("last-digit") && declared.contains("row-swapped"), "{declared:?}");
    for class in ["integer-to-string", "row-dropped", "member-missing", "status"] {
        assert!(!declared.contains(class), "{class}");
        assert!(
            found
                .classes
                .iter()
                .any(|(made, tally)| made.to_string() == class && tally.declared == 0)
        );
    }
    assert!(
        found.findings.iter().all(|finding| finding.place.starts_with("/rows")),
        "{:?}",
        found.findings
    );
}

#[test]
fn what_is_not_in_parity_is_not_audited_and_said() {
    let broken = input("", answer(500, "<p>"), answer(200, "{}"));
    let differs = input("", answer(200, "{}"), answer(200, "[]"));
    for (input, why) in [(broken, "legacy-broken"), (differs, "mismatch")] {
        let found = only(audit(&[input], ALL));
        assert_eq!((found.audited, found.possible, found.tally.all()), (0, 0, 0));
        assert_eq!(
            found.unaudited,
            [Unaudited {
                case: "s".into(),
                why: why.into()
            }]
        );
    }
}

fn many() -> Vec<Input> {
    let text = "suite = 's'\n[parameters]\nid = [1, 2, 3]\n[legacy]\nget = '/a/{id}'\n[candidate]\nget = '/b/{id}'\n";
    let suite = |name: &str| read_suite(&Source::new("s.toml", text.replace("'s'", name))).unwrap();
    let long = format!(
        "{{\"rows\":[{}]}}",
        (0..200).map(|k| format!("{{\"k\":{k}}}")).collect::<Vec<_>>().join(",")
    );
    let exchange = |body: &str| PerSide {
        legacy: answer(200, body),
        candidate: answer(200, body),
    };
    vec![
        of(suite("'one'"), vec![exchange(&long), exchange(RICH), exchange("1")]),
        of(suite("'two'"), vec![exchange(RICH)]),
    ]
}

#[test]
fn the_budget_is_kept_and_spread_and_a_seed_decides() {
    let inputs = many();
    let audited = |seed, budget| audit(&inputs, Options { seed, budget });
    let all = audited(0, usize::MAX);
    let possible: usize = all.suites.iter().map(|suite| suite.possible).sum();
    assert_eq!(all.tally().all(), possible);
    assert!(possible > 2000, "{possible}");

    let some = audited(0, 200);
    assert_eq!(some.tally().all(), 200);
    let [one, two] = &some.suites[..] else { panic!("two suites") };
    assert_eq!((one.tally.all(), two.tally.all()), (100, 100));
    // Nearly every class of the rich document has its share, though most mutants of the whole are of a few.
    assert!(two.classes.len() > 40, "{:?}", two.classes);
    assert!(one.classes.values().all(|tally| tally.all() < 12), "{:?}", one.classes);

    assert_eq!(audited(0, 200), some);
    assert_ne!(audited(1, 200).suites[0].classes, some.suites[0].classes);
    assert_eq!(audited(0, 0).tally().all(), 0);
}

pub(super) fn documents() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,4})?([eE]-?[0-9]{1,2})?".prop_map(Value::number),
        "[a-cA-C é<&'0-9]{0,4}".prop_map(Value::string),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map("[a-dA-D_]{1,2}", inner, 0..4).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| crate::value::Member { name: name.into(), value });
                Value::Object(Object {
                    members: members.collect(),
                })
            }),
        ]
    })
}

proptest! {
    #[test]
    fn without_rules_every_mutant_of_every_document_is_seen(document in documents()) {
        let found = only(audit(&[identity(&compact(&document))], ALL));
        prop_assert_eq!(&found.findings, &vec![]);
        prop_assert_eq!(found.tally.sensitivity(), Some(1.0));
        prop_assert_eq!(found.tally.coverage(), Some(1.0));
    }

    #[test]
    fn the_audits_own_equality_is_that_of_the_comparison(one in documents(), other in documents()) {
        let comparer = crate::compare::Comparer::default();
        let same = |one: &Value<'static>, other: &Value<'static>| {
            let expected = crate::translate::Expected { status: 200, media_type: None, headers: Vec::new(), body: Some(one.clone()) };
            let received = Received { status: 200, media_type: None, headers: Vec::new(), body: Some(other.clone()) };
            comparer.agrees(&expected, &received, &crate::rule::Facts::default())
        };
        prop_assert!(equal(&one, &one) && same(&one, &one));
        prop_assert_eq!(equal(&one, &other), same(&one, &other));
    }
}

/// A success with these headers besides its media type.
fn with_headers(headers: &[(&str, &str)]) -> Answer {
    let mut answer = answer(200, "{}");
    if let Ok(answer) = &mut answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        answer.headers.0.extend(headers);
    }
    answer
}

#[test]
fn named_headers_are_changed_and_only_a_pattern_declares_that_some_values_do_not_matter() {
    let rules = "[[header]]\nname = 'X-Equal'\nequal = true\nwhy = 'x'\n\
                 [[header]]\nname = 'X-Gone'\nabsent = true\nwhy = 'x'\n\
                 [[header]]\nname = 'X-Same'\nmap = [{ legacy = 'a', candidate = 'b' }]\nwhy = 'x'\n\
                 [[header]]\nname = 'X-Tag'\npattern = '[a-z]+'\nwhy = 'x'\n";
    let legacy = with_headers(&[
        ("X-Equal", "1"),
        ("X-Equal", "2"),
        ("X-Gone", "1"),
        ("X-Same", "a"),
        ("X-Tag", "p"),
        ("X-Other", "1"),
    ]);
    let candidate = with_headers(&[
        ("X-Equal", "1"),
        ("X-Equal", "2"),
        ("X-Same", "b"),
        ("X-Tag", "q"),
        ("X-Other", "2"),
    ]);
    let found = only(audit(&[input(rules, legacy, candidate)], ALL));
    assert_eq!((found.audited, found.tally.sensitivity()), (1, Some(1.0)), "{:?}", found.findings);
    let made: BTreeSet<String> = found
        .classes
        .keys()
        .map(ToString::to_string)
        .filter(|class| class.starts_with("header"))
        .collect();
    assert_eq!(
        made.into_iter().collect::<Vec<_>>(),
        ["header-changed", "header-doubled", "header-extra", "header-missing"]
    );
    let [finding] = &found.findings[..] else {
        panic!("{:?}", found.findings)
    };
    assert_eq!(
        (finding.fate, finding.class, finding.place.as_str()),
        (Fate::Declared, Class::HeaderChanged, "header X-Tag")
    );
    assert_eq!(finding.rule.as_ref().unwrap().to_string(), "header X-Tag like [a-z]+");
    assert_eq!(
        (finding.example.path.as_str(), finding.example.after.as_str()),
        ("header X-Tag", "\"qx\"")
    );
}
