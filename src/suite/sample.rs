//! The suite of the shipped example, as the tests of the pure middle use it, with answers to judge.

use std::time::Duration;

use crate::exchange::{Answer, Exchange, Headers, Observation, PerSide};
use crate::path::Pattern;
use crate::rule::{
    Action, CandidateError, CasePattern, Comparison, ComparisonRule, Empty, ErrorRow, ExpectedVerdict, Justification, LegacyError, Message,
    OwedBody, Problem, Shape, Spellings, Template, Translation, Treatment, Type, Unreadable, VerdictName,
};

use super::{
    Binding, BodyTemplate, Bound, Case, Credentials, ErrorPaths, Parameter, ParameterValue, RequestTemplate, RequestText, SnapshotPolicy,
    Suite,
};

/// Runs 24, 34, 36 and 999999 of `run-trace`; run 36 is an expected `legacy-broken`.
pub(crate) fn suite() -> Suite {
    let value = |text: &str, is: &str| ParameterValue {
        text: text.into(),
        is: Some(is.into()),
        tags: Vec::new(),
    };
    Suite {
        name: "run-trace".into(),
        title: Some("Trace of a run".into()),
        draft: false,
        file: "fixtures/suites/run-trace.toml".into(),
        text: "".into(),
        digest: "d".repeat(64),
        inputs: None,
        parameters: vec![Parameter {
            name: "run_id".into(),
            values: vec![
                value("24", "no trace"),
                value("34", "a trace"),
                value("36", "unescaped text"),
                value("999999", "no such run"),
            ],
        }],
        rows: Vec::new(),
        exclude: Vec::new(),
        request: PerSide {
            legacy: request("/api/v1/json/run/trace/{run_id}"),
            candidate: request("/run/trace/{run_id}"),
        },
        encoding: PerSide::default(),
        error_paths: ErrorPaths {
            code: Some(path(&["error", "code"])),
            message: Some(path(&["error", "message"])),
            information: None,
        },
        translations: translations(),
        comparisons: vec![Comparison {
            rule: ComparisonRule::Rows {
                key: vec!["repeat".into(), "fold".into(), "iteration".into()],
            },
            at: pattern("/trace"),
            when: None,
            justification: because("a row is known by these three; the order still counts", 52),
        }],
        statuses: Vec::new(),
        headers: Vec::new(),
        errors: vec![ErrorRow {
            legacy: LegacyError {
                status: 412,
                code: Some("571".into()),
                message: Some(Message::Exact(text("Run not found."))),
                when: None,
            },
            candidate: CandidateError {
                status: 412,
                media_type: "application/problem+json".into(),
                body: OwedBody::Problem(Problem {
                    problem_type: Some(text("https://openml.org/problems/run-not-found")),
                    title: Some(text("Run Not Found")),
                    detail: Some(text("Run {run_id} not found.")),
                    code: Some(text("571")),
                    members: Vec::new(),
                }),
            },
            named_by_message: false,
            justification: because("errors are problem details in the new API", 58),
        }],
        expected: vec![ExpectedVerdict {
            case: CasePattern::one("run_id=36"),
            verdict: VerdictName::LegacyBroken,
            signatures: Vec::new(),
            justification: because("the legacy pastes unescaped text into its XML and answers 500", 66),
        }],
        snapshots: SnapshotPolicy::All,
        coverage_floor: None,
        secret_parameters: Vec::new(),
        labels: super::secrets::Labels::default(),
        private: super::Private::default(),
    }
}

/// The case of one run.
pub(crate) fn case(run_id: &str) -> Case {
    suite()
        .cases()
        .into_iter()
        .find(|case| case.binding.get("run_id") == Some(run_id))
        .unwrap_or_else(|| Case {
            suite: "run-trace".into(),
            binding: Binding(vec![Bound {
                name: "run_id".into(),
                value: run_id.into(),
                is: None,
            }]),
        })
}

/// An answer that took 12 ms.
pub(crate) fn answer(status: u16, media_type: &str, body: &str) -> Answer {
    Ok(Observation {
        status,
        headers: Headers(vec![
            ("Content-Type".into(), media_type.into()),
            ("Date".into(), "Mon, 24 Nov 2025 00:00:00 GMT".into()),
        ]),
        body: body.to_owned().into(),
        elapsed: Duration::from_millis(12),
    })
}

/// Both sides answering JSON with status 200.
pub(crate) fn exchange(legacy: &str, candidate: &str) -> Exchange {
    PerSide {
        legacy: answer(200, "application/json; charset=utf-8", legacy),
        candidate: answer(200, "application/json", candidate),
    }
}

/// What the legacy answers for run 34, with `rows` rows.
pub(crate) fn legacy_trace(rows: usize) -> String {
    let rows: Vec<String> = (0..rows)
        .map(|row| {
            format!(
                r#"{{"repeat":"0","fold":"{}","iteration":"{}","setup_string":"{{\"C\": {row}}}","evaluation":"0.9{row}0","selected":"{}"}}"#,
                row / 3,
                row % 3,
                row % 3 == 2
            )
        })
        .collect();
    format!(r#"{{"trace":{{"run_id":"34","trace_iteration":[{}]}}}}"#, rows.join(","))
}

/// What the candidate answers for run 34, with `rows` rows.
pub(crate) fn candidate_trace(rows: usize) -> String {
    let rows: Vec<String> = (0..rows)
        .map(|row| {
            format!(
                r#"{{"repeat":0,"fold":{},"iteration":{},"setup_string":"{{\"C\": {row}}}","evaluation":0.9{row},"selected":{}}}"#,
                row / 3,
                row % 3,
                row % 3 == 2
            )
        })
        .collect();
    format!(r#"{{"run_id":34,"trace":[{}]}}"#, rows.join(","))
}

fn translations() -> Vec<Translation> {
    let typed = |treatment, at: &[&str], line| Translation {
        action: Action::Treatment(treatment),
        patterns: at.iter().map(|text| pattern(text)).collect(),
        when: None,
        preset: None,
        justification: because("the legacy has only text; the new API is typed", line),
    };
    let shape = |shape, from, why: &str, line| Translation {
        action: Action::Shape(shape),
        patterns: vec![pattern(from)],
        when: None,
        preset: None,
        justification: because(why, line),
    };
    vec![
        shape(Shape::Unwrap, "/trace", "the legacy answers inside its XML root element", 14),
        shape(
            Shape::Rename { to: "trace".into() },
            "/trace/trace_iteration",
            "a list carries the name of what it lists",
            19,
        ),
        shape(Shape::List, "/trace/trace_iteration", "a list of one is the element itself", 25),
        typed(
            typed_as(Type::Integer, Empty::Refused),
            &["/run_id", "/trace/*/repeat", "/trace/*/fold", "/trace/*/iteration"],
            30,
        ),
        typed(typed_as(Type::Number, Empty::Null), &["/trace/*/evaluation"], 35),
        typed(
            typed_as(Type::Boolean(Spellings::default()), Empty::Refused),
            &["/trace/*/selected"],
            41,
        ),
    ]
}

const fn typed_as(into: Type, empty: Empty) -> Treatment {
    Treatment::Type {
        into,
        empty,
        unreadable: Unreadable::Fault,
    }
}

fn request(path: &str) -> RequestTemplate {
    RequestTemplate {
        service: "either".into(),
        method: "GET".into(),
        safe: false,
        timeout: None,
        path: RequestText::parse(path).unwrap(),
        written_query: None,
        query: Vec::new(),
        headers: Vec::new(),
        body: BodyTemplate::None,
        credentials: Vec::new(),
        line: if path.starts_with("/api") { 8 } else { 12 },
    }
}

/// What both sides are asked for a case.
pub(crate) fn requests(case: &Case) -> PerSide<crate::exchange::Request> {
    suite()
        .request
        .as_ref()
        .map(|template| case.request(template, &Credentials::default()).unwrap())
}

fn text(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

fn path(names: &[&str]) -> crate::path::Path {
    names.iter().map(|name| crate::path::Step::Member(name)).collect()
}

fn because(why: &str, line: usize) -> Justification {
    Justification {
        why: why.into(),
        line,
        ..Justification::default()
    }
}
