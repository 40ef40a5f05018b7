//! What a side is asked: a request with parameters open, and how it is made of values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::exchange::{Body, Headers, Request};
use crate::value::{self, Member, Object, Value, compact};

use super::request_text::{JsonKind, Placeholder, RequestPart, RequestText};

/// What one side is asked, with parameters open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTemplate {
    /// The service of `parity.toml` that is asked.
    pub service: String,
    /// The method, upper case.
    pub method: String,
    /// Whether it only reads, whatever its method.
    pub safe: bool,
    /// How long one answer may take, where the suite says so.
    pub timeout: Option<Duration>,
    /// The path, beginning with `/`.
    pub path: RequestText,
    /// What is written behind a `?` in the path, as it is.
    pub written_query: Option<RequestText>,
    /// Pairs of the query, behind what is written.
    pub query: Vec<Entry>,
    /// Header fields.
    pub headers: Vec<Entry>,
    /// The body.
    pub body: BodyTemplate,
    /// The environment variables that it needs.
    pub credentials: Vec<Credential>,
    /// The one-based line of the suite file on which its path stands.
    pub line: usize,
}

/// A named text: a pair of a query or form, a header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: RequestText,
}

/// A body with parameters open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum BodyTemplate {
    /// None.
    #[default]
    None,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<Entry>),
    /// `application/json`.
    Json(JsonTemplate),
    /// Text as it is.
    Text(RequestText),
}

/// A JSON document with parameters open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonTemplate {
    /// A number or a boolean.
    Value(Value<'static>),
    /// A string; or, where a placeholder with a kind is the whole of it, a value of that kind.
    Text(RequestText),
    /// A list; an item whose optional parameter is absent is left out.
    List(Vec<JsonTemplate>),
    /// An object; a member whose optional parameter is absent is left out.
    Object(Vec<(String, JsonTemplate)>),
}

/// An environment variable that holds a credential, and the one-based line of the suite that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credential {
    /// The variable.
    pub name: String,
    /// The line.
    pub line: usize,
}

/// Values of credentials by the name of their variable; never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials(BTreeMap<String, String>);

/// Why a request cannot be made; texts as lowercase fragments, without any value that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A parameter that the case does not have.
    #[error("the request needs the parameter `{0}`, and the case has none: write `{{{0}?}}` where it may be absent")]
    NoParameter(String),
    /// A credential that nobody gave.
    #[error("the request needs the environment variable `{0}`, which is not set")]
    NoCredential(String),
    /// A value that is not of the kind that the request asks for.
    #[error("`{placeholder}` of the request needs {}, and the case's `{}` is none", .placeholder.kind.map_or("text", JsonKind::with_article), .placeholder.name)]
    Kind {
        /// The placeholder.
        placeholder: Placeholder,
    },
}

impl RequestError {
    /// The parameter that is missing or of the wrong kind.
    pub(super) fn parameter(&self) -> Option<&str> {
        match self {
            Self::NoParameter(name) => Some(name),
            Self::Kind { placeholder } => Some(&placeholder.name),
            Self::NoCredential(_) => None,
        }
    }
}

/// What is to be filled in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'n> {
    /// A parameter.
    Parameter(&'n str),
    /// A credential.
    Credential(&'n str),
}

/// What is filled in.
#[derive(Debug, Clone)]
pub(super) enum Filled<'v> {
    /// The value.
    Value(Cow<'v, str>),
    /// A label in the place of a secret, written as it is wherever it stands.
    Label(String),
}

/// What may stand in a path segment as it is (RFC 3986, section 2.3); everything else a parameter holds is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl RequestTemplate {
    /// Every text with placeholders.
    pub(super) fn texts(&self) -> Vec<&RequestText> {
        let entries = self.query.iter().chain(&self.headers).map(|entry| &entry.value);
        let mut texts: Vec<&RequestText> = [&self.path].into_iter().chain(&self.written_query).chain(entries).collect();
        match &self.body {
            BodyTemplate::None => {}
            BodyTemplate::Form(form) => texts.extend(form.iter().map(|entry| &entry.value)),
            BodyTemplate::Json(json) => json.texts(&mut texts),
            BodyTemplate::Text(text) => texts.push(text),
        }
        texts
    }

    /// The parameters that it names, with repetitions.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.texts().into_iter().flat_map(RequestText::placeholders)
    }

    /// Whether the method says that nothing is changed, or the suite does.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.safe || matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The request with every placeholder filled in; `fill` gives nothing for what is absent.
    pub(super) fn fill<'v>(&self, fill: &dyn Fn(Given<'_>) -> Option<Filled<'v>>) -> Result<Request, RequestError> {
        let fill = Fill(fill);
        let mut target = fill.written(&self.path)?;
        if target.is_empty() {
            target.push('/');
        }
        let mut separator = '?';
        if let Some(written) = &self.written_query {
            target.push(separator);
            target.push_str(&fill.written(written)?);
            separator = '&';
        }
        for entry in &self.query {
            if let Some(value) = fill.optional(&entry.value, encoded)? {
                target.push(separator);
                target.push_str(&encoded(&entry.name));
                target.push('=');
                target.push_str(&value);
                separator = '&';
            }
        }
        let mut headers = Vec::new();
        for entry in &self.headers {
            if let Some(value) = fill.optional(&entry.value, as_it_is)? {
                headers.push((entry.name.clone(), value));
            }
        }
        let (body, media_type) = match &self.body {
            BodyTemplate::None => (None, ""),
            BodyTemplate::Form(form) => (Some(fill.form(form)?), "application/x-www-form-urlencoded"),
            BodyTemplate::Json(json) => (fill.json(json)?.as_ref().map(compact), "application/json"),
            BodyTemplate::Text(text) => (fill.optional(text, as_it_is)?, "text/plain; charset=utf-8"),
        };
        let declared = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !declared {
            headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        }
        Ok(Request {
            method: self.method.clone(),
            target,
            headers: Headers(headers),
            body: body.map(Body::from),
        })
    }
}

struct Fill<'f, 'v>(&'f dyn Fn(Given<'_>) -> Option<Filled<'v>>);

impl Fill<'_, '_> {
    /// Nothing, when an optional placeholder in it is absent.
    fn optional(&self, text: &RequestText, encode: fn(&str) -> Cow<'_, str>) -> Result<Option<String>, RequestError> {
        let mut out = String::new();
        for part in text.parts() {
            match part {
                RequestPart::Text(text) => out.push_str(&encode(text)),
                RequestPart::Parameter(placeholder) if self.absent(placeholder) => return Ok(None),
                RequestPart::Parameter(placeholder) => self.parameter(placeholder, encode, &mut out)?,
                RequestPart::Credential(name) => self.credential(name, encode, &mut out)?,
            }
        }
        Ok(Some(out))
    }

    /// A path or query as it is written, its values encoded; an absent segment of a path goes with its slash.
    fn written(&self, text: &RequestText) -> Result<String, RequestError> {
        let mut out = String::new();
        for part in text.parts() {
            match part {
                RequestPart::Text(text) => out.push_str(text),
                RequestPart::Parameter(placeholder) if self.absent(placeholder) => {
                    out.truncate(out.len() - usize::from(out.ends_with('/')));
                }
                RequestPart::Parameter(placeholder) => self.parameter(placeholder, encoded, &mut out)?,
                RequestPart::Credential(name) => self.credential(name, encoded, &mut out)?,
            }
        }
        Ok(out)
    }

    fn absent(&self, placeholder: &Placeholder) -> bool {
        placeholder.optional && (self.0)(Given::Parameter(&placeholder.name)).is_none()
    }

    fn parameter(&self, placeholder: &Placeholder, encode: fn(&str) -> Cow<'_, str>, out: &mut String) -> Result<(), RequestError> {
        match (self.0)(Given::Parameter(&placeholder.name)) {
            Some(Filled::Value(value)) if placeholder.raw => out.push_str(&value),
            Some(Filled::Value(value)) => out.push_str(&encode(&value)),
            Some(Filled::Label(label)) => out.push_str(&label),
            None => return Err(RequestError::NoParameter(placeholder.name.clone())),
        }
        Ok(())
    }

    fn credential(&self, name: &str, encode: fn(&str) -> Cow<'_, str>, out: &mut String) -> Result<(), RequestError> {
        match (self.0)(Given::Credential(name)) {
            Some(Filled::Value(value)) => out.push_str(&encode(&value)),
            Some(Filled::Label(label)) => out.push_str(&label),
            None => return Err(RequestError::NoCredential(name.to_owned())),
        }
        Ok(())
    }

    fn form(&self, form: &[Entry]) -> Result<String, RequestError> {
        let mut out = String::new();
        for entry in form {
            if let Some(value) = self.optional(&entry.value, form_encoded)? {
                if !out.is_empty() {
                    out.push('&');
                }
                out.push_str(&form_encoded(&entry.name));
                out.push('=');
                out.push_str(&value);
            }
        }
        Ok(out)
    }

    /// Nothing, when an optional placeholder in a text is absent.
    fn json(&self, template: &JsonTemplate) -> Result<Option<Value<'static>>, RequestError> {
        Ok(match template {
            JsonTemplate::Value(value) => Some(value.clone()),
            JsonTemplate::Text(text) => match text.whole() {
                Some(placeholder @ Placeholder { kind: Some(kind), .. }) => self.typed(placeholder, *kind)?,
                _ => self.optional(text, as_it_is)?.map(Value::string),
            },
            JsonTemplate::List(items) => {
                let items = items.iter().map(|item| self.json(item)).filter_map(Result::transpose);
                Some(Value::Array(items.collect::<Result<_, _>>()?))
            }
            JsonTemplate::Object(members) => {
                let mut object = Object::default();
                for (name, member) in members {
                    if let Some(value) = self.json(member)? {
                        object.members.push(Member {
                            name: name.clone().into(),
                            value,
                        });
                    }
                }
                Some(Value::Object(object))
            }
        })
    }

    fn typed(&self, placeholder: &Placeholder, kind: JsonKind) -> Result<Option<Value<'static>>, RequestError> {
        match (self.0)(Given::Parameter(&placeholder.name)) {
            Some(Filled::Label(label)) => Ok(Some(Value::string(label))),
            Some(Filled::Value(value)) => match kind.value(&value) {
                Some(value) => Ok(Some(value)),
                None => Err(RequestError::Kind {
                    placeholder: placeholder.clone(),
                }),
            },
            None if placeholder.optional => Ok(None),
            None => Err(RequestError::NoParameter(placeholder.name.clone())),
        }
    }
}

fn encoded(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, ENCODED).into()
}

fn as_it_is(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn form_encoded(text: &str) -> Cow<'_, str> {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl JsonKind {
    /// The value that a text is of this kind; nothing when it is none.
    #[must_use]
    pub fn value(self, text: &str) -> Option<Value<'static>> {
        let read = value::read(text.as_bytes()).ok()?;
        let token = |number: &value::Number<'_>| number.text == text;
        let fits = match (self, &read) {
            (Self::Json, _) => true,
            (Self::Integer, Value::Number(number)) => number.is_integer() && token(number),
            (Self::Number, Value::Number(number)) => token(number),
            (Self::Boolean, Value::Bool(_)) => matches!(text, "true" | "false"),
            _ => false,
        };
        fits.then(|| read.into_owned())
    }
}

impl JsonTemplate {
    fn texts<'t>(&'t self, texts: &mut Vec<&'t RequestText>) {
        match self {
            Self::Value(_) => {}
            Self::Text(text) => texts.push(text),
            Self::List(items) => items.iter().for_each(|item| item.texts(texts)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.texts(texts)),
        }
    }
}

impl Credentials {
    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Every variable with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Names only.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::suite::{Binding, Bound, Case, Suite, read_suite};
    use proptest::prelude::*;

    fn suite(legacy: &str) -> Suite {
        let parameters = "[parameters]\na = [1]\nb = [2]\nc = [3]\n";
        let candidate = "[candidate]\nget = '/{a}/{b?}/{c?}'\n";
        let text = format!("suite = 's'\n{parameters}[legacy]\n{legacy}\n{candidate}");
        read_suite(&Source::new("s.toml", text)).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn case(bound: &[(&str, &str)]) -> Case {
        let bound = bound.iter().map(|(name, value)| Bound {
            name: (*name).into(),
            value: (*value).into(),
            is: None,
        });
        Case {
            suite: "s".into(),
            binding: Binding(bound.collect()),
        }
    }

    fn made(legacy: &str, bound: &[(&str, &str)]) -> Result<Request, RequestError> {
        let credentials = Credentials::from_iter([("KEY".to_owned(), "s3cret/&".to_owned())]);
        case(bound).request(&suite(legacy).request.legacy, &credentials)
    }

    fn sent(legacy: &str, bound: &[(&str, &str)]) -> String {
        let request = made(legacy, bound).unwrap();
        let headers = request.headers.0.iter().map(|(name, value)| format!(" {name}: {value}"));
        let body = request.body.map_or_else(String::new, |body| format!(" | {}", body.text().unwrap()));
        format!("{} {}{}{body}", request.method, request.target, headers.collect::<String>())
    }

    #[test]
    fn values_are_encoded_where_they_go() {
        let odd = &[("a", "a b/ü&=?#")];
        for (legacy, expected) in [
            ("get = '/x/{a}'", "GET /x/a%20b%2F%C3%BC%26%3D%3F%23"),
            ("get = '/x?p={a}&q=%20'", "GET /x?p=a%20b%2F%C3%BC%26%3D%3F%23&q=%20"),
            (
                "get = '/x?p=1'\nquery = { 'q q' = 'v {a}', n = 5 }",
                "GET /x?p=1&q%20q=v%20a%20b%2F%C3%BC%26%3D%3F%23&n=5",
            ),
            (
                "post = '/x'\nform = { p = '{a}', q = '1+1', r = true }",
                "POST /x Content-Type: application/x-www-form-urlencoded | p=a+b%2F%C3%BC%26%3D%3F%23&q=1%2B1&r=true",
            ),
            (
                "put = '/x'\njson = { p = ['{a}', 1.50, false], q = {} }",
                "PUT /x Content-Type: application/json | {\"p\":[\"a b/ü&=?#\",1.50,false],\"q\":{}}",
            ),
            (
                "patch = '/x'\ntext = '<{{{a}}}>'\nheaders = { content-type = 'text/xml', X-A = '{a}' }",
                "PATCH /x content-type: text/xml X-A: a b/ü&=?# | <{a b/ü&=?#}>",
            ),
            ("delete = '/x/{+a}'", "DELETE /x/a b/ü&=?#"),
        ] {
            assert_eq!(sent(legacy, odd), expected, "{legacy}");
        }
        assert_eq!(sent("head = '/list/{+a}'", &[("a", "type/1/tag/x")]), "HEAD /list/type/1/tag/x");
    }

    #[test]
    fn typed_members_have_their_type_and_nothing_else() {
        let typed = |placeholder: &str, value: &str| {
            let text = RequestText::parse(placeholder).unwrap();
            let mut template = suite("post = '/x'").request.legacy;
            template.body = BodyTemplate::Json(JsonTemplate::Object(vec![("p".into(), JsonTemplate::Text(text))]));
            case(&[("a", value)]).request(&template, &Credentials::default())
        };
        for (placeholder, value, expected) in [
            ("{a:int}", "34", "34"),
            ("{a:int}", "-0", "-0"),
            ("{a:int}", "12345678901234567890", "12345678901234567890"),
            ("{a:number}", "1.50e-3", "1.50e-3"),
            ("{a:bool}", "true", "true"),
            ("{a:json}", " [1, null ] ", "[1,null]"),
            ("{a:json}", "\"x\"", "\"x\""),
            ("{a}", "34", "\"34\""),
        ] {
            let body = typed(placeholder, value).unwrap().body.unwrap();
            assert_eq!(body.text().unwrap(), format!("{{\"p\":{expected}}}"), "{placeholder} {value}");
        }
        for (placeholder, value) in [
            ("{a:int}", "1.0"),
            ("{a:int}", "01"),
            ("{a:int}", "+1"),
            ("{a:int}", " 1"),
            ("{a:int}", ""),
            ("{a:number}", ".5"),
            ("{a:number}", "x"),
            ("{a:bool}", "True"),
            ("{a:json}", "{"),
        ] {
            assert!(
                matches!(typed(placeholder, value), Err(RequestError::Kind { .. })),
                "{placeholder} {value}"
            );
        }
        assert_eq!(
            typed("{a:int}", "x").unwrap_err().to_string(),
            "`{a:int}` of the request needs an integer, and the case's `a` is none"
        );
    }

    #[test]
    fn what_is_absent_is_left_out_with_what_is_around_it() {
        let some = &[("a", "1"), ("b", "")];
        for (legacy, expected) in [
            ("get = '/x'\nquery = { a = '{a?}', b = '{b?}', c = '{c?}' }", "GET /x?a=1&b="),
            (
                "get = '/x'\nquery = { c = '{c?}' }\nheaders = { X-C = '{c?}', X-A = 'v{a?}' }",
                "GET /x X-A: v1",
            ),
            (
                "post = '/x'\nform = { c = 'x{c?}', a = '{a?}' }",
                "POST /x Content-Type: application/x-www-form-urlencoded | a=1",
            ),
            (
                "post = '/x'\njson = { a = '{a:int?}', c = '{c:int?}', d = { c = '{c?}' }, e = ['{c?}', '{a}'] }",
                "POST /x Content-Type: application/json | {\"a\":1,\"d\":{},\"e\":[\"1\"]}",
            ),
            ("get = '/list/{+c?}'", "GET /list"),
            ("get = '/list/{c?}/all'", "GET /list/all"),
            ("get = '/{c?}'", "GET /"),
        ] {
            assert_eq!(sent(legacy, some), expected, "{legacy}");
        }
        assert_eq!(
            made("get = '/x/{c}'", some).unwrap_err().to_string(),
            "the request needs the parameter `c`, and the case has none: write `{c?}` where it may be absent"
        );
    }

    #[test]
    fn credentials_are_sent_and_shown_as_what_they_are_called() {
        let legacy = "post = '/x'\nquery = { k = '{env.KEY}' }\nheaders = { X-Key = 'Key {env.KEY}' }\njson = { k = '{env.KEY}' }";
        assert_eq!(
            sent(legacy, &[]),
            "POST /x?k=s3cret%2F%26 X-Key: Key s3cret/& Content-Type: application/json | {\"k\":\"s3cret/&\"}"
        );
        let suite = suite(legacy);
        assert!(suite.has_secrets());
        let shown = suite.shown_requests(&suite.shown_case(&suite.cases()[0])).unwrap().legacy;
        assert_eq!(shown.target, "/x?k={env.KEY}");
        assert_eq!(shown.headers.get("x-key"), Some("Key {env.KEY}"));
        assert_eq!(shown.body.unwrap().text(), Some("{\"k\":\"{env.KEY}\"}"));
        assert_eq!(
            suite.request.legacy.credentials,
            [Credential {
                name: "KEY".into(),
                line: 8
            }]
        );
        assert!(matches!(
            case(&[]).request(&suite.request.legacy, &Credentials::default()),
            Err(RequestError::NoCredential(name)) if name == "KEY"
        ));
        let credentials = Credentials::from_iter([("KEY".to_owned(), "s3cret/&".to_owned())]);
        assert_eq!(format!("{credentials:?}"), "{\"KEY\"}");
    }

    proptest! {
        #[test]
        fn what_goes_into_a_path_or_form_comes_out_again(value in ".{0,20}") {
            let request = made("post = '/x/{a}'\nform = { p = '{a}' }", &[("a", &value)]).unwrap();
            let segment = request.target.strip_prefix("/x/").unwrap();
            prop_assert_eq!(percent_encoding::percent_decode_str(segment).decode_utf8().unwrap(), value.as_str());
            let body = request.body.unwrap();
            let pairs: Vec<_> = url::form_urlencoded::parse(&body.0).into_owned().collect();
            prop_assert_eq!(pairs, [("p".to_owned(), value)]);
        }
    }
}
