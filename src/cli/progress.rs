//! What moves while services start and cases run.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::environment::{Choice, Event, Events};
use crate::report::{CaseReport, Colour, RunReport, SuiteReport, terminal};

use super::output::Output;

/// The columns of what stands beside a bar, ` 10000/10000 cases, 10m`.
const BESIDE: usize = 26;

/// What stands on the terminal's last line.
#[derive(Debug, Default)]
struct Drawn {
    bar: Option<ProgressBar>,
    /// What services are at, by service: the spinner shows all of it.
    under_way: BTreeMap<String, String>,
    /// Set when services may no longer draw: what they still tell comes too late.
    closed: bool,
}

/// A bar or a spinner on a terminal; plain lines elsewhere.
#[derive(Debug, Clone)]
pub struct Progress {
    output: Output,
    drawn: Arc<Mutex<Drawn>>,
    /// Whether finished cases are printed on standard output.
    prints_cases: bool,
    /// Whether an empty line stands last on standard output, or nothing at all.
    is_spaced: Arc<AtomicBool>,
}

impl Progress {
    /// Nothing moves yet.
    #[must_use]
    pub fn new(output: &Output, prints_cases: bool) -> Self {
        Self {
            output: output.clone(),
            drawn: Arc::default(),
            prints_cases,
            is_spaced: Arc::new(AtomicBool::new(true)),
        }
    }

    /// What happens to services, one line each for what is worth a line, and a spinner for what is under way. What was
    /// chosen by hand is not said again.
    #[must_use]
    pub fn services(&self, choice: &Choice) -> Events {
        let this = self.clone();
        this.drawn().closed = false;
        let choice = choice.clone();
        Events::to(move |event| match told(&event) {
            _ if is_chosen(&event, &choice) => {}
            Told::Line { done, line } => {
                this.under_way(done, None);
                this.line(&line);
            }
            Told::UnderWay { service, what } => this.under_way(service, Some(what)),
            Told::Nothing => {}
        })
    }

    /// Cases begin.
    pub fn cases(&self, count: usize) {
        if !self.output.draws {
            return;
        }
        let columns = self.output.side_style().width.saturating_sub(BESIDE).clamp(5, 40);
        let template = format!("{{bar:{columns}.dim}} {{pos}}/{{len}} cases, {{elapsed}} {{msg}}");
        let style = ProgressStyle::with_template(&template).expect("a valid template");
        let bar = ProgressBar::new(count as u64).with_style(style.progress_chars("━━─"));
        self.drawn().bar = Some(bar);
    }

    /// A case is judged.
    pub fn case(&self, case: &CaseReport, suite: Option<&SuiteReport>) {
        let text = if self.prints_cases {
            terminal::render_case(case, suite, self.output.style())
        } else {
            String::new()
        };
        self.is_spaced.store(text.is_empty() || text.ends_with("\n\n"), Ordering::Relaxed);
        let bar = self.drawn().bar.clone();
        match bar {
            // The bar is taken away while the lines are written, and drawn again below them.
            Some(bar) => {
                bar.inc(1);
                if !text.is_empty() {
                    bar.suspend(|| self.output.data(&text));
                }
            }
            None => self.output.data(&text),
        }
    }

    /// Nothing moves any more.
    pub fn done(&self) {
        let mut drawn = self.drawn();
        drawn.closed = true;
        drawn.under_way.clear();
        if let Some(bar) = drawn.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// The end of a run.
    pub fn summary(&self, report: &RunReport) {
        self.done();
        let space = if self.is_spaced.load(Ordering::Relaxed) { "" } else { "\n" };
        let summary = terminal::render_summary(report, self.output.style());
        self.output.data(&format!("{space}{summary}"));
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        // A panic elsewhere leaves a line that is still a line.
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, line: &str) {
        let (dim, reset) = match self.output.side_style().colour {
            Colour::On => ("\u{1b}[2m", "\u{1b}[0m"),
            Colour::Off => ("", ""),
        };
        let line = format!("{dim}{line}{reset}");
        match self.drawn().bar.as_ref() {
            Some(bar) => bar.suspend(|| self.output.say(&line)),
            None => self.output.say(&line),
        }
    }

    /// A service is at something, or no longer.
    fn under_way(&self, service: &str, what: Option<String>) {
        let mut drawn = self.drawn();
        if !self.output.draws || drawn.closed {
            return;
        }
        match what {
            Some(what) => drawn.under_way.insert(service.to_owned(), what),
            None => drawn.under_way.remove(service),
        };
        if drawn.under_way.is_empty() {
            if let Some(spinner) = drawn.bar.take() {
                spinner.finish_and_clear();
            }
            return;
        }
        let message = drawn.under_way.values().cloned().collect::<Vec<_>>().join(" · ");
        let spinner = drawn.bar.get_or_insert_with(|| {
            let spinner = ProgressBar::new_spinner();
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        spinner.set_message(message);
    }
}

/// Whether the event says only what the user said before.
fn is_chosen(event: &Event, choice: &Choice) -> bool {
    match event {
        Event::Found { service, kind, .. } => {
            choice.urls.contains_key(service) || choice.each.get(service).or(choice.all.as_ref()) == Some(kind)
        }
        // An address that was given by hand is asked nothing before the first case.
        Event::Ready { service, .. } => choice.urls.contains_key(service),
        _ => false,
    }
}

enum Told<'e> {
    /// Something is over: what the service was at is no longer under way.
    Line { done: &'e str, line: String },
    /// Something began.
    UnderWay { service: &'e str, what: String },
    /// Nothing that anybody waits for.
    Nothing,
}

/// What is said of an event.
fn told(event: &Event) -> Told<'_> {
    let line = |done, line| Told::Line { done, line };
    let under_way = |service, what| Told::UnderWay { service, what };
    match event {
        Event::Swept { leases } => line("", format!("swept what {leases} earlier run{} left behind", plural(*leases))),
        Event::Found { service, kind, why } => line("", format!("{service}: {kind}, {why}")),
        Event::Reusing { lease, services } => line("", format!("reusing what `parity env up` keeps ({lease}): {}", services.join(", "))),
        Event::Stale { lease, why } => line("", format!("not reusing what `parity env up` keeps ({lease}): {why}")),
        Event::Building { service, command } => under_way(service, format!("{service}: building, {command}")),
        Event::Pulling { service, image } => under_way(service, format!("{service}: pulling {image}")),
        Event::Waiting { service } => under_way(service, format!("{service}: another parity prepares the same data")),
        Event::Preparing { service } => under_way(service, format!("{service}: preparing its data, once")),
        Event::Starting { service, kind } => under_way(service, format!("{service}: starting its {kind}")),
        Event::Seeding { service, files } => under_way(service, format!("{service}: seeding from {files} file{}", plural(*files))),
        Event::Built { service, elapsed } => line(service, format!("{service}: built in {}", seconds(*elapsed))),
        Event::Pulled { service, elapsed } => line(service, format!("{service}: pulled in {}", seconds(*elapsed))),
        Event::Prepared { service, elapsed } => line(
            service,
            format!("{service}: data prepared in {}, kept for later runs", seconds(*elapsed)),
        ),
        Event::Ready { service, address, elapsed } => line(
            service,
            match address {
                Some(address) => format!("{service}: ready at {address} in {}", seconds(*elapsed)),
                // It was said what it is, and nobody waited for it.
                None if elapsed.as_millis() == 0 => return Told::Nothing,
                None => format!("{service}: ready in {}", seconds(*elapsed)),
            },
        ),
        Event::Stopping => under_way("", "stopping what was started".to_owned()),
        Event::Seeded { .. } | Event::Stopped { .. } => Told::Nothing,
    }
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn seconds(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        return format!("{} ms", elapsed.as_millis());
    }
    format!("{:.1} s", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(Duration::from_millis(240)), "240 ms");
        assert_eq!(seconds(Duration::from_millis(3_450)), "3.5 s");
    }
}
