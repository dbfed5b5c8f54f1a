//! A program that runs: what happens to it, and its end.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::{ChildStderr, ChildStdout};

use super::cell::WORK;
#[cfg(target_os = "linux")]
use super::cgroup::Group;
use super::family::{self, AGAIN, Family, PATIENCE};
use super::monitor::{Monitor, alarm};
use super::output::{Captured, Output};
use super::program::{Ended, Event, Given, Limits, Program};
use super::pty::Pty;
use super::usage::Usage;
use super::{environment, guard, resolve};

/// After the end, for outputs that somebody else keeps open: what is in the pipes is there already, so this is only
/// time for the checker to notice.
const QUIET: Duration = Duration::from_millis(100);

/// After the end, for outputs that somebody else keeps filling: far more than two pipes hold.
const LEFT_IN_PIPES: u64 = 1 << 20;

/// The variable that a run's programs alone have, each run's its own.
const MARK: &str = "HOMEWORK_RUN";

/// A program that runs. It is killed when it is dropped, with all its processes.
pub struct Running {
    child: Box<dyn ChildWrapper>,
    stdout: Output<Stdout>,
    stderr: Output<ChildStderr>,
    family: Arc<Mutex<Family>>,
    monitor: Option<Monitor>,
    /// What has happened and has not been told.
    events: VecDeque<Event>,
    end: End,
    /// Whether all of them have been killed.
    gone: bool,
    /// Whether the main process is the one that entered the program's cell, and not the program itself.
    in_cell: bool,
    /// That in which the kernel limits its cell, where there are such.
    #[cfg(target_os = "linux")]
    group: Option<Group>,
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
    /// Starts a program in `folder`, which must outlive it.
    ///
    /// To be called within a tokio runtime, on a thread that lives as long as the program may: on Linux the program is
    /// killed when that thread ends.
    ///
    /// # Errors
    /// One line that says why it can't be started. Of what shows only later (a script whose interpreter is missing),
    /// the guard tells on the program's standard error, with status [`guard::CANT_BE_RUN`].
    pub fn start(program: &Program, given: &Given, folder: &Path, limits: Limits) -> Result<Self, String> {
        let checker = std::env::current_exe().map_err(|why| format!("the checker does not find itself: {why}"))?;
        Self::start_with(&checker, program, given, folder, limits)
    }

    /// Like [`start`](Self::start), with the guard of the checker at this path.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(
        checker: &Path,
        program: &Program,
        given: &Given,
        folder: &Path,
        limits: Limits,
    ) -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|why| format!("the current folder is out of reach: {why}"))?;
        // In a cell there are other files, so its programs are named as they are found there.
        let is_free = given.reach.cell.is_none();
        let command = if is_free { resolve::command(&program.command, &here)? } else { program.command.clone() };
        let arguments = program.arguments.iter();
        let arguments = arguments.map(|it| if is_free { resolve::argument(it, &here) } else { it.clone() });
        let arguments = arguments.chain(given.arguments.iter().cloned()).collect();
        let (command, arguments) = guard::guarded(checker, &given.reach, given.layers, command, arguments);
        let mark = format!("{:032x}", fastrand::u128(..));
        let (stdout, other_side) = if limits.terminal { Stdout::terminal() } else { None }.unzip();

        let mut command = CommandWrap::with_new(command, |command| {
            command.args(arguments).current_dir(folder);
            command.stdin(Stdio::null()).stdout(other_side.unwrap_or_else(Stdio::piped)).stderr(Stdio::piped());
            // What programs keep aside goes where it is removed with the rest, or where the next one finds it.
            let own = if is_free { folder } else { Path::new(WORK) };
            command.env_clear();
            if is_free {
                command.envs(environment::kept()).envs(environment::FOLDER_OF_VERSIONS.map(|name| (name, &here)));
            } else {
                command.envs(environment::OF_A_CELL).env("HOME", own);
            }
            command.envs(environment::told(stdout.is_some()));
            command.envs(["TMPDIR", "TEMP", "TMP"].map(|name| (name, own)));
            command.env("XDG_CACHE_HOME", given.reach.cache.as_deref().unwrap_or(own));
            command.envs(given.environment.iter().map(|(name, value)| (name, value))).env(MARK, &mark);
        });
        command.wrap(KillOnDrop);
        contain(&mut command);
        #[cfg(target_os = "linux")]
        let group = match given.reach.cell.and_then(Group::of) {
            Some(mut group) => {
                group.limit(limits).map_err(|why| format!("the program's cell can't be limited: {why}"))?;
                Some(group)
            }
            None => None,
        };
        // A signal that is ignored here, as Ctrl-C is in a shell's background jobs, the program would ignore, too. One that
        // is caught it does not.
        #[cfg(unix)]
        let _caught = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
            .map_err(|why| format!("Ctrl-C can't be listened to: {why}"))?;
        let mut child = command.spawn().map_err(|why| cant_be_run(program, &why))?;
        // The command holds this process's copy of the terminal's other side, which would keep it from ending.
        drop(command);

        let stdout = stdout.or_else(|| child.stdout().take().map(Stdout::Pipe));
        let stdout = Output::new(stdout, limits.kept, limits.is_wanted);
        let stderr = Output::new(child.stderr().take(), limits.kept, |_| false);
        // It can't have been reaped before it is waited for.
        let main = child.id().unwrap_or_default();
        let family = Arc::new(Mutex::new(Family::new(main, given.reach.cell, format!("{MARK}={mark}").into())?));
        let monitor = Monitor::start(&family, limits).map_err(|why| format!("the program can't be watched: {why}"))?;
        let (events, monitor) = (VecDeque::new(), Some(monitor));
        Ok(Self {
            child,
            stdout,
            stderr,
            family,
            monitor,
            events,
            end: End::NotYet,
            gone: false,
            in_cell: !is_free,
            #[cfg(target_os = "linux")]
            group,
        })
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

    /// What happened beside what [`next`](Self::next) has just told, without waiting.
    pub fn told(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What all its processes have used up to now. Of those that have ended it is what they had used when they were last
    /// looked at.
    pub fn usage(&self) -> Usage {
        let mut family = family::lock(&self.family);
        family.look(false);
        family.usage()
    }

    /// Like [`usage`](Self::usage), at less cost: processes that have come or gone in the last tenth of a second may be
    /// missed.
    pub fn glance(&self) -> Usage {
        family::lock(&self.family).usage()
    }

    /// How much memory all its processes take now.
    pub fn memory(&self) -> u64 {
        let mut family = family::lock(&self.family);
        family.look(false);
        family.memory()
    }

    /// Asks its main process and the group of that to end, as Ctrl-C does.
    ///
    /// # Errors
    /// When it has ended, or the system has no way to do that.
    #[cfg(unix)]
    pub fn interrupt(&self) -> io::Result<()> {
        use rustix::process::{Pid, Signal, kill_process_group};

        let id = self.child.id().map(|main| if self.in_cell { entered(main).unwrap_or(main) } else { main });
        let id = id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let id = id.ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        Ok(kill_process_group(id, Signal::INT)?)
    }

    /// Asks its main process and the group of that to end, as Ctrl-Break does: Ctrl-C goes to whole consoles only.
    ///
    /// # Errors
    /// When it has ended, or has no console.
    #[cfg(windows)]
    pub fn interrupt(&self) -> io::Result<()> {
        use windows::Win32::System::Console::{CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent};

        let group = self.child.id().ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        // SAFETY: it takes two numbers, and touches no memory of this process.
        #[allow(unsafe_code, reason = "no safe crate of the workspace sends Ctrl-Break")]
        let sent = unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, group) };
        Ok(sent?)
    }

    /// Kills it and all its processes, those too that left its process group, waits until they are gone, and reads
    /// what is left in the pipes, which [`next`](Self::next) then tells of.
    pub async fn kill(&mut self) {
        // A limit that was found to be exceeded by now still counts.
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
        // A process that still runs after that is held by the system.
        let _ = tokio::time::timeout(PATIENCE, end).await;
    }

    /// The program's standard output so far.
    pub fn stdout(&self) -> Captured {
        self.stdout.captured()
    }

    /// The program's standard error so far.
    pub fn stderr(&self) -> Captured {
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
                #[cfg(target_os = "linux")]
                self.events.extend(self.group.as_ref().and_then(Group::exceeded).map(Event::Exceeded));
                let bytes = self.stdout.bytes() + self.stderr.bytes();
                self.end = End::Reading(ended, tokio::time::Instant::now() + QUIET, bytes + LEFT_IN_PIPES);
            }
            () = read_one(&mut self.stdout, &mut self.stderr) => self.note_lines(),
            () = sleep_until(until) => self.note_end(),
        }
        if let End::Reading(_, _, most) = self.end {
            let bytes = self.stdout.bytes() + self.stderr.bytes();
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

    fn kill_main(&mut self) {
        // With a job object this reaches all of them, with a process group until its leader has been reaped.
        if cfg!(windows) || matches!(self.end, End::NotYet) {
            let _ = self.child.start_kill();
        }
    }

    /// Kills the processes that live; true when there was none.
    fn kill_once(&mut self) -> bool {
        if !self.gone {
            // What enters a cell is none of those in it. Once it is killed, it starts nothing more there.
            if self.in_cell {
                self.kill_main();
            }
            // They are looked at before any is killed: an orphan no longer shows whose it was.
            self.gone = family::lock(&self.family).kill();
            self.kill_main();
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
            #[expect(clippy::disallowed_methods, reason = "a drop can not await")]
            thread::sleep(AGAIN);
        }
    }
}

/// Reads what comes next on either, without preference; pending for ever once both have ended.
async fn read_one(stdout: &mut Output<Stdout>, stderr: &mut Output<ChildStderr>) {
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

/// The program that a process runs which has entered a cell, by its id outside.
#[cfg(unix)]
fn entered(main: u32) -> Option<u32> {
    std::fs::read_to_string(format!("/proc/{main}/task/{main}/children")).ok()?.split_whitespace().next()?.parse().ok()
}

/// Keeps its processes together as the system can. Not by a session: Linux shares out its cores among sessions, so that a
/// program that spins would get more of them than the checker beside it.
#[cfg(unix)]
fn contain(command: &mut CommandWrap) {
    command.wrap(process_wrap::tokio::ProcessGroup::leader());
}

/// Keeps its processes together as the system can. They are a group of the console, which Ctrl-Break can be sent to.
#[cfg(windows)]
fn contain(command: &mut CommandWrap) {
    use process_wrap::tokio::{CreationFlags, JobObject};
    use windows::Win32::System::Threading::CREATE_NEW_PROCESS_GROUP;

    command.wrap(CreationFlags(CREATE_NEW_PROCESS_GROUP)).wrap(JobObject);
}

fn cant_be_run(program: &Program, why: &io::Error) -> String {
    let name = program.command.display();
    match why.kind() {
        ErrorKind::NotFound => format!("{name} can't be run: there is no such program"),
        _ => format!("{name} can't be run: {why}"),
    }
}

/// This side of a program's standard output.
enum Stdout {
    Pipe(ChildStdout),
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are none"))]
    Terminal(Pty),
}

impl Stdout {
    /// A pseudo-terminal and its other side, if there is one to be had.
    #[cfg(unix)]
    fn terminal() -> Option<(Self, Stdio)> {
        let (own, other) = Pty::open().ok()?;
        Some((Self::Terminal(own), other.into()))
    }

    #[cfg(not(unix))]
    fn terminal() -> Option<(Self, Stdio)> {
        None
    }
}

impl AsyncRead for Stdout {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_read(cx, buf),
            #[cfg(unix)]
            Self::Terminal(pty) => Pin::new(pty).poll_read(cx, buf),
            #[cfg(not(unix))]
            Self::Terminal(none) => match *none {},
        }
    }
}
