//! Colours and columns of a terminal, as data.

use std::fmt;
use std::time::Duration;

use anstyle::{AnsiColor, Effects};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use crate::diagnostic::Colour;
use crate::value::visible;

/// What a renderer knows of the place where its text will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether text is coloured.
    pub colour: Colour,
    /// The width in columns.
    pub width: usize,
}

/// What a piece of text is, from which follows how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    /// What a case, a path or a section is called.
    Strong,
    /// What is said beside.
    Dim,
    Good,
    Bad,
    Warning,
    /// The parts of a long text that differ, on the expected side.
    Owed,
    /// The parts of a long text that differ, on the candidate's side.
    Came,
}

impl Style {
    /// Plain text of 100 columns.
    pub const PLAIN: Self = Self {
        colour: Colour::Off,
        width: 100,
    };

    /// The text in its colours; an empty text stays empty.
    pub(super) fn paint(self, ink: Ink, text: impl fmt::Display) -> String {
        let text = text.to_string();
        let style = look(ink);
        if self.colour == Colour::Off || text.is_empty() || style.is_plain() {
            return text;
        }
        format!("{style}{text}{style:#}")
    }

    /// What is left of the width behind an indentation; never so little that nothing can be read.
    pub(super) fn room(self, indentation: usize) -> usize {
        self.width.saturating_sub(indentation).max(LEAST)
    }

    /// The text on one line of at most the room behind an indentation, escaped and cut at its end.
    pub(super) fn fit(self, text: &str, indentation: usize) -> String {
        clip(&visible(text), self.room(indentation))
    }

    /// The text on as many lines as it needs in the room behind an indentation, escaped, broken between words.
    pub(super) fn wrap(self, text: &str, indentation: usize) -> Vec<String> {
        let room = self.room(indentation);
        let text = visible(text);
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().expect("there is a line from the start");
            if last.is_empty() {
                last.push_str(word);
            } else if columns(last) + 1 + columns(word) <= room {
                last.push(' ');
                last.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
        lines.iter().map(|line| clip(line, room)).collect()
    }

    /// Texts one behind the other, each in its ink, on as many lines as they need in the room behind an indentation, escaped,
    /// broken between words.
    pub(super) fn flow(self, texts: &[(Ink, String)], indentation: usize) -> Vec<String> {
        let room = self.room(indentation);
        let mut lines: Vec<Vec<(Ink, String)>> = vec![Vec::new()];
        let mut taken = 0;
        for (ink, text) in texts {
            let mut begins = true;
            for word in visible(text).split(' ') {
                let word = clip(word, room);
                let runs = lines.last_mut().expect("there is a line from the start");
                if taken > 0 && taken + 1 + columns(&word) > room {
                    taken = columns(&word);
                    lines.push(vec![(*ink, word)]);
                } else {
                    taken += columns(&word) + usize::from(taken > 0);
                    match runs.last_mut().filter(|_| !begins) {
                        Some((_, run)) => *run = format!("{run} {word}"),
                        None => runs.push((*ink, word)),
                    }
                }
                begins = false;
            }
        }
        let painted = |runs: &Vec<(Ink, String)>| -> Vec<String> { runs.iter().map(|(ink, run)| self.paint(*ink, run)).collect() };
        lines.iter().map(|runs| painted(runs).join(" ")).collect()
    }

    /// Whether enough of a text can be read behind so many columns: all of it, or as much as anything gets.
    pub(super) fn has_room(self, taken: usize, text: &str) -> bool {
        taken + columns(text).min(LEAST) <= self.width
    }
}

/// The columns that are left to every text, however narrow the terminal is.
const LEAST: usize = 20;

/// The columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text cut to a number of columns, with `…` for what is left out.
pub(super) fn clip(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut taken = 0;
    let mut out = String::new();
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken >= limit {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The text with blanks up to a number of columns.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(columns(text))))
}

/// `1 case`, `2 cases`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A time for people: `3.2 ms`, `120 ms`, `1.24 s`.
pub(super) fn time(elapsed: Duration) -> String {
    let ms = elapsed.as_secs_f64() * 1_000.0;
    match ms {
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms => format!("{:.2} s", ms / 1_000.0),
    }
}

fn look(ink: Ink) -> anstyle::Style {
    let plain = anstyle::Style::new();
    let colour = |colour: AnsiColor| plain.fg_color(Some(colour.into()));
    match ink {
        Ink::Plain => plain,
        Ink::Strong => plain.bold(),
        Ink::Dim => plain.dimmed(),
        Ink::Good => colour(AnsiColor::Green),
        Ink::Bad => colour(AnsiColor::Red),
        Ink::Warning => colour(AnsiColor::Yellow).bold(),
        Ink::Owed => colour(AnsiColor::Green).effects(Effects::BOLD | Effects::UNDERLINE),
        Ink::Came => colour(AnsiColor::Red).effects(Effects::BOLD | Effects::UNDERLINE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns() {
        assert_eq!(clip("abcdef", 6), "abcdef");
        assert_eq!(clip("abcdefg", 6), "abcde…");
        assert_eq!(clip("日本語", 5), "日本…");
        assert_eq!(clip("日本語", 6), "日本語");
        assert_eq!(clip("e\u{301}e\u{301}e\u{301}", 3), "e\u{301}e\u{301}e\u{301}");
        assert_eq!(pad("日", 4), "日  ");
    }

    #[test]
    fn sentences_are_broken_between_words() {
        let narrow = Style {
            colour: Colour::Off,
            width: 24,
        };
        assert_eq!(narrow.wrap("the quick brown fox jumps", 4), ["the quick brown fox", "jumps"]);
        assert_eq!(narrow.wrap(&"x".repeat(30), 4), [format!("{}…", "x".repeat(19))]);
        assert_eq!(narrow.wrap("", 4), [""]);
    }

    #[test]
    fn texts_of_several_inks_are_broken_between_words() {
        let style = |colour| Style { colour, width: 24 };
        let texts = [
            (Ink::Plain, "4 cases:".to_owned()),
            (Ink::Good, "1 match,".to_owned()),
            (Ink::Bad, "2 日本語 mismatch".to_owned()),
        ];
        assert_eq!(style(Colour::Off).flow(&texts, 4), ["4 cases: 1 match, 2", "日本語 mismatch"]);
        assert_eq!(
            style(Colour::On).flow(&texts, 4),
            [
                "4 cases: \u{1b}[32m1 match,\u{1b}[0m \u{1b}[31m2\u{1b}[0m",
                "\u{1b}[31m日本語 mismatch\u{1b}[0m"
            ]
        );
        assert_eq!(
            style(Colour::Off).flow(&[(Ink::Plain, "x".repeat(30))], 4),
            [format!("{}…", "x".repeat(19))]
        );
    }

    #[test]
    fn times_have_three_digits() {
        for (micros, text) in [
            (0, "0.0 ms"),
            (3_240, "3.2 ms"),
            (9_960, "10 ms"),
            (120_000, "120 ms"),
            (999_600, "1.00 s"),
            (61_239_000, "61.24 s"),
        ] {
            assert_eq!(time(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn colours_are_left_out_when_off() {
        assert_eq!(Style::PLAIN.paint(Ink::Bad, "x"), "x");
        let coloured = Style {
            colour: Colour::On,
            width: 80,
        };
        assert_eq!(coloured.paint(Ink::Bad, "x"), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(coloured.paint(Ink::Bad, ""), "");
    }
}
