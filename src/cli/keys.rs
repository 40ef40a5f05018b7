//! Single keys of a terminal.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::exchange::Side;
use crate::record::RecordedExchange;
use crate::value::visible;

/// A terminal that gives each key as it is pressed; as it was before when this is dropped.
pub struct Keys {
    before: Termios,
}

impl Keys {
    /// Listens to standard input; `None` when that is no terminal.
    pub fn listen() -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let before = tcgetattr(&stdin).ok()?;
        let mut now = before.clone();
        now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &now).ok()?;
        Some(Self { before })
    }

    /// The next key; `None` at the end of the input.
    #[expect(clippy::unused_self, reason = "keys come one by one only while the terminal is listened to")]
    pub fn next(&mut self) -> Option<char> {
        let mut byte = [0];
        match io::stdin().lock().read(&mut byte) {
            Ok(1) => Some(char::from(byte[0])),
            _ => None,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // There is nobody to tell, and the shell sets its terminal itself.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
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
