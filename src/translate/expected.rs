//! What a translation gives: plain data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::exchange::{MediaType, Part};
use crate::path::Path;
use crate::rule::RuleName;
use crate::value::Value;

/// The response that the candidate owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The media type; `None` when the legacy names none.
    pub media_type: Option<MediaType>,
    /// What is owed in the headers that rules name, in the order of the suite; of others nothing is.
    pub headers: Vec<OwedHeader>,
    /// The body as a document; `None` when there is none, as with 204.
    pub body: Option<Value<'a>>,
}

/// What is owed in one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedHeader {
    /// Its name, as the suite writes it.
    pub name: String,
    /// Its values, in order; none where it must not be there.
    pub values: Vec<String>,
    /// The rule that names it.
    pub rule: RuleName,
}

/// How often a rule acted on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The rule.
    pub rule: RuleName,
    /// The number of nodes that it changed.
    pub count: u64,
}

/// One change that a rule made to one part of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The rule.
    pub rule: RuleName,
    /// Which part; a node of the body is named by its place in the tree that the rule selects in.
    pub part: Part,
    /// The part before, on one line.
    pub before: String,
    /// The part after, on one line.
    pub after: String,
}

/// A part of the legacy's answer that a rule claims and cannot turn into what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: RuleName,
    /// Where: in the legacy's tree for rules with `from`, else in the candidate's shape.
    pub path: Path,
    /// What is in the way.
    pub kind: FaultKind,
}

/// What is in the way of a translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The rule cannot read the value.
    Unreadable {
        /// What the rule reads, with its article: `an integer`.
        wanted: Cow<'static, str>,
        /// What stands there, on one line.
        found: String,
    },
    /// The rule acts on nodes of another make.
    Misshapen {
        /// What it acts on, with its article: `a list of one`.
        wanted: &'static str,
        /// What stands there, on one line.
        found: String,
    },
    /// A node cannot go where it should.
    NoPlace {
        /// Where it should go.
        to: String,
        /// What is in the way, as a sentence fragment.
        reason: String,
    },
    /// The object around an unwrapped node has other members, which would be thrown away.
    Siblings {
        /// Their names.
        names: Vec<String>,
    },
    /// The name that a node would get is taken.
    Occupied {
        /// The name.
        name: String,
    },
    /// The error row quotes something that the legacy's error does not say.
    Absent {
        /// What, as `legacy.name`.
        name: String,
    },
    /// The error document holds a member that the error row does not claim.
    Unclaimed {
        /// What stands there, on one line.
        found: String,
    },
}
