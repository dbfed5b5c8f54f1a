//! Running the program under judgement: within limits, and so that nothing of it is left afterwards.
//!
//! It runs in a folder of its own with an environment of its own, in a process group (on Windows a job object), below
//! the [`guard`]. A thread looks at all its processes ten times a second, and kills them when they are
//! beyond the limits. However this ends, they are killed and the folder is removed; if the checker itself is killed,
//! the system kills the program on Linux and Windows.

mod environment;
mod family;
mod folder;
pub mod guard;
mod monitor;
mod output;
mod resolve;
mod running;

use std::ffi::OsString;
use std::process::ExitStatus;

pub use output::Captured;
pub use running::Running;

/// A program to be judged.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name, looked up in `PATH`, or its path.
    pub command: OsString,
    /// Its arguments. Those that name files of the current folder reach it as absolute paths.
    pub arguments: Vec<OsString>,
}

/// What a program may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory, of all its processes together. What they share counts for each.
    pub memory: u64,
    /// Processes at once.
    pub processes: usize,
    /// Bytes that are kept of each output.
    pub kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, processes: 64, kept: 64 << 10 }
    }
}

/// What happens to a running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has printed a line on standard output, given without its end. The last one may have none. Lines come from
    /// the part of the output that is kept.
    Line(String),
    /// Its main process has ended. All lines that it printed have come before this.
    Ended(Ended),
    /// It is being killed because of this. [`Ended`](Self::Ended) follows.
    Exceeded(Exceeded),
}

/// How a program's main process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status; [`guard::CANT_BE_RUN`] is the guard's.
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
