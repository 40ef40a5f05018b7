//! `parity check --repeat`: each side is asked again, and what differs from itself is found out.

use parity::report::Format;
use serde_json::Value;

use crate::support::project::{Done, Project};
use crate::support::routes::{Answer, Reply, Server};
use crate::support::trace::{SUITE, Trace, candidate_trace, legacy_trace};

/// Without snapshots, so that only verdicts count.
fn trace() -> Trace {
    let trace = Trace::unapproved();
    trace.project.write("suites/trace.toml", format!("snapshots = 'none'\n{SUITE}"));
    trace
}

fn in_turn(answers: impl IntoIterator<Item = Answer>) -> Reply {
    Reply::InTurn(answers.into_iter().map(Reply::from).collect())
}

fn right() -> Answer {
    Answer::json(candidate_trace(34))
}

/// The second row is not selected any more.
fn wrong() -> Answer {
    Answer::json(candidate_trace(34).replace("true", "false"))
}

fn owed() -> Answer {
    Answer::json(legacy_trace(34))
}

fn owed_otherwise() -> Answer {
    Answer::json(legacy_trace(34).replace("\"true\"", "\"false\""))
}

/// The case of run 34 in a report.
fn case_34(report: &Value) -> &Value {
    let cases = report["cases"].as_array().unwrap();
    cases.iter().find(|case| case["case"] == "trace/run_id=34").unwrap()
}

fn signatures(case: &Value) -> Vec<&str> {
    let differences = case["differences"].as_array().unwrap();
    differences
        .iter()
        .map(|difference| difference["signature"].as_str().unwrap())
        .collect()
}

/// The report without what is another thing each time.
fn settled(done: &Done) -> Value {
    let mut report = done.json();
    for key in ["elapsed_ms", "record", "started"] {
        report[key] = Value::Null;
    }
    report
}

const UNSTABLE: &str = "/trace/*/selected: unstable (boolean /trace/*/selected)";

#[test]
fn a_candidate_that_is_wrong_the_second_time_fails() {
    let trace = trace();
    trace.check(&[]).exits(0);
    let candidate = || trace.candidate.on("/trace/34", in_turn([right(), wrong(), right()]));
    candidate();
    let done = trace.check(&["--repeat", "3"]).exits(1);
    done.says("✗ mismatch")
        .says("/trace/1/selected  in row iteration=1")
        .says("first     true")
        .says("then      false")
        .says("unstable: answer 2 of the candidate is another one than its first")
        .says(UNSTABLE)
        .says("asked     each side 3 times")
        .says("unstable  the candidate in 1 case");
    candidate();
    let report = trace.check(&["--repeat", "3", "--format", "json"]).exits(1).json();
    let case = case_34(&report);
    assert_eq!((&case["verdict"], &case["passes"]), (&"mismatch".into(), &false.into()));
    let difference = &case["differences"][0];
    assert_eq!(difference["kind"], "unstable");
    assert_eq!(difference["signature"], UNSTABLE);
    assert_eq!((&difference["first"], &difference["other"]), (&"true".into(), &"false".into()));
    assert_eq!(difference["answer"], 2);
    assert_eq!(
        case["asked"],
        serde_json::json!({ "legacy": { "times": 3 }, "candidate": { "times": 3 } })
    );
    assert_eq!(case["unstable"]["legacy"], serde_json::json!([]));
    assert_eq!(
        case["unstable"]["candidate"],
        serde_json::json!([{ "path": "/trace/1/selected", "kind": "value", "answer": 2, "first": "true", "other": "false", "both": false }])
    );
    for other in report["cases"].as_array().unwrap().iter().filter(|other| *other != case) {
        assert_eq!(
            (&other["passes"], &other["unstable"]["candidate"]),
            (&true.into(), &serde_json::json!([]))
        );
    }
}

#[test]
fn the_evidence_holds_what_is_another_answer_and_nothing_twice() {
    let trace = trace();
    trace.candidate.on("/trace/34", in_turn([right(), wrong(), right(), wrong()]));
    trace.check(&["--repeat", "4", "--jobs", "1"]).exits(1);
    let record = trace.project.record();
    let sides: Vec<&Value> = record
        .iter()
        .filter(|line| line["type"] == "exchange")
        .flat_map(|line| [&line["legacy"], &line["candidate"]])
        .collect();
    assert_eq!(sides.len(), 6);
    let others: Vec<&Value> = sides.iter().filter_map(|side| side["others"].as_array()).flatten().collect();
    assert!(sides.iter().all(|side| side["times"] == 4));
    assert_eq!(others.len(), 1);
    assert_eq!((&others[0]["number"], &others[0]["seen"]), (&2.into(), &2.into()));
    assert_eq!(others[0]["response"]["body"]["text"], wrong().body);
}

#[test]
fn a_recorded_run_says_the_same_wherever_it_is_told() {
    let trace = trace();
    trace.candidate.on("/trace/34", in_turn([wrong(), right()]));
    let outputs: Vec<String> = Format::ALL.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut arguments = vec!["--repeat", "2", "--format", "json"];
    arguments.extend(outputs.iter().flat_map(|output| ["--report", output.as_str()]));
    let checked = trace.check(&arguments).exits(1);
    assert_eq!(signatures(case_34(&checked.json())), [UNSTABLE]);
    for format in Format::ALL {
        let text = trace.project.read(&format!("out.{format}"));
        assert!(text.contains("unstable"), "{format}: {text}");
    }
    let project = &trace.project;
    let record = project.files(".parity/records").swap_remove(0);
    assert_eq!(
        settled(&project.run(&["judge", &record, "--format", "json"]).exits(1)),
        settled(&checked)
    );
    assert_eq!(
        settled(&project.run(&["report", &record, "--format", "json"]).exits(0)),
        settled(&checked)
    );

    project
        .run(&["explain", "trace/run_id=34"])
        .exits(0)
        .says("asked 2 times, with the same answer each time")
        .says("asked 2 times, with 1 other answer in place of this one")
        .says("Answer 2")
        .says("unstable: answer 2 of the candidate");
    // Known from the baseline, it fails nothing; and nobody is asked to get used to it.
    trace.candidate.on("/trace/34", in_turn([right(), wrong()]));
    trace.check(&["--repeat", "2", "--baseline", &record]).exits(0);
    let done = project.run(&["expect", "--open", &record, "--dry-run"]).exits(0);
    assert!(!done.stdout.contains("unstable"), "{}", done.stdout);
    done.warns("1 case differs in some answers and not in all of them");
    let done = project.run(&["suggest", &record]).exits(0);
    assert_eq!(done.stdout, "");
    done.warns("left out").warns("`trace/run_id=34`");
    project.run(&["audit", &record]);
}

#[test]
fn an_unstable_legacy_is_told_and_no_fault_of_the_candidate() {
    let trace = trace();
    trace.legacy.on("/api/trace/34", in_turn([owed(), owed_otherwise()]));
    let note = "the legacy is unstable at /trace/*/selected: first true, then false in answer 2";
    let outputs: Vec<String> = Format::ALL.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut arguments = vec!["--repeat", "2"];
    arguments.extend(outputs.iter().flat_map(|output| ["--report", output.as_str()]));
    trace.check(&arguments).exits(0).says(&format!("note: {note}"));
    for format in Format::ALL {
        let text = trace.project.read(&format!("out.{format}"));
        assert!(text.contains("the legacy is unstable"), "{format}: {text}");
    }
    // It excuses nothing: by its first answer the candidate is wrong.
    trace.legacy.on("/api/trace/34", in_turn([owed_otherwise(), owed()]));
    let report = trace.check(&["--repeat", "2", "--format", "json"]).exits(1).json();
    let case = case_34(&report);
    assert_eq!(signatures(case), ["/trace/*/selected: other value (boolean /trace/*/selected)"]);
    assert_eq!(case["unstable"]["legacy"][0]["both"], false);
    assert_eq!(
        case["notes"],
        serde_json::json!(["the legacy is unstable at /trace/*/selected: first false, then true in answer 2"])
    );
    // Nothing is declared or proposed for what may be otherwise the next time.
    let done = trace.project.run(&["expect", "--open", "--dry-run"]).exits(0);
    assert_eq!(done.stdout, "");
    done.warns("1 case differs in some answers and not in all of them");
    let done = trace.project.run(&["suggest"]).exits(0);
    assert_eq!(done.stdout, "");
    done.warns("left out, because a side did not answer the same each time: `trace/run_id=34`");
}

#[test]
fn what_is_random_on_both_sides_is_held_against_neither() {
    let trace = trace();
    trace.legacy.on("/api/trace/34", in_turn([owed(), owed_otherwise()]));
    trace.candidate.on("/trace/34", in_turn([right(), wrong()]));
    let report = trace.check(&["--repeat", "2", "--format", "json"]).exits(0).json();
    let case = case_34(&report);
    assert_eq!(case["verdict"], "translated");
    for side in ["legacy", "candidate"] {
        assert_eq!(case["unstable"][side][0]["both"], true, "{side}");
    }
    assert!(
        case["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("both sides are unstable at /trace/*/selected")
    );
}

#[test]
fn what_the_rules_allow_is_no_instability() {
    let trace = trace();
    let suite = trace.project.read("suites/trace.toml");
    let tolerance = "\n[[comparison]]\nrule = 'tolerance'\nat = '/trace/*/evaluation'\nabsolute = '0.01'\nwhy = 'for this test'\n";
    trace.project.write("suites/trace.toml", suite + tolerance);
    let nearly = Answer::json(candidate_trace(34).replace("0.93,", "0.931,"));
    let respelled = Answer::json(candidate_trace(34).replace(",\"trace\"", ", \"trace\"")).header("x-request-id", "2");
    trace.candidate.on("/trace/34", in_turn([right(), nearly, respelled]));
    let report = trace.check(&["--repeat", "3", "--format", "json"]).exits(0).json();
    assert_eq!(case_34(&report)["unstable"]["candidate"], serde_json::json!([]));
    // The tolerance was needed for the second answer alone: it is not stale.
    assert_eq!((&report["full"], &report["rules"]), (&true.into(), &serde_json::json!([])));
    // Asked once, it is.
    trace.candidate.on("/trace/34", right());
    trace.check(&[]).exits(1).says("never acted");
}

#[test]
fn a_side_that_breaks_the_second_time_is_broken() {
    let fatal = || Answer::json("").status(500).media_type("text/html");
    let t = trace();
    t.candidate.on("/trace/34", in_turn([right(), fatal()]));
    let report = t.check(&["--repeat", "2", "--format", "json"]).exits(1).json();
    assert_eq!(case_34(&report)["verdict"], "candidate-broken");
    assert_eq!(
        case_34(&report)["failures"]["candidate"],
        "answer 2 of 2: status 500 text/html, empty body"
    );
    let t = trace();
    t.legacy.on("/api/trace/34", in_turn([owed(), fatal()]));
    let report = t.check(&["--repeat", "2", "--format", "json"]).exits(3).json();
    assert_eq!(case_34(&report)["verdict"], "legacy-broken");
    assert_eq!(
        report["signatures"][0]["signature"],
        "legacy: unstable, status 500 text/html, empty body"
    );
    // A side that gives no answer is not asked again: nothing would come of it but waiting.
    let t = trace();
    t.candidate.on("/trace/34", Reply::InTurn(vec![right().into(), Reply::Hang]));
    let report = t
        .check(&["--repeat", "5", "--timeout", "200ms", "--format", "json"])
        .exits(3)
        .json();
    assert_eq!(case_34(&report)["verdict"], "unreachable");
    assert_eq!(case_34(&report)["asked"]["candidate"]["times"], 2);
}

#[test]
fn a_side_whose_answers_are_large_and_other_ones_each_time_is_not_asked_for_ever() {
    let t = trace();
    let suite = "suite = 'large'\nsnapshots = 'none'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n";
    t.project.write("suites/trace.toml", suite);
    let large = |number: usize| Answer::json(format!("\"{}{number}\"", "x".repeat(9 << 20)));
    t.legacy.on("/a", Answer::json("\"x\""));
    t.candidate.on("/b", in_turn((0..9).map(large)));
    let report = t.check(&["--repeat", "9", "--format", "json"]).exits(1).json();
    let asked = &report["cases"][0]["asked"];
    assert_eq!((&asked["legacy"]["times"], &asked["candidate"]["times"]), (&9.into(), &3.into()));
}

#[test]
fn a_header_counts_where_a_rule_names_it() {
    let t = trace();
    let suite = "suite = 'header'\nsnapshots = 'none'\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n\
                 [[header]]\nname = 'ETag'\nequal = true\nwhy = 'caches rely on it'\n";
    t.project.write("suites/trace.toml", suite);
    let tagged = |tag: &str| Answer::json("1").header("etag", tag).header("x-request-id", tag);
    t.legacy.on("/a", tagged("one"));
    t.candidate.on("/b", in_turn([tagged("one"), tagged("two")]));
    let report = t.check(&["--repeat", "2", "--format", "json"]).exits(1).json();
    let signatures = signatures(&report["cases"][0]);
    assert_eq!(signatures, ["header ETag: unstable (header ETag equal)"]);
}

const POST: &str =
    "suite = 'post'\nsnapshots = 'none'\n[legacy]\npost = '/a'\nSAFE\njson = {}\n[candidate]\npost = '/b'\nSAFE\njson = {}\n";

#[test]
fn what_may_change_something_is_asked_once() {
    let (legacy, candidate) = (Server::start(), Server::start());
    legacy.on("POST /a", Answer::json("1"));
    candidate.on("POST /b", in_turn([Answer::json("1"), Answer::json("2")]));
    let project = Project::new();
    let check = || {
        let (legacy, candidate) = (legacy.url(), candidate.url());
        project.run(&["check", "--legacy-url", &legacy, "--candidate-url", &candidate, "--repeat", "3"])
    };
    project.write("suites/post.toml", POST.replace("SAFE", ""));
    check().exits(0).says("asked     each side once: the request may change something");
    assert_eq!((legacy.requests().len(), candidate.requests().len()), (1, 1));
    project
        .run(&["explain", "post"])
        .exits(0)
        .says("asked once: the request may change something");
    // Where it only reads, the suite says so.
    project.write("suites/post.toml", POST.replace("SAFE", "safe = true"));
    candidate.on("POST /b", in_turn([Answer::json("1"), Answer::json("2")]));
    check().exits(1).says("/: unstable").says("asked     each side 3 times");
    assert_eq!((legacy.requests().len(), candidate.requests().len()), (4, 4));
}

#[test]
fn a_recording_is_asked_once() {
    let trace = trace();
    trace.check(&[]).exits(0);
    trace
        .project
        .write("kept.jsonl", trace.project.read(".parity/records/latest.jsonl"));
    let done = trace.project.run(&[
        "check",
        "--legacy-recording",
        "kept.jsonl",
        "--candidate-url",
        &trace.candidate.url(),
        "--repeat",
        "2",
    ]);
    done.exits(0)
        .says("asked     the legacy once: a recording knows no other answer; the candidate 2 times");
    let exchange = &trace.project.record()[1];
    assert_eq!(
        (&exchange["legacy"]["once"], &exchange["legacy"]["times"]),
        (&"recording".into(), &Value::Null)
    );
}

#[test]
fn a_record_of_repetitions_stands_for_a_side_with_its_first_answers() {
    let trace = trace();
    trace.candidate.on("/trace/34", in_turn([right(), wrong()]));
    trace.check(&["--repeat", "2"]).exits(1);
    trace
        .project
        .write("kept.jsonl", trace.project.read(".parity/records/latest.jsonl"));
    let recordings = ["--legacy-recording", "kept.jsonl", "--candidate-recording", "kept.jsonl"];
    trace.project.run(&[&["check"], &recordings[..]].concat()).exits(0);
}

#[test]
fn shares_are_merged_with_what_was_unstable_in_them() {
    let trace = trace();
    trace.candidate.on("/trace/34", in_turn([right(), wrong()]));
    let mut shares = Vec::new();
    for share in ["1/2", "2/2"] {
        trace.check(&["--shard", share, "--repeat", "2"]);
        let name = format!("{}.jsonl", &share[..1]);
        trace.project.write(&name, trace.project.read(".parity/records/latest.jsonl"));
        shares.push(name);
    }
    let merged = trace
        .project
        .run(&["merge", &shares[0], &shares[1], "-o", "merged.jsonl", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(signatures(case_34(&merged)), [UNSTABLE]);
    let again = trace.project.run(&["judge", "merged.jsonl", "--format", "json"]).exits(1).json();
    assert_eq!(case_34(&again), case_34(&merged));
}

#[test]
fn no_snapshot_is_made_of_an_unstable_candidate() {
    let trace = Trace::approved();
    let approved = trace.project.files("snapshots");
    trace.candidate.on("/trace/34", in_turn([right(), wrong()]));
    let report = trace.check(&["--repeat", "2", "--format", "json"]).exits(1).json();
    assert_eq!(case_34(&report)["snapshot"], "not-kept");
    // Declared as expected, it passes, and still there is nothing that anybody could approve.
    let declared = format!(
        "{SUITE}\n[[expected]]\ncase = 'run_id=34'\nverdict = 'mismatch'\nsignatures = ['{UNSTABLE}']\nwhy = 'a race that is known'\n"
    );
    trace.project.write("suites/trace.toml", declared);
    trace.candidate.on("/trace/34", in_turn([wrong(), right()]));
    let report = trace.check(&["--repeat", "2", "--format", "json"]).exits(0).json();
    assert_eq!(case_34(&report)["snapshot"], "not-kept");
    assert_eq!(case_34(&report)["expected"]["state"], "as-declared");
    assert_eq!(trace.project.files("snapshots"), approved, "nothing is pending");
    // A stable candidate is approved as before, however often it is asked, and whatever the legacy does later.
    trace.project.write("suites/trace.toml", SUITE);
    trace.candidate.on("/trace/34", right());
    trace.legacy.on("/api/trace/34", in_turn([owed(), owed_otherwise()]));
    let report = trace.check(&["--repeat", "2", "--format", "json"]).exits(0).json();
    assert_eq!(case_34(&report)["snapshot"], "approved");
}

#[test]
fn private_values_that_are_other_ones_the_next_time_are_told_without_them() {
    let (legacy, candidate) = (Server::start(), Server::start());
    let user = |mail: &str| Answer::json(format!(r#"{{"mail":"{mail}"}}"#));
    legacy.on("/a", user("ann@example.org"));
    candidate.on("/b", in_turn([user("ann@example.org"), user("bob@example.org")]));
    let project = Project::new();
    let suite = "suite = 'user'\nsnapshots = 'none'\nredact = ['/mail']\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n";
    project.write("suites/user.toml", suite);
    let (legacy, candidate) = (legacy.url(), candidate.url());
    let arguments = [
        "--legacy-url",
        &legacy,
        "--candidate-url",
        &candidate,
        "--repeat",
        "2",
        "--format",
        "json",
    ];
    let checked = project.run(&[&["check"], &arguments[..]].concat()).exits(1);
    assert_eq!(signatures(&checked.json()["cases"][0]), ["/mail: unstable"]);
    let judged = project.run(&["judge", "--format", "json"]).exits(1);
    assert_eq!(judged.json()["cases"], checked.json()["cases"]);
    // By other rules as well: that a digest is another one can still be told.
    project.write("suites/user.toml", format!("{suite}# changed\n"));
    let judged = project.run(&["judge", "--format", "json"]).exits(1);
    assert_eq!(signatures(&judged.json()["cases"][0]), ["/mail: unstable"]);
    for text in [&checked.stdout, &judged.stdout, &project.read(".parity/records/latest.jsonl")] {
        assert!(!text.contains("@example.org"), "{text}");
    }
}

#[test]
fn of_private_values_that_rules_look_into_the_kind_is_told() {
    let (legacy, candidate) = (Server::start(), Server::start());
    let age = |age: &str| Answer::json(format!(r#"{{"age":{age}}}"#));
    legacy.on("/a", in_turn([age("\"770077\""), age("\"770078\"")]));
    candidate.on("/b", in_turn([age("770077"), age("770077"), age("7")]));
    let project = Project::new();
    project.write(
        "suites/user.toml",
        "suite = 'user'\nsnapshots = 'none'\nredact = ['/age']\n[legacy]\nget = '/a'\n[candidate]\nget = '/b'\n\
         [[translation]]\nrule = 'integer'\nat = '/age'\nwhy = 'typed'\n",
    );
    let (legacy, candidate) = (legacy.url(), candidate.url());
    let arguments = [
        "--legacy-url",
        &legacy,
        "--candidate-url",
        &candidate,
        "--repeat",
        "3",
        "--format",
        "json",
    ];
    let checked = project.run(&[&["check"], &arguments[..]].concat()).exits(0).json();
    let case = &checked["cases"][0];
    for (side, kind, answer) in [("legacy", "value", 2), ("candidate", "value", 3)] {
        assert_eq!(
            case["unstable"][side],
            serde_json::json!([{ "path": "/age", "kind": kind, "answer": answer, "first": "masked", "other": "masked", "both": true }])
        );
    }
    assert_eq!(
        case["notes"][0],
        "both sides are unstable at /age: first masked, then masked in answer 2 of the legacy"
    );
    let judged = project.run(&["judge", "--format", "json"]).exits(0).json();
    assert_eq!(judged["cases"], checked["cases"]);
    assert!(!project.read(".parity/records/latest.jsonl").contains("77007"));
    // Also where the value is too short to be looked for anywhere else.
    let exchange = &project.record()[1];
    for side in ["legacy", "candidate"] {
        let body = exchange[side]["others"][0]["response"]["body"]["text"].as_str().unwrap();
        assert!(body.starts_with(r#"{"age":"masked:"#), "{side}: {body}");
    }
}

#[test]
fn how_often_is_said_on_the_command_line_or_in_parity_toml() {
    let trace = trace();
    for (wrong, why) in [
        ("0", "0 is not in 1..=100"),
        ("101", "101 is not in 1..=100"),
        ("twice", "invalid digit"),
    ] {
        trace.check(&["--repeat", wrong]).exits(2).warns("--repeat").warns(why);
    }
    let toml = trace.project.read("parity.toml");
    trace.project.write("parity.toml", format!("{toml}\n[check]\nrepeat = 2\n"));
    trace.check(&[]).exits(0).says("asked     each side 2 times");
    let done = trace.check(&["--repeat", "1"]).exits(0);
    assert!(!done.stdout.contains("asked  "), "{}", done.stdout);
    trace.project.write("parity.toml", format!("{toml}\n[check]\nrepeat = 0\n"));
    trace
        .check(&[])
        .exits(2)
        .warns("`repeat`: expected an integer from 1 to 100, found 0");
}
