//! A suite as plain data.

use std::sync::Arc;

use crate::exchange::{Encoding, PerSide};
use crate::path::Path;
use crate::rule::{Comparison, ErrorRow, ExpectedVerdict, Translation};

use super::case::{Binding, Bound, Case};
use super::request::RequestTemplate;

/// One endpoint's comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// The name by which it is called, and the name of its snapshot folder.
    pub name: String,
    /// What it is about, for people.
    pub title: Option<String>,
    /// Whether it is only reported: no gate fails for a draft.
    pub draft: bool,
    /// Where it was read, for messages.
    pub file: String,
    /// Its text as it was read, for the record.
    pub text: Arc<str>,
    /// BLAKE3 digest of its text, in hexadecimal.
    pub digest: String,
    /// What varies from case to case, in declared order.
    pub parameters: Vec<Parameter>,
    /// What each side is asked.
    pub request: PerSide<RequestTemplate>,
    /// What each side's successes are written in; `None` for what their media type says.
    pub encoding: PerSide<Option<Encoding>>,
    /// Where the legacy's errors carry their code and message.
    pub error_paths: ErrorPaths,
    /// Legacy to expected.
    pub translations: Vec<Translation>,
    /// How nodes are compared where plain equality is not meant.
    pub comparisons: Vec<Comparison>,
    /// What errors become.
    pub errors: Vec<ErrorRow>,
    /// Known defects.
    pub expected: Vec<ExpectedVerdict>,
    /// Which cases keep a snapshot.
    pub snapshots: SnapshotPolicy,
    /// The coverage that an audit must find at the least, from 0 to 1.
    pub coverage_floor: Option<f64>,
    /// Parameters whose values are never shown or stored.
    pub secret_parameters: Vec<String>,
}

/// Something that varies from case to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as in `{run_id}`.
    pub name: String,
    /// Its values, in declared order.
    pub values: Vec<ParameterValue>,
}

/// One value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterValue {
    /// The value as text, as it goes into the request.
    pub text: String,
    /// What it stands for: `no trace`.
    pub is: Option<String>,
}

/// Where an error document of the legacy carries what the error table tells errors apart by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorPaths {
    /// The error's code.
    pub code: Option<Path>,
    /// The error's message.
    pub message: Option<Path>,
    /// What the error says besides its message.
    pub information: Option<Path>,
}

/// Which cases of a suite keep a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SnapshotPolicy {
    /// Every declared case.
    #[default]
    All,
    /// None.
    None,
    /// The cases with these bindings, such as `run_id=34`.
    Only(Vec<String>),
}

impl Suite {
    /// The declared cases: every combination of parameter values, the last parameter varying fastest.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        self.cases_of(&self.parameters)
    }

    /// The cases of other values for the same parameters.
    #[must_use]
    pub fn cases_of(&self, parameters: &[Parameter]) -> Vec<Case> {
        let mut bindings = vec![Vec::new()];
        for parameter in parameters {
            bindings = bindings
                .iter()
                .flat_map(|binding: &Vec<Bound>| {
                    parameter.values.iter().map(|value| {
                        let mut binding = binding.clone();
                        binding.push(Bound {
                            name: parameter.name.clone(),
                            value: value.text.clone(),
                            is: value.is.clone(),
                        });
                        binding
                    })
                })
                .collect();
        }
        bindings
            .into_iter()
            .map(|bound| Case {
                suite: self.name.clone(),
                binding: Binding(bound),
            })
            .collect()
    }

    /// Whether a case with this binding keeps a snapshot.
    #[must_use]
    pub fn keeps_snapshot(&self, case: &Case) -> bool {
        match &self.snapshots {
            SnapshotPolicy::All => true,
            SnapshotPolicy::None => false,
            SnapshotPolicy::Only(bindings) => bindings.contains(&case.binding.to_string()),
        }
    }
}
