//! A document as lines for a reviewer, cut where it is long.
//!
//! A long list is its first rows, then one line for each block of the others: how many, from which key to which, and a digest.
//! Where rows have a declared key, a block ends where the key says so and not after a fixed number, so that a row that comes
//! or goes changes the line of its block and leaves the others alone.

use crate::path::Path;
use crate::rule::{Comparison, ComparisonRule};
use crate::value::{Cut, Member, Number, Object, Value, compact, pretty_cut, visible};

/// A document for a reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub text: String,
    /// BLAKE3 of the whole document on one line, when parts of it are not shown.
    pub digest: Option<String>,
}

/// The document as lines; `comparisons` say by which keys rows are known.
pub(super) fn show(document: &Value<'_>, comparisons: &[Comparison]) -> Shown {
    let short = shorten_strings(document);
    let (mut text, mut cut) = write(&short, comparisons, LEVELS[0]);
    for level in &LEVELS[1..] {
        if text.lines().count() <= LINES {
            break;
        }
        (text, cut) = write(&short, comparisons, *level);
    }
    let lines = text.lines().count();
    if lines > LINES {
        let kept: Vec<&str> = text.lines().take(LINES).collect();
        text = format!("{}\n… {} lines more", kept.join("\n"), lines - LINES);
        cut = true;
    }
    let whole = cut || short != *document;
    Shown {
        text,
        digest: whole.then(|| blake3::hash(compact(document).as_bytes()).to_string()),
    }
}

/// How much of a list is shown.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Lists of up to so many items are shown whole.
    whole: usize,
    /// So many of the first items of any other list are shown.
    first: usize,
}

/// From generous to sparse: the first that keeps the document within [`LINES`] counts.
const LEVELS: [Level; 3] = [
    Level { whole: 60, first: 20 },
    Level { whole: 8, first: 4 },
    Level { whole: 2, first: 1 },
];

/// A document longer than this is cut further.
const LINES: usize = 500;

/// The usual number of rows in a block; with keys, blocks are between a third of it and the double.
const BLOCK: usize = 48;

/// Strings longer than this are cut, in characters.
const STRING: usize = 2_000;

fn write(document: &Value<'_>, comparisons: &[Comparison], level: Level) -> (String, bool) {
    let mut cut = false;
    let text = pretty_cut(document, &mut |steps, node| {
        let rows = match node {
            Value::Array(items) => items.len(),
            Value::Object(object) => object.members.len(),
            _ => 0,
        };
        if rows <= level.whole {
            return None;
        }
        cut = true;
        let path: Path = steps.iter().copied().collect();
        Some(Cut {
            shown: level.first,
            rest: rest(node, level.first, key_of(&path, comparisons)),
        })
    });
    (text, cut)
}

fn key_of<'c>(path: &Path, comparisons: &'c [Comparison]) -> Option<&'c [String]> {
    comparisons
        .iter()
        .find(|comparison| comparison.is_of_lists() && comparison.at.matches(path))
        .and_then(|comparison| match &comparison.rule {
            ComparisonRule::Rows { key } | ComparisonRule::Unordered { key: Some(key) } => Some(key.as_slice()),
            _ => None,
        })
}

/// One child of a cut node: what it is known by, and its text.
struct Row {
    key: Option<String>,
    text: String,
}

fn rest(node: &Value<'_>, first: usize, key: Option<&[String]>) -> Vec<String> {
    let (what, rows): (&str, Vec<Row>) = match node {
        Value::Array(items) => (
            if key.is_some() { "rows" } else { "items" },
            items
                .iter()
                .skip(first)
                .map(|item| Row {
                    key: key.map(|members| crate::compare::describe_row(item, members)),
                    text: compact(item),
                })
                .collect(),
        ),
        Value::Object(Object { members }) => ("members", members.iter().skip(first).map(member).collect()),
        _ => return Vec::new(),
    };
    let mut lines = vec![format!("… {} more of {} {what}, by blocks:", rows.len(), rows.len() + first)];
    let mut start = 0;
    for block in blocks(&rows) {
        lines.push(line(block, what, first + start));
        start += block.len();
    }
    lines
}

fn member(member: &Member<'_>) -> Row {
    let name = compact(&Value::String(member.name.clone()));
    Row {
        text: format!("{name}:{}", compact(&member.value)),
        key: Some(name),
    }
}

fn line(block: &[Row], what: &str, start: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for row in block {
        hasher.update(row.text.as_bytes());
        hasher.update(b"\n");
    }
    let digest = &hasher.finalize().to_hex()[..16];
    let key = |row: Option<&Row>| {
        let key = row.and_then(|row| row.key.as_deref()).unwrap_or_default();
        visible(&excerpt_text(key)).into_owned()
    };
    match block {
        [only] if only.key.is_some() => format!("… 1, {}: blake3 {digest}", key(Some(only))),
        [one, ..] if one.key.is_some() => format!("… {}, {} to {}: blake3 {digest}", block.len(), key(Some(one)), key(block.last())),
        [_] => format!("… 1, {what} {start}: blake3 {digest}"),
        _ => format!("… {}, {what} {start} to {}: blake3 {digest}", block.len(), start + block.len() - 1),
    }
}

fn excerpt_text(text: &str) -> String {
    const KEY: usize = 100;
    if text.chars().count() <= KEY {
        return text.to_owned();
    }
    let head: String = text.chars().take(KEY).collect();
    format!("{head}…")
}

/// Rows in blocks. A row whose key's digest falls on a boundary ends its block; rows without keys are counted off.
fn blocks(rows: &[Row]) -> Vec<&[Row]> {
    let mut blocks = Vec::new();
    let mut start = 0;
    for (index, row) in rows.iter().enumerate() {
        let length = index + 1 - start;
        let ends = match &row.key {
            Some(key) => length >= 2 * BLOCK || (length >= BLOCK / 3 && falls_on_a_boundary(key)),
            None => length == BLOCK,
        };
        if ends || index + 1 == rows.len() {
            blocks.push(&rows[start..=index]);
            start = index + 1;
        }
    }
    blocks
}

/// True of one key in [`BLOCK`]; a property of the key alone.
fn falls_on_a_boundary(key: &str) -> bool {
    let digest = blake3::hash(key.as_bytes());
    let [a, b, ..] = *digest.as_bytes();
    usize::from(u16::from_le_bytes([a, b])) % BLOCK == 0
}

/// The document with its long strings cut; each carries the digest of the whole string, so that digests of what is shown
/// tell documents apart as well as digests of the documents would.
fn shorten_strings<'v>(value: &'v Value<'_>) -> Value<'v> {
    match value {
        Value::String(text) if text.len() > STRING && text.chars().count() > STRING => {
            let head: String = text.chars().take(STRING / 2).collect();
            let digest = &blake3::hash(text.as_bytes()).to_hex()[..16];
            Value::string(format!("{head}… {} characters, blake3 {digest}", text.chars().count()))
        }
        Value::String(text) => Value::string(&**text),
        Value::Number(number) => Value::Number(Number {
            text: (&*number.text).into(),
            exactness: number.exactness,
        }),
        Value::Bool(value) => Value::Bool(*value),
        Value::Null => Value::Null,
        Value::Array(items) => Value::Array(items.iter().map(shorten_strings).collect()),
        Value::Object(object) => Value::Object(Object {
            members: object
                .members
                .iter()
                .map(|member| Member {
                    name: (&*member.name).into(),
                    value: shorten_strings(&member.value),
                })
                .collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Pattern;
    use crate::rule::Justification;
    use crate::value::read;
    use proptest::prelude::*;

    fn by_key() -> Vec<Comparison> {
        vec![Comparison {
            rule: ComparisonRule::Rows {
                key: vec!["fold".into(), "iteration".into()],
            },
            at: Pattern::parse("/trace").unwrap(),
            when: None,
            justification: Justification::default(),
        }]
    }

    fn trace(rows: impl IntoIterator<Item = (usize, String)>) -> String {
        let rows: Vec<String> = rows
            .into_iter()
            .map(|(number, value)| format!(r#"{{"fold":{},"iteration":{},"evaluation":{value}}}"#, number / 100, number % 100))
            .collect();
        format!(r#"{{"run_id":400,"trace":[{}]}}"#, rows.join(","))
    }

    fn lines(document: &str, comparisons: &[Comparison]) -> Vec<String> {
        let shown = show(&read(document.as_bytes()).unwrap(), comparisons);
        shown.text.lines().map(str::to_owned).chain(shown.digest).collect()
    }

    fn changed(one: &[String], other: &[String]) -> usize {
        let diff = similar::TextDiff::from_slices(
            &one.iter().map(String::as_str).collect::<Vec<_>>(),
            &other.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        diff.iter_all_changes()
            .filter(|change| change.tag() == similar::ChangeTag::Insert)
            .count()
    }

    #[test]
    fn short_documents_are_whole() {
        let shown = show(&read(trace((0..12).map(|n| (n, format!("0.{n}")))).as_bytes()).unwrap(), &by_key());
        assert_eq!(shown.digest, None);
        assert_eq!(shown.text.lines().count(), 12 + 5);
    }

    #[test]
    fn a_thousand_rows_are_few_lines() {
        let lines = lines(&trace((0..1000).map(|n| (n, format!("0.{n}")))), &by_key());
        assert!(lines.len() < 50, "{}", lines.len());
        insta::assert_snapshot!(lines[..28].join("\n"));
    }

    #[test]
    fn without_a_key_blocks_are_counted_off() {
        let document = format!("[{}]", (0..200).map(|n| format!("[{n},[]],[]")).collect::<Vec<_>>().join(","));
        let lines = lines(&document, &[]);
        assert_eq!(lines[21], "  … 380 more of 400 items, by blocks:");
        assert!(lines[22].starts_with("  … 48, items 20 to 67: blake3 "), "{}", lines[22]);
        assert!(lines[29].starts_with("  … 44, items 356 to 399: blake3 "), "{}", lines[29]);
    }

    #[test]
    fn long_objects_are_cut_by_their_names() {
        let members: Vec<String> = (0..100).map(|n| format!("\"m{n:03}\":[{n},{{}}]")).collect();
        let lines = lines(&format!("{{{}}}", members.join(",")), &[]);
        assert_eq!(lines[21], "  … 80 more of 100 members, by blocks:");
        assert!(lines[22].contains(", \"m020\" to "), "{}", lines[22]);
    }

    #[test]
    fn what_is_long_in_every_way_still_ends() {
        let row = format!("[{}]", vec!["{\"a\":[[1],[2],[3],[4]]}"; 70].join(","));
        let document = format!("[{}]", vec![row; 70].join(","));
        assert!(lines(&document, &[]).len() <= LINES + 2);
        let wide = format!("{{\"s\":\"{}\"}}", "é\\n".repeat(5_000));
        let lines = lines(&wide, &[]);
        assert!(
            lines[1].contains("… 10000 characters, blake3 "),
            "{}",
            &lines[1][lines[1].len() - 60..]
        );
        assert_eq!(lines.len(), 4, "a cut string gives a digest of the whole");
    }

    #[test]
    fn a_row_that_comes_changes_the_line_of_its_block() {
        let rows = |skip: usize| trace((0..1000).filter(move |n| *n != skip).map(|n| (n, format!("0.{n}"))));
        let with = lines(&rows(5000), &by_key());
        for gone in [100, 333, 500, 777, 999] {
            // The sum, the block (or two, when the row ended one), the digest of the whole.
            assert!(changed(&with, &lines(&rows(gone), &by_key())) <= 6, "{gone}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn one_value_changes_one_line_and_one_digest(row in 0usize..1000, keyed in any::<bool>()) {
            let comparisons = if keyed { by_key() } else { Vec::new() };
            let before = lines(&trace((0..1000).map(|n| (n, format!("0.{n}")))), &comparisons);
            let after = lines(&trace((0..1000).map(|n| (n, if n == row { "0.5e-7".into() } else { format!("0.{n}") }))), &comparisons);
            prop_assert_eq!(changed(&before, &after), 2);
        }
    }
}
