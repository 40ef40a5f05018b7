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
    /// Whether the terminal knows no more than lines of text, `TERM=dumb`: it gets no colours, and nothing that moves.
    pub dumb: bool,
    /// `NO_COLOR`, when it says something.
    pub no_color: bool,
    /// `CLICOLOR_FORCE`, when it says something other than 0.
    pub force_color: bool,
    /// `GITHUB_STEP_SUMMARY`: the file that a step of a GitHub job appends its summary to.
    pub step_summary: Option<PathBuf>,
    /// `GITHUB_WORKSPACE`: the root of the repository in a GitHub job.
    pub workspace: Option<PathBuf>,
}

impl Context {
    /// Asks the system.
    ///
    /// # Errors
    /// When the current folder cannot be read.
    pub fn capture() -> std::io::Result<Self> {
        let file = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Ok(Self {
            ci: says_yes(std::env::var("CI").ok().as_deref()),
            folder: std::env::current_dir()?,
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            dumb: std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
            no_color: set("NO_COLOR"),
            force_color: says_yes(std::env::var("CLICOLOR_FORCE").ok().as_deref()),
            step_summary: file("GITHUB_STEP_SUMMARY"),
            workspace: file("GITHUB_WORKSPACE"),
        })
    }

    /// What leads from the root of the repository to the current folder: `services/api/`, or nothing at the root or where
    /// nobody says what the root is.
    #[must_use]
    pub fn prefix(&self) -> String {
        let workspace = self.workspace.as_deref().unwrap_or(&self.folder);
        match self.folder.strip_prefix(workspace).ok().and_then(|below| below.to_str()) {
            None | Some("") => String::new(),
            Some(below) => format!("{below}/"),
        }
    }

    /// Whether to use colours on a stream (<https://no-color.org>, <https://bixense.com/clicolors>).
    #[must_use]
    pub const fn colour(&self, choice: ColourChoice, is_terminal: bool) -> bool {
        match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => !self.no_color && (self.force_color || (is_terminal && !self.dumb)),
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
        let context = |no_color, force_color, dumb| Context {
            ci: false,
            folder: PathBuf::new(),
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            dumb,
            no_color,
            force_color,
            step_summary: None,
            workspace: None,
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
                context(no_color, force, false).colour(choice, terminal),
                expected,
                "{choice:?} {no_color} {force} {terminal}"
            );
        }
        // A terminal that knows no colours.
        assert!(!context(false, false, true).colour(ColourChoice::Auto, true));
        assert!(context(false, true, true).colour(ColourChoice::Auto, true));
    }

    #[test]
    fn files_are_named_from_the_root_of_the_repository() {
        for (folder, workspace, prefix) in [
            ("/r/a/b", Some("/r"), "a/b/"),
            ("/r", Some("/r"), ""),
            ("/x", Some("/r"), ""),
            ("/x", None, ""),
        ] {
            let context = Context {
                ci: true,
                folder: folder.into(),
                stdout_is_terminal: false,
                stderr_is_terminal: false,
                dumb: false,
                no_color: false,
                force_color: false,
                step_summary: None,
                workspace: workspace.map(PathBuf::from),
            };
            assert_eq!(context.prefix(), prefix, "{folder} {workspace:?}");
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
