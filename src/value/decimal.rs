//! Decimal text, compared without ever being expanded.
//!
//! A *decimal text* is `[+-]? digits [. digits] [e[+-]digits]` with digits on at least one side of the point. It is held as
//! its digits and an exponent, so `1e400` and a number of ten thousand digits cost no more than their text.

use std::borrow::Cow;

/// A decimal number, borrowed from its text: `± 0.d₁d₂…dₙ × 10^magnitude`.
///
/// Two values are equal when they are the same number: `0.930` equals `0.93`, `-0` equals `0`.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    /// Significant digits before the point, then after it; neither the first nor the last digit of the two together is zero.
    whole: &'a [u8],
    fraction: &'a [u8],
    magnitude: i64,
}

struct Parts<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    /// With its `e`.
    exponent: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads a decimal text.
    ///
    /// `None` when the text is no decimal, or when its exponent has more digits than an `i64` holds: such a number has
    /// no representation here, and callers fall back to comparing texts.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let parts = split(text)?;
        let exponent: i64 = match parts.exponent.get(1..) {
            None => 0,
            Some(digits) => digits.parse().ok()?,
        };
        let (mut whole, mut fraction) = (parts.whole, parts.fraction);
        let mut magnitude = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        while let [b'0', rest @ ..] = whole {
            whole = rest;
            magnitude = magnitude.checked_sub(1)?;
        }
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        if whole.is_empty() {
            while let [b'0', rest @ ..] = fraction {
                fraction = rest;
                magnitude = magnitude.checked_sub(1)?;
            }
        }
        if fraction.is_empty() {
            while let [rest @ .., b'0'] = whole {
                whole = rest;
            }
        }
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: parts.negative && !zero,
            whole,
            fraction,
            magnitude: if zero { 0 } else { magnitude },
        })
    }

    /// The significant digits as ASCII, neither beginning nor ending with a zero; none for zero.
    #[must_use]
    pub fn digits(&self) -> impl DoubleEndedIterator<Item = &'a u8> + use<'a> {
        self.whole.iter().chain(self.fraction)
    }

    /// How many significant digits there are.
    #[must_use]
    pub const fn digit_count(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// Whether the number is zero, which has no significant digit.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.digit_count() == 0
    }

    /// Whether the number is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The power of ten above the first digit: 3 for 100, 0 for 0.1; 0 for zero.
    #[must_use]
    pub const fn magnitude(&self) -> i64 {
        self.magnitude
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.magnitude == other.magnitude
            && self.digit_count() == other.digit_count()
            && self.digits().eq(other.digits())
    }
}

impl Eq for Decimal<'_> {}

impl std::fmt::Display for Decimal<'_> {
    /// The one spelling that all equal decimals share, for use as a key: `-93e-2`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        for digits in [self.whole, self.fraction] {
            f.write_str(std::str::from_utf8(digits).expect("digits are ASCII"))?;
        }
        let count = i64::try_from(self.digit_count()).expect("a text's length fits");
        match i128::from(self.magnitude) - i128::from(count) {
            0 => Ok(()),
            exponent => write!(f, "e{exponent}"),
        }
    }
}

/// Whether `text` is a decimal text; blanks around it are refused.
#[must_use]
pub fn is_decimal_text(text: &str) -> bool {
    split(text).is_some()
}

/// Whether `text` is `[+-]? digits`; blanks around it are refused.
#[must_use]
pub fn is_integer_text(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A decimal text as a JSON number token of the same digits: `.5` as `0.5`, `1.` as `1`, `+00.5` as `0.5`, `1E-5` as it is.
///
/// `None` when the text is no decimal.
#[must_use]
pub fn json_number_text(text: &str) -> Option<Cow<'_, str>> {
    let parts = split(text)?;
    let whole = std::str::from_utf8(parts.whole).expect("digits are ASCII");
    let trimmed = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let has_point = text.len() > usize::from(text.starts_with(['+', '-'])) + whole.len() + parts.fraction.len() + parts.exponent.len();
    if trimmed.len() == whole.len() && has_point != parts.fraction.is_empty() && !text.starts_with('+') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len() + 1);
    if parts.negative {
        out.push('-');
    }
    out.push_str(trimmed);
    if !parts.fraction.is_empty() {
        out.push('.');
        out.push_str(std::str::from_utf8(parts.fraction).expect("digits are ASCII"));
    }
    out.push_str(parts.exponent);
    Some(Cow::Owned(out))
}

/// One pass over the bytes, as every number of a document comes by here.
fn split(text: &str) -> Option<Parts<'_>> {
    let bytes = text.as_bytes();
    let digits_from = |start: usize| start + bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    let start = usize::from(matches!(bytes, [b'+' | b'-', ..]));
    let whole_end = digits_from(start);
    let (fraction, mantissa_end) = match bytes.get(whole_end) {
        Some(b'.') => {
            let end = digits_from(whole_end + 1);
            (&bytes[whole_end + 1..end], end)
        }
        _ => (&bytes[..0], whole_end),
    };
    let whole = &bytes[start..whole_end];
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent = &text[mantissa_end..];
    match exponent.as_bytes() {
        [] => {}
        [b'e' | b'E', ..] if is_integer_text(&exponent[1..]) => {}
        _ => return None,
    }
    Some(Parts {
        negative: bytes[0] == b'-',
        whole,
        fraction,
        exponent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_numbers_are_equal_in_every_spelling() {
        for (a, b) in [
            ("0.930", "0.93"),
            ("1", "1.0"),
            ("1", "+1."),
            (".5", "0.5"),
            ("5e-1", "0.5"),
            ("50E-2", "00.5"),
            ("-0", "0"),
            ("0e99", "0.000"),
            ("100000000000000000000", "1e20"),
            ("1E+5", "100000"),
        ] {
            assert_eq!(Decimal::parse(a), Decimal::parse(b), "{a} {b}");
            assert_eq!(Decimal::parse(a).unwrap().to_string(), Decimal::parse(b).unwrap().to_string());
        }
    }

    #[test]
    fn different_numbers_are_different() {
        for (a, b) in [
            ("9007199254740993", "9007199254740992"),
            ("0.93", "0.930000001"),
            ("1", "-1"),
            ("1e400", "1e401"),
            ("10", "1"),
            ("0.1", "0.01"),
            ("1e9223372036854775806", "1e-9223372036854775806"),
        ] {
            assert_ne!(Decimal::parse(a), Decimal::parse(b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in [
            "", " 1", "1 ", ".", "-", "+", "e5", "1e", "1e+", "1_000", "0,93", "NaN", "inf", "0x1", "1.2.3", "--1", "١",
        ] {
            assert!(!is_decimal_text(text), "{text:?}");
            assert_eq!(json_number_text(text), None, "{text:?}");
        }
    }

    #[test]
    fn json_tokens_keep_every_digit() {
        for (text, token) in [
            (".5", "0.5"),
            ("+.5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1"),
            ("1.e5", "1e5"),
            ("00.5", "0.5"),
            ("1E-5", "1E-5"),
            ("0.9300", "0.9300"),
            ("007", "7"),
            ("+7", "7"),
            ("000", "0"),
            ("-0", "-0"),
        ] {
            assert_eq!(json_number_text(text).as_deref(), Some(token), "{text}");
        }
    }

    #[test]
    fn huge_numbers_cost_their_text_only() {
        let long = "9".repeat(100_000);
        assert_eq!(Decimal::parse(&format!("{long}e5")), Decimal::parse(&format!("{long}00000")));
        assert!(Decimal::parse("1e99999999999999999999").is_none());
        assert!(is_decimal_text("1e99999999999999999999"));
    }

    proptest! {
        #[test]
        fn a_json_token_is_the_same_number(text in r"[+-]?([0-9]{1,6}\.?[0-9]{0,6}|\.[0-9]{1,6})([eE][+-]?[0-9]{1,3})?") {
            let token = json_number_text(&text).unwrap();
            prop_assert!(serde_json::from_str::<serde_json::Number>(&token).is_ok() || token.contains(['e', 'E']), "{}", token);
            prop_assert!(crate::value::read(token.as_bytes()).is_ok());
            prop_assert_eq!(Decimal::parse(&text), Decimal::parse(&token));
        }

        #[test]
        fn the_key_spelling_is_shared_by_equal_numbers_only(a in "-?[0-9]{1,3}(\\.[0-9]{1,3})?", b in "-?[0-9]{1,3}(\\.[0-9]{1,3})?") {
            let (a, b) = (Decimal::parse(&a).unwrap(), Decimal::parse(&b).unwrap());
            prop_assert_eq!(a == b, a.to_string() == b.to_string());
        }
    }
}
