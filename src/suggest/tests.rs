//! Each family of rules, from what both sides answer to what is proposed.

use std::sync::Arc;
use std::time::Duration;

use crate::audit::Input;
use crate::diagnostic::Source;
use crate::exchange::{Exchange, Headers, Observation, PerSide};
use crate::suite::read_suite;

use super::{Suggestion, suggest};

const SIDES: &str = "suite = 's'\n[parameters]\nid = [{ from = 1, to = 4 }]\n[legacy]\nget = '/a/{id}'\n\
                     error_code = '/error/code'\nerror_message = '/error/message'\nerror_information = '/error/additional_information'\n\
                     [candidate]\nget = '/b/{id}'\n";

/// Status and body of an answer.
type Said<'t> = (u16, &'t str);

fn answer((status, body): Said<'_>) -> Observation {
    let media_type = if body.contains("\"title\"") {
        "application/problem+json"
    } else {
        "application/json"
    };
    Observation {
        status,
        headers: Headers(vec![("Content-Type".into(), media_type.into())]),
        body: body.to_owned().into(),
        elapsed: Duration::ZERO,
    }
}

/// What is recorded of the first cases of a suite with these rules, legacy and candidate.
fn input(rules: &str, answers: &[(Said<'_>, Said<'_>)]) -> Input {
    let text = format!("{SIDES}{rules}");
    let suite = read_suite(&Source::new("s.toml", text.as_str())).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let cases = suite.cases();
    let exchanges = cases.into_iter().zip(answers).map(|(case, (legacy, candidate))| {
        let exchange: Exchange = PerSide {
            legacy: Ok(answer(*legacy)),
            candidate: Ok(answer(*candidate)),
        };
        (case, exchange)
    });
    Input {
        exchanges: exchanges.collect(),
        suite: Arc::new(suite),
        bases: PerSide::default(),
    }
}

fn of_input(input: &Input) -> Suggestion {
    suggest(input, |_| true, 1000)
}

/// What is proposed for successes, one rule a line, without its `why`.
fn proposed(rules: &str, answers: &[(&str, &str)]) -> (Suggestion, Vec<String>) {
    let answers: Vec<_> = answers
        .iter()
        .map(|(legacy, candidate)| ((200, *legacy), (200, *candidate)))
        .collect();
    let suggestion = of_input(&input(rules, &answers));
    let lines = lines(&suggestion);
    (suggestion, lines)
}

fn lines(suggestion: &Suggestion) -> Vec<String> {
    let rules = suggestion.proposals.iter().map(|proposal| {
        let text = proposal.toml("");
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let kept = lines.filter(|line| !line.starts_with("[[") && line != "why = \"\"");
        kept.collect::<Vec<_>>().join("; ")
    });
    rules.collect()
}

/// These rules bring all cases to parity, and nothing else is proposed.
#[track_caller]
fn brings_parity(answers: &[(&str, &str)], rules: &[&str]) -> Suggestion {
    let (suggestion, lines) = proposed("", answers);
    assert_eq!(lines, rules, "{:#?}", suggestion.unexplained);
    assert_eq!(suggestion.open_after, 0, "{:#?}", suggestion.unexplained);
    suggestion
}

/// Nothing is proposed, and this is why.
#[track_caller]
fn proposes_nothing(answers: &[(&str, &str)], signature: &str, why: &str) {
    let (suggestion, lines) = proposed("", answers);
    assert_eq!(lines, [""; 0]);
    let left = suggestion.unexplained.iter().find(|left| left.signature == signature);
    let left = left.unwrap_or_else(|| panic!("{:#?}", suggestion.unexplained));
    assert!(left.why.contains(why), "{}", left.why);
}

#[test]
fn another_status_in_all_cases_is_a_rule_and_several_are_none() {
    let (legacy, candidate) = (r#"{"a":"1"}"#, r#"{"a":1}"#);
    let statuses = |pairs: &[(u16, u16)]| {
        let answers: Vec<_> = pairs.iter().map(|(one, other)| ((*one, legacy), (*other, candidate))).collect();
        of_input(&input("", &answers))
    };
    let integer = "rule = \"integer\"; at = \"/a\"";
    let found = statuses(&[(200, 201), (202, 200), (200, 201)]);
    assert_eq!(
        lines(&found),
        [integer, "legacy = 200; candidate = 201", "legacy = 202; candidate = 200"]
    );
    assert_eq!((found.open_before, found.open_after), (3, 0));
    let status = &found.proposals[1];
    assert_eq!(status.word(), "status");
    assert_eq!((status.explains[0].gone, status.explains[0].of), (2, 2), "{:?}", status.explains);
    let example = status.example.as_ref().unwrap();
    assert_eq!(
        (example.part.to_string().as_str(), &*example.before, &*example.after),
        ("status", "200", "201")
    );
    // Which of them it is only somebody who knows can say.
    let found = statuses(&[(200, 201), (200, 202), (200, 201)]);
    assert_eq!(lines(&found), [integer]);
    let why = |signature: &str| &found.unexplained.iter().find(|left| left.signature == signature).unwrap().why;
    assert!(
        why("status: 200 became 201").contains("tell the answers apart by `when`"),
        "{found:#?}"
    );
    let found = statuses(&[(200, 201), (200, 200)]);
    assert_eq!(lines(&found), [integer]);
}

#[test]
fn types() {
    for (answers, rule) in [
        (vec![(r#"{"a":"1"}"#, r#"{"a":1}"#)], "rule = \"integer\"; at = \"/a\""),
        (vec![(r#"{"a":"1.50"}"#, r#"{"a":1.5}"#)], "rule = \"number\"; at = \"/a\""),
        (
            vec![(r#"{"a":"1"}"#, r#"{"a":1}"#), (r#"{"a":"1E-5"}"#, r#"{"a":0.00001}"#)],
            "rule = \"number\"; at = \"/a\"",
        ),
        (
            vec![(r#"{"a":"1"}"#, r#"{"a":1}"#), (r#"{"a":[]}"#, r#"{"a":null}"#)],
            "rule = \"integer\"; at = \"/a\"; empty = \"null\"",
        ),
        (
            vec![(r#"{"a":"1"}"#, r#"{"a":1}"#), (r#"{"a":"x"}"#, r#"{"a":"x"}"#)],
            "rule = \"integer\"; at = \"/a\"; unreadable = \"keep\"",
        ),
        (vec![(r#"{"a":"true"}"#, r#"{"a":true}"#)], "rule = \"boolean\"; at = \"/a\""),
        (
            vec![(r#"{"a":"Y"}"#, r#"{"a":true}"#), (r#"{"a":"N"}"#, r#"{"a":false}"#)],
            "rule = \"boolean\"; at = \"/a\"; true = [\"Y\"]; false = [\"N\"]",
        ),
        (vec![(r#"{"a":1}"#, r#"{"a":"1"}"#)], "rule = \"text\"; at = \"/a\""),
        (vec![(r#"{"a":[]}"#, r#"{"a":null}"#)], "rule = \"null\"; at = \"/a\""),
        (
            vec![(r#"{"a":"2014-04-06 23:19:24"}"#, r#"{"a":"2014-04-06T23:19:24"}"#)],
            "rule = \"datetime\"; at = \"/a\"; reads = \"%Y-%m-%d %H:%M:%S\"; writes = \"%Y-%m-%dT%H:%M:%S\"",
        ),
    ] {
        brings_parity(&answers, &[rule]);
    }
}

#[test]
fn values_and_texts() {
    for (answers, rule) in [
        (
            vec![(r#"{"a":[]}"#, r#"{"a":""}"#), (r#"{"a":"x"}"#, r#"{"a":"x"}"#)],
            "rule = \"map\"; at = \"/a\"; values = [{ legacy = '[]', candidate = '\"\"' }]",
        ),
        (
            vec![
                (r#"{"a":"act"}"#, r#"{"a":"active"}"#),
                (r#"{"a":"act"}"#, r#"{"a":"active"}"#),
                (r#"{"a":"x"}"#, r#"{"a":"x"}"#),
            ],
            "rule = \"map\"; at = \"/a\"; values = [{ legacy = '\"act\"', candidate = '\"active\"' }]",
        ),
        (vec![(r#"{"a":" x "}"#, r#"{"a":"x"}"#)], "rule = \"trim\"; at = \"/a\""),
        (vec![(r#"{"a":"ARFF"}"#, r#"{"a":"arff"}"#)], "rule = \"lower\"; at = \"/a\""),
        (
            vec![(r#"{"a":"a &amp; b"}"#, r#"{"a":"a & b"}"#)],
            "rule = \"unescape_html\"; at = \"/a\"",
        ),
        (
            vec![(r#"{"a":"a & b"}"#, r#"{"a":"a &amp; b"}"#)],
            "rule = \"escape_html\"; at = \"/a\"",
        ),
        (
            vec![
                (r#"{"a":"http://x:80/1"}"#, r#"{"a":"http://x/1"}"#),
                (r#"{"a":"http://y:8080/1"}"#, r#"{"a":"http://y:8080/1"}"#),
            ],
            "rule = \"replace\"; at = \"/a\"; pattern = \":80/\"; with = \"/\"",
        ),
        (
            vec![(r#"{"a":["x","y"]}"#, r#"{"a":"x, y"}"#)],
            "rule = \"join\"; at = \"/a\"; separator = \", \"",
        ),
    ] {
        brings_parity(&answers, &[rule]);
    }
}

#[test]
fn lists_and_forms() {
    for (answers, rule) in [
        (
            vec![
                (r#"{"a":[{"x":"p"},{"x":"q"}]}"#, r#"{"a":[{"x":"p"},{"x":"q"}]}"#),
                (r#"{"a":{"x":"r"}}"#, r#"{"a":[{"x":"r"}]}"#),
            ],
            "rule = \"list\"; from = \"/a\"",
        ),
        (
            vec![(r#"{"a":"p, q"}"#, r#"{"a":["p","q"]}"#), (r#"{"a":"p"}"#, r#"{"a":["p"]}"#)],
            "rule = \"split\"; from = \"/a\"; separator = \",\"; trim = true",
        ),
        (
            vec![(r#"{"a":["p"]}"#, r#"{"a":"p"}"#), (r#"{"a":[]}"#, r#"{"a":null}"#)],
            "rule = \"single\"; from = \"/a\"; empty = \"null\"",
        ),
        (
            vec![(
                r#"{"a":{"p":"1","q":"2"}}"#,
                r#"{"a":[{"name":"p","value":"1"},{"name":"q","value":"2"}]}"#,
            )],
            "rule = \"list_from_entries\"; from = \"/a\"; key = \"name\"",
        ),
        (
            vec![(
                r#"{"a":[{"name":"p","value":"1"},{"name":"q","value":"2"}]}"#,
                r#"{"a":{"p":"1","q":"2"}}"#,
            )],
            "rule = \"entries_from_list\"; from = \"/a\"; key = \"name\"",
        ),
        (
            vec![(
                r#"{"a":{"x":["1","2"],"y":["p","q"]}}"#,
                r#"{"a":[{"x":"1","y":"p"},{"x":"2","y":"q"}]}"#,
            )],
            "rule = \"rows_from_columns\"; from = \"/a\"",
        ),
        (
            vec![(
                r#"{"a":[{"x":"1","y":"p"},{"x":"2","y":"q"}]}"#,
                r#"{"a":{"x":["1","2"],"y":["p","q"]}}"#,
            )],
            "rule = \"columns_from_rows\"; from = \"/a\"",
        ),
        (
            vec![(r#"{"a":"CC0"}"#, r#"{"a":{"name":"CC0"}}"#)],
            "rule = \"wrap\"; from = \"/a\"; in = \"name\"",
        ),
        (
            vec![
                (r#"{"a":["1","2","3"]}"#, r#"{"a":["1","2"]}"#),
                (r#"{"a":["4","5","6","7"]}"#, r#"{"a":["4","5"]}"#),
            ],
            "rule = \"first\"; from = \"/a\"; count = 2",
        ),
    ] {
        brings_parity(&answers, &[rule]);
    }
}

#[test]
fn places() {
    for (answers, rules) in [
        (
            vec![(r#"{"data":{"id":"x","name":"y"}}"#, r#"{"id":"x","name":"y"}"#)],
            vec!["rule = \"unwrap\"; from = \"/data\""],
        ),
        (
            vec![(r#"{"a":{"b":{"c":["x","y"]}}}"#, r#"["x","y"]"#)],
            vec!["rule = \"unwrap\"; from = [\"/a\", \"/a/b\", \"/a/b/c\"]"],
        ),
        (
            vec![(r#"{"id":"1","label":"x"}"#, r#"{"id":"1","caption":"x"}"#)],
            vec!["rule = \"rename\"; from = \"/label\"; to = \"caption\""],
        ),
        // What only has another name is no wrapper.
        (
            vec![(r#"{"data":{"id":"x","name":"y"}}"#, r#"{"result":{"id":"x","name":"y"}}"#)],
            vec!["rule = \"rename\"; from = \"/data\"; to = \"result\""],
        ),
        (
            vec![(r#"{"id":"1","tasks":{"task_id":["7","8"]}}"#, r#"{"id":"1","task_ids":["7","8"]}"#)],
            vec!["rule = \"move\"; from = \"/tasks/task_id\"; to = \"/task_ids\""],
        ),
        (
            vec![
                (
                    r#"{"id":"1","rows":[{"q":"x","u":"p"},{"q":"y","u":"p"}]}"#,
                    r#"{"id":"1","rows":[{"q":"x"},{"q":"y"}]}"#,
                ),
                (r#"{"id":"2","rows":[{"q":"z","u":"p"}]}"#, r#"{"id":"2","rows":[{"q":"z"}]}"#),
            ],
            vec!["rule = \"drop\"; from = \"/rows/*/u\""],
        ),
        (
            vec![(
                r#"[{"n":"a","v":"None"},{"n":"b","v":"3"},{"n":"c","v":"None"},{"n":"d","v":"4"}]"#,
                r#"[{"n":"b","v":"3"},{"n":"d","v":"4"}]"#,
            )],
            vec!["rule = \"drop\"; from = \"/*[v=None]\""],
        ),
        (
            vec![
                (r#"{"id":"1"}"#, r#"{"id":"1","tags":[]}"#),
                (r#"{"id":"2","tags":["x"]}"#, r#"{"id":"2","tags":["x"]}"#),
            ],
            vec!["rule = \"default\"; at = \"/tags\"; value = '[]'"],
        ),
        (
            vec![
                (r#"{"id":"1","v":"1"}"#, r#"{"id":"1","v":"new"}"#),
                (r#"{"id":"2","v":"2"}"#, r#"{"id":"2","v":"new"}"#),
            ],
            vec!["rule = \"constant\"; at = \"/v\"; value = '\"new\"'"],
        ),
    ] {
        brings_parity(&answers, &rules);
    }
}

#[test]
fn rules_that_need_each_other_are_found_together() {
    let suggestion = brings_parity(
        &[
            (
                r#"{"trace":{"run_id":"34","trace_iteration":[{"fold":"0","ok":"true"},{"fold":"1","ok":"false"}]}}"#,
                r#"{"run_id":34,"trace":[{"fold":0,"ok":true},{"fold":1,"ok":false}]}"#,
            ),
            (
                r#"{"trace":{"run_id":"35","trace_iteration":{"fold":"0","ok":"true"}}}"#,
                r#"{"run_id":35,"trace":[{"fold":0,"ok":true}]}"#,
            ),
        ],
        &[
            "rule = \"unwrap\"; from = \"/trace\"",
            "rule = \"rename\"; from = \"/trace/trace_iteration\"; to = \"trace\"",
            "rule = \"list\"; from = \"/trace/trace_iteration\"",
            "rule = \"integer\"; at = [\"/run_id\", \"/trace/*/fold\"]",
            "rule = \"boolean\"; at = \"/trace/*/ok\"",
        ],
    );
    assert!(suggestion.proposals.iter().all(|proposal| proposal.tolerates.is_empty()));
    assert!(suggestion.proposals.iter().all(|proposal| proposal.example.is_some()));
    let unwrap = &suggestion.proposals[0].explains;
    assert!(
        unwrap
            .iter()
            .any(|explained| explained.signature == "/run_id: extra" && (explained.gone, explained.of) == (2, 2))
    );
}

#[test]
fn shape_rules_speak_of_the_legacy_tree_below_those_of_the_suite() {
    let rules = "[[translation]]\nrule = 'unwrap'\nfrom = '/data'\nwhy = 'w'\n[[translation]]\nrule = 'list'\nfrom = '/data/row'\nwhy = 'w'\n\
                 [[translation]]\nrule = 'rename'\nfrom = '/data/row'\nto = 'rows'\nwhy = 'w'\n";
    let answers = [(r#"{"data":{"row":{"nom":"x","n":"1"}}}"#, r#"{"rows":[{"name":"x","n":1}]}"#)];
    let (suggestion, lines) = proposed(rules, &answers);
    assert_eq!(
        lines,
        [
            "rule = \"rename\"; from = \"/data/row/*/nom\"; to = \"name\"",
            "rule = \"integer\"; at = \"/rows/*/n\""
        ],
        "{:#?}",
        suggestion.unexplained
    );
}

#[test]
fn errors_become_rows() {
    let problem = r#"{"type":"https://x/not-found","title":"Not Found","status":404,"detail":"Thing 1 not found.","code":"7"}"#;
    let other = r#"{"type":"https://x/not-found","title":"Not Found","status":404,"detail":"Thing 2 not found.","code":"7"}"#;
    let private = r#"{"title":"Private","status":403,"detail":"because it is secret"}"#;
    let suggestion = of_input(&input(
        "",
        &[
            ((412, r#"{"error":{"code":"7","message":"Unknown thing 1"}}"#), (404, problem)),
            ((412, r#"{"error":{"code":"7","message":"Unknown thing 2"}}"#), (404, other)),
            (
                (
                    412,
                    r#"{"error":{"code":"9","message":"Private","additional_information":"it is secret"}}"#,
                ),
                (403, private),
            ),
            ((200, r#"{"exists":"false"}"#), (404, r#"{"detail":"no {4}"}"#)),
        ],
    ));
    assert_eq!(
        lines(&suggestion),
        [
            "[error.legacy]; status = 412; code = \"7\"; message = \"Unknown thing {id}\"; [error.candidate]; status = 404; \
             type = \"https://x/not-found\"; title = \"Not Found\"; detail = \"Thing {id} not found.\"; code = \"7\"",
            "[error.legacy]; status = 412; code = \"9\"; message = \"Private\"; [error.candidate]; status = 403; \
             title = \"Private\"; detail = \"because {legacy.additional_information}\"",
            "[error.legacy]; status = 200; when = { path = \"/exists\", equals = '\"false\"' }; [error.candidate]; status = 404; \
             body = '{\"detail\":\"no {{{id}}}\"}'",
        ],
        "{:#?}",
        suggestion.unexplained
    );
    assert_eq!(suggestion.open_after, 0);
    assert_eq!(suggestion.proposals[0].explains[0].signature, "status: error without a row");
}

#[test]
fn comparisons_only_where_no_translation_explains_it() {
    let reordered = [(
        r#"{"rows":[{"id":"1","v":"p"},{"id":"2","v":"p"}]}"#,
        r#"{"rows":[{"id":2,"v":"p"},{"id":1,"v":"p"}]}"#,
    )];
    let suggestion = brings_parity(
        &reordered,
        &[
            "rule = \"integer\"; at = \"/rows/*/id\"",
            "rule = \"unordered\"; at = \"/rows\"; key = [\"id\"]",
        ],
    );
    assert!(suggestion.proposals[0].tolerates.is_empty());
    let tolerates = &suggestion.proposals[1].tolerates;
    assert!(
        tolerates.iter().any(|tolerated| tolerated.starts_with("row-swapped at /rows")),
        "{tolerates:?}"
    );
    for (answers, rule, tolerated) in [
        (
            vec![(r#"{"a":["x","y"]}"#, r#"{"a":["y","x"]}"#)],
            "rule = \"unordered\"; at = \"/a\"",
            "row-swapped at /a",
        ),
        (
            vec![(r#"{"a":0.1234567890123456789}"#, r#"{"a":0.12345678901234568}"#)],
            "rule = \"tolerance\"; at = \"/a\"; float = 64",
            "",
        ),
        (
            vec![(r#"{"a":1.00000}"#, r#"{"a":1.00001}"#), (r#"{"a":2.00000}"#, r#"{"a":2.00001}"#)],
            "rule = \"tolerance\"; at = \"/a\"; relative = \"0.00001\"",
            "",
        ),
        (
            vec![
                (r#"{"a":"1"}"#, r#"{"a":"1","at":1700000001}"#),
                (r#"{"a":"2"}"#, r#"{"a":"2","at":1700000002}"#),
            ],
            "rule = \"extra\"; at = \"/at\"; type = \"integer\"",
            "last-digit at /at",
        ),
        (
            vec![(r#"{"a":null}"#, r#"{"a":null}"#), (r#"{"a":null}"#, r#"{"a":""}"#)],
            "rule = \"one_of\"; at = \"/a\"; values = ['\"\"']; when = { equals = 'null' }",
            "",
        ),
    ] {
        let suggestion = brings_parity(&answers, &[rule]);
        let tolerates = &suggestion.proposals[0].tolerates;
        assert!(
            tolerates.iter().any(|said| said.starts_with(tolerated)) || tolerated.is_empty(),
            "{rule}: {tolerates:?}"
        );
    }
}

#[test]
fn what_looks_like_a_defect_is_not_explained_away() {
    for (answers, signature, why) in [
        // Another value, and no two that are alike.
        (vec![(r#"{"a":"x"}"#, r#"{"a":"y"}"#)], "/a: other value", "for this case alone"),
        (
            vec![(r#"{"a":"p"}"#, r#"{"a":"q"}"#), (r#"{"a":"r"}"#, r#"{"a":"s"}"#)],
            "/a: other value",
            "looks like a real difference",
        ),
        (
            vec![(r#"{"a":1}"#, r#"{"a":2}"#)],
            "/a: other value",
            "looks like a real difference",
        ),
        // Identifiers are never mapped.
        (
            vec![(r#"{"x_id":"p"}"#, r#"{"x_id":"q"}"#), (r#"{"x_id":"p"}"#, r#"{"x_id":"q"}"#)],
            "/x_id: other value",
            "looks like a real difference",
        ),
        // A candidate that says nothing, whatever the legacy says.
        (
            vec![
                (r#"{"a":"p"}"#, r#"{"a":null}"#),
                (r#"{"a":"q"}"#, r#"{"a":null}"#),
                (r#"{"a":"r"}"#, r#"{"a":null}"#),
            ],
            "/a: string became null",
            "looks like a real difference",
        ),
        // A row that one side lacks, once.
        (
            vec![(r#"[{"n":"a","v":"1"},{"n":"b","v":"2"}]"#, r#"[{"n":"a","v":"1"}]"#)],
            "/*: missing",
            "the candidate lacks it",
        ),
        // A member that is there at times.
        (
            vec![
                (r#"{"a":"p","b":"x"}"#, r#"{"a":"p"}"#),
                (r#"{"a":"q","b":"y"}"#, r#"{"a":"q","b":"y"}"#),
            ],
            "/b: missing",
            "the candidate lacks it",
        ),
        (
            vec![(r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#)],
            "/a: duplicate on the legacy side",
            "read in two ways",
        ),
    ] {
        proposes_nothing(&answers, signature, why);
    }
}

#[test]
fn no_case_that_passes_is_broken() {
    // What is a number in one case must stay the text that it is in another, which passes today.
    let (suggestion, lines) = proposed(
        "",
        &[
            (r#"{"a":"1"}"#, r#"{"a":1}"#),
            (r#"{"a":"2"}"#, r#"{"a":2}"#),
            (r#"{"a":"3"}"#, r#"{"a":"3"}"#),
        ],
    );
    assert_eq!(lines, [""; 0]);
    assert_eq!((suggestion.open_before, suggestion.open_after), (2, 2));
    let why = &suggestion.unexplained[0].why;
    assert!(why.contains("in all cases"), "{why}");
}

#[test]
fn a_declared_verdict_is_left_alone() {
    let rules = "[[expected]]\ncase = 'id=2'\nverdict = 'mismatch'\nsignatures = ['/a: string became boolean']\nwhy = 'a known defect'\n";
    let answers = [(r#"{"a":"1"}"#, r#"{"a":1}"#), (r#"{"a":"x"}"#, r#"{"a":true}"#)];
    let (suggestion, lines) = proposed(rules, &answers);
    // An integer would make another difference of the declared one.
    assert_eq!(lines, [""; 0], "{suggestion:#?}");
    let (suggestion, _) = proposed("", &answers[..1]);
    assert_eq!(suggestion.open_after, 0);
}

#[test]
fn nothing_is_said_where_nothing_is_open() {
    let (suggestion, lines) = proposed("", &[(r#"{"a":"1"}"#, r#"{"a":"1"}"#)]);
    assert_eq!(lines, [""; 0]);
    assert_eq!((suggestion.open_before, suggestion.unexplained.len()), (0, 0));
}

#[test]
fn only_what_is_wanted_is_explained() {
    let answers = [
        ((200, r#"{"a":"1"}"#), (200, r#"{"a":1}"#)),
        ((200, r#"{"b":" x"}"#), (200, r#"{"b":"x"}"#)),
    ];
    let input = input("", &answers);
    let suggestion = suggest(&input, |case| case.binding.to_string() == "id=2", 1000);
    assert_eq!(lines(&suggestion), ["rule = \"trim\"; at = \"/b\""]);
    assert_eq!((suggestion.open_before, suggestion.open_after), (1, 0));
}

#[test]
fn what_is_proposed_is_read_as_a_suite_and_holds() {
    let answers = [
        (
            (200, r#"{"d":{"id":"1","t":"it's","row":{"n":"a"}}}"#),
            (200, r#"{"id":1,"t":"it's","rows":[{"n":"a"}],"tags":[]}"#),
        ),
        (
            (412, r#"{"error":{"code":"1","message":"no \"x\" é"}}"#),
            (404, r#"{"title":"it's \"not\" there","status":404}"#),
        ),
    ];
    let before = input("", &answers);
    let suggestion = of_input(&before);
    let added: Vec<String> = suggestion
        .proposals
        .iter()
        .map(|proposal| proposal.toml("somebody read it"))
        .collect();
    let after = of_input(&input(&added.concat(), &answers));
    assert_eq!((after.open_before, after.proposals.len()), (0, 0), "{}", added.concat());
    // Nobody adopts what has no reason.
    let unread: Vec<String> = suggestion.proposals.iter().map(|proposal| proposal.toml("")).collect();
    let text = format!("{SIDES}{}", unread.concat());
    let errors = read_suite(&Source::new("s.toml", text)).unwrap_err();
    assert_eq!(errors.len(), suggestion.proposals.len(), "{errors}");
}
