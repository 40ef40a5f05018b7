//! Leases: who owns what was started, written down so that it can be found again.
//!
//! A **lease** is a folder in the cache with a file lock that its owner holds while it lives, a private `run` folder, and
//! a journal of what was started. An owner that is killed loses the lock, and the next run takes over what it left and
//! ends it. A lease that is marked as kept outlives its owner on purpose.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

/// The environment variable that every started process carries, so that none is lost even when the journal was not
/// written in time.
pub(super) const VARIABLE: &str = "PARITY_LEASE";

const LOCK: &str = "lock";
const JOURNAL: &str = "journal.jsonl";
const KEPT: &str = "kept.json";

/// A lease that is held. Dropped without [`end`](Self::end) or [`keep`](Self::keep), it ends what it can at once.
#[derive(Debug)]
pub(super) struct Lease {
    id: String,
    folder: PathBuf,
    cache: PathBuf,
    journal: Mutex<File>,
    lock: Option<File>,
    #[cfg(feature = "containers")]
    pub(super) containers: super::engine::Owned,
}

/// One line of the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Entry {
    /// A process group; `born` tells its leader from a later process of the same number.
    Process { id: i32, born: Option<u64> },
    /// Containers and networks carry this lease's label.
    Containers,
    /// A copy of prepared data in the lease's folder, and where it goes when nothing runs on it any more.
    Data { data: PathBuf, used: PathBuf },
}

/// A lease that nobody holds any more; taken over, so that only one run ends it.
#[derive(Debug)]
pub(super) struct Abandoned {
    pub(super) id: String,
    folder: PathBuf,
    lock: Option<File>,
}

impl Lease {
    /// A new lease in a cache folder, which is created.
    pub(super) fn create(cache: &Path) -> io::Result<Self> {
        let all = leases(cache);
        fs::create_dir_all(&all)?;
        let cache = cache.canonicalize()?;
        let all = leases(&cache);
        let guard = guard(&all)?;
        let id = fresh_id();
        let folder = all.join(&id);
        fs::create_dir_all(folder.join("run"))?;
        let lock = File::create(folder.join(LOCK))?;
        lock.lock()?;
        drop(guard);
        let journal = Mutex::new(File::options().create(true).append(true).open(folder.join(JOURNAL))?);
        Ok(Self {
            #[cfg(feature = "containers")]
            containers: super::engine::Owned::new(&id, &cache),
            id,
            folder,
            cache,
            journal,
            lock: Some(lock),
        })
    }

    /// A kept lease, looked into: nothing of it ends with this value.
    pub(super) fn of_kept(cache: &Path, id: &str) -> io::Result<Self> {
        let folder = leases(cache).join(id);
        let journal = Mutex::new(File::options().append(true).open(folder.join(JOURNAL))?);
        Ok(Self {
            #[cfg(feature = "containers")]
            containers: super::engine::Owned::new(id, cache),
            id: id.to_owned(),
            folder,
            cache: cache.to_owned(),
            journal,
            lock: None,
        })
    }

    /// What tells it from every other, for labels and names.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The cache folder that it lies in.
    pub(super) fn cache(&self) -> &Path {
        &self.cache
    }

    /// A folder that vanishes with the lease.
    pub(super) fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// Notes a process group that was just started.
    pub(super) fn note_process(&self, group: Pid) -> io::Result<()> {
        let id = group.as_raw_nonzero().get();
        self.note(&Entry::Process { id, born: born(id) })
    }

    /// Notes that containers will be started under this lease's label.
    #[cfg(feature = "containers")]
    pub(super) fn note_containers(&self) -> io::Result<()> {
        self.note(&Entry::Containers)
    }

    /// Notes a copy of prepared data, and where it goes when nothing runs on it any more.
    pub(super) fn note_data(&self, data: &Path, used: &Path) -> io::Result<()> {
        self.note(&Entry::Data {
            data: data.to_owned(),
            used: used.to_owned(),
        })
    }

    /// Marks it as kept: it outlives its owner, with what is written about it.
    pub(super) fn keep(mut self, state: &str) -> io::Result<()> {
        super::file::write_atomically(&self.folder.join(KEPT), state.as_bytes())?;
        self.lock = None;
        Ok(())
    }

    /// Removes its folder. What was started must have been stopped.
    pub(super) fn end(mut self) -> io::Result<()> {
        give_back(&self.folder);
        self.lock = None;
        remove(&self.folder)
    }

    fn note(&self, entry: &Entry) -> io::Result<()> {
        let line = serde_json::to_string(entry)? + "\n";
        let mut journal = self.journal.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        journal.write_all(line.as_bytes())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.lock.is_none() {
            return;
        }
        kill_processes(&self.id, &self.folder);
        #[cfg(feature = "containers")]
        self.containers.remove_now();
        if let Err(error) = remove(&self.folder) {
            tracing::warn!(lease = self.id, %error, "the next run removes what is left");
        }
    }
}

impl Abandoned {
    /// The leases that nobody holds and nobody kept.
    pub(super) fn all(cache: &Path) -> io::Result<Vec<Self>> {
        let all = leases(cache);
        if !all.exists() {
            return Ok(Vec::new());
        }
        let _guard = guard(&all)?;
        let mut abandoned = Vec::new();
        for folder in folders(&all)? {
            if folder.join(KEPT).exists() {
                continue;
            }
            abandoned.extend(Self::take(&folder));
        }
        Ok(abandoned)
    }

    /// One kept lease, to be ended.
    pub(super) fn kept(cache: &Path, id: &str) -> io::Result<Option<Self>> {
        let all = leases(cache);
        if !all.exists() {
            return Ok(None);
        }
        let _guard = guard(&all)?;
        let folder = all.join(id);
        Ok(if folder.join(KEPT).exists() { Self::take(&folder) } else { None })
    }

    /// Whether its journal speaks of containers.
    #[cfg(feature = "containers")]
    pub(super) fn has_containers(&self) -> bool {
        journal(&self.folder).iter().any(|entry| matches!(entry, Entry::Containers))
    }

    /// Kills its processes and removes its folder. Its containers must have been removed.
    pub(super) fn end(self) -> io::Result<()> {
        kill_processes(&self.id, &self.folder);
        // One that is half removed is locked by nobody.
        if self.lock.is_some() && are_gone(&self.id, &self.folder) {
            give_back(&self.folder);
        }
        remove(&self.folder)
    }

    fn take(folder: &Path) -> Option<Self> {
        let id = folder.file_name()?.to_str()?.to_owned();
        let lock = match File::open(folder.join(LOCK)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => Some(lock),
                Err(_) => return None,
            },
            // Under the guard no lease is half made: one without a lock is half removed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            // It may be held: a process that has no file left to open cannot tell.
            Err(_) => return None,
        };
        Some(Self {
            id,
            folder: folder.to_owned(),
            lock,
        })
    }
}

/// What was written about each kept lease, with its identity, oldest first.
pub(super) fn kept(cache: &Path) -> io::Result<Vec<(String, String)>> {
    let all = leases(cache);
    if !all.exists() {
        return Ok(Vec::new());
    }
    let mut kept = Vec::new();
    for folder in folders(&all)? {
        let file = folder.join(KEPT);
        if let (Ok(text), Some(id)) = (fs::read_to_string(&file), folder.file_name()) {
            let written = file.metadata().and_then(|metadata| metadata.modified()).ok();
            kept.push((written, id.to_string_lossy().into_owned(), text));
        }
    }
    kept.sort();
    Ok(kept.into_iter().map(|(_, id, text)| (id, text)).collect())
}

/// When a process was born, in ticks since the machine started; `None` when it is dead or the system does not say.
pub(super) fn born(id: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything; after it come the state (field 3) and, as field 22, the start time.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn leases(cache: &Path) -> PathBuf {
    cache.join("leases")
}

/// Held while leases are made or looked through: a lease is never seen half made.
fn guard(all: &Path) -> io::Result<File> {
    let guard = File::create(all.join(LOCK))?;
    guard.lock()?;
    Ok(guard)
}

fn folders(all: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(all)?.collect::<Result<Vec<_>, _>>()?;
    let mut folders: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn journal(folder: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(folder.join(JOURNAL)).unwrap_or_default();
    // A last line that a kill cut short is no entry.
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn kill_processes(lease: &str, folder: &Path) {
    for entry in journal(folder) {
        let Entry::Process { id, born: Some(noted) } = entry else {
            continue;
        };
        // Another process of that number was born at another time. Where its leader is dead, the group's other members
        // are found by their variable.
        if born(id) == Some(noted)
            && let Some(group) = Pid::from_raw(id)
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
    for pid in carriers(lease) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Whether the processes of a lease are gone soon. One that was killed may still be ending what it writes.
#[expect(clippy::disallowed_methods, reason = "polls with a deadline, also where there is no runtime")]
fn are_gone(lease: &str, folder: &Path) -> bool {
    let journal = journal(folder);
    let lives = |entry: &Entry| matches!(entry, Entry::Process { id, born: Some(noted) } if born(*id) == Some(*noted));
    let deadline = Instant::now() + Duration::from_secs(2);
    while journal.iter().any(lives) || !carriers(lease).is_empty() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Lays copies of prepared data where the next start finds them. Where one lies already, it stays and goes with the lease.
///
/// Only for who holds the lease, and once: a folder that is not locked any more may be removed by its owner and by another
/// run at the same time, and what one of them is taking apart must not be given away by the other.
fn give_back(folder: &Path) {
    let entries = journal(folder);
    if fs::remove_file(folder.join(JOURNAL)).is_err() {
        return;
    }
    for entry in entries {
        if let Entry::Data { data, used } = entry {
            let _ = fs::rename(data, used);
        }
    }
}

/// The processes that carry the lease's variable, as far as the system tells.
fn carriers(lease: &str) -> Vec<Pid> {
    let wanted = format!("{VARIABLE}={lease}");
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    })
    .filter_map(Pid::from_raw)
    .collect()
}

/// Removes a folder. A process that was killed a moment ago may still be writing into it.
#[expect(clippy::disallowed_methods, reason = "polls with a deadline, also where there is no runtime")]
fn remove(folder: &Path) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => {
                return Ok(());
            }
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn fresh_id() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // The standard library's random keys are drawn from the system once a thread and counted up from there.
    let random = RandomState::new().hash_one((std::process::id(), std::time::SystemTime::now()));
    format!("{random:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_abandoned_only_when_nobody_holds_it_and_nobody_kept_it() {
        let cache = tempfile::tempdir().unwrap();
        let held = Lease::create(cache.path()).unwrap();
        let kept = Lease::create(cache.path()).unwrap();
        let kept_id = kept.id().to_owned();
        kept.keep("{}").unwrap();
        let lost = Lease::create(cache.path()).unwrap();
        let (lost_id, lost_folder) = (lost.id().to_owned(), lost.folder.clone());
        forget_owner(lost);

        let abandoned = abandoned(cache.path());
        assert_eq!(abandoned.iter().map(|lease| lease.id.as_str()).collect::<Vec<_>>(), [lost_id]);
        // Taken over: a second run does not see it.
        assert!(Abandoned::all(cache.path()).unwrap().is_empty());
        for lease in abandoned {
            lease.end().unwrap();
        }
        assert!(!lost_folder.exists());
        assert!(held.run().exists());
        assert_eq!(super::kept(cache.path()).unwrap(), [(kept_id.clone(), "{}".to_owned())]);
        Abandoned::kept(cache.path(), &kept_id).unwrap().unwrap().end().unwrap();
        assert!(super::kept(cache.path()).unwrap().is_empty());
    }

    #[test]
    fn a_dropped_or_ended_lease_leaves_no_folder() {
        let cache = tempfile::tempdir().unwrap();
        let dropped = Lease::create(cache.path()).unwrap();
        let ended = Lease::create(cache.path()).unwrap();
        let folders = [dropped.folder.clone(), ended.folder.clone()];
        drop(dropped);
        ended.end().unwrap();
        assert!(folders.iter().all(|folder| !folder.exists()));
    }

    #[test]
    fn a_copy_is_given_back_by_one_owner_once() {
        let cache = tempfile::tempdir().unwrap();
        let used = cache.path().join("x.used");
        let taken = |lease: &Lease| {
            let data = lease.folder.join("data");
            fs::create_dir(&data).unwrap();
            fs::write(data.join("file"), "").unwrap();
            lease.note_data(&data, &used).unwrap();
            data
        };
        // Another copy lies there already, and is taken before the folder is gone: what is left is on its way out.
        fs::create_dir(&used).unwrap();
        fs::write(used.join("file"), "").unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        let data = taken(&lease);
        give_back(&lease.folder);
        fs::remove_dir_all(&used).unwrap();
        give_back(&lease.folder);
        assert!(data.exists() && !used.exists());
        lease.end().unwrap();

        // A folder without a lock is being removed by its owner.
        let lease = Lease::create(cache.path()).unwrap();
        taken(&lease);
        fs::remove_file(lease.folder.join(LOCK)).unwrap();
        forget_owner(lease);
        for lease in abandoned(cache.path()) {
            lease.end().unwrap();
        }
        assert!(!used.exists());

        let lease = Lease::create(cache.path()).unwrap();
        taken(&lease);
        lease.end().unwrap();
        assert!(used.join("file").exists());
    }

    #[test]
    fn processes_of_an_abandoned_lease_are_killed_with_or_without_the_journal() {
        use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
        for journalled in [true, false] {
            let cache = tempfile::tempdir().unwrap();
            let lease = Lease::create(cache.path()).unwrap();
            let mut command = std::process::Command::new("sleep");
            command.arg("600").process_group(0);
            if !journalled {
                command.env(VARIABLE, lease.id());
            }
            let mut child = command.spawn().unwrap();
            if journalled {
                lease.note_process(Pid::from_raw(child.id().cast_signed()).unwrap()).unwrap();
            }
            forget_owner(lease);
            for lease in abandoned(cache.path()) {
                lease.end().unwrap();
            }
            assert_eq!(
                child.wait().unwrap().signal(),
                Some(Signal::KILL.as_raw()),
                "journalled: {journalled}"
            );
        }
    }

    #[test]
    fn a_process_of_the_same_number_born_later_is_left_alone() {
        let cache = tempfile::tempdir().unwrap();
        let lease = Lease::create(cache.path()).unwrap();
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let id = child.id().cast_signed();
        lease
            .note(&Entry::Process {
                id,
                born: born(id).map(|born| born - 1),
            })
            .unwrap();
        forget_owner(lease);
        for lease in abandoned(cache.path()) {
            lease.end().unwrap();
        }
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The abandoned leases, once there is one. A process that another test is starting just now holds a copy of every lock
    /// of this process for a moment.
    #[expect(clippy::disallowed_methods, reason = "polls with a deadline")]
    fn abandoned(cache: &Path) -> Vec<Abandoned> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let abandoned = Abandoned::all(cache).unwrap();
            if !abandoned.is_empty() {
                return abandoned;
            }
            assert!(Instant::now() < deadline, "no lease was abandoned within ten seconds");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What a SIGKILL does to an owner: the lock is gone and nothing else happens.
    fn forget_owner(mut lease: Lease) {
        lease.lock = None;
    }
}
