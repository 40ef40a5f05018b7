//! What a run says, as what tests say.

use libtest_mimic::{Completion, Failed};

use crate::cli::Failure;
use crate::report::{CaseReport, RunReport, Style, SuiteReport, terminal};
use crate::value::visible;

/// How a test ends.
pub type Outcome = Result<Completion, Failed>;

/// The test of a case fails with what `parity check` prints of the case.
pub fn of_case(case: &CaseReport, suite: Option<&SuiteReport>, style: Style) -> Outcome {
    if case.passes() {
        return Ok(Completion::Completed);
    }
    match case.pardon {
        Some(pardon) => Ok(Completion::ignored_with(format!("{}: {}", pardon.name(), in_short(case)))),
        None => Err(terminal::render_case(case, suite, style).trim_end().into()),
    }
}

/// What is the matter with a case, for the end of a line.
fn in_short(case: &CaseReport) -> String {
    let signatures = case.signatures();
    match signatures.first() {
        _ if case.standing.passes() => format!("{}, snapshot {}", case.verdict, case.snapshot.name()),
        None => case.verdict.to_string(),
        Some(first) => {
            let more = match signatures.len() {
                1 => String::new(),
                all => format!(", and {} more", all - 1),
            };
            format!("{}: {}{more}", case.verdict, visible(first))
        }
    }
}

/// The test of the run as a whole fails for what fails the gate and is said of no case.
pub fn of_run(run: &RunReport, style: Style) -> Outcome {
    match terminal::render_gate(run, style) {
        Some(text) => Err(text.trim_end().into()),
        None if run.full => Ok(Completion::Completed),
        None => Ok(Completion::ignored_with(
            "only a run of every case says which rules are stale and which snapshots nothing refers to",
        )),
    }
}

/// Why a test has no outcome of its own when the run failed, in a line: all of it stands elsewhere.
pub fn not_asked(failure: &Failure) -> String {
    let text = failure.to_string();
    format!("not asked: {}", text.lines().next().unwrap_or_default())
}
