//! The hidden mode in which this program starts another one, measures it and reports.
//!
//! Why not the comparison's own process: on Linux a child's peak memory is at least its parent's own peak (`exec` hands
//! the old memory's high-water mark on), and that process holds a site with thousands of connections. And whatever ends
//! it, this one sees its standard input end, and ends what it started.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{self, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use wait4::Wait4;

/// The first argument that asks for this mode. After it: the patience in milliseconds, the program, its arguments.
pub const MODE: &str = "measure-one-program";

/// The time between two counts of a running program's threads.
const SAMPLE: Duration = Duration::from_millis(10);
/// The time between two looks whether a program that closed its output has ended.
const ENDING: Duration = Duration::from_micros(100);
/// The pause between reads, so that a program that prints thousands of lines does not share its cores with a reader who
/// is as busy.
const GATHERING: Duration = Duration::from_micros(500);
/// The most of a program's output that is kept, in bytes: its last part, the lines of two million pages.
const KEPT: usize = 64 << 20;

/// The measurements of a program that has ended.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub started_at: SystemTime,
    /// From start to exit.
    pub wall: Duration,
    /// In user mode and in the system, in all threads.
    pub cpu: Duration,
    /// In bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// Where they can be counted.
    pub peak_threads: Option<u64>,
    pub end: End,
    pub stdout: String,
    pub stderr: String,
}

/// How a program ended.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Well,
    /// With another exit status than 0, or by a signal: in the system's words.
    Badly(String),
    /// It was stopped: it took longer than it may.
    OutOfPatience,
    /// It was stopped: nobody waits for it any more.
    Told,
}

/// Measures one program, prints a `Result<Report, String>` as JSON, and ends the process.
pub fn run(mut args: impl Iterator<Item = OsString>) -> ! {
    let patience = args.next().and_then(|millis| millis.to_str()?.parse().ok()).map(Duration::from_millis);
    let (Some(patience), Some(program)) = (patience, args.next()) else {
        console::fail(format_args!("{MODE} is for this program's own use"));
    };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let report = measure(command, patience).map_err(|why| why.to_string());
    let mut out = io::stdout();
    let written = serde_json::to_writer(&mut out, &report).map_err(io::Error::from).and_then(|()| out.flush());
    process::exit(i32::from(written.is_err()));
}

enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// Our own standard input has ended.
    Told,
}

fn measure(mut command: Command, patience: Duration) -> io::Result<Report> {
    group::lead(&mut command);
    let started_at = SystemTime::now();
    let started = Instant::now();
    let mut child = command.spawn()?;

    let (events, inbox) = mpsc::channel();
    when_ended(child.stdout.take(), &events, Event::Stdout);
    when_ended(child.stderr.take(), &events, Event::Stderr);
    when_ended(Some(io::stdin()), &events, |_| Event::Told);

    let (mut stdout, mut stderr) = (None, None);
    let mut peak_threads = None;
    let mut stopped = None;
    let mut ended = None;
    let mut wall = Duration::ZERO;
    // A process that the program started may hold the output open after the program's end.
    while ended.is_none() || (stopped.is_none() && (stdout.is_none() || stderr.is_none())) {
        let all_read = stdout.is_some() && stderr.is_some();
        match inbox.recv_timeout(if all_read { ENDING } else { SAMPLE }) {
            Ok(Event::Stdout(bytes)) => stdout = Some(bytes),
            Ok(Event::Stderr(bytes)) => stderr = Some(bytes),
            Ok(Event::Told) => stopped = Some(End::Told),
            Err(_) if stopped.is_none() && started.elapsed() > patience => stopped = Some(End::OutOfPatience),
            Err(_) => {}
        }
        if ended.is_none() {
            peak_threads = peak_threads.max(threads_of(child.id()));
            ended = child.try_wait4()?;
            wall = started.elapsed();
        }
        if stopped.is_some() {
            group::kill(&mut child, ended.is_some());
        }
    }

    let Some(ended) = ended else { unreachable!("the loop waits for it") };
    let end = if ended.status.success() { End::Well } else { End::Badly(ended.status.to_string()) };
    let text = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    Ok(Report {
        started_at,
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak_memory: Some(ended.rusage.maxrss).filter(|&bytes| bytes > 0),
        peak_threads,
        end: stopped.unwrap_or(end),
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

/// Sends an event with the last of what `pipe` gave, when it has ended.
fn when_ended(
    pipe: Option<impl Read + Send + 'static>,
    events: &Sender<Event>,
    event: impl FnOnce(Vec<u8>) -> Event + Send + 'static,
) {
    let events = events.clone();
    thread::spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut pipe) = pipe {
            let mut chunk = vec![0; 64 << 10];
            // A pipe that can't be read has ended.
            while let Ok(size @ 1..) = pipe.read(&mut chunk) {
                kept.extend_from_slice(&chunk[..size]);
                if kept.len() > 2 * KEPT {
                    kept.drain(..kept.len() - KEPT);
                }
                if size < chunk.len() {
                    #[expect(clippy::disallowed_methods, reason = "it is the thread of this pipe alone")]
                    thread::sleep(GATHERING);
                }
            }
        }
        let _ = events.send(event(kept));
    });
}

/// How many threads a process has.
#[cfg(target_os = "linux")]
fn threads_of(pid: u32) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "nothing here is asynchronous")]
    // To list /proc/PID/task would take the longer the more there are.
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Threads:"))?.trim().parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn threads_of(_pid: u32) -> Option<u64> {
    None
}

/// A program and all that it starts: on Unix a process group of its own. Ctrl-C in a terminal does not reach it, and
/// need not: this process stops it, however the comparison ends.
#[cfg(unix)]
mod group {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, kill_process_group};

    pub fn lead(command: &mut Command) {
        command.process_group(0);
    }

    pub fn kill(child: &mut Child, _ended: bool) {
        // There is nothing to do when all of it has ended.
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
}

/// Elsewhere only the program itself can be stopped.
#[cfg(not(unix))]
mod group {
    use std::process::{Child, Command};

    pub fn lead(_command: &mut Command) {}

    pub fn kill(child: &mut Child, ended: bool) {
        if !ended {
            // An error means that it has ended by itself.
            let _ = child.kill();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn threads_are_counted() {
        let barrier = Barrier::new(21);
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| barrier.wait());
            }
            // None of them ends before this one is there.
            let threads = threads_of(process::id());
            barrier.wait();
            assert!(threads > Some(20), "{threads:?}");
        });
        assert_eq!(threads_of(u32::MAX), None);
    }
}
