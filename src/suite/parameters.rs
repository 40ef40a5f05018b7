//! Values of parameters: in suite files, and on the command line.

use crate::diagnostic::{Kind, NonEmpty, Spanned, Value};

use super::model::{Parameter, ParameterValue};

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
    let one = |text: String| Some(vec![ParameterValue { text, is: None }]);
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
    if let Some(single) = table.value("value") {
        table.finish();
        let text = match single.kind() {
            Kind::Integer => single.literal()?,
            Kind::String => single.string()?.value.to_owned(),
            _ => return single.unexpected("an integer or a string"),
        };
        return Some(vec![ParameterValue { text, is }]);
    }
    let from = table.required::<i64>("from");
    let to = table.required::<i64>("to");
    table.finish();
    match range(from?, to?) {
        Ok(values) => Some(values.map(|text| ParameterValue { text, is: is.clone() }).collect()),
        Err(error) => value.error(error),
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
