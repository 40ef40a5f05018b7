//! What every rule carries: `why`, and who answers for it until when.

use jiff::civil::Date;

use crate::diagnostic::{Kind, NonEmpty, Table, Value};
use crate::rule::Justification;

/// Reads what every rule carries; the table is not finished by it.
pub(super) fn justification(table: &mut Table<'_>) -> Option<Justification> {
    let line = table.source().position(table.span().start).line;
    let why = table.required_with("why", why);
    let note = table.optional::<NonEmpty>("note").map(String::from);
    let owner = table.optional::<NonEmpty>("owner").map(String::from);
    let issue = table.optional_with("issue", issue);
    let since = table.optional_with("since", date);
    let expires = table.optional_with("expires", |value| Some((value, date(value)?)));
    let unproven = table.optional::<NonEmpty>("unproven").map(String::from);
    if let (Some(since), Some((value, expires))) = (since, expires)
        && expires < since
    {
        return value.error(format_args!("the rule expires on {expires}, before the {since} of its `since`"));
    }
    Some(Justification {
        why: why?,
        note,
        owner,
        issue,
        since,
        expires: expires.map(|(_, date)| date),
        unproven,
        line,
        twin: 0,
    })
}

/// A reason; one that is still to be written is none.
fn why(value: Value<'_>) -> Option<String> {
    let text = value.text()?.value;
    if text.trim_start().starts_with("TODO") {
        return value.error("it is still to be written: say why, in place of the TODO");
    }
    Some(text.to_owned())
}

/// A number or an address.
fn issue(value: Value<'_>) -> Option<String> {
    match value.kind() {
        Kind::Integer => value.integer_in(1..=u32::MAX).map(|number| number.to_string()),
        Kind::String => value.text().map(|text| text.value.to_owned()),
        _ => value.unexpected("an issue's number or address"),
    }
}

/// A day, as TOML writes it or in a string.
fn date(value: Value<'_>) -> Option<Date> {
    const EXPECTED: &str = "a date such as 2027-01-31";
    let text = match value.kind() {
        Kind::Datetime => value.literal()?,
        Kind::String => value.string()?.value.to_owned(),
        _ => return value.unexpected(EXPECTED),
    };
    // The parser takes a time behind the date, which would be dropped without a word.
    let plain = text.len() == "2027-01-31".len();
    match text.parse() {
        Ok(date) if plain => Some(date),
        _ => value.error(format_args!("expected {EXPECTED}, found `{text}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Source, read};

    fn read_rule(text: &str) -> Option<Justification> {
        let source = Source::new("s.toml", text);
        let read = read(&source, |mut table| {
            let justification = justification(&mut table);
            table.finish();
            justification
        });
        read.ok()
    }

    #[test]
    fn everything_is_read() {
        let date = |text: &str| Some(text.parse().unwrap());
        let read =
            read_rule("why = 'w'\nnote = 'n'\nowner = 'o'\nissue = 12\nsince = 2026-01-02\nexpires = '2026-01-02'\nunproven = 'u'\n");
        let expected = Justification {
            why: "w".into(),
            note: Some("n".into()),
            owner: Some("o".into()),
            issue: Some("12".into()),
            since: date("2026-01-02"),
            expires: date("2026-01-02"),
            unproven: Some("u".into()),
            line: 1,
            twin: 0,
        };
        assert_eq!(read, Some(expected));
    }

    #[test]
    fn a_day_is_a_day_and_nothing_else() {
        for text in ["2026-02-29", "2026-01-02T00:00:00", "20260102", "02.01.2026", "soon", "2026-01"] {
            assert_eq!(read_rule(&format!("why = 'w'\nsince = '{text}'\n")), None, "{text}");
        }
    }
}
