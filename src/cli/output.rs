//! Where words go.

use std::io::{self, Write as _};

use crate::diagnostic::{self, Diagnostics};
use crate::report::{Colour, Style};
use crate::value;

use super::args::ColourChoice;
use super::context::Context;
use super::failure::Failure;

/// Standard output and standard error, with what is known of them.
#[derive(Debug, Clone)]
pub struct Output {
    stdout: Style,
    stderr: Style,
    /// Whether something that moves may be drawn on standard error.
    pub draws: bool,
}

/// The width where there is no terminal: lines that fit most logs.
const WIDTH: usize = 120;

impl Output {
    /// For these surroundings.
    #[must_use]
    pub fn new(context: &Context, choice: ColourChoice) -> Self {
        let width = rustix::termios::tcgetwinsize(io::stdout())
            .or_else(|_| rustix::termios::tcgetwinsize(io::stderr()))
            .map_or(WIDTH, |size| usize::from(size.ws_col).max(40));
        let style = |is_terminal| Style {
            colour: if context.colour(choice, is_terminal) {
                Colour::On
            } else {
                Colour::Off
            },
            width: if is_terminal { width } else { WIDTH },
        };
        Self {
            stdout: style(context.stdout_is_terminal),
            stderr: style(context.stderr_is_terminal),
            draws: context.stderr_is_terminal && !context.ci && !context.dumb,
        }
    }

    /// How text on standard output looks.
    #[must_use]
    pub const fn style(&self) -> Style {
        self.stdout
    }

    /// How text on standard error looks.
    #[must_use]
    pub const fn side_style(&self) -> Style {
        self.stderr
    }

    #[expect(clippy::unused_self, reason = "who prints was given an output")]
    /// Data. A reader that is gone (`| head`) is no failure, and nothing is left to say to it.
    pub fn data(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    #[expect(clippy::unused_self, reason = "who prints was given an output")]
    /// A line about what happens.
    pub fn say(&self, line: &str) {
        let mut stderr = io::stderr().lock();
        let _ = writeln!(stderr, "{line}");
    }

    /// Mistakes in files.
    pub fn diagnostics(&self, found: &Diagnostics) {
        let text = diagnostic::render(found, self.stderr.colour);
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Why a command could not do what it was told.
    pub fn failure(&self, failure: &Failure) {
        match failure {
            Failure::Invalid(found) | Failure::Unavailable(found) => self.diagnostics(found),
            Failure::Usage(_) | Failure::SetUp(_) | Failure::Interrupted => self.labelled("error", "1;31", &failure.to_string()),
            Failure::Start(error) => {
                self.labelled("error", "1;31", &error.to_string());
                if !error.log().is_empty() {
                    self.say("  the last that it wrote:");
                }
                for line in error.log() {
                    self.say(&format!("  | {}", value::visible(line)));
                }
                if let Some(help) = error.help() {
                    self.labelled("help", "1;36", &help);
                }
            }
        }
    }

    fn labelled(&self, label: &str, colour: &str, text: &str) {
        let (start, end) = match self.stderr.colour {
            Colour::On => (format!("\u{1b}[{colour}m"), "\u{1b}[0m"),
            Colour::Off => (String::new(), ""),
        };
        self.say(&format!("{start}{label}{end}: {text}"));
    }
}
