//! A suite file to a suite. The text is given; nothing here opens a file.

use crate::diagnostic::{Diagnostics, Kind, NonEmpty, Source, Span, Spanned, Table, Value, read};
use crate::exchange::{Encoding, PerSide};
use crate::path::{Part, Path, Pattern, Segment};
use crate::rule::Template;

use super::check::check;
use super::inputs::{Data, DataFile};
use super::model::{ErrorPaths, Inputs, SnapshotPolicy, Suite};
use super::parameters::{Together, read_parameter};
use super::read_comparison::read_comparison;
use super::read_errors::{name_by_message, read_error_row};
use super::read_expected::read_expected;
use super::read_header::read_header;
use super::read_preset::read_preset;
use super::read_private::{private, read_bodies, read_places};
use super::read_request::read_request;
use super::read_status::read_status;
use super::read_translation::read_translation;
use super::request::RequestTemplate;
use super::secrets::Labels;
use super::twins::tell_apart;

/// Reads a suite that needs no other file.
///
/// # Errors
/// Everything that is wrong with the file, each with its place, what was expected and the nearest valid name.
pub fn read_suite(source: &Source) -> Result<Suite, Diagnostics> {
    read_suite_with(source, |wanted| {
        Err(wanted.error("a file of parameters cannot be read here").into())
    })
}

/// Reads a suite whose rows may stand in another file, which the caller opens: nothing here does.
///
/// # Errors
/// Everything that is wrong with either file.
pub fn read_suite_with(source: &Source, open: impl FnOnce(&DataFile<'_>) -> Result<Source, Diagnostics>) -> Result<Suite, Diagnostics> {
    let (mut suite, spans) = read(source, |table| suite(source, table, open))?;
    name_by_message(&mut suite.errors);
    suite.labels = Labels::of(&suite);
    let problems = check(&suite, &spans, source);
    if !problems.is_empty() {
        return Err(problems);
    }
    tell_apart(&mut suite);
    Ok(suite)
}

/// Where the parts of a suite stand, for what can be checked only of the whole.
#[derive(Debug, Default)]
pub(super) struct Spans {
    pub parameters: Vec<Span>,
    /// The parameters that each request uses, with repetitions.
    pub uses: PerSide<Vec<Spanned<String>>>,
    pub translations: Vec<Span>,
    pub comparisons: Vec<Span>,
    pub errors: Vec<Span>,
    pub statuses: Vec<Span>,
    pub headers: Vec<Span>,
    pub expected: Vec<Span>,
    pub snapshots: Vec<Span>,
    pub rows: Vec<Span>,
    /// The file of the rows behind those.
    pub data: Option<Data>,
    /// Where that file is named.
    pub file: Option<Span>,
    pub exclude: Vec<Span>,
    pub secrets: Vec<Span>,
}

fn suite(source: &Source, mut table: Table<'_>, open: impl FnOnce(&DataFile<'_>) -> Result<Source, Diagnostics>) -> Option<(Suite, Spans)> {
    let name = table.required_with("suite", suite_name);
    let title = table.optional::<NonEmpty>("title").map(String::from);
    let draft = table.optional_with("state", |value| value.one_of(&[("gated", false), ("draft", true)]));
    let mut spans = Spans::default();
    let mut together = Together::default();
    let parameters = table.named("parameters", |name, value| {
        if together.read(&name.value, value) {
            return None;
        }
        spans.parameters.push(name.span);
        read_parameter(&name, value)
    });
    let legacy = table.required_with("legacy", |value| side(value.table()?, true, "legacy"));
    let candidate = table.required_with("candidate", |value| side(value.table()?, false, "candidate"));
    let translations = table.tables("translation", read_translation);
    let presets = table.tables("preset", read_preset);
    let comparisons = table.tables("comparison", read_comparison);
    let errors = table.tables("error", read_error_row);
    let statuses = table.tables("status", read_status);
    let headers = table.tables("header", read_header);
    let expected = table.tables("expected", read_expected);
    let snapshots = table.optional_with("snapshots", snapshots);
    let coverage_floor = table.optional_with("coverage_floor", fraction);
    let secrets = table.optional_with("secret_parameters", Value::strings).unwrap_or_default();
    let redact = table.optional_with("redact", |value| read_places(value, source));
    let private = private(redact, table.optional_with("body", read_bodies));
    table.finish();

    let (legacy, candidate) = (legacy?, candidate?);
    spans.uses = PerSide {
        legacy: legacy.uses,
        candidate: candidate.uses,
    };
    let secrets = split(secrets, &mut spans.secrets);
    let mut rows = split(together.rows, &mut spans.rows);
    let inputs = match together.file {
        Some(file) => {
            spans.file = Some(file.span());
            let mut data = Data::read(file, open, &secrets)?;
            rows.append(&mut data.rows);
            let text = data.source.text();
            let inputs = Inputs {
                file: data.source.file().to_owned(),
                text: text.into(),
                digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
            };
            spans.data = Some(data);
            Some(inputs)
        }
        None => None,
    };
    let (policy, policy_spans) = snapshots.unwrap_or_else(|| (unsaid(inputs.as_ref()), Vec::new()));
    spans.snapshots = policy_spans;
    let of_presets = presets.into_iter().flat_map(|preset| {
        let span = preset.span;
        preset.value.into_iter().map(move |translation| Spanned::new(translation, span))
    });
    let translations = translations.into_iter().chain(of_presets).collect();
    let suite = Suite {
        name: name?,
        title,
        draft: draft.unwrap_or_default(),
        file: source.file().to_owned(),
        text: source.text().into(),
        digest: digest(source.text(), inputs.as_ref()),
        inputs,
        parameters,
        rows,
        exclude: split(together.exclude, &mut spans.exclude),
        request: PerSide {
            legacy: legacy.request,
            candidate: candidate.request,
        },
        encoding: PerSide {
            legacy: legacy.encoding,
            candidate: candidate.encoding,
        },
        error_paths: legacy.error_paths,
        translations: split(translations, &mut spans.translations),
        comparisons: split(comparisons, &mut spans.comparisons),
        errors: split(errors, &mut spans.errors),
        statuses: split(statuses, &mut spans.statuses),
        headers: split(headers, &mut spans.headers),
        expected: split(expected, &mut spans.expected),
        snapshots: policy,
        coverage_floor,
        secret_parameters: secrets,
        labels: Labels::default(),
        private: private?,
    };
    Some((suite, spans))
}

/// Which cases keep a snapshot where the suite does not say: many rows are many files, and a suite that wants them says so.
fn unsaid(inputs: Option<&Inputs>) -> SnapshotPolicy {
    if inputs.is_some() {
        SnapshotPolicy::None
    } else {
        SnapshotPolicy::All
    }
}

/// Of what a suite says, in whichever file.
fn digest(text: &str, inputs: Option<&Inputs>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    if let Some(inputs) = inputs {
        hasher.update(b"\0");
        hasher.update(inputs.digest.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn split<T>(list: Vec<Spanned<T>>, spans: &mut Vec<Span>) -> Vec<T> {
    spans.extend(list.iter().map(|item| item.span));
    list.into_iter().map(|item| item.value).collect()
}

/// A name that is also a folder and the first part of every case's name.
fn suite_name(value: Value<'_>) -> Option<String> {
    let name = value.text()?;
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.value.chars().all(valid) {
        return value.error(format_args!(
            "a suite's name is letters, digits, `-` and `_`, found `{}`",
            name.value
        ));
    }
    Some(name.value.to_owned())
}

struct SideTable {
    request: RequestTemplate,
    uses: Vec<Spanned<String>>,
    encoding: Option<Encoding>,
    error_paths: ErrorPaths,
}

fn side(mut table: Table<'_>, legacy: bool, name: &str) -> Option<SideTable> {
    let request = read_request(&mut table, name);
    let encoding = table.optional_with("encoding", |value| {
        value.one_of(&[Encoding::Json, Encoding::Xml].map(|encoding| (encoding.word(), encoding)))
    });
    let error_paths = if legacy {
        ErrorPaths {
            code: table.optional_with("error_code", path),
            message: table.optional_with("error_message", path),
            information: table.optional_with("error_information", path),
        }
    } else {
        ErrorPaths::default()
    };
    table.finish();
    let (request, uses) = request?;
    Some(SideTable {
        request,
        uses,
        encoding,
        error_paths,
    })
}

fn snapshots(value: Value<'_>) -> Option<(SnapshotPolicy, Vec<Span>)> {
    if value.kind() == Kind::List {
        let cases = value.strings()?;
        let spans = cases.iter().map(|case| case.span).collect();
        return Some((SnapshotPolicy::Only(cases.into_iter().map(|case| case.value).collect()), spans));
    }
    let policy = value.one_of(&[("all", SnapshotPolicy::All), ("none", SnapshotPolicy::None)])?;
    Some((policy, Vec::new()))
}

/// A part of a whole.
fn fraction(value: Value<'_>) -> Option<f64> {
    let number = match value.kind() {
        Kind::Integer | Kind::Float => value.literal().and_then(|text| text.parse::<f64>().ok()),
        other => return value.error(format_args!("expected a number from 0 to 1, such as `0.95`, found {other}")),
    };
    match number {
        Some(number) if (0.0..=1.0).contains(&number) => Some(number),
        _ => value.error("expected a number from 0 to 1, such as `0.95`: it is a part of all mutants, and no percentage"),
    }
}

/// A text with parameters in it.
pub(super) fn template(value: Value<'_>) -> Option<Template> {
    match Template::parse(value.string()?.value) {
        Ok(template) => Some(template),
        Err(error) => value.error(error),
    }
}

/// A pattern of nodes.
pub(super) fn pattern(value: Value<'_>) -> Option<Pattern> {
    match Pattern::parse(value.string()?.value) {
        Ok(pattern) => Some(pattern),
        Err(error) => value.error(error),
    }
}

/// One pattern, or a list of them.
pub(super) fn patterns(value: Value<'_>) -> Option<Vec<Pattern>> {
    if value.kind() != Kind::List {
        return Some(vec![pattern(value)?]);
    }
    let items = value.list()?;
    if items.is_empty() {
        return value.error("a rule acts on at least one path");
    }
    let read: Vec<_> = items.into_iter().map(pattern).collect();
    read.into_iter().collect()
}

/// One node.
pub(super) fn path(value: Value<'_>) -> Option<Path> {
    let pattern = pattern(value)?;
    let segments = pattern.parts().iter().map(|part| match part {
        Part::Name(name) => Some(Segment::Member(name.clone())),
        Part::Items | Part::Deep | Part::Where(_) => None,
    });
    match segments.collect::<Option<Path>>() {
        Some(path) => Some(path),
        None => value.error("one member is meant here, so `*`, `**` and filters cannot be used"),
    }
}
