//! A program to be judged: what it is given, what it may use, and what happens to it.

use std::ffi::OsString;
use std::process::ExitStatus;

use super::guard::{Layers, Reach};

/// A program to be judged.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name, looked up in `PATH`, or its path.
    pub command: OsString,
    /// Its arguments. Those that name files of the current folder reach it as absolute paths.
    pub arguments: Vec<OsString>,
}

/// What is given to a program, beside what it finds on the machine.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Entries of its environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// Arguments after its own.
    pub arguments: Vec<OsString>,
    /// What it may reach.
    pub reach: Reach,
    /// The kernel's walls around it, if they are not those that it has otherwise.
    pub layers: Option<Layers>,
}

/// What a program may use, and what is read of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory, of all its processes together; what they share counts once, where the system can tell.
    pub memory: u64,
    /// Processes at once.
    pub processes: usize,
    /// Bytes that are kept of each output: so many at its beginning, and as many at its end.
    pub kept: usize,
    /// Which lines of standard output are told of.
    pub is_wanted: fn(&[u8]) -> bool,
    /// Whether its standard output is a pseudo-terminal, where there is one to be had.
    pub terminal: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, processes: 128, kept: 32 << 10, is_wanted: |_| true, terminal: true }
    }
}

/// What happens to a running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has printed a wanted line on standard output, given without its end. The last one may have none.
    Line(String),
    /// Its main process has ended. All lines that it printed have come before this.
    Ended(Ended),
    /// It is being killed because of this. [`Ended`](Self::Ended) follows.
    Exceeded(Exceeded),
}

/// How a program's main process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status; [`CANT_BE_RUN`](super::guard::CANT_BE_RUN) is the guard's.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

/// What a program used too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// This many bytes of memory.
    Memory(u64),
    /// This many processes.
    Processes(usize),
}

impl From<ExitStatus> for Ended {
    #[cfg(unix)]
    fn from(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;

        match (status.code(), status.signal()) {
            (None, Some(signal)) => Self::Signal(signal),
            (code, _) => Self::Status(code.unwrap_or(-1)),
        }
    }

    #[cfg(not(unix))]
    fn from(status: ExitStatus) -> Self {
        Self::Status(status.code().unwrap_or(-1))
    }
}
