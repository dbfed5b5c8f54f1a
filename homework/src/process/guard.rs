//! What stands between the checker and the program that it judges: on Unix the checker starts itself again as a guard,
//! which gives up what the program must not have, and then becomes that program.
//!
//! All of it is a net below what the checker watches (see [`crate::process`]): what the system can't do is left out, and
//! [`walls`] says what that is.
//! Windows has no `exec`; there the job object does what it can, and the program is started as it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The checker's hidden subcommand.
pub const SUBCOMMAND: &str = "guard";

/// The hidden subcommand that keeps a [cell](super::cell).
pub const KEEPER: &str = "keep";

/// The guard's exit status when the program can't be run; its standard error says why. It is the shells' for that.
pub const CANT_BE_RUN: i32 = 126;

/// What a program may reach besides its own folder.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Ports of this machine that it may connect to.
    pub ports: Vec<u16>,
    /// A folder in which it may write, too.
    pub cache: Option<PathBuf>,
    /// The keeper of the cell that it runs in, by its process id.
    pub cell: Option<u32>,
}

/// Walls of the kernel's, by themselves. Tests leave some out, to see what the others hold; what runs otherwise has
/// Landlock's, and in a cell both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    /// Landlock's: what is read, written, connected to and sent signals.
    pub landlock: bool,
    /// The filter of system calls.
    pub seccomp: bool,
}

/// A command and its arguments, as the checker at `checker` starts it under guard.
#[cfg(unix)]
pub fn guarded(
    checker: &Path,
    reach: &Reach,
    layers: Option<Layers>,
    command: OsString,
    arguments: Vec<OsString>,
) -> (OsString, Vec<OsString>) {
    let ports: Vec<String> = reach.ports.iter().map(u16::to_string).collect();
    let cache = reach.cache.clone().map_or_else(OsString::new, PathBuf::into_os_string);
    let cell = reach.cell.map_or_else(String::new, |keeper| keeper.to_string());
    let layers = layers.map_or_else(String::new, |Layers { landlock, seccomp }| format!("{landlock},{seccomp}"));
    let checkers = std::process::id().to_string();
    let own = [SUBCOMMAND.into(), checkers.into(), ports.join(",").into(), cache, cell.into(), layers.into()];
    (checker.into(), own.into_iter().chain(["--".into(), command]).chain(arguments).collect())
}

/// A command and its arguments, as they are.
#[cfg(not(unix))]
pub fn guarded(
    _checker: &Path,
    _reach: &Reach,
    _layers: Option<Layers>,
    command: OsString,
    arguments: Vec<OsString>,
) -> (OsString, Vec<OsString>) {
    (command, arguments)
}

/// Becomes the program that `arguments`, those after the subcommand, name. The program's own folder is the current one.
#[cfg(unix)]
pub fn run(arguments: impl Iterator<Item = OsString>) -> ! {
    use std::os::unix::process::CommandExt;

    let arguments: Vec<OsString> = arguments.collect();
    let [checker, ports, cache, cell, layers, dashes, command, rest @ ..] = arguments.as_slice() else {
        not_for_people()
    };
    let Some(checker) = checker.to_str().and_then(|id| id.parse().ok()).filter(|_| dashes == "--") else {
        not_for_people()
    };
    #[cfg(target_os = "linux")]
    if let Some(keeper) = cell.to_str().and_then(|id| id.parse().ok()) {
        linux::enter(checker, keeper, &arguments);
    }
    limits(checker == OUT_OF_SIGHT);
    #[cfg(target_os = "linux")]
    {
        let ports = ports.to_string_lossy().split(',').filter_map(|port| port.parse().ok()).collect();
        let cache = Some(PathBuf::from(cache)).filter(|cache| !cache.as_os_str().is_empty());
        let layers = layers.to_str().and_then(|layers| layers.split_once(','));
        let layers =
            layers.map(|(landlock, seccomp)| Layers { landlock: landlock == "true", seccomp: seccomp == "true" });
        linux::restrict(checker, &Reach { ports, cache, cell: None }, layers);
    }
    #[cfg(not(target_os = "linux"))]
    let _: (i32, _, _, _, _) = (checker, ports, cache, cell, layers);
    let why = std::process::Command::new(command).args(rest).exec();
    eprintln!("{} can't be run: {why}", command.display());
    std::process::exit(CANT_BE_RUN);
}

#[cfg(unix)]
fn not_for_people() -> ! {
    eprintln!("`homework {SUBCOMMAND}` is for the checker itself; `homework check N -- PROGRAM` judges a program");
    std::process::exit(2);
}

/// Keeps a cell until the checker is gone.
#[cfg(target_os = "linux")]
pub fn keep(mut arguments: impl Iterator<Item = OsString>) -> std::process::ExitCode {
    let count = arguments.next().and_then(|count| count.to_str()?.parse().ok());
    match count.map(super::cell::keep) {
        Some(Ok(())) => std::process::ExitCode::SUCCESS,
        Some(Err(why)) => {
            eprintln!("{why}");
            std::process::ExitCode::FAILURE
        }
        None => not_for_people(),
    }
}

/// What keeps a program in its place on this system, as far as it is known to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wall {
    /// It writes to its own folder only.
    Files,
    /// It connects by TCP to what it is given only, and listens nowhere.
    Tcp,
    /// It sends signals to its own processes only.
    Signals,
    /// It is ended when it takes too much memory or too many processes.
    Limits,
}

impl Wall {
    /// Its name for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Tcp => "tcp",
            Self::Signals => "signals",
            Self::Limits => "limits",
        }
    }
}

/// The walls that stand around a program here.
pub fn walls() -> Vec<Wall> {
    #[cfg(target_os = "linux")]
    let system = linux::walls();
    #[cfg(not(target_os = "linux"))]
    let system = [];
    system.into_iter().chain([Wall::Limits]).collect()
}

/// There is no guard here, and nothing that would start it.
#[cfg(not(unix))]
pub fn run(_arguments: impl Iterator<Item = OsString>) -> ! {
    eprintln!("`homework {SUBCOMMAND}` is for Unix, and for the checker itself");
    std::process::exit(2);
}

/// The checker's id for a guard in a cell, which can't see it.
#[cfg(unix)]
const OUT_OF_SIGHT: i32 = 0;

/// Lowers the resource limits, for all processes to come.
#[cfg(unix)]
fn limits(in_cell: bool) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    const GIB: u64 = 1 << 30;
    // What can be written to, not the address space: Node, Java and Haskell reserve far more of that than they use.
    let memory = if cfg!(target_os = "linux") { Resource::Data } else { Resource::As };
    let threads = if in_cell { super::cell::THREADS } else { threads_allowed() };
    let limits = [(memory, 8 * GIB), (Resource::Nproc, threads), (Resource::Core, 0), (Resource::Fsize, GIB / 4)];
    for (resource, limit) in limits {
        let limit = Some(getrlimit(resource).maximum.map_or(limit, |hard| limit.min(hard)));
        // A limit that can't be lowered stays; the checker watches all the same.
        let _ = setrlimit(resource, Rlimit { current: limit, maximum: limit });
    }
}

/// How many threads the user may have. The limit counts those of other programs too, so a fixed number would hit a
/// harmless program on a machine where much is running.
#[cfg(unix)]
fn threads_allowed() -> u64 {
    threads().map_or(4096, |threads| threads + 1024)
}

/// How many threads the whole system has, where it says so at little cost.
pub fn threads() -> Option<u64> {
    // `0.00 0.01 0.05 1/234 5678`: of 234 threads, 1 is running.
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    let (_, threads) = load.split(' ').nth(3)?.split_once('/')?;
    threads.parse().ok()
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
        RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
    };
    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

    use super::{Layers, OUT_OF_SIGHT, OsString, Path, Reach, Wall};
    use crate::process::cell::GUARD;
    use crate::process::seccomp;

    /// The newest that this was tried with. An older kernel restricts what it can.
    const KNOWN: ABI = ABI::V7;

    /// Devices that a harmless program may write to, and where its semaphores live.
    const SHARED: [&str; 6] = ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero", "/dev/shm"];

    /// Runs the guard again in a cell, as this process's child, and ends as that does.
    pub fn enter(checker: i32, keeper: i32, arguments: &[OsString]) -> ! {
        tie_to(checker);
        let mut inside = arguments.to_vec();
        inside[0] = OUT_OF_SIGHT.to_string().into();
        inside[3] = OsString::new();
        inside.insert(0, super::SUBCOMMAND.into());
        let Err(why) = crate::process::cell::enter(keeper, &inside);
        eprintln!("the program's cell can't be entered: {why}");
        std::process::exit(super::CANT_BE_RUN);
    }

    /// Ties this process to the checker, and takes from it what it does not need for the job.
    pub fn restrict(checker: i32, reach: &Reach, layers: Option<Layers>) {
        tie_to(checker);
        let in_cell = checker == OUT_OF_SIGHT;
        let layers = layers.unwrap_or(Layers { landlock: true, seccomp: in_cell });
        let landlock = if layers.landlock { confine(reach, in_cell) } else { Ok(()) };
        let seccomp = if layers.seccomp { seccomp::restrict().map_err(|why| why.to_string()) } else { Ok(()) };
        // A stranger's program does not run without; a person's own does, where the kernel has no such walls.
        if let Err(why) = landlock.and(seccomp)
            && in_cell
        {
            eprintln!("the walls around the program can't be put up: {why}");
            std::process::exit(super::CANT_BE_RUN);
        }
    }

    fn tie_to(checker: i32) {
        // The checker can be killed too, and then nothing else is left that would end this. What comes of the signal for a
        // checker that has gone already is seen by its not being the parent any more.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        if Pid::as_raw(getppid()) != checker {
            std::process::exit(1);
        }
    }

    /// Writing only to the current folder and below, and to the cache; connecting only to what is given, listening nowhere;
    /// signals only to processes that come of this one. In a cell, reading nothing of the checker's, either.
    fn confine(reach: &Reach, in_cell: bool) -> Result<(), String> {
        let status = rules(reach, in_cell).and_then(RulesetCreated::restrict_self).map_err(|why| why.to_string())?;
        // Without Landlock all of it is left out, and that is no error to the crate.
        if status.ruleset == RulesetStatus::NotEnforced { Err("there is no Landlock".to_owned()) } else { Ok(()) }
    }

    fn rules(reach: &Reach, in_cell: bool) -> Result<RulesetCreated, RulesetError> {
        let (read, write) = (AccessFs::from_read(KNOWN), AccessFs::from_write(KNOWN));
        let mut rules = Ruleset::default()
            .handle_access(if in_cell { AccessFs::from_all(KNOWN) } else { write })?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?;
        for folder in [Some(Path::new(".")), reach.cache.as_deref()].into_iter().flatten() {
            if let Ok(folder) = PathFd::new(folder) {
                rules = rules.add_rule(PathBeneath::new(folder, write))?;
            }
        }
        let readable = std::fs::read_dir("/").into_iter().flatten().flatten().map(|entry| entry.path());
        for path in readable.filter(|path| in_cell && path != Path::new(GUARD)) {
            if let Ok(file) = PathFd::new(&path) {
                let rights = if path.is_dir() { read } else { read & AccessFs::from_file(KNOWN) };
                rules = rules.add_rule(PathBeneath::new(file, rights))?;
            }
        }
        for path in SHARED {
            if let Ok(file) = PathFd::new(path) {
                let rights =
                    if std::path::Path::new(path).is_dir() { write } else { write & AccessFs::from_file(KNOWN) };
                rules = rules.add_rule(PathBeneath::new(file, rights))?;
            }
        }
        for &port in &reach.ports {
            rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
        }
        Ok(rules)
    }

    /// What this kernel's Landlock can do, found by asking it for nothing but that.
    pub fn walls() -> Vec<Wall> {
        fn has(handle: impl FnOnce(Ruleset) -> Result<Ruleset, RulesetError>) -> bool {
            let strict = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
            handle(strict).and_then(Ruleset::create).is_ok()
        }
        let walls = [
            (Wall::Files, has(|rules| rules.handle_access(AccessFs::from_write(ABI::V1)))),
            (Wall::Tcp, has(|rules| rules.handle_access(AccessNet::ConnectTcp))),
            (Wall::Signals, has(|rules| rules.scope(Scope::Signal))),
        ];
        walls.into_iter().filter_map(|(wall, stands)| stands.then_some(wall)).collect()
    }
}
