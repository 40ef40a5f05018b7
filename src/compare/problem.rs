//! Problem documents by their own rules (RFC 9457): an answer must not contradict itself.

use crate::exchange::{MediaType, Part};
use crate::path::{Path, Step};
use crate::translate::Expected;
use crate::value::{Decimal, Value, compact};

use super::comparer::Received;
use super::difference::{Change, Difference};

/// The media type of problem documents (RFC 9457, section 6.1).
const PROBLEM_JSON: &str = "application/problem+json";

/// Where a problem document is owed, what is wrong with the answer as one takes the place of the plain difference there.
pub(super) fn check(expected: &Expected<'_>, got: &Received<'_>, differences: &mut Vec<Difference>) {
    let essence = |media_type: &Option<MediaType>| media_type.as_ref().map(|media_type| media_type.essence().to_owned());
    if essence(&expected.media_type).as_deref() != Some(PROBLEM_JSON) {
        return;
    }
    if essence(&got.media_type).as_deref() != Some(PROBLEM_JSON) {
        let named = got.media_type.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        put(
            Part::MediaType,
            Change::Problem {
                expected: PROBLEM_JSON.to_owned(),
                got: named,
                reason: format!("a problem document is served as `{PROBLEM_JSON}` (RFC 9457, section 3)"),
            },
            differences,
        );
    }
    let path: Path = [Step::Member("status")].into_iter().collect();
    if let Some(Value::Number(said)) = got.body.as_ref().and_then(|body| body.pointer(&path))
        && Decimal::parse(&said.text) != Decimal::parse(&got.status.to_string())
    {
        put(
            Part::Body(path),
            Change::Problem {
                expected: got.status.to_string(),
                got: compact(&Value::Number(said.clone())),
                reason: "the document's own `status` is not the status of the answer (RFC 9457, section 3.1.2)".to_owned(),
            },
            differences,
        );
    }
}

fn put(part: Part, change: Change, differences: &mut Vec<Difference>) {
    differences.retain(|difference| difference.part != part);
    differences.push(Difference {
        part,
        change,
        rule: None,
        row: None,
    });
}
