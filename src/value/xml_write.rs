//! A tree that was read from XML, as XML again.

use std::fmt::Write as _;

use super::tree::{Object, Value};

/// The document of a tree that [`read_xml`](super::read_xml) made, perhaps with other texts in it: it is read as that tree.
/// Comments, prefixes and the blanks of the original are not in a tree, and so not in what is written of it.
#[must_use]
pub fn write_xml(document: &Value<'_>) -> String {
    let mut out = String::new();
    match document {
        Value::Object(Object { members }) if members.len() == 1 => element(&mut out, &members[0].name, &members[0].value),
        other => element(&mut out, "document", other),
    }
    out
}

fn element(out: &mut String, name: &str, value: &Value<'_>) {
    if let Value::Array(items) = value
        && !items.is_empty()
    {
        for item in items {
            element(out, name, item);
        }
        return;
    }
    let _ = write!(out, "<{name}");
    match value {
        Value::Object(Object { members }) => {
            for member in members {
                if let Some(attribute) = member.name.strip_prefix('@') {
                    let _ = write!(out, " {attribute}=\"");
                    escape(out, member.value.scalar_text().unwrap_or_default());
                    out.push('"');
                }
            }
            out.push('>');
            for member in members {
                match &*member.name {
                    "#text" => escape(out, member.value.scalar_text().unwrap_or_default()),
                    attribute if attribute.starts_with('@') => {}
                    name => element(out, name, &member.value),
                }
            }
        }
        scalar => {
            out.push('>');
            escape(out, scalar.scalar_text().unwrap_or_default());
        }
    }
    let _ = write!(out, "</{name}>");
}

/// Line ends and tabs as references, which attributes do not normalise.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_xml;
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_tree() {
        for text in [
            "<a/>",
            "<a>x</a>",
            "<oml:run xmlns:oml=\"http://openml.org/openml\"><oml:id>1</oml:id><!-- no --><oml:tag>a &amp; b</oml:tag><oml:tag/></oml:run>",
            "<a b=\"1&#10;&quot;2\" c=''>text <d>x</d> more &lt;<d e='f'>y</d></a>",
            "<a><b><c>1</c></b><b><c>2</c><c>3</c></b></a>",
        ] {
            let tree = read_xml(text.as_bytes()).unwrap();
            let written = write_xml(&tree);
            assert_eq!(read_xml(written.as_bytes()).unwrap(), tree, "{text}: {written}");
        }
    }
}
