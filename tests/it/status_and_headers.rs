//! Statuses and headers: what is owed of an answer besides its media type and body.

use parity::verdict::Verdict;

use crate::support::middle::{answer, json, judge, plain_suite, with_headers};
use crate::support::project::Project;
use crate::support::routes::{Answer, Server};

const GONE: &str = "[[status]]\nlegacy = 200\ncandidate = 204\nwhy = 'nothing more to say'\n\
                    when = { path = '/deleted', equals = '\"true\"' }\n";

#[test]
fn a_declared_status_is_owed_and_counted_and_no_other_will_do() {
    let suite = plain_suite("[[status]]\nlegacy = 200\ncandidate = 201\nwhy = 'made'\n");
    let legacy = || json(r#"{"id":1}"#);
    let candidate = |status| answer(status, "application/json", r#"{"id":1}"#);
    let said = judge(&suite, legacy(), candidate(201));
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 status 200 to 201".to_owned()])
    );
    for (status, signature) in [
        (200, "status: 201 became 200 (status 200 to 201)"),
        (204, "status: 201 became 204 (status 200 to 201)"),
        (404, "status: 201 became 404 (status 200 to 201)"),
    ] {
        assert_eq!(judge(&suite, legacy(), candidate(status)).signatures, [signature]);
    }
    // Other successes stay as they are.
    assert_eq!(judge(&suite, candidate(203), candidate(203)).verdict, Verdict::Match);
}

#[test]
fn a_status_without_a_body_owes_neither_body_nor_media_type() {
    let rules = format!("{GONE}[[translation]]\nrule = 'integer'\nat = '/id'\nwhy = 'typed'\n");
    let suite = plain_suite(&rules);
    let deleted = || json(r#"{"deleted":"true","id":"1"}"#);
    let nothing = with_headers(204, &[], "");
    let said = judge(&suite, deleted(), nothing);
    assert_eq!((said.verdict, &said.signatures), (Verdict::Translated, &Vec::new()));
    assert_eq!(said.applied.len(), 1, "what is made of no body is not counted: {:?}", said.applied);
    assert!(
        said.applied[0].starts_with("1 status 200 to 204 when /deleted"),
        "{:?}",
        said.applied
    );
    assert_eq!(said.expected, None);
    let rule = "status 200 to 204 when /deleted = \"true\"";
    let said = judge(&suite, deleted(), json(r#"{"deleted":"true","id":1}"#));
    assert_eq!(
        said.signatures,
        [
            format!("/: extra ({rule})"),
            format!("media type: none became application/json ({rule})"),
            format!("status: 204 became 200 ({rule})")
        ]
    );
    // Where the condition does not hold, the answer is compared as any other.
    let kept = r#"{"deleted":"false","id":"1"}"#;
    let said = judge(&suite, json(kept), json(&kept.replace("\"1\"", "1")));
    assert_eq!(
        (said.verdict, said.applied),
        (Verdict::Translated, vec!["1 integer /id".to_owned()])
    );
}

#[test]
fn a_legacy_that_is_broken_stays_so_whatever_status_is_owed() {
    let suite = plain_suite("[[status]]\nlegacy = 200\ncandidate = 204\nwhy = 'gone'\n");
    let said = judge(&suite, answer(200, "text/html", "<b>Fatal error</b>"), with_headers(204, &[], ""));
    assert_eq!(said.verdict, Verdict::LegacyBroken);
}

const PROJECT: &str = "suites = 'suites'\nsnapshots = 'snapshots'\n[service.legacy.url]\nurl = 'LEGACY'\noracle = 'genuine'\n\
                       [service.candidate.url]\nurl = 'CANDIDATE'\n";

/// A project over two servers that answer one request each.
fn project(rules: &str, legacy: Answer, candidate: Answer) -> (Project, [Server; 2]) {
    let servers = [Server::start(), Server::start()];
    servers[0].on("/old/7", legacy);
    servers[1].on("/new/7", candidate);
    let project = Project::with(&PROJECT.replace("LEGACY", &servers[0].url()).replace("CANDIDATE", &servers[1].url()));
    let suite = format!("suite = 's'\n[parameters]\nid = [7]\n[legacy]\nget = '/old/{{id}}'\n[candidate]\nget = '/new/{{id}}'\n{rules}");
    project.write("suites/s.toml", suite);
    (project, servers)
}

#[test]
fn a_status_rule_is_told_everywhere_and_held_to_account() {
    let rules = format!("{GONE}[[status]]\nlegacy = 201\ncandidate = 200\nwhy = 'nobody makes anything here'\n");
    let (project, _servers) = project(
        &rules,
        Answer::json(r#"{"deleted":"true"}"#),
        Answer::json("").status(204).media_type(""),
    );
    project.run(&["check"]).exits(1);
    project.accept();
    let rule = "status 200 to 204 when /deleted = \"true\"";
    project
        .run(&["check"])
        .exits(1)
        .says("stale")
        .says("status 201 to 200")
        .says("suites/s.toml:");
    project
        .run(&["explain", "s/id=7"])
        .says(rule)
        .says("status 200 with {\"deleted\":\"true\"} → status 204 without a body")
        .says("(no body)");
    project.run(&["rules"]).says(rule).says("nothing more to say");
    project
        .run(&["guide"])
        .says("- **is another status**: `200 to 204 when")
        .says("from `status 200 with {\"deleted\":\"true\"}` to `status 204 without a body`");
    let audit = project.run(&["audit", "--format", "json"]).exits(0).json();
    assert_eq!(audit["totals"]["sensitivity"], 1.0);
    let used = project
        .read("suites/s.toml")
        .replace("nobody makes anything here'", "x'\nunproven = 'no case creates'");
    project.write("suites/s.toml", used);
    project.run(&["check"]).exits(0);
}
