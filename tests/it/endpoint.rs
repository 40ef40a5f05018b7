//! The candidate over a real database: what it answers to which rows.
//!
//! Every test arranges its own rows in a schema of its own; none knows of the seed.

use crate::support::database::Database;
use crate::support::endpoint::{Endpoint, assert_problem, assert_trace, limits};
use crate::support::http::{self, Answer};
use crate::support::run_trace_schema::{Row, Schema};

/// Arranges a schema, asks for `target`, and clears up.
async fn answer(arrange: impl AsyncFnOnce(&mut Schema), target: &str) -> Option<Answer> {
    let database = Database::start().await?;
    let mut schema = Schema::create(&database).await;
    arrange(&mut schema).await;
    let endpoint = Endpoint::serve(schema.url(), &limits()).await;
    let answer = endpoint.get(target).await;
    endpoint.stop().await;
    schema.remove().await;
    Some(answer)
}

#[tokio::test]
async fn a_trace_is_typed_and_ordered_by_repeat_fold_iteration_and_engine() {
    let arrange = async |schema: &mut Schema| {
        // So that rows come in the order of their insertion where the question does not order them.
        schema.execute("ALTER TABLE trace DROP PRIMARY KEY").await;
        schema.insert_run(34).await;
        schema.insert_run(35).await;
        let row = Row::default();
        schema
            .insert_trace(&[
                Row {
                    engine: 2,
                    repeat: 1,
                    evaluation: "5",
                    ..row
                },
                Row {
                    engine: 2,
                    iteration: 10,
                    evaluation: "3",
                    ..row
                },
                Row {
                    engine: 1,
                    iteration: 2,
                    evaluation: "2",
                    selected: "true",
                    ..row
                },
                Row {
                    engine: 2,
                    evaluation: "1",
                    ..row
                },
                Row {
                    run_id: 35,
                    evaluation: "0.35",
                    ..row
                },
                Row {
                    engine: 1,
                    fold: 1,
                    evaluation: "4",
                    selected: "true",
                    ..row
                },
                Row {
                    engine: 1,
                    evaluation: "0.9300",
                    setup_string: r#"{"C": "0.1"}"#,
                    ..row
                },
            ])
            .await;
    };
    let Some(answer) = answer(arrange, "/run/trace/34").await else {
        return;
    };
    assert_trace(
        &answer,
        concat!(
            r#"{"run_id":34,"trace":["#,
            r#"{"repeat":0,"fold":0,"iteration":0,"setup_string":"{\"C\": \"0.1\"}","evaluation":0.9300,"selected":false},"#,
            r#"{"repeat":0,"fold":0,"iteration":0,"setup_string":"{}","evaluation":1,"selected":false},"#,
            r#"{"repeat":0,"fold":0,"iteration":2,"setup_string":"{}","evaluation":2,"selected":true},"#,
            r#"{"repeat":0,"fold":0,"iteration":10,"setup_string":"{}","evaluation":3,"selected":false},"#,
            r#"{"repeat":0,"fold":1,"iteration":0,"setup_string":"{}","evaluation":4,"selected":true},"#,
            r#"{"repeat":1,"fold":0,"iteration":0,"setup_string":"{}","evaluation":5,"selected":false}"#,
            r#"]}"#
        ),
    );
}

#[tokio::test]
async fn a_trace_of_one_row_is_a_list() {
    let arrange = async |schema: &mut Schema| {
        schema.insert_run(35).await;
        schema
            .insert_trace(&[Row {
                run_id: 35,
                ..Row::default()
            }])
            .await;
    };
    let Some(answer) = answer(arrange, "/run/trace/35").await else {
        return;
    };
    assert_trace(
        &answer,
        r#"{"run_id":35,"trace":[{"repeat":0,"fold":0,"iteration":0,"setup_string":"{}","evaluation":0.5,"selected":false}]}"#,
    );
}

#[tokio::test]
async fn an_evaluation_keeps_every_digit_or_is_null() {
    let table = [
        ("0.333333333333333333", "0.333333333333333333"),
        ("100000000000000000000", "100000000000000000000"),
        ("1E-5", "1E-5"),
        (" +.50 ", "0.50"),
        ("-1.", "-1"),
        ("", "null"),
        ("?", "null"),
        ("NaN", "null"),
        ("0,93", "null"),
        ("1_000", "null"),
    ];
    let arrange = async |schema: &mut Schema| {
        schema.insert_run(34).await;
        for (iteration, (evaluation, _)) in (0..).zip(table) {
            schema
                .insert_trace(&[Row {
                    iteration,
                    evaluation,
                    ..Row::default()
                }])
                .await;
        }
    };
    let Some(answer) = answer(arrange, "/run/trace/34").await else {
        return;
    };
    let rows: Vec<String> = (0..)
        .zip(table)
        .map(|(iteration, (_, number))| {
            format!(r#"{{"repeat":0,"fold":0,"iteration":{iteration},"setup_string":"{{}}","evaluation":{number},"selected":false}}"#)
        })
        .collect();
    assert_trace(&answer, &format!(r#"{{"run_id":34,"trace":[{}]}}"#, rows.join(",")));
}

#[tokio::test]
async fn a_setup_string_is_the_stored_text() {
    // The table is latin1, which in MySQL means Windows-1252: it has a euro sign.
    let stored = "{\"a\": \"é €\"} a & b &amp; <tag>x</tag> <![CDATA[\\]]>\n\r\n\t \u{1} ";
    let arrange = async |schema: &mut Schema| {
        schema.insert_run(36).await;
        schema
            .insert_trace(&[Row {
                run_id: 36,
                setup_string: stored,
                ..Row::default()
            }])
            .await;
    };
    let Some(answer) = answer(arrange, "/run/trace/36").await else {
        return;
    };
    assert_trace(
        &answer,
        r#"{"run_id":36,"trace":[{"repeat":0,"fold":0,"iteration":0,"setup_string":"{\"a\": \"é €\"} a & b &amp; <tag>x</tag> <![CDATA[\\]]>\n\r\n\t \u0001 ","evaluation":0.5,"selected":false}]}"#,
    );
}

#[tokio::test]
async fn the_empty_value_of_an_enum_is_null() {
    let arrange = async |schema: &mut Schema| {
        schema.execute("SET SESSION sql_mode = ''").await;
        schema.insert_run(34).await;
        schema
            .insert_trace(&[Row {
                selected: "maybe",
                ..Row::default()
            }])
            .await;
    };
    let Some(answer) = answer(arrange, "/run/trace/34").await else {
        return;
    };
    assert_trace(
        &answer,
        r#"{"run_id":34,"trace":[{"repeat":0,"fold":0,"iteration":0,"setup_string":"{}","evaluation":0.5,"selected":null}]}"#,
    );
}

#[tokio::test]
async fn the_largest_id_and_a_private_run_are_served_and_leading_zeros_mean_nothing() {
    let arrange = async |schema: &mut Schema| {
        schema
            .execute("INSERT INTO run (rid, visibility) VALUES (4294967295, 'private')")
            .await;
        schema
            .insert_trace(&[Row {
                run_id: u32::MAX,
                ..Row::default()
            }])
            .await;
    };
    let Some(answer) = answer(arrange, "/run/trace/0004294967295").await else {
        return;
    };
    assert_trace(
        &answer,
        r#"{"run_id":4294967295,"trace":[{"repeat":0,"fold":0,"iteration":0,"setup_string":"{}","evaluation":0.5,"selected":false}]}"#,
    );
}

#[tokio::test]
async fn a_run_without_trace_is_problem_572() {
    let arrange = async |schema: &mut Schema| {
        schema.insert_run(24).await;
        schema.insert_run(34).await;
        schema.insert_trace(&[Row::default()]).await;
    };
    let Some(answer) = answer(arrange, "/run/trace/24").await else {
        return;
    };
    assert_problem(
        &answer,
        412,
        r#"{"type":"https://openml.org/problems/run-trace-not-found","title":"Run Trace Not Found","status":412,"detail":"No trace found for run 24.","code":"572"}"#,
    );
}

#[tokio::test]
async fn an_unknown_run_is_problem_571() {
    let arrange = async |schema: &mut Schema| schema.insert_run(34).await;
    let Some(answer) = answer(arrange, "/run/trace/999999").await else {
        return;
    };
    assert_problem(
        &answer,
        412,
        r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 999999 not found.","code":"571"}"#,
    );
}

#[tokio::test]
async fn rows_whose_run_is_gone_are_not_answered() {
    let arrange = async |schema: &mut Schema| schema.insert_trace(&[Row::default()]).await;
    let Some(answer) = answer(arrange, "/run/trace/34").await else {
        return;
    };
    assert_problem(
        &answer,
        412,
        r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 34 not found.","code":"571"}"#,
    );
}

#[tokio::test]
async fn the_headers_are_few_and_head_has_the_same_as_get() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(34).await;
    schema.insert_trace(&[Row::default()]).await;
    let endpoint = Endpoint::serve(schema.url(), &limits()).await;

    let get = endpoint.get("/run/trace/34").await;
    let expected = [
        ("content-type", "application/json"),
        ("content-length", &*get.body.len().to_string()),
        ("connection", "close"),
    ];
    let headers: Vec<(&str, &str)> = get.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(headers, expected);

    let head = http::request(endpoint.address, "HEAD", "/run/trace/34").await.unwrap();
    assert_eq!(
        head,
        Answer {
            body: String::new(),
            ..get
        }
    );

    endpoint.stop().await;
    schema.remove().await;
}

#[tokio::test]
async fn a_long_trace_is_answered_whole_and_in_order() {
    let Some(database) = Database::start().await else {
        return;
    };
    let mut schema = Schema::create(&database).await;
    schema.insert_run(1000).await;
    schema
        .execute(
            "INSERT INTO trace
             WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 999)
             SELECT 1000, 1, 9 - (n DIV 100), (n DIV 10) % 10, 9 - n % 10, REPEAT('x', 100), n / 1000, 'false'
             FROM number",
        )
        .await;
    let endpoint = Endpoint::serve(schema.url(), &limits()).await;
    let answer = endpoint.get("/run/trace/1000").await;
    assert_eq!(answer.status, 200);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let found: Vec<[i64; 3]> = body["trace"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["repeat", "fold", "iteration"].map(|name| row[name].as_i64().unwrap()))
        .collect();
    let expected: Vec<[i64; 3]> = (0..1000).map(|row| [row / 100, row / 10 % 10, row % 10]).collect();
    assert_eq!(found, expected);
    endpoint.stop().await;
    schema.remove().await;
}
