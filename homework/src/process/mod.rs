//! Running a program that is judged: within limits, and so that nothing of it is left afterwards.
//!
//! It runs in a folder that it is given, in a process group of its own (on Windows a job object), below the [`guard`]. A thread
//! looks at all its processes ten times a second, and kills them when they are beyond the limits. However this ends, they
//! are killed; if the checker itself is killed, the system kills the program on Linux and Windows.
//!
//! - `program`: what is started, and what happens to it
//! - `running`: a program that runs, and what happens to it; it uses all of the rest
//! - `resolve`, `environment`, `guard`, `pty`, `folder`: what it is started with
//! - `cell`, `cgroup`, `seccomp`: namespaces around it, limits on all that is in them, and a filter of its system calls, where
//!   it is a stranger's
//! - `output`, `monitor`, `family`, `pid_namespace`, `usage`: what is seen of it

pub mod cell;
#[cfg(target_os = "linux")]
pub mod cgroup;
mod environment;
mod family;
mod folder;
pub mod guard;
mod monitor;
mod output;
#[cfg(target_os = "linux")]
mod pid_namespace;
mod program;
mod pty;
mod resolve;
mod running;
#[cfg(target_os = "linux")]
mod seccomp;
mod usage;

pub use folder::Folder;
pub use guard::{Layers, Reach, Wall};
pub use output::Captured;
pub use program::{Ended, Event, Exceeded, Given, Limits, Program};
pub use running::Running;
pub use usage::{Usage, own_delay};
