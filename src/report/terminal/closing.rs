//! What is said at the end of a run of times and tolerances.

use crate::report::deviations::largest;
use crate::report::model::RunReport;
use crate::report::style::{Ink, Style, columns, count};

/// So many tolerances, and so many suites, are listed.
const LISTED: usize = 8;

/// The section about tolerances, ending with an empty line; nothing when none acted.
pub(super) fn tolerances(run: &RunReport, style: Style) -> Vec<String> {
    let all = largest(run);
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![style.paint(Ink::Strong, "The largest deviations that tolerances excused")];
    for one in all.iter().take(LISTED) {
        let largest = format!("{:>12}", one.deviation.largest);
        let name = style.fit(&one.deviation.rule.0, columns(&largest) + 4);
        let case = style.fit(&format!("{}  {}", one.case.case, one.deviation.path), 16);
        lines.push(format!("  {largest}  {name}"));
        lines.push(format!("{}{}", " ".repeat(16), style.paint(Ink::Dim, case)));
    }
    if all.len() > LISTED {
        let more = format!("… and {} more", count(all.len() - LISTED, "tolerance", "tolerances"));
        lines.push(format!("{}{}", " ".repeat(16), style.paint(Ink::Dim, more)));
    }
    lines.push(String::new());
    lines
}

/// What the candidate takes of the legacy's time, the slowest suites first.
pub(super) fn times(run: &RunReport) -> Vec<String> {
    let speeds = run.suites.iter().filter_map(|suite| Some((&suite.name, run.speed(&suite.name)?)));
    let mut all: Vec<_> = speeds.collect();
    all.sort_by(|(_, a), (_, b)| b.ratio.total_cmp(&a.ratio));
    let mut lines: Vec<String> = all
        .iter()
        .take(LISTED)
        .map(|(suite, speed)| {
            let cases = match speed.cases {
                1 => "one case".to_owned(),
                several => format!("median of {several} cases"),
            };
            format!(
                "the candidate takes {:.0} % of the legacy's time in {suite} ({cases})",
                speed.ratio * 100.0
            )
        })
        .collect();
    if all.len() > LISTED {
        lines.push(format!("… and {} more", count(all.len() - LISTED, "suite", "suites")));
    }
    lines
}
