//! Conditions on an object, written behind a step of a pattern: `[name=source_data]`.

use std::borrow::Cow;
use std::fmt;

/// What a pattern asks of a document's node; [`crate::value::Value`] answers.
pub trait Node {
    /// Whether it is an object.
    fn is_object(&self) -> bool;

    /// How a scalar member reads: the text of a string, the token of a number, `true`, `false`, `null`. `None` when this is
    /// no object, the member is absent, or it is a list or an object. Of duplicate members the first is read.
    fn member_text(&self, name: &str) -> Option<&str>;
}

/// Picks objects by how one of their scalar members reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter {
    /// The member's name.
    pub member: String,
    /// Whether the member must read as the text (`=`), or must not (`!=`: it reads otherwise, is no scalar, or is absent).
    pub equal: bool,
    /// The text.
    pub text: String,
}

impl Filter {
    /// Whether it picks this node. It never picks anything but an object.
    #[must_use]
    pub fn accepts(&self, node: &(impl Node + ?Sized)) -> bool {
        node.is_object() && (node.member_text(&self.member) == Some(self.text.as_str())) == self.equal
    }

    /// Whether no object is picked by both.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        self.member == other.member
            && match (self.equal, other.equal) {
                (true, true) => self.text != other.text,
                (true, false) | (false, true) => self.text == other.text,
                (false, false) => false,
            }
    }

    /// Whether every object that `other` picks is picked by this one too.
    #[must_use]
    pub fn follows_from(&self, other: &Self) -> bool {
        self == other || (!self.equal && other.equal && self.member == other.member && self.text != other.text)
    }
}

/// As it is written; quoted where it must be.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.equal { "=" } else { "!=" };
        write!(f, "[{}{sign}{}]", quoted(&self.member), quoted(&self.text))
    }
}

/// Characters that end a plain text.
pub(super) fn is_plain(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | '"' | '=' | '!' | '\\'))
}

fn quoted(text: &str) -> Cow<'_, str> {
    if !text.is_empty() && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
