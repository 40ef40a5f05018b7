//! The score of one iteration: stored as text, answered as a JSON number.
//!
//! The column is a `varchar` in which anything may stand. A *decimal number* there is
//! `[+-]? digits [. digits] [e[+-]digits]` with digits on at least one side of the point, in either case of `e`;
//! spaces, tabs and line ends around it count for nothing. It is written with every digit that was stored, because a
//! floating-point number would keep only some sixteen of them: `0.9300` stays `0.9300`.

use serde::Serialize;
use serde_json::value::RawValue;

/// A JSON number with every digit that was stored, or `null` where what was stored is not a decimal number.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Evaluation(Option<Box<RawValue>>);

impl Evaluation {
    /// Reads what the column holds. There is no text that it fails on.
    #[must_use]
    pub fn read(stored: &str) -> Self {
        // What `json_number` writes is a JSON number, which a property below holds it to; were it not, `null` would
        // still be a better answer than none.
        Self(json_number(stored).and_then(|number| RawValue::from_string(number).ok()))
    }

    /// The JSON text of the number.
    #[must_use]
    pub fn as_number(&self) -> Option<&str> {
        self.0.as_deref().map(RawValue::get)
    }
}

/// Writes a decimal number as JSON wants it: no plus sign, no leading zero too many, digits on both sides of a point.
fn json_number(stored: &str) -> Option<String> {
    let text = stored.trim_matches([' ', '\t', '\r', '\n']);
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    // The `e` stays with the exponent, which JSON takes as it is.
    let (significand, exponent) = unsigned.split_at(unsigned.find(['e', 'E']).unwrap_or(unsigned.len()));
    let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));

    let has_digits = !(whole.is_empty() && fraction.is_empty());
    if !(has_digits && only_digits(whole) && only_digits(fraction) && is_exponent_or_empty(exponent)) {
        return None;
    }

    let mut number = String::with_capacity(stored.len() + 1);
    if negative {
        number.push('-');
    }
    match whole.trim_start_matches('0') {
        "" => number.push('0'),
        significant => number.push_str(significant),
    }
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    number.push_str(exponent);
    Some(number)
}

fn only_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` is nothing, or an `e` with an optional sign and at least one digit.
fn is_exponent_or_empty(text: &str) -> bool {
    let Some(exponent) = text.strip_prefix(['e', 'E']) else {
        return text.is_empty();
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    !digits.is_empty() && only_digits(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(stored: &str) -> String {
        serde_json::to_string(&Evaluation::read(stored)).unwrap()
    }

    #[test]
    fn a_number_that_json_can_write_stays_as_it_is() {
        for text in [
            "0",
            "1",
            "-1",
            "-0",
            "0.93",
            "0.9300",
            "1.0",
            "0.5000000001",
            "0.333333333333333333",
            "100000000000000000000",
            "1E-5",
            "1e5",
            "1E+05",
            "1e400",
            "-12.50e-007",
            "9007199254740993",
        ] {
            assert_eq!(json(text), text);
        }
    }

    #[test]
    fn a_number_that_json_cannot_write_is_written_as_json_wants_it() {
        for (text, number) in [
            (".5", "0.5"),
            ("+.5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1"),
            ("-1.", "-1"),
            ("+1", "1"),
            ("00.5", "0.5"),
            ("007", "7"),
            ("000", "0"),
            ("-00", "-0"),
            ("0.", "0"),
            ("1.e5", "1e5"),
            (".5E-3", "0.5E-3"),
            (" 0.5 ", "0.5"),
            ("\t0.5\r\n", "0.5"),
        ] {
            assert_eq!(json(text), number, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_a_decimal_number_is_null() {
        for text in [
            "",
            " ",
            "?",
            "NaN",
            "nan",
            "inf",
            "-Infinity",
            "null",
            "true",
            "0,93",
            "1_000",
            "1 000",
            "1'000",
            ".",
            "+",
            "-",
            "+-1",
            "--1",
            "- 1",
            "1-",
            "e5",
            ".e5",
            "1e",
            "1e+",
            "1e5.0",
            "1e 5",
            "1.2.3",
            "1e5e5",
            "0x1F",
            "1f",
            "50%",
            "½",
            "٣",
            "−1",
            "1\u{a0}",
            "\u{feff}1",
            "1\0",
            "[]",
            "\"1\"",
            "1,2",
        ] {
            assert_eq!(json(text), "null", "{text:?}");
        }
    }

    #[test]
    fn the_longest_text_that_the_column_holds_keeps_every_digit() {
        let digits = format!("0.{}", "123456789".repeat(29));
        assert_eq!(json(&digits), digits);
    }

    /// Sign, significant digits without zeros at either end, and the power of ten of the last of them.
    ///
    /// Reads from the end of the text, unlike the code under test, and any decimal number, JSON or not.
    fn value(text: &str) -> (bool, String, i64) {
        let text = text.trim();
        let (significand, exponent) = match text.rfind(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().unwrap()),
            None => (text, 0),
        };
        let places = significand.rfind('.').map_or(0, |at| significand.len() - at - 1);
        let digits: String = significand.chars().filter(char::is_ascii_digit).collect();
        let kept = digits.trim_end_matches('0');
        let dropped = digits.len() - kept.len();
        let kept = kept.trim_start_matches('0');
        if kept.is_empty() {
            return (significand.starts_with('-'), String::new(), 0);
        }
        let power = exponent - i64::try_from(places).unwrap() + i64::try_from(dropped).unwrap();
        (significand.starts_with('-'), kept.to_owned(), power)
    }

    /// The grammar of decimal numbers as a state machine, byte by byte.
    fn is_decimal(text: &str) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum At {
            Start,
            Signed,
            Whole,
            BarePoint,
            Point,
            E,
            ESigned,
            Exponent,
            End,
        }
        let mut at = At::Start;
        for byte in text.bytes() {
            at = match (at, byte) {
                (At::Start, b' ' | b'\t' | b'\r' | b'\n') => At::Start,
                (At::Start, b'+' | b'-') => At::Signed,
                (At::Start | At::Signed | At::Whole, b'0'..=b'9') => At::Whole,
                (At::Start | At::Signed, b'.') => At::BarePoint,
                (At::Whole, b'.') | (At::BarePoint | At::Point, b'0'..=b'9') => At::Point,
                (At::Whole | At::Point, b'e' | b'E') => At::E,
                (At::E, b'+' | b'-') => At::ESigned,
                (At::E | At::ESigned | At::Exponent, b'0'..=b'9') => At::Exponent,
                (At::Whole | At::Point | At::Exponent | At::End, b' ' | b'\t' | b'\r' | b'\n') => At::End,
                _ => return false,
            };
        }
        matches!(at, At::Whole | At::Point | At::Exponent | At::End)
    }

    proptest! {
        #[test]
        fn a_decimal_number_becomes_a_json_number_of_the_same_value(
            text in "[ \t\r\n]{0,2}[+-]?([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})([eE][+-]?[0-9]{1,9})?[ \t\r\n]{0,2}",
        ) {
            let number = json(&text);
            prop_assert!(serde_json::from_str::<&RawValue>(&number).is_ok(), "{} is not JSON", number);
            prop_assert_ne!(&number, "null");
            prop_assert_eq!(value(&number), value(&text));
        }

        #[test]
        fn every_fraction_digit_is_kept(whole in "[0-9]{0,5}", fraction in "[0-9]{1,200}") {
            let number = json(&format!("{whole}.{fraction}"));
            prop_assert_eq!(number.split_once('.').unwrap().1, fraction);
        }

        #[test]
        fn what_comes_close_to_a_decimal_number_is_null_exactly_when_it_is_none(text in "[-+.eE0-9 \t\nx,_]{0,8}") {
            prop_assert_eq!(Evaluation::read(&text).as_number().is_some(), is_decimal(&text));
        }

        #[test]
        fn any_text_is_answered_with_valid_json(text in any::<String>()) {
            let number = json(&text);
            prop_assert!(serde_json::from_str::<&RawValue>(&number).is_ok());
            prop_assert_eq!(number == "null", !is_decimal(&text));
        }
    }
}
