//! The PHP stand-in answers what the genuine legacy was measured to answer, case by case.

use parity::environment::Kind;

use crate::support::http;
use crate::support::services::{no_containers, start};
use crate::support::skip::skip;

/// One measured answer; see `facts/legacy.jsonl`.
#[derive(serde::Deserialize)]
struct Fact {
    name: String,
    method: String,
    path: String,
    status: u16,
    media_type: String,
    body: Option<String>,
    body_contains: Option<String>,
}

fn facts() -> Vec<Fact> {
    let facts: Vec<Fact> = include_str!("facts/legacy.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(facts.len() >= 30);
    facts
}

async fn hold(kind: Kind) {
    let environment = start(kind, &["database", "legacy"]).await;
    let address = environment.service("legacy").unwrap().address.clone().unwrap().parse().unwrap();
    let mut wrong = Vec::new();
    for fact in facts() {
        let answer = http::request(address, &fact.method, &fact.path).await.unwrap();
        let media_type = answer.header("content-type").unwrap_or_default();
        let body = match (&fact.body, &fact.body_contains) {
            (Some(body), _) => answer.body == *body,
            (None, Some(part)) => answer.body.contains(part),
            (None, None) => panic!("{} says nothing of the body", fact.name),
        };
        if (answer.status, media_type.to_ascii_lowercase()) != (fact.status, fact.media_type.to_ascii_lowercase()) || !body {
            wrong.push(format!("{}: {} {media_type}\n{}", fact.name, answer.status, answer.body));
        }
        assert_eq!(
            answer.header("parity-oracle"),
            Some("stand-in"),
            "{}: a stand-in says so",
            fact.name
        );
    }
    environment.stop().await;
    assert!(wrong.is_empty(), "other than measured:\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_a_process() {
    hold(Kind::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_a_container() {
    match no_containers() {
        Some(why) => skip("stand_in::as_a_container", &why),
        None => hold(Kind::Container).await,
    }
}
