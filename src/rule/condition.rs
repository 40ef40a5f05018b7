//! Conditions of rules: what `when` says.

use std::fmt;
use std::str::FromStr as _;

use crate::path::{Part, Path, Pattern};
use crate::value::{Kind, Object, Value, compact, is_decimal_text, is_integer_text};

use super::text_pattern::TextPattern;

/// What must hold for a rule to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not that one.
    Not(Box<Condition>),
    /// Something reads as a test says.
    Reads(Subject, Test),
    /// The status of the answer is one of these.
    Status(Vec<u16>),
    /// The code of the legacy's error is one of these; an answer that is no error has none.
    Code(Vec<String>),
}

/// What a test looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The node on which the rule acts.
    Node,
    /// Another member of the object in which the node stands.
    Sibling(String),
    /// A member of the node, which is an object.
    Member(String),
    /// A node anywhere in the document, from its root.
    Path(Path),
    /// A parameter of the case; its value is a text.
    Parameter(String),
}

/// What is asked of a subject. Of a subject that is absent, nothing holds but `Present(false)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is one of these kinds; an integer is a number too.
    Type(Vec<Kind>),
    /// It equals one of these values, numbers by their token; of a parameter its text equals theirs.
    Equals(Vec<Value<'static>>),
    /// It is a scalar, and all of its text matches.
    Pattern(TextPattern),
    /// It is such a value, or a text that reads as one.
    ReadsAs(Readable),
    /// It is there, `null` included, or not.
    Present(bool),
}

/// What a text can read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// A decimal integer.
    Integer,
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date with a time of day, in the manner of RFC 3339: `T` or one blank between them, with or without an offset.
    Datetime,
}

/// Where a condition is asked.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The node; `None` where it is absent.
    pub node: Option<&'a Value<'a>>,
    /// The object in which it stands, or would stand.
    pub parent: Option<&'a Object<'a>>,
    /// The document.
    pub root: Option<&'a Value<'a>>,
    /// What is known of the case and its answer.
    pub facts: &'a Facts,
}

/// What is known of a case and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The status of the legacy's answer.
    pub status: u16,
    /// The code of the legacy's error.
    pub code: Option<String>,
    /// The parameters, by name.
    pub parameters: Vec<(String, String)>,
}

impl Facts {
    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Condition {
    /// All that must hold of a node for a rule at this pattern with this condition to act on it, as far as it can be said of the
    /// node and the object around it: the condition itself, and the filters of both.
    #[must_use]
    pub fn of_rule(pattern: &Pattern, when: Option<&Self>) -> Self {
        let mut all: Vec<Self> = when.cloned().into_iter().collect();
        let mut parts = pattern.parts().iter().rev().peekable();
        let mut filters = |subject: fn(String) -> Subject| {
            while let Some(Part::Where(filter)) = parts.next_if(|part| matches!(part, Part::Where(_))) {
                let Ok(text) = TextPattern::whole(&regex::escape(&filter.text)) else {
                    continue;
                };
                let reads = Self::Reads(subject(filter.member.clone()), Test::Pattern(text));
                all.push(if filter.equal { reads } else { Self::Not(Box::new(reads)) });
            }
            parts.next()
        };
        // Only a member has siblings.
        if matches!(filters(Subject::Member), Some(Part::Name(_))) {
            filters(Subject::Sibling);
        }
        Self::All(all)
    }

    /// Whether it holds there.
    #[must_use]
    pub fn holds(&self, at: &At<'_>) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(at)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(at)),
            Self::Not(condition) => !condition.holds(at),
            Self::Reads(subject, test) => test.holds(subject, at),
            Self::Status(statuses) => statuses.contains(&at.facts.status),
            Self::Code(codes) => at.facts.code.as_ref().is_some_and(|code| codes.contains(code)),
        }
    }

    /// Whether the two surely never hold at one place: `false` where that cannot be told.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any(conditions), _) => conditions.iter().all(|condition| condition.excludes(other)),
            (_, Self::Any(conditions)) => conditions.iter().all(|condition| self.excludes(condition)),
            (Self::All(conditions), _) => self.denies(other) || conditions.iter().any(|condition| condition.excludes(other)),
            (_, Self::All(conditions)) => other.denies(self) || conditions.iter().any(|condition| self.excludes(condition)),
            (Self::Reads(subject, test), Self::Reads(its_subject, its_test)) => subject == its_subject && test.excludes(its_test),
            (Self::Status(one), Self::Status(other)) => !one.iter().any(|status| other.contains(status)),
            (Self::Code(one), Self::Code(other)) => !one.iter().any(|code| other.contains(code)),
            _ => self.denies(other) || other.denies(self),
        }
    }

    /// Whether one of the two is the other negated, or says so of something that the other says.
    fn denies(&self, other: &Self) -> bool {
        let negated = |negation: &Self, stated: &Self| match negation {
            Self::Not(inner) => **inner == *stated || stated.parts().any(|part| *part == **inner) || includes(stated, inner),
            _ => false,
        };
        negated(self, other) || negated(other, self)
    }

    /// Whether the other surely holds wherever this one does, both of them tests of one thing.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reads(subject, Test::Equals(values)), Self::Reads(its_subject, test)) if subject == its_subject => match test {
                Test::Equals(others) => values.iter().all(|value| others.contains(value)),
                Test::Pattern(pattern) => values
                    .iter()
                    .all(|value| value.scalar_text().is_some_and(|text| pattern.is_match(text))),
                _ => false,
            },
            _ => false,
        }
    }

    fn parts(&self) -> impl Iterator<Item = &Self> {
        match self {
            Self::All(conditions) => conditions.as_slice(),
            single => std::slice::from_ref(single),
        }
        .iter()
    }

    /// Whether it looks at what stands around or below the node, or at the case: everything but the node itself.
    #[must_use]
    pub fn looks_around(&self) -> bool {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().any(Self::looks_around),
            Self::Not(condition) => condition.looks_around(),
            Self::Reads(subject, _) => *subject != Subject::Node,
            Self::Status(_) | Self::Code(_) => true,
        }
    }

    /// The nodes of the document that it looks at by their path.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().flat_map(Self::paths).collect(),
            Self::Not(condition) => condition.paths(),
            Self::Reads(Subject::Path(path), _) => vec![path],
            _ => Vec::new(),
        }
    }

    /// Whether it looks at the very node on which the rule acts.
    #[must_use]
    pub fn asks_the_node(&self) -> bool {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().any(Self::asks_the_node),
            Self::Not(condition) => condition.asks_the_node(),
            Self::Reads(subject, _) => *subject == Subject::Node,
            Self::Status(_) | Self::Code(_) => false,
        }
    }

    /// The names of the members that it looks at, in the node or beside it.
    #[must_use]
    pub fn members(&self) -> Vec<&str> {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().flat_map(Self::members).collect(),
            Self::Not(condition) => condition.members(),
            Self::Reads(Subject::Sibling(name) | Subject::Member(name), _) => vec![name],
            _ => Vec::new(),
        }
    }

    /// The parameters that it asks for.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        match self {
            Self::All(conditions) | Self::Any(conditions) => conditions.iter().flat_map(Self::parameters).collect(),
            Self::Not(condition) => condition.parameters(),
            Self::Reads(Subject::Parameter(name), _) => vec![name],
            _ => Vec::new(),
        }
    }
}

/// Whether everything that `part` says is said by `whole` too.
fn includes(whole: &Condition, part: &Condition) -> bool {
    part.parts()
        .all(|said| whole.parts().any(|known| known == said || known.implies(said)))
}

impl Test {
    fn holds(&self, subject: &Subject, at: &At<'_>) -> bool {
        if let Subject::Parameter(name) = subject {
            return self.holds_of_text(at.facts.parameter(name));
        }
        let value = match subject {
            Subject::Node => at.node,
            Subject::Sibling(name) => at.parent.and_then(|parent| parent.get(name)),
            Subject::Member(name) => match at.node {
                Some(Value::Object(object)) => object.get(name),
                _ => None,
            },
            Subject::Path(path) => at.root.and_then(|root| root.pointer(path)),
            Subject::Parameter(_) => None,
        };
        match (self, value) {
            (Self::Present(present), value) => value.is_some() == *present,
            (_, None) => false,
            (Self::Type(kinds), Some(value)) => kinds.iter().any(|kind| is(value, *kind)),
            (Self::Equals(values), Some(value)) => values.iter().any(|wanted| wanted == value),
            (Self::Pattern(pattern), Some(value)) => value.scalar_text().is_some_and(|text| pattern.is_match(text)),
            (Self::ReadsAs(readable), Some(value)) => readable.reads(value),
        }
    }

    fn holds_of_text(&self, text: Option<&str>) -> bool {
        match (self, text) {
            (Self::Present(present), text) => text.is_some() == *present,
            (_, None) => false,
            (Self::Type(kinds), Some(_)) => kinds.contains(&Kind::String),
            (Self::Equals(values), Some(text)) => values.iter().any(|value| value.scalar_text() == Some(text)),
            (Self::Pattern(pattern), Some(text)) => pattern.is_match(text),
            (Self::ReadsAs(readable), Some(text)) => readable.reads_text(text),
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        let kinds_of = |test: &Self| match test {
            Self::Type(kinds) => Some(kinds.clone()),
            Self::Equals(values) => Some(values.iter().map(Value::kind).collect()),
            Self::Pattern(_) => Some(vec![Kind::Null, Kind::Boolean, Kind::Integer, Kind::Number, Kind::String]),
            _ => None,
        };
        match (self, other) {
            (Self::Present(one), Self::Present(other)) => one != other,
            (Self::Present(false), _) | (_, Self::Present(false)) => true,
            (Self::Equals(one), Self::Equals(other)) => !one.iter().any(|value| other.contains(value)),
            (Self::Equals(values), Self::Pattern(pattern)) | (Self::Pattern(pattern), Self::Equals(values)) => !values
                .iter()
                .any(|value| value.scalar_text().is_some_and(|text| pattern.is_match(text))),
            (Self::Pattern(one), Self::Pattern(other)) => one.excludes(other),
            (Self::Equals(values), Self::ReadsAs(readable)) | (Self::ReadsAs(readable), Self::Equals(values)) => {
                !values.iter().any(|value| readable.reads(value))
            }
            _ => match (kinds_of(self), kinds_of(other)) {
                (Some(one), Some(other)) => !one.iter().any(|kind| other.iter().any(|known| may_be_one(*kind, *known))),
                _ => false,
            },
        }
    }
}

/// Whether a value is of that kind; an integer is a number too.
fn is(value: &Value<'_>, kind: Kind) -> bool {
    value.kind() == kind || (kind == Kind::Number && value.kind() == Kind::Integer)
}

fn may_be_one(one: Kind, other: Kind) -> bool {
    let numeric = |kind| matches!(kind, Kind::Integer | Kind::Number);
    one == other || (numeric(one) && numeric(other))
}

impl Readable {
    /// Every name that a suite may write.
    pub const ALL: [(&'static str, Self); 4] = [
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("boolean", Self::Boolean),
        ("datetime", Self::Datetime),
    ];

    /// Whether a value is such a one, or its text reads as one.
    #[must_use]
    pub fn reads(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Integer, Value::Number(number)) => number.is_integer(),
            (Self::Number, Value::Number(_)) | (Self::Boolean, Value::Bool(_)) => true,
            (_, Value::String(text)) => self.reads_text(text),
            _ => false,
        }
    }

    /// Whether a text reads as one.
    #[must_use]
    pub fn reads_text(self, text: &str) -> bool {
        match self {
            Self::Integer => is_integer_text(text),
            Self::Number => is_decimal_text(text),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Datetime => {
                // The parser of dates reads many other spellings as well, a mere `20240102` among them.
                let bytes = text.as_bytes();
                let digit = |at: usize| bytes[at].is_ascii_digit();
                bytes.len() >= 16
                    && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15].into_iter().all(digit)
                    && (bytes[4], bytes[7], bytes[13]) == (b'-', b'-', b':')
                    && matches!(bytes[10], b'T' | b' ')
                    && (jiff::civil::DateTime::from_str(text).is_ok() || jiff::Timestamp::from_str(text).is_ok())
            }
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
        }
    }
}

/// On one line, for names of rules: `sibling data_type = "int" and type string`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(conditions) => joined(f, conditions, " and "),
            Self::Any(conditions) => joined(f, conditions, " or "),
            Self::Not(condition) => write!(f, "not ({condition})"),
            Self::Reads(Subject::Node, test) => test.fmt(f),
            Self::Reads(subject, test) => write!(f, "{subject} {test}"),
            Self::Status(statuses) => {
                let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
                write!(f, "status {}", statuses.join("|"))
            }
            Self::Code(codes) => write!(f, "code {}", codes.join("|")),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, conditions: &[Condition], word: &str) -> fmt::Result {
    for (place, condition) in conditions.iter().enumerate() {
        if place > 0 {
            f.write_str(word)?;
        }
        match condition {
            Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && conditions.len() > 1 => write!(f, "({condition})")?,
            _ => write!(f, "{condition}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node => f.write_str("value"),
            Self::Sibling(name) => write!(f, "sibling {name}"),
            Self::Member(name) => write!(f, "member {name}"),
            Self::Path(path) => path.fmt(f),
            Self::Parameter(name) => write!(f, "parameter {name}"),
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(kinds) => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                write!(f, "type {}", kinds.join("|"))
            }
            Self::Equals(values) => {
                let values: Vec<String> = values.iter().map(compact).collect();
                write!(f, "= {}", values.join("|"))
            }
            Self::Pattern(pattern) => write!(f, "matches {pattern}"),
            Self::ReadsAs(readable) => write!(f, "reads as {}", readable.name()),
            Self::Present(true) => f.write_str("present"),
            Self::Present(false) => f.write_str("absent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value;
    use proptest::prelude::*;

    fn json(text: &str) -> Value<'static> {
        value::read(text.as_bytes()).unwrap().into_owned()
    }

    fn facts() -> Facts {
        Facts {
            status: 412,
            code: Some("571".into()),
            parameters: vec![("id".into(), "34".into()), ("q".into(), "a b".into())],
        }
    }

    /// Whether a condition holds of `/row/v` in `{"row":{"v":VALUE,"kind":"int","n":null}}`.
    fn holds(condition: &Condition, value: &str) -> bool {
        let root = json(&format!("{{\"row\":{{\"v\":{value},\"kind\":\"int\",\"n\":null}}}}"));
        let Value::Object(outer) = &root else { unreachable!() };
        let Some(Value::Object(row)) = outer.get("row") else {
            unreachable!()
        };
        condition.holds(&At {
            node: row.get("v"),
            parent: Some(row),
            root: Some(&root),
            facts: &facts(),
        })
    }

    fn node(test: Test) -> Condition {
        Condition::Reads(Subject::Node, test)
    }

    fn pattern(text: &str) -> Test {
        Test::Pattern(TextPattern::whole(text).unwrap())
    }

    #[test]
    fn tests_look_at_the_node() {
        for (test, value, expected) in [
            (Test::Type(vec![Kind::String]), "\"x\"", true),
            (Test::Type(vec![Kind::Number]), "1", true),
            (Test::Type(vec![Kind::Integer]), "1.0", false),
            (Test::Type(vec![Kind::Array, Kind::Null]), "null", true),
            (Test::Equals(vec![json("[]")]), "[]", true),
            (Test::Equals(vec![json("1")]), "1.0", false),
            (Test::Equals(vec![json("1"), json("\"1\"")]), "\"1\"", true),
            (pattern("[0-9]+"), "\"12\"", true),
            (pattern("[0-9]+"), "12", true),
            (pattern("[0-9]+"), "\"12 \"", false),
            (pattern(".*"), "[]", false),
            (Test::ReadsAs(Readable::Integer), "\"-1\"", true),
            (Test::ReadsAs(Readable::Integer), "1", true),
            (Test::ReadsAs(Readable::Integer), "\"1.0\"", false),
            (Test::ReadsAs(Readable::Number), "\"1E-5\"", true),
            (Test::ReadsAs(Readable::Number), "\"NaN\"", false),
            (Test::ReadsAs(Readable::Boolean), "true", true),
            (Test::ReadsAs(Readable::Boolean), "\"True\"", false),
            (Test::ReadsAs(Readable::Datetime), "\"2014-04-06 23:19:24\"", true),
            (Test::ReadsAs(Readable::Datetime), "\"2014-04-06T23:19:24Z\"", true),
            (Test::ReadsAs(Readable::Datetime), "\"2014-04-06\"", false),
            (Test::ReadsAs(Readable::Datetime), "\"2014-13-06 23:19:24\"", false),
            (Test::ReadsAs(Readable::Datetime), "\"201404062319\"", false),
            (Test::ReadsAs(Readable::Datetime), "\"éééé-04-06 23:19\"", false),
            (Test::Present(true), "null", true),
            (Test::Present(false), "null", false),
        ] {
            let condition = node(test);
            assert_eq!(holds(&condition, value), expected, "{condition} of {value}");
            assert_eq!(holds(&Condition::Not(Box::new(condition)), value), !expected);
        }
    }

    #[test]
    fn subjects_are_around_and_below_the_node() {
        for (subject, test, expected) in [
            (Subject::Sibling("kind".into()), Test::Equals(vec![json("\"int\"")]), true),
            (Subject::Sibling("kind".into()), Test::Present(false), false),
            (Subject::Sibling("n".into()), Test::Present(true), true),
            (Subject::Sibling("none".into()), Test::Present(false), true),
            (Subject::Sibling("none".into()), Test::Type(vec![Kind::Null]), false),
            (Subject::Member("a".into()), Test::Equals(vec![json("1")]), true),
            (Subject::Member("b".into()), Test::Present(true), false),
            (Subject::Path(Path::root()), Test::Type(vec![Kind::Object]), true),
            (Subject::Parameter("id".into()), Test::Equals(vec![json("34")]), true),
            (Subject::Parameter("id".into()), Test::Equals(vec![json("\"34\"")]), true),
            (Subject::Parameter("id".into()), Test::Equals(vec![json("35")]), false),
            (Subject::Parameter("q".into()), pattern("a.*"), true),
            (Subject::Parameter("q".into()), Test::ReadsAs(Readable::Integer), false),
            (Subject::Parameter("none".into()), Test::Present(false), true),
            (Subject::Parameter("none".into()), pattern(".*"), false),
        ] {
            let condition = Condition::Reads(subject, test);
            assert_eq!(holds(&condition, "{\"a\":1}"), expected, "{condition}");
        }
        assert!(holds(&Condition::Status(vec![200, 412]), "1"));
        assert!(!holds(&Condition::Status(vec![200]), "1"));
        assert!(holds(&Condition::Code(vec!["571".into()]), "1"));
        assert!(!holds(&Condition::Code(vec!["572".into()]), "1"));
    }

    #[test]
    fn conditions_that_never_hold_together_are_told() {
        let sibling = |name: &str, value: &str| Condition::Reads(Subject::Sibling(name.into()), Test::Equals(vec![json(value)]));
        let not = |condition: Condition| Condition::Not(Box::new(condition));
        let all = |conditions: &[Condition]| Condition::All(conditions.to_vec());
        let text = node(Test::Type(vec![Kind::String]));
        for (one, other, excludes) in [
            (sibling("a", "1"), sibling("a", "2"), true),
            (sibling("a", "1"), sibling("b", "2"), false),
            (sibling("a", "1"), not(sibling("a", "1")), true),
            (sibling("a", "1"), not(sibling("a", "2")), false),
            (not(sibling("a", "1")), not(sibling("a", "1")), false),
            (all(&[text.clone(), sibling("a", "1")]), sibling("a", "2"), true),
            (all(&[text.clone(), sibling("a", "1")]), not(text.clone()), true),
            (
                all(&[text.clone(), sibling("a", "1")]),
                not(all(&[sibling("a", "1"), text.clone()])),
                true,
            ),
            (text.clone(), node(Test::Type(vec![Kind::Array])), true),
            (node(Test::Type(vec![Kind::Integer])), node(Test::Type(vec![Kind::Number])), false),
            (node(Test::Equals(vec![json("1")])), text.clone(), true),
            (node(pattern("a+")), node(Test::Equals(vec![json("\"b\"")])), true),
            (node(pattern("a+")), node(pattern("b+")), true),
            (node(pattern("a.*")), node(pattern(".*b")), false),
            // What is one of several values is one of more, and matches what they all match.
            (sibling("a", "1"), not(Condition::Any(vec![sibling("a", "1")])), false),
            (
                sibling("a", "1"),
                not(Condition::Reads(
                    Subject::Sibling("a".into()),
                    Test::Equals(vec![json("1"), json("2")]),
                )),
                true,
            ),
            (
                Condition::Reads(Subject::Sibling("a".into()), Test::Equals(vec![json("1"), json("2")])),
                not(sibling("a", "1")),
                false,
            ),
            (
                sibling("a", "1"),
                not(Condition::Reads(Subject::Sibling("a".into()), pattern("[0-9]"))),
                true,
            ),
            (
                node(Test::ReadsAs(Readable::Integer)),
                node(Test::Equals(vec![json("\"x\"")])),
                true,
            ),
            (node(Test::Present(true)), node(Test::Present(false)), true),
            (node(Test::Present(false)), text.clone(), true),
            (Condition::Status(vec![200]), Condition::Status(vec![412]), true),
            (
                Condition::Code(vec!["1".into()]),
                Condition::Code(vec!["1".into(), "2".into()]),
                false,
            ),
            (
                Condition::Any(vec![sibling("a", "1"), sibling("a", "2")]),
                Condition::Any(vec![sibling("a", "3"), sibling("a", "4")]),
                true,
            ),
            (Condition::Any(vec![sibling("a", "1"), sibling("a", "2")]), sibling("a", "2"), false),
        ] {
            assert_eq!(one.excludes(&other), excludes, "{one}; {other}");
            assert_eq!(other.excludes(&one), excludes, "{other}; {one}");
        }
    }

    #[test]
    fn filters_are_conditions_too() {
        let path = |text: &str| Pattern::parse(text).unwrap();
        let sibling = |value: &str| Condition::Reads(Subject::Sibling("t".into()), Test::Equals(vec![json(value)]));
        let not = |condition: Condition| Condition::Not(Box::new(condition));
        for (pattern, when, other, its, excludes) in [
            ("/p/*[t=int]/v", None, "/p/*/v", Some(sibling("\"bool\"")), true),
            ("/p/*[t=int]/v", None, "/p/*/v", Some(sibling("\"int\"")), false),
            ("/p/*[t=7]/v", None, "/p/*/v", Some(sibling("7")), false),
            ("/p/*[t!=int]/v", None, "/p/*/v", Some(sibling("\"int\"")), true),
            ("/p/*[t!=int]/v", None, "/p/*/v", Some(sibling("\"bool\"")), false),
            ("/p/*[t=int]/v", None, "/p/*/v", Some(not(sibling("\"int\""))), false),
            // A filter further up is of another object.
            ("/p[t=int]/q/v", None, "/p/q/v", Some(sibling("\"bool\"")), false),
            (
                "/p/*[t=int]",
                None,
                "/p/*",
                Some(Condition::Reads(Subject::Member("t".into()), Test::Present(false))),
                true,
            ),
            ("/p/*[\"t\"=\"a.c\"]/v", None, "/p/*/v", Some(sibling("\"abc\"")), true),
            ("/p/*/v", Some(sibling("1")), "/p/*/v", Some(sibling("2")), true),
        ] {
            let (one, other) = (
                Condition::of_rule(&path(pattern), when.as_ref()),
                Condition::of_rule(&path(other), its.as_ref()),
            );
            assert_eq!(one.excludes(&other), excludes, "{one}; {other}");
            assert_eq!(other.excludes(&one), excludes, "{other}; {one}");
        }
    }

    #[test]
    fn conditions_are_shown_on_one_line() {
        let sibling = Condition::Reads(
            Subject::Sibling("data_type".into()),
            Test::Equals(vec![json("\"int\""), json("[]")]),
        );
        let text = node(Test::Type(vec![Kind::String, Kind::Null]));
        assert_eq!(sibling.to_string(), "sibling data_type = \"int\"|[]");
        assert_eq!(
            Condition::All(vec![text.clone(), Condition::Any(vec![sibling, Condition::Status(vec![200, 201])])]).to_string(),
            "type string|null and (sibling data_type = \"int\"|[] or status 200|201)"
        );
        assert_eq!(Condition::Not(Box::new(text)).to_string(), "not (type string|null)");
    }

    fn a_condition() -> impl Strategy<Value = Condition> {
        let value = prop_oneof![Just("1"), Just("\"1\""), Just("\"a\""), Just("null"), Just("[]"), Just("1.5")].prop_map(json);
        let kind = proptest::sample::select(Kind::ALL.map(|(_, kind)| kind).to_vec());
        let test = prop_oneof![
            proptest::collection::vec(kind, 1..3).prop_map(Test::Type),
            proptest::collection::vec(value, 1..3).prop_map(Test::Equals),
            proptest::sample::select(vec!["[0-9]+", "a", ".*"]).prop_map(pattern),
            proptest::sample::select(Readable::ALL.map(|(_, readable)| readable).to_vec()).prop_map(Test::ReadsAs),
            any::<bool>().prop_map(Test::Present),
        ];
        let subject = proptest::sample::select(vec![
            Subject::Node,
            Subject::Sibling("kind".into()),
            Subject::Sibling("none".into()),
            Subject::Parameter("id".into()),
        ]);
        (subject, test)
            .prop_map(|(subject, test)| Condition::Reads(subject, test))
            .prop_recursive(3, 12, 3, |inner| {
                prop_oneof![
                    proptest::collection::vec(inner.clone(), 1..3).prop_map(Condition::All),
                    proptest::collection::vec(inner.clone(), 1..3).prop_map(Condition::Any),
                    inner.prop_map(|condition| Condition::Not(Box::new(condition))),
                ]
            })
    }

    proptest! {
        #[test]
        fn conditions_that_exclude_each_other_never_both_hold(one in a_condition(), other in a_condition(), value in proptest::sample::select(vec!["1", "\"1\"", "\"a\"", "null", "[]", "1.5", "{}"])) {
            if one.excludes(&other) {
                prop_assert!(!(holds(&one, value) && holds(&other, value)), "{} and {} of {}", one, other, value);
            }
        }
    }
}
