//! Files that are there whole or not at all.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

/// A file that has no name of its own yet, readable for whoever may read what this user writes; by default temporary files are
/// their owner's alone.
pub fn unnamed(folder: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// Puts a text in the place of a file, which keeps its permissions; whoever looks finds the old text or the new one.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // A link keeps leading where it leads.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut file = unnamed(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = fs::metadata(&path) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
