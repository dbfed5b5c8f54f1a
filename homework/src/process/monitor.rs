//! The thread that watches a program's processes, and kills them when they are beyond the limits.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::family::{self, Family};
use super::guard;
use super::program::{Exceeded, Limits};

/// How often the program's processes are looked at.
const TICK: Duration = Duration::from_millis(100);

/// At most one part in so many of the time is spent on looking.
const SHARE: u32 = 20;

/// How often it is seen whether there are suddenly many more.
const GLANCE: Duration = Duration::from_millis(10);

/// The thread that watches a program, until this is dropped.
pub struct Monitor {
    /// Closed to stop it.
    stop: Option<Sender<()>>,
    /// None once it has been heard.
    alarm: Option<oneshot::Receiver<Exceeded>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub fn start(family: &Arc<Mutex<Family>>, limits: Limits) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let (to, alarm) = oneshot::channel();
        let family = Arc::clone(family);
        let thread =
            thread::Builder::new().name("monitor".into()).spawn(move || watch(&family, limits, &stopped, to))?;
        Ok(Self { stop: Some(stop), alarm: Some(alarm), thread: Some(thread) })
    }

    /// The limit that was exceeded, if that has not been told yet.
    pub fn stop(mut self) -> Option<Exceeded> {
        self.alarm.take()?.try_recv().ok()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It has panicked; what it should have killed, its program's end kills.
            let _ = thread.join();
        }
    }
}

/// Looks at the family until it is told to stop, or has killed all of them.
fn watch(family: &Mutex<Family>, limits: Limits, stopped: &Receiver<()>, alarm: oneshot::Sender<Exceeded>) {
    let pause = |pause| stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout);
    let (mut look_next, mut crowd) = (Instant::now() + TICK, guard::threads());
    while pause(GLANCE) {
        // A fork bomb makes hundreds of processes between two ticks, and with each there is less time left for this.
        let now = guard::threads();
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
        let began = Instant::now();
        crowd = now;
        let mut members = family::lock(family);
        members.look(false);
        // Many checkers beside each other on a machine with many processes would otherwise do little else.
        look_next = Instant::now() + TICK.max(began.elapsed() * SHARE);
        let Some(exceeded) = members.exceeded(limits) else { continue };
        // Before they are killed, so that the reason is told before the end. The receiver may be gone.
        let _ = alarm.send(exceeded);
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
        let heard = alarm.await;
        monitor.alarm = None;
        if let Ok(exceeded) = heard {
            return exceeded;
        }
    }
    std::future::pending().await
}
