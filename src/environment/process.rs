//! Processes: local programs in process groups of their own, so that all they start ends with them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::lease::Lease;

/// A command, everything in it known.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// The program and its arguments; never empty.
    pub(super) words: Vec<String>,
    /// Variables beside those of the caller.
    pub(super) environment: BTreeMap<String, String>,
    /// Its folder for temporary files, made when it is missing; the caller's without one. Servers that share one get in each
    /// other's way, and those that are killed leave files in it.
    pub(super) temporary: Option<PathBuf>,
    /// Where it runs, and where a relative program is looked for.
    pub(super) directory: PathBuf,
    /// The file that takes its output, appended.
    pub(super) log: PathBuf,
}

/// How a process is asked to end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// SIGTERM, and SIGKILL for what is still there after the grace.
    Gently(Duration),
    /// SIGKILL: what it holds is thrown away anyway.
    AtOnce,
}

/// A process that runs, with its group. Dropped, the whole group is killed.
#[derive(Debug)]
pub(super) struct Running {
    child: tokio::process::Child,
    group: Option<Pid>,
}

impl Command {
    /// The command as a person would type it.
    pub(super) fn shown(&self) -> String {
        self.words.join(" ")
    }

    /// Starts it in a group of its own, and notes it in the lease's journal.
    pub(super) fn start(&self, lease: &Lease) -> io::Result<Running> {
        let (program, arguments) = self.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let program = find_program(program, &self.directory).ok_or(io::ErrorKind::NotFound)?;
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = tokio::process::Command::new(program);
        if let Some(temporary) = &self.temporary {
            std::fs::create_dir_all(temporary)?;
            command.env("TMPDIR", temporary);
        }
        command
            .args(arguments)
            .envs(&self.environment)
            .env(super::lease::VARIABLE, lease.id())
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        let child = command.spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        // From here on the value owns the group, whatever happens to the journal.
        let running = Running { child, group };
        if let Some(group) = group {
            lease.note_process(group)?;
        }
        Ok(running)
    }

    /// Runs it to its end.
    pub(super) async fn run(&self, lease: &Lease) -> io::Result<ExitStatus> {
        let mut running = self.start(lease)?;
        let status = running.exited().await?;
        // Its children are not expected to outlive it; what does would hold the data directory.
        running.kill();
        Ok(status)
    }
}

impl Running {
    /// The process, while it lives.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end. Safe to drop and to call again.
    pub(super) async fn exited(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends the group and waits for the process.
    pub(super) async fn stop(&mut self, how: Stop) -> io::Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            self.kill();
            return Ok(status);
        }
        if let Stop::Gently(grace) = how {
            self.signal(Signal::TERM);
            if let Ok(status) = tokio::time::timeout(grace, self.child.wait()).await {
                self.kill();
                return status;
            }
        }
        self.kill();
        self.child.wait().await
    }

    /// Lets it live on after this value and this program.
    pub(super) fn keep(mut self) {
        self.group = None;
    }

    /// Kills what is left of the group. The number of a group is not given out again while one of its members lives, and
    /// an empty group is no error.
    fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.group = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // The only failure that matters not: nobody is left.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        // Takes the exit code of a process that is already dead; the runtime takes it later otherwise.
        let _ = self.child.try_wait();
    }
}

/// The file of a program: relative to `directory` when it has a slash, else on PATH, or where system programs are
/// (`mariadbd` lies in `/usr/sbin`, which the PATH of ordinary users often lacks).
pub(super) fn find_program(program: &str, directory: &Path) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| {
        use std::os::unix::fs::PermissionsExt as _;
        path.metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        let path = std::path::absolute(directory.join(program)).ok()?;
        return Some(path).filter(is_program);
    }
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/local/sbin", "/usr/sbin", "/sbin"].into_iter().map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(program))
        .find(is_program)
}

/// The last lines of a log file that say something, for error messages.
pub(super) fn tail(log: &Path) -> Vec<String> {
    // Some installers end with a long notice, and what happened stands above it.
    const LINES: usize = 24;
    const BYTES: u64 = 16 * 1024;
    let read = || -> io::Result<Vec<u8>> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    last_lines(&String::from_utf8_lossy(&read().unwrap_or_default()), LINES)
}

/// Whether a program wrote, after the first bytes of its log, that it could not listen: the system's own words for it.
pub(super) fn says_port_is_taken(log: &Path, after: u64) -> bool {
    let read = || -> io::Result<String> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = File::open(log)?;
        file.seek(SeekFrom::Start(after))?;
        let mut bytes = Vec::new();
        file.take(1 << 20).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).to_lowercase())
    };
    let said = read().unwrap_or_default();
    ["address already in use", "address in use"]
        .iter()
        .any(|words| said.contains(words))
}

/// The last lines of a text that say something.
pub(super) fn last_lines(text: &str, most: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(most)..]
        .iter()
        .map(|line| (*line).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str], directory: &Path) -> Command {
        Command {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            environment: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
            temporary: Some(directory.join("temporary")),
            directory: directory.to_owned(),
            log: directory.join("log"),
        }
    }

    /// Polls until it holds; panics when it does not within ten seconds.
    async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while !holds() {
            assert!(tokio::time::Instant::now() < deadline, "not within ten seconds: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_command_has_its_environment_its_folder_and_its_log() {
        let cache = tempfile::tempdir().unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        let run = command(&["sh", "-c", "echo $GREETING; pwd; echo $TMPDIR; exit 3"], cache.path());
        let status = run.run(&lease).await.unwrap();
        assert_eq!(status.code(), Some(3));
        let folder = cache.path().canonicalize().unwrap();
        let [folder, temporary] = [folder, cache.path().join("temporary")].map(|path| path.to_string_lossy().into_owned());
        assert_eq!(tail(&run.log), ["hello".to_owned(), folder, temporary]);
    }

    #[tokio::test]
    async fn a_missing_program_is_not_found() {
        let cache = tempfile::tempdir().unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        for program in ["no-such-program-anywhere", "./no-such-program"] {
            let error = command(&[program], cache.path()).start(&lease).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{program}");
        }
    }

    /// A process that writes the id of its child, which must end with it.
    async fn family(cache: &Path, lease: &Lease, script: &str) -> (Running, Pid) {
        let running = command(&["sh", "-c", script], cache).start(lease).unwrap();
        let file = cache.join("child");
        soon("the child's id is written", || {
            std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n'))
        })
        .await;
        let id = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        (running, Pid::from_raw(id).unwrap())
    }

    /// A zombie is dead: in a container nobody may be there to take its exit code.
    fn is_alive(pid: Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    }

    const PARENT: &str = "sleep 600 & echo $! > child; wait";
    const DEAF: &str = "trap '' TERM; sleep 600 & echo $! > child; while :; do wait; done";

    #[tokio::test]
    async fn children_end_with_their_parent() {
        for how in [Stop::Gently(Duration::from_secs(10)), Stop::AtOnce] {
            let cache = tempfile::tempdir().unwrap();
            let lease = Lease::create(cache.path()).unwrap();
            let (mut running, child) = family(cache.path(), &lease, PARENT).await;
            running.stop(how).await.unwrap();
            soon("the child is gone", || !is_alive(child)).await;
        }
    }

    #[tokio::test]
    async fn who_does_not_listen_to_a_request_is_killed_after_the_grace() {
        let cache = tempfile::tempdir().unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        let (mut running, child) = family(cache.path(), &lease, DEAF).await;
        let status = running.stop(Stop::Gently(Duration::from_millis(50))).await.unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::KILL.as_raw()));
        soon("the child is gone", || !is_alive(child)).await;
    }

    #[tokio::test]
    async fn a_dropped_process_takes_its_group_along() {
        let cache = tempfile::tempdir().unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        let (running, child) = family(cache.path(), &lease, PARENT).await;
        drop(running);
        soon("the child is gone", || !is_alive(child)).await;
    }

    #[test]
    fn last_lines_skip_blank_ones() {
        assert_eq!(last_lines("a\n\nb \nc\n\n", 2), ["b", "c"]);
        assert_eq!(last_lines("", 2), [""; 0]);
    }
}
