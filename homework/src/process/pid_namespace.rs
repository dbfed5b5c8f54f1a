//! The processes of a cell, as the cell's own `/proc` shows them: all of them and no others, whatever else runs on the
//! machine.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process, pidfd_send_signal};

use super::cell;
use super::usage::PROC;

/// The id that the keeper has inside.
const KEEPER: u32 = 1;

/// The namespace of processes that a cell's keeper is the first of.
pub struct PidNamespace {
    keeper: Pid,
    /// The cell's `/proc`. The keeper is gone before the last of the others, and the way through its root with it.
    proc: File,
}

impl PidNamespace {
    /// The one of this keeper, by the keeper's id outside.
    ///
    /// # Errors
    /// One line that says why it can't be watched.
    pub fn of(keeper: u32) -> Result<Self, String> {
        let proc = File::open(format!("{PROC}/{keeper}/root{PROC}"));
        let proc = proc.map_err(|why| format!("the program's cell can't be watched: {why}"))?;
        let keeper = i32::try_from(keeper).ok().and_then(Pid::from_raw);
        let keeper = keeper.ok_or("the program's cell can't be watched: its keeper is no process")?;
        Ok(Self { keeper, proc })
    }

    /// Its `/proc`.
    pub fn proc(&self) -> PathBuf {
        format!("{PROC}/self/fd/{}", self.proc.as_raw_fd()).into()
    }

    /// The ids inside of its processes, without the keeper's. Those that have ended are among them until their parents
    /// have asked for their status.
    pub fn processes(&self) -> impl Iterator<Item = u32> {
        let entries = std::fs::read_dir(self.proc()).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(|&id| id != KEEPER)
    }

    /// How much memory the files in its cell take, in bytes.
    pub fn files(&self) -> u64 {
        let used = |folder: &&str| {
            let inside = self.proc().join("..").join(folder.trim_start_matches('/'));
            let used = rustix::fs::statvfs(inside).ok()?;
            Some(used.f_blocks.saturating_sub(used.f_bfree) * used.f_frsize)
        };
        cell::TMPFS.iter().filter_map(used).sum()
    }

    /// Kills one of them. What is killed is what had the id when it was looked up, if another has the id by now.
    pub fn kill(&self, id: u32) {
        if let Ok(held) = File::open(self.proc().join(id.to_string())) {
            let _ = pidfd_send_signal(held, Signal::KILL);
        }
    }

    /// Kills the keeper, upon which the kernel kills all others, and lets nothing be started meanwhile.
    pub fn end(&self) {
        let _ = kill_process(self.keeper, Signal::KILL);
    }
}
