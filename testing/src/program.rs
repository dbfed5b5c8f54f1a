//! Running a lesson's program, and what it printed.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fmt};

use site::{PageLine, Site};

use crate::PATIENCE;

/// The variables that a program gets from the environment. No other gets through: no proxy, no `PAGES`, no language.
const KEPT: [&str; 9] =
    ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Where cargo put a program of the package whose tests these are. It is asked at run time: the folder may have been
/// moved since the build.
pub fn executable(name: &str) -> PathBuf {
    let told = env::var_os(format!("CARGO_BIN_EXE_{name}")).map(PathBuf::from);
    told.unwrap_or_else(|| {
        // Without cargo: the tests lie in a folder beside the program.
        let tests = env::current_exe().expect("this program's path");
        let folder = tests.ancestors().nth(2).expect("the profile's folder");
        folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
    })
}

/// A program that can be run, with its arguments and its environment.
#[derive(Clone, Debug)]
pub struct Program {
    command: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

/// The fate of a program's standard output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stdout {
    Read,
    /// Nobody ever reads it.
    Closed,
    /// Nobody reads it after the first line.
    FirstLine,
}

impl Program {
    /// The program `name` of the package whose tests these are, given `options`, which are separated by spaces. It says
    /// things in English unless they say otherwise.
    pub fn new(name: &str, options: &str) -> Self {
        let environment = KEPT.into_iter().filter_map(|name| Some((name.into(), env::var_os(name)?))).collect();
        let program = Self { command: executable(name).into(), arguments: Vec::new(), environment };
        program.env("LC_ALL", "en_US.UTF-8").args(options)
    }

    /// With these arguments too, which are separated by spaces.
    #[must_use]
    pub fn args(mut self, arguments: &str) -> Self {
        self.arguments.extend(arguments.split_whitespace().map(OsString::from));
        self
    }

    /// With this argument too.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With this variable in the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Asking this site.
    #[must_use]
    pub fn asking(self, site: &Site) -> Self {
        self.arg("--url").arg(site.url_prefix())
    }

    /// Asking this site, and its database.
    #[cfg(feature = "database")]
    #[must_use]
    pub fn asking_both(self, site: &Site) -> Self {
        self.asking(site).arg("--database").arg(site.database_url().expect("a site with a database"))
    }

    /// With no more than this many open files.
    #[cfg(unix)]
    #[must_use]
    pub fn with_open_files(mut self, most: u32) -> Self {
        // Without -S and -H it sets both limits, so the program can't raise it again.
        let script = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
        let program = std::mem::replace(&mut self.command, "sh".into());
        self.arguments.splice(0..0, ["-c".into(), script.into(), program]);
        self
    }

    /// Runs it to its end.
    pub fn run(&self) -> Ended {
        self.start().wait()
    }

    /// Starts it.
    pub fn start(&self) -> Running {
        self.start_with(Stdout::Read)
    }

    /// Runs it with a standard output that nobody reads.
    pub fn run_with_closed_stdout(&self) -> Ended {
        self.start_with(Stdout::Closed).wait()
    }

    /// Runs it with a standard output that is closed after the first line, like `| head -1`.
    pub fn run_with_stdout_closed_after_a_line(&self) -> Ended {
        self.start_with(Stdout::FirstLine).wait()
    }

    fn start_with(&self, stdout: Stdout) -> Running {
        let (stdout_reader, stdout_writer) = io::pipe().expect("a pipe");
        let (stderr_reader, stderr_writer) = io::pipe().expect("a pipe");
        let mut command = Command::new(&self.command);
        command.args(&self.arguments);
        // macOS and Windows do not ask the environment for the language.
        if !self.arguments.iter().any(|argument| argument == "--lang") {
            command.args(["--lang", "en"]);
        }
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(stdout_writer).stderr(stderr_writer);
        let (to, pieces) = mpsc::channel();
        read(stderr_reader, Stream::Stderr, to.clone(), false);
        match stdout {
            // Before the program starts, so that it can't have written anything.
            Stdout::Closed => drop(stdout_reader),
            _ => read(stdout_reader, Stream::Stdout, to, stdout == Stdout::FirstLine),
        }
        let child = command.spawn().unwrap_or_else(|why| panic!("{self:?} can't be run: {why}"));
        // The command holds this side's writing ends, which would keep the reading ones from seeing the end.
        drop(command);
        Running { child, pieces, stdout: Vec::new(), stderr: Vec::new(), deadline: Instant::now() + PATIENCE }
    }
}

#[derive(Clone, Copy)]
enum Stream {
    Stdout,
    Stderr,
}

/// Passes on what comes until nothing more does, or until it holds a line if that is enough.
fn read(mut from: PipeReader, stream: Stream, to: Sender<(Stream, Vec<u8>)>, a_line: bool) {
    thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let received = to.send((stream, piece[..length].to_vec()));
            if received.is_err() || a_line && piece[..length].contains(&b'\n') {
                break;
            }
        }
    });
}

/// A program that runs. It is killed when it is dropped.
pub struct Running {
    child: Child,
    pieces: Receiver<(Stream, Vec<u8>)>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    deadline: Instant,
}

impl Running {
    /// Waits until this many lines have been printed on standard output, and gives what has been printed.
    pub fn until_lines(&mut self, count: usize) -> String {
        while text(&self.stdout).matches('\n').count() < count {
            assert!(self.receive(), "{count} lines were not printed:\n{self:?}");
        }
        text(&self.stdout)
    }

    /// Waits until its standard error has these words, and gives what it has.
    pub fn until_said(&mut self, words: &str) -> String {
        while !text(&self.stderr).contains(words) {
            assert!(self.receive(), "{words:?} were not said:\n{self:?}");
        }
        text(&self.stderr)
    }

    /// Asks it to stop, as Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().expect("kill");
        assert!(killed.success());
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        while self.receive() {}
        loop {
            if let Some(status) = self.child.try_wait().expect("a child that can be waited for") {
                return Ended { status, stdout: text(&self.stdout), stderr: text(&self.stderr) };
            }
            // Its outputs have ended, so it is about to.
            assert!(Instant::now() < self.deadline, "it does not end:\n{self:?}");
            #[expect(clippy::disallowed_methods, reason = "nothing else runs on a test's thread")]
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes what comes next; false when its outputs have ended.
    fn receive(&mut self) -> bool {
        match self.pieces.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
            Ok((Stream::Stdout, piece)) => self.stdout.extend(piece),
            Ok((Stream::Stderr, piece)) => self.stderr.extend(piece),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => panic!("it has not ended in {PATIENCE:?}:\n{self:?}"),
        }
        true
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-- stdout\n{}-- stderr\n{}", text(&self.stdout), text(&self.stderr))
    }
}

/// The output and the status of a program that has ended.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// The output of a program that could not do its job.
#[derive(Debug)]
pub struct Failed {
    /// The pages printed before, with their statuses.
    pub pages: Vec<(u32, u16)>,
    /// The line that says why.
    pub why: String,
}

impl Ended {
    /// The pages printed, with their statuses, by a program that did its job: a line a page, then the time.
    pub fn done(&self) -> Vec<(u32, u16)> {
        assert!(self.status.success(), "{self:?}");
        let (pages, time) = self.stdout.strip_suffix('\n').and_then(|all| all.rsplit_once('\n')).unwrap_or_default();
        let (seconds, decimals) = time.strip_prefix("Time: ").and_then(|time| time.split_once('.')).unwrap_or_default();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        assert!(digits(seconds) && digits(decimals) && decimals.len() == 2, "no time at the end\n{self:?}");
        self.pages_in(pages)
    }

    /// The output of a program that failed as it should: with status 1, after one line that says why.
    pub fn failed(&self) -> Failed {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        assert_eq!(self.stderr.matches("Error: ").count(), 1, "{self:?}");
        let why = self.stderr.lines().last().and_then(|line| line.strip_prefix("Error: "));
        let why = why.unwrap_or_else(|| panic!("the last line is no error\n{self:?}")).to_owned();
        Failed { pages: self.pages(), why }
    }

    /// The pages printed, with their statuses, by a program that did not get as far as the time.
    pub fn pages(&self) -> Vec<(u32, u16)> {
        self.pages_in(&self.stdout)
    }

    fn pages_in(&self, text: &str) -> Vec<(u32, u16)> {
        let page_in = |line: &str| {
            // The lessons print no prices (one counts the cars), and nothing that a terminal would hide.
            let plain = line.split_once(" Cars: ").map_or(line, |(plain, _)| plain);
            let read = PageLine::read(plain).filter(|read| read.price.is_none() && read.to_string() == plain)?;
            Some((read.page, read.status))
        };
        text.lines().map(|line| page_in(line).unwrap_or_else(|| panic!("{line:?} is no page\n{self:?}"))).collect()
    }
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n-- stdout\n{}-- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
