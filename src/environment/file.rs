//! Files: written whole or not at all, trees made alike, found by patterns.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

/// Writes a file beside its place and renames it there, so that nobody ever sees half of it.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Makes a tree of files and folders like another, whatever is there already; what looks the same (length, mode, and when it
/// was last written) is left. Where the file system can share blocks it does, and empty space takes none.
///
/// A copy was last written when its source was. So that a later write shows, sources must be [`age`]d.
pub(super) fn make_alike(from: &Path, to: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    make_folder_alike(from, to, &mut files)?;
    // A database has hundreds of files, and a start waits for the last of them: every processor takes the next one.
    let next = AtomicUsize::new(0);
    let copy = || -> io::Result<()> {
        while let Some((from, to)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            copy_file(from, to)?;
        }
        Ok(())
    };
    let others = std::thread::available_parallelism().map_or(0, |all| all.get() - 1).min(7);
    if files.len() < 8 {
        return copy();
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(copy)).collect();
        let results = others.into_iter().map(|other| other.join().expect("copying does not panic"));
        std::iter::once(copy()).chain(results).collect()
    })
}

/// Makes folders and links alike, removes what is too much, and notes the files that have to be copied.
fn make_folder_alike(from: &Path, to: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, from.metadata()?.permissions())?;
    let mut there = BTreeMap::new();
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        there.insert(entry.file_name(), entry.metadata()?);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.metadata()?, to.join(entry.file_name()));
        let there = there.remove(&entry.file_name());
        if let Some(there) = &there
            && there.file_type() != source.file_type()
        {
            remove(&target, there)?;
        }
        if source.is_dir() {
            make_folder_alike(&entry.path(), &target, files)?;
        } else if source.is_file() {
            if !there.is_some_and(|there| is_same(&there, &source)) {
                files.push((entry.path(), target));
            }
        } else if source.is_symlink() {
            let link = fs::read_link(entry.path())?;
            if !fs::read_link(&target).is_ok_and(|there| there == link) {
                let _ = fs::remove_file(&target);
                std::os::unix::fs::symlink(link, &target)?;
            }
        }
        // Sockets and pipes belong to a process that is gone.
    }
    there.iter().try_for_each(|(name, there)| remove(&to.join(name), there))
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.is_file() && one.len() == other.len() && one.mode() == other.mode() && one.modified().ok() == other.modified().ok()
}

fn remove(path: &Path, metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

/// Dates every file of a tree back, by more than any file system rounds, so that a write that follows at once shows.
pub(super) fn age(folder: &Path) -> io::Result<()> {
    age_to(folder, SystemTime::now() - Duration::from_mins(1))
}

fn age_to(folder: &Path, when: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            age_to(&entry.path(), when)?;
        } else if kind.is_file() {
            File::open(entry.path())?.set_modified(when)?;
        }
    }
    Ok(())
}

/// Copies one file with its mode and its date.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    /// What is smaller is copied in one go faster than it is looked at.
    const LARGE: u64 = 256 * 1024;
    let mut source = File::open(from)?;
    let metadata = source.metadata()?;
    let mut target = File::create(to)?;
    target.set_permissions(metadata.permissions())?;
    if metadata.len() < LARGE {
        io::copy(&mut source, &mut target)?;
    } else if !shares_blocks(&source, &target) {
        copy_sparse(&mut source, &target)?;
    }
    target.set_modified(metadata.modified()?)
}

/// Makes a file share the blocks of another, where the file system can.
#[cfg(target_os = "linux")]
fn shares_blocks(source: &File, target: &File) -> bool {
    rustix::fs::ioctl_ficlone(target, source).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn shares_blocks(_source: &File, _target: &File) -> bool {
    false
}

/// Copies what is not zero: most of a fresh database's files is.
fn copy_sparse(source: &mut File, target: &File) -> io::Result<()> {
    const PAGE: usize = 4096;
    const ZEROS: [u8; PAGE] = [0; PAGE];
    let mut buffer = vec![0; 64 * PAGE];
    let mut offset = 0;
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match source.read(&mut buffer[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        if filled == 0 {
            return target.set_len(offset);
        }
        let mut at = 0;
        while at < filled {
            let is_page_zero = |at: usize| {
                let page = &buffer[at..filled.min(at + PAGE)];
                // Compared as a whole, which is fast in every build.
                *page == ZEROS[..page.len()]
            };
            let mut end = at;
            while end < filled && !is_page_zero(end) {
                end = filled.min(end + PAGE);
            }
            if end > at {
                target.write_all_at(&buffer[at..end], offset + at as u64)?;
                at = end;
            } else {
                at += PAGE;
            }
        }
        offset += filled as u64;
    }
}

/// The files that a pattern names, sorted by name. `*` and `?` stand for characters of the last part of the path.
pub(super) fn matching(folder: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    let whole = folder.join(pattern);
    let (Some(name), Some(parent)) = (whole.file_name().and_then(|name| name.to_str()), whole.parent()) else {
        return Ok(Vec::new());
    };
    if !name.contains(['*', '?']) {
        return Ok(if whole.is_file() { vec![whole] } else { Vec::new() });
    }
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let fits = |found: &fs::DirEntry| {
        found
            .file_name()
            .to_str()
            .is_some_and(|found| is_match(name.as_bytes(), found.as_bytes()))
    };
    let mut files: Vec<PathBuf> = entries
        .iter()
        .filter(|entry| fits(entry))
        .map(fs::DirEntry::path)
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// When anything in a file or a folder was last changed, hidden entries not counted.
pub(super) fn last_change(path: &Path) -> io::Result<std::time::SystemTime> {
    let metadata = path.metadata()?;
    let mut last = metadata.modified()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                last = last.max(last_change(&entry.path())?);
            }
        }
    }
    Ok(last)
}

fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skipped| is_match(rest, &name[skipped..])),
        (Some((b'?', pattern)), Some((_, name))) => is_match(pattern, name),
        (Some((wanted, pattern)), Some((found, name))) => wanted == found && is_match(pattern, name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_names_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.sql", "a.sql", "c.txt", "10.sql"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("d.sql")).unwrap();
        let names = |pattern| -> Vec<String> {
            let files = matching(folder.path(), pattern).unwrap();
            files
                .iter()
                .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
                .collect()
        };
        assert_eq!(names("*.sql"), ["10.sql", "a.sql", "b.sql"]);
        assert_eq!(names("?.sql"), ["a.sql", "b.sql"]);
        assert_eq!(names("c.txt"), ["c.txt"]);
        assert_eq!(names("*.none"), [""; 0]);
        assert_eq!(names("missing/*.sql"), [""; 0]);
    }

    #[test]
    fn a_large_file_is_copied_to_the_byte_and_its_empty_space_takes_none() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        const PAGE: usize = 4096;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        // Pages of zeros and others in turns, at the ends of what is read at a time, and a last one that is cut off.
        let ends = [&[1][..], &[0], &[0, 1], &[1, 0, 0], &[0, 0, 0]];
        for tail in ends {
            let mut text = vec![0_u8; 130 * PAGE];
            for page in [0, 1, 5, 63, 64, 100, 127] {
                text[page * PAGE + page] = 7;
            }
            text.extend(tail);
            fs::write(&from, &text).unwrap();
            fs::set_permissions(&from, fs::Permissions::from_mode(0o640)).unwrap();
            copy_file(&from, &to).unwrap();
            assert!(fs::read(&to).unwrap() == text, "{tail:?}");
            let metadata = to.metadata().unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
            assert!(metadata.blocks() * 512 < 32 * PAGE as u64, "{} blocks", metadata.blocks());
        }
    }

    #[test]
    fn trees_are_copied_with_links_and_modes() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("deep/er/file"), "text").unwrap();
        fs::set_permissions(from.join("deep"), fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink("deep/er/file", from.join("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(from.join("socket")).unwrap();
        make_alike(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("link")).unwrap(), "text");
        assert_eq!(to.join("deep").metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!to.join("socket").exists());
    }

    #[test]
    fn a_tree_that_was_used_is_made_as_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("deep")).unwrap();
        for name in ["kept", "written", "grown", "gone", "open", "deep/file", "becomes-a-folder"] {
            fs::write(from.join(name), "text").unwrap();
        }
        fs::create_dir(from.join("becomes-a-file")).unwrap();
        std::os::unix::fs::symlink("kept", from.join("link")).unwrap();
        age(&from).unwrap();
        make_alike(&from, &to).unwrap();
        let number = |name: &str| to.join(name).metadata().unwrap().ino();
        let kept = [number("kept"), number("deep/file")];

        // The same length, in the same moment as the copy.
        fs::write(to.join("written"), "TEXT").unwrap();
        fs::write(to.join("grown"), "text and more").unwrap();
        fs::remove_file(to.join("gone")).unwrap();
        fs::set_permissions(to.join("open"), fs::Permissions::from_mode(0o666)).unwrap();
        fs::remove_file(to.join("becomes-a-folder")).unwrap();
        fs::create_dir_all(to.join("becomes-a-folder/with")).unwrap();
        fs::remove_dir(to.join("becomes-a-file")).unwrap();
        fs::write(to.join("becomes-a-file"), "").unwrap();
        fs::remove_file(to.join("link")).unwrap();
        std::os::unix::fs::symlink("written", to.join("link")).unwrap();
        fs::create_dir_all(to.join("new/folder")).unwrap();
        fs::write(to.join("deep/new"), "").unwrap();
        make_alike(&from, &to).unwrap();

        for name in ["kept", "written", "grown", "gone", "open", "deep/file", "becomes-a-folder", "link"] {
            assert_eq!(fs::read_to_string(to.join(name)).unwrap(), "text", "{name}");
        }
        let names = |folder: PathBuf| -> Vec<std::ffi::OsString> {
            let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        for folder in ["", "deep", "becomes-a-file"] {
            assert_eq!(names(to.join(folder)), names(from.join(folder)), "{folder}");
        }
        let mode = |path: PathBuf| path.metadata().unwrap().mode();
        assert_eq!(mode(to.join("open")), mode(from.join("open")));
        assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("kept"));
        assert_eq!([number("kept"), number("deep/file")], kept, "what nobody touched is left");
    }
}
