//! Which names hold secrets.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::mask::MASKED;
use super::{members, pairs};

/// The names whose values are secrets, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretNames {
    /// Headers of requests and answers.
    pub headers: BTreeSet<String>,
    /// Parameters of queries and of forms, and members of JSON bodies.
    pub parameters: BTreeSet<String>,
}

impl Default for SecretNames {
    /// `Authorization`, `Proxy-Authorization`, `Cookie`, `Set-Cookie`, `X-Api-Key`; the parameter `api_key`.
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            headers: names(&["authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"]),
            parameters: names(&["api_key"]),
        }
    }
}

impl SecretNames {
    /// Whether a header's value is a secret.
    #[must_use]
    pub fn header(&self, name: &str) -> bool {
        contains(&self.headers, name)
    }

    /// Whether the value of a parameter or member is a secret.
    #[must_use]
    pub fn parameter(&self, name: &str) -> bool {
        contains(&self.parameters, name)
    }

    /// A target in which every value of a secret parameter is the same, masked before or not: what is left to tell requests
    /// apart by when the key of the masks is gone.
    #[must_use]
    pub fn target_without_secrets(&self, target: &str) -> String {
        match target.split_once('?') {
            Some((path, query)) => format!("{path}?{}", self.form_without_secrets(query)),
            None => target.to_owned(),
        }
    }

    /// The same for a form.
    #[must_use]
    pub fn form_without_secrets(&self, form: &str) -> String {
        pairs::replace(form, '&', |name| self.parameter(&pairs::decoded(name)), |_| MASKED.to_owned())
    }

    /// The same for a JSON document.
    #[must_use]
    pub fn document_without_secrets<'d>(&self, document: &'d str) -> Cow<'d, str> {
        members::replace(document, |name| self.parameter(name), |_| MASKED.to_owned())
    }
}

fn contains(names: &BTreeSet<String>, name: &str) -> bool {
    names.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_secrets_masked_and_unmasked_are_the_same() {
        let names = SecretNames::default();
        for value in ["abc", "masked:0123456789abcdef"] {
            assert_eq!(
                names.target_without_secrets(&format!("/x?a=1&api_key={value}")),
                "/x?a=1&api_key=masked:"
            );
            assert_eq!(names.form_without_secrets(&format!("API_KEY={value}&a=1")), "API_KEY=masked:&a=1");
            let document = format!(r#"{{"api_key":"{value}","a":1}}"#);
            assert_eq!(names.document_without_secrets(&document), r#"{"api_key":"masked:","a":1}"#);
        }
        assert_eq!(names.target_without_secrets("/api_key=abc"), "/api_key=abc");
    }
}
