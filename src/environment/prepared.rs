//! Prepared data: a seeded data directory, made once for everything it depends on and copied for each start.
//!
//! A directory is made aside, by a server that is then stopped cleanly, and renamed into the cache; so one that is there
//! is whole. Who makes it holds an exclusive lock on its name, who copies it a shared one.
//!
//! A copy that is no longer needed lies beside it until the next start takes it and has only what was written since made
//! again: a server has hundreds of files and writes to a few.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::config::Kind;
use super::error::{Failure, ended};
use super::event::Event;
use super::file;
use super::plan::Planned;
use super::process::{self, Stop};
use super::seed::Seed;
use super::start::{CLEAN_STOP, Context, Failed, io_failure, without_log};

/// How many prepared directories of one service are kept; the one that was used longest ago goes first.
const KEPT: usize = 3;

impl Context<'_> {
    /// Fills the data directory of a process with seeded data, which is prepared first when it is not there yet.
    /// Gives the moment from which the start itself counts.
    pub(super) async fn prepared_data(&self, planned: &Planned, seed: &Seed) -> Result<Instant, Failed> {
        let name = &planned.service.name.value;
        let all = self.lease.cache().join("prepared");
        fs::create_dir_all(&all).map_err(io_failure(&all))?;
        let key = format!("{name}-{}", key(planned, seed, &self.config.directory));
        let (whole, lock) = (all.join(&key), all.join(format!("{key}.lock")));
        loop {
            if whole.exists() {
                let begun = Instant::now();
                let shared = self.locked(planned, &lock, Lock::Shared).await?;
                if whole.exists() {
                    self.events.send(Event::Starting {
                        service: name.clone(),
                        kind: Kind::Process,
                    });
                    // Marks it as used, for the choice of what to remove.
                    let _ = shared.set_modified(SystemTime::now());
                    let (from, to, used) = (whole.clone(), self.data_folder(name), used(&whole));
                    let copied = tokio::task::spawn_blocking(move || copy(&from, &used, &to)).await;
                    copied.map_err(io::Error::other).flatten().map_err(io_failure(&whole))?;
                    let note = self.lease.note_data(&self.data_folder(name), &self::used(&whole));
                    note.map_err(io_failure(&whole))?;
                    return Ok(begun);
                }
            }
            let _exclusive = self.locked(planned, &lock, Lock::Exclusive).await?;
            if !whole.exists() {
                self.prepare(planned, seed, &whole).await?;
                remove_oldest(&all, name, &key);
            }
        }
    }

    async fn prepare(&self, planned: &Planned, seed: &Seed, whole: &Path) -> Result<(), Failed> {
        let name = &planned.service.name.value;
        let begun = Instant::now();
        self.events.send(Event::Preparing { service: name.clone() });
        let deadline = tokio::time::Instant::from_std(begun) + planned.service.deadline;
        self.initialise(planned, true, deadline).await?;
        let (mut running, _port, _) = self.launch(planned, Some(seed), deadline).await?;
        let status = running.stop(Stop::Gently(CLEAN_STOP)).await;
        let clean = status.as_ref().is_ok_and(|status| {
            use std::os::unix::process::ExitStatusExt as _;
            status.success() || status.signal() == Some(rustix::process::Signal::TERM.as_raw())
        });
        if !clean {
            let how = status.map_or_else(|error| error.to_string(), ended);
            return Err((Box::new(Failure::Unclean { how }), process::tail(&self.log(name))));
        }
        let data = self.data_folder(name);
        file::age(&data).map_err(io_failure(&data))?;
        fs::rename(&data, whole).map_err(io_failure(&data))?;
        self.events.send(Event::Prepared {
            service: name.clone(),
            elapsed: begun.elapsed(),
        });
        Ok(())
    }

    /// Waits for a lock, and says so when it is not free.
    pub(super) async fn locked(&self, planned: &Planned, path: &Path, kind: Lock) -> Result<File, Failed> {
        let file = File::options().create(true).append(true).open(path).map_err(io_failure(path))?;
        let deadline = Instant::now() + planned.service.deadline * 2;
        let mut is_said = false;
        loop {
            let tried = match kind {
                Lock::Shared => file.try_lock_shared(),
                Lock::Exclusive => file.try_lock(),
            };
            match tried {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(source)) => {
                    return Err(without_log(Failure::Io {
                        path: path.to_owned(),
                        source,
                    }));
                }
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    return Err(without_log(Failure::Io {
                        path: path.to_owned(),
                        source: io::ErrorKind::TimedOut.into(),
                    }));
                }
                Err(TryLockError::WouldBlock) => {}
            }
            if !is_said {
                self.events.send(Event::Waiting {
                    service: planned.service.name.value.clone(),
                });
                is_said = true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Where a copy lies that is no longer needed.
fn used(whole: &Path) -> PathBuf {
    whole.with_extension(USED)
}

const USED: &str = "used";

/// Makes a copy of prepared data, out of a used one where one lies there.
fn copy(whole: &Path, used: &Path, to: &Path) -> io::Result<()> {
    // Whoever renames it first has it.
    if fs::rename(used, to).is_ok() {
        match file::make_alike(whole, to) {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::debug!(%error, "a used copy could not be made as it was");
                fs::remove_dir_all(to)?;
            }
        }
    }
    file::make_alike(whole, to)
}

/// Whether others may hold it as well.
#[derive(Clone, Copy)]
pub(super) enum Lock {
    Shared,
    Exclusive,
}

/// A digest of everything that the data depends on.
fn key(planned: &Planned, seed: &Seed, directory: &Path) -> String {
    let mut hasher = blake3::Hasher::new();
    for (key, value) in planned.describe() {
        hasher.update(format!("{key}\0{value}\0").as_bytes());
    }
    seed.digest(&mut hasher);
    if let Some(process) = &planned.service.process {
        for command in process.initialise.iter().chain([&process.command]) {
            let program = command.first().map(ToString::to_string).unwrap_or_default();
            hasher.update(fingerprint(&program, directory).as_bytes());
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What tells a program's file from an earlier or a later one.
pub(super) fn fingerprint(program: &str, directory: &Path) -> String {
    let Some(path) = process::find_program(program, directory) else {
        return format!("{program}: absent");
    };
    let metadata = path.metadata().ok();
    let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    let changed = changed
        .and_then(|changed| changed.duration_since(SystemTime::UNIX_EPOCH).ok())
        .unwrap_or_default();
    format!(
        "{}: {} bytes of {}",
        path.display(),
        metadata.map_or(0, |metadata| metadata.len()),
        changed.as_nanos()
    )
}

/// Removes the directories of a service that were used longest ago, unless somebody is using them.
fn remove_oldest(all: &Path, name: &str, current: &str) {
    let Ok(entries) = fs::read_dir(all) else {
        return;
    };
    let mut found: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && path.extension().is_none() && path.file_name() != Some(current.as_ref()))
        .filter(|path| {
            let file = path.file_name().and_then(|file| file.to_str());
            file.and_then(|file| file.rsplit_once('-'))
                .is_some_and(|(service, _)| service == name)
        })
        .map(|path| {
            let used = path.with_extension("lock").metadata().and_then(|lock| lock.modified());
            (used.unwrap_or(SystemTime::UNIX_EPOCH), path)
        })
        .collect();
    found.sort();
    for (_, path) in found.iter().take(found.len().saturating_sub(KEPT - 1)) {
        let lock = path.with_extension("lock");
        let Ok(held) = File::options().create(true).append(true).open(&lock) else {
            continue;
        };
        if held.try_lock().is_ok() && fs::remove_dir_all(path).is_ok() {
            let _ = fs::remove_dir_all(used(path));
            // The lock file stays: somebody may have opened it and be waiting for it.
            tracing::debug!(path = %path.display(), "removed prepared data");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_used_longest_ago_are_removed_unless_they_are_in_use() {
        let all = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (age, name) in [(5, "db-1"), (4, "db-2"), (3, "db-3"), (2, "db-4"), (9, "other-1")] {
            fs::create_dir(all.path().join(name)).unwrap();
            fs::create_dir(used(&all.path().join(name))).unwrap();
            let lock = File::create(all.path().join(format!("{name}.lock"))).unwrap();
            lock.set_modified(now - Duration::from_secs(age)).unwrap();
        }
        let in_use = File::open(all.path().join("db-1.lock")).unwrap();
        in_use.lock_shared().unwrap();
        fs::create_dir(all.path().join("db-new")).unwrap();
        remove_oldest(all.path(), "db", "db-new");
        let mut left: Vec<String> = fs::read_dir(all.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        left.sort();
        let expected = [
            "db-1",
            "db-1.used",
            "db-3",
            "db-3.used",
            "db-4",
            "db-4.used",
            "db-new",
            "other-1",
            "other-1.used",
        ];
        assert_eq!(left, expected);
    }
}
