//! Typed values out of text.

use std::borrow::Cow;

use crate::rule::{Datetime, Empty, Spellings, Type, Unreadable};
use crate::value::{Exactness, Number, Value, is_decimal_text, is_integer_text, json_number_text};

use super::treatment::Made;

/// What a rule of the types phase makes of a value.
pub(super) fn convert<'a>(into: &Type, value: &Value<'a>, empty: Empty) -> Made<'a> {
    if empty == Empty::Null {
        match value {
            Value::Null => return Made::Kept,
            Value::Array(items) if items.is_empty() => return Made::Changed(Value::Null),
            Value::String(text) if text.is_empty() => return Made::Changed(Value::Null),
            _ => {}
        }
    }
    match into {
        Type::Null(values) => {
            if values.contains(value) {
                Made::Changed(Value::Null)
            } else {
                Made::Kept
            }
        }
        Type::Integer => integer(value),
        Type::Number => number(value),
        Type::Boolean(spellings) => boolean(value, spellings),
        Type::Text => text(value),
        Type::Datetime(datetime) => reword(value, datetime),
    }
}

/// A value that cannot be read is left as it is where the rule says so.
pub(super) fn or_keep(made: Made<'_>, unreadable: Unreadable) -> Made<'_> {
    match made {
        Made::Unreadable(_) if unreadable == Unreadable::Keep => Made::Kept,
        made => made,
    }
}

fn integer<'a>(value: &Value<'a>) -> Made<'a> {
    match value {
        Value::Number(number) if number.is_integer() => Made::Kept,
        Value::String(text) if is_integer_text(text) => Made::Changed(Value::Number(Number {
            text: token(text),
            exactness: Exactness::Token,
        })),
        _ => Made::Unreadable("an integer".into()),
    }
}

fn number<'a>(value: &Value<'a>) -> Made<'a> {
    match value {
        Value::Number(Number {
            exactness: Exactness::Decimal,
            ..
        }) => Made::Kept,
        Value::Number(number) => Made::Changed(Value::Number(Number {
            text: number.text.clone(),
            exactness: Exactness::Decimal,
        })),
        Value::String(text) if is_decimal_text(text) => Made::Changed(Value::Number(Number {
            text: token(text),
            exactness: Exactness::Decimal,
        })),
        _ => Made::Unreadable("a decimal number".into()),
    }
}

fn boolean<'a>(value: &Value<'a>, spellings: &Spellings) -> Made<'a> {
    let written = match value {
        Value::Bool(_) => return Made::Kept,
        Value::String(text) => text,
        Value::Number(number) => &number.text,
        _ => return Made::Unreadable("a boolean".into()),
    };
    let is_one_of = |spellings: &[String]| spellings.iter().any(|spelling| spelling == written);
    if is_one_of(&spellings.yes) {
        Made::Changed(Value::Bool(true))
    } else if is_one_of(&spellings.no) {
        Made::Changed(Value::Bool(false))
    } else {
        Made::Unreadable("a boolean".into())
    }
}

fn text<'a>(value: &Value<'a>) -> Made<'a> {
    let written = match value {
        Value::String(_) => return Made::Kept,
        Value::Number(number) => number.text.clone(),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        _ => return Made::Unreadable("text, a number or a boolean".into()),
    };
    Made::Changed(Value::String(written))
}

fn reword<'a>(value: &Value<'a>, datetime: &Datetime) -> Made<'a> {
    let read = match value {
        Value::String(text) => Some((text, datetime.reword(text))),
        // Seconds since 1970 may come as a number.
        Value::Number(number) => Some((&number.text, datetime.reword(&number.text))),
        _ => None,
    };
    match read {
        Some((text, Some(written))) if *text == written && matches!(value, Value::String(_)) => Made::Kept,
        Some((_, Some(written))) => Made::Changed(Value::String(Cow::Owned(written))),
        _ => Made::Unreadable(format!("a date or time like `{}`", datetime.reads().join("` or `")).into()),
    }
}

fn token<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    let made = match text {
        Cow::Borrowed(text) => json_number_text(text),
        Cow::Owned(text) => json_number_text(text).map(|token| Cow::Owned(token.into_owned())),
    };
    made.expect("the text was checked to be a decimal")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Decimal, compact, read};
    use proptest::prelude::*;

    /// The value after the rule as JSON, `=` where it is kept, `?` and what is wanted where it cannot be read.
    fn made(into: &Type, empty: Empty, json: &str) -> String {
        match convert(into, &read(json.as_bytes()).unwrap(), empty) {
            Made::Changed(value) => compact(&value),
            Made::Kept => "=".to_owned(),
            Made::Unreadable(wanted) => format!("?{wanted}"),
        }
    }

    fn datetime() -> Type {
        let reads = vec!["%Y-%m-%d %H:%M:%S".to_owned(), "%Y-%m-%d".to_owned()];
        Type::Datetime(Datetime::new(reads, "%Y-%m-%dT%H:%M:%S".to_owned()).unwrap())
    }

    fn check(into: &Type, cases: &[(&str, &str)]) {
        for (value, expected) in cases {
            assert_eq!(made(into, Empty::Refused, value), *expected, "{} of {value}", into.word());
        }
    }

    #[test]
    fn numbers_are_read_in_their_forms_and_no_others() {
        check(
            &Type::Integer,
            &[
                ("\"34\"", "34"),
                ("\"+5\"", "5"),
                ("\"-5\"", "-5"),
                ("\"-0\"", "-0"),
                ("\"007\"", "7"),
                ("\"100000000000000000000\"", "100000000000000000000"),
                ("34", "="),
                ("34.0", "?an integer"),
                ("\"34.0\"", "?an integer"),
                ("\"1e3\"", "?an integer"),
                ("\" 34\"", "?an integer"),
                ("\"\"", "?an integer"),
                ("[]", "?an integer"),
                ("null", "?an integer"),
                ("true", "?an integer"),
            ],
        );
        check(
            &Type::Number,
            &[
                ("\"1E-5\"", "1E-5"),
                ("\".5\"", "0.5"),
                ("\"1.0\"", "1.0"),
                ("\"1.\"", "1"),
                ("\"+5\"", "5"),
                ("\"-.5e+3\"", "-0.5e+3"),
                ("\"0.333333333333333333\"", "0.333333333333333333"),
                ("7", "7"),
                ("\"0x1\"", "?a decimal number"),
                ("\"NaN\"", "?a decimal number"),
                ("\"0,93\"", "?a decimal number"),
                ("\"1_000\"", "?a decimal number"),
                ("\"?\"", "?a decimal number"),
                ("{}", "?a decimal number"),
                ("null", "?a decimal number"),
            ],
        );
    }

    #[test]
    fn booleans_are_read_in_their_spellings_and_texts_are_made_of_tokens() {
        check(
            &Type::Boolean(Spellings::default()),
            &[
                ("\"true\"", "true"),
                ("\"false\"", "false"),
                ("true", "="),
                ("\"True\"", "?a boolean"),
                ("1", "?a boolean"),
                ("[]", "?a boolean"),
            ],
        );
        let yes_no = Spellings {
            yes: vec!["yes".into(), "1".into()],
            no: vec!["no".into(), "0".into(), String::new()],
        };
        check(
            &Type::Boolean(yes_no),
            &[
                ("\"yes\"", "true"),
                ("1", "true"),
                ("\"0\"", "false"),
                ("\"\"", "false"),
                ("1.0", "?a boolean"),
                ("\"true\"", "?a boolean"),
            ],
        );
        check(
            &Type::Text,
            &[
                ("34", "\"34\""),
                ("0.930", "\"0.930\""),
                ("1E5", "\"1E5\""),
                ("true", "\"true\""),
                ("false", "\"false\""),
                ("\"\"", "="),
                ("null", "?text, a number or a boolean"),
                ("[]", "?text, a number or a boolean"),
            ],
        );
    }

    #[test]
    fn declared_values_become_null_and_dates_are_written_anew() {
        let nothing = [
            Value::Array(Vec::new()),
            Value::string(""),
            Value::string("None"),
            Value::number("-1"),
        ];
        check(
            &Type::Null(nothing.to_vec()),
            &[
                ("[]", "null"),
                ("\"\"", "null"),
                ("\"None\"", "null"),
                ("-1", "null"),
                ("-1.0", "="),
                ("\"none\"", "="),
                ("[[]]", "="),
                ("null", "="),
            ],
        );
        let wanted = "?a date or time like `%Y-%m-%d %H:%M:%S` or `%Y-%m-%d`";
        check(
            &datetime(),
            &[
                ("\"2014-04-06 23:19:24\"", "\"2014-04-06T23:19:24\""),
                ("\"2014-04-06\"", "\"2014-04-06T00:00:00\""),
                ("\"2014-04-06T23:19:24\"", wanted),
                ("\"0000-00-00 00:00:00\"", wanted),
                ("20140406", wanted),
                ("[]", wanted),
            ],
        );
    }

    #[test]
    fn what_is_empty_becomes_null_and_what_is_unreadable_is_kept_where_the_rule_says_so() {
        let boolean = Type::Boolean(Spellings::default());
        for into in [Type::Integer, Type::Number, boolean, Type::Text, datetime()] {
            for empty in ["[]", "\"\""] {
                assert_eq!(made(&into, Empty::Null, empty), "null", "{}", into.word());
            }
            assert_eq!(made(&into, Empty::Null, "null"), "=", "{}", into.word());
            let object = Value::Object(crate::value::Object::default());
            let kept = or_keep(convert(&into, &object, Empty::Null), Unreadable::Keep);
            assert!(matches!(kept, Made::Kept), "{}", into.word());
        }
    }

    #[test]
    fn seconds_may_be_a_number() {
        let into = Type::Datetime(Datetime::new(vec!["%s".to_owned()], "%Y-%m-%dT%H:%M:%SZ".to_owned()).unwrap());
        assert_eq!(made(&into, Empty::Refused, "1396826364"), "\"2014-04-06T23:19:24Z\"");
    }

    #[test]
    fn what_an_integer_rule_makes_is_owed_as_a_token_and_what_a_number_rule_makes_is_not() {
        for (into, exactness) in [(Type::Integer, Exactness::Token), (Type::Number, Exactness::Decimal)] {
            let Made::Changed(Value::Number(number)) = convert(&into, &Value::string("34"), Empty::Refused) else {
                panic!("a number")
            };
            assert_eq!(number.exactness, exactness);
        }
    }

    proptest! {
        #[test]
        fn a_number_keeps_its_value_and_every_digit(text in r"[+-]?([0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?") {
            let Made::Changed(Value::Number(number)) = convert(&Type::Number, &Value::string(text.clone()), Empty::Refused) else {
                return Err(TestCaseError::fail(text));
            };
            prop_assert_eq!(Decimal::parse(&number.text), Decimal::parse(&text));
            prop_assert!(read(number.text.as_bytes()).is_ok(), "{}", number.text);
            let digits = |text: &str| text.split(['e', 'E']).next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
            prop_assert!(digits(&text).ends_with(&digits(&number.text)) || number.text.starts_with("0.") || number.text.starts_with("-0."));
        }

        #[test]
        fn a_text_is_read_or_named_and_never_lost(text in any::<String>()) {
            for into in [Type::Integer, Type::Number, Type::Boolean(Spellings::default()), Type::Text, datetime()] {
                match convert(&into, &Value::string(text.clone()), Empty::Refused) {
                    Made::Changed(value) => prop_assert_ne!(value, Value::Null),
                    Made::Kept => prop_assert_eq!(into.word(), "text"),
                    Made::Unreadable(wanted) => prop_assert!(!wanted.is_empty()),
                }
            }
        }
    }
}
