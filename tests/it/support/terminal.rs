//! A terminal of its own, at which a test types when it is asked.

use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::project::{Done, Project, soon};

/// The program at a terminal. Dropped, it is killed.
pub struct Terminal {
    child: Child,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    /// How much of what is shown was answered.
    answered: usize,
}

impl Terminal {
    /// Runs the program with these arguments, both streams on the terminal.
    pub fn run(project: &Project, arguments: &str) -> Self {
        let command = format!("'{}' {arguments}", env!("CARGO_BIN_EXE_parity"));
        // From util-linux, which every Debian has; `-e` gives the exit code of the command.
        let script = project.wrapped("script", &["-qec", &command, "/dev/null"]).env("SHELL", "/bin/sh");
        let mut child = script.env("TERM", "xterm").env("NO_COLOR", "1").piped();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (mut stdout, written) = (child.stdout.take().unwrap(), Arc::clone(&shown));
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(read @ 1..) = stdout.read(&mut bytes) {
                written.lock().unwrap().extend_from_slice(&bytes[..read]);
            }
        });
        Self {
            child,
            shown,
            reader: Some(reader),
            answered: 0,
        }
    }

    fn text(&self, from: usize) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()[from..]).into_owned()
    }

    /// Types, once this is shown after what was typed before.
    #[track_caller]
    pub fn types(&mut self, after: &str, keys: &str) -> &mut Self {
        soon(&format!("`{after}` is shown"), || self.text(self.answered).contains(after));
        self.answered = self.shown.lock().unwrap().len();
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).and_then(|()| stdin.flush()).unwrap();
        self
    }

    /// Waits for its end.
    #[track_caller]
    pub fn ends(&mut self) -> Done {
        let mut status = None;
        soon("the program at the terminal ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        Done {
            code: status.and_then(|status| status.code()),
            stdout: self.text(0),
            stderr: String::new(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
