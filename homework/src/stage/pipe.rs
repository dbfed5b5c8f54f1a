//! A named pipe: a file that gives nothing until something is written to it.

use std::path::Path;

#[cfg(unix)]
pub use unix::Pipe;

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::sync::{Mutex, PoisonError};

    use super::{Path, make};

    /// The checker's end of a named pipe. As long as it is open, a program that opens the pipe finds nothing in it, and
    /// not its end.
    #[derive(Debug)]
    pub struct Pipe(Mutex<Option<File>>);

    impl Pipe {
        /// Makes a pipe at `path`.
        ///
        /// # Errors
        /// One line that says why there is none.
        pub fn new(path: &Path) -> Result<Self, String> {
            make(path)?;
            // For reading, too, so that this does not wait for a reader.
            let end = OpenOptions::new().read(true).write(true).open(path);
            let end = end.map_err(|why| format!("the pipe {} can't be opened: {why}", path.display()))?;
            Ok(Self(Mutex::new(Some(end))))
        }

        /// Writes what the pipe is to hold: little enough for the system to take it at once.
        ///
        /// # Errors
        /// One line that says why it can't be written.
        pub fn give(&self, text: &str) -> Result<(), String> {
            let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(end) = end.as_mut() else { return Ok(()) };
            end.write_all(text.as_bytes()).map_err(|why| format!("the pipe can't be written: {why}"))
        }

        /// Whether all that was written has been read. The pipe ends then, for whoever reads it.
        pub fn is_read(&self) -> bool {
            let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let is_empty = end.as_ref().is_none_or(|end| rustix::io::ioctl_fionread(end).is_ok_and(|left| left == 0));
            if is_empty {
                *end = None;
            }
            is_empty
        }
    }
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn make(path: &Path) -> Result<(), String> {
    use rustix::fs::{CWD, Mode, mkfifoat};

    mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).map_err(|why| format!("no pipe can be made: {why}"))
}

/// Apple's systems have the call, and `rustix` has it not.
#[cfg(target_vendor = "apple")]
fn make(path: &Path) -> Result<(), String> {
    let ended = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("no pipe can be made: mkfifo ended with {status}")),
        Err(why) => Err(format!("no pipe can be made: mkfifo can't be run: {why}")),
    }
}

/// There is none.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Pipe;

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as where there are pipes")]
impl Pipe {
    /// Says that there is none.
    ///
    /// # Errors
    /// Always.
    pub fn new(_path: &Path) -> Result<Self, String> {
        Err("this homework needs another system: here there are no named pipes among files; check it on Linux or macOS, \
             or in Windows' subsystem for Linux"
            .to_owned())
    }

    /// Nothing to write to.
    ///
    /// # Errors
    /// Never.
    pub fn give(&self, _text: &str) -> Result<(), String> {
        Ok(())
    }

    /// Nothing is left.
    pub fn is_read(&self) -> bool {
        true
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use super::Pipe;

    #[test]
    fn a_pipe_ends_when_it_has_been_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("list");
        let pipe = Pipe::new(&path).unwrap();
        let mut reader = std::fs::File::open(&path).unwrap();
        pipe.give("1 2\n").unwrap();
        assert!(!pipe.is_read());
        let mut beginning = [0; 3];
        reader.read_exact(&mut beginning).unwrap();
        assert!(!pipe.is_read());
        reader.read_exact(&mut beginning[..1]).unwrap();
        assert!(pipe.is_read() && pipe.is_read());
        assert_eq!(reader.read(&mut beginning).unwrap(), 0);
        assert_eq!(Pipe::new(&path).unwrap_err(), "no pipe can be made: File exists (os error 17)");
    }
}
