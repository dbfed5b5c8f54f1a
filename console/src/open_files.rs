//! The limit of open files, which sockets count among.

/// Sees to it that `in_flight` requests can be in flight, each of which takes `files_each` open files of this process.
///
/// # Errors
/// When the system does not allow so many: how many are needed, and how to get them.
pub fn allow_in_flight(in_flight: u32, files_each: u64) -> Result<(), String> {
    /// Standard streams, the runtimes' own, the picture, and some to spare.
    const OTHERS: u64 = 64;
    let needed = u64::from(in_flight) * files_each + OTHERS;
    let allowed = raise();
    if needed <= allowed {
        return Ok(());
    }
    let most = allowed.saturating_sub(OTHERS) / files_each;
    Err(format!(
        "{in_flight} pages in flight need {needed} open files, but the system allows {allowed}: have at most {most} in \
         flight, or allow more (`ulimit -Hn` shows the limit; root raises it, for instance in /etc/security/limits.conf)"
    ))
}

/// Raises this process's limit as far as the system allows, for programs started from here too, and gives it.
#[cfg(unix)]
pub fn raise() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // macOS refuses more than OPEN_MAX of <sys/syslimits.h>, whatever the hard limit says.
    let reachable = if cfg!(target_os = "macos") { Some(maximum.unwrap_or(10_240).min(10_240)) } else { maximum };
    match setrlimit(Resource::Nofile, Rlimit { current: reachable, maximum }) {
        Ok(()) => reachable.unwrap_or(u64::MAX),
        Err(_) => current.unwrap_or(u64::MAX),
    }
}

/// Windows has no such limit.
#[cfg(not(unix))]
pub fn raise() -> u64 {
    u64::MAX
}
