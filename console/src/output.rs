//! Files that are there whole, or not at all.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that appears when it is complete. Whether it can be written is found out when it is opened.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    file: Destination,
}

#[derive(Debug)]
enum Destination {
    /// Takes the path's place when it is complete.
    Temporary(NamedTempFile),
    /// The path is that of a device or a pipe.
    Device(File),
}

/// How the names of files begin that are not complete.
const PARTIAL: &str = ".partial-";

impl OutputFile {
    /// Opens a file to be written later.
    ///
    /// # Errors
    /// One line that says why `path` can't be written.
    pub fn create(path: &Path) -> Result<Self, String> {
        let folder = folder_of(path)?;
        let file = match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => File::create(path).map(Destination::Device),
            _ => temporary_in(folder).map(Destination::Temporary),
        };
        let file = file.map_err(|error| why_not_created(path, folder, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// One line that says why it couldn't be written.
    pub fn finish(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let Self { path, file } = self;
        let write_to = |file: &mut File| {
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            out.flush()
        };
        let written = match file {
            Destination::Device(mut file) => write_to(&mut file),
            Destination::Temporary(mut file) => {
                write_to(file.as_file_mut()).and_then(|()| file.persist(&path).map(drop).map_err(|failed| failed.error))
            }
        };
        written.map_err(|error| format!("{} can't be written: {error}", path.display()))
    }
}

/// A file that grows by whole lines while a program runs: whatever happens, none in it is cut off. What an unfinished
/// write leaves has no line feed, and so is no line.
#[derive(Debug)]
pub struct LineFile {
    path: PathBuf,
    file: File,
    /// How long it is, in bytes, if it is a file that has a length.
    length: Option<u64>,
}

impl LineFile {
    /// Creates a file, or empties the one that is there.
    ///
    /// # Errors
    /// One line that says why `path` can't be written.
    pub fn create(path: &Path) -> Result<Self, String> {
        let folder = folder_of(path)?;
        let created = File::create(path).and_then(|file| Ok((file.metadata()?.is_file(), file)));
        let (has_length, file) = created.map_err(|error| why_not_created(path, folder, &error))?;
        Ok(Self { path: path.to_owned(), file, length: has_length.then_some(0) })
    }

    /// Adds lines, all or none.
    ///
    /// # Errors
    /// One line that says why they couldn't be written.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), String> {
        let written = self.file.write_all(lines);
        if let Some(length) = &mut self.length {
            if written.is_ok() {
                *length += lines.len() as u64;
            } else {
                // What was written of them goes; where that can't be done, the next ones overwrite it.
                let _ = self.file.set_len(*length);
                let _ = self.file.seek(SeekFrom::Start(*length));
            }
        }
        written.map_err(|error| format!("{} can't be written: {error}", self.path.display()))
    }
}

/// Whether two paths are one file, however they are spelled.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| {
        fs::canonicalize(path).or_else(|_| {
            // It is not there yet: its folder is.
            let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
            let folder = fs::canonicalize(folder_of(path).map_err(|_| ErrorKind::InvalidInput)?)?;
            // Where names differ in more than case, that is all that is lost.
            Ok::<_, io::Error>(if cfg!(any(windows, target_os = "macos")) {
                folder.join(name.to_ascii_lowercase())
            } else {
                folder.join(name)
            })
        })
    };
    one == other || matches!((resolved(one), resolved(other)), (Ok(one), Ok(other)) if one == other)
}

/// The folder that a file is in or will be in.
fn folder_of(path: &Path) -> Result<&Path, String> {
    let why = |why: &str| Err(format!("{} can't be written: {why}", path.display()));
    match path.parent() {
        _ if path.is_dir() => why("it is a folder; give a file's name"),
        _ if path.file_name().is_none() => why("it is no file's name"),
        Some(folder) if !folder.as_os_str().is_empty() => Ok(folder),
        _ => Ok(Path::new(".")),
    }
}

fn why_not_created(path: &Path, folder: &Path, error: &io::Error) -> String {
    let why: &dyn Display = match error.kind() {
        ErrorKind::NotFound if !folder.is_dir() => &"its folder is not there; create it first",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => &"its folder is read-only; choose another",
        _ => &format_args!("{error}; choose another folder"),
    };
    format!("{} can't be written: {why}", path.display())
}

/// A temporary file with the rights that a file of the person's gets, not those of a secret one.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(PARTIAL).tempfile_in(folder)
}

/// Removes the files in a folder that were never completed, because the program that wrote them was killed. Nothing else
/// may be writing there.
pub fn remove_partial_files(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let partial = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PARTIAL));
    // One that stays does no harm.
    partial.for_each(|entry| drop(fs::remove_file(entry.path())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_only_when_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();

        drop(OutputFile::create(&path).unwrap());
        assert!(names().is_empty());

        let output = OutputFile::create(&path).unwrap();
        assert!(!path.exists());
        output.finish(|out| out.write_all(b"done")).unwrap();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["log".into()], b"done".to_vec()));

        OutputFile::create(&path).unwrap().finish(|_| Err(io::Error::other("full"))).unwrap_err();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["log".into()], b"done".to_vec()));

        assert!(OutputFile::create(folder.path()).unwrap_err().ends_with("it is a folder; give a file's name"));
        let nowhere = folder.path().join("nowhere").join("log");
        assert!(OutputFile::create(&nowhere).unwrap_err().ends_with("its folder is not there; create it first"));
    }

    #[test]
    fn lines_are_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "of an earlier run").unwrap();
        let mut lines = LineFile::create(&path).unwrap();
        lines.append(b"one\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n", "it is there at once");
        // As on a disk that is full: a part was written.
        lines.file.write_all(b"two, but").unwrap();
        let readable = File::open(&path).unwrap();
        let writable = std::mem::replace(&mut lines.file, readable);
        lines.append(b"two, but not all\n").unwrap_err();
        lines.file = writable;
        lines.file.seek(SeekFrom::Start(lines.length.unwrap())).unwrap();
        lines.append(b"three, and longer\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\nthree, and longer\n");
        assert!(LineFile::create(folder.path()).unwrap_err().ends_with("it is a folder; give a file's name"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_takes_no_lines() {
        let mut lines = LineFile::create(Path::new("/dev/full")).unwrap();
        assert!(lines.append(b"one\n").unwrap_err().starts_with("/dev/full can't be written: No space left"));
    }

    #[test]
    fn a_file_is_the_same_however_it_is_spelled() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir(folder.join("deep")).unwrap();
        for _ in 0..2 {
            assert!(is_same_file(&folder.join("log"), &folder.join("deep").join("..").join("log")));
            assert!(!is_same_file(&folder.join("log"), &folder.join("other")));
            #[cfg(unix)]
            {
                let _ = std::os::unix::fs::symlink(folder, folder.join("link"));
                assert!(is_same_file(&folder.join("log"), &folder.join("link").join("log")));
            }
            // The same once it is there.
            fs::write(folder.join("log"), "").unwrap();
        }
        assert!(!is_same_file(&folder.join("nowhere").join("log"), &folder.join("log")));
    }

    #[test]
    fn two_that_are_written_at_once_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let [one, other] = [(); 2].map(|()| OutputFile::create(&path).unwrap());
        one.finish(|out| out.write_all(b"a long first text")).unwrap();
        other.finish(|out| out.write_all(b"second")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }
}
