//! The run record: what is written, what is read back, and what damaged files are told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use parity::exchange::{
    Answer, Body, Exchange, Headers, Observation, Oracle, OracleKind, PerSide, Request, Side, Unreachable, UnreachableKind,
};
use parity::record::{
    End, Event, Header, LATEST, Record, RecordedExchange, RecordedService, RecordedSuite, Recording, Said, Totals, Writer, har,
};
use parity::redact::{Key, Redactor, SecretNames};
use parity::snapshot::SnapshotState;
use parity::suite::{Binding, Bound, Case};
use parity::verdict::{Judgement, Standing, Verdict};
use proptest::prelude::*;
use tempfile::TempDir;

fn header() -> Header {
    Header {
        tool: "parity 1.2.3".into(),
        started: "2026-11-23T12:00:00Z".parse().expect("a timestamp"),
        oracle: Oracle {
            kind: OracleKind::StandIn,
            source: "php fixtures/legacy".into(),
        },
        services: Side::BOTH
            .into_iter()
            .map(|side| RecordedService {
                name: side.name().into(),
                base: Some(format!("http://{side}.test/api/")),
                shown: format!("the {side}"),
            })
            .collect(),
        suites: vec![RecordedSuite {
            name: "run-trace".into(),
            file: "fixtures/suites/run-trace.toml".into(),
            digest: "abc".into(),
            text: "suite = \"run-trace\"\n".into(),
            services: PerSide {
                legacy: "legacy".into(),
                candidate: "candidate".into(),
            },
        }],
        environment: None,
    }
}

fn redactor() -> Redactor {
    Redactor::new(Key::new([1; 32]), SecretNames::default(), [])
}

fn case(run_id: &str) -> Case {
    Case {
        suite: "run-trace".into(),
        binding: Binding(vec![Bound {
            name: "run_id".into(),
            value: run_id.into(),
            is: (run_id == "34").then(|| "a trace".into()),
        }]),
    }
}

fn get(target: &str) -> Request {
    Request {
        method: "GET".into(),
        target: target.into(),
        ..Request::default()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an answer is one of two")]
fn answer(body: impl Into<Body>) -> Answer {
    Ok(Observation {
        status: 200,
        headers: Headers(vec![("content-type".into(), "application/json".into())]),
        body: body.into(),
        elapsed: Duration::from_micros(1500),
    })
}

fn refused() -> Answer {
    Err(Unreachable {
        kind: UnreachableKind::Refused,
        reason: "connection refused by 127.0.0.1:1".into(),
    })
}

fn both<T: Clone>(value: &T) -> PerSide<T> {
    PerSide {
        legacy: value.clone(),
        candidate: value.clone(),
    }
}

fn judgement(verdict: Verdict) -> Judgement<'static> {
    Judgement {
        verdict,
        standing: Standing::Passes,
        failures: PerSide::default(),
        expected: None,
        applied: Vec::new(),
        differences: Vec::new(),
        notes: Vec::new(),
        effects: Vec::new(),
    }
}

const ONCE: PerSide<u32> = PerSide { legacy: 1, candidate: 1 };

/// A record with these exchanges, and its folder.
fn record(exchanges: &[(PerSide<Request>, Exchange)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let writer = Writer::create(folder.path(), &header(), &redactor()).expect("a record");
    for (requests, exchange) in exchanges {
        writer.exchange(&case("34"), false, requests, exchange, ONCE).expect("written");
    }
    writer.end(&End::default()).expect("written");
    let path = writer.path().to_owned();
    (folder, path)
}

fn read(path: &Path) -> Result<(Vec<Event>, Option<String>), String> {
    let mut record = Record::open(path).map_err(|error| error.to_string())?;
    let events = record.by_ref().collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    Ok((events, record.note().map(str::to_owned)))
}

fn exchanges(path: &Path) -> Vec<RecordedExchange> {
    let (events, _) = read(path).expect("a record");
    let exchanges = events.into_iter().filter_map(|event| match event {
        Event::Exchange(exchange) => Some(*exchange),
        Event::Verdict(_) | Event::End(_) => None,
    });
    exchanges.collect()
}

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
            r#""suites":[{"name":"run-trace","file":"fixtures/suites/run-trace.toml","digest":"abc","text":"suite = \"run-trace\"\n","services":{"legacy":"legacy","candidate":"candidate"}}]}"#,
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

fn recording(path: &Path, service: &str) -> Recording {
    Recording::open(path, service, None).expect("a recording")
}

fn json(body: &str) -> Request {
    Request {
        method: "POST".into(),
        headers: Headers(vec![("Content-Type".into(), "application/json".into())]),
        body: Some(Body::from(body.to_owned())),
        ..get("/tasks")
    }
}

fn body_of(answer: &Answer) -> &str {
    answer.as_ref().expect("an answer").body.text().expect("UTF-8")
}

#[test]
fn a_recording_answers_by_method_target_and_value_of_the_body() {
    let (_folder, path) = record(&[
        (
            both(&get("/run/34")),
            PerSide {
                legacy: answer("1"),
                candidate: answer("2"),
            },
        ),
        (both(&json(r#"{"a":1,"b":[2.0]}"#)), both(&answer("3"))),
        (both(&get("/keys/34?api_key=topsecret")), both(&answer("4"))),
        (both(&get("/gone")), both(&refused())),
    ]);
    let legacy = recording(&path, "legacy");
    assert_eq!(
        (legacy.len(), legacy.note(), legacy.base()),
        (4, None, Some("http://legacy.test/api/"))
    );
    assert_eq!(body_of(&legacy.answer(&get("/run/34"))), "1");
    assert_eq!(body_of(&recording(&path, "candidate").answer(&get("/run/34"))), "2");
    assert_eq!(body_of(&legacy.answer(&json(r#"{ "b": [2], "a": 1e0 }"#))), "3");
    assert_eq!(body_of(&legacy.answer(&get("/keys/34?api_key=another"))), "4");
    assert_eq!(legacy.answer(&get("/gone")), refused());
    assert_eq!(
        legacy.oracle().to_string(),
        "STAND-IN: recording of php fixtures/legacy from 2026-11-23"
    );

    let missing = |request: &Request| {
        let failure = legacy.answer(request).expect_err("not recorded");
        assert_eq!(failure.kind, UnreachableKind::NotRecorded);
        failure.reason.replace(&path.display().to_string(), "FILE")
    };
    assert_eq!(
        missing(&get("/run/35")),
        "GET /run/35 is not in `FILE`; the nearest recorded request is GET /run/34"
    );
    assert_eq!(missing(&json("{}")), "POST /tasks is in `FILE` with another body only");
    assert_eq!(
        missing(&Request {
            method: "PUT".into(),
            ..get("/run/34")
        }),
        "PUT /run/34 is not in `FILE`; the nearest recorded request is GET /run/34"
    );
}

#[test]
fn answers_to_the_same_request_come_in_order_and_the_last_one_stays() {
    let (_folder, path) = record(&[
        (both(&get("/x")), both(&answer("1"))),
        (both(&get("/x")), both(&answer("2"))),
        (both(&get("/y")), both(&answer("3"))),
    ]);
    let recording = recording(&path, "legacy");
    let asked: Vec<Answer> = ["/x", "/y", "/x", "/x", "/y"].map(|target| recording.answer(&get(target))).into();
    assert_eq!(asked.iter().map(body_of).collect::<Vec<_>>(), ["1", "3", "2", "2", "3"]);
}

#[test]
fn a_service_that_a_record_does_not_have_is_refused() {
    let (_folder, path) = record(&[]);
    assert!(recording(&path, "legacy").is_empty());
    let error = Recording::open(&path, "search", None).expect_err("no such service").to_string();
    assert_eq!(
        error,
        format!(
            "`{}` has no answers of a service `search`: it has `legacy`, `candidate`",
            path.display()
        )
    );
}

fn har(text: &str, base: Option<&str>) -> Result<Recording, String> {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("some.har");
    fs::write(&path, text).expect("written");
    let base = base.map(|base| base.parse().expect("a URL"));
    Recording::open(&path, "legacy", base.as_ref()).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

const BROWSER: &str = "\u{feff}{
  \"log\": { \"version\": \"1.2\", \"pages\": [], \"entries\": [
    { \"startedDateTime\": \"2026-11-20T10:00:00.000+02:00\", \"time\": 12.5,
      \"request\": { \"method\": \"get\", \"url\": \"https://x.org/api/run/1#top\", \"headers\": [{\"name\": \":authority\", \"value\": \"x.org\"}] },
      \"response\": { \"status\": 200, \"headers\": [{\"name\": \":status\", \"value\": \"200\"}, {\"name\": \"X-A\", \"value\": null}],
                      \"content\": { \"size\": 3, \"text\": \"/wAB\", \"encoding\": \"base64\" } } },
    { \"request\": { \"method\": \"POST\", \"url\": \"https://x.org/api/form\", \"postData\": { \"mimeType\": \"application/x-www-form-urlencoded\", \"params\": [{\"name\": \"a b\", \"value\": \"1\"}, {\"name\": \"c\"}] } },
      \"response\": { \"status\": 204, \"content\": { \"size\": 0 } } },
    { \"request\": { \"method\": \"GET\", \"url\": \"https://x.org/api/cut\" }, \"response\": { \"status\": 200, \"content\": { \"size\": 99 } } },
    { \"request\": { \"method\": \"GET\", \"url\": \"https://x.org/api/blocked\" }, \"response\": { \"status\": 0, \"_error\": \"net::ERR_ABORTED\" } },
    { \"request\": { \"method\": \"GET\", \"url\": \"https://cdn.example/font\" }, \"response\": { \"status\": 200 } },
    { \"request\": { \"method\": \"GET\", \"url\": \"data:text/plain,x\" }, \"response\": { \"status\": 200 } }
  ] } }";

#[test]
fn what_a_browser_saves_is_read() {
    let recording = har(BROWSER, Some("https://x.org/api/")).expect("a recording");
    assert_eq!((recording.len(), recording.base()), (4, Some("https://x.org/api")));
    assert_eq!(
        recording.note(),
        Some("2 of 6 requests are not below `https://x.org/api` and passed over")
    );
    assert_eq!(
        recording.oracle().to_string(),
        "unknown: recording of https://x.org/api from 2026-11-20"
    );
    let observation = recording.answer(&get("/run/1")).expect("an answer");
    assert_eq!(observation.body, Body::from(vec![0xff, 0, 1]));
    assert_eq!(observation.headers, Headers(vec![("X-A".into(), String::new())]));
    assert_eq!(observation.elapsed, Duration::from_micros(12_500));
    let form = Request {
        method: "POST".into(),
        body: Some(Body::from("a%20b=1&c")),
        ..get("/form")
    };
    assert_eq!(recording.answer(&form).expect("an answer").status, 204);
    for (target, reason) in [
        (
            "/cut",
            "the HAR file lacks the body of this answer, of 99 bytes: save it with content",
        ),
        ("/blocked", "the HAR file has no answer to this request: net::ERR_ABORTED"),
    ] {
        let failure = recording.answer(&get(target)).expect_err("no answer");
        assert_eq!((failure.kind, failure.reason.as_str()), (UnreachableKind::NotRecorded, reason));
    }
}

#[test]
fn har_files_that_cannot_stand_for_a_service_are_refused() {
    assert_eq!(
        har(BROWSER, None).expect_err("two origins"),
        "`FILE`: its requests go to `https://cdn.example`, `https://x.org`: give the base address of the service that it stands for"
    );
    assert_eq!(
        har(BROWSER, Some("https://y.org")).expect_err("not there"),
        "`FILE`: none of its 6 requests is below `https://y.org`: give the base address that they have"
    );
    assert_eq!(
        har("{\"log\":{\"entries\":[]}}", None).expect_err("empty"),
        "`FILE`: it holds no request to an `http` or `https` address"
    );
    assert_eq!(
        har("{\"log\":{}}", None).expect_err("no entries"),
        "`FILE` is no HAR 1.2 file: column 9: missing field `entries`; save it again as \"HAR with content\""
    );
    assert_eq!(
        har(&BROWSER.replace("/wAB", "???"), Some("https://x.org/api")).expect_err("no base64"),
        "`FILE` is no HAR 1.2 file: entry 1 (https://x.org/api/run/1): its body is no base64: Invalid symbol 63, offset 0.; save it again as \"HAR with content\""
    );
    assert_eq!(
        har(&BROWSER.replace("\"status\": 204", "\"status\": 2040"), Some("https://x.org/api")).expect_err("no status"),
        "`FILE` is no HAR 1.2 file: entry 2 (https://x.org/api/form): `2040` is no HTTP status; save it again as \"HAR with content\""
    );
}

fn exported(path: &Path, side: Side) -> Vec<u8> {
    let mut out = Vec::new();
    let record = Record::open(path).expect("a record");
    har::export(record, side, Path::new("out.har"), &mut out).expect("written");
    out
}

#[test]
fn an_export_has_every_member_that_har_demands() {
    let (_folder, path) = record(&[
        (both(&json("{\"a\":1}")), both(&answer(vec![0xff]))),
        (both(&get("/x?a=%20&b")), both(&refused())),
    ]);
    let har: serde_json::Value = serde_json::from_slice(&exported(&path, Side::Legacy)).expect("JSON");
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    assert_eq!(log["creator"], serde_json::json!({"name": "parity", "version": "1.2.3"}));
    assert_eq!(log["entries"].as_array().expect("entries").len(), 2);
    for entry in log["entries"].as_array().expect("entries") {
        for pointer in [
            "/startedDateTime",
            "/time",
            "/cache",
            "/timings/send",
            "/timings/wait",
            "/timings/receive",
            "/request/method",
            "/request/url",
            "/request/httpVersion",
            "/request/cookies",
            "/request/headers",
            "/request/queryString",
            "/request/headersSize",
            "/request/bodySize",
            "/response/status",
            "/response/statusText",
            "/response/httpVersion",
            "/response/cookies",
            "/response/headers",
            "/response/content/size",
            "/response/content/mimeType",
            "/response/redirectURL",
            "/response/headersSize",
            "/response/bodySize",
        ] {
            assert!(
                entry.pointer(pointer).is_some_and(|member| !member.is_null()),
                "{pointer} in {entry}"
            );
        }
    }
    let first = &log["entries"][0];
    assert_eq!(first["request"]["url"], "http://legacy.test/api/tasks");
    assert_eq!(first["request"]["postData"]["text"], "{\"a\":1}");
    assert_eq!(
        first["response"]["content"],
        serde_json::json!({"size": 1, "mimeType": "application/json", "text": "/w==", "encoding": "base64"})
    );
    assert_eq!((&first["time"], &first["comment"]), (&1.5.into(), &"run-trace/run_id=34".into()));
    let second = &log["entries"][1];
    assert_eq!(
        second["request"]["queryString"],
        serde_json::json!([{"name": "a", "value": " "}, {"name": "b", "value": ""}])
    );
    assert_eq!(second["response"]["_error"], "refused: connection refused by 127.0.0.1:1");
}

/// The recordings that others made, where they are at hand.
#[test]
fn recordings_of_other_tools_are_read() {
    let Some(folder) = std::env::var_os("PARITY_OPENML_RECORDINGS") else {
        eprintln!("SKIPPED: PARITY_OPENML_RECORDINGS names no folder of HAR files");
        return;
    };
    let mut answers = 0;
    for endpoint in fs::read_dir(folder).expect("a folder") {
        for side in Side::BOTH {
            let path = endpoint.as_ref().expect("an entry").path().join(format!("{side}.har"));
            if path.exists() {
                let recording = Recording::open(&path, side.name(), None).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(
                    (recording.base(), recording.note()),
                    (Some(format!("http://{side}.test").as_str()), None)
                );
                answers += recording.len();
            }
        }
    }
    assert!(answers > 0, "no HAR files in PARITY_OPENML_RECORDINGS");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~]{0,40}",
        any::<String>(),
        Just("\u{2028}\u{0}\r\n\"\\".to_owned()),
        Just("{\"a\":[1,2.50],\"é\":null}".to_owned()),
    ]
}

fn bodies() -> impl Strategy<Value = Body> {
    prop_oneof![
        texts().prop_map(Body::from),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Body::from)
    ]
}

fn some_headers() -> impl Strategy<Value = Headers> {
    prop::collection::vec(("[A-Za-z-]{1,10}".prop_map(|name| format!("x-{name}")), texts()), 0..4).prop_map(Headers)
}

fn requests() -> impl Strategy<Value = Request> {
    (
        "(GET|POST|PUT)",
        "/[a-z0-9%.]{0,9}(\\?[a-z=&%20]{0,9})?",
        some_headers(),
        prop::option::of(bodies()),
    )
        .prop_map(|(method, target, headers, body)| Request {
            method,
            target,
            headers,
            body,
        })
}

fn answers() -> impl Strategy<Value = Answer> {
    let observation = (100_u16..1000, some_headers(), bodies(), 0_u64..u64::from(u32::MAX)).prop_map(|(status, headers, body, micros)| {
        Ok(Observation {
            status,
            headers,
            body,
            elapsed: Duration::from_micros(micros),
        })
    });
    let kinds = prop_oneof![
        Just(UnreachableKind::TimedOut),
        Just(UnreachableKind::NotAsked),
        Just(UnreachableKind::Broken)
    ];
    let failure = (kinds, texts()).prop_map(|(kind, reason)| Err(Unreachable { kind, reason }));
    prop_oneof![4 => observation, 1 => failure]
}

fn sides<T: std::fmt::Debug>(one: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = PerSide<T>> {
    (one.clone(), one).prop_map(|(legacy, candidate)| PerSide { legacy, candidate })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_recorded_is_read_back_and_survives_a_har_file(
        exchanged in prop::collection::vec((sides(requests().boxed()), sides(answers().boxed())), 1..4)
    ) {
        let (folder, path) = record(&exchanged);
        let read: Vec<_> = exchanges(&path).into_iter().map(|read| (read.requests, read.exchange)).collect();
        prop_assert_eq!(&read, &exchanged);

        for side in Side::BOTH {
            let har = folder.path().join("exported.har");
            fs::write(&har, exported(&path, side)).unwrap();
            let base = format!("http://{side}.test/api").parse().unwrap();
            let from_har = Recording::open(&har, side.name(), Some(&base)).unwrap();
            let from_record = Recording::open(&path, side.name(), None).unwrap();
            for (requests, _) in &exchanged {
                let request = requests.get(side);
                prop_assert_eq!(from_har.answer(request), from_record.answer(request));
            }
            prop_assert_eq!(from_har.len(), from_record.len());
            if side == Side::Legacy {
                prop_assert_eq!(from_har.oracle(), from_record.oracle());
            }
        }
    }
}
