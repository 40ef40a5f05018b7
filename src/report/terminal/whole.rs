//! A whole run at once.

use crate::report::model::RunReport;
use crate::report::style::Style;

use super::case::render_case;
use super::summary::render_summary;

/// Every case as it is told when it finishes, and the summary.
#[must_use]
pub fn render(run: &RunReport, style: Style) -> String {
    let mut text: String = run.cases.iter().map(|case| render_case(case, run.suite(case), style)).collect();
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text + &render_summary(run, style)
}
