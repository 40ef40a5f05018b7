//! How long something may take, as people write it.

use std::time::Duration;

use super::reader::{Kind, Value};

const EXPECTED: &str = "a time such as `500ms`, `30s` or `2m`, at most a day";

/// Reads `500ms`, `30s` or `2m`: a whole number above 0 with its unit, at most a day.
///
/// # Errors
/// What is expected, as a fragment, when it is anything else.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000)];
    let milliseconds = units.iter().find_map(|(unit, factor)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*factor).filter(|total| (1..=86_400_000).contains(total))
    });
    milliseconds.map(Duration::from_millis).ok_or(EXPECTED)
}

impl Value<'_> {
    /// A text that [`duration`] reads.
    #[must_use]
    pub fn duration(self) -> Option<Duration> {
        if self.kind() != Kind::String {
            return self.unexpected(EXPECTED);
        }
        let text = self.string()?;
        match duration(text.value) {
            Ok(duration) => Some(duration),
            Err(expected) => self.error(format_args!("expected {expected}, found `{text}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_above_zero_with_its_unit() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("2m", 120_000),
            ("5 s", 5_000),
            ("1440m", 86_400_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in [
            "",
            "5",
            "s",
            "-1s",
            "1.5s",
            "1h",
            "0s",
            "1441m",
            "99999999999999999999s",
            "18446744073709551615m",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
