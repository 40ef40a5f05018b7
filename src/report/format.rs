//! The formats in which a run is told.

use std::fmt;

/// One way of telling a run; every one is made from the same [`RunReport`](super::RunReport).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people at a terminal.
    Terminal,
    /// One JSON document.
    Json,
    /// JUnit XML.
    Junit,
    /// A comment on a pull request.
    Markdown,
    /// Annotations and a job summary of GitHub Actions.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// One page for a browser, with nothing beside it.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::Terminal,
        Self::Json,
        Self::Junit,
        Self::Markdown,
        Self::Github,
        Self::Sarif,
        Self::Html,
    ];

    /// As it is written on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Html => "html",
        }
    }

    /// What it is for, in half a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Terminal => "For people: a line a case, what is wrong below it, and a summary",
            Self::Json => "For programs: one document, described by docs/schema/report.json",
            Self::Junit => "For test dashboards: JUnit XML",
            Self::Markdown => "For a comment on a pull request, of at most 65,536 characters",
            Self::Github => "For GitHub Actions: annotations on the lines of suites, and a job summary",
            Self::Sarif => "For code scanning: SARIF 2.1.0",
            Self::Html => "For a browser: one page with requests, answers and what each rule did",
        }
    }

    /// Whether it shows what the two sides answered, and so needs [`Evidence`](super::html::Evidence).
    #[must_use]
    pub const fn shows_answers(self) -> bool {
        match self {
            Self::Html => true,
            Self::Terminal | Self::Json | Self::Junit | Self::Markdown | Self::Github | Self::Sarif => false,
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
