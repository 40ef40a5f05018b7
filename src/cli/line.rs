//! A line that somebody types, byte by byte.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What has been typed so far.
#[derive(Debug, Default)]
pub struct Line {
    text: String,
    /// The bytes of a character that is not whole yet.
    partial: Vec<u8>,
}

/// What a byte did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The line goes on.
    More,
    /// It is done.
    Done,
    /// It is given up.
    Cancelled,
}

const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const CTRL_H: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;
const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;

impl Line {
    /// Takes one byte of what a terminal sends; the escape sequences of its keys are no part of a line.
    pub fn take(&mut self, byte: u8) -> Step {
        match byte {
            b'\n' | b'\r' => return Step::Done,
            0 | CTRL_C | CTRL_D | ESCAPE => return Step::Cancelled,
            CTRL_H | DELETE => {
                self.partial.clear();
                self.text.pop();
            }
            CTRL_U => {
                self.partial.clear();
                self.text.clear();
            }
            CTRL_W => {
                self.partial.clear();
                let end = self.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
                self.text.truncate(end);
            }
            b'\t' => self.text.push(' '),
            byte if byte.is_ascii_control() => {}
            byte => self.character(byte),
        }
        Step::More
    }

    fn character(&mut self, byte: u8) {
        // A byte that begins a character ends one that was cut off.
        if byte.is_ascii() || byte & 0xc0 == 0xc0 {
            self.partial.clear();
        }
        self.partial.push(byte);
        match std::str::from_utf8(&self.partial) {
            Ok(whole) => {
                self.text.extend(whole.chars().filter(|c| !c.is_control()));
                self.partial.clear();
            }
            Err(error) if error.error_len().is_none() => {}
            Err(_) => self.partial.clear(),
        }
    }

    /// What was typed, without blanks around it.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The end of the line that fits into so many columns.
    pub fn shown(&self, columns: usize) -> String {
        if self.text.width() <= columns {
            return self.text.clone();
        }
        let mut taken = 1;
        let mut from = self.text.len();
        for (at, c) in self.text.char_indices().rev() {
            taken += c.width().unwrap_or(0);
            if taken > columns {
                break;
            }
            from = at;
        }
        format!("…{}", &self.text[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(bytes: &[u8]) -> (String, Step) {
        let mut line = Line::default();
        for byte in bytes {
            let step = line.take(*byte);
            if step != Step::More {
                return (line.text().to_owned(), step);
            }
        }
        (line.text().to_owned(), Step::More)
    }

    #[test]
    fn keys_that_edit() {
        for (bytes, text, step) in [
            (&b"known since May\r"[..], "known since May", Step::Done),
            ("bekannt seit März\n".as_bytes(), "bekannt seit März", Step::Done),
            ("日本\x7f語\n".as_bytes(), "日語", Step::Done),
            (b"wrong\x15right\n", "right", Step::Done),
            (b"one two \x17three\n", "one three", Step::Done),
            (b"one\x17\x17\n", "", Step::Done),
            (b"  \n", "", Step::Done),
            (b"a\tb\x01c", "a bc", Step::More),
            (b"a\x1b", "a", Step::Cancelled),
            (b"a\x03", "a", Step::Cancelled),
            (b"a\x04", "a", Step::Cancelled),
            (b"\x7f\x08a\n", "a", Step::Done),
            (b"a\xc3b\xff\x80c\n", "abc", Step::Done),
        ] {
            assert_eq!(typed(bytes), (text.to_owned(), step), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn the_end_of_a_long_line_is_shown() {
        let mut line = Line::default();
        for byte in "abcdef日本".bytes() {
            line.take(byte);
        }
        assert_eq!(line.shown(10), "abcdef日本");
        assert_eq!(line.shown(9), "…cdef日本");
        assert_eq!(line.shown(4), "…本");
        assert_eq!(line.shown(0), "…");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_line(bytes in proptest::collection::vec(any::<u8>(), 0..60), columns in 1_usize..30) {
            let mut line = Line::default();
            for byte in bytes {
                line.take(byte);
            }
            prop_assert!(!line.text().contains(char::is_control));
            prop_assert!(line.shown(columns).width() <= columns);
        }
    }
}
