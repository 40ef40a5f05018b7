//! A reader: decodes TOML by hand, keeps the place of every value, and goes on after an error to find the next.
//!
//! See the [room's page](super) for how to use it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::RangeInclusive;

use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Diagnostics, Source, Span, Spanned, nearest};

/// Parses a source as TOML and decodes its root table.
///
/// # Errors
/// Every syntax error, or else every error that `decode` met, in the order of the file.
pub fn read<T>(source: &Source, decode: impl FnOnce(Table<'_>) -> Option<T>) -> Result<T, Diagnostics> {
    let notes = Notes {
        source,
        found: RefCell::new(Diagnostics::new()),
        unfinished: Cell::new(false),
    };
    let (root, syntax_errors) = DeTable::parse_recoverable(source.text());
    for error in &syntax_errors {
        let span = error.span().map_or_else(Span::default, Span::from);
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        notes.add(Diagnostic::error(source, span, message));
    }
    let decoded = if syntax_errors.is_empty() {
        decode(Table::new(root.get_ref(), Span::default(), &notes))
    } else {
        // What follows a syntax error would only be noise.
        None
    };
    // Leaving early after a noted error is fine; a table that is read well and never finished would let unknown keys pass,
    // which any test that reads a good file shows.
    debug_assert!(
        !notes.unfinished.get() || !notes.found.borrow().is_empty(),
        "a table was read and never finished: call `Table::finish`"
    );
    let mut found = notes.found.into_inner();
    match decoded {
        Some(value) if found.is_empty() => Ok(value),
        None if found.is_empty() => Err(Diagnostic::file(source, "the file cannot be read as what it should be").into()),
        _ => {
            found.sort();
            Err(found)
        }
    }
}

/// A type that a value can be read as.
pub trait Decode: Sized {
    /// Reads it, or notes what is wrong and gives `None`.
    fn decode(value: Value<'_>) -> Option<Self>;
}

/// A table whose keys are asked for one by one.
///
/// Call [`finish`](Self::finish) when all were asked for: it reports the keys that nobody asked for.
#[derive(Debug)]
pub struct Table<'d> {
    entries: &'d DeTable<'d>,
    span: Span,
    notes: &'d Notes<'d>,
    asked: Vec<&'static str>,
    missing: Vec<&'static str>,
    state: State,
}

impl<'d> Table<'d> {
    /// Where the table stands: its header, or the whole of an inline table; the start of the file for the root.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Notes an error about this table as a whole.
    pub fn error(&self, message: impl Into<String>) {
        self.note(Diagnostic::error(self.notes.source, self.span, message));
    }

    /// Notes any diagnostic.
    pub fn note(&self, diagnostic: Diagnostic) {
        self.notes.add(diagnostic);
    }

    /// The source being read, for diagnostics of one's own.
    #[must_use]
    pub const fn source(&self) -> &'d Source {
        self.notes.source
    }

    /// The value of a key, undecoded; `None` when it is absent, which is no error.
    pub fn value(&mut self, key: &'static str) -> Option<Value<'d>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let (_, value) = self.entries.get_key_value(key)?;
        Some(Value::new(Some(key), value, self.notes))
    }

    /// A key that must be there.
    pub fn required<T: Decode>(&mut self, key: &'static str) -> Option<T> {
        self.required_with(key, T::decode)
    }

    /// A key that may be absent. `None` means absent, or wrong and noted.
    pub fn optional<T: Decode>(&mut self, key: &'static str) -> Option<T> {
        self.optional_with(key, T::decode)
    }

    /// A key that must be there, decoded by a function.
    pub fn required_with<T>(&mut self, key: &'static str, decode: impl FnOnce(Value<'d>) -> Option<T>) -> Option<T> {
        let value = self.value(key);
        if value.is_none() {
            self.missing.push(key);
        }
        decode(value?)
    }

    /// A key that may be absent, decoded by a function. `None` means absent, or wrong and noted.
    pub fn optional_with<T>(&mut self, key: &'static str, decode: impl FnOnce(Value<'d>) -> Option<T>) -> Option<T> {
        decode(self.value(key)?)
    }

    /// A sub-table (`[key]`, or inline) that may be absent.
    pub fn table<T>(&mut self, key: &'static str, decode: impl FnOnce(Table<'d>) -> Option<T>) -> Option<T> {
        self.optional_with(key, |value| decode(value.table()?))
    }

    /// An array of tables (`[[key]]`), possibly absent; the items that could be read, in their order.
    pub fn tables<T>(&mut self, key: &'static str, mut decode: impl FnMut(Table<'d>) -> Option<T>) -> Vec<T> {
        let items = self.optional_with(key, Value::list).unwrap_or_default();
        items.into_iter().filter_map(|item| decode(item.table()?)).collect()
    }

    /// A table whose keys are names of the writer's own choice (`[service.NAME]`), possibly absent; in the order of the file.
    pub fn named<T>(&mut self, key: &'static str, mut decode: impl FnMut(Spanned<String>, Value<'d>) -> Option<T>) -> Vec<T> {
        let entries = self.optional_with(key, |value| Some(value.table()?.entries())).unwrap_or_default();
        entries.into_iter().filter_map(|(name, value)| decode(name, value)).collect()
    }

    /// Every entry, in the order of the file. The table is then finished: any key is valid.
    #[must_use]
    pub fn entries(mut self) -> Vec<(Spanned<String>, Value<'d>)> {
        self.state = State::Finished;
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                let name = Spanned::new(key.get_ref().to_string(), key.span().into());
                (name, Value::new(None, value, self.notes))
            })
            .collect();
        entries.sort_by_key(|(name, _)| name.span);
        entries
    }

    /// Reports the keys that nobody asked for, with the nearest of those that were.
    pub fn finish(mut self) {
        for key in self.entries.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            // A misspelt required key is one mistake and not two, so the missing ones are the first to be guessed.
            let guess = nearest(name, self.missing.iter().copied())
                .or_else(|| nearest(name, self.asked.iter().copied()).filter(|valid| !self.entries.contains_key(*valid)));
            let (hint, help) = hint(guess);
            let mut diagnostic = Diagnostic::error(self.notes.source, key.span().into(), format!("unknown key `{name}`{hint}"));
            if self.asked.is_empty() {
                diagnostic = diagnostic.note("this table takes no keys");
            } else {
                diagnostic = diagnostic.note(format!("valid keys: {}", listed(self.asked.iter().copied())));
            }
            self.notes.add(help.into_iter().fold(diagnostic, Diagnostic::help));
            self.missing.retain(|missing| guess != Some(missing));
        }
        self.report_missing();
        self.state = State::Finished;
    }

    fn new(entries: &'d DeTable<'d>, span: Span, notes: &'d Notes<'d>) -> Self {
        Self {
            entries,
            span,
            notes,
            asked: Vec::new(),
            missing: Vec::new(),
            state: State::Open,
        }
    }

    fn report_missing(&mut self) {
        for key in std::mem::take(&mut self.missing) {
            self.error(format!("missing key `{key}`"));
        }
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        self.report_missing();
        if self.state == State::Open {
            self.notes.unfinished.set(true);
        }
    }
}

/// A value, not yet decoded.
#[derive(Clone, Copy, Debug)]
pub struct Value<'d> {
    key: Option<&'static str>,
    inner: &'d DeValue<'d>,
    span: Span,
    notes: &'d Notes<'d>,
}

impl<'d> Value<'d> {
    /// Where it stands.
    #[must_use]
    pub const fn span(self) -> Span {
        self.span
    }

    /// What TOML says it is, for values that may be of several kinds.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self.inner {
            DeValue::String(_) => Kind::String,
            DeValue::Integer(_) => Kind::Integer,
            DeValue::Float(_) => Kind::Float,
            DeValue::Boolean(_) => Kind::Boolean,
            DeValue::Datetime(_) => Kind::Datetime,
            DeValue::Array(_) => Kind::List,
            DeValue::Table(_) => Kind::Table,
        }
    }

    /// A number's or a date's text as it was written (underscores in digits removed); `None` for every other kind.
    #[must_use]
    pub fn literal(self) -> Option<String> {
        match self.inner {
            DeValue::Integer(integer) => Some(integer.to_string()),
            DeValue::Float(float) => Some(float.as_str().to_owned()),
            DeValue::Datetime(datetime) => Some(datetime.to_string()),
            _ => None,
        }
    }

    /// Notes an error here, after the key's name: `jobs: …`. Gives `None`, so that a decoder can end with it.
    pub fn error<T>(self, message: impl fmt::Display) -> Option<T> {
        self.note(self.diagnostic(message));
        None
    }

    /// The diagnostic that [`error`](Self::error) would note, to add help to.
    #[must_use]
    pub fn diagnostic(self, message: impl fmt::Display) -> Diagnostic {
        let message = match self.key {
            Some(key) => format!("`{key}`: {message}"),
            None => message.to_string(),
        };
        Diagnostic::error(self.notes.source, self.span, message)
    }

    /// Notes any diagnostic.
    pub fn note(self, diagnostic: Diagnostic) {
        self.notes.add(diagnostic);
    }

    /// Notes `expected …, found …`. Gives `None`.
    pub fn unexpected<T>(self, expected: impl fmt::Display) -> Option<T> {
        self.error(format_args!("expected {expected}, found {}", self.kind()))
    }

    /// A string, possibly empty.
    #[must_use]
    pub fn string(self) -> Option<Spanned<&'d str>> {
        match self.inner {
            DeValue::String(text) => Some(Spanned::new(text, self.span)),
            _ => self.unexpected(Kind::String),
        }
    }

    /// A string with at least one character that is no blank.
    #[must_use]
    pub fn text(self) -> Option<Spanned<&'d str>> {
        let text = self.string()?;
        if text.trim().is_empty() {
            return self.error("expected a text, found an empty string");
        }
        Some(text)
    }

    /// An integer within bounds, of whatever type they are.
    #[must_use]
    pub fn integer_in<T>(self, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + Copy + PartialOrd + fmt::Display,
    {
        let expected = format!("an integer from {} to {}", range.start(), range.end());
        let DeValue::Integer(integer) = self.inner else {
            return self.unexpected(expected);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(|number| T::try_from(number).ok());
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => self.error(format_args!("expected {expected}, found {integer}")),
        }
    }

    /// `true` or `false`.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.inner {
            DeValue::Boolean(boolean) => Some(*boolean),
            _ => self.unexpected(Kind::Boolean),
        }
    }

    /// A list; its items are not decoded.
    #[must_use]
    pub fn list(self) -> Option<Vec<Value<'d>>> {
        match self.inner {
            DeValue::Array(items) => Some(
                items
                    .iter()
                    .map(|item| Value {
                        key: self.key,
                        ..Value::new(None, item, self.notes)
                    })
                    .collect(),
            ),
            _ => self.unexpected(Kind::List),
        }
    }

    /// The items of a list, or the value itself where it is none.
    #[must_use]
    pub fn list_or_one(self) -> Vec<Value<'d>> {
        match self.kind() {
            Kind::List => self.list().unwrap_or_default(),
            _ => vec![self],
        }
    }

    /// A list of strings, or one string instead of a list of one.
    #[must_use]
    pub fn strings(self) -> Option<Vec<Spanned<String>>> {
        match self.kind() {
            Kind::String => Some(vec![self.string()?.map(str::to_owned)]),
            Kind::List => all(self.list()?, Decode::decode),
            _ => self.unexpected("a string or a list of strings"),
        }
    }

    /// A table.
    #[must_use]
    pub fn table(self) -> Option<Table<'d>> {
        match self.inner {
            DeValue::Table(entries) => Some(Table::new(entries, self.span, self.notes)),
            _ => self.unexpected(Kind::Table),
        }
    }

    /// A string that is one of these names; each stands for a value.
    #[must_use]
    pub fn one_of<T: Clone>(self, names: &[(&str, T)]) -> Option<T> {
        let found = self.string()?;
        if let Some((_, value)) = names.iter().find(|(name, _)| *name == found.value) {
            return Some(value.clone());
        }
        let (hint, help) = hint(nearest(found.value, names.iter().map(|(name, _)| *name)));
        let expected = listed(names.iter().map(|(name, _)| *name));
        let diagnostic = self.diagnostic(format_args!("expected one of {expected}, found `{found}`{hint}"));
        self.note(help.into_iter().fold(diagnostic, Diagnostic::help));
        None
    }

    /// The source being read, for diagnostics of one's own.
    #[must_use]
    pub const fn source(self) -> &'d Source {
        self.notes.source
    }

    fn new(key: Option<&'static str>, value: &'d toml::Spanned<DeValue<'d>>, notes: &'d Notes<'d>) -> Self {
        Self {
            key,
            inner: value.get_ref(),
            span: value.span().into(),
            notes,
        }
    }
}

/// The kinds of TOML values; shown with their article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Kind {
    String,
    Integer,
    Float,
    Boolean,
    Datetime,
    List,
    Table,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Float => "a float",
            Self::Boolean => "a boolean",
            Self::Datetime => "a date",
            Self::List => "a list",
            Self::Table => "a table",
        })
    }
}

/// A string that must say something: the type to ask for where an empty text would be a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonEmpty(String);

impl From<NonEmpty> for String {
    fn from(text: NonEmpty) -> Self {
        text.0
    }
}

impl Decode for NonEmpty {
    fn decode(value: Value<'_>) -> Option<Self> {
        Some(Self(value.text()?.value.to_owned()))
    }
}

impl Decode for String {
    fn decode(value: Value<'_>) -> Option<Self> {
        Some(value.string()?.value.to_owned())
    }
}

impl Decode for bool {
    fn decode(value: Value<'_>) -> Option<Self> {
        value.boolean()
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: Value<'_>) -> Option<Self> {
        all(value.list()?, T::decode)
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(value: Value<'_>) -> Option<Self> {
        Some(Self::new(T::decode(value)?, value.span()))
    }
}

macro_rules! decode_integers {
    ($($integer:ty),+) => {$(
        impl Decode for $integer {
            fn decode(value: Value<'_>) -> Option<Self> {
                value.integer_in(<$integer>::MIN..=<$integer>::MAX)
            }
        }
    )+};
}

decode_integers!(u8, u16, u32, u64, usize, i32, i64);

/// Names for people: "`one`, `two`".
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The end of a message and the help line that go with a guess.
fn hint(guess: Option<&str>) -> (String, Option<String>) {
    match guess {
        Some(guess) => (format!(": did you mean `{guess}`?"), Some(format!("write `{guess}`"))),
        None => (String::new(), None),
    }
}

/// Every item decoded, or `None` after all of them were tried, so that each notes its error.
fn all<'d, T>(items: Vec<Value<'d>>, decode: impl FnMut(Value<'d>) -> Option<T>) -> Option<Vec<T>> {
    let decoded: Vec<Option<T>> = items.into_iter().map(decode).collect();
    decoded.into_iter().collect()
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    Finished,
}

/// What was found so far.
#[derive(Debug)]
struct Notes<'d> {
    source: &'d Source,
    found: RefCell<Diagnostics>,
    /// Whether a table was left without [`Table::finish`].
    unfinished: Cell<bool>,
}

impl Notes<'_> {
    fn add(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::redundant_closure_for_method_calls,
        reason = "a method of one lifetime is no function of every lifetime"
    )]

    use super::*;

    fn errors<T>(text: &str, decode: impl FnOnce(Table<'_>) -> Option<T>) -> Vec<String> {
        let source = Source::new("f", text);
        let errors = read(&source, decode)
            .err()
            .map(|errors| errors.iter().map(ToString::to_string).collect());
        errors.unwrap_or_default()
    }

    fn value<T>(text: &str, decode: impl FnOnce(Value<'_>) -> Option<T>) -> Result<T, String> {
        let source = Source::new("f", format!("k = {text}"));
        let decoded = read(&source, |mut table| {
            let decoded = table.required_with("k", decode);
            table.finish();
            decoded
        });
        decoded.map_err(|errors| errors.to_string())
    }

    #[test]
    fn values_of_the_right_kind_are_read() {
        assert_eq!(value("'a'", String::decode), Ok("a".to_owned()));
        assert_eq!(value("' a '", NonEmpty::decode), Ok(NonEmpty(" a ".to_owned())));
        assert_eq!(value("0x1F", u8::decode), Ok(31));
        assert_eq!(value("-1_000", i64::decode), Ok(-1000));
        assert_eq!(value("true", bool::decode), Ok(true));
        assert_eq!(value("['a', 'b']", Vec::<String>::decode), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(value("'a'", |v| Some(v.strings()?.len())), Ok(1));
        assert_eq!(value("['a', 'b']", |v| Some(v.strings()?[1].span)), Ok(Span::new(10, 13)));
        assert_eq!(value("'b'", |v| v.one_of(&[("a", 1), ("b", 2)])), Ok(2));
        assert_eq!(value("1_0.50", |v| v.literal()), Ok("10.50".to_owned()));
    }

    #[test]
    fn wrong_values_say_what_was_expected_and_what_was_found() {
        let string = |text| value(text, String::decode).unwrap_err();
        assert_eq!(string("34"), "f:1:5: error: `k`: expected a string, found an integer");
        assert_eq!(string("3.4"), "f:1:5: error: `k`: expected a string, found a float");
        assert_eq!(string("true"), "f:1:5: error: `k`: expected a string, found a boolean");
        assert_eq!(string("2020-01-01"), "f:1:5: error: `k`: expected a string, found a date");
        assert_eq!(string("[]"), "f:1:5: error: `k`: expected a string, found a list");
        assert_eq!(string("{}"), "f:1:5: error: `k`: expected a string, found a table");
        assert_eq!(
            value("' '", NonEmpty::decode).unwrap_err(),
            "f:1:5: error: `k`: expected a text, found an empty string"
        );
        assert_eq!(
            value("70000", u16::decode).unwrap_err(),
            "f:1:5: error: `k`: expected an integer from 0 to 65535, found 70000"
        );
        assert_eq!(
            value("99999999999999999999", |v| v.integer_in(1..=9_i64)).unwrap_err(),
            "f:1:5: error: `k`: expected an integer from 1 to 9, found 99999999999999999999"
        );
        assert_eq!(
            value("1", bool::decode).unwrap_err(),
            "f:1:5: error: `k`: expected a boolean, found an integer"
        );
        assert_eq!(
            value("1", |v| v.table().map(Table::finish)).unwrap_err(),
            "f:1:5: error: `k`: expected a table, found an integer"
        );
        assert_eq!(
            value("1", |v| v.strings()).unwrap_err(),
            "f:1:5: error: `k`: expected a string or a list of strings, found an integer"
        );
        assert_eq!(
            value("['a', 1, 2]", |v| v.strings()).unwrap_err(),
            "f:1:11: error: `k`: expected a string, found an integer\nf:1:14: error: `k`: expected a string, found an integer"
        );
        assert_eq!(
            value("'genuin'", |v| v.one_of(&[("genuine", 1), ("stand-in", 2)])).unwrap_err(),
            "f:1:5: error: `k`: expected one of `genuine`, `stand-in`, found `genuin`: did you mean `genuine`?"
        );
        assert_eq!(
            value("'zzz'", |v| v.one_of(&[("genuine", 1)])).unwrap_err(),
            "f:1:5: error: `k`: expected one of `genuine`, found `zzz`"
        );
    }

    #[test]
    fn unknown_and_missing_keys_are_all_reported_and_a_misspelling_once() {
        let decode = |mut table: Table<'_>| {
            let one = table.required::<String>("image");
            let two = table.required::<String>("command");
            table.optional::<bool>("fresh");
            table.finish();
            Some((one?, two?))
        };
        assert_eq!(errors("image = 'a'\ncommand = 'b'\n", decode), [""; 0]);
        assert_eq!(
            errors("imgae = 'a'\nfrehs = 1\nzebra = 2\n", decode),
            [
                "f:1:1: error: missing key `command`",
                "f:1:1: error: unknown key `imgae`: did you mean `image`?",
                "f:2:1: error: unknown key `frehs`: did you mean `fresh`?",
                "f:3:1: error: unknown key `zebra`",
            ]
        );
    }

    #[test]
    fn tables_lists_of_tables_and_named_tables_are_walked_in_file_order() {
        let text = "[[step]]\nat = 'b'\n[[step]]\nat = 'a'\n[service.web]\nport = 2\n[service.database]\nport = 1\n[gate]\n";
        let source = Source::new("f", text);
        let read = read(&source, |mut root| {
            let steps = root.tables("step", |mut step| {
                let at = step.required::<String>("at");
                step.finish();
                at
            });
            let services = root.named("service", |name, value| {
                let mut table = value.table()?;
                let port = table.required::<u16>("port");
                table.finish();
                Some((name.value, port?))
            });
            let gate = root.table("gate", |gate| {
                let span = gate.span();
                gate.finish();
                Some(span)
            });
            root.finish();
            Some((steps, services, gate))
        });
        let (steps, services, gate) = read.unwrap();
        assert_eq!(steps, ["b", "a"]);
        assert_eq!(services, [("web".to_owned(), 2), ("database".to_owned(), 1)]);
        assert_eq!(&text[gate.unwrap().range()], "[gate]");
    }

    #[test]
    fn a_missing_key_points_at_its_table() {
        let decode = |mut root: Table<'_>| {
            root.named("service", |_, value| {
                let mut table = value.table()?;
                let port = table.required::<u16>("port");
                table.finish();
                port
            });
            root.finish();
            Some(())
        };
        assert_eq!(errors("\n[service.a]\n", decode), ["f:2:1: error: missing key `port`"]);
        assert_eq!(errors("service = { a = {} }\n", decode), ["f:1:17: error: missing key `port`"]);
    }

    #[test]
    fn every_syntax_error_is_reported_and_nothing_else() {
        let found = errors("a = \nb = 'x'\nb = 'y'\n", |table| {
            table.finish();
            Some(())
        });
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("f:1:5: error: "), "{found:?}");
        assert!(found[1].starts_with("f:3:1: error: duplicate key"), "{found:?}");
    }

    #[test]
    fn a_decoder_that_gives_up_without_a_word_is_still_an_error() {
        let found = errors("", |table| {
            table.finish();
            None::<()>
        });
        assert_eq!(found, ["f: error: the file cannot be read as what it should be"]);
    }

    #[test]
    #[should_panic(expected = "never finished")]
    #[cfg(debug_assertions)]
    fn a_table_that_is_never_finished_is_a_mistake_of_the_decoder() {
        let source = Source::new("f", "a = 1\n");
        let _ = read(&source, |mut table| table.optional::<u8>("a"));
    }
}
