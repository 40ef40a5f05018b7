//! The run trace in small: a suite, and what both sides answer to it when all is well.

use super::project::Project;
use super::routes::{Answer, Server};

/// A suite of three cases with the rules of the shipped one.
pub const SUITE: &str = r#"suite = "trace"
title = "Trace of a run"

[parameters]
run_id = [{ value = 24, is = "no trace" }, { value = 34, is = "a trace" }, { value = 999, is = "no such run" }]

[legacy]
get = "/api/trace/{run_id}"
error_code = "/error/code"
error_message = "/error/message"

[candidate]
get = "/trace/{run_id}"

[[translation]]
rule = "unwrap"
from = "/trace"
why = "the legacy answers inside its XML root element"

[[translation]]
rule = "rename"
from = "/trace/trace_iteration"
to = "trace"
why = "a list carries the name of what it lists"

[[translation]]
rule = "integer"
at = ["/run_id", "/trace/*/iteration"]
why = "the legacy has only text; the new API is typed"

[[translation]]
rule = "number"
at = "/trace/*/evaluation"
why = "the legacy has only text; the new API is typed"

[[translation]]
rule = "boolean"
at = "/trace/*/selected"
why = "the legacy has only text; the new API is typed"

[[comparison]]
rule = "rows"
at = "/trace"
key = ["iteration"]
why = "a row is known by its iteration; the order still counts"

[[error]]
why = "errors are problem details in the new API"
[error.legacy]
status = 412
code = "571"
message = "Run not found."
[error.candidate]
status = 412
type = "https://openml.org/problems/run-not-found"
title = "Run Not Found"
detail = "Run {run_id} not found."
code = "571"

[[error]]
why = "errors are problem details in the new API"
[error.legacy]
status = 412
code = "572"
message = "No successful trace associated with this run."
[error.candidate]
status = 412
type = "https://openml.org/problems/run-trace-not-found"
title = "Run Trace Not Found"
detail = "No trace found for run {run_id}."
code = "572"
"#;

/// Both sides, and a project that compares them.
pub struct Trace {
    pub project: Project,
    pub legacy: Server,
    pub candidate: Server,
}

/// A good candidate's answer for a run with a trace.
pub fn candidate_trace(run_id: u32) -> String {
    format!(
        r#"{{"run_id":{run_id},"trace":[{{"iteration":0,"evaluation":0.93,"selected":false}},{{"iteration":1,"evaluation":0.9300000001,"selected":true}},{{"iteration":2,"evaluation":1,"selected":false}}]}}"#
    )
}

/// The legacy's answer for a run with a trace.
pub fn legacy_trace(run_id: u32) -> String {
    format!(
        r#"{{"trace":{{"run_id":"{run_id}","trace_iteration":[{{"iteration":"0","evaluation":"0.930","selected":"false"}},{{"iteration":"1","evaluation":"0.9300000001","selected":"true"}},{{"iteration":"2","evaluation":"1","selected":"false"}}]}}}}"#
    )
}

/// The legacy's answer for an error.
pub fn legacy_error(code: &str, message: &str) -> Answer {
    Answer::json(format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#)).status(412)
}

/// The candidate's answer for an error.
pub fn candidate_error(name: &str, title: &str, detail: &str, code: &str) -> Answer {
    Answer::json(format!(
        r#"{{"type":"https://openml.org/problems/{name}","title":"{title}","status":412,"detail":"{detail}","code":"{code}"}}"#
    ))
    .status(412)
    .media_type("application/problem+json")
}

impl Trace {
    /// All is well, and nothing is approved yet.
    pub fn unapproved() -> Self {
        let project = Project::new();
        project.write("suites/trace.toml", SUITE);
        let trace = Self {
            project,
            legacy: Server::start(),
            candidate: Server::start(),
        };
        trace.legacy.on(
            "/api/trace/24",
            legacy_error("572", "No successful trace associated with this run."),
        );
        trace.legacy.on("/api/trace/999", legacy_error("571", "Run not found."));
        let candidate = &trace.candidate;
        candidate.on(
            "/trace/24",
            candidate_error("run-trace-not-found", "Run Trace Not Found", "No trace found for run 24.", "572"),
        );
        candidate.on(
            "/trace/999",
            candidate_error("run-not-found", "Run Not Found", "Run 999 not found.", "571"),
        );
        trace.answer_well(34);
        trace
    }

    /// All is well and approved.
    pub fn approved() -> Self {
        let trace = Self::unapproved();
        trace.check(&[]).exits(1);
        assert_eq!(trace.project.accept(), 3);
        trace
    }

    /// Both sides answer a run with a trace, the candidate as it should.
    pub fn answer_well(&self, run_id: u32) {
        self.legacy.on(format!("/api/trace/{run_id}"), Answer::json(legacy_trace(run_id)));
        self.candidate.on(format!("/trace/{run_id}"), Answer::json(candidate_trace(run_id)));
    }

    /// Runs `parity check` against both.
    pub fn check(&self, arguments: &[&str]) -> super::project::Done {
        self.command(arguments).run()
    }

    /// `parity check` against both, to be changed before it runs.
    pub fn command(&self, arguments: &[&str]) -> super::project::Command {
        self.project
            .command(&[
                "check",
                "--legacy-url",
                &self.legacy.url(),
                "--candidate-url",
                &self.candidate.url(),
            ])
            .args(arguments)
    }
}
