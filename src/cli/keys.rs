//! Keys of a terminal, and lines that are typed there.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use unicode_width::UnicodeWidthStr as _;

use crate::exchange::Side;
use crate::record::RecordedExchange;
use crate::value::visible;

use super::line::{Line, Step};
use super::output::Output;

/// A terminal that gives each key as it is pressed. Between two keys it is as it was before, so that Ctrl-C ends what is worked on.
pub struct Keys {
    before: Termios,
    /// What was typed and not asked for yet.
    typed: VecDeque<u8>,
}

const ESCAPE: u8 = 0x1b;

/// From here on a terminal says where what is pasted begins and ends.
const BEGIN_PASTES: &str = "\u{1b}[?2004h";
const END_PASTES: &str = "\u{1b}[?2004l";

/// What somebody pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A key.
    Char(char),
    /// Ctrl-C.
    Interrupt,
    /// Nothing more comes.
    End,
}

/// A terminal that gives bytes at once and repeats none; as it was before when this is dropped.
struct Listening<'t>(&'t Termios);

impl<'t> Listening<'t> {
    fn begin(before: &'t Termios) -> io::Result<Self> {
        let mut now = before.clone();
        // Ctrl-C is a key as well: it must not leave the terminal like this.
        now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Now, &now)?;
        Ok(Self(before))
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        // There is nobody to tell, and the shell sets its terminal itself.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, self.0);
    }
}

impl Keys {
    /// Listens to standard input; `None` when that is no terminal.
    pub fn listen() -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        Some(Self {
            before: tcgetattr(&stdin).ok()?,
            typed: VecDeque::new(),
        })
    }

    /// The key that answers a question. Keys that have no character are passed by.
    pub fn answer(&mut self, question: &str, output: &Output) -> Key {
        let before = self.before.clone();
        let Ok(_listening) = Listening::begin(&before) else {
            return Key::End;
        };
        output.data(&format!("{question} "));
        let key = loop {
            match self.byte() {
                None | Some(0 | 4) => break Key::End,
                Some(3) => break Key::Interrupt,
                Some(ESCAPE) => {
                    self.sequence();
                }
                Some(byte) => break Key::Char(char::from(byte)),
            }
        };
        output.data("\n");
        key
    }

    /// A line, typed or pasted behind a prompt; `None` when it is given up or nothing is typed.
    pub fn line(&mut self, prompt: &str, output: &Output) -> Option<String> {
        let before = self.before.clone();
        let _listening = Listening::begin(&before).ok()?;
        // One column stays free: a cursor behind the last one is on the next line of some terminals.
        let room = output.style().width.saturating_sub(prompt.width() + 1).max(1);
        let mut line = Line::default();
        let mut is_pasted = false;
        output.data(BEGIN_PASTES);
        let step = loop {
            output.data(&format!("\r{prompt}{}\u{1b}[K", line.shown(room)));
            let step = match self.byte().unwrap_or(0) {
                ESCAPE if is_pasted || !self.typed.is_empty() => {
                    match self.sequence().as_slice() {
                        b"[200~" => is_pasted = true,
                        b"[201~" => is_pasted = false,
                        _ => {}
                    }
                    Step::More
                }
                // Keys that follow would be decisions.
                b'\n' | b'\r' if is_pasted => line.take(b' '),
                byte => line.take(byte),
            };
            if step != Step::More {
                break step;
            }
        };
        output.data(END_PASTES);
        output.data("\n");
        (step == Step::Done && !line.text().is_empty()).then(|| line.text().to_owned())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.typed.is_empty() {
            let mut bytes = [0; 256];
            match rustix::io::read(io::stdin(), &mut bytes) {
                Ok(0) => return None,
                Ok(read) => self.typed.extend(&bytes[..read]),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return None,
            }
        }
        self.typed.pop_front()
    }

    /// The rest of what a key such as an arrow sends, which comes at once.
    fn sequence(&mut self) -> Vec<u8> {
        let mut sequence: Vec<u8> = self.typed.pop_front().into_iter().collect();
        match sequence.first() {
            Some(b'[') => {
                while let Some(byte) = self.typed.pop_front() {
                    sequence.push(byte);
                    if (0x40..=0x7e).contains(&byte) {
                        break;
                    }
                }
            }
            Some(b'O') => sequence.extend(self.typed.pop_front()),
            Some(_) | None => {}
        }
        sequence
    }
}

/// Both raw answers, escaped for a terminal.
pub fn both(recorded: &RecordedExchange) -> String {
    let mut text = String::new();
    for side in Side::BOTH {
        let request = recorded.requests.get(side);
        let answer = match recorded.exchange.get(side) {
            Ok(answer) => format!(
                "{}\n{}",
                answer.status,
                answer.body.text().map_or("(not UTF-8)".into(), |body| visible(body))
            ),
            Err(unreachable) => format!("no answer, {unreachable}"),
        };
        writeln!(text, "{side}: {} {}\n{answer}\n", request.method, visible(&request.target)).expect("writing to a String");
    }
    text
}
