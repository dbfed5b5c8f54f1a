//! What processes use: CPU time, waits for a core, wake-ups, memory.

use std::collections::HashMap;
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

/// The threads of a process.
#[cfg(target_os = "linux")]
pub fn threads_of(process: u32) -> impl Iterator<Item = (ThreadId, ThreadUsage)> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    tasks.filter_map(move |task| {
        let id = task.file_name().to_str()?.parse().ok()?;
        // Nanoseconds on a core, nanoseconds of waiting for one, and how often it was given one.
        let counted = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        let mut numbers = counted.split_whitespace().map_while(|number| number.parse().ok());
        let [cpu, starved] = [numbers.next()?, numbers.next()?].map(Duration::from_nanos);
        Some(((process, id), ThreadUsage { cpu, starved, runs: numbers.next()? }))
    })
}

/// No system but Linux counts for threads of other processes.
#[cfg(not(target_os = "linux"))]
pub fn threads_of(_process: u32) -> impl Iterator<Item = (ThreadId, ThreadUsage)> {
    std::iter::empty()
}

/// How long the threads of this process were ready to run and waited for a core, up to now, all together. Zero where the
/// system does not count it.
pub fn own_delay() -> Duration {
    threads_of(std::process::id()).map(|(_, thread)| thread.starved).sum()
}

/// A process's memory in bytes, what it shares with others divided among them; 0 if it has ended. `None` where the
/// system does not say.
#[cfg(target_os = "linux")]
pub fn proportional_memory(process: u32) -> Option<u64> {
    const NO_SUCH_PROCESS: i32 = 3;
    let counted = match std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")) {
        Ok(counted) => counted,
        Err(why) if why.raw_os_error() == Some(NO_SUCH_PROCESS) => return Some(0),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            // Linux before 4.14 counts this for no process.
            return std::path::Path::new("/proc/self/smaps_rollup").exists().then_some(0);
        }
        // A process may forbid others to look: it must not be free for that.
        Err(_) => return None,
    };
    if counted.is_empty() {
        return Some(0);
    }
    let line = counted.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// Only Linux says.
#[cfg(not(target_os = "linux"))]
pub fn proportional_memory(_process: u32) -> Option<u64> {
    None
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
        assert!(threads_of(std::process::id()).any(|(_, thread)| thread.runs > 0));
        assert!(proportional_memory(std::process::id()).is_some_and(|memory| memory > 1 << 16));
    }

    #[test]
    fn a_process_that_has_ended_takes_no_memory() {
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        // Until it is waited for, its file is there, and has nothing to say.
        while !std::fs::read_to_string(format!("/proc/{}/stat", ended.id())).unwrap().contains(") Z ") {
            std::thread::yield_now();
        }
        assert_eq!(proportional_memory(ended.id()), Some(0));
        ended.wait().unwrap();
        assert_eq!(proportional_memory(ended.id()), Some(0));
    }
}
