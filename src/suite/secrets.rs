//! What a suite declares to be secret, and the labels that stand for it wherever something is shown or stored.
//!
//! A label says which secret it is and nothing of its value: `{env.KEY}` for a credential, `token-secret-2` for the second
//! declared value of the secret parameter `token`. The same secret has the same label in every run.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::exchange::{PerSide, Request, Side};

use super::case::Case;
use super::model::Suite;
use super::request::{Credentials, Filled, Given, RequestError};

/// A parameter of that name is a secret, whether the suite says so or not.
const ALWAYS: &str = "api_key";

impl Suite {
    /// Whether a case or request of this suite holds a secret that it declares.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        let credentials = Side::BOTH.into_iter().any(|side| !self.request.get(side).credentials.is_empty());
        credentials || !self.labels.0.is_empty()
    }

    /// Whether the values of a parameter are secrets.
    #[must_use]
    pub fn is_secret(&self, parameter: &str) -> bool {
        parameter.eq_ignore_ascii_case(ALWAYS) || self.secret_parameters.iter().any(|secret| secret == parameter)
    }

    /// The case with labels in the place of secrets: what is stored, shown, and told apart by name.
    #[must_use]
    pub fn shown_case(&self, case: &Case) -> Case {
        let mut shown = case.clone();
        for bound in &mut shown.binding.0 {
            if let Cow::Owned(label) = self.shown_value(&bound.name, &bound.value) {
                bound.value = label;
            }
        }
        shown
    }

    /// The value of a parameter, or the label that stands in its place.
    #[must_use]
    pub fn shown_value<'v>(&self, parameter: &str, value: &'v str) -> Cow<'v, str> {
        if self.is_secret(parameter) {
            Cow::Owned(self.labels.label(parameter, value))
        } else {
            Cow::Borrowed(value)
        }
    }

    /// The declared cases as they are shown.
    #[must_use]
    pub fn shown_cases(&self) -> Vec<Case> {
        let mut cases = self.cases();
        if self.has_secrets() {
            for case in &mut cases {
                *case = self.shown_case(case);
            }
        }
        cases
    }

    /// Both requests of a case that [`shown_case`](Self::shown_case) made, with labels in the place of secrets.
    ///
    /// # Errors
    /// When a parameter is missing, or does not read as the kind of value that the request asks for.
    pub fn shown_requests(&self, shown: &Case) -> Result<PerSide<Request>, RequestError> {
        let request = |side| {
            self.request.get(side).fill(&|given| match given {
                Given::Parameter(name) => {
                    let value = shown.binding.get(name)?;
                    Some(if self.is_secret(name) {
                        Filled::Label(value.to_owned())
                    } else {
                        Filled::Value(value.into())
                    })
                }
                Given::Credential(name) => Some(Filled::Label(label_of(name))),
            })
        };
        Ok(PerSide {
            legacy: request(Side::Legacy)?,
            candidate: request(Side::Candidate)?,
        })
    }

    /// Every secret of a case with its label.
    #[must_use]
    pub fn secrets(&self, case: &Case, credentials: &Credentials) -> Vec<(String, String)> {
        let bound = case.binding.0.iter().filter(|bound| self.is_secret(&bound.name));
        let of_case = bound.map(|bound| (bound.value.clone(), self.labels.label(&bound.name, &bound.value)));
        let needed = Side::BOTH.into_iter().flat_map(|side| &self.request.get(side).credentials);
        let of_credentials = needed.filter_map(|needed| Some((credentials.get(&needed.name)?.to_owned(), label_of(&needed.name))));
        of_case.chain(of_credentials).filter(|(secret, _)| !secret.is_empty()).collect()
    }
}

/// The values of secret parameters, each with its number among the declared ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, BTreeMap<String, usize>>);

impl Labels {
    pub(super) fn of(suite: &Suite) -> Self {
        let of_rows = suite.rows.iter().flat_map(|row| &row.bound);
        let of_rows = of_rows.map(|bound| (bound.name.as_str(), bound.value.as_str()));
        let of_lists = suite
            .parameters
            .iter()
            .flat_map(|list| list.values.iter().map(|value| (list.name.as_str(), value.text.as_str())));
        let declared = of_rows.chain(of_lists);
        Self::numbered(declared.filter(|(parameter, _)| suite.is_secret(parameter)))
    }

    /// Numbers the values of each parameter in the order in which they come first.
    fn numbered<'v>(declared: impl Iterator<Item = (&'v str, &'v str)>) -> Self {
        let mut numbers: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (parameter, value) in declared {
            let of_parameter = numbers.entry(parameter.to_owned()).or_default();
            let next = of_parameter.len() + 1;
            of_parameter.entry(value.to_owned()).or_insert(next);
        }
        Self(numbers)
    }

    fn label(&self, parameter: &str, value: &str) -> String {
        let label = format!("{parameter}-secret-");
        match self.0.get(parameter).and_then(|numbers| numbers.get(value)) {
            Some(number) => format!("{label}{number}"),
            // A label has itself for a label: a suite is read again from its record.
            None if value.starts_with(&label) => value.to_owned(),
            None => format!("{label}new"),
        }
    }
}

/// Whether a text names a parameter whose values are secrets.
pub(super) fn names_secret(text: &str, declared: &[String]) -> bool {
    declared.iter().any(|secret| text.contains(secret)) || text.to_ascii_lowercase().contains(ALWAYS)
}

fn label_of(credential: &str) -> String {
    format!("{{env.{credential}}}")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn every_value_is_numbered_once_and_looked_up_by_itself() {
        const VALUES: usize = 20_000;
        let texts: Vec<String> = (0..VALUES).map(|number| format!("secret {}", number / 2)).collect();
        let looked = Cell::new(0);
        let labels = Labels::numbered(texts.iter().map(|text| {
            looked.set(looked.get() + 1);
            ("token", text.as_str())
        }));
        for (place, text) in texts.iter().enumerate() {
            assert_eq!(labels.label("token", text), format!("token-secret-{}", place / 2 + 1));
        }
        // To give a label nobody goes through the values again.
        assert_eq!(looked.get(), VALUES);
        assert_eq!(labels.label("token", "another"), "token-secret-new");
        assert_eq!(labels.label("token", "token-secret-7"), "token-secret-7");
    }
}
