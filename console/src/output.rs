//! Files that are there whole, or not at all.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
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

impl OutputFile {
    /// Opens a file to be written later.
    ///
    /// # Errors
    /// One line that says why `path` can't be written.
    pub fn create(path: &Path) -> Result<Self, String> {
        let why = |why: &dyn Display| format!("{} can't be written: {why}", path.display());
        let folder = match path.parent() {
            Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
            Some(folder) => folder,
            None => return Err(why(&"it is no file's name")),
        };
        let file = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(why(&"it is a folder; give a file's name")),
            Ok(metadata) if !metadata.is_file() => File::create(path).map(Destination::Device),
            _ if path.file_name().is_none() => return Err(why(&"it is no file's name")),
            _ => temporary_in(folder).map(Destination::Temporary),
        };
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::NotFound if !folder.is_dir() => why(&"its folder is not there; create it first"),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                why(&"its folder is read-only; choose another")
            }
            _ => why(&format_args!("{error}; choose another folder")),
        })?;
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

/// A temporary file with the rights that a file of the person's gets, not those of a secret one.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".partial-").tempfile_in(folder)
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
    fn two_that_are_written_at_once_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let [one, other] = [(); 2].map(|()| OutputFile::create(&path).unwrap());
        one.finish(|out| out.write_all(b"a long first text")).unwrap();
        other.finish(|out| out.write_all(b"second")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }
}
