//! What to ask, in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::nearest;
use crate::suite::{Bound, Case, Parameter, ParameterValue, Row, Suite};

/// Every case of a run, in order.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The suites, in the order of their names.
    pub suites: Vec<PlannedSuite>,
    /// Whether all declared cases of all known suites are in it, and no others.
    pub full: bool,
}

/// A suite with the cases to ask.
#[derive(Debug, Clone)]
pub struct PlannedSuite {
    /// The suite.
    pub suite: Arc<Suite>,
    /// Its cases, in declared order.
    pub cases: Vec<PlannedCase>,
    /// Whether these are exactly its declared cases.
    pub full: bool,
}

/// A case to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCase {
    /// The case.
    pub case: Case,
    /// The case as it is shown, with labels in the place of secrets: it goes by that name everywhere.
    pub shown: Case,
    /// Whether it exists on the command line only.
    pub ad_hoc: bool,
    /// What it can be chosen by.
    pub tags: BTreeSet<String>,
}

/// What a command line narrows a run to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names of suites; none is all.
    pub suites: Vec<String>,
    /// Values for parameters in place of the declared ones.
    pub parameters: Vec<(String, Vec<String>)>,
}

/// Why there is no such plan; texts as lowercase fragments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No suite of that name.
    #[error("no suite is called `{name}`{}", hint(.near.as_deref(), .known))]
    UnknownSuite {
        /// The name.
        name: String,
        /// The nearest one there is.
        near: Option<String>,
        /// Every one there is.
        known: Vec<String>,
    },
    /// No selected suite has a parameter of that name.
    #[error("no selected suite has a parameter `{name}`{}", hint(.near.as_deref(), .known))]
    UnknownParameter {
        /// The name.
        name: String,
        /// The nearest one there is.
        near: Option<String>,
        /// Every one there is.
        known: Vec<String>,
    },
    /// No selected case has a tag.
    #[error("no selected case has the tag `{name}`{}", hint(.near.as_deref(), .known))]
    UnknownTag {
        /// The tag.
        name: String,
        /// The nearest one there is.
        near: Option<String>,
        /// Every one there is.
        known: Vec<String>,
    },
    /// A parameter given twice.
    #[error("`--param {0}=…` is given twice: write its values in one list, `{0}=34,35`")]
    ParameterTwice(String),
}

fn hint(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!(": did you mean `{near}`?"),
        None if known.is_empty() => ": there are none".to_owned(),
        None => format!(
            ": there is {}",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

impl Plan {
    /// The cases of the selected suites. A value from the command line that is declared keeps what is said of it; one that
    /// is not makes a case of its own.
    ///
    /// # Errors
    /// When a name of the selection is unknown.
    pub fn new(suites: &[Arc<Suite>], selection: &Selection) -> Result<Self, PlanError> {
        let selected = select(suites, &selection.suites)?;
        check_parameters(&selected, &selection.parameters)?;
        let planned: Vec<PlannedSuite> = selected.iter().map(|suite| plan_suite(suite, &selection.parameters)).collect();
        Ok(Self {
            full: selected.len() == suites.len() && planned.iter().all(|suite| suite.full),
            suites: planned,
        })
    }

    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.suites.iter().map(|suite| suite.cases.len()).sum()
    }

    /// Whether there is nothing to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn select(suites: &[Arc<Suite>], names: &[String]) -> Result<Vec<Arc<Suite>>, PlanError> {
    if names.is_empty() {
        return Ok(suites.to_vec());
    }
    let known = || suites.iter().map(|suite| suite.name.clone()).collect::<Vec<_>>();
    for name in names {
        if !suites.iter().any(|suite| suite.name == *name) {
            return Err(PlanError::UnknownSuite {
                name: name.clone(),
                near: nearest(name, suites.iter().map(|suite| suite.name.as_str())).map(str::to_owned),
                known: known(),
            });
        }
    }
    Ok(suites.iter().filter(|suite| names.contains(&suite.name)).cloned().collect())
}

fn check_parameters(suites: &[Arc<Suite>], parameters: &[(String, Vec<String>)]) -> Result<(), PlanError> {
    let known: BTreeSet<&str> = suites.iter().flat_map(|suite| suite.parameter_names()).collect();
    let mut seen = BTreeSet::new();
    for (name, _) in parameters {
        if !known.contains(name.as_str()) {
            return Err(PlanError::UnknownParameter {
                name: name.clone(),
                near: nearest(name, known.iter().copied()).map(str::to_owned),
                known: known.iter().map(|name| (*name).to_owned()).collect(),
            });
        }
        if !seen.insert(name) {
            return Err(PlanError::ParameterTwice(name.clone()));
        }
    }
    Ok(())
}

fn plan_suite(suite: &Arc<Suite>, overrides: &[(String, Vec<String>)]) -> PlannedSuite {
    let declared: BTreeSet<String> = suite.cases().iter().map(|case| case.binding.to_string()).collect();
    let parameters: Vec<Parameter> = suite.parameters.iter().map(|parameter| narrow(parameter, overrides)).collect();
    let tags = suite.tags();
    let cases: Vec<PlannedCase> = suite
        .cases_of(&chosen_rows(suite, overrides), &parameters)
        .into_iter()
        .map(|case| PlannedCase {
            ad_hoc: !declared.contains(&case.binding.to_string()),
            tags: tags.of(&case).into_iter().map(str::to_owned).collect(),
            shown: suite.shown_case(&case),
            case,
        })
        .collect();
    let full = cases.len() == declared.len() && cases.iter().all(|case| !case.ad_hoc);
    PlannedSuite {
        suite: Arc::clone(suite),
        cases,
        full,
    }
}

/// The rows that have the values of the command line; where it names all that a row has, those that are not declared as well.
fn chosen_rows(suite: &Suite, overrides: &[(String, Vec<String>)]) -> Vec<Row> {
    let named = |bound: &Bound| overrides.iter().find(|(name, _)| *name == bound.name);
    let fits = |bound: &Bound| named(bound).is_none_or(|(_, values)| values.contains(&bound.value));
    let mut chosen: Vec<Row> = suite.rows.iter().filter(|row| row.bound.iter().all(fits)).cloned().collect();
    let Some(first) = suite.rows.first() else { return chosen };
    let given: Option<Vec<&(String, Vec<String>)>> = first.bound.iter().map(named).collect();
    let mut made = vec![Row::default()];
    for (name, values) in given.into_iter().flatten() {
        made = made
            .iter()
            .flat_map(|row| {
                values.iter().map(|value| {
                    let mut row = row.clone();
                    row.bound.push(Bound {
                        name: name.clone(),
                        value: value.clone(),
                        is: None,
                    });
                    row
                })
            })
            .collect();
    }
    let values = |row: &Row| {
        row.bound
            .iter()
            .map(|bound| (bound.name.clone(), bound.value.clone()))
            .collect::<Vec<_>>()
    };
    made.retain(|row| !row.bound.is_empty() && !chosen.iter().any(|declared| values(declared) == values(row)));
    chosen.append(&mut made);
    chosen
}

fn narrow(parameter: &Parameter, overrides: &[(String, Vec<String>)]) -> Parameter {
    let Some((_, values)) = overrides.iter().find(|(name, _)| *name == parameter.name) else {
        return parameter.clone();
    };
    let mut seen = BTreeSet::new();
    let values = values.iter().filter(|text| seen.insert(text.as_str())).map(|text| {
        let declared = parameter.values.iter().find(|value| value.text == *text);
        declared.cloned().unwrap_or_else(|| ParameterValue {
            text: text.clone(),
            is: None,
            tags: Vec::new(),
        })
    });
    Parameter {
        name: parameter.name.clone(),
        values: values.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::suite::read_suite;

    fn suites() -> Vec<Arc<Suite>> {
        let text = |name: &str| {
            format!(
                "suite = '{name}'\n[parameters]\nrun_id = [{{ value = 1, is = 'one' }}, 2]\n\
                 [legacy]\nget = '/a/{{run_id}}'\n[candidate]\nget = '/b/{{run_id}}'\n"
            )
        };
        let read = |name| Arc::new(read_suite(&Source::new("s.toml", text(name))).unwrap_or_else(|errors| panic!("{errors}")));
        vec![read("one"), read("two")]
    }

    fn plan(names: &[&str], parameters: &[(&str, &[&str])]) -> Result<Plan, PlanError> {
        let parameters = parameters
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()));
        let selection = Selection {
            suites: names.iter().map(|name| (*name).to_owned()).collect(),
            parameters: parameters.collect(),
        };
        Plan::new(&suites(), &selection)
    }

    #[test]
    fn everything_is_a_full_plan_and_anything_less_is_not() {
        let all = plan(&[], &[]).unwrap();
        assert!(all.full);
        assert_eq!(all.len(), 4);
        let one = plan(&["two"], &[]).unwrap();
        assert!(!one.full && one.suites[0].full);
        assert!(!plan(&[], &[("run_id", &["1"])]).unwrap().full);
    }

    #[test]
    fn values_from_the_command_line_keep_what_is_declared_of_them() {
        let plan = plan(&["one"], &[("run_id", &["1", "7", "7"])]).unwrap();
        let cases: Vec<(String, Option<String>, bool)> = plan.suites[0]
            .cases
            .iter()
            .map(|case| (case.case.to_string(), case.case.is(), case.ad_hoc))
            .collect();
        assert_eq!(
            cases,
            [
                ("one/run_id=1".to_owned(), Some("one".to_owned()), false),
                ("one/run_id=7".to_owned(), None, true)
            ]
        );
    }

    #[test]
    fn rows_go_together_and_with_every_value_but_for_what_is_excluded() {
        let text = "suite = 's'\n[parameters]\nrows = [{ a = 1, b = 'x', is = 'one', tag = ['slow'] }, { a = 2, c = 0.5 }]\n\
                    d = [{ value = 7, tag = 'fast' }, 8]\nexclude = [{ a = 2, d = 8 }]\n\
                    [legacy]\nget = '/{a}/{b?}/{c?}'\n[candidate]\nget = '/{d}'\n";
        let suite = Arc::new(read_suite(&Source::new("s.toml", text)).unwrap_or_else(|errors| panic!("{errors}")));
        let names: Vec<String> = suite.cases().iter().map(|case| case.binding.to_string()).collect();
        assert_eq!(names, ["a=1,b=x,d=7", "a=1,b=x,d=8", "a=2,c=0.5,d=7"]);
        let first = &suite.cases()[0];
        assert_eq!(first.is().as_deref(), Some("one"));
        assert_eq!(suite.tags().of(first).into_iter().collect::<Vec<_>>(), ["fast", "slow"]);
        let chosen = |parameters: &[(&str, &str)]| {
            let parameters = parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
            let selection = Selection {
                suites: Vec::new(),
                parameters: parameters.collect(),
            };
            let plan = Plan::new(&[Arc::clone(&suite)], &selection).unwrap();
            let cases = plan.suites[0].cases.iter().map(|case| (case.case.binding.to_string(), case.ad_hoc));
            cases.collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[("a", "2")]), [("a=2,c=0.5,d=7".to_owned(), false)]);
        assert_eq!(chosen(&[("a", "5"), ("b", "y"), ("d", "8")]), [("a=5,b=y,d=8".to_owned(), true)]);
    }

    #[test]
    fn unknown_names_come_with_the_nearest() {
        for (error, message) in [
            (plan(&["on"], &[]).unwrap_err(), "no suite is called `on`: did you mean `one`?"),
            (
                plan(&["xyzzy"], &[]).unwrap_err(),
                "no suite is called `xyzzy`: there is `one`, `two`",
            ),
            (
                plan(&[], &[("runid", &["1"])]).unwrap_err(),
                "no selected suite has a parameter `runid`: did you mean `run_id`?",
            ),
            (
                plan(&[], &[("run_id", &["1"]), ("run_id", &["2"])]).unwrap_err(),
                "`--param run_id=…` is given twice: write its values in one list, `run_id=34,35`",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
