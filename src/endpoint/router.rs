//! Which path and method is answered by what.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;

use super::database::Database;
use super::{layers, problem::Problem, run_trace};

/// The service: its resources, `/health`, and a problem for everything else.
///
/// Paths are exact: `/run/trace/34/` is not `/run/trace/34`. `HEAD` is answered wherever `GET` is.
///
/// `/health` says that this process serves and nothing more. It leaves the database alone, so that whoever watches it
/// does not restart the service for a fault that a restart cannot cure, and so that a service may be ready before its
/// database is.
pub fn router(database: Database) -> Router {
    guarded(
        Router::new()
            .merge(run_trace::routes())
            .route("/health", get(health))
            .fallback(async || Problem::NotFound)
            .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
            .with_state(database),
    )
}

/// Puts around `router` what holds for every request; the log is outermost and sees all answers.
fn guarded(router: Router) -> Router {
    router
        .layer(from_fn(layers::catch_panic))
        .layer(from_fn(layers::limit_target))
        .layer(from_fn(layers::log))
}

async fn health() -> impl IntoResponse {
    let media_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, media_type)], r#"{"status":"ok"}"#)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use sqlx::mysql::MySqlConnectOptions;
    use tower::ServiceExt;

    use super::*;
    use crate::endpoint::config::Limits;

    /// A service whose database is a port that nothing listens on.
    fn service() -> Router {
        let limits = Limits {
            database_connections: 1,
            acquire_timeout: Duration::from_millis(50),
            query_timeout: Duration::from_millis(50),
            shutdown_timeout: Duration::from_millis(50),
        };
        // Port 1 is reserved (tcpmux) and below what an ordinary program can bind.
        router(Database::new(
            MySqlConnectOptions::new().host("127.0.0.1").port(1).database("none"),
            &limits,
        ))
    }

    struct Answer {
        status: u16,
        media_type: String,
        allow: Option<String>,
        body: String,
    }

    async fn ask(service: Router, method: &str, target: &str) -> Answer {
        let request = Request::builder().method(method).uri(target).body(Body::empty()).unwrap();
        let response = service.oneshot(request).await.unwrap();
        let text = |name| {
            response
                .headers()
                .get(name)
                .map(|value: &HeaderValue| value.to_str().unwrap().to_owned())
        };
        let (status, media_type, allow) = (
            response.status().as_u16(),
            text(header::CONTENT_TYPE).unwrap_or_default(),
            text(header::ALLOW),
        );
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            status,
            media_type,
            allow,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn assert_problem(target: &str, status: u16, body: &str) {
        let answer = ask(service(), "GET", target).await;
        assert_eq!(answer.body, body, "{target}");
        assert_eq!(
            (answer.status, answer.media_type.as_str()),
            (status, "application/problem+json"),
            "{target}"
        );
    }

    const NOT_FOUND: &str = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"Nothing is served at this path."}"#;

    #[tokio::test]
    async fn health_answers_without_a_database() {
        let answer = ask(service(), "GET", "/health").await;
        assert_eq!((answer.status, answer.media_type.as_str()), (200, "application/json"));
        assert_eq!(answer.body, r#"{"status":"ok"}"#);
    }

    #[tokio::test]
    async fn head_has_the_status_and_no_body() {
        let answer = ask(service(), "HEAD", "/health").await;
        assert_eq!((answer.status, answer.media_type.as_str()), (200, "application/json"));
        assert_eq!(answer.body, "");
    }

    #[tokio::test]
    async fn a_path_that_nothing_serves_is_a_404_problem() {
        for target in [
            "/",
            "/run",
            "/run/trace",
            "/run/trace/34/",
            "/run/trace/34/extra",
            "/run/trace//",
            "/health/",
        ] {
            assert_problem(target, 404, NOT_FOUND).await;
        }
    }

    #[tokio::test]
    async fn a_method_that_a_path_does_not_have_is_a_405_problem_that_lists_those_it_has() {
        for target in ["/run/trace/34", "/health"] {
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                let answer = ask(service(), method, target).await;
                assert_eq!(
                    answer.body,
                    r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"This path answers only the methods in `Allow`."}"#
                );
                assert_eq!((answer.status, answer.media_type.as_str()), (405, "application/problem+json"));
                assert_eq!(answer.allow.as_deref(), Some("GET,HEAD"), "{method} {target}");
            }
        }
    }

    #[tokio::test]
    async fn an_id_that_is_not_a_positive_integer_is_a_422_problem() {
        for (in_path, decoded) in [
            ("abc", "abc"),
            ("34abc", "34abc"),
            ("34.0", "34.0"),
            ("+34", "+34"),
            ("-1", "-1"),
            ("0", "0"),
            ("", ""),
            ("%2034", " 34"),
            ("34%2Fextra", "34/extra"),
            ("%D9%A3%D9%A4", "٣٤"),
            ("%zz", "%zz"),
            ("%ff", "%ff"),
        ] {
            let body = format!(
                r#"{{"type":"https://openml.org/problems/validation-error","title":"Validation Error","status":422,"detail":"Run id `{decoded}` is not a positive integer."}}"#
            );
            assert_problem(&format!("/run/trace/{in_path}"), 422, &body).await;
        }
    }

    #[tokio::test]
    async fn an_id_too_large_for_the_column_is_an_unknown_run_without_asking_the_database() {
        let hundred = "9".repeat(100);
        for id in ["4294967296", "99999999999999999999", &hundred] {
            let body = format!(
                r#"{{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run {id} not found.","code":"571"}}"#
            );
            assert_problem(&format!("/run/trace/{id}"), 412, &body).await;
        }
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_a_503_problem_that_leaks_nothing() {
        assert_problem(
            "/run/trace/34",
            503,
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service cannot answer at the moment; try again later."}"#,
        )
        .await;
    }

    #[tokio::test]
    async fn a_target_that_is_too_long_is_a_414_problem() {
        let target = |length: usize| format!("/{}", "a".repeat(length - 1));
        assert_problem(&target(layers::MAX_TARGET_BYTES), 404, NOT_FOUND).await;
        assert_problem(
            &target(layers::MAX_TARGET_BYTES + 1),
            414,
            r#"{"type":"about:blank","title":"URI Too Long","status":414,"detail":"The request target is longer than 8000 bytes."}"#,
        )
        .await;
    }

    #[tokio::test]
    async fn a_panic_is_a_500_problem() {
        async fn panics() -> &'static str {
            panic!("on purpose, in a test")
        }
        let answer = ask(guarded(Router::new().route("/", get(panics))), "GET", "/").await;
        assert_eq!((answer.status, answer.media_type.as_str()), (500, "application/problem+json"));
        assert_eq!(
            answer.body,
            r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The service failed to answer this request."}"#
        );
    }
}
