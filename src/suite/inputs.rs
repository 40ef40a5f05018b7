//! Rows of parameters from a file of their own: CSV with a header row, or JSON Lines. The text is given; nothing here opens it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, Span, Value};
use crate::value::{Value as Json, read as read_json};

use super::case::Bound;
use super::model::Row;
use super::parameters::MAX_CASES;
use super::secrets::names_secret;

/// So many mistakes of one file are told; a thousand rows of one kind of mistake are one mistake.
const TOLD: usize = 10;

const HIDDEN: &str = "the text of this file is not shown, as it holds secrets";

/// What separates the tags of one cell.
const TAGS: char = ';';

/// A file that a suite names, to be opened by whoever reads the suite.
#[derive(Debug, Clone, Copy)]
pub struct DataFile<'d> {
    /// Its path as it is written: relative to the folder of the suite.
    pub name: &'d str,
    value: Value<'d>,
}

impl DataFile<'_> {
    /// An error where the suite names it.
    #[must_use]
    pub fn error(&self, message: impl fmt::Display) -> Diagnostic {
        self.value.diagnostic(message)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

/// A file of rows, with what messages about it need.
#[derive(Debug)]
pub(super) struct Data {
    pub source: Source,
    pub rows: Vec<Row>,
    /// Every parameter that it names, with the place where it does first.
    pub names: Vec<(String, Span)>,
    /// What says which parameters there are: the header row, or the first line.
    pub head: Span,
    /// Where each row stands.
    places: Vec<Span>,
    format: Format,
    /// The names of all columns of CSV.
    columns: Vec<String>,
    /// The parameters whose values are secrets.
    secrets: Vec<String>,
}

impl Data {
    /// Reads the file that a suite names; mistakes in either are noted.
    pub fn read(value: Value<'_>, open: impl FnOnce(&DataFile<'_>) -> Result<Source, Diagnostics>, secrets: &[String]) -> Option<Self> {
        let name = value.text()?.value;
        let format = match name.rsplit_once('.') {
            Some((_, end)) if end.eq_ignore_ascii_case("csv") => Format::Csv,
            Some((_, end)) if end.eq_ignore_ascii_case("jsonl") => Format::JsonLines,
            _ => return value.error("expected a file of rows, `.csv` or `.jsonl`, such as `file = \"runs.csv\"`"),
        };
        if name.starts_with(['/', '\\']) {
            return value.error("expected a path relative to this file");
        }
        let source = match open(&DataFile { name, value }) {
            Ok(source) => source,
            Err(found) => {
                for mut found in found {
                    if found.source.file() != value.source().file() {
                        found.source = without_secrets(&found.source, secrets);
                    }
                    value.note(found);
                }
                return None;
            }
        };
        let mut reading = Reading {
            data: Self {
                source,
                rows: Vec::new(),
                names: Vec::new(),
                head: Span::default(),
                places: Vec::new(),
                format,
                columns: Vec::new(),
                secrets: secrets.to_vec(),
            },
            found: Vec::new(),
            left_out: 0,
        };
        match format {
            Format::Csv => reading.csv(),
            Format::JsonLines => reading.json_lines(),
        }
        let Reading { data, found, left_out } = reading;
        if found.is_empty() {
            return Some(data);
        }
        let last = found.len() - 1;
        let shown = data.shown();
        for (place, mut found) in found.into_iter().enumerate() {
            found.source = shown.clone();
            if data.hides() {
                found = found.note(HIDDEN);
            }
            if place == last && left_out > 0 {
                found = found.note(format!("{left_out} more mistakes of this file are not shown"));
            }
            value.note(found);
        }
        None
    }

    /// The file as messages may show it.
    pub fn shown(&self) -> Source {
        without_secrets(&self.source, &self.secrets)
    }

    fn hides(&self) -> bool {
        names_secret(self.source.text(), &self.secrets)
    }

    /// Where a row stands, or what it says of one parameter.
    pub fn place(&self, row: usize, parameter: Option<&str>) -> Span {
        let place = self.places.get(row).copied().unwrap_or(self.head);
        let Some(parameter) = parameter else { return place };
        let text = self.source.text();
        let found = match self.format {
            Format::Csv => {
                let column = self.columns.iter().position(|column| column == parameter);
                column.and_then(|column| cells(text, place).0.get(column).copied())
            }
            Format::JsonLines => member(text, place, parameter),
        };
        found.unwrap_or(place)
    }

    /// That no row names a parameter.
    pub fn lacks(&self, parameter: &str) -> String {
        match self.format {
            Format::Csv => format!("missing column `{parameter}`"),
            Format::JsonLines => format!("missing member `{parameter}`: no line has it"),
        }
    }

    /// What a name of this file is called.
    pub const fn word(&self) -> &'static str {
        match self.format {
            Format::Csv => "column",
            Format::JsonLines => "member",
        }
    }
}

struct Reading {
    data: Data,
    found: Vec<Diagnostic>,
    left_out: usize,
}

impl Reading {
    fn error(&mut self, span: Span, message: impl Into<String>) -> Option<&mut Diagnostic> {
        if self.found.len() == TOLD {
            self.left_out += 1;
            return None;
        }
        self.found.push(Diagnostic::error(&self.data.source, span, message));
        self.found.last_mut()
    }

    fn error_with_help(&mut self, span: Span, message: impl Into<String>, help: &str) {
        if let Some(error) = self.error(span, message) {
            error.help.push(help.to_owned());
        }
    }

    /// The text and where it begins: a byte-order mark is none of it.
    fn text(&self) -> (Source, usize) {
        let source = self.data.source.clone();
        let begin = if source.text().starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        (source, begin)
    }

    fn add(&mut self, row: Row, place: Span) -> bool {
        if self.data.rows.len() == MAX_CASES {
            self.error(place, format!("the file has more than {MAX_CASES} rows"));
            return false;
        }
        self.data.rows.push(row);
        self.data.places.push(place);
        true
    }

    fn csv(&mut self) {
        let (source, begin) = self.text();
        let text = source.text();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(&text.as_bytes()[begin..]);
        let place = |reader: &csv::Reader<_>| begin + usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let mut record = csv::StringRecord::new();
        let mut header = true;
        loop {
            let from = place(&reader);
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.error(Span::new(from, from), format!("the row cannot be read: {error}"));
                    return;
                }
            }
            let span = without_breaks(text, from, place(&reader));
            // A cell that does not end takes the rest of the file.
            let last = place(&reader) == text.len();
            if let Some(open) = last.then(|| cells(text, span).1).flatten() {
                self.error_with_help(
                    Span::new(open, open + 1),
                    "this quote is never closed",
                    "a cell that begins with `\"` ends with one; a quote inside of it is written `\"\"`",
                );
                return;
            }
            if header {
                header = false;
                self.header(text, span, &record);
            } else if !self.row(text, span, &record) {
                return;
            }
        }
        if header {
            self.error_with_help(
                Span::default(),
                "the file is empty: expected a header row",
                "the first row names the parameters, such as `run_id,is`",
            );
        } else if self.data.rows.is_empty() && self.found.is_empty() {
            self.error(self.data.head, "there is no row below the header, so the file gives no cases");
        }
    }

    fn header(&mut self, text: &str, span: Span, record: &csv::StringRecord) {
        self.data.head = span;
        let mut seen = BTreeSet::new();
        for (name, span) in record.iter().zip(cells(text, span).0) {
            if name.trim() != name {
                self.error(
                    span,
                    format!("the column `{}` has blanks around its name: remove them", name.trim()),
                );
            } else if name.is_empty() {
                self.error(span, "a column without a name: name the parameter that it holds");
            } else if !seen.insert(name) {
                self.error(span, format!("two columns are called `{name}`"));
            } else if name.contains([';', '\t']) {
                self.error(span, format!("columns are separated by commas, found `{}`", name.escape_default()));
            } else if !matches!(name, "is" | "tag") {
                self.data.names.push((name.to_owned(), span));
            }
            self.data.columns.push(name.to_owned());
        }
        if self.data.names.is_empty() && self.found.is_empty() {
            self.error(span, "the header names no parameter");
        }
    }

    /// An empty cell gives its parameter no value.
    fn row(&mut self, text: &str, span: Span, record: &csv::StringRecord) -> bool {
        let columns = self.data.columns.len();
        if record.len() != columns {
            let place = cells(text, span).0.get(columns).copied().unwrap_or(span);
            let many = |count: usize| {
                if count == 1 {
                    "1 cell".to_owned()
                } else {
                    format!("{count} cells")
                }
            };
            self.error_with_help(
                place,
                format!("the row has {}, and the header {columns}", many(record.len())),
                "a cell with a comma in it stands in quotes: `\"a, b\"`; an empty one says that its parameter has no value",
            );
            return true;
        }
        let mut row = Row::default();
        let mut is = None;
        for (name, cell) in self.data.columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
            match name.as_str() {
                "is" => is = Some(cell.to_owned()),
                "tag" => {
                    let tags = cell.split(TAGS).map(str::trim).filter(|tag| !tag.is_empty());
                    row.tags = tags.map(str::to_owned).collect();
                }
                _ => row.bound.push(Bound {
                    name: name.clone(),
                    value: cell.to_owned(),
                    is: None,
                }),
            }
        }
        self.finish(row, is, span)
    }

    fn finish(&mut self, mut row: Row, is: Option<String>, span: Span) -> bool {
        match row.bound.first_mut() {
            Some(first) => first.is = is,
            None => {
                self.error(span, "the row gives no parameter a value");
                return true;
            }
        }
        self.add(row, span)
    }

    fn json_lines(&mut self) {
        const EXPECTED: &str = "each line is an object of parameters, such as `{\"run_id\": 34, \"is\": \"a trace\"}`";
        let (source, begin) = self.text();
        let text = source.text();
        let mut at = begin;
        for line in text[begin..].split_inclusive('\n') {
            let span = without_breaks(text, at, at + line.len());
            at += line.len();
            let line = &text[span.range()];
            if line.trim().is_empty() {
                continue;
            }
            match read_json(line.as_bytes()) {
                Err(error) => {
                    let place = match error.column {
                        0 => span,
                        column => Span::new(span.start + column - 1, span.start + column),
                    };
                    self.error_with_help(place, format!("the line is no JSON: {}", error.reason), EXPECTED);
                }
                Ok(Json::Object(object)) => {
                    if self.data.head == Span::default() {
                        self.data.head = span;
                    }
                    if !self.line(text, span, &object) {
                        return;
                    }
                }
                Ok(other) => {
                    self.error_with_help(span, format!("expected an object, found {}", other.kind().with_article()), EXPECTED);
                }
            }
        }
        if self.data.rows.is_empty() && self.found.is_empty() {
            self.error_with_help(Span::default(), "the file is empty, so it gives no cases", EXPECTED);
        }
    }

    /// A `null` gives its parameter no value.
    fn line(&mut self, text: &str, span: Span, object: &crate::value::Object<'_>) -> bool {
        let mut row = Row::default();
        let mut is = None;
        let mut seen = BTreeSet::new();
        let before = self.found.len() + self.left_out;
        for entry in &object.members {
            let name = entry.name.as_ref();
            let place = || member(text, span, name).unwrap_or(span);
            if !seen.insert(name) {
                self.error(place(), format!("two members are called `{name}`"));
                continue;
            }
            if !matches!(name, "is" | "tag") && !self.data.names.iter().any(|(known, _)| known == name) {
                self.data.names.push((name.to_owned(), place()));
            }
            match (name, &entry.value) {
                (_, Json::Null) => {}
                ("is", Json::String(text)) => is = Some(text.clone().into_owned()),
                ("is", other) => {
                    self.error(place(), format!("`is`: expected a string, found {}", other.kind().with_article()));
                }
                ("tag", value) => match tags(value) {
                    Some(tags) => row.tags = tags,
                    None => {
                        self.error(place(), "`tag`: expected a string or a list of strings");
                    }
                },
                (_, other) => match other.scalar_text() {
                    Some(text) => row.bound.push(Bound {
                        name: name.to_owned(),
                        value: text.to_owned(),
                        is: None,
                    }),
                    None => {
                        let found = other.kind().with_article();
                        self.error(
                            place(),
                            format!("`{name}`: expected a string, a number or a boolean, found {found}"),
                        );
                    }
                },
            }
        }
        if self.found.len() + self.left_out > before {
            return true;
        }
        self.finish(row, is, span)
    }
}

fn without_secrets(source: &Source, secrets: &[String]) -> Source {
    if names_secret(source.text(), secrets) {
        source.concealed()
    } else {
        source.clone()
    }
}

fn tags(value: &Json<'_>) -> Option<Vec<String>> {
    let text = |value: &Json<'_>| match value {
        Json::String(text) => Some(text.clone().into_owned()),
        _ => None,
    };
    match value {
        Json::Array(items) => items.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

/// A row without the line breaks around it.
fn without_breaks(text: &str, from: usize, to: usize) -> Span {
    let row = &text[from..to];
    let start = from + (row.len() - row.trim_start_matches(['\r', '\n']).len());
    Span::new(start, start + text[start..to].trim_end_matches(['\r', '\n']).len())
}

/// Where the cells of a row of CSV stand, and the quote that is never closed.
fn cells(text: &str, row: Span) -> (Vec<Span>, Option<usize>) {
    let mut cells = Vec::new();
    let mut start = row.start;
    let (mut open, mut closed) = (None, None);
    for (at, byte) in (row.start..).zip(text[row.range()].bytes()) {
        match (byte, open) {
            (b'"', Some(_)) => (open, closed) = (None, Some(at)),
            // The first of a cell, or the second of two, which are one quote of the text.
            (b'"', None) if at == start || closed == Some(at - 1) => open = Some(at),
            (b',', None) => {
                cells.push(Span::new(start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(Span::new(start, row.end));
    (cells, open)
}

/// Where the value of a member stands; the last one of that name.
fn member(text: &str, line: Span, name: &str) -> Option<Span> {
    let line_text = &text[line.range()];
    let members: Members<'_> = serde_json::from_str(line_text).ok()?;
    let (_, value) = members.0.into_iter().rfind(|(found, _)| found == name)?;
    let start = line.start + (value.get().as_ptr().addr() - line_text.as_ptr().addr());
    Some(Span::new(start, start + value.get().len()))
}

/// The members of an object as they are written.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}
