//! Which cases of a plan are asked: by name, by how they ended last, by share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::diagnostic::nearest;
use crate::rule::CasePattern;

use super::plan::{Plan, PlanError, PlannedCase};

/// What a command line asks of cases; what is not said is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Names of cases with or without their suite, in which `*` stands for any characters; one of them must match.
    pub cases: Vec<String>,
    /// Tags, one of which a case must have.
    pub tags: Vec<String>,
    /// The names of cases that may be asked, such as those that failed.
    pub only: Option<BTreeSet<String>>,
}

/// One of several equal shares of a plan, by its one-based number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Which one, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Filter {
    fn accepts(&self, case: &PlannedCase) -> bool {
        let name = case.shown.to_string();
        let named = self.cases.is_empty() || self.cases.iter().any(|pattern| matches(pattern, case, &name));
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| case.tags.contains(tag));
        named && tagged && self.only.as_ref().is_none_or(|only| only.contains(&name))
    }
}

fn matches(pattern: &str, case: &PlannedCase, name: &str) -> bool {
    let pattern = CasePattern(vec![pattern.to_owned()]);
    pattern.matches(name) || pattern.matches(&case.shown.binding.to_string())
}

impl Plan {
    /// Whether there is a case for every tag of a filter.
    ///
    /// # Errors
    /// When no case has one of them.
    pub fn know_tags(&self, filter: &Filter) -> Result<(), PlanError> {
        for name in &filter.tags {
            if self.cases().any(|case| case.tags.contains(name)) {
                continue;
            }
            let known: BTreeSet<&str> = self.cases().flat_map(|case| &case.tags).map(String::as_str).collect();
            return Err(PlanError::UnknownTag {
                name: name.clone(),
                near: nearest(name, known.iter().copied()).map(str::to_owned),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
        Ok(())
    }

    /// The cases that a filter accepts. Suites of which none is left are left out.
    #[must_use]
    pub fn filtered(self, filter: &Filter) -> Self {
        self.retain(|case| filter.accepts(case))
    }

    /// Why a filter leaves nothing of this plan: the first of its patterns that names no case, with the nearest case; or what it
    /// asks for that no case has.
    #[must_use]
    pub fn why_nothing(&self, filter: &Filter) -> String {
        let names = self.names();
        let is_named = |pattern: &str| self.cases().any(|case| matches(pattern, case, &case.shown.to_string()));
        if let Some(pattern) = filter.cases.iter().find(|pattern| !is_named(pattern)) {
            let hint = match nearest(pattern, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => names.first().map_or_else(
                    || "there is none to choose from".to_owned(),
                    |first| format!("a case is called like `{first}`"),
                ),
            };
            return format!("no case matches `--case {pattern}`: {hint}");
        }
        let untagged = Filter {
            tags: Vec::new(),
            ..filter.clone()
        };
        let named = !filter.cases.is_empty();
        let why = match &filter.only {
            Some(only) if only.is_empty() => "nothing failed in the latest record".to_owned(),
            Some(_) if !self.cases().any(|case| untagged.accepts(case)) => {
                let asked = if named {
                    "those that `--case` names"
                } else {
                    "those that are asked for here"
                };
                format!("none of {asked} failed in the latest record")
            }
            only => {
                let of = match (named, only) {
                    (true, None) => "those that `--case` names",
                    (true, Some(_)) => "those that `--case` names and that failed in the latest record",
                    (false, Some(_)) => "those that failed in the latest record",
                    (false, None) => "them",
                };
                let tags: Vec<String> = filter.tags.iter().map(|tag| format!("`{tag}`")).collect();
                format!("none of {of} has the tag {}", tags.join(" or "))
            }
        };
        format!("no case is selected: {why}")
    }

    /// One share of the plan; every case is in exactly one. Cases whose time is known are dealt out so that the shares take
    /// equally long. The others go by a digest of their name, so that another case more moves none of them.
    #[must_use]
    pub fn share(self, share: Share, times: &BTreeMap<String, Duration>) -> Self {
        let mine = self.deal(share.of, times);
        self.retain(|case| mine.get(&case.shown.to_string()) == Some(&share.index))
    }

    /// The number of each case's share.
    fn deal(&self, of: u32, times: &BTreeMap<String, Duration>) -> BTreeMap<String, u32> {
        let mut dealt = BTreeMap::new();
        let mut loads = vec![Duration::ZERO; usize::try_from(of).unwrap_or(1).max(1)];
        let mut known = Vec::new();
        for case in self.cases() {
            let name = case.shown.to_string();
            match times.get(&name) {
                Some(time) => known.push((*time, name)),
                None => {
                    let digest = u64::from_le_bytes(blake3::hash(name.as_bytes()).as_bytes()[..8].try_into().expect("eight bytes"));
                    let share = digest % u64::from(of.max(1));
                    dealt.insert(name, u32::try_from(share).expect("below a 32-bit number") + 1);
                }
            }
        }
        // The longest first, each to the share that has least to do.
        known.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.cmp(other)));
        for (time, name) in known {
            let (place, load) = loads
                .iter_mut()
                .enumerate()
                .min_by_key(|(place, load)| (**load, *place))
                .expect("at least one share");
            // A case costs something however fast its answers were.
            *load += time.max(Duration::from_micros(1));
            dealt.insert(name, u32::try_from(place).expect("below a 32-bit number") + 1);
        }
        dealt
    }

    /// What this plan is: its cases, and the texts of its suites. Equal for all shares of one plan.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut suites: Vec<&str> = self.suites.iter().map(|planned| planned.suite.digest.as_str()).collect();
        let mut cases = self.names();
        suites.sort_unstable();
        cases.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for line in suites.into_iter().chain(cases.iter().map(String::as_str)) {
            hasher.update(line.as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The names of its cases as they are shown, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.cases().map(|case| case.shown.to_string()).collect()
    }

    /// Every case, in order.
    pub fn cases(&self) -> impl Iterator<Item = &PlannedCase> {
        self.suites.iter().flat_map(|suite| &suite.cases)
    }

    fn retain(mut self, keep: impl Fn(&PlannedCase) -> bool) -> Self {
        for suite in &mut self.suites {
            let before = suite.cases.len();
            suite.cases.retain(&keep);
            if suite.cases.len() < before {
                suite.full = false;
                self.full = false;
            }
        }
        self.suites.retain(|suite| !suite.cases.is_empty());
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;
    use crate::run::Selection;
    use crate::suite::read_suite;
    use proptest::prelude::*;

    fn plan(cases: u32) -> Plan {
        let ids: Vec<String> = (0..cases).map(|id| id.to_string()).collect();
        let text = format!(
            "suite = 's'\n[parameters]\nid = [{}]\n[legacy]\nget = '/a/{{id}}'\n[candidate]\nget = '/b/{{id}}'\n",
            ids.join(",")
        );
        let suite = Arc::new(read_suite(&Source::new("s.toml", text)).unwrap_or_else(|errors| panic!("{errors}")));
        Plan::new(&[suite], &Selection::default()).unwrap()
    }

    fn names(plan: &Plan) -> Vec<String> {
        plan.cases().map(|case| case.case.to_string()).collect()
    }

    #[test]
    fn patterns_name_cases_with_or_without_their_suite() {
        let only = |patterns: &[&str]| {
            let filter = Filter {
                cases: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
                ..Filter::default()
            };
            names(&plan(12).filtered(&filter))
        };
        assert_eq!(only(&["s/id=3"]), ["s/id=3"]);
        assert_eq!(only(&["id=1*"]), ["s/id=1", "s/id=10", "s/id=11"]);
        assert_eq!(only(&["id=3", "s/*=4"]), ["s/id=3", "s/id=4"]);
        assert!(only(&["id=99"]).is_empty());
        let filter = Filter {
            cases: vec!["id=33".into()],
            ..Filter::default()
        };
        assert_eq!(
            plan(12).why_nothing(&filter),
            "no case matches `--case id=33`: a case is called like `s/id=0`"
        );
        assert!(
            !plan(12)
                .filtered(&Filter {
                    cases: vec!["id=3".into()],
                    ..Filter::default()
                })
                .full
        );
        assert!(plan(12).filtered(&Filter::default()).full);
    }

    #[test]
    fn shares_take_equally_long_where_times_are_known() {
        let times: BTreeMap<String, Duration> = (0..10).map(|id| (format!("s/id={id}"), Duration::from_millis(id * 10))).collect();
        let load = |index| -> u64 {
            let share = plan(10).share(Share { index, of: 3 }, &times);
            share
                .cases()
                .map(|case| case.case.binding.get("id").unwrap().parse::<u64>().unwrap() * 10)
                .sum()
        };
        assert_eq!([load(1), load(2), load(3)], [160, 150, 140]);
    }

    proptest! {
        #[test]
        fn every_case_is_in_one_share(cases in 1..40_u32, of in 1..9_u32, known in 0..40_u64) {
            let times: BTreeMap<String, Duration> = (0..known).map(|id| (format!("s/id={id}"), Duration::from_millis(id))).collect();
            let mut all: Vec<String> = (1..=of).flat_map(|index| names(&plan(cases).share(Share { index, of }, &times))).collect();
            all.sort();
            let mut expected = names(&plan(cases));
            expected.sort();
            prop_assert_eq!(all, expected);
        }

        #[test]
        fn another_case_moves_no_other(cases in 1..40_u32, of in 1..9_u32) {
            let none = BTreeMap::new();
            for index in 1..=of {
                let before = names(&plan(cases).share(Share { index, of }, &none));
                let after = names(&plan(cases + 1).share(Share { index, of }, &none));
                prop_assert!(before.iter().all(|name| after.contains(name)));
            }
        }
    }
}
