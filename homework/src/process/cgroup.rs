//! Limits that the kernel keeps: a control group (cgroup v2) for each cell, below the checker's own.
//!
//! An ordinary user can make groups only where a part of their hierarchy was left to them. systemd does that for a user who
//! [asks](ask_for_place). Elsewhere what watches a program does this work alone, between whose looks a program can take
//! more than it may.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process, thread};

use super::cell::THREADS;
use super::family;
use super::program::{Exceeded, Limits};

/// How the groups of cells are named, with a number.
const CELL: &str = "homework-cell-";

/// The variable that says that systemd has been asked for a place.
const ASKED: &str = "HOMEWORK_SCOPE";

/// The checker's own group, if it can make others below it. That can be so only as long as nothing else is in it, so this is
/// to be asked before anything is started.
pub fn place() -> Option<&'static Path> {
    static PLACE: OnceLock<Option<PathBuf>> = OnceLock::new();
    PLACE.get_or_init(|| take_place().ok()).as_deref()
}

fn take_place() -> io::Result<PathBuf> {
    let own = group_of("self")?;
    let controllers = fs::read_to_string(own.join("cgroup.controllers"))?;
    if !["memory", "pids"].iter().all(|wanted| controllers.split_whitespace().any(|it| it == *wanted)) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // A group that limits those below it has no processes itself.
    let leaf = own.join(format!("homework-{}", process::id()));
    fs::create_dir(&leaf)?;
    let moved = join(&leaf).and_then(|()| fs::write(own.join("cgroup.subtree_control"), "+memory +pids"));
    if let Err(why) = moved {
        let _ = join(&own);
        let _ = fs::remove_dir(leaf);
        return Err(why);
    }
    Ok(own)
}

/// The folder of the group that a process is in.
fn group_of(process: &str) -> io::Result<PathBuf> {
    let groups = fs::read_to_string(format!("/proc/{process}/cgroup"))?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/")).ok_or(io::ErrorKind::NotFound)?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mount = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()).find(|mount| mount[2] == "cgroup2");
    Ok(Path::new(mount.ok_or(io::ErrorKind::NotFound)?[1]).join(group))
}

/// Moves this process to a group.
fn join(group: &Path) -> io::Result<()> {
    fs::write(group.join("cgroup.procs"), "0")
}

/// Starts this program anew where it can make groups, if it can't make them here and the user's systemd has a place for it.
///
/// To be called before anything is done.
pub fn ask_for_place() {
    if place().is_some() || env::var_os(ASKED).is_some() {
        return;
    }
    let scope = |program: &Path| {
        let mut command = Command::new("systemd-run");
        command.args(["--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"]).arg(program);
        command
    };
    let mut trial = scope("true".as_ref());
    let has_place = trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if let (Ok(status), Ok(checker)) = (has_place, env::current_exe())
        && status.success()
    {
        // It comes back only if it fails, and then the program goes on without.
        let _ = scope(&checker).args(env::args_os().skip(1)).env(ASKED, "1").exec();
    }
}

/// The group of a cell.
#[derive(Debug)]
pub struct Group {
    path: PathBuf,
    /// How often the kernel had killed in it when its limits were set.
    kills: u64,
}

impl Group {
    /// Makes one, and moves a cell's keeper there.
    pub fn of_new_cell(keeper: u32) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = place()?.join(format!("{CELL}{}-{number}", process::id()));
        fs::create_dir(&path).ok()?;
        let group = Self { path, kills: 0 };
        if fs::write(group.path.join("cgroup.procs"), keeper.to_string()).is_err() {
            group.remove();
            return None;
        }
        Some(group)
    }

    /// That of a cell's keeper, if there is one.
    pub fn of(keeper: u32) -> Option<Self> {
        let path = group_of(&keeper.to_string()).ok()?;
        path.file_name()?.to_str()?.starts_with(CELL).then_some(Self { path, kills: 0 })
    }

    /// Moves this process there.
    ///
    /// # Errors
    /// When it can't be moved.
    pub fn join(&self) -> io::Result<()> {
        join(&self.path)
    }

    /// Sets what all in it together may take. The kernel counts more as memory than what watches a program does, files and
    /// what the program has sent among them, so it stops only what takes far too much.
    ///
    /// # Errors
    /// When a limit can't be set.
    pub fn limit(&mut self, limits: Limits) -> io::Result<()> {
        let set = |file: &str, value: u64| fs::write(self.path.join(file), value.to_string());
        set("memory.max", limits.memory + limits.memory / 8)?;
        // Where swap is not counted there is no such file.
        let _ = set("memory.swap.max", 0);
        set("memory.oom.group", 1)?;
        set("pids.max", THREADS)?;
        self.kills = self.kills_so_far();
        Ok(())
    }

    /// Whether the kernel has killed what is in it since its limits were set, and why.
    pub fn exceeded(&self) -> Option<Exceeded> {
        let peak = || fs::read_to_string(self.path.join("memory.peak")).ok()?.trim().parse().ok();
        let most = || fs::read_to_string(self.path.join("memory.max")).ok()?.trim().parse().ok();
        // Linux tells of the peak since 5.19.
        (self.kills_so_far() > self.kills).then(|| Exceeded::Memory(peak().or_else(most).unwrap_or_default()))
    }

    fn kills_so_far(&self) -> u64 {
        let events = fs::read_to_string(self.path.join("memory.events")).unwrap_or_default();
        let kills = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        kills.and_then(|kills| kills.parse().ok()).unwrap_or_default()
    }

    /// Removes it, when all that was in it has ended.
    pub fn remove(&self) {
        for _ in 0..50 {
            match fs::remove_dir(&self.path) {
                Err(why) if why.kind() == io::ErrorKind::ResourceBusy => {
                    #[expect(clippy::disallowed_methods, reason = "a drop can not await")]
                    thread::sleep(family::AGAIN);
                }
                _ => return,
            }
        }
    }
}
