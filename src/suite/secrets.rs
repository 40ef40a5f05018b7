//! What a suite declares to be secret, and the labels that stand for it wherever something is shown or stored.
//!
//! A label says which secret it is and nothing of its value: `{env.KEY}` for a credential, `token-secret-2` for the second
//! declared value of the secret parameter `token`. The same secret has the same label in every run.

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
        credentials || self.parameter_names().into_iter().any(|name| self.is_secret(name))
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
            if self.is_secret(&bound.name) {
                bound.value = self.label(&bound.name, &bound.value);
            }
        }
        shown
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
        let of_case = bound.map(|bound| (bound.value.clone(), self.label(&bound.name, &bound.value)));
        let needed = Side::BOTH.into_iter().flat_map(|side| &self.request.get(side).credentials);
        let of_credentials = needed.filter_map(|needed| Some((credentials.get(&needed.name)?.to_owned(), label_of(&needed.name))));
        of_case.chain(of_credentials).filter(|(secret, _)| !secret.is_empty()).collect()
    }

    fn label(&self, parameter: &str, value: &str) -> String {
        let of_lists = self.parameters.iter().filter(|declared| declared.name == parameter);
        let of_lists = of_lists.flat_map(|declared| &declared.values).map(|one| one.text.as_str());
        let of_rows = self.rows.iter().flat_map(|row| &row.bound).filter(|bound| bound.name == parameter);
        let mut seen = std::collections::BTreeSet::new();
        let mut declared = of_rows
            .map(|bound| bound.value.as_str())
            .chain(of_lists)
            .filter(|value| seen.insert(*value));
        let number = declared.position(|declared| declared == value);
        let label = format!("{parameter}-secret-");
        match number {
            Some(number) => format!("{label}{}", number + 1),
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
