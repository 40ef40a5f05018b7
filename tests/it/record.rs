//! The run record: what is written, what is read back, and what damaged files are told.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use parity::exchange::{Body, Headers, OracleKind, PerSide, Request};
use parity::record::{End, Event, LATEST, Record, RecordedShard, Said, Totals, Writer};
use parity::redact::{Key, Redactor, SecretNames};
use parity::snapshot::SnapshotState;
use parity::suite::{Binding, Bound, Case};
use parity::verdict::Verdict;
use tempfile::TempDir;

use crate::support::recorded::{ONCE, answer, both, case, exchanges, get, header, judgement, read, record, redactor, refused};

#[test]
fn the_lines_are_these() {
    let folder = TempDir::new().expect("a folder");
    let writer = Writer::create(&folder.path().join("records"), &header(), &redactor()).expect("a record");
    let requests = PerSide {
        legacy: get("/api/run/34?api_key=topsecret"),
        candidate: Request {
            method: "POST".into(),
            headers: Headers(vec![("X-A".into(), "1".into())]),
            body: Some(Body::from(vec![0xff, 0])),
            ..get("/run/34")
        },
    };
    let exchange = PerSide {
        legacy: answer("{\"a\":\"é\\n\"}\n"),
        candidate: refused(),
    };
    let attempts = PerSide { legacy: 2, candidate: 1 };
    let recorded = writer.exchange(&case("34"), true, &requests, &exchange, attempts).expect("written");
    writer
        .verdict(&recorded, &judgement(Verdict::Translated), SnapshotState::Approved)
        .expect("written");
    let end = End {
        totals: Totals {
            cases: 1,
            passed: 1,
            verdicts: [(Verdict::Translated, 1)].into(),
            ..Totals::default()
        },
        oracle: Some(OracleKind::StandIn),
        exit: 0,
        gate: None,
        interrupted: true,
    };
    writer.end(&end).expect("written");

    let name = writer.path().file_name().expect("a name").to_string_lossy().into_owned();
    let id = name
        .strip_prefix("20261123T120000.000Z-")
        .and_then(|name| name.strip_suffix(".jsonl"));
    assert_eq!(id.map(str::len), Some(6), "{name}");
    let text = fs::read_to_string(writer.path()).expect("UTF-8");
    let at = text.split_once("\"at_us\":").expect("a time").1;
    let at = &at[..at.find(',').expect("more members")];
    let secret = text.split_once("api_key=masked:").expect("a mask").1;
    let text = text
        .replace(&format!("\"at_us\":{at}"), "\"at_us\":AT")
        .replace(&secret[..16], "DIGEST");
    assert_eq!(
        text,
        concat!(
            r#"{"type":"run","version":1,"tool":"parity 1.2.3","started":"2026-11-23T12:00:00Z","oracle":{"kind":"stand-in","source":"php fixtures/legacy"},"#,
            r#""services":[{"name":"legacy","base":"http://legacy.test/api/","shown":"the legacy"},{"name":"candidate","base":"http://candidate.test/api/","shown":"the candidate"}],"#,
            r#""suites":[{"name":"run-trace","file":"fixtures/suites/run-trace.toml","digest":"abc","text":"suite = \"run-trace\"\n","services":{"legacy":"legacy","candidate":"candidate"}}],"full":true}"#,
            "\n",
            r#"{"type":"exchange","suite":"run-trace","case":[["run_id","34","a trace"]],"ad_hoc":true,"at_us":AT,"#,
            r#""legacy":{"request":{"method":"GET","target":"/api/run/34?api_key=masked:DIGEST"},"response":{"status":200,"headers":[["content-type","application/json"]],"body":{"text":"{\"a\":\"é\\n\"}\n"},"elapsed_us":1500},"attempts":2},"#,
            r#""candidate":{"request":{"method":"POST","target":"/run/34","headers":[["X-A","1"]],"body":{"base64":"/wA="}},"unreachable":{"kind":"refused","reason":"connection refused by 127.0.0.1:1"}}}"#,
            "\n",
            r#"{"type":"verdict","suite":"run-trace","case":[["run_id","34","a trace"]],"verdict":"translated","standing":"passes","snapshot":"approved"}"#,
            "\n",
            r#"{"type":"end","totals":{"cases":1,"passed":1,"failed":0,"expected":0,"verdicts":{"translated":1},"snapshots":{}},"oracle":"stand-in","exit":0,"interrupted":true}"#,
            "\n",
        )
    );

    let (events, note) = read(writer.path()).expect("a record");
    assert_eq!(note, None);
    let [Event::Exchange(first), Event::Verdict(verdict), Event::End(read_end)] = events.as_slice() else {
        panic!("three events: {events:?}");
    };
    assert_eq!((&first.exchange, first.attempts, first.ad_hoc), (&exchange, attempts, true));
    assert_eq!(first.requests.candidate, requests.candidate);
    assert_eq!(
        (&verdict.case, verdict.said, &verdict.signatures),
        (&case("34"), Said::Passes, &BTreeSet::new())
    );
    assert_eq!(read_end, &end);
    assert_eq!(Record::open(writer.path()).expect("a record").header(), &header());
}

#[test]
fn an_exchange_is_in_the_file_before_it_is_judged() {
    let folder = TempDir::new().expect("a folder");
    let writer = Writer::create(folder.path(), &header(), &redactor()).expect("a record");
    for number in 0..3 {
        let recorded = writer
            .exchange(&case("34"), false, &both(&get("/")), &both(&answer("{}")), ONCE)
            .expect("written");
        // This is what a run that is killed here leaves behind.
        let (events, note) = read(writer.path()).expect("a record");
        let exchanges = events.iter().filter(|event| matches!(event, Event::Exchange(_))).count();
        assert_eq!(exchanges, number + 1);
        assert_eq!(
            note.as_deref(),
            Some("the run was ended before its end: this is what it had recorded")
        );
        writer
            .verdict(&recorded, &judgement(Verdict::Match), SnapshotState::Approved)
            .expect("written");
    }
    let path = writer.path().to_owned();
    drop(writer);
    assert_eq!(
        read(&path).expect("a record").0.len(),
        6,
        "an interrupted run keeps its last verdict"
    );
}

#[test]
fn lines_of_many_tasks_are_never_mixed() {
    let folder = TempDir::new().expect("a folder");
    let writer = Writer::create(folder.path(), &header(), &redactor()).expect("a record");
    std::thread::scope(|scope| {
        for task in 0..8 {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..50 {
                    let body = format!("[\"{}\"]", "x".repeat(997 * task + number));
                    let recorded = writer
                        .exchange(&case(&number.to_string()), false, &both(&get("/")), &both(&answer(body)), ONCE)
                        .expect("written");
                    writer
                        .verdict(&recorded, &judgement(Verdict::Match), SnapshotState::NotKept)
                        .expect("written");
                }
            });
        }
    });
    writer.end(&End::default()).expect("written");
    let (events, note) = read(writer.path()).expect("a record");
    assert_eq!((events.len(), note), (801, None));
}

#[test]
fn the_latest_record_is_found_and_none_is_overwritten() {
    let folder = TempDir::new().expect("a folder");
    let first = Writer::create(folder.path(), &header(), &redactor()).expect("a record");
    let second = Writer::create(folder.path(), &header(), &redactor()).expect("a record of the same second");
    assert_ne!(first.path(), second.path());
    assert_eq!(
        fs::read_link(folder.path().join(LATEST)).expect("a link"),
        Path::new(second.path().file_name().expect("a name"))
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
    let error = Writer::create_file(first.path().to_owned(), &header(), redactor()).expect_err("it is there");
    assert!(error.to_string().contains("File exists"), "{error}");
    let nowhere = folder.path().join("latest.jsonl/x");
    assert!(Writer::create(&nowhere, &header(), &redactor()).is_err());
}

#[test]
fn no_secret_reaches_the_file() {
    let folder = TempDir::new().expect("a folder");
    let given = Redactor::new(
        Key::random().expect("random numbers"),
        SecretNames::default(),
        ["given/secret".to_owned()],
    );
    let mut header = header();
    header.services[0].shown = "php --password=given/secret".into();
    header.shard = Some(RecordedShard {
        index: 1,
        of: 2,
        plan: "digest".into(),
        cases: vec!["run-trace/token=given/secret".into()],
        full: true,
    });
    let writer = Writer::create(folder.path(), &header, &given).expect("a record");
    let secret = "s3cr€t/1";
    let case = Case {
        suite: "run-trace".into(),
        binding: Binding(vec![Bound {
            name: "token".into(),
            value: secret.into(),
            is: None,
        }]),
    };
    let requests = PerSide {
        legacy: get("/x?api_key=s3cr%E2%82%ACt%2F1"),
        candidate: Request {
            headers: Headers(vec![("Authorization".into(), "Bearer hunter2000".into())]),
            ..get("/x")
        },
    };
    let exchange = PerSide {
        legacy: answer(r#"{"you":"s3cr\u20act\/1","other":"given\/secret"}"#),
        candidate: answer(r#"{"you":"hunter2000","key":{"api_key":"from-the-body"},"again":"from-the-body"}"#),
    };
    let recorded = writer.exchange(&case, false, &requests, &exchange, ONCE).expect("written");
    let mut judged = judgement(Verdict::Mismatch);
    judged.failures.legacy = Some(parity::verdict::Failure {
        reason: String::new(),
        signature: format!("legacy: {secret}"),
    });
    writer.verdict(&recorded, &judged, SnapshotState::Missing).expect("written");
    writer.end(&End::default()).expect("written");
    let text = fs::read_to_string(writer.path()).expect("UTF-8");
    for leaked in ["s3cr", "hunter2000", "from-the-body", "given/secret", "given\\\\/secret"] {
        assert!(!text.contains(leaked), "{leaked} in {text}");
    }
    // The same secret has the same mask, and what surrounds it is as it was.
    let first = exchanges(writer.path()).remove(0);
    let mask = first.requests.legacy.target.strip_prefix("/x?api_key=").expect("a mask").to_owned();
    assert_eq!(first.case.binding.0[0].value, mask);
    let body = first.exchange.legacy.expect("an answer").body;
    assert!(
        body.text()
            .expect("UTF-8")
            .starts_with(&format!("{{\"you\":\"{mask}\",\"other\":\"masked:")),
        "{body:?}"
    );
}

fn damaged(damage: impl FnOnce(String) -> String) -> String {
    let (folder, path) = record(&[(both(&get("/a")), both(&answer("{}"))), (both(&get("/b")), both(&answer("{}")))]);
    let text = fs::read_to_string(&path).expect("UTF-8");
    let path = folder.path().join("damaged.jsonl");
    fs::write(&path, damage(text)).expect("written");
    let said = match read(&path) {
        Ok((events, note)) => format!("{} events; {}", events.len(), note.unwrap_or_default()),
        Err(error) => error,
    };
    said.replace(&path.display().to_string(), "FILE")
}

fn without_end(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[..3].join("\n")
}

#[test]
fn a_torn_last_line_is_tolerated_and_told() {
    assert_eq!(damaged(|text| text), "3 events; ");
    assert_eq!(damaged(|text| text.trim_end().to_owned()), "3 events; ");
    assert_eq!(
        damaged(|text| without_end(&text)),
        "2 events; the run was ended before its end: this is what it had recorded"
    );
    assert_eq!(
        damaged(|text| {
            let text = without_end(&text);
            text[..text.len() - 1].to_owned()
        }),
        "1 events; line 3 is torn and left out: the run was killed while it was written"
    );
}

#[test]
fn damage_in_the_middle_is_named_with_its_line() {
    const WHAT_TO_DO: &str = "; lines are written whole, so the file was changed since: take an unchanged copy, or record again";
    for (from, to, reason) in [
        ("\"/a\"", "/a", "`FILE` line 2: column 130: expected value"),
        (
            "\"method\":\"GET\",\"target\":\"/a\"",
            "\"target\":\"/a\"",
            "`FILE` line 2: as a line of type `exchange`: column 119: missing field `method`",
        ),
        (
            "\"type\":\"end\"",
            "\"type\":\"fin\"",
            "`FILE` line 4: `fin` is no type of line: expected `exchange`, `verdict` or `end`",
        ),
        (
            "{\"text\":\"{}\"}",
            "{\"base64\":\"?\"}",
            "`FILE` line 2: legacy: a body is no base64: Invalid symbol 63, offset 0.",
        ),
        (
            "\"response\":",
            "\"answer\":",
            "`FILE` line 2: legacy: neither `response` nor `unreachable`: expected one of them",
        ),
        (
            "{\"type\":\"end\"",
            "{\"type\":\"run\",\"version\":1}\n{\"type\":\"end\"",
            "`FILE` line 4: a second line of type `run`: one file holds one run",
        ),
    ] {
        let said = damaged(|text| {
            assert!(text.contains(from), "{from} in {text}");
            // Times differ from run to run, and with them columns.
            let at = text
                .split("\"at_us\":")
                .nth(1)
                .map(|at| at[..at.find(',').expect("more")].to_owned())
                .expect("a time");
            text.replace(&format!("\"at_us\":{at}"), "\"at_us\":1").replacen(from, to, 1)
        });
        assert_eq!(said, format!("{reason}{WHAT_TO_DO}"));
    }
    let said = damaged(|text| format!("{text}{{\"type\":\"end\"}}\n"));
    assert!(said.starts_with("`FILE` line 5: as a line of type `end`"), "{said}");
    let said = damaged(|text| {
        let end = text.lines().last().expect("an end").to_owned();
        format!("{text}{end}\n")
    });
    assert!(said.starts_with("`FILE` line 5: a line behind the one of type `end`"), "{said}");
}

#[test]
fn a_file_that_is_no_record_is_refused() {
    const EXPECTED: &str = "expected a first line like `{\"type\":\"run\",\"version\":1,…}`";
    const WHAT_TO_DO: &str = "; name a file that `parity check` wrote";
    assert_eq!(
        damaged(|_| String::new()),
        format!("`FILE` is no run record: it is empty{WHAT_TO_DO}")
    );
    assert_eq!(
        damaged(|_| "suite = \"x\"\n".into()),
        format!("`FILE` is no run record: {EXPECTED}, found `suite = \"x\"`{WHAT_TO_DO}")
    );
    assert_eq!(
        damaged(|_| "{\"type\":\"suite\"}\n".into()),
        format!("`FILE` is no run record: {EXPECTED}, found one of type `suite`{WHAT_TO_DO}")
    );
    assert_eq!(
        damaged(|text| text.replacen("\"version\":1", "\"version\":2,\"later\":{}", 1)),
        "`FILE` is a run record of version 2, and this parity reads versions up to 1: use the parity that wrote it, parity 1.2.3"
    );
    let said = damaged(|text| text.replacen("\"tool\"", "\"tools\"", 1));
    assert!(
        said.starts_with("`FILE` line 1: column") && said.contains("missing field `tool`"),
        "{said}"
    );
    let nowhere = Record::open("/nowhere/at/all.jsonl").expect_err("nothing there").to_string();
    assert!(
        nowhere.starts_with("cannot read `/nowhere/at/all.jsonl`: No such file"),
        "{nowhere}"
    );
}

#[test]
fn members_that_a_later_version_adds_are_passed_over() {
    assert_eq!(damaged(|text| text.replace("\"suite\":", "\"added\":[1],\"suite\":")), "3 events; ");
}
