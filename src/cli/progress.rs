//! What moves while services start and cases run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::environment::{Choice, Event, Events};
use crate::report::{CaseReport, Colour, RunReport, SuiteReport, terminal};

use super::output::Output;

/// A bar or a spinner on a terminal; plain lines elsewhere.
#[derive(Debug, Clone)]
pub struct Progress {
    output: Output,
    bar: Arc<Mutex<Option<ProgressBar>>>,
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
            bar: Arc::default(),
            prints_cases,
            is_spaced: Arc::new(AtomicBool::new(true)),
        }
    }

    /// What happens to services, one line each for what is worth a line, and a spinner for what is under way. What was
    /// chosen by hand is not said again.
    #[must_use]
    pub fn services(&self, choice: &Choice) -> Events {
        let this = self.clone();
        let choice = choice.clone();
        Events::to(move |event| match told(&event) {
            _ if is_chosen(&event, &choice) => {}
            Told::Line(line) => this.line(&line),
            Told::UnderWay(what) => this.spin(what),
            Told::Nothing => {}
        })
    }

    /// Cases begin.
    pub fn cases(&self, count: usize) {
        if !self.output.draws {
            return;
        }
        let style = ProgressStyle::with_template("{wide_bar:.dim} {pos}/{len} cases, {elapsed} {msg}").expect("a valid template");
        let bar = ProgressBar::new(count as u64).with_style(style.progress_chars("━━─"));
        *self.bar() = Some(bar);
    }

    /// A case is judged.
    pub fn case(&self, case: &CaseReport, suite: Option<&SuiteReport>) {
        let text = if self.prints_cases {
            terminal::render_case(case, suite, self.output.style())
        } else {
            String::new()
        };
        self.is_spaced.store(text.is_empty() || text.ends_with("\n\n"), Ordering::Relaxed);
        let bar = self.bar().clone();
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
        if let Some(bar) = self.bar().take() {
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

    fn bar(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        // A panic elsewhere leaves a bar that is still a bar.
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, line: &str) {
        let (dim, reset) = match self.output.side_style().colour {
            Colour::On => ("\u{1b}[2m", "\u{1b}[0m"),
            Colour::Off => ("", ""),
        };
        let line = format!("{dim}{line}{reset}");
        match self.bar().as_ref() {
            Some(bar) => bar.suspend(|| self.output.say(&line)),
            None => self.output.say(&line),
        }
    }

    fn spin(&self, what: String) {
        if !self.output.draws {
            return;
        }
        let mut bar = self.bar();
        let spinner = bar.get_or_insert_with(|| {
            let spinner = ProgressBar::new_spinner();
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        spinner.set_message(what);
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

enum Told {
    Line(String),
    UnderWay(String),
    Nothing,
}

/// What is said of an event.
fn told(event: &Event) -> Told {
    match event {
        Event::Swept { leases } => Told::Line(format!("swept what {leases} earlier run{} left behind", plural(*leases))),
        Event::Found { service, kind, why } => Told::Line(format!("{service}: {kind}, {why}")),
        Event::Reusing { lease, services } => Told::Line(format!("reusing what `parity env up` keeps ({lease}): {}", services.join(", "))),
        Event::Stale { lease, why } => Told::Line(format!("not reusing what `parity env up` keeps ({lease}): {why}")),
        Event::Building { service, command } => Told::UnderWay(format!("{service}: building, {command}")),
        Event::Pulling { service, image } => Told::UnderWay(format!("{service}: pulling {image}")),
        Event::Waiting { service } => Told::UnderWay(format!("{service}: another parity prepares the same data")),
        Event::Preparing { service } => Told::UnderWay(format!("{service}: preparing its data, once")),
        Event::Starting { service, kind } => Told::UnderWay(format!("{service}: starting its {kind}")),
        Event::Seeding { service, files } => Told::UnderWay(format!("{service}: seeding from {files} file{}", plural(*files))),
        Event::Built { service, elapsed } => Told::Line(format!("{service}: built in {}", seconds(*elapsed))),
        Event::Pulled { service, elapsed } => Told::Line(format!("{service}: pulled in {}", seconds(*elapsed))),
        Event::Prepared { service, elapsed } => {
            Told::Line(format!("{service}: data prepared in {}, kept for later runs", seconds(*elapsed)))
        }
        Event::Seeded { .. } => Told::Nothing,
        Event::Ready { service, address, elapsed } => Told::Line(match address {
            Some(address) => format!("{service}: ready at {address} in {}", seconds(*elapsed)),
            // It was said what it is, and nobody waited for it.
            None if elapsed.as_millis() == 0 => return Told::Nothing,
            None => format!("{service}: ready in {}", seconds(*elapsed)),
        }),
        Event::Stopping => Told::UnderWay("stopping what was started".to_owned()),
        Event::Stopped { .. } => Told::Nothing,
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
