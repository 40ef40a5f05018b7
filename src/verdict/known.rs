//! A verdict held against the declared ones.

use std::collections::BTreeSet;

use crate::rule::{ExpectedVerdict, RuleName, VerdictName};

use super::judgement::Verdict;

/// Whether a case passes with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The verdict passes by itself.
    Passes,
    /// The verdict is exactly the declared one.
    Expected {
        /// The declaration.
        rule: RuleName,
        /// Why it is declared.
        why: String,
    },
    /// The verdict does not pass, and none is declared.
    Fails,
    /// A verdict is declared, and it is not this.
    Surprises(Surprise),
}

/// How a case is not what its expected verdict says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surprise {
    /// The declared verdict.
    pub declared: VerdictName,
    /// The line of the suite file on which it is declared.
    pub line: usize,
    /// Signatures that are seen and not declared.
    pub unexpected: Vec<String>,
    /// Signatures that are declared and not seen.
    pub absent: Vec<String>,
}

impl Standing {
    /// Whether the case passes as far as its verdict goes.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Passes | Self::Expected { .. })
    }
}

/// Holds a verdict and its signatures against what the suite declares for the case.
pub(super) fn stand(verdict: Verdict, signatures: &BTreeSet<String>, declared: Option<&ExpectedVerdict>) -> Standing {
    let Some(declared) = declared else {
        return if verdict.is_parity() { Standing::Passes } else { Standing::Fails };
    };
    // What cannot be asked cannot be held against a declaration: no answer is no answer.
    if verdict == Verdict::Unreachable {
        return Standing::Fails;
    }
    let same_verdict = matches!(
        (verdict, declared.verdict),
        (Verdict::Mismatch, VerdictName::Mismatch)
            | (Verdict::LegacyBroken, VerdictName::LegacyBroken)
            | (Verdict::CandidateBroken, VerdictName::CandidateBroken)
    );
    let any_signature = declared.signatures.is_empty();
    let unexpected: Vec<String> = signatures
        .iter()
        .filter(|signature| !any_signature && !declared.signatures.contains(signature))
        .cloned()
        .collect();
    let absent: Vec<String> = declared
        .signatures
        .iter()
        .filter(|signature| !signatures.contains(*signature))
        .cloned()
        .collect();
    if same_verdict && unexpected.is_empty() && absent.is_empty() {
        return Standing::Expected {
            rule: declared.name(),
            why: declared.justification.why.clone(),
        };
    }
    Standing::Surprises(Surprise {
        declared: declared.verdict,
        line: declared.justification.line,
        unexpected,
        absent,
    })
}
