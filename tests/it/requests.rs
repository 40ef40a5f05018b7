//! What suites can ask: methods, queries, headers, forms, JSON, credentials; live and from recordings.

use crate::support::project::Project;
use crate::support::routes::{Answer, Server};

const TASKS: &str = r#"
suite = "tasks"
snapshots = "all"

[parameters]
data_id = [{ value = 11, is = "with tasks" }, { value = "1 & 2", is = "odd" }]
tag = ["x"]

[legacy]
get = "/task/list/type/1/tag/{tag}"
query = { data = "{data_id}", limit = 5 }
headers = { Accept = "application/json" }

[candidate]
post = "/tasks/list"
safe = true
json = { type_id = 1, tag = "{tag}", data = ["{data_id}"], deep = { all = true } }
"#;

struct Both {
    project: Project,
    legacy: Server,
    candidate: Server,
}

impl Both {
    fn new(suite: &str) -> Self {
        let both = Self {
            project: Project::new(),
            legacy: Server::start(),
            candidate: Server::start(),
        };
        both.project.write("suites/s.toml", suite);
        both
    }

    fn command(&self, arguments: &[&str]) -> crate::support::project::Command {
        let command = self.project.command(&["check"]).args(arguments);
        command
            .env("LEGACY_URL", self.legacy.url())
            .env("CANDIDATE_URL", self.candidate.url())
    }
}

fn tasks() -> Both {
    let both = Both::new(TASKS);
    for query in ["data=11&limit=5", "data=1%20%26%202&limit=5"] {
        both.legacy
            .on(format!("/task/list/type/1/tag/x?{query}"), Answer::json(r#"{"tasks":[1]}"#));
    }
    both.candidate.on("POST /tasks/list", Answer::json(r#"{"tasks":[1]}"#));
    both
}

#[test]
fn a_get_beside_a_post_with_json_is_one_suite() {
    let both = tasks();
    both.command(&[]).run().exits(1).says("2 match");
    assert_eq!(both.project.accept(), 2);
    both.command(&[]).run().exits(0);
    let request = &both.candidate.requests()[0];
    assert_eq!(request.header("content-type"), Some("application/json"));
    let bodies: Vec<String> = both.candidate.requests().iter().map(|request| request.body.clone()).collect();
    for data in ["11", "1 & 2"] {
        let body = format!(r#"{{"type_id":1,"tag":"x","data":["{data}"],"deep":{{"all":true}}}}"#);
        assert!(bodies.contains(&body), "{bodies:?}");
    }
    assert_eq!(both.legacy.requests()[0].header("accept"), Some("application/json"));

    let snapshot = both.project.read("snapshots/tasks/data_id=1%20%26%202,tag=x.snap");
    for line in [
        "legacy     GET /task/list/type/1/tag/x?data=1%20%26%202&limit=5\n           Accept: application/json\n",
        "candidate  POST /tasks/list\n           Content-Type: application/json\n",
        "           sends {\"type_id\":1,\"tag\":\"x\",\"data\":[\"1 & 2\"],\"deep\":{\"all\":true}}\n",
    ] {
        assert!(snapshot.contains(line), "{snapshot}");
    }
    both.project.run(&["explain", "data_id=11,tag=x"]).exits(0).says(
        "curl --include --request POST --header 'Content-Type: application/json' --data-binary \
         '{\"type_id\":1,\"tag\":\"x\",\"data\":[\"11\"],\"deep\":{\"all\":true}}' http://127.0.0.1:",
    );
}

#[test]
fn a_recording_answers_by_method_query_and_body() {
    let both = tasks();
    both.candidate.on("POST /tasks/list", Answer::json(r#"{"tasks":[1]}"#));
    both.command(&[]).run().exits(1);
    assert_eq!(both.project.accept(), 2);
    let asked = both.candidate.requests().len();
    let record = ".parity/records/latest.jsonl";
    both.project.write("kept.jsonl", both.project.read(record));
    both.project.run(&["har", "har", "--record", "kept.jsonl"]).exits(0);
    // Another tool may write the same request in another way.
    let candidate = both.project.read("har/candidate.har");
    let respelt = candidate.replace(r#"{\"type_id\":1,\"tag\":\"x\","#, r#"{ \"tag\": \"x\", \"type_id\": 1.0,"#);
    assert_ne!(candidate, respelt);
    both.project.write("har/candidate.har", respelt);
    let legacy = both.project.read("har/legacy.har");
    let respelt = legacy.replace("data=1%20%26%202&limit=5", "limit=5&data=1+%26%202");
    assert_ne!(legacy, respelt);
    both.project.write("har/legacy.har", respelt);
    for (legacy, candidate) in [("kept.jsonl", "kept.jsonl"), ("har/legacy.har", "har/candidate.har")] {
        let arguments = ["check", "--legacy-recording", legacy, "--candidate-recording", candidate];
        both.project.run(&arguments).exits(0).says("2 match");
    }
    assert_eq!(both.candidate.requests().len(), asked, "a recording asks nobody");
    let suite = TASKS.replace("all = true", "all = false");
    both.project.write("suites/s.toml", suite);
    both.project
        .run(&["check", "--legacy-recording", "kept.jsonl", "--candidate-recording", "kept.jsonl"])
        .exits(3)
        .says("not recorded: POST /tasks/list is in");
}

const FORM: &str = r#"
suite = "form"
snapshots = "none"

[legacy]
head = "/there"

[candidate]
head = "/here"
"#;

#[test]
fn an_answer_to_head_has_no_body() {
    let both = Both::new(FORM);
    both.legacy.on("HEAD /there", Answer::json("{}"));
    both.candidate.on("HEAD /here", Answer::json("{}"));
    both.command(&[]).run().exits(0).says("1 match");
    both.project
        .run(&["explain", "form"])
        .exits(0)
        .says("curl --include --head http://");
    both.candidate.on("HEAD /here", Answer::json("{}").status(404));
    both.command(&[]).run().exits(1).says("status");
}

const CREDENTIALS: &str = r#"
suite = "private"
snapshots = "all"

[legacy]
get = "/me"
query = { key = "{env.PARITY_TEST_KEY}" }

[candidate]
post = "/me"
headers = { X-Token = "Token {env.PARITY_TEST_TOKEN}" }
form = { secret = "{env.PARITY_TEST_KEY}", plain = "yes" }
"#;

#[test]
fn a_missing_credential_is_bad_usage_that_names_suite_line_and_variable() {
    let both = Both::new(CREDENTIALS);
    let done = both.command(&[]).env("PARITY_TEST_TOKEN", "ab").run().exits(2);
    for said in [
        "error: a credential is missing: export it, or answer from a recording",
        "suites/s.toml:7: suite `private` sends the environment variable `PARITY_TEST_KEY` to its legacy, and it is not set",
        "suites/s.toml:11: suite `private` sends the environment variable `PARITY_TEST_TOKEN`, which has only 2; a credential has at least 4 characters",
        "suites/s.toml:12: suite `private` sends the environment variable `PARITY_TEST_KEY` to its candidate, and it is not set",
    ] {
        assert!(done.stderr.contains(said), "{}", done.stderr);
    }
    assert!(both.legacy.requests().is_empty() && both.project.files(".parity").is_empty());
}

#[test]
fn credentials_are_sent_and_never_written_down_and_recordings_need_none() {
    let both = Both::new(CREDENTIALS);
    let echo = r#"{"you":"k3y","sent":"Token t0k=n/1","digits":123456,"text":"(123456)"}"#;
    both.legacy.on("/me?key=k3y%26", Answer::json(echo));
    both.legacy.on("/me?key=123456", Answer::json(echo));
    both.candidate.on("POST /me", Answer::json(echo));
    let run = |key: &str| {
        both.command(&[])
            .env("PARITY_TEST_TOKEN", "t0k=n/1")
            .env("PARITY_TEST_KEY", key)
            .run()
    };
    run("123456").exits(1).says("1 match");
    assert_eq!(both.project.accept(), 1);
    run("123456").exits(0);
    let request = &both.candidate.requests()[0];
    assert_eq!(request.header("x-token"), Some("Token t0k=n/1"));
    assert_eq!(request.body, "secret=123456&plain=yes");

    let record = both.project.read(".parity/records/latest.jsonl");
    let snapshot = both.project.read("snapshots/private/case.snap");
    let explained = both.project.run(&["explain", "private"]).exits(0).stdout;
    for text in [&record, &snapshot, &explained] {
        assert!(!text.contains("123456") && !text.contains("t0k=n"), "{text}");
    }
    // What is written is still JSON, and says of which credential it was.
    assert!(
        record.contains(r#"\"digits\":\"{env.PARITY_TEST_KEY}\",\"text\":\"({env.PARITY_TEST_KEY})\""#),
        "{record}"
    );
    assert!(snapshot.contains("X-Token: Token {env.PARITY_TEST_TOKEN}"), "{snapshot}");
    assert!(
        explained.contains("--header 'X-Token: Token '\"$PARITY_TEST_TOKEN\""),
        "{explained}"
    );
    assert!(
        explained.contains("--data-binary secret=\"$PARITY_TEST_KEY\"'&plain=yes'"),
        "{explained}"
    );

    // The same answers from the record, with no credential at all.
    both.project.write("kept.jsonl", record);
    let arguments = ["check", "--legacy-recording", "kept.jsonl", "--candidate-recording", "kept.jsonl"];
    both.project.run(&arguments).says("1 match");
}
