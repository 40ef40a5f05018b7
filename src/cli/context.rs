//! What the surroundings say, asked once.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use super::args::ColourChoice;

/// Facts about where the command runs.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any mixture occurs")]
pub struct Context {
    /// Whether this is a CI job: nothing is guessed, and no snapshot is written.
    pub ci: bool,
    /// Where relative paths of the command line start.
    pub folder: PathBuf,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// `NO_COLOR`, when it says something.
    pub no_color: bool,
    /// `CLICOLOR_FORCE`, when it says something other than 0.
    pub force_color: bool,
}

impl Context {
    /// Asks the system.
    ///
    /// # Errors
    /// When the current folder cannot be read.
    pub fn capture() -> std::io::Result<Self> {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Ok(Self {
            ci: says_yes(std::env::var("CI").ok().as_deref()),
            folder: std::env::current_dir()?,
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            no_color: set("NO_COLOR"),
            force_color: says_yes(std::env::var("CLICOLOR_FORCE").ok().as_deref()),
        })
    }

    /// Whether to use colours on a stream (<https://no-color.org>, <https://bixense.com/clicolors>).
    #[must_use]
    pub const fn colour(&self, choice: ColourChoice, is_terminal: bool) -> bool {
        match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => !self.no_color && (self.force_color || is_terminal),
        }
    }
}

/// Whether a variable that switches something on does so.
fn says_yes(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value, "" | "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_flag_then_variables_then_terminal() {
        let context = |no_color, force_color| Context {
            ci: false,
            folder: PathBuf::new(),
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            no_color,
            force_color,
        };
        for (choice, no_color, force, terminal, expected) in [
            (ColourChoice::Auto, false, false, true, true),
            (ColourChoice::Auto, false, false, false, false),
            (ColourChoice::Auto, true, false, true, false),
            (ColourChoice::Auto, false, true, false, true),
            (ColourChoice::Auto, true, true, true, false),
            (ColourChoice::Always, true, false, false, true),
            (ColourChoice::Never, false, true, true, false),
        ] {
            assert_eq!(
                context(no_color, force).colour(choice, terminal),
                expected,
                "{choice:?} {no_color} {force} {terminal}"
            );
        }
    }

    #[test]
    fn only_a_meant_yes_is_a_yes() {
        for (value, expected) in [
            (None, false),
            (Some(""), false),
            (Some("0"), false),
            (Some("false"), false),
            (Some("true"), true),
            (Some("1"), true),
        ] {
            assert_eq!(says_yes(value), expected, "{value:?}");
        }
    }
}
