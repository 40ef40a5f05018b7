//! Rules that nobody has declared yet, as the text of a suite.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::path::Pattern;

/// A rule that could be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Draft {
    /// A translation at these paths.
    Translation {
        /// The word that declares it.
        word: &'static str,
        /// `from` or `at`.
        key: &'static str,
        /// Where.
        paths: Vec<Pattern>,
        /// What else it says, as TOML.
        options: Options,
    },
    /// A comparison.
    Comparison {
        /// The word that declares it.
        word: &'static str,
        /// Where.
        at: Pattern,
        /// What else it says, as TOML.
        options: Options,
    },
    /// A row of the error table.
    Error {
        /// Which errors of the legacy.
        legacy: Options,
        /// What the candidate owes.
        candidate: Options,
    },
    /// Another status of a success.
    Status {
        /// The legacy's.
        legacy: u16,
        /// The one that is owed.
        candidate: u16,
    },
}

/// Keys with their values, which are TOML already.
pub(super) type Options = Vec<(&'static str, String)>;

impl Draft {
    /// A translation that selects in the legacy's tree.
    pub fn from(word: &'static str, path: Pattern, options: Options) -> Self {
        Self::from_all(word, vec![path], options)
    }

    /// The same at several paths.
    pub fn from_all(word: &'static str, paths: Vec<Pattern>, options: Options) -> Self {
        Self::Translation {
            word,
            key: "from",
            paths,
            options,
        }
    }

    /// A translation that selects in the candidate's shape.
    pub fn at(word: &'static str, path: Pattern, options: Options) -> Self {
        Self::Translation {
            word,
            key: "at",
            paths: vec![path],
            options,
        }
    }

    /// A comparison.
    pub fn compare(word: &'static str, at: Pattern, options: Options) -> Self {
        Self::Comparison { word, at, options }
    }

    /// The word that declares it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Translation { word, .. } | Self::Comparison { word, .. } => word,
            Self::Error { .. } => "error",
            Self::Status { .. } => "status",
        }
    }

    /// Whether it selects in the legacy's tree, which it brings into the candidate's shape.
    pub fn is_of_shape(&self) -> bool {
        matches!(self, Self::Translation { key, .. } if *key == "from")
    }

    /// Whether it is a leniency on the candidate's side.
    pub const fn is_comparison(&self) -> bool {
        matches!(self, Self::Comparison { .. })
    }

    /// As a suite has it, with this reason.
    pub fn toml(&self, why: &str) -> String {
        let why = ("why", quoted(why));
        match self {
            Self::Translation { word, key, paths, options } => {
                let rule = [("rule", quoted(word)), (*key, texts(paths.iter().map(ToString::to_string)))];
                table("translation", rule.into_iter().chain(options.iter().cloned()).chain([why]))
            }
            Self::Comparison { word, at, options } => {
                let rule = [("rule", quoted(word)), ("at", quoted(&at.to_string()))];
                table("comparison", rule.into_iter().chain(options.iter().cloned()).chain([why]))
            }
            Self::Status { legacy, candidate } => {
                let statuses = [("legacy", legacy.to_string()), ("candidate", candidate.to_string())];
                table("status", statuses.into_iter().chain([why]))
            }
            Self::Error { legacy, candidate } => {
                let mut text = table("error", [why]);
                for (name, options) in [("legacy", legacy), ("candidate", candidate)] {
                    writeln!(text, "[error.{name}]").expect("writing to a String");
                    text.push_str(&lines(options.iter().cloned()));
                }
                text
            }
        }
    }

    /// This and the other as one rule, where they say the same at different paths.
    pub fn merged(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (
                Self::Translation { word, key, paths, options },
                Self::Translation {
                    word: its_word,
                    paths: its_paths,
                    options: its_options,
                    ..
                },
            ) if word == its_word && options == its_options => {
                let new = its_paths.iter().filter(|path| !paths.contains(path));
                Some(Self::Translation {
                    word,
                    key,
                    paths: paths.iter().chain(new).cloned().collect(),
                    options: options.clone(),
                })
            }
            _ => None,
        }
    }
}

fn table(name: &str, keys: impl IntoIterator<Item = (&'static str, String)>) -> String {
    format!("[[{name}]]\n{}", lines(keys))
}

/// One key a line, the values below each other.
fn lines(keys: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let keys: Vec<(&str, String)> = keys.into_iter().collect();
    let width = keys.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
    keys.iter().fold(String::new(), |mut text, (key, value)| {
        writeln!(text, "{key:width$} = {value}").expect("writing to a String");
        text
    })
}

/// One text, or a list of them.
pub(super) fn texts(texts: impl IntoIterator<Item = String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| quoted(&text)).collect();
    match texts.as_slice() {
        [only] => only.clone(),
        several if several.iter().map(String::len).sum::<usize>() > 100 => format!("[\n  {},\n]", several.join(",\n  ")),
        several => format!("[{}]", several.join(", ")),
    }
}

/// A TOML string: what JSON escapes TOML reads alike, and DEL besides.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is written").replace('\u{7f}', "\\u007f")
}

/// JSON in a TOML string, as literal as it can be.
pub(super) fn json(text: &str) -> String {
    if text.contains(['\'', '\u{7f}']) || text.chars().any(char::is_control) {
        return quoted(text);
    }
    format!("'{text}'")
}

/// A text in which nothing is taken for a parameter.
pub(super) fn without_parameters(text: &str) -> Cow<'_, str> {
    if text.contains(['{', '}']) {
        return Cow::Owned(text.replace('{', "{{").replace('}', "}}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn drafts_are_tables_of_a_suite() {
        let draft = Draft::at(
            "map",
            pattern("/a"),
            vec![("values", "[{ legacy = '[]', candidate = '\"\"' }]".to_owned())],
        );
        insta::assert_snapshot!(draft.toml(""), @r#"
        [[translation]]
        rule   = "map"
        at     = "/a"
        values = [{ legacy = '[]', candidate = '""' }]
        why    = ""
        "#);
        let draft = Draft::Error {
            legacy: vec![("status", "412".to_owned()), ("code", quoted("571"))],
            candidate: vec![("status", "404".to_owned())],
        };
        insta::assert_snapshot!(draft.toml("x"), @r#"
        [[error]]
        why = "x"
        [error.legacy]
        status = 412
        code   = "571"
        [error.candidate]
        status = 404
        "#);
    }

    #[test]
    fn rules_that_say_the_same_are_one() {
        let one = Draft::at("integer", pattern("/a"), Vec::new());
        let other = Draft::at("integer", pattern("/b"), Vec::new());
        let both = one.merged(&other).unwrap();
        assert!(both.toml("").contains("at   = [\"/a\", \"/b\"]"));
        assert_eq!(both.merged(&other), Some(both.clone()));
        let looser = Draft::at("integer", pattern("/b"), vec![("empty", quoted("null"))]);
        assert_eq!(one.merged(&looser), None);
    }

    #[test]
    fn json_is_literal_where_toml_lets_it() {
        assert_eq!(json("\"a\""), "'\"a\"'");
        assert_eq!(json("\"it's\""), "\"\\\"it's\\\"\"");
        assert_eq!(without_parameters("a {b}"), "a {{b}}");
    }
}
