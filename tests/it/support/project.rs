//! A project on disk for one test, and the built program run in it with nothing of the developer's own surroundings.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long anybody waits for something that must come.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a project that asks addresses needs.
pub const PARITY_TOML: &str = "suites = \"suites\"\nsnapshots = \"snapshots\"\n\n[service.legacy]\n[service.legacy.url]\n\
     url = \"${LEGACY_URL:-}\"\n\n[service.candidate]\n[service.candidate.url]\nurl = \"${CANDIDATE_URL:-}\"\n";

/// Answers every request with the JSON that it is given: Perl is part of every Debian and macOS.
pub const ANSWERS: &str = r#"exec perl -MIO::Socket::INET -e '
    my ($address, $body) = @ARGV;
    my $s = IO::Socket::INET->new(LocalAddr => $address, Listen => 50, ReuseAddr => 1) or die "cannot listen on $address: $!\n";
    while (my $c = $s->accept) {
        while (defined(my $line = <$c>)) { last if $line eq "\r\n" }
        printf $c "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s", length $body, $body;
        close $c
    }
' "$@"
"#;

/// A folder with a `parity.toml`; it goes with the value.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A project with services that are addresses, and an empty folder of suites.
    pub fn new() -> Self {
        Self::with(PARITY_TOML)
    }

    /// A project with this `parity.toml`.
    pub fn with(parity_toml: &str) -> Self {
        let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let project = Self { folder };
        for folder in ["project/suites", "home", "tmp"] {
            fs::create_dir_all(project.folder.path().join(folder)).unwrap();
        }
        project.write("parity.toml", parity_toml);
        project
    }

    /// A file or folder of the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    /// The folder that the program keeps prepared data and leases in.
    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A program of the project that can be run.
    pub fn script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, format!("#!/bin/sh\n{text}"));
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file of the project below a folder, relative to the project, sorted; none when there is no such folder.
    pub fn files(&self, below: &str) -> Vec<String> {
        fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, found);
                } else {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        collect(&self.path(below), &mut found);
        let root = self.path("");
        let mut names: Vec<String> = found
            .iter()
            .map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    /// Approves every pending snapshot, as `cargo insta accept` does; gives how many there were.
    pub fn accept(&self) -> usize {
        let pending: Vec<String> = self
            .files("snapshots")
            .into_iter()
            .filter(|name| name.ends_with(".snap.new"))
            .collect();
        for name in &pending {
            fs::rename(self.path(name), self.path(name.strip_suffix(".new").unwrap())).unwrap();
        }
        pending.len()
    }

    /// The record of the latest run, line by line.
    pub fn record(&self) -> Vec<serde_json::Value> {
        self.read(".parity/records/latest.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// Waits until the latest record has so many exchanges and ends with a whole line.
    pub fn wait_for_exchanges(&self, count: usize) {
        soon("the exchanges are written", || {
            let text = fs::read_to_string(self.path(".parity/records/latest.jsonl")).unwrap_or_default();
            text.matches("{\"type\":\"exchange\"").count() == count && text.ends_with('\n')
        });
    }

    /// The program with these arguments, in the project's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.wrapped(env!("CARGO_BIN_EXE_parity"), arguments)
    }

    /// Another program with the same surroundings.
    pub fn wrapped(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = std::process::Command::new(program);
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path().join("home"))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env("PARITY_CACHE_DIR", self.cache())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Command(command)
    }

    /// Runs the program with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.command(arguments).run()
    }

    /// The processes that run in this project's folders, or were started from them.
    pub fn processes(&self) -> Vec<String> {
        let root = self.folder.path().to_str().unwrap();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            if !id.bytes().all(|byte| byte.is_ascii_digit()) || id == std::process::id().to_string() {
                continue;
            }
            let line = String::from_utf8_lossy(&fs::read(entry.path().join("cmdline")).unwrap_or_default()).replace('\0', " ");
            let folder = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            if line.contains(root) || folder.starts_with(root) {
                found.push(format!("{id}: {line}"));
            }
        }
        found
    }

    /// Fails unless every process, lease and temporary file of this project is gone soon.
    pub fn assert_nothing_left(&self) {
        soon("no process is left", || self.processes().is_empty());
        let leases = fs::read_dir(self.cache().join("leases")).into_iter().flatten();
        let leases: Vec<_> = leases.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
        assert!(leases.is_empty(), "{leases:?}");
        let temporary: Vec<_> = fs::read_dir(self.folder.path().join("tmp")).unwrap().collect();
        assert!(temporary.is_empty(), "{temporary:?}");
    }

    /// Filters that make an output the same everywhere, for snapshots.
    pub fn settings(&self) -> insta::Settings {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(&regex_of(self.folder.path().to_str().unwrap()), "[root]");
        settings.add_filter(r"127\.0\.0\.1:\d+", "[address]");
        settings.add_filter(r"takes \d+ % of", "takes [share] of");
        settings.add_filter(r" *\b\d+(\.\d+)? (µs|ms|s)\b", " [time]");
        settings.add_filter(r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]+\.jsonl", "[record].jsonl");
        settings.set_prepend_module_to_snapshot(false);
        settings
    }
}

fn regex_of(text: &str) -> String {
    text.replace('.', r"\.")
}

/// The program, about to run.
pub struct Command(std::process::Command);

impl Command {
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.0.current_dir(folder);
        self
    }

    pub fn run(self) -> Done {
        self.start().wait()
    }

    /// Runs, with what it reads still to be said.
    pub fn piped(mut self) -> Child {
        self.0.stdin(Stdio::piped()).spawn().unwrap()
    }

    pub fn start(mut self) -> Started {
        let mut child = self.0.spawn().unwrap();
        // Read all the while, so that a full pipe never holds the program up.
        let stdout = read_along(child.stdout.take().unwrap());
        let stderr = read_along(child.stderr.take().unwrap());
        Started {
            child,
            stdout: Some(stdout),
            stderr: Some(stderr),
        }
    }
}

fn read_along(mut stream: impl std::io::Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).expect("the program writes UTF-8")
    })
}

/// The program, running. Dropped, it is killed.
pub struct Started {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Started {
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    pub fn wait(mut self) -> Done {
        let mut status = None;
        soon("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let read = |stream: &mut Option<JoinHandle<String>>| stream.take().unwrap().join().unwrap();
        Done {
            code: status.and_then(|status| status.code()),
            stdout: read(&mut self.stdout),
            stderr: read(&mut self.stderr),
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program said, and how it ended.
#[derive(Clone, Debug)]
pub struct Done {
    /// Nothing when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    /// Fails, showing everything, unless it ended so.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails, showing everything, unless standard output says it.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "no `{text}` in stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Fails, showing everything, unless standard error says it.
    #[track_caller]
    pub fn warns(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no `{text}` in stderr:\n{}\nstdout:\n{}",
            self.stderr,
            self.stdout
        );
        self
    }

    /// Standard output as `--format json` promises it: one document and nothing else.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }

    /// Exit code and both streams, for a snapshot.
    pub fn shown(&self) -> String {
        let code = self.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        format!("exit: {code}\n--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}

/// Polls until it holds; fails when it does not in time.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "polls with a deadline")]
pub fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
