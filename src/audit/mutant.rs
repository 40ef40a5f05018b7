//! A mutant: made, judged, and undone.

use crate::compare::Received;
use crate::exchange::{MediaType, Observation};
use crate::path::{Path, Pattern};
use crate::translate::OwedHeader;
use crate::value::{Value, excerpt};

use super::class::Class;
use super::edit::{self, Edit, Trail};
use super::response::{Change, with_not_a_number};

/// One change to one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// What kind of change it is.
    pub class: Class,
    /// The nodes that it is about; `None` for a response as a whole.
    pub pattern: Option<Pattern>,
    /// The node that is changed.
    pub trail: Trail,
    /// The change.
    pub act: Act,
}

/// A change, by where it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// To a node of the document, in place.
    Edit(Edit),
    /// To the response around it.
    Change(Change),
    /// To the document's text: a number becomes `NaN`.
    NotANumber,
}

/// How much of a node is shown, in characters.
const SHOWN: usize = 120;

impl Mutant {
    /// Hands the mutated answer to `look`, as it is read: `None` when it cannot be read any more. Afterwards `received` is as
    /// it was. `read` reads an answer as it is judged.
    pub fn with<T>(
        &self,
        answer: &Observation,
        received: &mut Received<'_>,
        read: impl Fn(&Observation) -> Option<Received<'_>>,
        look: impl FnOnce(Option<&Received<'_>>) -> T,
    ) -> T {
        match &self.act {
            Act::Edit(change) => {
                let taken_back = edit::apply(body(received), &self.trail, change);
                let seen = look(Some(received));
                edit::undo(body(received), &self.trail, taken_back);
                seen
            }
            Act::Change(Change::Status(status)) => {
                let was = std::mem::replace(&mut received.status, *status);
                let seen = look(Some(received));
                received.status = was;
                seen
            }
            Act::Change(Change::MediaType(media_type)) => {
                let was = std::mem::replace(&mut received.media_type, media_type.map(MediaType::parse));
                let seen = look(Some(received));
                received.media_type = was;
                seen
            }
            Act::Change(Change::Header(place, values)) => {
                let was = std::mem::replace(&mut received.headers[*place], values.clone());
                let seen = look(Some(received));
                received.headers[*place] = was;
                seen
            }
            Act::Change(Change::NoBody) => {
                let was = received.body.take();
                let seen = look(Some(received));
                received.body = was;
                seen
            }
            Act::Change(Change::Text(text)) => look(read(&with_body(answer, text.clone())).as_ref()),
            Act::NotANumber => {
                let text = with_not_a_number(body(received), &self.trail);
                look(read(&with_body(answer, text)).as_ref())
            }
        }
    }

    /// The node that is changed; the root for a response as a whole.
    pub fn path(&self, received: &Received<'_>) -> Path {
        let Some(document) = &received.body else { return Path::root() };
        edit::path(document, &self.trail)
    }

    /// The header that is changed, of those that are owed.
    pub fn header<'o>(&self, owed: &'o [OwedHeader]) -> Option<&'o OwedHeader> {
        match &self.act {
            Act::Change(Change::Header(place, _)) => owed.get(*place),
            _ => None,
        }
    }

    /// What is changed and what comes of it, each on one line.
    pub fn shown(&self, received: &Received<'_>) -> (String, String) {
        let node = received.body.as_ref().map(|document| edit::node(document, &self.trail));
        let short = |value: Option<&Value<'_>>| value.map_or_else(|| "no body".to_owned(), |value| excerpt(value, SHOWN));
        let media_type = |media_type: Option<String>| media_type.unwrap_or_else(|| "no media type".to_owned());
        match (&self.act, node) {
            (Act::Edit(change), Some(node)) => edited(node, change),
            (Act::Edit(_), None) => unreachable!("without a document there is nothing to edit"),
            (Act::Change(Change::Status(status)), _) => (format!("status {}", received.status), format!("status {status}")),
            (Act::Change(Change::MediaType(other)), _) => {
                let was = received.media_type.as_ref().map(ToString::to_string);
                (media_type(was), media_type(other.map(str::to_owned)))
            }
            (Act::Change(Change::Header(place, values)), _) => (values_of(&received.headers[*place]), values_of(values)),
            (Act::Change(Change::NoBody), node) => (short(node), "no body".to_owned()),
            (Act::Change(Change::Text(text)), node) => {
                let text = String::from_utf8_lossy(text);
                (short(node), short(Some(&Value::string(&*text))))
            }
            (Act::NotANumber, node) => (short(node), "NaN".to_owned()),
        }
    }
}

fn values_of(values: &[String]) -> String {
    let shown = |value: &String| excerpt(&Value::string(value.as_str()), SHOWN);
    match values {
        [] => "no such header".to_owned(),
        values => values.iter().map(shown).collect::<Vec<_>>().join(", "),
    }
}

fn edited(node: &Value<'_>, change: &Edit) -> (String, String) {
    let short = |value: &Value<'_>| excerpt(value, SHOWN);
    let child = |place: usize| match node {
        Value::Array(items) => short(&items[place]),
        Value::Object(object) => {
            let member = &object.members[place];
            format!("{}: {}", excerpt(&Value::string(&*member.name), SHOWN), short(&member.value))
        }
        _ => unreachable!("only lists and objects have children"),
    };
    match change {
        Edit::Replace(other) => (short(node), short(other)),
        Edit::Nest => (short(node), "a list of this".to_owned()),
        Edit::Wrap(name) => (short(node), format!("an object with this as `{name}`")),
        Edit::Collapse => (short(node), child(0)),
        Edit::Empty => (short(node), if matches!(node, Value::Array(_)) { "[]" } else { "{}" }.to_owned()),
        Edit::Remove(place) => (child(*place), "nothing".to_owned()),
        Edit::Double(place) => (child(*place), "the same twice".to_owned()),
        Edit::Move { from, to } => (format!("item {from}: {}", child(*from)), format!("item {to}")),
        Edit::Add(name, value) => ("nothing".to_owned(), format!("\"{name}\": {}", short(value))),
        Edit::Rename(place, name) => (child(*place), excerpt(&Value::string(name.as_str()), SHOWN)),
    }
}

fn body<'r, 'x>(received: &'r mut Received<'x>) -> &'r mut Value<'x> {
    received.body.as_mut().expect("a document that is edited is there")
}

fn with_body(answer: &Observation, body: Vec<u8>) -> Observation {
    Observation {
        body: body.into(),
        ..answer.clone()
    }
}
