//! Reading a record, line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::VERSION;
use super::error::{RecordError, json_reason};
use super::event::{Event, Header};
use super::lines::{AnyLine, RunLine};

/// A record that is read from its beginning; the events come in the order in which they were written.
#[derive(Debug)]
pub struct Record {
    header: Header,
    lines: Lines,
    ended: bool,
    note: Option<String>,
}

const EXPECTED: &str = "expected a first line like `{\"type\":\"run\",\"version\":1,…}`";

/// The longest line that is read, in bytes: both bodies of a case are one line.
const LONGEST: u64 = 1 << 30;

impl Record {
    /// Opens a record and reads its first line.
    ///
    /// # Errors
    /// When the file cannot be read, is no record, or one of a later version.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RecordError> {
        Self::open_with(path.into(), LONGEST)
    }

    fn open_with(path: PathBuf, longest: u64) -> Result<Self, RecordError> {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(RecordError::Read { path, source }),
        };
        let mut lines = Lines {
            file: BufReader::with_capacity(64 << 10, file),
            path,
            number: 0,
            longest,
            line: Vec::new(),
        };
        let header = lines.header()?;
        Ok(Self {
            header,
            lines,
            ended: false,
            note: None,
        })
    }

    /// What the run was.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.lines.path
    }

    /// What is no error and still worth saying, known when all events were read: the run did not come to its end.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    fn event(&mut self) -> Result<Option<Event>, RecordError> {
        match self.lines.next()? {
            Next::Nothing => {
                if !self.ended {
                    self.note
                        .get_or_insert_with(|| "the run was ended before its end: this is what it had recorded".to_owned());
                }
                Ok(None)
            }
            Next::Whole => match Event::read(&self.lines.line) {
                Ok(event) if !self.ended => {
                    self.ended = matches!(event, Event::End(_));
                    Ok(Some(event))
                }
                Ok(_) => Err(self.lines.error("a line behind the one of type `end`".to_owned())),
                Err(reason) => Err(self.lines.error(reason)),
            },
            // A line that was being written when the run was killed. If only the line end is missing, all of it is there.
            Next::Torn => match Event::read(&self.lines.line) {
                Ok(event) if !self.ended => {
                    self.ended = matches!(event, Event::End(_));
                    Ok(Some(event))
                }
                _ => {
                    self.note = Some(format!(
                        "line {} is torn and left out: the run was killed while it was written",
                        self.lines.number
                    ));
                    Ok(None)
                }
            },
        }
    }
}

impl Iterator for Record {
    type Item = Result<Event, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lines.number == usize::MAX {
            return None;
        }
        let event = self.event().transpose();
        if !matches!(event, Some(Ok(_))) {
            // Nothing can be read behind an error or the end.
            self.lines.number = usize::MAX;
        }
        event
    }
}

#[derive(Debug)]
struct Lines {
    file: BufReader<File>,
    path: PathBuf,
    /// The one-based number of the line that was read last.
    number: usize,
    longest: u64,
    line: Vec<u8>,
}

enum Next {
    /// A line with its end is in `line`, without it.
    Whole,
    /// The last line has no end.
    Torn,
    Nothing,
}

impl Lines {
    fn next(&mut self) -> Result<Next, RecordError> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.file).take(self.longest).read_until(b'\n', &mut self.line);
        if let Err(source) = read {
            return Err(self.unreadable(source));
        }
        if self.line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Next::Whole);
        }
        if self.line.is_empty() {
            return Ok(Next::Nothing);
        }
        let more = match self.file.fill_buf() {
            Ok(rest) => !rest.is_empty(),
            Err(source) => return Err(self.unreadable(source)),
        };
        if more {
            return Err(self.error(format!("longer than {} bytes", self.longest)));
        }
        Ok(Next::Torn)
    }

    fn header(&mut self) -> Result<Header, RecordError> {
        match self.next() {
            Ok(Next::Nothing) => return Err(self.not_a_record("it is empty".to_owned())),
            Ok(Next::Whole | Next::Torn) => {}
            Err(RecordError::Line { reason, .. }) => {
                return Err(self.not_a_record(format!("{EXPECTED}, and the first line is {reason}")));
            }
            Err(error) => return Err(error),
        }
        let any = match serde_json::from_slice::<AnyLine>(&self.line) {
            Ok(any) => any,
            Err(error) if error.is_eof() && self.line.starts_with(b"{\"type\":\"run\"") => {
                return Err(self.not_a_record("its first line breaks off".to_owned()));
            }
            Err(_) => return Err(self.not_a_record(format!("{EXPECTED}, found `{}`", excerpt(&self.line)))),
        };
        let version = match (any.kind.as_str(), any.version) {
            ("run", Some(version)) => version,
            ("run", None) => return Err(self.not_a_record(format!("{EXPECTED}, found one without version"))),
            (other, _) => return Err(self.not_a_record(format!("{EXPECTED}, found one of type `{other}`"))),
        };
        if version > VERSION {
            return Err(RecordError::Newer {
                path: self.path.clone(),
                found: version,
                tool: any.tool.unwrap_or_else(|| "which it does not name".to_owned()),
            });
        }
        match serde_json::from_slice::<RunLine<'_>>(&self.line) {
            Ok(line) => Ok(Header::of(line)),
            Err(error) => Err(self.error(json_reason(&error))),
        }
    }

    fn not_a_record(&self, reason: String) -> RecordError {
        RecordError::NotARecord {
            path: self.path.clone(),
            reason,
        }
    }

    fn error(&self, reason: String) -> RecordError {
        RecordError::Line {
            path: self.path.clone(),
            line: self.number,
            reason,
        }
    }

    fn unreadable(&self, source: io::Error) -> RecordError {
        RecordError::Read {
            path: self.path.clone(),
            source,
        }
    }
}

/// The beginning of a line, for an error message.
fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(200)]);
    let mut shown: String = text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > 60 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str, longest: u64) -> Result<Record, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, text).unwrap();
        Record::open_with(path.clone(), longest).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
    }

    const RUN: &str = r#"{"type":"run","version":1,"tool":"t","started":"2026-11-23T12:00:00Z","oracle":{"kind":"genuine","source":"s"},"services":[],"suites":[]}"#;

    #[test]
    fn a_line_is_read_up_to_the_limit_and_not_further() {
        let limit = RUN.len() as u64 + 1;
        assert!(opened(&format!("{RUN}\n"), limit).is_ok());
        assert!(opened(RUN, limit - 1).is_ok());
        let long = opened(&format!("{RUN}\n{}\n", "x".repeat(1000)), limit).unwrap().next();
        let reason = long.unwrap().unwrap_err().to_string();
        assert!(reason.contains(&format!("line 2: longer than {limit} bytes")), "{reason}");
        let binary = opened(&"\u{0}".repeat(1000), 10).unwrap_err();
        assert!(binary.contains("and the first line is longer than 10 bytes"), "{binary}");
    }

    #[test]
    fn nothing_is_read_behind_an_error() {
        let mut record = opened(&format!("{RUN}\n?\n{{}}\n"), 1000).unwrap();
        assert!(record.next().unwrap().is_err());
        assert!(record.next().is_none());
        assert!(record.next().is_none());
    }
}
