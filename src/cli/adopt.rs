//! Rules and expected verdicts, added to the suite that they are for.

use crate::diagnostic::{Diagnostics, Source};
use crate::suite::{Suite, read_suite_with};

use super::context::Context;
use super::failure::Failure;
use super::files::replace;

/// Adds tables at the end of a suite's file, every byte before them untouched, once it is certain that they can be read: as
/// `complete` makes them, with something in place of what is still to be written.
///
/// # Errors
/// When the file changed since it was read, would not be a suite with them, or cannot be written.
pub fn append_as(suite: &Suite, added: &str, complete: impl Fn(&str) -> String, context: &Context) -> Result<(), Failure> {
    let path = context.folder.join(&suite.file);
    let now = std::fs::read_to_string(&path).map_err(|error| Failure::Usage(format!("cannot read `{}`: {error}", suite.file)))?;
    if now != *suite.text {
        return Err(Failure::Usage(format!(
            "`{}` changed while it was looked at: run the command again",
            suite.file
        )));
    }
    if let Some(key) = in_brackets(&now, added) {
        return Err(Failure::Usage(format!(
            "`{}` writes `{key}` as a list in brackets, to which no table can be added: write its entries as tables of their own, \
             `[[{key}]]`, and run the command again",
            suite.file
        )));
    }
    let line_break = if now.ends_with('\n') || now.is_empty() { "" } else { "\n" };
    let text = format!("{now}{line_break}{added}");
    read_as(suite, complete(&text))?;
    replace(&path, &text).map_err(|error| Failure::SetUp(format!("cannot write `{}`: {error}", suite.file)))
}

/// A suite with another text, and the same file of rows.
///
/// # Errors
/// When the text is no suite.
pub fn read_as(suite: &Suite, text: String) -> Result<Suite, Diagnostics> {
    read_suite_with(&Source::new(suite.file.as_str(), text), |wanted| match &suite.inputs {
        Some(inputs) => Ok(Source::new(inputs.file.as_str(), &*inputs.text)),
        None => Err(wanted.error("the suite names a file that it did not name before").into()),
    })
}

/// What of this the file has as `key = [ … ]`, which TOML lets nobody add `[[key]]` to.
fn in_brackets<'a>(text: &str, added: &'a str) -> Option<&'a str> {
    let document = toml::de::DeTable::parse(text).ok()?;
    let mut keys = added.lines().filter_map(|line| line.strip_prefix("[[")?.strip_suffix("]]"));
    keys.find(|key| {
        let entry = document.get_ref().iter().find(|(name, _)| name.get_ref() == key);
        // A table's header stands behind its own brackets, a list in brackets behind an equals sign.
        entry.is_some_and(|(name, _)| text[name.span().end..].trim_start_matches([' ', '\t', '"', '\'']).starts_with('='))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_brackets_are_told_from_tables() {
        for (text, added, found) in [
            ("expected = [{ case = 'a' }]\n", "[[expected]]\n", Some("expected")),
            ("\"expected\" = []\n", "[[expected]]\n", Some("expected")),
            ("[[expected]]\ncase = 'a'\n[[expected]]\ncase = 'b'\n", "[[expected]]\n", None),
            ("[[expected]]\ncase = 'a'\n", "[[error]]\n[error.legacy]\n", None),
            ("error = [{}]\n", "[[error]]\n[error.legacy]\n", Some("error")),
            ("# expected = []\n", "[[expected]]\n", None),
        ] {
            assert_eq!(in_brackets(text, added), found, "{text}");
        }
    }
}
