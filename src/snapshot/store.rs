//! Snapshots on disk: the only place of this module that reads and writes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::suite::Case;

use super::file::contents;
use super::name;
use super::state::{Pending, SnapshotDiff, SnapshotState, Today};

/// A folder of snapshots.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// How a case stands to its snapshot, and where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The state.
    pub state: SnapshotState,
    /// Both contents when the snapshot changed.
    pub diff: Option<SnapshotDiff>,
}

/// What can go wrong between a snapshot and the disk.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// An approved snapshot is not text.
    #[error(
        "`{}` is not UTF-8 from byte {at} on, and `cargo insta` stops at such a file: bring it back from version control, or delete it and review the case again",
        path.display()
    )]
    NotText {
        /// The file.
        path: PathBuf,
        /// The zero-based offset of the first byte that is not UTF-8.
        at: usize,
    },
    /// A pending snapshot cannot be written or removed.
    #[error("cannot write `{}`: {source}; a pending snapshot stands beside the approved one, so the folder must be writable", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl Store {
    /// The snapshots below `root`, which need not exist.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The file of a case's approved snapshot.
    #[must_use]
    pub fn approved(&self, case: &Case) -> PathBuf {
        self.root.join(name::file(case))
    }

    /// The file of a case's pending snapshot.
    #[must_use]
    pub fn pending(&self, case: &Case) -> PathBuf {
        let mut path = self.approved(case).into_os_string();
        path.push(".new");
        path.into()
    }

    /// Holds what a case shows today against its approved snapshot. Unless the disk is to be left alone, a pending snapshot is
    /// written when there is something to review, and one from an earlier run is removed when there no longer is.
    ///
    /// # Errors
    /// When the approved snapshot cannot be read as text, or the pending one not be written or removed.
    pub fn settle(&self, case: &Case, today: Today<'_>, pending: Pending) -> Result<Settled, SnapshotError> {
        let file = match today {
            Today::Reviewable(file) => file,
            Today::Failing => {
                self.forget(case, pending)?;
                return Ok(Settled {
                    state: SnapshotState::NotKept,
                    diff: None,
                });
            }
        };
        let Some(approved) = read(&self.approved(case))? else {
            self.propose(case, file, pending)?;
            return Ok(Settled {
                state: SnapshotState::Missing,
                diff: None,
            });
        };
        let (approved, today) = (contents(&approved), contents(file));
        if approved == today {
            self.forget(case, pending)?;
            return Ok(Settled {
                state: SnapshotState::Approved,
                diff: None,
            });
        }
        self.propose(case, file, pending)?;
        Ok(Settled {
            state: SnapshotState::Changed,
            diff: Some(SnapshotDiff { approved, today }),
        })
    }

    /// Approves what a case shows, as a reviewer said; nothing is pending any more.
    ///
    /// # Errors
    /// When the snapshot cannot be written.
    pub fn approve(&self, case: &Case, file: &str) -> Result<(), SnapshotError> {
        let path = self.approved(case);
        write_whole(&path, file).map_err(|source| SnapshotError::Write { path, source })?;
        self.forget(case, Pending::Write)
    }

    /// Leaves what was approved as it is; nothing is pending any more.
    ///
    /// # Errors
    /// When the pending snapshot cannot be removed.
    pub fn reject(&self, case: &Case) -> Result<(), SnapshotError> {
        self.forget(case, Pending::Write)
    }

    /// The snapshot files, approved and pending, that none of `cases` refers to, sorted. Anything else in the folder is
    /// passed by.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn unreferenced<'c>(&self, cases: impl IntoIterator<Item = &'c Case>) -> Result<Vec<PathBuf>, SnapshotError> {
        let referenced: BTreeSet<PathBuf> = cases
            .into_iter()
            .flat_map(|case| [self.approved(case), self.pending(case)])
            .collect();
        let mut found = Vec::new();
        for folder in entries(&self.root)? {
            if folder.is_dir() {
                found.extend(
                    entries(&folder)?
                        .into_iter()
                        .filter(|file| is_snapshot(file) && !referenced.contains(file)),
                );
            }
        }
        found.sort();
        Ok(found)
    }

    fn propose(&self, case: &Case, file: &str, pending: Pending) -> Result<(), SnapshotError> {
        let path = self.pending(case);
        match pending {
            Pending::Leave => Ok(()),
            Pending::Write => write_whole(&path, file).map_err(|source| SnapshotError::Write { path, source }),
        }
    }

    fn forget(&self, case: &Case, pending: Pending) -> Result<(), SnapshotError> {
        let path = self.pending(case);
        match pending {
            Pending::Leave => Ok(()),
            Pending::Write => match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => Err(SnapshotError::Write { path, source }),
                _ => Ok(()),
            },
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, SnapshotError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(SnapshotError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    String::from_utf8(bytes).map(Some).map_err(|error| SnapshotError::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })
}

/// Writes beside the file and renames, so that whoever looks finds the file whole or not at all.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Neither insta nor `unreferenced` takes this name for a snapshot.
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!(".parity-{}-{number}.tmp", std::process::id()));
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to report; what was begun may not even exist.
        let _ = fs::remove_file(&part);
    }
    written
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let failed = |source| SnapshotError::Read {
        path: folder.to_owned(),
        source,
    };
    match fs::read_dir(folder) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(failed(source)),
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect(),
    }
}

#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "insta writes them in lower case, and looks for no others"
)]
fn is_snapshot(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.ends_with(".snap") || name.ends_with(".snap.new")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{Binding, Bound};

    fn case(value: &str) -> Case {
        Case {
            suite: "run-trace".into(),
            binding: Binding(vec![Bound {
                name: "run_id".into(),
                value: value.into(),
                is: None,
            }]),
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("snapshots"));
        (folder, store)
    }

    fn files(store: &Store) -> Vec<String> {
        let mut files: Vec<String> = entries(&store.root.join("run-trace"))
            .unwrap()
            .into_iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        files
    }

    const TEXT: &str = "---\ndescription: d\n---\nbody\n";

    #[test]
    fn a_new_snapshot_is_pending_until_it_is_accepted() {
        let (_folder, store) = store();
        let settle = |text| store.settle(&case("34"), Today::Reviewable(text), Pending::Write).unwrap();
        assert_eq!(settle(TEXT).state, SnapshotState::Missing);
        assert_eq!(files(&store), ["run_id=34.snap.new"]);
        fs::rename(store.pending(&case("34")), store.approved(&case("34"))).unwrap();
        assert_eq!(settle(TEXT).state, SnapshotState::Approved);
        let changed = settle("---\ndescription: d\n---\nother\n");
        assert_eq!(changed.state, SnapshotState::Changed);
        assert_eq!(
            changed.diff,
            Some(SnapshotDiff {
                approved: "body".into(),
                today: "other".into()
            })
        );
        assert_eq!(files(&store), ["run_id=34.snap", "run_id=34.snap.new"]);
        assert_eq!(settle(TEXT).state, SnapshotState::Approved, "the header is not judged");
        assert_eq!(files(&store), ["run_id=34.snap"], "what is approved again is no longer pending");
    }

    #[test]
    fn only_contents_are_compared() {
        let (_folder, store) = store();
        let approved = store.approved(&case("34"));
        fs::create_dir_all(approved.parent().unwrap()).unwrap();
        fs::write(&approved, "---\r\nsource: elsewhere\r\n---\r\nbody \r\n\r\n").unwrap();
        let settled = store.settle(&case("34"), Today::Reviewable(TEXT), Pending::Write).unwrap();
        assert_eq!(settled.state, SnapshotState::Approved);
    }

    #[test]
    fn nothing_is_written_where_nobody_reviews() {
        let (folder, store) = store();
        let settled = store.settle(&case("34"), Today::Reviewable(TEXT), Pending::Leave).unwrap();
        assert_eq!(settled.state, SnapshotState::Missing);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_failing_case_leaves_nothing_to_approve() {
        let (_folder, store) = store();
        store.settle(&case("34"), Today::Reviewable(TEXT), Pending::Write).unwrap();
        let settled = store.settle(&case("34"), Today::Failing, Pending::Write).unwrap();
        assert_eq!(settled.state, SnapshotState::NotKept);
        assert!(files(&store).is_empty());
        store.settle(&case("35"), Today::Failing, Pending::Write).unwrap();
    }

    #[test]
    fn unreferenced_files_are_listed_and_nothing_else() {
        let (_folder, store) = store();
        assert!(store.unreferenced([]).unwrap().is_empty(), "without a folder there is nothing");
        for value in ["34", "35"] {
            store.settle(&case(value), Today::Reviewable(TEXT), Pending::Write).unwrap();
        }
        let gone = store.root.join("gone/case.snap");
        fs::create_dir_all(gone.parent().unwrap()).unwrap();
        fs::write(&gone, TEXT).unwrap();
        fs::write(store.root.join("run-trace/README.md"), "").unwrap();
        assert_eq!(store.unreferenced([&case("34")]).unwrap(), [gone, store.pending(&case("35"))]);
    }

    #[test]
    fn errors_say_which_file_and_what_to_do() {
        let (_folder, store) = store();
        let approved = store.approved(&case("34"));
        fs::create_dir_all(approved.parent().unwrap()).unwrap();
        fs::write(&approved, b"---\nd: \xff\n---\n").unwrap();
        let error = store.settle(&case("34"), Today::Reviewable(TEXT), Pending::Write).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "`{}` is not UTF-8 from byte 7 on, and `cargo insta` stops at such a file: bring it back from version control, or delete it and review the case again",
                approved.display()
            )
        );
        let blocked = Store::new(approved.join("below"));
        let error = blocked.settle(&case("34"), Today::Reviewable(TEXT), Pending::Write).unwrap_err();
        assert!(error.to_string().starts_with("cannot read `"), "{error}");
    }
}
