//! What a command line means to a program that runs in a folder of its own.
//!
//! A person writes it in the folder where they are: `-- python3 mine.py`. The program runs elsewhere, so what names
//! something here is made absolute: a command with a path in it, an argument that is an existing file, and one that is
//! an existing folder and written as a path (`.`, `./data`, `data/`, but not `data`, which may be any word). Links are
//! left as they are: a Python of a virtual environment is one. What a program finds through its current folder alone
//! (`python3 -m mine`, `--script=mine.py`) it won't find.

use std::ffi::{OsStr, OsString};
#[cfg(unix)]
use std::path::PathBuf;
use std::path::{Path, is_separator};

/// An argument, as it is passed on by someone in `folder`.
pub fn argument(argument: &OsStr, folder: &Path) -> OsString {
    let path = Path::new(argument);
    let option = argument.as_encoded_bytes().first().is_none_or(|&first| first == b'-');
    if option || path.is_absolute() {
        return argument.to_owned();
    }
    let there = folder.join(path);
    let named = there.is_file() || there.is_dir() && (is_path(argument) || path.file_name().is_none());
    if named { there.into() } else { argument.to_owned() }
}

fn is_path(text: &OsStr) -> bool {
    text.to_string_lossy().contains(is_separator)
}

/// The program that is meant by `command` in `folder`, by its path.
#[cfg(unix)]
pub fn command(command: &OsStr, folder: &Path) -> Result<OsString, String> {
    let name = command.display();
    if is_path(command) {
        let path = folder.join(command);
        return match path.metadata() {
            Err(why) => Err(format!("{name} can't be run: {why}")),
            Ok(found) if found.is_dir() => Err(format!("{name} can't be run: it is a folder")),
            Ok(found) if !is_executable(&found) => {
                Err(format!("{name} can't be run: it is not executable; `chmod +x {name}` makes it so"))
            }
            Ok(_) => Ok(path.into()),
        };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    if command.is_empty() {
        Err("the program to judge has no name".to_owned())
    } else if let Some(path) = find(command, &folders, folder) {
        Ok(path.into())
    } else if folder.join(command).is_file() {
        Err(format!("{name} can't be run: it is not in PATH; for the one in this folder, write ./{name}"))
    } else {
        Err(format!("{name} can't be run: there is no such program in PATH"))
    }
}

/// The program that a command's name means where PATH lists these folders, which may be relative to `here`.
#[cfg(unix)]
pub fn find(command: &OsStr, folders: &OsStr, here: &Path) -> Option<PathBuf> {
    let mut candidates = std::env::split_paths(folders).map(|folder| here.join(folder).join(command));
    candidates.find(|path| path.metadata().is_ok_and(|it| it.is_file() && is_executable(&it)))
}

#[cfg(unix)]
fn is_executable(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.permissions().mode() & 0o111 != 0
}

/// The program that is meant by `command` in `folder`: without a path in it, the system looks for it.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub fn command(command: &OsStr, folder: &Path) -> Result<OsString, String> {
    Ok(if is_path(command) { folder.join(command).into() } else { command.to_owned() })
}
