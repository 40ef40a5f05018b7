//! Files: written whole or not at all, copied as trees, found by patterns.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file beside its place and renames it there, so that nobody ever sees half of it.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Copies a tree of files and folders. Where the file system can share blocks it does, and empty space stays empty.
pub(super) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, from.metadata()?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        }
        // Sockets and pipes belong to a process that is gone.
    }
    Ok(())
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
