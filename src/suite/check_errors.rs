//! What can be checked of error rows only side by side.

use crate::rule::ErrorRow;

use super::check::Check;

impl Check<'_> {
    /// Error rows that tell errors apart can do so, and no error is named by two.
    pub fn error_rows(&mut self) {
        let paths = &self.suite.error_paths;
        for (place, (row, span)) in self.suite.errors.iter().zip(&self.spans.errors).enumerate() {
            for (key, says, known) in [
                ("code", row.legacy.code.is_some(), paths.code.is_some()),
                ("message", row.legacy.message.is_some(), paths.message.is_some()),
            ] {
                if says && !known {
                    let error = self
                        .error(
                            *span,
                            format!("the row names a `{key}`, and `[legacy]` does not say where errors carry it"),
                        )
                        .help(format!("add `error_{key} = \"/error/{key}\"` to `[legacy]`"));
                    self.found.push(error);
                }
            }
            if let Some(first) = self.suite.errors[..place].iter().position(|other| overlap(other, row)) {
                let error = self
                    .error(*span, format!("two error rows speak of the same error: {}", row.name()))
                    .also(self.spans.errors[first], "the other row")
                    .help("tell them apart by `status`, `code`, `message` or `when`");
                self.found.push(error);
            }
        }
    }
}

fn overlap(one: &ErrorRow, other: &ErrorRow) -> bool {
    fn both<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_none_or(|(one, other)| one == other)
    }
    one.legacy.status == other.legacy.status
        && both(one.legacy.code.as_ref(), other.legacy.code.as_ref())
        && both(one.legacy.message.as_ref(), other.legacy.message.as_ref())
        && !one
            .legacy
            .when
            .as_ref()
            .zip(other.legacy.when.as_ref())
            .is_some_and(|(one, other)| one.excludes(other))
}
