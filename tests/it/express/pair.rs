//! A pair of answers, judged with the rules that stand between them, without each, and with what nearly answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use parity::exchange::Observation;
use parity::suite::Suite;
use parity::verdict::Verdict;

use crate::support::middle::{Said, judge, read, with_headers};

/// A change of a body, and the signatures that it makes: `("\"id\":7", "\"id\":\"7\"", "/id: …")`; several are joined by ` + `.
pub type Miss<'a> = (&'a str, &'a str, &'a str);

/// What is shown of one phrase.
pub struct Pair<'a> {
    /// Above the rules: parameters, and what the sides are asked.
    pub sides: &'a str,
    /// Each as a table of TOML without its `why`, behind the word of its kind: `translation rule = 'list', from = '/tag'`.
    pub rules: &'a [&'a str],
    pub legacy: Answer<'a>,
    pub candidate: Answer<'a>,
    /// What the candidate nearly answers.
    pub misses: &'a [Miss<'a>],
    /// What the legacy may answer that a rule cannot read; the candidate stays as it is.
    pub unread: &'a [Miss<'a>],
}

/// Status, media type and body.
pub type Answer<'a> = (u16, &'a str, &'a str);

const SIDES: &str = "[legacy]\nget = '/'\nerror_code = '/error/code'\nerror_message = '/error/message'\n\
                     error_information = '/error/additional_information'\n[candidate]\nget = '/'\n";

/// Successes in JSON.
pub const fn pair<'a>(rules: &'a [&'a str], legacy: &'a str, candidate: &'a str) -> Pair<'a> {
    Pair {
        sides: SIDES,
        rules,
        legacy: (200, "application/json", legacy),
        candidate: (200, "application/json", candidate),
        misses: &[],
        unread: &[],
    }
}

/// A suite of rules as [`Pair`] has them.
pub fn suite(sides: &str, rules: &[&str]) -> Arc<Suite> {
    let mut text = String::from("suite = 's'\n");
    for kind in ["translation", "preset", "error", "comparison"] {
        let of_kind: Vec<&str> = rules.iter().filter_map(|rule| rule.strip_prefix(kind)).collect();
        if !of_kind.is_empty() {
            let _ = writeln!(text, "{kind} = [");
            for rule in of_kind {
                let _ = writeln!(text, "  {{ {}, why = 'known' }},", rule.trim());
            }
            text.push_str("]\n");
        }
    }
    assert_eq!(
        text.matches("why = 'known'").count(),
        rules.len(),
        "a rule is of no kind: {rules:?}"
    );
    read(&(text + sides))
}

impl<'a> Pair<'a> {
    pub const fn sides(self, sides: &'a str) -> Self {
        Self { sides, ..self }
    }

    pub const fn legacy_is(self, status: u16, media_type: &'a str) -> Self {
        Self {
            legacy: (status, media_type, self.legacy.2),
            ..self
        }
    }

    pub const fn candidate_is(self, status: u16, media_type: &'a str) -> Self {
        Self {
            candidate: (status, media_type, self.candidate.2),
            ..self
        }
    }

    pub const fn misses(self, misses: &'a [Miss<'a>]) -> Self {
        Self { misses, ..self }
    }

    pub const fn unread(self, unread: &'a [Miss<'a>]) -> Self {
        Self { unread, ..self }
    }

    fn judged(&self, rules: &[&str], legacy: &str, candidate: &str) -> Said {
        let answer = |(status, media_type, _): Answer<'_>, body: &str| -> Observation {
            let headers: &[(&str, &str)] = if media_type.is_empty() {
                &[]
            } else {
                &[("Content-Type", media_type)]
            };
            with_headers(status, headers, body)
        };
        judge(
            &suite(self.sides, rules),
            answer(self.legacy, legacy),
            answer(self.candidate, candidate),
        )
    }

    /// What is said of it with all rules.
    pub fn signatures(&self) -> Vec<String> {
        self.judged(self.rules, self.legacy.2, self.candidate.2).signatures
    }

    /// Shows it: every claim is checked, and what does not hold is told at once.
    #[track_caller]
    pub fn holds(&self) {
        let (legacy, candidate) = (self.legacy.2, self.candidate.2);
        let mut wrong = String::new();
        let said = self.judged(self.rules, legacy, candidate);
        if said.verdict != Verdict::Translated || !said.signatures.is_empty() {
            let _ = writeln!(wrong, "with all rules: {said:?}");
        }
        for (place, rule) in self.rules.iter().enumerate() {
            // Rows with a key excuse nothing: what they do is seen in what is said of a miss.
            if rule.contains("'rows'") {
                continue;
            }
            let others: Vec<&str> = self
                .rules
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .map(|(_, rule)| *rule)
                .collect();
            let said = self.judged(&others, legacy, candidate);
            if said.verdict != Verdict::Mismatch {
                let _ = writeln!(wrong, "without `{rule}`: {said:?}");
            }
        }
        for (side, changes) in [("candidate", self.misses), ("legacy", self.unread)] {
            for (from, to, signatures) in changes {
                let change = |body: &str| {
                    assert!(body.contains(from), "the {side} does not answer `{from}`: {body}");
                    body.replacen(from, to, 1)
                };
                let said = if side == "candidate" {
                    self.judged(self.rules, legacy, &change(candidate))
                } else {
                    self.judged(self.rules, &change(legacy), candidate)
                };
                let expected: BTreeSet<&str> = signatures.split(" + ").collect();
                let found: BTreeSet<&str> = said.signatures.iter().map(String::as_str).collect();
                if said.verdict != Verdict::Mismatch || found != expected {
                    let found = said.signatures.join(" + ");
                    let _ = writeln!(
                        wrong,
                        "the {side} answers `{to}`: {:?}\n  found    {found}\n  expected {signatures}",
                        said.verdict
                    );
                }
            }
        }
        assert!(wrong.is_empty(), "{:#?}\n{wrong}", self.rules);
    }
}
