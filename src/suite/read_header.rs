//! Header rules as they are written.

use crate::diagnostic::{Spanned, Table, Value};
use crate::rule::{HeaderMap, HeaderRule, Outcome, OwedInHeader};

use super::read_condition::{Scope, when, whole};
use super::read_justification::justification;

pub(super) fn read_header(mut table: Table<'_>) -> Option<Spanned<HeaderRule>> {
    let span = table.span();
    let name = table.required_with("name", name);
    let owed = owed(&mut table);
    let on = table.optional_with("on", |value| {
        value.one_of(&[("success", Outcome::Success), ("error", Outcome::Error)])
    });
    let when = when(&mut table, Scope::Answer);
    let justification = justification(&mut table);
    table.finish();
    let rule = HeaderRule {
        name: name?,
        owed: owed?,
        on,
        when,
        justification: justification?,
    };
    Some(Spanned::new(rule, span))
}

/// Headers of which no rule may speak, in lower case, each with the reason.
const REFUSED: [(&[&str], &str); 5] = [
    (
        &["content-type"],
        "the media type is compared in every answer; an error row says another in `media_type`",
    ),
    (
        &["content-length", "content-encoding"],
        "how a body is sent over the wire is no part of the answer, and the body itself is compared",
    ),
    (
        &[
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ],
        "it is about one connection and no part of the answer (RFC 9110, section 7.6.1)",
    ),
    (
        &["authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"],
        "its values are secrets, which are masked in every record",
    ),
    (
        &["date"],
        "it says when the answer was made, and two answers are never made at once",
    ),
];

fn name(value: Value<'_>) -> Option<String> {
    let name = value.text()?.value;
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if !name.chars().all(token) {
        return value.error(format_args!("`{name}` is no name of a header (RFC 9110, section 5.6.2)"));
    }
    let lower = name.to_ascii_lowercase();
    match REFUSED.iter().find(|(names, _)| names.contains(&lower.as_str())) {
        Some((_, why)) => value.error(format_args!("`{name}` cannot be compared: {why}")),
        None => Some(name.to_owned()),
    }
}

const WORDS: &str = "one of `equal`, `candidate`, `map`, `absent` and `pattern`";

/// Exactly one of the words for what is owed.
fn owed(table: &mut Table<'_>) -> Option<OwedInHeader> {
    let words = [
        (
            "equal",
            table.value("equal").map(|value| stated(value).map(|()| OwedInHeader::Equal)),
        ),
        (
            "candidate",
            table.value("candidate").map(|value| field(value).map(OwedInHeader::Constant)),
        ),
        ("map", table.value("map").map(|value| map(value).map(OwedInHeader::Map))),
        (
            "absent",
            table.value("absent").map(|value| stated(value).map(|()| OwedInHeader::Absent)),
        ),
        (
            "pattern",
            table.value("pattern").map(|value| whole(value).map(OwedInHeader::Pattern)),
        ),
    ];
    let given: Vec<_> = words.into_iter().filter_map(|(word, owed)| Some((word, owed?))).collect();
    match given.as_slice() {
        [(_, owed)] => owed.clone(),
        [] => {
            table.error(format!("a header rule says what the candidate owes: {WORDS}"));
            None
        }
        [(first, _), (second, _), ..] => {
            table.error(format!(
                "a header is owed in one way, found `{first}` and `{second}`: leave one of them"
            ));
            None
        }
    }
}

/// A word that stands for itself.
fn stated(value: Value<'_>) -> Option<()> {
    if value.boolean()? {
        return Some(());
    }
    value.error("a header that no rule names is not compared: leave the rule out, or write `true`")
}

/// A value that a header can have.
fn field(value: Value<'_>) -> Option<String> {
    let text = value.text()?.value;
    if text.trim() != text || text.chars().any(|c| c.is_control() && c != '\t') {
        return value.error("a header's value begins and ends with no blank, and holds no line end or other control character");
    }
    Some(text.to_owned())
}

fn map(value: Value<'_>) -> Option<Vec<HeaderMap>> {
    let rows = value.list()?;
    if rows.is_empty() {
        return value.error("a list of values holds at least one: `{ legacy = \"private\", candidate = \"no-store\" }`");
    }
    let read: Vec<_> = rows.into_iter().map(map_row).collect();
    let rows: Vec<HeaderMap> = read.into_iter().collect::<Option<_>>()?;
    let twice = rows
        .iter()
        .enumerate()
        .find(|(place, row)| rows[..*place].iter().any(|other| other.legacy == row.legacy));
    match twice {
        Some((_, row)) => value.error(format_args!("two rows speak of `{}`: leave one of them", row.legacy)),
        None => Some(rows),
    }
}

fn map_row(value: Value<'_>) -> Option<HeaderMap> {
    let mut table = value.table()?;
    let legacy = table.required_with("legacy", field);
    let candidate = table.required_with("candidate", field);
    table.finish();
    let (legacy, candidate) = (legacy?, candidate?);
    if legacy == candidate {
        return value.error("the value stays as it is: leave the row out");
    }
    Some(HeaderMap { legacy, candidate })
}
