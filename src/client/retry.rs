//! Coming again when a busy service asks for it.

use std::time::Duration;

use jiff::Timestamp;

/// How long a busy service is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often one request is sent at most.
    pub attempts: u32,
    /// How long all waits of one request take at most.
    pub wait: Duration,
    /// By how much waits differ, so that those who were sent away together do not come back together.
    pub jitter: Jitter,
}

/// Where in its span a wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// Anywhere.
    Random,
    /// At this part of it, in percent, every time.
    Percent(u8),
}

impl Jitter {
    /// From 0 to 1.
    fn part(self) -> f64 {
        match self {
            // An operating system without randomness has a clock for those who wait: all of the span.
            Self::Random => getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX)),
            Self::Percent(percent) => f64::from(percent.min(100)) / 100.0,
        }
    }
}

impl Default for Patience {
    /// Three attempts, a minute of waiting.
    fn default() -> Self {
        Self {
            attempts: 3,
            wait: Duration::from_mins(1),
            jitter: Jitter::Random,
        }
    }
}

/// What is done after an answer that says "busy".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The request is sent again after this.
    Wait(Duration),
    /// It is not, for this reason.
    GiveUp(String),
}

impl Patience {
    /// Decides after attempt number `attempts`, of which the waits took `waited` so far.
    pub(super) fn next(self, attempts: u32, waited: Duration, asked: Option<Duration>) -> Next {
        if attempts >= self.attempts {
            return Next::GiveUp(match attempts {
                1 => "asked once".to_owned(),
                more => format!("asked {more} times"),
            });
        }
        // Never before the service wishes, and up to a tenth later; without a wish at most 1 s, 2 s, 4 s, …, at least half of it.
        let (wait, span) = match asked {
            Some(asked) => (asked, asked / 10),
            None => {
                let half = Duration::from_millis(500 << (attempts - 1).min(16));
                (half, half)
            }
        };
        let left = self.wait.saturating_sub(waited);
        if wait > left {
            return Next::GiveUp(format!(
                "asks to come again in {} s, which is more than the {} s left to wait",
                wait.as_secs(),
                left.as_secs()
            ));
        }
        Next::Wait((wait + span.mul_f64(self.jitter.part())).min(left))
    }
}

/// What a `Retry-After` header asks for (RFC 9110, section 10.2.3): seconds, or a date; a date that has passed is zero.
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than a number holds are longer than anybody waits.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let date = jiff::fmt::rfc2822::parse(header).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let seconds = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("Mon, 23 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(seconds("Mon, 23 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::from(u32::MAX)));
        for nothing in ["", "soon", "-1", "1.5"] {
            assert_eq!(seconds(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn waits_differ_and_none_is_shorter_than_the_service_wishes() {
        let ms = Duration::from_millis;
        let wait = |percent, attempts, asked| {
            let patience = Patience {
                jitter: Jitter::Percent(percent),
                ..Patience::default()
            };
            patience.next(attempts, Duration::ZERO, asked)
        };
        for (percent, without, with) in [(0, 500, 2000), (50, 750, 2100), (100, 1000, 2200)] {
            assert_eq!(wait(percent, 1, None), Next::Wait(ms(without)));
            assert_eq!(wait(percent, 2, None), Next::Wait(ms(2 * without)));
            assert_eq!(wait(percent, 1, Some(ms(2000))), Next::Wait(ms(with)));
        }
        let parts: Vec<f64> = (0..20).map(|_| Jitter::Random.part()).collect();
        assert!(parts.iter().all(|part| (0.0..=1.0).contains(part)), "{parts:?}");
        assert!(parts.iter().any(|part| (part - parts[0]).abs() > 0.0), "{parts:?}");
    }

    #[test]
    fn attempts_and_waits_are_bounded() {
        let patience = Patience {
            attempts: 3,
            wait: Duration::from_secs(10),
            jitter: Jitter::Percent(100),
        };
        let s = Duration::from_secs;
        assert_eq!(patience.next(1, s(0), None), Next::Wait(s(1)));
        assert_eq!(patience.next(2, s(1), None), Next::Wait(s(2)));
        assert_eq!(patience.next(3, s(3), None), Next::GiveUp("asked 3 times".into()));
        assert_eq!(
            patience.next(1, s(0), Some(s(10))),
            Next::Wait(s(10)),
            "no wait is longer than what is left"
        );
        assert_eq!(
            patience.next(2, s(4), Some(s(7))),
            Next::GiveUp("asks to come again in 7 s, which is more than the 6 s left to wait".into())
        );
        let once = Patience { attempts: 1, ..patience };
        assert_eq!(once.next(1, s(0), Some(s(0))), Next::GiveUp("asked once".into()));
    }
}
