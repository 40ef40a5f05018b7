//! What stands in the path for `{run_id}`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// A positive integer that a client gave as the id of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunId {
    /// Fits the column, which is an `int unsigned`: there may be such a run.
    Storable(NonZeroU32),
    /// Larger than the column can hold: there is no such run. Its digits, without leading zeros.
    TooLarge(Box<str>),
}

impl FromStr for RunId {
    type Err = InvalidRunId;

    /// Reads decimal digits and nothing else: no sign, no blank, no digit of another script.
    fn from_str(text: &str) -> Result<Self, InvalidRunId> {
        let digits = text.trim_start_matches('0');
        // All zeros are zero, which is no id; an empty text has no digits at all.
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidRunId);
        }
        // Only an overflow is left to fail.
        Ok(digits.parse().map_or_else(|_| Self::TooLarge(digits.into()), Self::Storable))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storable(id) => id.fmt(f),
            Self::TooLarge(digits) => f.write_str(digits),
        }
    }
}

/// The text is not a positive integer in decimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a positive integer in decimal digits")]
pub struct InvalidRunId;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn storable(id: u32) -> Result<RunId, InvalidRunId> {
        Ok(RunId::Storable(NonZeroU32::new(id).unwrap()))
    }

    #[test]
    fn decimal_digits_are_an_id() {
        assert_eq!("34".parse(), storable(34));
        assert_eq!("034".parse(), storable(34));
        assert_eq!("4294967295".parse(), storable(u32::MAX));
    }

    #[test]
    fn an_id_beyond_the_column_keeps_its_digits() {
        for digits in ["4294967296", "18446744073709551616", "99999999999999999999999999999999999999999999"] {
            assert_eq!(digits.parse(), Ok(RunId::TooLarge(digits.into())));
            assert_eq!(format!("00{digits}").parse(), Ok(RunId::TooLarge(digits.into())));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "", "0", "000", "-1", "+34", "34.0", "3e1", "abc", "34abc", " 34", "34\n", "0x22", "٣٤", "³⁴",
        ] {
            assert_eq!(text.parse::<RunId>(), Err(InvalidRunId), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_id_shows_its_digits_without_leading_zeros(zeros in 0..5_usize, digits in "[1-9][0-9]{0,40}") {
            let id: RunId = format!("{}{digits}", "0".repeat(zeros)).parse().unwrap();
            prop_assert_eq!(id.to_string(), digits.as_str());
            prop_assert_eq!(matches!(id, RunId::Storable(_)), digits.parse::<u32>().is_ok());
        }

        #[test]
        fn what_has_another_character_than_a_digit_is_none(text in "[0-9]{0,3}[^0-9]\\PC{0,3}") {
            prop_assert_eq!(text.parse::<RunId>(), Err(InvalidRunId));
        }
    }
}
