//! Why a command could not do what it was told.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::environment::{PlanError, StartError};
use crate::report::Exit;
use crate::report::github::Trouble;
use crate::run::{PlanError as CasesError, RunError};

/// A failure of a command, as opposed to a verdict.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Files that people wrote, and their mistakes.
    #[error("{0}")]
    Invalid(Diagnostics),
    /// What was typed.
    #[error("{0}")]
    Usage(String),
    /// Services that are not to be had here: the files are well, this machine or what was chosen is not.
    #[error("{0}")]
    Unavailable(Diagnostics),
    /// Services that did not come up.
    #[error("{0}")]
    Start(StartError),
    /// Everything else that stands between the plan and the first request.
    #[error("{0}")]
    SetUp(String),
    /// The run was stopped before there was anything to report.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Invalid(_) | Self::Usage(_) => Exit::Usage,
            Self::Unavailable(_) | Self::Start(_) | Self::SetUp(_) => Exit::CannotCompare,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// What is wrong and where, for those who read no terminal.
    #[must_use]
    pub fn told(&self) -> Vec<Trouble> {
        match self {
            Self::Invalid(found) | Self::Unavailable(found) => found.iter().map(trouble).collect(),
            Self::Start(error) => {
                let help = error.help().map_or_else(String::new, |help| format!("\nhelp: {help}"));
                vec![Trouble {
                    place: None,
                    text: format!("{error}{help}"),
                }]
            }
            Self::Usage(text) | Self::SetUp(text) => vec![Trouble {
                place: None,
                text: text.clone(),
            }],
            Self::Interrupted => vec![Trouble {
                place: None,
                text: "interrupted before anything was judged".to_owned(),
            }],
        }
    }
}

fn trouble(found: &Diagnostic) -> Trouble {
    let place = found.primary.as_ref().map(|label| {
        let position = found.source.position(label.span.start);
        (found.source.file().to_owned(), position.line, position.column)
    });
    let notes = found.notes.iter().map(|note| format!("note: {note}"));
    let help = found.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<String> = std::iter::once(found.message.clone()).chain(notes).chain(help).collect();
    Trouble {
        place: place.or_else(|| Some((found.source.file().to_owned(), 1, 1))),
        text: lines.join("\n"),
    }
}

impl From<Diagnostics> for Failure {
    fn from(errors: Diagnostics) -> Self {
        Self::Invalid(errors)
    }
}

impl From<CasesError> for Failure {
    fn from(error: CasesError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::NoService { .. } | RunError::NoRequest { .. } => Self::Usage(error.to_string()),
            RunError::Record(_) | RunError::Snapshot(_) | RunError::Panicked(_) => Self::SetUp(error.to_string()),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Plan(PlanError::Invalid(errors)) => Self::Invalid(errors),
            StartError::Plan(PlanError::Unavailable(errors)) => Self::Unavailable(errors),
            other @ (StartError::Service { .. } | StartError::Cache { .. }) => Self::Start(other),
        }
    }
}
