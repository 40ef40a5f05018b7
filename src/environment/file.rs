//! Files: written whole or not at all, copied as trees, found by patterns.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Writes a file beside its place and renames it there, so that nobody ever sees half of it.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Copies a tree of files and folders. Where the file system can share blocks it does, and empty space takes none.
pub(super) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    copy_folder(from, to, &mut files)?;
    // A database has hundreds of files, and a start waits for the last of them: every processor takes the next one.
    let next = AtomicUsize::new(0);
    let copy = || -> io::Result<()> {
        while let Some((from, to)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            copy_file(from, to)?;
        }
        Ok(())
    };
    let others = std::thread::available_parallelism().map_or(0, |all| all.get() - 1).min(7);
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(copy)).collect();
        let results = others.into_iter().map(|other| other.join().expect("copying does not panic"));
        std::iter::once(copy()).chain(results).collect()
    })
}

/// Makes the folders and links of a tree, and notes its files with their copies.
fn copy_folder(from: &Path, to: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, from.metadata()?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target, files)?;
        } else if kind.is_file() {
            files.push((entry.path(), target));
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        }
        // Sockets and pipes belong to a process that is gone.
    }
    Ok(())
}

/// Copies one file with its mode.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    /// What is smaller is copied in one go faster than it is looked at.
    const LARGE: u64 = 256 * 1024;
    let mut source = File::open(from)?;
    let metadata = source.metadata()?;
    if metadata.len() < LARGE {
        return fs::copy(from, to).map(|_| ());
    }
    let target = File::create(to)?;
    target.set_permissions(metadata.permissions())?;
    #[cfg(target_os = "linux")]
    if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
        return Ok(());
    }
    copy_sparse(&mut source, &target)
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
        copy_tree(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("link")).unwrap(), "text");
        assert_eq!(to.join("deep").metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!to.join("socket").exists());
    }
}
