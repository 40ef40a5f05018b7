//! Media types, compared part by part.

use std::fmt;

/// A media type with its parameters (RFC 9110, section 8.3.1), normalised for comparison: names in lower case, parameters
/// sorted, and the `charset=utf-8` of a JSON type dropped, because JSON is UTF-8 whatever it says (RFC 8259, section 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    essence: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads the value of a `Content-Type` header; whatever it holds can be compared.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let mut parts = split_outside_quotes(header);
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let json = is_json(&essence);
        let mut parameters: Vec<(String, String)> = parts
            .filter_map(|part| {
                let part = part.trim();
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                let name = name.trim().to_ascii_lowercase();
                let mut value = unquote(value.trim());
                if name == "charset" {
                    value.make_ascii_lowercase();
                }
                let insignificant = name.is_empty() || (json && name == "charset" && value == "utf-8");
                (!insignificant).then_some((name, value))
            })
            .collect();
        parameters.sort();
        Self { essence, parameters }
    }

    /// Type and subtype, in lower case.
    #[must_use]
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// Whether bodies of this type are JSON: `application/json` and every `+json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        is_json(&self.essence)
    }

    /// Whether bodies of this type are XML (RFC 7303): `application/xml`, `text/xml` and every `+xml` but that of web pages.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        let page = self.essence == "application/xhtml+xml";
        matches!(self.essence.as_str(), "application/xml" | "text/xml") || (self.essence.ends_with("+xml") && !page)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        for (name, value) in &self.parameters {
            write!(f, "; {name}={value}")?;
        }
        Ok(())
    }
}

fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence.ends_with("+json")
}

fn split_outside_quotes(header: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    header.split(move |c| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '\\' if quoted && !was_escaped => escaped = true,
            '"' if !was_escaped => quoted = !quoted,
            _ => {}
        }
        c == ';' && !quoted
    })
}

fn unquote(value: &str) -> String {
    match value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_charset_of_json_is_insignificant() {
        let same = |a: &str, b: &str| MediaType::parse(a) == MediaType::parse(b);
        assert!(same("application/json; charset=utf-8", "application/json"));
        assert!(same("Application/JSON;CHARSET=\"UTF-8\"", "application/json"));
        assert!(same("application/problem+json; charset=utf-8", "application/problem+json"));
        assert!(same("text/html; charset=UTF-8", "text/html;charset=utf-8"));
        assert!(same("a/b; x=1; y=2", "a/b; y=2; x=1"));
        assert!(!same("application/json; charset=latin1", "application/json"));
        assert!(!same("text/html; charset=utf-8", "text/html"));
        assert!(!same("application/json; profile=x", "application/json"));
        assert!(!same("application/problem+json", "application/json"));
        assert!(!same("a/b; x=\"1;y=2\"", "a/b; x=1; y=2"));
    }

    #[test]
    fn json_and_xml_are_told_by_their_names() {
        for (header, json, xml) in [
            ("application/json", true, false),
            ("application/problem+json; charset=utf-8", true, false),
            ("text/xml; charset=utf-8", false, true),
            ("Application/XML", false, true),
            ("application/problem+xml", false, true),
            ("application/xhtml+xml", false, false),
            ("text/html", false, false),
            ("text/json", false, false),
        ] {
            let media_type = MediaType::parse(header);
            assert_eq!((media_type.is_json(), media_type.is_xml()), (json, xml), "{header}");
        }
    }
}
