//! A suite with its parameters bound.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::exchange::{Headers, Request};

use super::model::RequestTemplate;

/// One question to both sides: `run-trace/run_id=34`; a suite without parameters has one case, which goes by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The suite's name.
    pub suite: String,
    /// The parameters.
    pub binding: Binding,
}

/// The values that a case gives to its suite's parameters; shown as `run_id=34,page=2`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding(pub Vec<Bound>);

/// One parameter with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The parameter's name.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// What the value stands for.
    pub is: Option<String>,
}

/// What may stand in a path segment as it is (RFC 3986, section 2.3); everything else a parameter holds is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Case {
    /// What the case stands for, where its suite says so: `no trace`.
    #[must_use]
    pub fn is(&self) -> Option<String> {
        let said: Vec<&str> = self.binding.0.iter().filter_map(|bound| bound.is.as_deref()).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// The request of one side.
    #[must_use]
    pub fn request(&self, template: &RequestTemplate) -> Request {
        Request {
            method: template.method.clone(),
            target: template.target.fill(|name| {
                let value = self.binding.get(name).unwrap_or_default();
                Cow::Owned(utf8_percent_encode(value, ENCODED).to_string())
            }),
            headers: Headers::default(),
            body: None,
        }
    }
}

impl Binding {
    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|bound| bound.name == name).map(|bound| bound.value.as_str())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binding.0.is_empty() {
            return f.write_str(&self.suite);
        }
        write!(f, "{}/{}", self.suite, self.binding)
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, bound) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{}={}", bound.name, bound.value)?;
        }
        Ok(())
    }
}
