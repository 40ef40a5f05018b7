//! Expected verdicts as they are written.

use crate::diagnostic::{Spanned, Table, Value};
use crate::rule::{CasePattern, ExpectedVerdict, VerdictName};

use super::read_justification::justification;

pub(super) fn read_expected(mut table: Table<'_>) -> Option<Spanned<ExpectedVerdict>> {
    let span = table.span();
    let case = table.required_with("case", cases);
    let names = VerdictName::ALL.map(|verdict| (verdict.name(), verdict));
    let verdict = table.required_with("verdict", |value| Some((value, value.one_of(&names)?)));
    let signatures = table.optional_with("signatures", Value::strings).unwrap_or_default();
    let justification = justification(&mut table);
    table.finish();
    let (value, verdict) = verdict?;
    if verdict == VerdictName::Mismatch && signatures.is_empty() {
        let diagnostic = value
            .diagnostic("an expected mismatch is pinned to what differs: `signatures` is missing")
            .help("run the case: `parity check` prints the signature of each difference, to be copied here");
        value.note(diagnostic);
        return None;
    }
    let expected = ExpectedVerdict {
        case: case?,
        verdict,
        signatures: signatures.into_iter().map(|signature| signature.value).collect(),
        justification: justification?,
    };
    Some(Spanned::new(expected, span))
}

/// One pattern or several, none of them empty.
fn cases(value: Value<'_>) -> Option<CasePattern> {
    let patterns = value.strings()?;
    if patterns.is_empty() || patterns.iter().any(|pattern| pattern.value.trim().is_empty()) {
        return value.error("expected the name of a case, such as `run_id=34`, or a list of such names");
    }
    Some(CasePattern(patterns.into_iter().map(|pattern| pattern.value).collect()))
}
