//! What every rule carries.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a rule is there, who answers for it and until when, and where a reader finds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Justification {
    /// For the maintainer: why the two sides differ here.
    pub why: String,
    /// For the users of the API: what they see of it and what they do about it.
    pub note: Option<String>,
    /// Who answers for it: a person or a team.
    pub owner: Option<String>,
    /// Where it is discussed: a number or an address.
    pub issue: Option<String>,
    /// The day on which it was declared.
    pub since: Option<Date>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Why no recorded case shows it acting: it is then listed and not taken for stale.
    pub unproven: Option<String>,
    /// The one-based line of the suite file on which the rule begins.
    pub line: usize,
    /// How many rules before it in its suite would have the same name.
    pub twin: usize,
}

impl Justification {
    /// The name of a rule that says this; of rules that say it alike all but the first are numbered: `… #2`.
    pub(super) fn named(&self, said: String) -> RuleName {
        RuleName::from(match self.twin {
            0 => said,
            before => format!("{said} #{}", before + 1),
        })
    }
}

/// A rule's name in every output: what it does and where, `integer /trace/*/fold`.
///
/// Stable as long as the rule says the same thing; it does not change when rules are added before it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct RuleName(pub Arc<str>);

impl RuleName {
    /// The preset that made the rule, `php-xml-json@1` of `php-xml-json@1: list /data/tag`; `None` for a rule of its own.
    #[must_use]
    pub fn preset(&self) -> Option<&str> {
        let (preset, _) = self.0.split_once(": ")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let (name, version) = preset.split_once('@')?;
        let named = name.chars().all(plain) && version.bytes().all(|byte| byte.is_ascii_digit());
        (named && !name.is_empty() && !version.is_empty()).then_some(preset)
    }
}

impl From<RuleName> for String {
    fn from(name: RuleName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl From<String> for RuleName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_named_before_the_rule() {
        for (name, preset) in [
            ("php-xml-json@1: list /data/tag", Some("php-xml-json@1")),
            ("integer /run_id", None),
            ("error 412 a@1: b", None),
            ("@1: x", None),
            ("x@: y", None),
            ("x@1 list /a", None),
        ] {
            assert_eq!(RuleName::from(name.to_owned()).preset(), preset, "{name}");
        }
    }
}
