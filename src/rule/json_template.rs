//! JSON with parameters in its texts.

use std::borrow::Cow;

use crate::value::{self, Member, Object, Value, is_integer_text};

use super::template::{Template, TemplateError, is_name};

/// A JSON document in whose strings `{name}` stands for a text, and `"{name:int}"`, as the whole of a string, for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonTemplate {
    /// A value as it is.
    Fixed(Value<'static>),
    /// A string with texts to be filled in.
    Text(Template),
    /// A value that is made of a text.
    Typed {
        /// The name of the text.
        name: String,
        /// What it becomes.
        kind: TypedText,
    },
    /// An array.
    Array(Vec<JsonTemplate>),
    /// An object.
    Object(Vec<(String, JsonTemplate)>),
}

/// What the text of a typed placeholder becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedText {
    /// An integer token.
    Integer,
    /// A number token of JSON.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any JSON.
    Json,
}

/// Why a template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfilled {
    /// There is no text of that name.
    Absent {
        /// The name.
        name: String,
    },
    /// The text does not read as what it should become.
    Unreadable {
        /// What is wanted, with its article.
        wanted: &'static str,
        /// The text.
        found: String,
    },
}

impl JsonTemplate {
    /// The template that a document is.
    ///
    /// # Errors
    /// When braces in a string do not pair, or hold no name.
    pub fn of(document: Value<'static>) -> Result<Self, TemplateError> {
        Ok(match document {
            Value::String(text) => Self::of_text(&text)?,
            Value::Array(items) => Self::Array(items.into_iter().map(Self::of).collect::<Result<_, _>>()?),
            Value::Object(object) => Self::Object(
                object
                    .members
                    .into_iter()
                    .map(|member| Ok((member.name.into_owned(), Self::of(member.value)?)))
                    .collect::<Result<_, _>>()?,
            ),
            scalar => Self::Fixed(scalar),
        })
    }

    fn of_text(text: &str) -> Result<Self, TemplateError> {
        let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        if let Some((name, kind)) = inside.and_then(|inside| inside.split_once(':'))
            && is_name(name)
            && let Some(kind) = TypedText::of(kind)
        {
            return Ok(Self::Typed {
                name: name.to_owned(),
                kind,
            });
        }
        let template = Template::parse(text)?;
        Ok(match template.plain() {
            Some(text) => Self::Fixed(Value::String(Cow::Owned(text))),
            None => Self::Text(template),
        })
    }

    /// The document, with what `text` gives for each name.
    ///
    /// # Errors
    /// When there is no text of a name, or it does not read as what it should become.
    pub fn fill<'t>(&self, text: &impl Fn(&str) -> Option<Cow<'t, str>>) -> Result<Value<'static>, Unfilled> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => Value::String(Cow::Owned(fill(template, text)?)),
            Self::Typed { name, kind } => kind.read(&text(name).ok_or_else(|| absent(name))?)?,
            Self::Array(items) => Value::Array(items.iter().map(|item| item.fill(text)).collect::<Result<_, _>>()?),
            Self::Object(members) => Value::Object(Object {
                members: members
                    .iter()
                    .map(|(name, value)| {
                        Ok(Member {
                            name: Cow::Owned(name.clone()),
                            value: value.fill(text)?,
                        })
                    })
                    .collect::<Result<_, _>>()?,
            }),
        })
    }

    /// The names in it, in order, with repetitions.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Text(template) => template.parameters().collect(),
            Self::Typed { name, .. } => vec![name],
            Self::Array(items) => items.iter().flat_map(Self::names).collect(),
            Self::Object(members) => members.iter().flat_map(|(_, value)| value.names()).collect(),
        }
    }

    /// The member of an object, where it does not depend on what is filled in.
    #[must_use]
    pub fn fixed_member(&self, name: &str) -> Option<&Value<'static>> {
        match self {
            Self::Object(members) => members.iter().find_map(|(known, value)| match value {
                Self::Fixed(value) if known == name => Some(value),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// A template with what `text` gives for each name.
///
/// # Errors
/// When there is no text of a name.
pub fn fill<'t>(template: &Template, text: &impl Fn(&str) -> Option<Cow<'t, str>>) -> Result<String, Unfilled> {
    match template.parameters().find(|name| text(name).is_none()) {
        Some(name) => Err(absent(name)),
        None => Ok(template.fill(|name| text(name).unwrap_or_default())),
    }
}

fn absent(name: &str) -> Unfilled {
    Unfilled::Absent { name: name.to_owned() }
}

impl TypedText {
    const ALL: [(&'static str, Self); 4] = [
        ("int", Self::Integer),
        ("number", Self::Number),
        ("bool", Self::Boolean),
        ("json", Self::Json),
    ];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }

    fn read(self, text: &str) -> Result<Value<'static>, Unfilled> {
        let json = || value::read(text.as_bytes()).ok().map(Value::into_owned);
        let (made, wanted) = match self {
            Self::Integer => (json().filter(|_| is_integer_text(text)), "an integer"),
            Self::Number => (json().filter(|value| matches!(value, Value::Number(_))), "a number of JSON"),
            Self::Boolean => (json().filter(|value| matches!(value, Value::Bool(_))), "`true` or `false`"),
            Self::Json => (json(), "JSON"),
        };
        made.ok_or_else(|| Unfilled::Unreadable {
            wanted,
            found: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::compact;
    use proptest::prelude::*;

    fn filled(json: &str) -> Result<String, Unfilled> {
        let template = JsonTemplate::of(value::read(json.as_bytes()).unwrap().into_owned()).unwrap();
        let texts = |name: &str| match name {
            "id" => Some(Cow::Borrowed("34")),
            "word" => Some(Cow::Borrowed("abc")),
            "legacy.flag" => Some(Cow::Borrowed("true")),
            _ => None,
        };
        template.fill(&texts).map(|value| compact(&value))
    }

    #[test]
    fn texts_are_filled_in_and_typed_where_the_whole_string_says_so() {
        let json = r#"{"{id}":"run {id} {{}}","i":"{id:int}","n":["{id:number}","{legacy.flag:bool}"],"j":{"k":"{legacy.flag:json}"},"s":"{word}","x":1.0}"#;
        assert_eq!(
            filled(json).unwrap(),
            r#"{"{id}":"run 34 {}","i":34,"n":[34,true],"j":{"k":true},"s":"abc","x":1.0}"#
        );
    }

    #[test]
    fn what_is_not_there_or_does_not_read_is_named() {
        assert_eq!(filled(r#"["{nobody}"]"#), Err(absent("nobody")));
        assert_eq!(filled(r#"["{nobody:int}"]"#), Err(absent("nobody")));
        for (kind, wanted) in [
            ("int", "an integer"),
            ("number", "a number of JSON"),
            ("bool", "`true` or `false`"),
            ("json", "JSON"),
        ] {
            let found = "abc".to_owned();
            assert_eq!(
                filled(&format!("\"{{word:{kind}}}\"")),
                Err(Unfilled::Unreadable { wanted, found }),
                "{kind}"
            );
        }
    }

    #[test]
    fn a_kind_that_there_is_not_is_no_name() {
        for text in ["{id:integer}", "{a b:int}", "{", "x}"] {
            assert!(JsonTemplate::of(Value::string(text.to_owned())).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_document_without_braces_is_filled_with_itself(text in "[^{}]{0,12}", number in -1000i32..1000) {
            let document = Value::Array(vec![Value::string(text), Value::number(number.to_string()), Value::Null, Value::Bool(true)]);
            let template = JsonTemplate::of(document.clone()).unwrap();
            prop_assert_eq!(template.fill(&|_| None), Ok(document));
            prop_assert!(template.names().is_empty());
        }
    }
}
