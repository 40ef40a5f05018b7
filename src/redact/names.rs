//! Which names hold secrets.

use std::collections::BTreeSet;

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
}

fn contains(names: &BTreeSet<String>, name: &str) -> bool {
    names.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}
