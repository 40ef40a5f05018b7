//! Recordings that stand for a service: run records, and HAR files of this and other tools.

use std::fs;
use std::path::Path;
use std::time::Duration;

use parity::exchange::{Answer, Body, Headers, Observation, PerSide, Request, Side, Unreachable, UnreachableKind};
use parity::record::{Record, Recording, har};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::recorded::{answer, body_of, both, exchanges, get, json, record, refused};

fn recording(path: &Path, service: &str) -> Recording {
    Recording::open(path, service, None).expect("a recording")
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
