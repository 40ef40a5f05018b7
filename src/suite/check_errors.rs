//! What can be checked of error rows only side by side, or against what `[legacy]` says.

use crate::diagnostic::{Span, nearest};
use crate::rule::{ErrorRow, LEGACY, Message, SAID_BY_ERRORS, TextPattern};

use super::check::Check;

impl Check<'_> {
    /// Error rows that tell errors apart can do so, what they quote is there, and no error is named by two.
    pub fn error_rows(&mut self) {
        for (place, (row, span)) in self.suite.errors.iter().zip(&self.spans.errors).enumerate() {
            self.known_places(row, *span);
            self.success(row, *span);
            self.quoted(row, *span);
            let overlaps = |other: &ErrorRow| !other.legacy.excludes(&row.legacy);
            if let Some(first) = self.suite.errors[..place].iter().position(overlaps) {
                let error = self
                    .error(*span, format!("two error rows speak of the same error: {}", row.name()))
                    .also(self.spans.errors[first], "the other row")
                    .help("tell them apart by `status`, `code`, `message` or `when`");
                self.found.push(error);
            }
        }
    }

    /// What a row tells errors apart by, or quotes, is in a place that `[legacy]` names.
    fn known_places(&mut self, row: &ErrorRow, span: Span) {
        let paths = &self.suite.error_paths;
        let quotes = |name: &str| row.owed_names().contains(&format!("{LEGACY}{name}").as_str());
        for (key, name, says, known) in [
            // A code or a message that the row itself says is quoted from there.
            ("code", "code", row.legacy.code.is_some() || quotes("code"), paths.code.is_some()),
            (
                "message",
                "message",
                row.legacy.message.is_some() || quotes("message"),
                paths.message.is_some(),
            ),
            (
                "information",
                "additional_information",
                quotes("additional_information"),
                paths.information.is_some(),
            ),
        ] {
            if says && !known {
                let error = self
                    .error(
                        span,
                        format!("the row speaks of the error's `{name}`, and `[legacy]` does not say where errors carry it"),
                    )
                    .help(format!("add `error_{key} = \"/error/{name}\"` to `[legacy]`"));
                self.found.push(error);
            }
        }
    }

    /// A row for a success says which successes are errors.
    fn success(&mut self, row: &ErrorRow, span: Span) {
        let legacy = &row.legacy;
        let any = legacy.code.is_none() && legacy.message.is_none() && legacy.when.is_none();
        if (200..300).contains(&legacy.status) && any {
            let error = self
                .error(
                    span,
                    format!("the row takes every answer with status {} for an error", legacy.status),
                )
                .help("say which: `when = { path = \"/exists\", equals = '\"false\"' }` in `legacy`");
            self.found.push(error);
        }
    }

    /// Every `{legacy.name}` is something that an error says, or a group of the row's own pattern.
    fn quoted(&mut self, row: &ErrorRow, span: Span) {
        let groups: Vec<&str> = match &row.legacy.message {
            Some(Message::Pattern(pattern)) => TextPattern::groups(pattern).collect(),
            _ => Vec::new(),
        };
        if let Some(taken) = groups.iter().find(|group| SAID_BY_ERRORS.contains(*group)) {
            let error = self
                .error(
                    span,
                    format!("the group `{taken}` of `message_pattern` has the name of what `{{legacy.{taken}}}` is anyway"),
                )
                .help("give the group another name");
            self.found.push(error);
        }
        let known: Vec<&str> = SAID_BY_ERRORS.into_iter().chain(groups).collect();
        for name in row.owed_names() {
            let Some(said) = name.strip_prefix(LEGACY).filter(|said| !known.contains(said)) else {
                continue;
            };
            let help = match nearest(said, known.iter().copied()) {
                Some(near) => format!("did you mean `{{legacy.{near}}}`?"),
                None => format!("name a group in `message_pattern`: `(?<{said}>…)`"),
            };
            let error = self.error(span, format!("`{{legacy.{said}}}` is nothing that the row captures"));
            self.found.push(error.help(help));
        }
    }
}
