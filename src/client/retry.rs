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
}

impl Default for Patience {
    /// Three attempts, a minute of waiting.
    fn default() -> Self {
        Self {
            attempts: 3,
            wait: Duration::from_mins(1),
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
        // Without a wish of the service: 1 s, 2 s, 4 s, …
        let wait = asked.unwrap_or_else(|| Duration::from_secs(1 << (attempts - 1).min(16)));
        let left = self.wait.saturating_sub(waited);
        if wait > left {
            return Next::GiveUp(format!(
                "asks to come again in {} s, which is more than the {} s left to wait",
                wait.as_secs(),
                left.as_secs()
            ));
        }
        Next::Wait(wait)
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
    fn attempts_and_waits_are_bounded() {
        let patience = Patience {
            attempts: 3,
            wait: Duration::from_secs(10),
        };
        let s = Duration::from_secs;
        assert_eq!(patience.next(1, s(0), None), Next::Wait(s(1)));
        assert_eq!(patience.next(2, s(1), None), Next::Wait(s(2)));
        assert_eq!(patience.next(3, s(3), None), Next::GiveUp("asked 3 times".into()));
        assert_eq!(patience.next(1, s(0), Some(s(10))), Next::Wait(s(10)));
        assert_eq!(
            patience.next(2, s(4), Some(s(7))),
            Next::GiveUp("asks to come again in 7 s, which is more than the 6 s left to wait".into())
        );
        let once = Patience { attempts: 1, ..patience };
        assert_eq!(once.next(1, s(0), Some(s(0))), Next::GiveUp("asked once".into()));
    }
}
