//! What processes use: CPU time, waits for a core, wake-ups, memory.

use std::collections::HashMap;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
use std::time::Duration;

/// The process and the thread, by their ids.
type ThreadId = (u32, u32);

/// What the threads of a program had used at a moment.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// CPU time of all processes, those that have ended included, as exactly as the system counts it for them: to 10 ms
    /// on Linux.
    pub cpu: Duration,
    /// Each thread that lived, where the system counts for threads.
    pub threads: HashMap<ThreadId, ThreadUsage>,
}

/// What one thread had used at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadUsage {
    /// CPU time.
    pub cpu: Duration,
    /// How long it was ready to run, and waited for a core.
    pub starved: Duration,
    /// How often it was given a core: a thread that waits is not.
    pub runs: u64,
}

impl Usage {
    /// CPU time since `before`.
    pub fn cpu_since(&self, before: &Self) -> Duration {
        let of_threads: Duration = self.threads_since(before).map(|thread| thread.cpu).sum();
        self.cpu.saturating_sub(before.cpu).max(of_threads)
    }

    /// How long threads ran or waited for a core since `before`, all together.
    pub fn busy_since(&self, before: &Self) -> Duration {
        let starved: Duration = self.threads_since(before).map(|thread| thread.starved).sum();
        self.cpu_since(before) + starved
    }

    /// How often a second the thread was woken that was woken most, in the `time` since `before`. What it waited for a
    /// core is left out: a busy machine makes no difference.
    pub fn wakes_per_second_since(&self, before: &Self, time: Duration) -> f64 {
        let rate = |thread: ThreadUsage| {
            #[expect(clippy::cast_precision_loss, reason = "it is a few thousand at most")]
            let runs = thread.runs as f64;
            runs / time.saturating_sub(thread.starved).max(time / 10).as_secs_f64()
        };
        self.threads_since(before).map(rate).fold(0.0, f64::max)
    }

    fn threads_since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = ThreadUsage> {
        self.threads.iter().map(|(id, now)| {
            let before = before.threads.get(id).copied().unwrap_or_default();
            ThreadUsage {
                cpu: now.cpu.saturating_sub(before.cpu),
                starved: now.starved.saturating_sub(before.starved),
                runs: now.runs.saturating_sub(before.runs),
            }
        })
    }
}

/// Where processes are described, each in a folder named by its id.
pub const PROC: &str = "/proc";

/// The folders of a process's threads in `proc`.
#[cfg(target_os = "linux")]
fn tasks(proc: &Path, process: u32) -> impl Iterator<Item = PathBuf> + use<> {
    let tasks = std::fs::read_dir(proc.join(format!("{process}/task"))).into_iter().flatten().flatten();
    tasks.map(|task| task.path())
}

/// What `ask` finds in a process's folder in `proc`. The folder tells of its first thread: if that has ended, it is found
/// in the folder of another.
#[cfg(target_os = "linux")]
fn find<T>(proc: &Path, process: u32, ask: impl FnMut(PathBuf) -> Option<T>) -> Option<T> {
    std::iter::once(proc.join(process.to_string())).chain(tasks(proc, process)).find_map(ask)
}

/// The threads of a process, as `proc` shows them.
#[cfg(target_os = "linux")]
pub fn threads_of(proc: &Path, process: u32) -> impl Iterator<Item = (ThreadId, ThreadUsage)> + use<> {
    tasks(proc, process).filter_map(move |task| {
        let id = task.file_name()?.to_str()?.parse().ok()?;
        // Nanoseconds on a core, nanoseconds of waiting for one, and how often it was given one.
        let counted = std::fs::read_to_string(task.join("schedstat")).ok()?;
        let mut numbers = counted.split_whitespace().map_while(|number| number.parse().ok());
        let [cpu, starved] = [numbers.next()?, numbers.next()?].map(Duration::from_nanos);
        Some(((process, id), ThreadUsage { cpu, starved, runs: numbers.next()? }))
    })
}

/// No system but Linux counts for threads of other processes.
#[cfg(not(target_os = "linux"))]
pub fn threads_of(_proc: &Path, _process: u32) -> impl Iterator<Item = (ThreadId, ThreadUsage)> {
    std::iter::empty()
}

/// What the system says of a process as a whole.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct Stat {
    /// When it began, in ticks of the clock since the machine did.
    pub started: u64,
    /// Whether any thread of it lives.
    pub lives: bool,
    /// The CPU time that all its threads have used.
    pub cpu_time: Duration,
    /// Bytes of memory, with what it shares.
    pub memory: u64,
}

#[cfg(target_os = "linux")]
impl Stat {
    /// That of a process, as `proc` shows it.
    pub fn of(proc: &Path, process: u32) -> Option<Self> {
        use rustix::param::{clock_ticks_per_second, page_size};

        let stat = std::fs::read_to_string(proc.join(format!("{process}/stat"))).ok()?;
        // Its name, in brackets, can have anything in it.
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        // As proc(5) numbers them; the one after the name is the third.
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        let has_ended = matches!(fields[0], "Z" | "X");
        let ticks = number(14)? + number(15)?;
        let statm = |folder: PathBuf| {
            let statm = std::fs::read_to_string(folder.join("statm")).ok()?;
            statm.split(' ').nth(1)?.parse().ok().filter(|pages| *pages > 0)
        };
        let pages = if has_ended { find(proc, process, statm).unwrap_or(0) } else { number(24)? };
        Some(Self {
            started: number(22)?,
            lives: !has_ended || number(20)? > 1,
            cpu_time: Duration::from_millis(ticks * 1000 / clock_ticks_per_second()),
            memory: pages * page_size() as u64,
        })
    }
}

/// How long the threads of this process were ready to run and waited for a core, up to now, all together. Zero where the
/// system does not count it.
pub fn own_delay() -> Duration {
    threads_of(Path::new(PROC), std::process::id()).map(|(_, thread)| thread.starved).sum()
}

/// A process's memory in bytes, what it shares with others divided among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// All of it but what is shared.
    pub own: u64,
    /// What is mapped of memory that is shared as a file is: tmpfs, memfds, anonymous memory shared with children.
    pub shared: u64,
}

/// A process's memory; none if it has ended. `None` where the system does not say.
#[cfg(target_os = "linux")]
pub fn proportional_memory(proc: &Path, process: u32) -> Option<Memory> {
    const NO_SUCH_PROCESS: i32 = 3;
    let mut is_closed = false;
    let found = find(proc, process, |folder| match std::fs::read_to_string(folder.join("smaps_rollup")) {
        Ok(counted) => {
            let bytes = |name| {
                let line = counted.lines().find_map(|line| line.strip_prefix(name))?;
                line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
            };
            // Linux tells of the second since 5.4.
            let (all, shared) = (bytes("Pss:")?, bytes("Pss_Shmem:").unwrap_or(0));
            Some(Memory { own: all.saturating_sub(shared), shared })
        }
        Err(why) => {
            // A process may forbid others to look: it must not be free for that.
            is_closed |= why.raw_os_error() != Some(NO_SUCH_PROCESS) && why.kind() != std::io::ErrorKind::NotFound;
            None
        }
    });
    // Linux before 4.14 counts this for no process.
    let is_counted = !is_closed && Path::new("/proc/self/smaps_rollup").exists();
    found.or(is_counted.then(Memory::default))
}

/// Only Linux says.
#[cfg(not(target_os = "linux"))]
pub fn proportional_memory(_proc: &Path, _process: u32) -> Option<Memory> {
    None
}

/// The memfds that a process has open, with the bytes that they take, each by its device and number. They take memory
/// that no process has mapped.
#[cfg(target_os = "linux")]
pub fn memfds(proc: &Path, process: u32) -> HashMap<(u64, u64), u64> {
    use rustix::fs::{AtFlags, Dir, Mode, OFlags, open, readlinkat, statat};

    // Relative to their folder, as there may be tens of thousands.
    let find_open = |folder: PathBuf| {
        let folder = open(folder.join("fd"), OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let names = Dir::read_from(&folder).ok()?.flatten().map(|entry| entry.file_name().to_owned());
        let names: Vec<_> = names.filter(|name| !name.as_bytes().starts_with(b".")).collect();
        (!names.is_empty()).then_some((folder, names))
    };
    let Some((folder, names)) = find(proc, process, find_open) else { return HashMap::new() };
    let mut link = Vec::with_capacity(256);
    let mut all = HashMap::new();
    for name in names {
        link = match readlinkat(&folder, &name, link) {
            Ok(link) if link.as_bytes().starts_with(b"/memfd:") => {
                if let Ok(file) = statat(&folder, &name, AtFlags::empty()) {
                    all.insert((file.st_dev, file.st_ino), u64::try_from(file.st_blocks).unwrap_or(0) * 512);
                }
                link.into_bytes()
            }
            Ok(link) => link.into_bytes(),
            Err(_) => Vec::new(),
        };
    }
    all
}

/// Memory of the whole machine that belongs to files, in tmpfs and memfds, in bytes: none of them has more.
#[cfg(target_os = "linux")]
pub fn memory_of_files() -> u64 {
    let info = rustix::system::sysinfo();
    (info.sharedram + info.totalswap.saturating_sub(info.freeswap)) * u64::from(info.mem_unit)
}

/// Only Linux says.
#[cfg(not(target_os = "linux"))]
pub fn memory_of_files() -> u64 {
    0
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn usage(cpu: u64, starved: u64, runs: u64) -> Usage {
        let thread = ThreadUsage { cpu: Duration::from_millis(cpu), starved: Duration::from_millis(starved), runs };
        Usage { cpu: Duration::from_millis(cpu / 10 * 10), threads: HashMap::from([((1, 1), thread)]) }
    }

    #[test]
    fn a_busy_machine_makes_no_difference_to_wakes() {
        let (before, time) = (usage(100, 0, 10), Duration::from_secs(1));
        let quiet = usage(103, 0, 110).wakes_per_second_since(&before, time);
        let busy = usage(103, 500, 60).wakes_per_second_since(&before, time);
        assert!((quiet - 100.0).abs() < 1e-9 && (busy - 100.0).abs() < 1e-9, "{quiet} {busy}");
        assert_eq!(usage(103, 500, 60).cpu_since(&before), Duration::from_millis(3));
        assert_eq!(usage(103, 500, 60).busy_since(&before), Duration::from_millis(503));
    }

    #[test]
    fn this_process_uses_memory_and_cores() {
        assert!(threads_of(Path::new(PROC), std::process::id()).any(|(_, thread)| thread.runs > 0));
        assert!(proportional_memory(Path::new(PROC), std::process::id()).is_some_and(|memory| memory.own > 1 << 16));
    }

    #[test]
    fn a_process_that_has_ended_takes_no_memory() {
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        // Until it is waited for, its file is there, and has nothing to say.
        while !std::fs::read_to_string(format!("/proc/{}/stat", ended.id())).unwrap().contains(") Z ") {
            std::thread::yield_now();
        }
        assert_eq!(proportional_memory(Path::new(PROC), ended.id()), Some(Memory::default()));
        ended.wait().unwrap();
        assert_eq!(proportional_memory(Path::new(PROC), ended.id()), Some(Memory::default()));
    }
}
