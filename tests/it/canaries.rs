//! Canaries: secrets and private values of every kind, put wherever they can be put, and looked for in everything that is
//! written or said.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use parity::report::Format;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::project::{Done, Project};
use crate::support::scripted::{Scripted, read_head};

/// What every canary holds, and what is left of no encoding: letters and digits.
const CANARIES: [&str; 16] = [
    "Zq7param",
    "Zq7header",
    "Zq7query",
    "Zq7body",
    "Zq7cookie",
    "Zq7literal",
    "Zq7setcookie",
    "Zq7mail",
    "Zq7other",
    "Zq7again",
    "Zq7baked",
    "Zq7note",
    "Zq7broken",
    "Zq7digest",
    "Zq7password",
    "770077007700",
];

const PARAMETER: &str = "Zq7param/1 <é> \\\"x";
const QUERY: &str = "Zq7query & é\"<x>";

const PARITY_TOML: &str = r#"
suites = "suites"
snapshots = "snapshots"

[service.legacy.url]
url = "${LEGACY_URL:-}"

[service.candidate.url]
url = "${CANDIDATE_URL:-}"

[service.down.url]
url = "${DOWN_URL:-}"
"#;

/// Every way of asking, and answers of every kind.
const SUITE: &str = r#"
suite = "SUITE"
secret_parameters = ["token"]
redact = ["/**/email", "/**/note", "/user/pin"]

[parameters]
case = ["same", "differs", "typed", "broken", "moved", "error", "page"]
token = ['Zq7param/1 <é> \"x']

[legacy]
error_code = "/error/code"
error_message = "/error/message"
post = "/legacy/{case}/{token}?api_key=Zq7literal"
safe = true
query = { q = "{env.QUERY}" }
headers = { Authorization = "Bearer {env.HEADER}", Cookie = "session={env.COOKIE}" }
json = { password = "{env.BODY}", deep = { api_key = "Zq7literal" }, token = "{token}" }

[candidate]
post = "/candidate/{case}"
safe = true
headers = { Authorization = "Bearer {env.HEADER}", X-Api-Key = "{env.QUERY}" }
form = { api_key = "Zq7literal", q = "{env.QUERY}", token = "{token}" }

[[translation]]
rule = "integer"
at = "/user/pin"
why = "typed"

[[error]]
legacy = { status = 412, code = "1", message_pattern = "(?<all>.*)" }
candidate = { status = 412, type = "https://example.org/p", title = "Failed", detail = "{legacy.all}" }
why = "problem documents"
"#;

const DOWN: &str = r#"
suite = "down"
redact = ["/**/email", "/**/note", "/user/pin"]
[legacy]
get = "/down?api_key=Zq7literal"
[candidate]
service = "down"
get = "/down"
"#;

const ENVIRONMENT: [(&str, &str); 4] = [
    ("HEADER", "Zq7header+/a1=="),
    ("QUERY", QUERY),
    ("COOKIE", "Zq7cookie0123456789"),
    ("BODY", "Zq7body \"q\"/x\\é"),
];

/// A text as services write it into what they answer.
fn spelt(text: &str) -> Vec<String> {
    let percent = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let html = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    // As PHP writes JSON.
    let quoted = serde_json::to_string(text).unwrap().trim_matches('"').replace('/', "\\/");
    let escaped: String = quoted
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("\\u{:04x}", u32::from(c))
            }
        })
        .collect();
    vec![
        text.to_owned(),
        lower_hex(&percent),
        percent.replace("%20", "+"),
        percent,
        html,
        escaped,
        BASE64_STANDARD.encode(text),
        BASE64_URL_SAFE.encode(text),
        BASE64_STANDARD.encode(format!("a{text} and more")),
        BASE64_STANDARD.encode(format!("{{\"is\":\"{text}\"}}")),
    ]
}

fn lower_hex(percent: &str) -> String {
    let mut parts = percent.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |all, part| format!("{all}%{}{}", part[..2].to_lowercase(), &part[2..]))
}

/// How often each target was asked.
type Counts = Arc<Mutex<BTreeMap<String, usize>>>;

const fn alternately(number: usize, one: &'static str, other: &'static str) -> &'static str {
    if number.is_multiple_of(2) { one } else { other }
}

/// A server that answers every other time with other secrets and other private values.
async fn server() -> Scripted {
    let counts = Counts::default();
    Scripted::start(move |_, connection| serve(Arc::clone(&counts), connection)).await
}

async fn serve(counts: Counts, mut connection: TcpStream) -> std::io::Result<()> {
    let head = read_head(&mut connection).await?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    let mut sent = vec![0; length.unwrap_or_default()];
    connection.read_exact(&mut sent).await?;
    let sent = String::from_utf8_lossy(&sent).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let legacy = !target.starts_with("/candidate");
    let number = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(target.clone()).or_default();
        *count += 1;
        *count
    };
    let is = |case: &str| target.contains(&format!("/{case}"));
    // Careless services say everything that they were sent.
    let known = [
        PARAMETER,
        QUERY,
        "Zq7header+/a1==",
        "Zq7cookie0123456789",
        "Zq7body \"q\"/x\\é",
        "Zq7literal",
    ];
    let known = if is("down") { &known[5..] } else { &known[..] };
    let echo: Vec<String> = known.iter().flat_map(|text| spelt(text)).chain([target.clone(), sent]).collect();
    let mail = if is("differs") && !legacy {
        alternately(number, "Zq7other@example.org", "Zq7again@example.org")
    } else {
        "Zq7mail@example.org"
    };
    let cookie = alternately(number, "Zq7setcookie0123456789", "Zq7baked0123456789");
    let quoted = if is("differs") { cookie } else { "" };
    let pin = match (is("typed"), legacy) {
        (_, true) => serde_json::json!("770077007700"),
        (true, false) => serde_json::json!("770077007700 "),
        (false, false) => serde_json::json!(770_077_007_700_u64),
    };
    let echoed = if is("differs") || is("error") {
        echo
    } else {
        known.iter().flat_map(|text| spelt(text)).collect()
    };
    let mut document = serde_json::json!({
        "user": { "email": mail, "pin": pin, "said": format!("mail to {mail}{quoted}") },
        "list": [{ "note": "Zq7note <é> \"/" }, { "note": { "deep": "Zq7note of another" } }],
        "echo": echoed,
    });
    if is("page") && !legacy {
        document["user"] = serde_json::json!({ "email": null });
    }
    let (status, media_type, body) = match () {
        () if target.starts_with("/xml") || is("xml") => {
            let mail = if legacy { "Zq7mail@example.org" } else { "Zq7other@example.org" };
            let body = format!("<user><email kind=\"Zq7note of xml\">{mail}</email><x email=\"Zq7mail@example.org\"/></user>");
            (200, "application/xml", body)
        }
        () if is("digest") => (
            200,
            "application/json",
            format!("{{\"x\":\"Zq7digest {legacy}\",\"y\":[\"Zq7digest\"]}}"),
        ),
        () if is("broken") => (
            200,
            "application/json",
            "{\"user\":{\"email\":\"Zq7broken@example.org\",\"x\":".to_owned(),
        ),
        () if is("moved") => (302, "text/html", format!("<a href=\"{target}\">Zq7literal</a>")),
        () if is("page") && legacy => {
            let text = document.to_string();
            (500, "text/html", format!("<html><b>Fatal error</b>: {text}"))
        }
        () if is("error") && legacy => {
            let message = echoed.join(" ");
            (
                412,
                "application/json",
                serde_json::json!({ "error": { "code": "1", "message": message } }).to_string(),
            )
        }
        () => (200, "application/json", document.to_string()),
    };
    // Services know only what their own suite sends.
    let sent = !is("digest") && !is("xml") && !is("down");
    let escaped = percent_encoding::utf8_percent_encode(if sent { PARAMETER } else { "" }, percent_encoding::NON_ALPHANUMERIC);
    let header = if sent { "Zq7header+/a1==" } else { "" };
    // A private value is known by its place, and then wherever it is quoted.
    let mail = if media_type == "application/json" && body.contains(&format!("\"email\":\"{mail}\"")) && !is("broken") {
        mail
    } else {
        ""
    };
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nset-cookie: sid={cookie}; Path=/\r\n\
         location: /elsewhere?api_key=Zq7literal&t={escaped}&m={mail}\r\nx-echo: {header}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await
}

struct Cage {
    project: Project,
    urls: [(&'static str, String); 3],
    said: Vec<(String, String)>,
}

impl Cage {
    fn run(&mut self, arguments: &[&str]) -> Done {
        let mut command = self.project.command(arguments);
        for (name, value) in ENVIRONMENT {
            command = command.env(name, value);
        }
        for (name, value) in &self.urls {
            command = command.env(name, value);
        }
        let done = command.run();
        let name = arguments.join(" ");
        assert!(done.code.is_some_and(|code| code < 100), "{name}: {}", done.shown());
        self.said.push((format!("stdout of {name}"), done.stdout.clone()));
        self.said.push((format!("stderr of {name}"), done.stderr.clone()));
        done
    }
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !path.is_symlink() {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
}

/// The part of the Base64 of a text that stays the same whatever stands around it, for each of the three ways in which it may be cut.
fn in_base64(text: &str) -> Vec<String> {
    (0..3)
        .map(|before| {
            let all = BASE64_STANDARD.encode(format!("{}{text}", "\0".repeat(before)));
            let start = [0, 2, 3][before];
            let end = (before + text.len()) * 8 / 6;
            all[start..end].to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_found_in_anything() {
    let (legacy, candidate) = (server().await, server().await);
    let project = Project::with(PARITY_TOML);
    project.write("suites/secret.toml", SUITE.replace("SUITE", "secret"));
    project.write("suites/down.toml", DOWN);
    let other = |name: &str, more: &str| {
        format!("suite = \"{name}\"\n{more}\n[legacy]\nget = \"/{name}\"\n[candidate]\nget = \"/candidate/{name}\"\n")
    };
    project.write("suites/digest.toml", other("digest", "body = \"digest\""));
    project.write("suites/xml.toml", other("xml", "redact = [\"/user/email\", \"/user/x/@email\"]"));
    let mut cage = Cage {
        urls: [
            ("LEGACY_URL", format!("http://somebody:Zq7password@{}", legacy.address)),
            ("CANDIDATE_URL", format!("http://{}", candidate.address)),
            ("DOWN_URL", "http://somebody:Zq7password@127.0.0.1:1".to_owned()),
        ],
        project,
        said: Vec::new(),
    };
    let reports: Vec<String> = Format::ALL.iter().map(|format| format!("{format}=out/check.{format}")).collect();
    std::fs::create_dir_all(cage.project.path("out")).unwrap();
    let mut check = vec!["check", "-vv", "--repeat", "3"];
    check.extend(reports.iter().flat_map(|report| ["--report", report.as_str()]));
    let done = cage.run(&check);
    assert_eq!(done.code, Some(1), "{}", done.shown());
    let cases: Vec<String> = cage
        .project
        .record()
        .iter()
        .filter(|line| line["type"] == "verdict")
        .map(|line| {
            let bound = line["case"].as_array().unwrap().iter();
            let bound: Vec<String> = bound
                .map(|one| format!("{}={}", one[0].as_str().unwrap(), one[1].as_str().unwrap()))
                .collect();
            let suite = line["suite"].as_str().unwrap();
            if bound.is_empty() {
                suite.to_owned()
            } else {
                format!("{suite}/{}", bound.join(","))
            }
        })
        .collect();
    assert_eq!(cases.len(), 10, "{cases:?}");
    assert!(legacy.connections() >= 27 && candidate.connections() >= 27);
    let again = cage.project.record();
    let again = again.iter().filter(|line| line["candidate"]["others"].is_array());
    assert!(again.count() > 0, "the second answers are in what is looked through");
    let kept = cage.project.read(".parity/records/latest.jsonl");
    cage.project.write("kept.jsonl", &kept);
    for case in &cases {
        let done = cage.run(&["explain", case]);
        assert_eq!(done.code, Some(0), "{}", done.shown());
    }
    for format in Format::ALL {
        cage.run(&["report", "kept.jsonl", "--format", format.name()]);
        cage.run(&["judge", "kept.jsonl", "--format", format.name()]);
    }
    for arguments in [
        &["judge", "kept.jsonl"][..],
        &["har", "har", "--record", "kept.jsonl"],
        &["audit"],
        &["audit", "--format", "json"],
        &["guide", "kept.jsonl"],
        &["rules", "kept.jsonl"],
        &["review", "--accept", "*", "--from", "kept.jsonl"],
        &["check", "-v"],
        &["check", "--list"],
        &["check", "--failed", "-v"],
        &["check", "-v", "--legacy-recording", "har/legacy.har"],
        &[
            "check",
            "-v",
            "--legacy-recording",
            "kept.jsonl",
            "--candidate-recording",
            "kept.jsonl",
        ],
        &["check", "--shard", "1/1"],
        &["expect", "--open", "kept.jsonl", "--dry-run"],
        &[
            "init",
            "--config",
            "new/parity.toml",
            "--legacy-har",
            "har/legacy.har",
            "--candidate-har",
            "har/candidate.har",
        ],
    ] {
        cage.run(arguments);
    }
    cage.run(&["merge", ".parity/records/latest.jsonl", "-o", "merged.jsonl"]);
    // The suite is another one now: what was said stands, or is said again.
    let suite = cage.project.read("suites/secret.toml");
    cage.project
        .write("suites/secret.toml", suite.replace("why = \"typed\"", "why = \"has types\""));
    cage.run(&["judge", "kept.jsonl", "--format", "json"]);
    cage.run(&["check"]);

    let said = std::mem::take(&mut cage.said);
    let found = everything(&cage.project, said);
    assert_free_of_canaries(&found);
}

/// All that was written and said.
fn everything(project: &Project, said: Vec<(String, String)>) -> Vec<(String, String)> {
    // The suites say some of it themselves, and so does what this test wrote.
    let mut found = Vec::new();
    files(project.path("").parent().unwrap(), &mut found);
    found.retain(|(name, _)| !name.contains("/suites/"));
    for wanted in ["kept.jsonl", "har/legacy.har", "check.html", "check.sarif", ".snap"] {
        assert!(found.iter().any(|(name, _)| name.contains(wanted)), "{wanted} was not written");
    }
    assert!(found.iter().any(|(_, text)| text.contains("masked:")));
    found.extend(said);
    assert!(found.iter().any(|(name, _)| name == "stdout of audit"));
    found
}

#[track_caller]
fn assert_free_of_canaries(found: &[(String, String)]) {
    for (name, text) in found {
        for canary in CANARIES {
            let mut spellings = std::iter::once(canary.to_owned()).chain(in_base64(canary));
            let Some(spelling) = spellings.find(|spelling| text.contains(spelling)) else {
                continue;
            };
            let at = text.find(&spelling).unwrap();
            let before: Vec<char> = text[..at].chars().rev().take(120).collect();
            let before: String = before.into_iter().rev().collect();
            let after: String = text[at..].chars().take(120).collect();
            panic!("{canary} ({spelling}) in {name}: {before}{after}");
        }
    }
}
