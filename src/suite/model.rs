//! A suite as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::exchange::{Encoding, PerSide};
use crate::path::Path;
use crate::rule::{Comparison, ErrorRow, ExpectedVerdict, HeaderRule, StatusRule, Translation};

use super::case::{Binding, Bound, Case};
use super::private::Private;
use super::request::RequestTemplate;
use super::secrets::Labels;

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
    /// BLAKE3 digest of its text and of its inputs, in hexadecimal.
    pub digest: String,
    /// The file from which rows were read; they stand behind those of the suite's own.
    pub inputs: Option<Inputs>,
    /// What varies from case to case, in declared order: every value with every other, and with every row.
    pub parameters: Vec<Parameter>,
    /// Values that go together, in declared order; none is as one without values.
    pub rows: Vec<Row>,
    /// Combinations that are no cases: a case that has all of these values.
    pub exclude: Vec<Vec<(String, String)>>,
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
    /// What statuses of successes become.
    pub statuses: Vec<StatusRule>,
    /// What is owed in headers.
    pub headers: Vec<HeaderRule>,
    /// Known defects.
    pub expected: Vec<ExpectedVerdict>,
    /// Which cases keep a snapshot.
    pub snapshots: SnapshotPolicy,
    /// The coverage that an audit must find at the least, from 0 to 1.
    pub coverage_floor: Option<f64>,
    /// Parameters whose values are never shown or stored.
    pub secret_parameters: Vec<String>,
    /// What stands for each of their values.
    pub labels: Labels,
    /// What of the answers is never shown or stored.
    pub private: Private,
}

/// A file of rows, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// Where it was read, for messages.
    pub file: String,
    /// Its text, for the record.
    pub text: Arc<str>,
    /// BLAKE3 digest of its text, in hexadecimal.
    pub digest: String,
}

/// Something that varies from case to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as in `{run_id}`.
    pub name: String,
    /// Its values, in declared order.
    pub values: Vec<ParameterValue>,
}

/// Values of several parameters that go together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The values, in the order in which they are written; what the row stands for is with the first.
    pub bound: Vec<Bound>,
    /// What the row can be chosen by.
    pub tags: Vec<String>,
}

/// One value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterValue {
    /// The value as text, as it goes into the request.
    pub text: String,
    /// What it stands for: `no trace`.
    pub is: Option<String>,
    /// What it can be chosen by.
    pub tags: Vec<String>,
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

/// The tags of a suite's rows and values.
#[derive(Debug)]
pub struct Tags<'s> {
    of_rows: BTreeMap<Vec<(&'s str, &'s str)>, BTreeSet<&'s str>>,
    of_values: BTreeMap<(&'s str, &'s str), BTreeSet<&'s str>>,
    /// How many parameters are lists: a case has them behind those of its row.
    lists: usize,
}

impl Tags<'_> {
    /// The tags of a case: those of its row and of its values.
    #[must_use]
    pub fn of(&self, case: &Case) -> BTreeSet<&str> {
        let values = values(&case.binding.0);
        let of_row = self.of_rows.get(&values[..values.len().saturating_sub(self.lists)]);
        let of_values = values.iter().filter_map(|value| self.of_values.get(value));
        of_row.into_iter().chain(of_values).flatten().copied().collect()
    }
}

fn values(bound: &[Bound]) -> Vec<(&str, &str)> {
    bound.iter().map(|bound| (bound.name.as_str(), bound.value.as_str())).collect()
}

impl Suite {
    /// The declared cases: every row with every combination of parameter values, the last parameter varying fastest.
    #[must_use]
    pub fn cases(&self) -> Vec<Case> {
        self.cases_of(&self.rows, &self.parameters)
    }

    /// The cases of other rows and values for the same parameters.
    #[must_use]
    pub fn cases_of(&self, rows: &[Row], parameters: &[Parameter]) -> Vec<Case> {
        let mut bindings: Vec<Vec<Bound>> = rows.iter().map(|row| row.bound.clone()).collect();
        if self.rows.is_empty() {
            bindings.push(Vec::new());
        }
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
        let cases = bindings.into_iter().map(|bound| Case {
            suite: self.name.clone(),
            binding: Binding(bound),
        });
        cases.filter(|case| !self.excludes(case)).collect()
    }

    /// Whether a combination of values is declared to be no case.
    #[must_use]
    pub fn excludes(&self, case: &Case) -> bool {
        let has = |(name, value): &(String, String)| case.binding.get(name) == Some(value);
        self.exclude.iter().any(|excluded| excluded.iter().all(has))
    }

    /// The names of all parameters: of rows in the order in which they are first written, then of lists.
    #[must_use]
    pub fn parameter_names(&self) -> Vec<&str> {
        let of_rows = self.rows.iter().flat_map(|row| &row.bound).map(|bound| bound.name.as_str());
        let of_lists = self.parameters.iter().map(|parameter| parameter.name.as_str());
        let mut seen = BTreeSet::new();
        of_rows.chain(of_lists).filter(|name| seen.insert(*name)).collect()
    }

    /// Whether a case is one of a row: a row with fewer parameters is another.
    pub(super) fn is_of(&self, case: &Case, row: &Row) -> bool {
        let holds = |bound: &Bound| case.binding.get(&bound.name) == Some(&bound.value);
        case.binding.0.len() == row.bound.len() + self.parameters.len() && row.bound.iter().all(holds)
    }

    /// The expected verdict that speaks of a case: the first that names it, by labels where the case holds secrets.
    #[must_use]
    pub fn expected_of(&self, case: &Case) -> Option<&ExpectedVerdict> {
        if self.expected.is_empty() {
            return None;
        }
        let binding = self.shown_case(case).binding.to_string();
        self.expected.iter().find(|expected| expected.case.matches(&binding))
    }

    /// What its cases can be chosen by.
    #[must_use]
    pub fn tags(&self) -> Tags<'_> {
        let rows = self.rows.iter().filter(|row| !row.tags.is_empty());
        let mut of_rows: BTreeMap<Vec<(&str, &str)>, BTreeSet<&str>> = BTreeMap::new();
        for row in rows {
            let tags = row.tags.iter().map(String::as_str);
            of_rows.entry(values(&row.bound)).or_default().extend(tags);
        }
        let mut of_values: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for parameter in &self.parameters {
            for value in parameter.values.iter().filter(|value| !value.tags.is_empty()) {
                let tags = value.tags.iter().map(String::as_str);
                of_values.entry((&parameter.name, &value.text)).or_default().extend(tags);
            }
        }
        Tags {
            of_rows,
            of_values,
            lists: self.parameters.len(),
        }
    }

    /// Whether a case keeps a snapshot, which is called by labels where it holds secrets.
    #[must_use]
    pub fn keeps_snapshot(&self, case: &Case) -> bool {
        match &self.snapshots {
            SnapshotPolicy::All => true,
            SnapshotPolicy::None => false,
            SnapshotPolicy::Only(bindings) => bindings.contains(&self.shown_case(case).binding.to_string()),
        }
    }
}
