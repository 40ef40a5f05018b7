//! A suite with its parameters bound.

use std::fmt;

use crate::exchange::Request;

use super::request::{Credentials, Filled, Given, RequestError, RequestTemplate};

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

impl Case {
    /// What the case stands for, where its suite says so: `no trace`.
    #[must_use]
    pub fn is(&self) -> Option<String> {
        let said: Vec<&str> = self.binding.0.iter().filter_map(|bound| bound.is.as_deref()).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// The request of one side.
    ///
    /// # Errors
    /// When a parameter or credential is missing, or does not read as the kind of value that the request asks for.
    pub fn request(&self, template: &RequestTemplate, credentials: &Credentials) -> Result<Request, RequestError> {
        template.fill(&|given| {
            let value = match given {
                Given::Parameter(name) => self.binding.get(name)?,
                Given::Credential(name) => credentials.get(name)?,
            };
            Some(Filled::Value(value.into()))
        })
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
