//! The error table: what an error of the legacy becomes.

use super::condition::Condition;
use super::json_template::JsonTemplate;
use super::justification::{Justification, RuleName};
use super::template::Template;
use super::text_pattern::TextPattern;

/// One row of the error table.
///
/// In the texts of what is owed, `{name}` is a parameter, and `{legacy.code}`, `{legacy.message}`,
/// `{legacy.additional_information}` and `{legacy.group}` are what the legacy's error says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRow {
    /// Which answers of the legacy the row speaks of.
    pub legacy: LegacyError,
    /// What the candidate owes in their place.
    pub candidate: CandidateError,
    /// Whether its name says its message although it says a code: another row has the same code.
    pub named_by_message: bool,
    /// Why, and where it is declared.
    pub justification: Justification,
}

/// An error of the legacy, or a success that is one; a part that is not said is not looked at, but a part of the body that no
/// row claims is a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyError {
    /// The HTTP status.
    pub status: u16,
    /// The error's code, as the text that the legacy sends.
    pub code: Option<String>,
    /// The error's message.
    pub message: Option<Message>,
    /// What must hold of the answer besides.
    pub when: Option<Condition>,
}

/// Which message an error has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// This one.
    Exact(Template),
    /// One that matches as a whole; its named groups are captured.
    Pattern(TextPattern),
}

/// The answer that the candidate owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateError {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the answer, unless it has no body.
    pub media_type: String,
    /// The body.
    pub body: OwedBody,
}

/// The body of an answer that a row makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwedBody {
    /// A problem document (RFC 9457); its `status` member is the status of the answer.
    Problem(Problem),
    /// Any other document.
    Document(JsonTemplate),
    /// None, as with 204.
    Nothing,
}

/// A problem document; an absent member is one that the candidate must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The `type` member: a URI that names the kind of problem.
    pub problem_type: Option<Template>,
    /// The `title` member.
    pub title: Option<Template>,
    /// The `detail` member.
    pub detail: Option<Template>,
    /// The `code` member, an extension that keeps the legacy's number.
    pub code: Option<Template>,
    /// Further extension members.
    pub members: Vec<(String, JsonTemplate)>,
}

/// The names that `{legacy.name}` has in every row; the others are groups of its message pattern.
pub const SAID_BY_ERRORS: [&str; 3] = ["code", "message", "additional_information"];

impl ErrorRow {
    /// Its name in outputs: `error 412 571`.
    #[must_use]
    pub fn name(&self) -> RuleName {
        let LegacyError {
            status,
            code,
            message,
            when,
        } = &self.legacy;
        let mut name = format!("error {status}");
        let parts = [
            code.clone(),
            message
                .as_ref()
                .filter(|_| code.is_none() || self.named_by_message)
                .map(ToString::to_string),
            when.as_ref().map(|when| format!("when {when}")),
        ];
        for part in parts.into_iter().flatten() {
            name.push(' ');
            name.push_str(&part);
        }
        self.justification.named(name)
    }

    /// The names of parameters and captured parts in what is owed, in order, with repetitions.
    #[must_use]
    pub fn owed_names(&self) -> Vec<&str> {
        match &self.candidate.body {
            OwedBody::Problem(problem) => {
                let texts = [&problem.problem_type, &problem.title, &problem.detail, &problem.code];
                let members = problem.members.iter().flat_map(|(_, value)| value.names());
                texts.into_iter().flatten().flat_map(Template::parameters).chain(members).collect()
            }
            OwedBody::Document(document) => document.names(),
            OwedBody::Nothing => Vec::new(),
        }
    }
}

impl LegacyError {
    /// Whether the two surely never speak of one answer.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        fn differ<T>(one: Option<&T>, other: Option<&T>, differ: impl FnOnce(&T, &T) -> bool) -> bool {
            one.zip(other).is_some_and(|(one, other)| differ(one, other))
        }
        self.status != other.status
            || differ(self.code.as_ref(), other.code.as_ref(), |one, other| one != other)
            || differ(self.message.as_ref(), other.message.as_ref(), Message::excludes)
            || differ(self.when.as_ref(), other.when.as_ref(), Condition::excludes)
    }
}

impl Message {
    /// Whether the two surely never name one message.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            // Two texts with parameters in them are meant to be two messages, whatever a case's parameters are.
            (Self::Exact(one), Self::Exact(other)) => one != other,
            (Self::Pattern(one), Self::Pattern(other)) => one.excludes(other),
            (Self::Exact(text), Self::Pattern(pattern)) | (Self::Pattern(pattern), Self::Exact(text)) => match text.plain() {
                Some(text) => !pattern.is_match(&text),
                None => pattern.excludes_ends(&text.first_text(), &text.last_text()),
            },
        }
    }
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(text) => text.fmt(f),
            Self::Pattern(pattern) => write!(f, "like {pattern}"),
        }
    }
}
