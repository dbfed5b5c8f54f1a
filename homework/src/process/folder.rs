//! A program's own folder.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A new and empty folder. It is removed when it is dropped, with all that is in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes it, among the system's temporary ones.
    pub fn new() -> Result<Self, String> {
        let among = std::env::temp_dir();
        loop {
            let path = among.join(format!("homework-{:016x}", fastrand::u64(..)));
            match builder().create(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
                Err(why) => {
                    let among = among.display();
                    return Err(format!(
                        "the program needs a temporary folder, and none can be made in {among}: {why}"
                    ));
                }
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.path).is_err() {
            // A program can take away its own rights to what it made.
            unlock(&self.path);
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(unix)]
fn builder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;

    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> DirBuilder {
    DirBuilder::new()
}

/// Makes a folder and those below it changeable again.
#[cfg(unix)]
fn unlock(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // A link is none, so this stays below the folder.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

/// Nothing to do: on Windows `remove_dir_all` removes read-only files too.
#[cfg(not(unix))]
fn unlock(_folder: &Path) {}
