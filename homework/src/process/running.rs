//! A program that runs: what happens to it, and its end.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::{ChildStderr, ChildStdout};

use super::environment::set_environment;
use super::family::{self, AGAIN, Family, PATIENCE};
use super::folder::Folder;
use super::monitor::{Monitor, alarm};
use super::output::{Captured, Output};
use super::{Ended, Event, Limits, Program, guard, resolve};

/// After the end, for outputs that somebody else keeps open: what is in the pipes is there already, so this is only
/// time for the checker to notice.
const QUIET: Duration = Duration::from_millis(100);

/// After the end, for outputs that somebody else keeps filling: far more than two pipes hold.
const LEFT_IN_PIPES: u64 = 16 << 20;

/// A program that runs. It is killed when it is dropped, with all its processes.
pub struct Running {
    child: Box<dyn ChildWrapper>,
    stdout: Output<ChildStdout>,
    stderr: Output<ChildStderr>,
    family: Arc<Mutex<Family>>,
    monitor: Option<Monitor>,
    /// What has happened and has not been told.
    events: VecDeque<Event>,
    end: End,
    /// Whether all of them have been killed.
    gone: bool,
    /// Removed last, when nobody writes to it any more.
    _folder: Folder,
}

/// How far the end has come.
enum End {
    NotYet,
    /// The main process has ended like this; its outputs are read until this moment if they don't end, or until so
    /// many bytes have come.
    Reading(Ended, tokio::time::Instant, u64),
    Told,
}

impl Running {
    /// Starts a program on the pages at `page_url`.
    ///
    /// To be called within a tokio runtime, on a thread that lives as long as the program may: on Linux the program is
    /// killed when that thread ends.
    ///
    /// # Errors
    /// One line that says why it can't be started. Of what shows only later (a script whose interpreter is missing),
    /// the guard tells on the program's standard error, with status [`guard::CANT_BE_RUN`].
    pub fn start(program: &Program, page_url: &str, pages: u32, limits: Limits) -> Result<Self, String> {
        let checker = std::env::current_exe().map_err(|why| format!("the checker does not find itself: {why}"))?;
        Self::start_with(&checker, program, page_url, pages, limits)
    }

    /// Like [`start`](Self::start), with the guard of the checker at this path.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(
        checker: &Path,
        program: &Program,
        page_url: &str,
        pages: u32,
        limits: Limits,
    ) -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|why| format!("the current folder is out of reach: {why}"))?;
        let command = resolve::command(&program.command, &here)?;
        let arguments = program.arguments.iter().map(|argument| resolve::argument(argument, &here)).collect();
        let (command, arguments) = guard::guarded(checker, command, arguments);

        let folder = Folder::new()?;
        let mut command = CommandWrap::with_new(command, |command| {
            command.args(arguments).current_dir(folder.path());
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            set_environment(command, folder.path(), page_url, pages);
        });
        command.wrap(KillOnDrop);
        contain(&mut command);
        let mut child = command.spawn().map_err(|why| cant_be_run(program, &why))?;

        let stdout = Output::new(child.stdout().take(), limits.kept);
        let stderr = Output::new(child.stderr().take(), limits.kept);
        // It can't have been reaped before it is waited for.
        let main = child.id().unwrap_or_default();
        let family = Arc::new(Mutex::new(Family::new(main, page_url)?));
        let monitor = Monitor::start(&family, limits).map_err(|why| format!("the program can't be watched: {why}"))?;
        let (events, monitor) = (VecDeque::new(), Some(monitor));
        Ok(Self { child, stdout, stderr, family, monitor, events, end: End::NotYet, gone: false, _folder: folder })
    }

    /// What happens next. Cancel safe. When it has ended and its outputs have, too, this is pending for ever.
    ///
    /// The outputs are read here and in [`kill`](Self::kill): a program that prints much stands still in between.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            self.wait().await;
        }
    }

    /// CPU time, in the system too, of all its processes up to now. Of those that have ended it is what they had used
    /// when they were last looked at.
    pub fn cpu_time(&mut self) -> Duration {
        let mut family = family::lock(&self.family);
        family.look(false);
        family.cpu_time()
    }

    /// Kills it and all its processes, those too that left its process group, waits until they are gone, and reads
    /// what is left in the pipes, which [`next`](Self::next) then tells of.
    pub async fn kill(&mut self) {
        // What it has found by now still counts.
        self.events.extend(self.monitor.take().and_then(Monitor::stop).map(Event::Exceeded));
        let deadline = Instant::now() + PATIENCE;
        while !self.kill_once() && Instant::now() < deadline {
            tokio::time::sleep(AGAIN).await;
        }
        let end = async {
            while !matches!(self.end, End::Told) {
                self.wait().await;
            }
        };
        // What still runs after that, nobody can kill.
        let _ = tokio::time::timeout(PATIENCE, end).await;
    }

    /// What it has printed.
    pub fn stdout(&self) -> &Captured {
        self.stdout.captured()
    }

    /// What it has said beside that.
    pub fn stderr(&self) -> &Captured {
        self.stderr.captured()
    }

    /// Waits until something happens, and notes the events that it makes. Cancel safe.
    async fn wait(&mut self) {
        let (runs, until) = match self.end {
            End::NotYet => (true, None),
            End::Reading(_, until, _) => (false, Some(until)),
            End::Told => (false, None),
        };
        // In this order: the reason for its end before its end, and all that can be read before that is given up.
        tokio::select! {
            biased;
            exceeded = alarm(&mut self.monitor) => self.events.push_back(Event::Exceeded(exceeded)),
            // The wrapper would wait for the whole group.
            status = self.child.inner_mut().wait(), if runs => {
                let ended = status.map_or(Ended::Status(-1), Ended::from);
                let bytes = self.stdout().bytes + self.stderr().bytes;
                self.end = End::Reading(ended, tokio::time::Instant::now() + QUIET, bytes + LEFT_IN_PIPES);
            }
            () = read_one(&mut self.stdout, &mut self.stderr) => self.note_lines(),
            () = sleep_until(until) => self.note_end(),
        }
        if let End::Reading(_, _, most) = self.end {
            let bytes = self.stdout().bytes + self.stderr().bytes;
            if !self.stdout.is_open() && !self.stderr.is_open() || bytes > most {
                self.note_end();
            }
        }
    }

    fn note_lines(&mut self) {
        while let Some(line) = self.stdout.line() {
            self.events.push_back(Event::Line(line));
        }
        if !self.stdout.is_open() {
            self.events.extend(self.stdout.rest().map(Event::Line));
        }
    }

    fn note_end(&mut self) {
        if let End::Reading(ended, ..) = self.end {
            // Of the last line there is no more to come but from others.
            self.events.extend(self.stdout.rest().map(Event::Line));
            self.events.push_back(Event::Ended(ended));
            self.end = End::Told;
        }
    }

    /// Kills those who are there; true when nobody was.
    fn kill_once(&mut self) -> bool {
        if !self.gone {
            // They are looked at before any is killed: an orphan no longer shows whose it was.
            self.gone = family::lock(&self.family).kill();
            // With a job object this reaches all of them, with a process group until its leader has been reaped.
            if cfg!(windows) || matches!(self.end, End::NotYet) {
                let _ = self.child.start_kill();
            }
        }
        self.gone
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.monitor = None;
        let deadline = Instant::now() + PATIENCE;
        // The last of it to go may be what the system still holds for its parent, so it is asked for.
        let mut reaped = !matches!(self.end, End::NotYet);
        loop {
            let gone = self.kill_once();
            reaped = reaped || self.child.inner_mut().try_wait().is_ok_and(|status| status.is_some());
            if gone && reaped || Instant::now() >= deadline {
                return;
            }
            thread::sleep(AGAIN);
        }
    }
}

/// Reads what comes next on either, without preference; pending for ever once both have ended.
async fn read_one(stdout: &mut Output<ChildStdout>, stderr: &mut Output<ChildStderr>) {
    tokio::select! {
        () = stdout.read() => {}
        () = stderr.read() => {}
    }
}

async fn sleep_until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Keeps its processes together as the system can.
#[cfg(unix)]
fn contain(command: &mut CommandWrap) {
    command.wrap(process_wrap::tokio::ProcessGroup::leader());
}

/// Keeps its processes together as the system can.
#[cfg(windows)]
fn contain(command: &mut CommandWrap) {
    command.wrap(process_wrap::tokio::JobObject);
}

fn cant_be_run(program: &Program, why: &io::Error) -> String {
    let name = program.command.display();
    match why.kind() {
        ErrorKind::NotFound => format!("{name} can't be run: there is no such program"),
        _ => format!("{name} can't be run: {why}"),
    }
}
