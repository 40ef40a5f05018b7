//! Private values: compared before they are hidden, stored as digests, shown nowhere, and still judged again truly.

use crate::support::project::{Done, Project};
use crate::support::routes::{Answer, Server};

/// A rule makes a number of one private value, and another is compared as it is.
const SUITE: &str = r#"
suite = "user"
redact = ["/user/email", "/user/age", "/**/note"]

[parameters]
id = [1]

[legacy]
get = "/legacy/{id}"

[candidate]
get = "/candidate/{id}"

[[translation]]
rule = "integer"
at = ["/user/age", "/user/size"]
why = "typed"
"#;

const LEGACY: &str = r#"{"user":{"email":"ann@example.org","age":"34","size":"7","logins":[{"note":"from home"},{"note":null}]}}"#;
const CANDIDATE: &str = r#"{"user":{"email":"ann@example.org","age":34,"size":7,"logins":[{"note":"from home"},{"note":null}]}}"#;

/// What must be nowhere.
const VALUES: [&str; 3] = ["ann@example.org", "bob@example.org", "from home"];

struct User {
    project: Project,
    legacy: Server,
    candidate: Server,
}

impl User {
    fn new(suite: &str) -> Self {
        let user = Self {
            project: Project::new(),
            legacy: Server::start(),
            candidate: Server::start(),
        };
        user.project.write("suites/user.toml", suite);
        user.legacy.on("/legacy/1", Answer::json(LEGACY));
        user.candidate.on("/candidate/1", Answer::json(CANDIDATE));
        user
    }

    fn candidate(&self, from: &str, to: &str) {
        assert!(CANDIDATE.contains(from), "{from}");
        self.candidate.on("/candidate/1", Answer::json(CANDIDATE.replace(from, to)));
    }

    fn check(&self, arguments: &[&str]) -> Done {
        let command = self.project.command(&["check"]).args(arguments);
        let command = command
            .env("LEGACY_URL", self.legacy.url())
            .env("CANDIDATE_URL", self.candidate.url());
        seen(command.run())
    }

    fn run(&self, arguments: &[&str]) -> Done {
        seen(self.project.run(arguments))
    }

    fn approved(suite: &str) -> Self {
        let user = Self::new(suite);
        user.check(&[]).exits(1);
        assert_eq!(user.project.accept(), 1);
        user.check(&[]).exits(0);
        user
    }

    /// What the record holds of a side's body.
    fn stored(&self, side: &str) -> String {
        let record = self.project.record();
        let exchange = record.iter().find(|line| line["type"] == "exchange").unwrap();
        assert_eq!(exchange["veiled"], true);
        exchange[side]["response"]["body"]["text"].as_str().unwrap().to_owned()
    }

    fn shows_nothing(&self) {
        for file in [self.project.files("snapshots"), self.project.files(".parity")].concat() {
            let text = self.project.read(&file);
            for value in VALUES {
                assert!(!text.contains(value), "{value} in {file}:\n{text}");
            }
        }
    }
}

#[track_caller]
fn seen(done: Done) -> Done {
    for value in VALUES {
        assert!(
            !done.stdout.contains(value) && !done.stderr.contains(value),
            "{value}: {}",
            done.shown()
        );
    }
    done
}

#[test]
fn values_are_compared_and_then_hidden() {
    let user = User::approved(SUITE);
    let legacy = user.stored("legacy");
    assert!(
        legacy.contains(r#""email":"masked:"#) && legacy.contains(r#""age":"masked:"#) && legacy.contains(r#""size":"7""#),
        "{legacy}"
    );
    assert!(legacy.ends_with(r#"{"note":null}]}}"#), "nothing is nothing to hide: {legacy}");
    user.shows_nothing();
    // The number is compared, the difference seen, and its values are not.
    user.candidate("34", "35");
    user.check(&[])
        .exits(1)
        .says("/user/age\n      expected  masked\n      got       masked\n");
    user.candidate("34", "\"34\"");
    user.check(&[])
        .exits(1)
        .says("expected  integer masked\n      got       string masked\n");
    user.candidate("ann@", "bob@");
    user.check(&[]).exits(1).says("/user/email").says("masked:");
    user.run(&["explain", "id=1"]).exits(0).says("masked:");
    user.shows_nothing();
}

#[test]
fn a_record_tells_the_same_again() {
    let user = User::approved(SUITE);
    let record = ".parity/records/latest.jsonl";
    user.run(&["judge", record]).exits(0).says("1 translated");
    user.run(&["explain", "id=1"]).exits(0).says("translated");
    user.run(&["audit"])
        .exits(4)
        .says("left out, because rules look into private values");
    for (from, to) in [("34", "35"), ("34", "34.0"), ("ann@", "bob@"), ("\"size\":7", "\"size\":8")] {
        user.candidate(from, to);
        let told = user.check(&[]).exits(1).stdout;
        let again = user.run(&["report", record]).exits(0).stdout;
        let differences = |text: &str| {
            let lines = text.lines().skip_while(|line| !line.starts_with("    /user/"));
            let lines = lines.take_while(|line| !line.starts_with("  cases")).map(str::to_owned);
            lines.collect::<Vec<_>>()
        };
        assert_eq!(differences(&told), differences(&again), "{told}\n{again}");
        assert!(!differences(&told).is_empty(), "{told}");
    }
}

#[test]
fn what_needs_no_private_value_is_judged_by_todays_rules() {
    // No rule looks at what is private.
    let suite = SUITE.replace("\"/user/email\", \"/user/age\"", "\"/user/email\"");
    let open = suite.replace("at = [\"/user/age\", \"/user/size\"]", "at = \"/user/age\"");
    let user = User::new(&open);
    user.check(&[]).exits(1).says("/user/size: string became integer");
    let record = ".parity/records/latest.jsonl";
    user.project.write("suites/user.toml", &suite);
    user.run(&["judge", record]).says("1 translated");
    // And what differs in private differs still.
    user.candidate("ann@", "bob@");
    user.check(&[]).exits(1);
    user.project.write("suites/user.toml", suite.replace("typed", "has types"));
    user.run(&["judge", record]).exits(1).says("1 mismatch").says("/user/email");
}

#[test]
fn what_was_said_of_a_value_stands_when_rules_look_into_it() {
    let user = User::approved(SUITE);
    let record = ".parity/records/latest.jsonl";
    user.project.write("suites/user.toml", SUITE.replace("typed", "has types"));
    user.run(&["judge", record])
        .exits(0)
        .says("1 translated")
        .warns("and the suite has changed since it was asked, so that what was said then stands: `user/id=1`");
    user.candidate("34", "35");
    user.check(&[]).exits(1);
    let changed = SUITE.replace("\"/user/age\", \"/user/size\"", "\"/user/size\"");
    user.project.write("suites/user.toml", changed);
    user.run(&["judge", record]).exits(1).says("1 mismatch").says("/user/age");
    // Of a run that was killed before it judged, nothing is known.
    let text = user.project.read(record);
    let exchange: Vec<&str> = text.lines().take(2).collect();
    user.project.write("torn.jsonl", exchange.join("\n") + "\n");
    user.run(&["report", "torn.jsonl", "--partial"])
        .says("1 unreachable")
        .says("the run ended before anything was said of this case");
}

#[test]
fn a_recording_of_private_values_answers_for_itself_only() {
    let sides =
        |legacy: &str, candidate: &str| ["check", "--legacy-recording", legacy, "--candidate-recording", candidate].map(str::to_owned);
    let user = User::approved(SUITE);
    user.project.write("kept.jsonl", user.project.read(".parity/records/latest.jsonl"));
    let both = sides("kept.jsonl", "kept.jsonl");
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    user.run(&both).exits(3).says("holds private");
    // Without rules that look into them, digests of one recording are as good as the values.
    let plain = "suite = \"user\"\nredact = \"/user/email\"\n[parameters]\nid = [1]\n[legacy]\nget = \"/legacy/{id}\"\n[candidate]\nget = \"/candidate/{id}\"\n";
    let user = User::new(plain);
    user.candidate.on("/candidate/1", Answer::json(LEGACY));
    user.legacy.on("/legacy/1", Answer::json(LEGACY));
    let command = user.project.command(&["check"]);
    command
        .env("LEGACY_URL", user.legacy.url())
        .env("CANDIDATE_URL", user.candidate.url())
        .run();
    assert_eq!(user.project.accept(), 1);
    user.project.write("kept.jsonl", user.project.read(".parity/records/latest.jsonl"));
    user.project.run(&both).exits(0).says("1 match");
    let live = user.project.command(&["check", "--legacy-recording", "kept.jsonl"]);
    live.env("CANDIDATE_URL", user.candidate.url()).run().exits(3).says("holds private");
}

#[test]
fn bodies_are_digests_when_the_suite_says_so() {
    let suite = SUITE.replace("redact = [\"/user/email\", \"/user/age\", \"/**/note\"]", "body = \"digest\"");
    let user = User::approved(&suite);
    for side in ["legacy", "candidate"] {
        let stored = user.stored(side);
        assert!(stored.starts_with("masked:") && stored.ends_with(" bytes)"), "{stored}");
    }
    user.shows_nothing();
    let record = ".parity/records/latest.jsonl";
    user.run(&["judge", record]).exits(0).says("1 translated");
    user.candidate("34", "35");
    user.check(&[])
        .exits(1)
        .says("/user/age\n      expected  masked\n      got       masked\n");
    user.run(&["judge", record]).exits(1).says("1 mismatch").says("/user/age");
    user.run(&["explain", "id=1"]).exits(0).says("masked:");
    user.run(&["har", "har"]).exits(0);
    for side in ["legacy", "candidate"] {
        let har = user.project.read(&format!("har/{side}.har"));
        assert!(har.contains("masked:") && VALUES.iter().all(|value| !har.contains(value)), "{har}");
    }
    user.run(&["check", "--legacy-recording", record, "--candidate-recording", record])
        .exits(3)
        .says("the answer to GET /legacy/1 is private");
}

#[test]
fn a_place_that_names_nothing_is_stale() {
    let user = User::new(&SUITE.replace("/user/email", "/user/e-mail"));
    let done = user.project.command(&["check"]);
    let done = done
        .env("LEGACY_URL", user.legacy.url())
        .env("CANDIDATE_URL", user.candidate.url())
        .run();
    done.exits(1).says("redact /user/e-mail").says("never acted in this full run");
}

#[test]
fn each_side_may_hide_other_places() {
    let suite = SUITE.replace(
        "redact = [\"/user/email\", \"/user/age\", \"/**/note\"]",
        "redact = { legacy = [\"/user/email\", \"/**/note\"], candidate = \"/**/note\" }",
    );
    let user = User::new(&suite);
    let done = user.project.command(&["check"]);
    done.env("LEGACY_URL", user.legacy.url())
        .env("CANDIDATE_URL", user.candidate.url())
        .run();
    // The value is private wherever it stands.
    assert!(
        user.stored("candidate").contains(r#""email":"masked:"#),
        "{}",
        user.stored("candidate")
    );
    user.shows_nothing();
}
