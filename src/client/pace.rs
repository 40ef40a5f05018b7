//! How fast a service is asked.
//!
//! A *pace* is two limits: how many requests are under way at a time, and how many begin in a second. Requests begin evenly
//! spaced, never in a burst after a pause: what a guest may ask for in a second is not saved up.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use super::config::Reach;

/// The limits of asking one service; clones share them.
#[derive(Debug, Clone)]
pub struct Pace(Option<Arc<Limits>>);

/// How many requests begin in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    per_second: f64,
}

/// The right to have one request under way; give it back by dropping it.
#[derive(Debug)]
pub struct Turn<'p>(#[expect(dead_code, reason = "held for its drop")] Option<SemaphorePermit<'p>>);

#[derive(Debug)]
struct Limits {
    under_way: Option<Semaphore>,
    interval: Duration,
    next: Mutex<Schedule>,
}

#[derive(Debug)]
struct Schedule {
    /// When the next request may begin.
    next: Instant,
    /// Before when none may begin, because the service asked for it.
    held: Instant,
}

impl Rate {
    /// A rate of so many requests a second, which may be a fraction.
    ///
    /// `None` unless it is above zero and finite, and one request in it takes at most a day.
    #[must_use]
    pub fn per_second(requests: f64) -> Option<Self> {
        (requests.is_finite() && requests >= 1.0 / 86_400.0).then_some(Self { per_second: requests })
    }

    fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.per_second)
    }
}

impl Pace {
    /// How many requests a guest has under way at a time.
    pub const GUEST_JOBS: NonZeroU32 = NonZeroU32::new(2).expect("two is not zero");
    /// How many requests a guest begins in a second.
    pub const GUEST_RATE: Rate = Rate { per_second: 5.0 };

    /// No limits.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// The limits towards a service; what is not given is unlimited on loopback, and a guest's anywhere else.
    #[must_use]
    pub fn towards(reach: Reach, jobs: Option<NonZeroU32>, rate: Option<Rate>) -> Self {
        match reach {
            Reach::Loopback => Self::new(jobs, rate),
            Reach::Remote => Self::new(jobs.or(Some(Self::GUEST_JOBS)), rate.or(Some(Self::GUEST_RATE))),
        }
    }

    /// These limits; `None` is unlimited.
    #[must_use]
    pub fn new(jobs: Option<NonZeroU32>, rate: Option<Rate>) -> Self {
        if jobs.is_none() && rate.is_none() {
            return Self::unlimited();
        }
        let now = Instant::now();
        Self(Some(Arc::new(Limits {
            // More permits than a semaphore can count are as good as none.
            under_way: jobs.and_then(|jobs| {
                usize::try_from(jobs.get())
                    .ok()
                    .map(|jobs| Semaphore::new(jobs.min(Semaphore::MAX_PERMITS)))
            }),
            interval: rate.map_or(Duration::ZERO, Rate::interval),
            next: Mutex::new(Schedule { next: now, held: now }),
        })))
    }

    /// Waits until a request may begin. Dropping the future gives its place among those under way back, but not its second.
    #[expect(clippy::missing_panics_doc, reason = "the semaphore is never closed")]
    pub async fn turn(&self) -> Turn<'_> {
        let Some(limits) = &self.0 else {
            return Turn(None);
        };
        let permit = match &limits.under_way {
            Some(semaphore) => Some(semaphore.acquire().await.expect("the semaphore is never closed")),
            None => None,
        };
        // A service that asks for a pause while others wait for their moment holds them, too.
        while let Some(moment) = limits.moment() {
            sleep_until(moment).await;
            if !limits.is_held() {
                break;
            }
        }
        Turn(permit)
    }

    /// Lets no request begin for so long.
    pub fn hold(&self, pause: Duration) {
        if let Some(limits) = &self.0 {
            let mut schedule = limits.schedule();
            schedule.held = schedule.held.max(Instant::now() + pause);
        }
    }
}

impl Limits {
    /// The moment at which the next request may begin, taken; `None` is now.
    fn moment(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut schedule = self.schedule();
        let moment = schedule.next.max(schedule.held).max(now);
        schedule.next = moment + self.interval;
        (moment > now).then_some(moment)
    }

    fn is_held(&self) -> bool {
        Instant::now() < self.schedule().held
    }

    fn schedule(&self) -> std::sync::MutexGuard<'_, Schedule> {
        // Nothing between lock and unlock can panic half way through a change.
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(count: u32) -> Option<NonZeroU32> {
        NonZeroU32::new(count)
    }

    async fn begins(pace: &Pace, requests: usize) -> Vec<u128> {
        let start = Instant::now();
        let mut begun = Vec::new();
        for _ in 0..requests {
            let _turn = pace.turn().await;
            begun.push(start.elapsed().as_millis());
        }
        begun
    }

    #[tokio::test(start_paused = true)]
    async fn requests_begin_evenly_spaced_and_never_in_a_burst_after_a_pause() {
        let pace = Pace::new(None, Rate::per_second(5.0));
        assert_eq!(begins(&pace, 4).await, [0, 200, 400, 600]);
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(begins(&pace, 3).await, [0, 200, 400]);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_answers_do_not_slow_the_rate_down_twice() {
        let pace = Pace::new(None, Rate::per_second(2.0));
        let start = Instant::now();
        for _ in 0..3 {
            let _turn = pace.turn().await;
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        assert_eq!(start.elapsed().as_millis(), 1400);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_requests_are_under_way_than_allowed() {
        let pace = Pace::new(jobs(2), None);
        let first = pace.turn().await;
        let _second = pace.turn().await;
        let third = tokio::time::timeout(Duration::from_hours(1), pace.turn()).await;
        assert!(third.is_err(), "a third request began beside two");
        drop(first);
        let _third = tokio::time::timeout(Duration::ZERO, pace.turn()).await.expect("a place is free");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_the_service_asks_for_holds_even_those_who_wait_already() {
        let pace = Pace::new(jobs(8), Rate::per_second(1.0));
        let _now = pace.turn().await;
        let start = Instant::now();
        let waiting = tokio::spawn({
            let pace = pace.clone();
            async move {
                let _turn = pace.turn().await;
                start.elapsed().as_millis()
            }
        });
        tokio::task::yield_now().await;
        pace.hold(Duration::from_secs(10));
        assert_eq!(waiting.await.unwrap(), 10_000);
        assert_eq!(begins(&pace, 1).await, [1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn clones_count_together() {
        let pace = Pace::new(None, Rate::per_second(1.0));
        let other = pace.clone();
        let start = Instant::now();
        let _first = pace.turn().await;
        let _second = other.turn().await;
        assert_eq!(start.elapsed().as_millis(), 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_guest_is_slow_by_default_and_loopback_is_not() {
        assert!(Pace::towards(Reach::Loopback, None, None).0.is_none());
        let guest = Pace::towards(Reach::Remote, None, None);
        assert_eq!(begins(&guest, 3).await, [0, 200, 400]);
        let asked = Pace::towards(Reach::Remote, jobs(16), Rate::per_second(100.0));
        assert_eq!(begins(&asked, 3).await, [0, 10, 20]);
    }

    #[test]
    fn only_numbers_above_zero_are_rates() {
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-9] {
            assert_eq!(Rate::per_second(wrong), None, "{wrong}");
        }
        assert_eq!(Rate::per_second(0.5).unwrap().interval(), Duration::from_secs(2));
    }
}
