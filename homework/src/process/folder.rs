//! A program's own folder.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A new and empty folder for a program. It is removed when it is dropped, with all that is in it.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// Makes it, among the system's temporary ones.
    ///
    /// # Errors
    /// One line that says why none can be made.
    pub fn new() -> Result<Self, String> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        builder.prefix("homework-").tempdir().map(Self).map_err(|why| {
            let among = std::env::temp_dir();
            format!("the program needs a temporary folder, and none can be made in {}: {why}", among.display())
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if fs::remove_dir_all(self.path()).is_err() {
            // A program can take away its own rights to what it made. What is left now, the inner one tries again.
            unlock(self.path());
        }
    }
}

/// Makes a folder and those below it changeable again.
#[cfg(unix)]
fn unlock(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            // A link is none, so this stays below the folder.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
}

/// Nothing to do: on Windows `remove_dir_all` removes read-only files too.
#[cfg(not(unix))]
fn unlock(_folder: &Path) {}
