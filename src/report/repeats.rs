//! What a run says of having asked again: how often, and who did not answer the same each time.

use crate::exchange::{Once, Side};

use super::model::{CaseReport, RunReport};
use super::style::count;

/// How often the sides were asked: `each side 3 times`; nothing when each case was simply asked once.
#[must_use]
pub fn asked(run: &RunReport) -> Option<String> {
    let again = |case: &CaseReport| {
        Side::BOTH.into_iter().any(|side| {
            let asked = case.asked.get(side);
            asked.times > 1 || asked.once.is_some()
        })
    };
    if !run.cases.iter().any(again) {
        return None;
    }
    let [legacy, candidate] = Side::BOTH.map(|side| of_side(run, side));
    Some(if legacy == candidate {
        format!("each side {legacy}")
    } else {
        format!("the legacy {legacy}; the candidate {candidate}")
    })
}

fn of_side(run: &RunReport, side: Side) -> String {
    let all = || run.cases.iter().map(|case| case.asked.get(side));
    let times = all().map(|asked| asked.times).max().unwrap_or(1);
    let once = |why: Once| all().filter(|asked| asked.once == Some(why)).count();
    let mut said = match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let why = [
        (once(Once::Recording), "a recording knows no other answer"),
        (once(Once::Writes), "the request may change something"),
    ];
    for (cases, why) in why.into_iter().filter(|(cases, _)| *cases > 0) {
        said = if cases == run.cases.len() {
            format!("{said}: {why}")
        } else {
            format!("{said}, in {} once: {why}", count(cases, "case", "cases"))
        };
    }
    said
}

/// Who did not answer the same each time: `the candidate in 2 cases, the legacy in 1 case`; nothing when everybody did.
#[must_use]
pub fn unstable(run: &RunReport) -> Option<String> {
    let cases = |side: Side| run.cases.iter().filter(|case| !case.repeated.unstable.get(side).is_empty()).count();
    let said: Vec<String> = [Side::Candidate, Side::Legacy]
        .into_iter()
        .filter(|side| cases(*side) > 0)
        .map(|side| format!("the {side} in {}", count(cases(side), "case", "cases")))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::PerSide;
    use crate::report::Asked;
    use crate::report::sample::{report, run};
    use crate::suite::sample;

    fn said(asked: &[PerSide<(u32, Option<Once>)>]) -> Option<String> {
        let exchange = sample::exchange(&sample::legacy_trace(1), &sample::candidate_trace(1));
        let cases = asked.iter().map(|asked| {
            let mut case = report(&sample::suite(), "34", &exchange);
            case.asked = asked.map(|(times, once)| Asked { times, once });
            case
        });
        super::asked(&run(cases.collect()))
    }

    #[test]
    fn how_often_is_said_where_it_is_not_simply_once() {
        let both = |times, once| PerSide {
            legacy: (times, once),
            candidate: (times, once),
        };
        assert_eq!(said(&[both(1, None)]), None);
        assert_eq!(said(&[both(3, None), both(3, None)]).unwrap(), "each side 3 times");
        assert_eq!(
            said(&[both(3, None), both(1, Some(Once::Writes))]).unwrap(),
            "each side 3 times, in 1 case once: the request may change something"
        );
        let recorded = PerSide {
            legacy: (1, Some(Once::Recording)),
            candidate: (2, None),
        };
        assert_eq!(
            said(&[recorded]).unwrap(),
            "the legacy once: a recording knows no other answer; the candidate 2 times"
        );
    }
}
