//! Values of parameters: in suite files, and on the command line.

use crate::diagnostic::{Kind, NonEmpty, Spanned, Table, Value};

use super::case::Bound;
use super::model::{Parameter, ParameterValue, Row};

/// More cases than this in one suite are a mistake, such as a range with a digit too many.
pub const MAX_CASES: usize = 1_000_000;

/// Why a text gives no values; texts as lowercase fragments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Nothing, or nothing between two commas.
    #[error("a value is missing: write `34`, `34,35`, or `100..120` for a range that ends with 120")]
    Empty,
    /// A range that ends before it begins.
    #[error("the range `{0}` ends before it begins")]
    Backwards(String),
    /// A range of too many values.
    #[error("the range `{0}` has more than {MAX_CASES} values")]
    TooMany(String),
}

/// Reads values as they are written on a command line: `34,100..120`. Both ends of a range are in it; a text that is no
/// range of integers is a value as it is.
///
/// # Errors
/// When a value is empty, or a range is backwards or too long.
pub fn parse_values(text: &str) -> Result<Vec<String>, ParameterError> {
    let mut values = Vec::new();
    for item in text.split(',') {
        if item.is_empty() {
            return Err(ParameterError::Empty);
        }
        let ends = item
            .split_once("..")
            .and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        match ends {
            Some((from, to)) => values.extend(range(from, to)?),
            None => values.push(item.to_owned()),
        }
    }
    Ok(values)
}

fn range(from: i64, to: i64) -> Result<impl Iterator<Item = String>, ParameterError> {
    let shown = || format!("{from}..{to}");
    if to < from {
        return Err(ParameterError::Backwards(shown()));
    }
    match to.checked_sub(from).and_then(|length| usize::try_from(length).ok()) {
        Some(length) if length < MAX_CASES => Ok((from..=to).map(|value| value.to_string())),
        _ => Err(ParameterError::TooMany(shown())),
    }
}

/// Reads one declared parameter: a list of values, each a text, an integer, `{ value, is }` or `{ from, to, is }`.
pub(super) fn read_parameter(name: &Spanned<String>, value: Value<'_>) -> Option<Parameter> {
    let items = value.list()?;
    if items.is_empty() {
        return value.error(format_args!("parameter `{name}` has no values, so the suite has no cases"));
    }
    let values: Vec<Vec<ParameterValue>> = items.into_iter().map(read_value).collect::<Option<_>>()?;
    Some(Parameter {
        name: name.value.clone(),
        values: values.into_iter().flatten().collect(),
    })
}

fn read_value(value: Value<'_>) -> Option<Vec<ParameterValue>> {
    let one = |text: String| {
        Some(vec![ParameterValue {
            text,
            is: None,
            tags: Vec::new(),
        }])
    };
    match value.kind() {
        Kind::Integer => one(value.literal()?),
        Kind::String => one(value.string()?.value.to_owned()),
        Kind::Table => read_table(value),
        _ => value.unexpected("a value (`34`, `\"x\"`), `{ value = 34, is = \"a trace\" }` or `{ from = 24, to = 39 }`"),
    }
}

fn read_table(value: Value<'_>) -> Option<Vec<ParameterValue>> {
    let mut table = value.table()?;
    let is = table.optional::<NonEmpty>("is").map(String::from);
    let tags = tags(&mut table);
    if let Some(single) = table.value("value") {
        table.finish();
        let text = match single.kind() {
            Kind::Integer => single.literal()?,
            Kind::String => single.string()?.value.to_owned(),
            _ => return single.unexpected("an integer or a string"),
        };
        return Some(vec![ParameterValue { text, is, tags }]);
    }
    let from = table.required::<i64>("from");
    let to = table.required::<i64>("to");
    table.finish();
    match range(from?, to?) {
        Ok(values) => Some(
            values
                .map(|text| ParameterValue {
                    text,
                    is: is.clone(),
                    tags: tags.clone(),
                })
                .collect(),
        ),
        Err(error) => value.error(error),
    }
}

fn tags(table: &mut Table<'_>) -> Vec<String> {
    let tags = table.optional_with("tag", Value::strings).unwrap_or_default();
    tags.into_iter().map(|tag| tag.value).collect()
}

/// What `[parameters]` says besides lists.
#[derive(Debug, Default)]
pub(super) struct Together<'d> {
    pub rows: Vec<Spanned<Row>>,
    pub exclude: Vec<Spanned<Vec<(String, String)>>>,
    /// The name of a file of rows.
    pub file: Option<Value<'d>>,
}

impl<'d> Together<'d> {
    /// Takes the keys that are no parameters of their own: `rows`, `exclude`, and a `file` that is no list of values.
    pub fn read(&mut self, name: &str, value: Value<'d>) -> bool {
        match name {
            "file" if value.kind() != Kind::List => self.file = Some(value),
            "rows" => self.rows.extend(items(value).into_iter().filter_map(read_row)),
            "exclude" => self.exclude.extend(items(value).into_iter().filter_map(read_exclude)),
            _ => return false,
        }
        true
    }
}

fn items(value: Value<'_>) -> Vec<Value<'_>> {
    let items = value.list().unwrap_or_default();
    if items.is_empty() {
        value.error::<()>("expected at least one row, such as `{ a = 1, b = \"x\" }`");
    }
    items
}

/// Reads `{ a = 1, b = "x", is = "…", tag = ["slow"] }`.
fn read_row(value: Value<'_>) -> Option<Spanned<Row>> {
    let span = value.span();
    let mut row = Row::default();
    let mut is = None;
    for (name, value) in value.table()?.entries() {
        match name.value.as_str() {
            "is" => is = Some(value.text()?.value.to_owned()),
            "tag" => row.tags = value.strings()?.into_iter().map(|tag| tag.value).collect(),
            _ => row.bound.push(Bound {
                name: name.value,
                value: scalar(value)?,
                is: None,
            }),
        }
    }
    match row.bound.first_mut() {
        Some(first) => first.is = is,
        None => return value.error("a row has at least one parameter: `{ a = 1, b = \"x\" }`"),
    }
    Some(Spanned::new(row, span))
}

fn read_exclude(value: Value<'_>) -> Option<Spanned<Vec<(String, String)>>> {
    let span = value.span();
    let entries = value.table()?.entries().into_iter();
    let pairs: Vec<_> = entries.map(|(name, value)| Some((name.value, scalar(value)?))).collect();
    Some(Spanned::new(pairs.into_iter().collect::<Option<_>>()?, span))
}

/// A value of a parameter as text.
fn scalar(value: Value<'_>) -> Option<String> {
    match value.kind() {
        Kind::Integer | Kind::Float => value.literal(),
        Kind::Boolean => value.boolean().map(|yes| yes.to_string()),
        Kind::String => Some(value.string()?.value.to_owned()),
        _ => value.unexpected("a string, a number or a boolean"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_lists_and_ranges_with_both_ends() {
        assert_eq!(
            parse_values("34,100..103"),
            Ok(["34", "100", "101", "102", "103"].map(String::from).to_vec())
        );
        assert_eq!(parse_values("-1..1"), Ok(["-1", "0", "1"].map(String::from).to_vec()));
        assert_eq!(parse_values("a..b,x.y"), Ok(["a..b", "x.y"].map(String::from).to_vec()));
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(parse_values(""), Err(ParameterError::Empty));
        assert_eq!(parse_values("1,,2"), Err(ParameterError::Empty));
        assert_eq!(
            parse_values("5..4").unwrap_err().to_string(),
            "the range `5..4` ends before it begins"
        );
        assert!(matches!(parse_values("1..99999999999"), Err(ParameterError::TooMany(_))));
        assert!(matches!(
            parse_values("-9223372036854775808..9223372036854775807"),
            Err(ParameterError::TooMany(_))
        ));
    }
}
