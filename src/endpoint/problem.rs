//! Every error of the service, and the one place where an error becomes a status and a body.
//!
//! A *problem* is an error as the client sees it: an `application/problem+json` document (RFC 9457) with the members
//! `type`, `title`, `status`, `detail` and, where the legacy had one, `code`, always in this order. A problem that
//! says no more than its status has the type `about:blank` and the status's own phrase as title (RFC 9457, 4.2.1).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::database::DatabaseError;

/// An error that a request can be answered with.
#[derive(Debug)]
pub enum Problem {
    /// No run has this id.
    RunNotFound {
        /// The id, in decimal digits.
        run_id: String,
    },
    /// The run exists and has no trace.
    RunTraceNotFound {
        /// The id, in decimal digits.
        run_id: String,
    },
    /// What stands in the path where a run id belongs is none.
    InvalidRunId {
        /// What was found, percent-decoded.
        found: String,
    },
    /// Nothing is served at the path.
    NotFound,
    /// The path is served, but not with this method.
    MethodNotAllowed,
    /// The request target is too long.
    UriTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The database gave no answer. The cause is logged when the response is made, and not part of it.
    Unavailable(DatabaseError),
    /// The service has a fault of its own; what is known about it is in the log.
    Internal,
}

impl Problem {
    /// The document of this problem.
    fn document(&self) -> Document {
        let blank = |status: StatusCode, detail: String| Document {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail,
            code: None,
        };
        match self {
            Self::RunNotFound { run_id } => Document {
                kind: "https://openml.org/problems/run-not-found",
                title: "Run Not Found",
                status: 412,
                detail: format!("Run {run_id} not found."),
                code: Some("571"),
            },
            Self::RunTraceNotFound { run_id } => Document {
                kind: "https://openml.org/problems/run-trace-not-found",
                title: "Run Trace Not Found",
                status: 412,
                detail: format!("No trace found for run {run_id}."),
                code: Some("572"),
            },
            Self::InvalidRunId { found } => Document {
                kind: "https://openml.org/problems/validation-error",
                title: "Validation Error",
                status: 422,
                detail: format!("Run id `{}` is not a positive integer.", shortened(found)),
                code: None,
            },
            Self::NotFound => blank(StatusCode::NOT_FOUND, "Nothing is served at this path.".to_owned()),
            Self::MethodNotAllowed => blank(
                StatusCode::METHOD_NOT_ALLOWED,
                "This path answers only the methods in `Allow`.".to_owned(),
            ),
            Self::UriTooLong { limit } => blank(
                StatusCode::URI_TOO_LONG,
                format!("The request target is longer than {limit} bytes."),
            ),
            Self::Unavailable(_) => blank(
                StatusCode::SERVICE_UNAVAILABLE,
                "The service cannot answer at the moment; try again later.".to_owned(),
            ),
            Self::Internal => blank(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The service failed to answer this request.".to_owned(),
            ),
        }
    }
}

impl From<DatabaseError> for Problem {
    fn from(cause: DatabaseError) -> Self {
        Self::Unavailable(cause)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Unavailable(cause) = &self {
            tracing::error!("answered 503: {cause}");
        }
        let document = self.document();
        let status = StatusCode::from_u16(document.status).expect("each status above is a valid one");
        let body = serde_json::to_vec(&document).expect("texts and a number always serialize");
        let media_type = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, media_type)], body).into_response()
    }
}

/// A problem as it is written; the order of the fields is the order of the members.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// At most 64 characters of `text`: enough to recognise what was sent, without repeating a whole long path.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn answer(problem: Problem) -> (u16, String) {
        let response = problem.into_response();
        assert_eq!(response.headers().len(), 1);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_problem_is_a_whole_document_with_its_members_in_order() {
        let slow = DatabaseError::TooSlow {
            address: "db:3306".into(),
            limit: std::time::Duration::from_secs(5),
        };
        let table = [
            (
                Problem::RunNotFound { run_id: "999999".into() },
                412,
                r#"{"type":"https://openml.org/problems/run-not-found","title":"Run Not Found","status":412,"detail":"Run 999999 not found.","code":"571"}"#,
            ),
            (
                Problem::RunTraceNotFound { run_id: "24".into() },
                412,
                r#"{"type":"https://openml.org/problems/run-trace-not-found","title":"Run Trace Not Found","status":412,"detail":"No trace found for run 24.","code":"572"}"#,
            ),
            (
                Problem::InvalidRunId { found: "a\"b".into() },
                422,
                r#"{"type":"https://openml.org/problems/validation-error","title":"Validation Error","status":422,"detail":"Run id `a\"b` is not a positive integer."}"#,
            ),
            (
                Problem::NotFound,
                404,
                r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"Nothing is served at this path."}"#,
            ),
            (
                Problem::MethodNotAllowed,
                405,
                r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"This path answers only the methods in `Allow`."}"#,
            ),
            (
                Problem::UriTooLong { limit: 8000 },
                414,
                r#"{"type":"about:blank","title":"URI Too Long","status":414,"detail":"The request target is longer than 8000 bytes."}"#,
            ),
            (
                Problem::Unavailable(slow),
                503,
                r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service cannot answer at the moment; try again later."}"#,
            ),
            (
                Problem::Internal,
                500,
                r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The service failed to answer this request."}"#,
            ),
        ];
        for (problem, status, body) in table {
            assert_eq!(answer(problem).await, (status, body.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_long_run_id_is_shortened_between_characters() {
        let (_, body) = answer(Problem::InvalidRunId { found: "é".repeat(65) }).await;
        assert!(body.contains(&format!("`{}…`", "é".repeat(64))), "{body}");
        let (_, body) = answer(Problem::InvalidRunId { found: "é".repeat(64) }).await;
        assert!(body.contains(&format!("`{}`", "é".repeat(64))), "{body}");
    }
}
