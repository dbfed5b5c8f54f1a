//! Running a program that is judged: within limits, and so that nothing of it is left afterwards.
//!
//! It runs in a folder that it is given, in a process group of its own (on Windows a job object), below the [`guard`]. A thread
//! looks at all its processes ten times a second, and kills them when they are beyond the limits. However this ends, they
//! are killed; if the checker itself is killed, the system kills the program on Linux and Windows.
//!
//! - `program`: what is started, and what happens to it
//! - `running`: a program that runs, and what happens to it; it uses all of the rest
//! - `resolve`, `environment`, `guard`, `pty`, `folder`: what it is started with
//! - `output`, `monitor`, `family`, `usage`: what is seen of it

mod environment;
mod family;
mod folder;
pub mod guard;
mod monitor;
mod output;
mod program;
mod pty;
mod resolve;
mod running;
mod usage;

pub use folder::Folder;
pub use guard::{Reach, Wall};
pub use output::Captured;
pub use program::{Ended, Event, Exceeded, Given, Limits, Program};
pub use running::Running;
pub use usage::{Usage, own_delay};
