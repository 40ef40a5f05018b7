//! A source: the text of a file that a person wrote, with the name it is shown under, and places in it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::{Diagnostic, Diagnostics};

/// The largest file that is read as configuration, in bytes. Larger is a mistake (a recording named as a suite).
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The largest file of data that is read, in bytes: its rows are held in memory, and in every record.
pub const MAX_DATA_BYTES: u64 = 64 * 1024 * 1024;

/// A file's shown name and its text. Cloning shares both.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    file: Arc<str>,
    text: Arc<str>,
}

impl Source {
    /// A source of that text. `file` is only shown, never opened; relative paths read best.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A diagnostic when it cannot be opened, is larger than [`MAX_FILE_BYTES`], or is not UTF-8 (which names the line).
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        Self::read_at_most(
            path,
            MAX_FILE_BYTES,
            "name a file that was written by hand; data belongs in files that it refers to",
        )
    }

    /// Reads a file of data.
    ///
    /// # Errors
    /// A diagnostic when it cannot be opened, is larger than [`MAX_DATA_BYTES`], or is not UTF-8 (which names the line).
    pub fn read_data(path: &Path) -> Result<Self, Diagnostics> {
        Self::read_at_most(path, MAX_DATA_BYTES, "share its rows among several suites")
    }

    fn read_at_most(path: &Path, most: u64, too_large: &str) -> Result<Self, Diagnostics> {
        use std::io::Read as _;

        let file: Arc<str> = path.to_string_lossy().into();
        let about = |text: &str| Self {
            file: file.clone(),
            text: text.into(),
        };
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path).and_then(|open| {
            // One byte more than allowed tells a file that is too large from one that just fits.
            open.take(most + 1).read_to_end(&mut bytes)
        });
        if let Err(error) = read {
            return Err(Diagnostic::file(&about(""), format!("cannot read `{file}`: {error}")).into());
        }
        if bytes.len() as u64 > most {
            let most = most / (1024 * 1024);
            return Err(Diagnostic::file(&about(""), format!("`{file}` is larger than {most} MiB"))
                .help(too_large)
                .into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(about(&text)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let shown = about(&String::from_utf8_lossy(error.as_bytes()));
                Err(Diagnostic::error(
                    &shown,
                    Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8()),
                    "the file is not UTF-8",
                )
                .label("not a UTF-8 character")
                .help("save the file as UTF-8")
                .into())
            }
        }
    }

    /// The same with nothing of its text but line breaks, every place where it was: for messages about files with secrets.
    #[must_use]
    pub fn concealed(&self) -> Self {
        let hide = |c: char| match c {
            '\n' | '\r' => vec![c],
            other => vec!['*'; other.len_utf8()],
        };
        Self {
            file: self.file.clone(),
            text: self.text.chars().flat_map(hide).collect::<String>().into(),
        }
    }

    /// The name to show.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a byte stands, for people. An offset beyond the end, or inside a character, counts as the nearest before it.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The name only: texts are long.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.file).finish()
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A range of bytes of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From the first byte to the byte after the last.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same bytes as a range.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value with the place it was read from. Two are equal when their values are: where it stands is no part of what it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("f", "ab\né=1\n");
        for (offset, expected) in [(0, "1:1"), (2, "1:3"), (3, "2:1"), (4, "2:1"), (5, "2:2"), (8, "3:1"), (99, "3:1")] {
            assert_eq!(source.position(offset).to_string(), expected, "offset {offset}");
        }
    }

    #[test]
    fn a_file_that_is_missing_too_large_or_not_utf8_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f.toml");
        let failure = |path: &Path| {
            Source::read(path)
                .unwrap_err()
                .to_string()
                .replace(directory.path().to_str().unwrap(), "…")
        };

        assert_eq!(
            failure(&path),
            "…/f.toml: error: cannot read `…/f.toml`: No such file or directory (os error 2)"
        );
        std::fs::write(&path, b"a = 1\nb = '\xff'\n").unwrap();
        assert_eq!(failure(&path), "…/f.toml:2:6: error: the file is not UTF-8");
        std::fs::File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        assert_eq!(failure(&path), "…/f.toml: error: `…/f.toml` is larger than 4 MiB");
        std::fs::write(&path, "a = 1\n").unwrap();
        assert_eq!(Source::read(&path).unwrap().text(), "a = 1\n");
    }
}
