//! The site as a program that a test starts and ends.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// A running site.
pub struct Running {
    process: Child,
    /// The lines that it prints first: its prefix, and its database's URL if it has been asked for one.
    lines: Vec<String>,
}

impl Running {
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_as(&mut command(
            &[arguments, if arguments.contains(&"--bind") { &[] } else { &["--bind", "127.0.0.1:0"] }].concat(),
        ))
    }

    /// Starts it by a command with piped streams.
    pub fn start_as(command: &mut Command) -> Self {
        // Any option of the database's starts it.
        let is_of_database = |argument: &OsStr| {
            ["--database", "--statement"]
                .iter()
                .any(|name| argument.to_str().is_some_and(|text| text.starts_with(name)))
        };
        let count = 1 + usize::from(command.get_args().any(is_of_database));
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().take(count).map(Result::unwrap).collect();
        Self { process, lines }
    }

    pub fn address(&self) -> SocketAddr {
        let authority = self.lines[0].strip_prefix("http://").unwrap().strip_suffix("/search/all/?page=").unwrap();
        authority.parse().unwrap()
    }

    /// The URL of its database.
    pub fn database_url(&self) -> &str {
        &self.lines[1]
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Sends it a signal that ends it, and returns its exit status and what it wrote to stderr. If it does not end, it is
    /// killed, which the status shows.
    #[cfg(unix)]
    pub fn stop(mut self, signal: &str) -> (std::process::ExitStatus, String) {
        use std::io::Read;
        use std::sync::mpsc::{RecvTimeoutError, channel};
        use std::time::Duration;

        const PATIENCE: Duration = Duration::from_mins(1);
        self.signal(signal);
        let id = self.process.id().to_string();
        let (ends, end) = channel::<()>();
        std::thread::spawn(move || {
            if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &id]).status();
            }
        });
        let mut stderr = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = self.process.wait().unwrap();
        drop(ends);
        (status, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // In most tests it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The path of the site's binary.
pub fn program() -> std::ffi::OsString {
    std::env::var_os("CARGO_BIN_EXE_site").expect("cargo says where it is")
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
