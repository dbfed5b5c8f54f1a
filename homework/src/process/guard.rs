//! What stands between the checker and the program that it judges: on Unix the checker starts itself again as a guard,
//! which gives up what the program must not have, and then becomes that program.
//!
//! All of it is a net below what the checker watches (see [`crate::process`]): what the system can't do is left out.
//! Windows has no `exec`; there the job object does what it can, and the program is started as it is.

use std::ffi::OsString;
use std::path::Path;

/// The checker's hidden subcommand.
pub const SUBCOMMAND: &str = "guard";

/// The guard's exit status when the program can't be run; its standard error says why. It is the shells' for that.
pub const CANT_BE_RUN: i32 = 126;

/// A command and its arguments, as the checker at `checker` starts it under guard.
#[cfg(unix)]
pub fn guarded(checker: &Path, command: OsString, arguments: Vec<OsString>) -> (OsString, Vec<OsString>) {
    let own = [SUBCOMMAND.into(), std::process::id().to_string().into(), "--".into(), command];
    (checker.into(), own.into_iter().chain(arguments).collect())
}

/// A command and its arguments, as they are.
#[cfg(not(unix))]
pub fn guarded(_checker: &Path, command: OsString, arguments: Vec<OsString>) -> (OsString, Vec<OsString>) {
    (command, arguments)
}

/// Becomes the program that `arguments`, those after the subcommand, name.
///
/// It is for the checker itself: the program's own folder is the current one, the site's address is in `PAGE_URL`.
#[cfg(unix)]
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> ! {
    use std::os::unix::process::CommandExt;

    let checker = arguments.next().and_then(|id| id.to_str()?.parse().ok());
    let (Some(checker), Some(_), Some(command)) = (checker, arguments.next(), arguments.next()) else {
        eprintln!("`homework {SUBCOMMAND}` is for the checker itself; `homework check N -- PROGRAM` judges a program");
        std::process::exit(2);
    };
    limits();
    #[cfg(target_os = "linux")]
    linux::restrict(checker);
    #[cfg(not(target_os = "linux"))]
    let _: i32 = checker;
    let why = std::process::Command::new(&command).args(arguments).exec();
    eprintln!("{} can't be run: {why}", command.display());
    std::process::exit(CANT_BE_RUN);
}

/// There is no guard here, and nothing that would start it.
#[cfg(not(unix))]
pub fn run(_arguments: impl Iterator<Item = OsString>) -> ! {
    eprintln!("`homework {SUBCOMMAND}` is for Unix, and for the checker itself");
    std::process::exit(2);
}

/// Lowers the resource limits, for all processes to come.
#[cfg(unix)]
fn limits() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    const GIB: u64 = 1 << 30;
    // What can be written to, not the address space: Node, Java and Haskell reserve far more of that than they use.
    let memory = if cfg!(target_os = "linux") { Resource::Data } else { Resource::As };
    let limits =
        [(memory, 8 * GIB), (Resource::Nproc, threads_allowed()), (Resource::Core, 0), (Resource::Fsize, GIB / 4)];
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
        ABI, Access, AccessFs, AccessNet, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetError, Scope,
    };
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    /// The newest that this was tried with. An older kernel restricts what it can.
    const KNOWN: ABI = ABI::V7;

    /// Devices that a harmless program may write to, and where its semaphores live.
    const SHARED: [&str; 6] = ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero", "/dev/shm"];

    /// Ties this process to the checker, and takes from it what it does not need for the job.
    pub fn restrict(checker: i32) {
        // The checker can be killed too, and then nobody else is left to end this. What comes of the signal for a
        // checker that has gone already is seen by its not being the parent any more.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        if getppid().is_none_or(|parent| parent.as_raw_pid() != checker) {
            std::process::exit(1);
        }
        // Too old a kernel, or one without Landlock.
        let _ = confine();
    }

    /// Writing only to the current folder and below; connecting only to the site, listening nowhere; signals only to
    /// processes that come of this one.
    fn confine() -> Result<(), RulesetError> {
        let write = AccessFs::from_write(KNOWN);
        let mut rules = Ruleset::default()
            .handle_access(write)?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?;
        if let Ok(own) = PathFd::new(".") {
            rules = rules.add_rule(PathBeneath::new(own, write))?;
        }
        for path in SHARED {
            if let Ok(file) = PathFd::new(path) {
                let rights =
                    if std::path::Path::new(path).is_dir() { write } else { write & AccessFs::from_file(KNOWN) };
                rules = rules.add_rule(PathBeneath::new(file, rights))?;
            }
        }
        if let Some(port) = std::env::var("PAGE_URL").ok().as_deref().and_then(port) {
            rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
        }
        rules.restrict_self()?;
        Ok(())
    }

    /// The port of an http or https URL.
    fn port(url: &str) -> Option<u16> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        match authority.rsplit_once(':') {
            Some((_, port)) if !port.ends_with(']') => port.parse().ok(),
            _ => Some(if scheme == "https" { 443 } else { 80 }),
        }
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn the_port_of_a_url() {
            assert_eq!(super::port("http://127.0.0.1:35095/search/all/?page="), Some(35095));
            assert_eq!(super::port("http://[::1]:81/?page="), Some(81));
            assert_eq!(super::port("http://[::1]/?page="), Some(80));
            assert_eq!(super::port("https://www.mashina.kg/search/all/?page="), Some(443));
            assert_eq!(super::port("mashina"), None);
        }
    }
}
