//! A side's request as it is written.

use crate::diagnostic::{Kind, NonEmpty, Spanned, Table, Value};
use crate::value::Value as Json;

use super::request::{BodyTemplate, Credential, Entry, JsonTemplate, RequestTemplate};
use super::request_text::RequestText;

/// The methods by their keys.
const METHODS: [(&str, &str); 6] = [
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
    ("head", "HEAD"),
];

/// Reads the keys of a request from the table of its side, which is then left to its owner; `service` is asked unless the
/// table says another.
pub(super) fn read_request(table: &mut Table<'_>, service: &str) -> Option<(RequestTemplate, Vec<Spanned<String>>)> {
    let mut uses = Uses::default();
    let target = target(table, &mut uses);
    let query = entries(table, "query", &mut uses);
    let headers = entries(table, "headers", &mut uses);
    let body = body(table, &mut uses);
    let service = table
        .optional::<NonEmpty>("service")
        .map_or_else(|| service.to_owned(), String::from);
    let safe = table.optional::<bool>("safe").unwrap_or_default();
    let timeout = table.optional_with("timeout", Value::duration);
    let (method, line, path, written_query) = target?;
    let (query, headers, body) = (query?, headers?, body?);
    if !matches!(body, BodyTemplate::None) && matches!(method, "GET" | "HEAD") {
        let said = ["form", "json", "text"].into_iter().find_map(|key| table.value(key));
        return said?.error(format_args!("a {method} sends no body: ask with `post`, or write `query`"));
    }
    uses.credentials.sort();
    uses.credentials.dedup_by(|one, other| one.name == other.name);
    let request = RequestTemplate {
        service,
        method: method.to_owned(),
        safe,
        timeout,
        path,
        written_query,
        query,
        headers,
        body,
        credentials: uses.credentials,
        line,
    };
    Some((request, uses.parameters))
}

/// What the texts of a request use, and where.
#[derive(Default)]
struct Uses {
    credentials: Vec<Credential>,
    parameters: Vec<Spanned<String>>,
}

fn target(table: &mut Table<'_>, uses: &mut Uses) -> Option<(&'static str, usize, RequestText, Option<RequestText>)> {
    let mut found: Vec<(&'static str, Value<'_>)> = Vec::new();
    for (key, method) in METHODS {
        if let Some(value) = table.value(key) {
            found.push((method, value));
        }
    }
    let mut found = found.into_iter();
    let Some((method, value)) = found.next() else {
        // Told as a missing key, whose nearest misspelling is guessed.
        table.required_with("get", |_| Some(()));
        return None;
    };
    if let Some((_, second)) = found.next() {
        return second.error("a side is asked one thing: there is another method beside it");
    }
    let text = request_text(value)?;
    if !value.string()?.value.starts_with('/') {
        return value
            .error("a request's path begins with `/`; the address comes from `parity.toml` or `--legacy-url` and `--candidate-url`");
    }
    if text.credentials().next().is_some() {
        let diagnostic = value
            .diagnostic("a credential stands in no path: paths end up in the logs of everybody who handles them")
            .help("send it in `headers`, `query`, `form` or `json`");
        value.note(diagnostic);
        return None;
    }
    if let Some(typed) = text.placeholders().find(|placeholder| placeholder.kind.is_some()) {
        return typed_outside_json(value, typed);
    }
    uses.note(&text, value);
    let (path, written_query) = text.split_at('?');
    if let Some(placeholder) = written_query.iter().flat_map(|query| query.placeholders()).find(|one| one.optional) {
        let diagnostic = value
            .diagnostic(format_args!(
                "`{placeholder}` may be absent, and a query that is written in the path stays as it is"
            ))
            .help(format!(
                "write `query = {{ {0} = \"{placeholder}\" }}`, which leaves the pair out",
                placeholder.name
            ));
        value.note(diagnostic);
        return None;
    }
    if let Some(placeholder) = path.placeholders().find(|one| one.optional && !is_segment(&path, one)) {
        return value.error(format_args!(
            "`{placeholder}` may be absent, and only a whole segment of a path can be left out: `/runs/{placeholder}`"
        ));
    }
    let line = value.source().position(value.span().start).line;
    Some((method, line, path, written_query))
}

/// Whether a placeholder is a whole segment of a path.
fn is_segment(path: &RequestText, placeholder: &super::request_text::Placeholder) -> bool {
    path.to_string().split('/').any(|segment| segment == placeholder.to_string())
}

fn typed_outside_json<T>(value: Value<'_>, placeholder: &super::request_text::Placeholder) -> Option<T> {
    value.error(format_args!(
        "`{placeholder}` makes a value of JSON, so it is the whole of a string in `json`; write `{{{}}}` here",
        placeholder.name
    ))
}

/// Named texts, in the order of the file.
fn entries(table: &mut Table<'_>, key: &'static str, uses: &mut Uses) -> Option<Vec<Entry>> {
    let Some(value) = table.value(key) else { return Some(Vec::new()) };
    let entries = value.table()?.entries();
    let read = entries.into_iter().map(|(name, value)| {
        let text = entry_text(value)?;
        if let Some(typed) = text.placeholders().find(|placeholder| placeholder.kind.is_some()) {
            return typed_outside_json(value, typed);
        }
        uses.note(&text, value);
        Some(Entry {
            name: name.value,
            value: text,
        })
    });
    let read: Vec<Option<Entry>> = read.collect();
    read.into_iter().collect()
}

/// A text, or a number or boolean as it is written.
fn entry_text(value: Value<'_>) -> Option<RequestText> {
    match value.kind() {
        Kind::String => request_text(value),
        Kind::Integer | Kind::Float => Some(RequestText::literal(&value.literal()?)),
        Kind::Boolean => Some(RequestText::literal(&value.boolean()?.to_string())),
        _ => value.unexpected("a string, a number or a boolean"),
    }
}

fn body(table: &mut Table<'_>, uses: &mut Uses) -> Option<BodyTemplate> {
    let form = table.value("form");
    let json = table.value("json");
    let text = table.value("text");
    let mut said = [form, json, text].into_iter().flatten();
    if let (Some(_), Some(second)) = (said.next(), said.next()) {
        return second.error("a request has one body: keep one of `form`, `json` and `text`");
    }
    if form.is_some() {
        return entries(table, "form", uses).map(BodyTemplate::Form);
    }
    if let Some(value) = json {
        let document = document(value, uses)?;
        if let JsonTemplate::Text(text) = &document
            && text.placeholders().any(|placeholder| placeholder.optional)
        {
            return value.error("the whole document cannot be absent: leave the `?` out");
        }
        return Some(BodyTemplate::Json(document));
    }
    let Some(value) = text else { return Some(BodyTemplate::None) };
    let text = request_text(value)?;
    if let Some(typed) = text.placeholders().find(|placeholder| placeholder.kind.is_some()) {
        return typed_outside_json(value, typed);
    }
    if let Some(placeholder) = text.placeholders().find(|placeholder| placeholder.optional) {
        return value.error(format_args!(
            "`{placeholder}`: a part of a text cannot be left out; use `form` or `json`"
        ));
    }
    if text.credentials().next().is_some() {
        return value.error("a credential stands in no text: send it in `headers`, `query`, `form` or `json`");
    }
    uses.note(&text, value);
    Some(BodyTemplate::Text(text))
}

fn document(value: Value<'_>, uses: &mut Uses) -> Option<JsonTemplate> {
    match value.kind() {
        Kind::String => {
            let text = request_text(value)?;
            let typed = text.placeholders().find(|placeholder| placeholder.kind.is_some());
            if let Some(typed) = typed.filter(|_| text.whole().is_none()) {
                return typed_outside_json(value, typed);
            }
            uses.note(&text, value);
            Some(JsonTemplate::Text(text))
        }
        Kind::Integer => Some(JsonTemplate::Value(Json::number(
            value.integer_in(i64::MIN..=i64::MAX)?.to_string(),
        ))),
        Kind::Float => match value.literal().filter(|text| text.parse().is_ok_and(f64::is_finite)) {
            Some(text) => Some(JsonTemplate::Value(Json::number(text.trim_start_matches('+').to_owned()))),
            None => value.error("JSON has no such number"),
        },
        Kind::Boolean => Some(JsonTemplate::Value(Json::Bool(value.boolean()?))),
        Kind::Datetime => value.error("JSON has no dates: write it in quotes, as the text that is meant"),
        Kind::List => {
            let items: Vec<_> = value.list()?.into_iter().map(|item| document(item, uses)).collect();
            items.into_iter().collect::<Option<_>>().map(JsonTemplate::List)
        }
        Kind::Table => {
            let members = value.table()?.entries().into_iter();
            let members: Vec<_> = members.map(|(name, member)| Some((name.value, document(member, uses)?))).collect();
            members.into_iter().collect::<Option<_>>().map(JsonTemplate::Object)
        }
    }
}

impl Uses {
    fn note(&mut self, text: &RequestText, value: Value<'_>) {
        let line = value.source().position(value.span().start).line;
        self.credentials.extend(text.credentials().map(|name| Credential {
            name: name.to_owned(),
            line,
        }));
        let names = text.placeholders().map(|placeholder| placeholder.name.clone());
        self.parameters.extend(names.map(|name| Spanned::new(name, value.span())));
    }
}

fn request_text(value: Value<'_>) -> Option<RequestText> {
    match RequestText::parse(value.string()?.value) {
        Ok(text) => Some(text),
        Err(error) => value.error(error),
    }
}
