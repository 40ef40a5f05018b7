//! The text phase: how a text is written.

use std::borrow::Cow;

use crate::rule::{Facts, LEGACY, Replacement, Template, Text, TextPattern};
use crate::value::Value;

use super::treatment::Made;

/// What a text rule makes of a value.
pub(super) fn rewrite<'a>(rule: &Text, value: &Value<'a>, facts: &Facts) -> Made<'a> {
    if let Text::Join { separator } = rule {
        return join(value, separator);
    }
    let Value::String(text) = value else {
        return Made::Unreadable("text".into());
    };
    let written = match rule {
        Text::Trim => part(text, str::trim),
        Text::Lower => lower(text),
        Text::UnescapeHtml { times } => unescape(text, *times),
        Text::EscapeHtml => changed(text, &html_escape::encode_quoted_attribute(&**text)),
        Text::Replace(replacements) => replace(text, replacements),
        Text::Template { pattern, to } => match fill(pattern, to, text, facts) {
            Some(filled) => (filled != **text).then_some(Cow::Owned(filled)),
            None => return Made::Unreadable(format!("text like `{pattern}`").into()),
        },
        Text::Join { .. } => None,
    };
    written.map_or(Made::Kept, |written| Made::Changed(Value::String(written)))
}

fn join<'a>(value: &Value<'a>, separator: &str) -> Made<'a> {
    match value {
        // A list of one that the legacy writes as the element itself.
        Value::String(_) => Made::Kept,
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items
                .iter()
                .map(|item| match item {
                    Value::String(text) => Some(&**text),
                    _ => None,
                })
                .collect();
            match texts {
                Some(texts) => Made::Changed(Value::String(Cow::Owned(texts.join(separator)))),
                None => Made::Unreadable("a list of texts".into()),
            }
        }
        _ => Made::Unreadable("a list of texts".into()),
    }
}

/// A part of a text, borrowed from the document where the text is; `None` when it is the whole.
fn part<'a>(text: &Cow<'a, str>, cut: fn(&str) -> &str) -> Option<Cow<'a, str>> {
    if cut(text).len() == text.len() {
        return None;
    }
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text)),
        Cow::Owned(text) => Cow::Owned(cut(text).to_owned()),
    })
}

fn changed<'a>(before: &str, after: &str) -> Option<Cow<'a, str>> {
    (before != after).then(|| Cow::Owned(after.to_owned()))
}

fn lower<'a>(text: &str) -> Option<Cow<'a, str>> {
    // Most texts that must be lower case are: looking is cheaper than writing.
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return None;
    }
    changed(text, &text.to_lowercase())
}

fn unescape<'a>(text: &str, times: u8) -> Option<Cow<'a, str>> {
    if !text.contains('&') {
        return None;
    }
    let mut written = text.to_owned();
    for _ in 0..times {
        match html_escape::decode_html_entities(&written) {
            Cow::Borrowed(_) => break,
            Cow::Owned(decoded) => written = decoded,
        }
    }
    (written != text).then_some(Cow::Owned(written))
}

fn replace<'a>(text: &str, replacements: &[Replacement]) -> Option<Cow<'a, str>> {
    let mut written = Cow::Borrowed(text);
    for Replacement { pattern, with } in replacements {
        if let Cow::Owned(replaced) = pattern.regex().replace_all(&written, with.as_str()) {
            written = Cow::Owned(replaced);
        }
    }
    changed(text, &written)
}

/// The template with the parts of the text that the pattern's groups matched; `None` when the text does not match.
fn fill(pattern: &TextPattern, to: &Template, text: &str, facts: &Facts) -> Option<String> {
    let captures = pattern.regex().captures(text)?;
    Some(to.fill(|name| match name.strip_prefix(LEGACY) {
        Some(group) => captures.name(group).map_or("", |found| found.as_str()).into(),
        None => facts.parameter(name).unwrap_or_default().into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{compact, read};
    use proptest::prelude::*;

    fn facts() -> Facts {
        Facts {
            parameters: vec![("run_id".into(), "34".into())],
            ..Facts::default()
        }
    }

    /// The value after the rule as JSON, `=` where it is kept, `?` and what is wanted where it cannot be read.
    fn made(rule: &Text, json: &str) -> String {
        match rewrite(rule, &read(json.as_bytes()).unwrap(), &facts()) {
            Made::Changed(value) => compact(&value),
            Made::Kept => "=".to_owned(),
            Made::Unreadable(wanted) => format!("?{wanted}"),
        }
    }

    fn replacing(pattern: &str, with: &str) -> Replacement {
        Replacement {
            pattern: TextPattern::part(pattern).unwrap(),
            with: with.to_owned(),
        }
    }

    fn template(pattern: &str, to: &str) -> Text {
        Text::Template {
            pattern: TextPattern::whole(pattern).unwrap(),
            to: Template::parse(to).unwrap(),
        }
    }

    #[test]
    fn each_rule_writes_a_text_anew() {
        let join = Text::Join { separator: ", ".into() };
        let once = Text::UnescapeHtml { times: 1 };
        let twice = Text::UnescapeHtml { times: 2 };
        let replace = Text::Replace(vec![replacing(":80/", "/")]);
        let swap = Text::Replace(vec![replacing("(?<a>[a-z]+)-([0-9]+)", "$2-${a}$$")]);
        let chain = Text::Replace(vec![replacing("a", "b"), replacing("b", "c")]);
        let run = template("Run (?<id>[0-9]+) not found\\.?", "Run {legacy.id} of {run_id}{{}}");
        let optional = template("(?<word>[a-z]+)(?<number>[0-9]+)?", "{legacy.word}:{legacy.number}");
        for (rule, value, expected) in [
            (&Text::Trim, "\"  a b\\n\"", "\"a b\""),
            (&Text::Trim, "\"\u{a0}a\u{3000}\"", "\"a\""),
            (&Text::Trim, "\"a\"", "="),
            (&Text::Trim, "\" \"", "\"\""),
            (&Text::Trim, "7", "?text"),
            (&Text::Trim, "[]", "?text"),
            (&Text::Trim, "null", "?text"),
            (&Text::Lower, "\"AbÉ\"", "\"abé\""),
            (&Text::Lower, "\"abc 7\"", "="),
            (&Text::Lower, "\"é\"", "="),
            (&Text::Lower, "true", "?text"),
            (&join, "[\"a\",\"b\"]", "\"a, b\""),
            (&join, "[\"a\"]", "\"a\""),
            (&join, "[]", "\"\""),
            (&join, "\"a\"", "="),
            (&join, "[\"a\",1]", "?a list of texts"),
            (&join, "{}", "?a list of texts"),
            (
                &once,
                "\"a &amp;amp; &lt;b&gt; &eacute;&#233;&#xe9; &quot;&#039;\"",
                "\"a &amp; <b> ééé \\\"'\"",
            ),
            (&twice, "\"a &amp;quot;b&amp;quot;\"", "\"a \\\"b\\\"\""),
            (&twice, "\"a &amp; b\"", "\"a & b\""),
            (&once, "\"R&D; &nosuch; &\"", "="),
            (&once, "[]", "?text"),
            (
                &Text::EscapeHtml,
                "\"<a href=\\\"x\\\">R&D's</a>\"",
                "\"&lt;a href=&quot;x&quot;&gt;R&amp;D&#x27;s&lt;/a&gt;\"",
            ),
            (&Text::EscapeHtml, "\"plain\"", "="),
            (&replace, "\"http://a:80/b:80/\"", "\"http://a/b/\""),
            (&replace, "\"http://a:8080/\"", "="),
            (&replace, "12", "?text"),
            (&swap, "\"x ab-12 y cd-3\"", "\"x 12-ab$ y 3-cd$\""),
            (&chain, "\"ab\"", "\"cc\""),
            (&run, "\"Run 7 not found.\"", "\"Run 7 of 34{}\""),
            (&run, "\"No Run 7 not found.\"", "?text like `Run (?<id>[0-9]+) not found\\.?`"),
            (&run, "{}", "?text"),
            (&optional, "\"ab1\"", "\"ab:1\""),
            (&optional, "\"ab\"", "\"ab:\""),
        ] {
            assert_eq!(made(rule, value), expected, "{} of {value}", rule.word());
        }
    }

    #[test]
    fn a_trimmed_text_is_a_part_of_the_document() {
        let document = read(b"\"  a  \"").unwrap();
        let Made::Changed(Value::String(text)) = rewrite(&Text::Trim, &document, &facts()) else {
            panic!("trimmed")
        };
        assert!(matches!(text, Cow::Borrowed("a")));
    }

    fn rules() -> Vec<Text> {
        vec![
            Text::Join { separator: "-".into() },
            Text::UnescapeHtml { times: 2 },
            Text::Trim,
            Text::Lower,
            Text::Replace(vec![replacing("[a-c]+(.)", "<$1>")]),
            template("(?<a>.)(?<b>(?s).*)", "{legacy.b}{legacy.a}"),
            Text::EscapeHtml,
        ]
    }

    proptest! {
        #[test]
        fn what_is_changed_is_not_what_it_was(text in any::<String>()) {
            for rule in rules() {
                if let Made::Changed(value) = rewrite(&rule, &Value::string(text.clone()), &Facts::default()) {
                    prop_assert_ne!(value, Value::string(text.clone()), "{}", rule.word());
                }
            }
        }

        #[test]
        fn what_is_escaped_reads_back_as_it_was(text in any::<String>()) {
            let value = Value::string(text.clone());
            let escaped = match rewrite(&Text::EscapeHtml, &value, &Facts::default()) {
                Made::Changed(escaped) => escaped,
                _ => value.clone(),
            };
            // A text that has a reference in it is escaped too, so that one pass of unescaping gives it back.
            let back = match rewrite(&Text::UnescapeHtml { times: 1 }, &escaped, &Facts::default()) {
                Made::Changed(back) => back,
                _ => escaped,
            };
            prop_assert_eq!(back, value);
        }

        #[test]
        fn trimmed_and_lowered_twice_is_once(text in any::<String>()) {
            for rule in [Text::Trim, Text::Lower] {
                let value = Value::string(text.clone());
                if let Made::Changed(once) = rewrite(&rule, &value, &Facts::default()) {
                    // One capital letter has a lower case that itself has one: İ.
                    let again = matches!(rewrite(&rule, &once, &Facts::default()), Made::Kept);
                    prop_assert!(again || text.contains('İ'), "{:?}", once);
                }
            }
        }
    }
}
