//! Spellings of dates and times.

use jiff::civil::{DateTime, date};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

/// How a date, a time of day or both are written by the legacy, and how the candidate owes them; `strftime` formats.
///
/// Nothing is looked up: no clock and no time zone. A time of day that is not read is midnight; an offset that is read is
/// written as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datetime {
    reads: Vec<String>,
    writes: String,
}

/// Why two formats do not make a translation; a sentence fragment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatetimeError {
    /// A format that cannot be read with.
    #[error("nothing can be read as `{format}`: {reason}")]
    Reads {
        /// The format.
        format: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What is read does not say everything that is to be written.
    #[error("what is read as `{reads}` cannot be written as `{writes}`: {reason}")]
    Writes {
        /// The format that is read.
        reads: String,
        /// The format that is written.
        writes: String,
        /// What is in the way.
        reason: String,
    },
    /// The offset from UTC would be lost, and the time be another one.
    #[error("`{reads}` reads an offset from UTC, which `{writes}` does not write: add `%:z` or `%z`")]
    LostOffset {
        /// The format that is read.
        reads: String,
        /// The format that is written.
        writes: String,
    },
}

impl Datetime {
    /// Formats that are tried in order, and the one that is written.
    ///
    /// # Errors
    /// When a format is none, cannot be read with, or does not give what is to be written.
    pub fn new(reads: Vec<String>, writes: String) -> Result<Self, DatetimeError> {
        let sample = sample();
        for format in &reads {
            let written = sample.to_string(format).map_err(|error| DatetimeError::Reads {
                format: format.clone(),
                reason: error.to_string(),
            })?;
            let read = parse(format, &written).map_err(|reason| DatetimeError::Reads {
                format: format.clone(),
                reason,
            })?;
            read.to_string(&writes).map_err(|error| DatetimeError::Writes {
                reads: format.clone(),
                writes: writes.clone(),
                reason: error.to_string(),
            })?;
            if names_offset(format) && !names_offset(&writes) {
                return Err(DatetimeError::LostOffset {
                    reads: format.clone(),
                    writes,
                });
            }
        }
        Ok(Self { reads, writes })
    }

    /// The formats that are read, in order.
    #[must_use]
    pub fn reads(&self) -> &[String] {
        &self.reads
    }

    /// The format that is written.
    #[must_use]
    pub fn writes(&self) -> &str {
        &self.writes
    }

    /// The text as the candidate owes it; `None` when it reads as none of the formats.
    #[must_use]
    pub fn reword(&self, text: &str) -> Option<String> {
        let read = self.reads.iter().find_map(|format| parse(format, text).ok())?;
        read.to_string(&self.writes).ok()
    }
}

/// The whole text as a format says, with everything that a date and a time of day have; a reason as a fragment.
fn parse(format: &str, text: &str) -> Result<BrokenDownTime, String> {
    let read = BrokenDownTime::parse(format, text).map_err(|error| error.to_string())?;
    let (datetime, offset) = match read.timestamp() {
        Some(timestamp) => (Offset::UTC.to_datetime(timestamp), Some(Offset::UTC)),
        None => (read.to_datetime().map_err(|error| error.to_string())?, read.offset()),
    };
    let mut whole = BrokenDownTime::from(datetime);
    whole.set_offset(offset);
    Ok(whole)
}

/// Whether a format has the offset from UTC in it.
fn names_offset(format: &str) -> bool {
    let mut directives = format.split('%').skip(1);
    while let Some(directive) = directives.next() {
        if directive.is_empty() {
            // `%%` is a percent sign, and what follows it is text.
            directives.next();
        } else if directive.trim_start_matches(':').starts_with('z') {
            return true;
        }
    }
    false
}

/// A moment in which no two parts look alike.
fn sample() -> BrokenDownTime {
    let datetime: DateTime = date(2024, 2, 29).at(13, 45, 56, 0);
    let mut sample = BrokenDownTime::from(datetime);
    sample.set_offset(Some(Offset::constant(1)));
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn datetime(reads: &[&str], writes: &str) -> Datetime {
        Datetime::new(reads.iter().map(|format| (*format).to_owned()).collect(), writes.to_owned()).unwrap()
    }

    #[test]
    fn each_spelling_becomes_the_owed_one() {
        for (reads, writes, text, owed) in [
            (
                &["%Y-%m-%d %H:%M:%S"][..],
                "%Y-%m-%dT%H:%M:%S",
                "2014-04-06 23:19:24",
                Some("2014-04-06T23:19:24"),
            ),
            (&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S", "2014-04-06T23:19:24", None),
            (&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S", "2014-04-06", None),
            (&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S", "2014-02-30 00:00:00", None),
            (&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S", "2014-02-03 00:00:00 ", None),
            (&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S", "", None),
            (
                &["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
                "%Y-%m-%dT%H:%M:%S",
                "2014-04-06",
                Some("2014-04-06T00:00:00"),
            ),
            (&["%d.%m.%Y"], "%A, %-d %B %Y", "06.04.2014", Some("Sunday, 6 April 2014")),
            (
                &["%H:%M, %-d %b %Y"],
                "%Y-%m-%dT%H:%M",
                "23:19, 6 Apr 2014",
                Some("2014-04-06T23:19"),
            ),
            (
                &["%Y-%m-%d %H:%M:%S%.f"],
                "%Y-%m-%dT%H:%M:%S%.3f",
                "2014-04-06 23:19:24.5",
                Some("2014-04-06T23:19:24.500"),
            ),
            (
                &["%Y-%m-%dT%H:%M:%S%z"],
                "%Y-%m-%dT%H:%M:%S%:z",
                "2014-04-06T23:19:24+0230",
                Some("2014-04-06T23:19:24+02:30"),
            ),
            (&["%s"], "%Y-%m-%dT%H:%M:%SZ", "1396826364", Some("2014-04-06T23:19:24Z")),
            (&["%s"], "%Y-%m-%dT%H:%M:%S%:z", "0", Some("1970-01-01T00:00:00+00:00")),
            (&["%s"], "%Y", "soon", None),
        ] {
            assert_eq!(datetime(reads, writes).reword(text).as_deref(), owed, "{reads:?} {writes} {text:?}");
        }
    }

    #[test]
    fn formats_that_cannot_work_are_refused() {
        for (reads, writes, message) in [
            ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%:z", "cannot be written as"),
            ("%Y-%J", "%Y", "nothing can be read as `%Y-%J`"),
            ("%Y-%m", "%Y-%m-%d", "nothing can be read as `%Y-%m`"),
            ("%H:%M", "%H.%M", "nothing can be read as `%H:%M`"),
            ("%c", "%Y", "nothing can be read as `%c`"),
            ("%Z", "%Y", "nothing can be read as `%Z`"),
            ("%Y-%m-%d", "%Q-%", "cannot be written as"),
            (
                "%Y-%m-%dT%H:%M:%S%z",
                "%Y-%m-%dT%H:%M:%SZ",
                "`%Y-%m-%dT%H:%M:%S%z` reads an offset from UTC, which `%Y-%m-%dT%H:%M:%SZ` does not write: add `%:z` or `%z`",
            ),
        ] {
            let error = Datetime::new(vec![reads.to_owned()], writes.to_owned()).unwrap_err().to_string();
            assert!(error.contains(message), "{reads} {writes}: {error}");
        }
    }

    #[test]
    fn a_percent_sign_is_no_offset() {
        assert!(names_offset("%Y%z") && names_offset("%:z") && names_offset("%%%z"));
        assert!(!names_offset("%%z") && !names_offset("%Y z") && !names_offset(""));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_it_was(
            year in 1000i16..=9999, month in 1i8..=12, day in 1i8..=28, hour in 0i8..24, minute in 0i8..60, second in 0i8..60,
        ) {
            let there = datetime(&["%Y-%m-%d %H:%M:%S"], "%Y-%m-%dT%H:%M:%S");
            let back = datetime(&["%Y-%m-%dT%H:%M:%S"], "%Y-%m-%d %H:%M:%S");
            let text = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
            let written = there.reword(&text).unwrap();
            prop_assert_eq!(&written, &text.replace(' ', "T"));
            prop_assert_eq!(back.reword(&written), Some(text));
        }

        #[test]
        fn no_format_and_no_text_panics(reads in "(%[-_0^#]?[0-9]{0,2}:{0,2}[A-Za-z.%]?|[ a-z-]){0,6}", writes in "(%[-_0]?[A-Za-z.%]?|[ a-z]){0,5}", text in any::<String>()) {
            if let Ok(datetime) = Datetime::new(vec![reads], writes) {
                let _ = datetime.reword(&text);
            }
        }
    }
}
