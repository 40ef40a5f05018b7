//! The text of a snapshot file: insta's header, and the contents that a reviewer approves.
//!
//! What is written here is, byte for byte, what `cargo insta accept` leaves behind, so that an accept changes nothing but the
//! file's name. Verified against cargo-insta 1.49.

use std::fmt::Write as _;

use crate::value::visible;

/// The header's fields. They are shown by `cargo insta review` and never judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// One line: what the case is.
    pub description: String,
    /// Further lines, each a name with a text.
    pub info: Vec<(&'static str, String)>,
}

/// A whole snapshot file.
#[must_use]
pub fn write(header: &Header, contents: &str) -> String {
    let mut out = String::with_capacity(contents.len() + 200);
    out.push_str("---\n");
    writeln!(out, "description: {}", scalar(&header.description)).expect("writing to a String");
    if !header.info.is_empty() {
        out.push_str("info:\n");
        for (name, text) in &header.info {
            writeln!(out, "  {name}: {}", scalar(text)).expect("writing to a String");
        }
    }
    out.push_str("---\n");
    out.push_str(contents.trim_end());
    out.push('\n');
    out
}

/// The contents of a snapshot file as insta compares them: without header, trailing blanks and the CR of CRLF.
#[must_use]
pub fn contents(file: &str) -> String {
    let body = match file.split_once('\n') {
        Some((first, rest)) if first.trim_end() == "---" => after_line(rest, |line| line.trim_end() == "---"),
        // insta's first format: the header ends with an empty line.
        _ => after_line(file, |line| line.trim_end().is_empty()),
    };
    body.replace("\r\n", "\n").trim_end().to_owned()
}

fn after_line(text: &str, ends: impl Fn(&str) -> bool) -> &str {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if ends(line) {
            return after;
        }
        rest = after;
    }
    ""
}

/// A text as insta's YAML writer emits it: plain where that is safe, else in double quotes.
fn scalar(text: &str) -> String {
    let text = visible(text);
    if !needs_quotes(&text) {
        return text.into_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn needs_quotes(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "yes", "Yes", "YES", "no", "No", "NO", "True", "TRUE", "true", "False", "FALSE", "false", "on", "On", "ON", "off", "Off", "OFF",
        "null", "Null", "NULL", "~",
    ];
    text.is_empty()
        || text.starts_with([' ', '&', '*', '?', '|', '-', '<', '>', '=', '!', '%', '@', '.'])
        || text.ends_with(' ')
        || text.contains([':', '{', '}', '[', ']', ',', '#', '`', '"', '\'', '\\'])
        || WORDS.contains(&text)
        || text.starts_with("0x")
        || text.parse::<i64>().is_ok()
        || text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(description: &str) -> Header {
        Header {
            description: description.into(),
            info: vec![("suite", "Trace of a run".into())],
        }
    }

    #[test]
    fn files_are_insta_files() {
        insta::assert_snapshot!(write(&header("run-trace/run_id=34: a trace"), "body\n\n"), @r#"
        ---
        description: "run-trace/run_id=34: a trace"
        info:
          suite: Trace of a run
        ---
        body
        "#);
    }

    #[test]
    fn contents_are_read_as_insta_reads_them() {
        for (file, read) in [
            ("---\na: b\n---\none\n---\ntwo\n", "one\n---\ntwo"),
            ("---\r\na: b\r\n---\r\none\r\ntwo \r\n\r\n", "one\ntwo"),
            ("---\na: b\n---\n  one  \n two", "  one  \n two"),
            ("---\nnever closed\n", ""),
            ("---\na: b\n---", ""),
            ("source: x\n\nold\n", "old"),
            ("", ""),
        ] {
            assert_eq!(contents(file), read, "{file:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_insta_leaves_behind(description in any::<String>(), info in any::<String>(), body in "[^\r]{0,60}") {
            let body = format!("{body}.");
            let header = Header { description: format!("d{description}"), info: vec![("suite", format!("s{info}"))] };
            let written = write(&header, &body);
            prop_assert_eq!(contents(&written), body);
            let folder = tempfile::tempdir().unwrap();
            let (pending, accepted) = (folder.path().join("x.snap.new"), folder.path().join("x.snap"));
            std::fs::write(&pending, &written).unwrap();
            insta::Snapshot::from_file(&pending).unwrap().save(&accepted).unwrap();
            prop_assert_eq!(std::fs::read_to_string(&accepted).unwrap(), written);
        }

        #[test]
        fn any_text_is_read(file in any::<String>()) {
            let read = contents(&file);
            prop_assert_eq!(read.trim_end(), &read);
        }
    }
}
