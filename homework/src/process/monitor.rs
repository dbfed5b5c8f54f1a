//! The threads that watch a program's processes, and kill them when they are beyond the limits.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tokio::sync::mpsc as alarms;

use super::family::{self, Family};
use super::guard;
#[cfg(target_os = "linux")]
use super::pid_namespace::PidNamespace;
use super::program::{Exceeded, Limits};

/// How often the program's processes are looked at.
const TICK: Duration = Duration::from_millis(100);

/// At most one part in so many of a core's time is spent on looking.
const SHARE: u32 = 40;

/// How often it is seen whether there are suddenly many more.
const GLANCE: Duration = Duration::from_millis(10);

/// The threads that watch a program, until this is dropped.
pub struct Monitor {
    /// `None` once it has been heard.
    alarm: Option<alarms::Receiver<Exceeded>>,
    threads: Vec<Watcher>,
}

struct Watcher {
    /// Closed to stop it.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(family: &Arc<Mutex<Family>>, limits: Limits) -> io::Result<Self> {
        // The first alarm is what is heard.
        let (to, alarm) = alarms::channel(1);
        let mut threads = Vec::new();
        #[cfg(target_os = "linux")]
        if let Some(namespace) = family::lock(family).namespace() {
            let to = to.clone();
            threads.push(Watcher::start("crowd", move |stopped| watch_crowd(&namespace, limits, stopped, &to))?);
        }
        let is_counted = !threads.is_empty();
        let family = Arc::clone(family);
        let watch = move |stopped: &_| watch(&family, limits, is_counted, stopped, &to);
        threads.push(Watcher::start("monitor", watch)?);
        Ok(Self { alarm: Some(alarm), threads })
    }

    /// The limit that was exceeded, if that has not been told yet.
    pub fn stop(mut self) -> Option<Exceeded> {
        self.threads.clear();
        self.alarm.take()?.try_recv().ok()
    }
}

impl Watcher {
    fn start(name: &str, watch: impl FnOnce(&Receiver<()>) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name(name.into()).spawn(move || watch(&stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It has panicked; what it should have killed, its program's end kills.
            let _ = thread.join();
        }
    }
}

/// Whether a watcher is to go on after `time`.
fn pause(stopped: &Receiver<()>, time: Duration) -> bool {
    stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
}

/// Counts a cell's processes until it is told to stop, or ends the cell as there are too many.
///
/// A fork bomb leaves no time for more: among hundreds of processes that run without a pause, this thread is given a core
/// for some milliseconds a second. To look at all of them takes minutes then, and what looks may have begun just before.
#[cfg(target_os = "linux")]
fn watch_crowd(namespace: &PidNamespace, limits: Limits, stopped: &Receiver<()>, alarm: &alarms::Sender<Exceeded>) {
    while pause(stopped, GLANCE) {
        let count = namespace.processes().count();
        if count > limits.processes {
            // Before they are killed, so that the reason is told before the end. The receiver may be gone.
            let _ = alarm.try_send(Exceeded::Processes(count));
            namespace.end();
            return;
        }
    }
}

/// Looks at the family until it is told to stop, or has killed all of them. `is_counted` says whether another thread counts
/// them.
fn watch(
    family: &Mutex<Family>,
    limits: Limits,
    is_counted: bool,
    stopped: &Receiver<()>,
    alarm: &alarms::Sender<Exceeded>,
) {
    let (mut look_next, mut crowd) = (Instant::now() + TICK, guard::threads());
    while pause(stopped, GLANCE) {
        // A fork bomb makes hundreds of processes between two ticks, and with each there is less time left for this.
        let now = guard::threads().filter(|_| !is_counted);
        let grew = now.zip(crowd).is_some_and(|(now, before)| now > before + limits.processes as u64 / 2);
        if Instant::now() < look_next && !grew {
            continue;
        }
        if grew {
            // A limit on processes does not bind root, so a fork bomb leaves less and less time; but root may have more.
            // On Linux it is this thread's priority, elsewhere it would be the whole checker's.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setpriority_process(None, -15);
        }
        let began = ThreadTime::now();
        crowd = now;
        let mut members = family::lock(family);
        members.look(false);
        // Many checkers beside each other on a machine with many processes would otherwise do little else. How long this
        // thread has waited for a core is left out: under a fork bomb it would not look again for minutes.
        look_next = Instant::now() + TICK.max(began.elapsed() * SHARE);
        let Some(exceeded) = members.exceeded(limits) else { continue };
        let _ = alarm.try_send(exceeded);
        #[cfg(target_os = "linux")]
        members.end_cell();
        members.kill_known();
        drop(members);
        // Until all are gone, even when this thread is to stop: nothing else would kill them faster.
        let deadline = Instant::now() + family::PATIENCE;
        while !family::lock(family).kill() && Instant::now() < deadline {
            #[expect(clippy::disallowed_methods, reason = "it is the monitor's own thread")]
            thread::sleep(family::AGAIN);
        }
        return;
    }
}

/// What the monitor has found, once; pending for ever if it finds nothing.
pub async fn alarm(monitor: &mut Option<Monitor>) -> Exceeded {
    if let Some(monitor) = monitor
        && let Some(alarm) = &mut monitor.alarm
    {
        let heard = alarm.recv().await;
        monitor.alarm = None;
        if let Some(exceeded) = heard {
            return exceeded;
        }
    }
    std::future::pending().await
}
