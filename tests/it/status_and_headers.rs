//! Statuses and headers: what is owed of an answer besides its media type and body.

use parity::exchange::Observation;
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
        .says("status  200 with {\"deleted\":\"true\"} → 204 without a body")
        .says("(no body)");
    project.run(&["rules"]).says(rule).says("nothing more to say");
    project
        .run(&["guide"])
        .says("- **is another status**: `200 to 204 when")
        .says("from `200 with {\"deleted\":\"true\"}` to `204 without a body`");
    let audit = project.run(&["audit", "--format", "json"]).exits(0).json();
    assert_eq!(audit["totals"]["sensitivity"], 1.0);
    let used = project
        .read("suites/s.toml")
        .replace("nobody makes anything here'", "x'\nunproven = 'no case creates'");
    project.write("suites/s.toml", used);
    project.run(&["check"]).exits(0);
}

fn with(headers: &[(&str, &str)]) -> Observation {
    let all: Vec<(&str, &str)> = [("Content-Type", "application/json")].iter().chain(headers).copied().collect();
    with_headers(200, &all, "{}")
}

/// The verdict, what acted, and the signatures of one header rule.
fn header(rule: &str, legacy: &[(&str, &str)], candidate: &[(&str, &str)]) -> (Verdict, Vec<String>, Vec<String>) {
    let suite = plain_suite(&format!("[[header]]\nname = 'X-Kind'\n{rule}\nwhy = 'known'\n"));
    let said = judge(&suite, with(legacy), with(candidate));
    (said.verdict, said.applied, said.signatures)
}

fn ok(verdict: Verdict, applied: &[&str]) -> (Verdict, Vec<String>, Vec<String>) {
    (verdict, applied.iter().map(|rule| (*rule).to_owned()).collect(), Vec::new())
}

const NONE: &[(&str, &str)] = &[];
const A: &[(&str, &str)] = &[("X-Kind", "a")];
const B: &[(&str, &str)] = &[("x-kind", "b")];
const AB: &[(&str, &str)] = &[("X-Kind", "a"), ("x-kind", "b")];
const BA: &[(&str, &str)] = &[("X-Kind", "b"), ("X-Kind", "a")];

#[test]
fn a_header_that_no_rule_names_is_not_compared() {
    let suite = plain_suite("");
    assert_eq!(judge(&suite, with(A), with(B)).verdict, Verdict::Match);
    assert_eq!(
        header("equal = true", &[("X-Other", "1")], &[("X-Other", "2")]),
        ok(Verdict::Match, &[])
    );
}

#[test]
fn an_equal_header_is_the_list_of_its_values_in_order() {
    let rule = "equal = true";
    let acted = ok(Verdict::Match, &["1 header X-Kind equal"]);
    assert_eq!(header(rule, A, &[("x-KIND", "a")]), acted);
    assert_eq!(header(rule, AB, AB), acted);
    assert_eq!(header(rule, NONE, NONE), ok(Verdict::Match, &[]));
    for (legacy, candidate, change) in [
        (A, B, "other value"),
        (A, AB, "other value"),
        (AB, BA, "other value"),
        (A, &[("X-Kind", "A")], "other value"),
        (A, NONE, "missing"),
        (NONE, A, "extra"),
    ] {
        let (verdict, applied, signatures) = header(rule, legacy, candidate);
        assert_eq!((verdict, applied), (Verdict::Mismatch, vec!["1 header X-Kind equal".to_owned()]));
        assert_eq!(signatures, [format!("header X-Kind: {change} (header X-Kind equal)")]);
    }
}

#[test]
fn what_is_owed_in_a_header_may_be_a_constant_another_value_or_nothing() {
    for (rule, name, legacy, good, bad, change) in [
        ("candidate = 'b'", "header X-Kind = b", A, B, A, "other value"),
        ("candidate = 'b'", "header X-Kind = b", NONE, B, NONE, "missing"),
        (
            "map = [{ legacy = 'a', candidate = 'b' }]",
            "header X-Kind map",
            A,
            B,
            A,
            "other value",
        ),
        ("absent = true", "header X-Kind absent", A, NONE, A, "extra"),
    ] {
        assert_eq!(
            header(rule, legacy, good),
            ok(Verdict::Translated, &[&format!("1 {name}")]),
            "{rule}"
        );
        let (verdict, _, signatures) = header(rule, legacy, bad);
        assert_eq!(
            (verdict, signatures),
            (Verdict::Mismatch, vec![format!("header X-Kind: {change} ({name})")])
        );
    }
    // Where the legacy says it already, nothing is made of it; and what no row of a map names stays.
    assert_eq!(header("candidate = 'b'", B, B), ok(Verdict::Match, &[]));
    assert_eq!(header("map = [{ legacy = 'a', candidate = 'c' }]", B, B), ok(Verdict::Match, &[]));
    assert_eq!(header("absent = true", NONE, NONE), ok(Verdict::Match, &[]));
    assert_eq!(header("absent = true", NONE, A).0, Verdict::Mismatch);
    let two = ok(Verdict::Translated, &["2 header X-Kind map"]);
    let swap = "map = [{ legacy = 'a', candidate = 'b' }, { legacy = 'b', candidate = 'a' }]";
    assert_eq!(header(swap, AB, BA), two);
}

#[test]
fn a_pattern_asks_for_one_value_that_matches() {
    let rule = "pattern = '[a-f]'";
    assert_eq!(header(rule, A, B), ok(Verdict::Translated, &["1 header X-Kind like [a-f]"]));
    assert_eq!(header(rule, A, A), ok(Verdict::Match, &[]));
    for (candidate, change) in [
        (NONE, "missing"),
        (AB, "not one value like `[a-f]`"),
        (&[("X-Kind", "x")][..], "not one value like `[a-f]`"),
    ] {
        let (verdict, _, signatures) = header(rule, A, candidate);
        assert_eq!(verdict, Verdict::Mismatch);
        assert_eq!(signatures, [format!("header X-Kind: {change} (header X-Kind like [a-f])")]);
    }
}

#[test]
fn a_sides_own_address_is_none_of_the_value() {
    let location = |url: &str| [("X-Kind", format!("{url}/run/7"))];
    let (legacy, candidate) = (location("http://legacy.test:8001"), location("http://candidate.test:8002"));
    let (legacy, candidate) = ([("X-Kind", legacy[0].1.as_str())], [("X-Kind", candidate[0].1.as_str())]);
    assert_eq!(
        header("equal = true", &legacy, &candidate),
        ok(Verdict::Match, &["1 header X-Kind equal"])
    );
    assert_eq!(header("equal = true", &legacy, &legacy).0, Verdict::Mismatch);
}

#[test]
fn header_rules_act_on_errors_too_unless_they_say_on_what() {
    let row = "[[error]]\nlegacy = { status = 412, code = '1' }\ncandidate = { status = 404, title = 'No' }\nwhy = 'known'\n";
    let sides = "[legacy]\nget = '/'\nerror_code = '/code'\n[candidate]\nget = '/'";
    let error = || with_headers(412, &[("Content-Type", "application/json"), ("X-Kind", "a")], r#"{"code":"1"}"#);
    let problem = || answer(404, "application/problem+json", r#"{"title":"No","status":404}"#);
    let judged = |on: &str| {
        let rules = format!("{row}[[header]]\nname = 'X-Kind'\nequal = true\n{on}\nwhy = 'known'\n");
        judge(&crate::support::middle::suite(sides, &rules), error(), problem()).signatures
    };
    assert_eq!(judged(""), ["header X-Kind: missing (header X-Kind equal)"]);
    assert_eq!(judged("on = 'error'"), ["header X-Kind: missing (header X-Kind equal on error)"]);
    assert_eq!(judged("on = 'success'"), [""; 0]);
    assert_eq!(judged("when = { code = '1' }").len(), 1);
    assert_eq!(judged("when = { code = '2' }"), [""; 0]);
    assert_eq!(judged("when = { status = 200 }"), [""; 0]);
}

const HEADERS: &str = "[[header]]\nname = 'Location'\nequal = true\nwhy = 'clients follow it'\n\
                       [[header]]\nname = 'Cache-Control'\nmap = [{ legacy = 'private', candidate = 'no-store' }]\nwhy = 'not even kept'\n\
                       [[header]]\nname = 'ETag'\npattern = '\"[0-9a-f]+\"'\nwhy = 'each side makes its own'\n";

#[test]
fn headers_are_judged_live_from_a_record_and_from_a_har_and_told_everywhere() {
    let legacy = || {
        Answer::json("{}")
            .header("ETag", "\"1a\"")
            .header("Cache-Control", "private")
            .header("X-Noise", "1")
    };
    let candidate = || {
        Answer::json("{}")
            .header("ETag", "\"2b\"")
            .header("Cache-Control", "no-store")
            .header("X-Noise", "2")
    };
    let (project, servers) = project(HEADERS, legacy(), candidate());
    servers[0].on("/old/7", legacy().header("Location", format!("{}/run/7", servers[0].url())));
    servers[1].on("/new/7", candidate().header("Location", format!("{}/run/7", servers[1].url())));
    project.run(&["check"]).exits(1);
    project.accept();
    let snapshot = project.read("snapshots/s/id=7.snap");
    for said in [
        "Location: {base}/run/7",
        "Cache-Control: no-store",
        "header Location equal × 1",
        "header Cache-Control map × 1",
    ] {
        assert!(snapshot.contains(said), "{said}: {snapshot}");
    }
    assert!(!snapshot.contains("X-Noise"), "{snapshot}");
    project.run(&["check"]).exits(0);
    project.run(&["judge"]).exits(0);
    project
        .run(&["explain", "s/id=7"])
        .says("header Cache-Control map")
        .says("header Cache-Control  private → no-store")
        .says("Location: {base}/run/7");
    project.run(&["rules"]).says("header ETag like").says("header Location equal");
    project.run(&["guide"]).says("another header");
    let audit = project.run(&["audit", "--format", "json"]).exits(0).json();
    assert_eq!(audit["totals"]["sensitivity"], 1.0, "{audit:#}");
    let classes = audit["suites"][0]["classes"].to_string();
    for class in ["header-missing", "header-changed", "header-doubled"] {
        assert!(classes.contains(class), "{classes}");
    }
    // What a HAR of this run holds is judged alike, the candidate live.
    project.run(&["har", "hars"]).exits(0);
    let hars = project.files("hars");
    let har = hars
        .iter()
        .find(|name| name.contains("legacy"))
        .unwrap_or_else(|| panic!("{hars:?}"));
    let har = project.path("hars").join(har.trim_start_matches("hars/"));
    project.run(&["check", "--legacy-recording", har.to_str().unwrap()]).exits(0);
    // Another value is a difference at the header, with the line of its rule.
    servers[1].on("/new/7", candidate().header("Location", "/run/8"));
    project
        .run(&["check"])
        .exits(1)
        .says("header Location")
        .says("expected  {base}/run/7")
        .says("got       /run/8")
        .says("header Location equal  suites/s.toml:");
    let report = project.run(&["report", "--format", "json"]).exits(0).json();
    assert_eq!(report["cases"][0]["differences"][0]["path"], "header Location");
}
