//! Building the learner's program with cargo.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};
use console::{Canvas, Lang, say};
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::terminal;
use crate::workspace::Lesson;

/// How long cargo's last words are waited for when it has ended: a process that it started may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How much of what cargo says is kept, in bytes: the reason of a failure comes last.
const KEPT: usize = 64 << 10;

/// Why there is no program.
#[derive(Debug, PartialEq, Eq)]
pub enum BuildFailure {
    /// The learner's program does not compile; rustc has said why. That is a verdict.
    DoesNotCompile,
    /// The build failed for another reason (given here, in one line), so there is no verdict.
    NoVerdict(String),
}

/// Builds the homework of a lesson in the workspace `root`, and gives the path of the program. cargo's and rustc's own
/// messages go to standard error as they are. When the future is dropped, cargo is killed, with the compilers that it
/// has started.
///
/// # Errors
/// Why there is no program.
pub async fn build(lesson: &Lesson, root: &Path) -> Result<PathBuf, BuildFailure> {
    if lesson.read_homework().map_err(BuildFailure::NoVerdict)?.is_none() {
        let (file, number) = (lesson.homework(), lesson.number);
        let file = file.display();
        let why = format!("{file} is missing: `cargo homework reset {number}` puts it back");
        return Err(BuildFailure::NoVerdict(why));
    }
    let binary = lesson.binary();
    let broken = |why| BuildFailure::NoVerdict(format!("cargo's answer can't be read: {why}"));
    let mut cargo = Cargo::start(&lesson.package(), &binary, root)?;
    let mut heard = Heard::new(&binary);
    let status = cargo.listen(&mut heard).await.map_err(broken)?;
    heard.verdict(status)
}

/// A running `cargo build`. Dropped, it is killed.
struct Cargo {
    child: Box<dyn ChildWrapper>,
    has_ended: bool,
}

impl Cargo {
    fn start(package: &str, binary: &str, root: &Path) -> Result<Self, BuildFailure> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let canvas = Canvas::of_stderr(Lang::default());
        let mut command = CommandWrap::with_new(&cargo, |command| {
            command.args(["build", "--package", package, "--bin", binary, "--message-format", format(canvas)]);
            command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            set_environment(command, canvas);
        });
        command.wrap(KillOnDrop);
        // One group: a compiler that outlives its cargo would write into the files of the next build.
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let child = command.spawn().map_err(|why| {
            BuildFailure::NoVerdict(format!("cargo can't be run ({}): {why}; is Rust installed?", cargo.display()))
        })?;
        Ok(Self { child, has_ended: false })
    }

    /// Shows what cargo says until it ends, and gives its exit status.
    async fn listen(&mut self, heard: &mut Heard<'_>) -> io::Result<ExitStatus> {
        let missing = || io::Error::other("its output is no pipe");
        let mut messages = BufReader::new(self.child.stdout().take().ok_or_else(missing)?).lines();
        let mut words = self.child.stderr().take().ok_or_else(missing)?;
        let mut has_words = true;
        loop {
            tokio::select! {
                // rustc's errors first, then cargo's summary of them.
                biased;
                line = messages.next_line() => match line? {
                    Some(line) => heard.message(&line),
                    None => break,
                },
                more = heard.words(&mut words), if has_words => has_words = more?,
            }
        }
        let status = self.child.wait().await?;
        self.has_ended = true;
        let last_words = async {
            while has_words && heard.words(&mut words).await? {}
            io::Result::Ok(())
        };
        timeout(LAST_WORDS, last_words).await.unwrap_or(Ok(()))?;
        Ok(status)
    }
}

impl Drop for Cargo {
    fn drop(&mut self) {
        if !self.has_ended {
            // It may have ended at this moment.
            let _ = self.child.start_kill();
        }
    }
}

/// What cargo has said about a binary.
struct Heard<'a> {
    binary: &'a str,
    executable: Option<PathBuf>,
    /// Whether rustc named an error in the learner's program.
    has_errors: bool,
    has_crashed: bool,
    /// The end of what cargo said, and of errors that are about no place in the program.
    words: Vec<u8>,
}

impl<'a> Heard<'a> {
    fn new(binary: &'a str) -> Self {
        Self { binary, executable: None, has_errors: false, has_crashed: false, words: Vec::new() }
    }

    fn message(&mut self, line: &str) {
        // Lines that are none of cargo's are what a build script or macro printed.
        match serde_json::from_str(line) {
            Ok(Message::CompilerMessage(it)) => {
                self.diagnostic(&it.message, it.target.name == self.binary);
                terminal::clear_line();
                say(it.message.rendered.unwrap_or_default());
            }
            Ok(Message::CompilerArtifact(artifact)) if artifact.target.name == self.binary => {
                self.executable = artifact.executable.map(Into::into);
            }
            _ => {}
        }
    }

    fn diagnostic(&mut self, diagnostic: &Diagnostic, is_learners: bool) {
        match diagnostic.level {
            DiagnosticLevel::Ice => self.has_crashed = true,
            DiagnosticLevel::Error => {
                let rendered = diagnostic.rendered.as_deref().unwrap_or_default();
                // What points to no place in the program is about the machine: no linker, a full disk. But the linker
                // also finds what the program declares and nobody has.
                let is_about_program = !diagnostic.spans.is_empty() || is_any_of(rendered, &UNDEFINED);
                self.has_errors |= is_learners && is_about_program;
                if !is_about_program {
                    self.keep(rendered.as_bytes());
                }
            }
            _ => {}
        }
    }

    /// Shows and keeps more of what cargo says on standard error, and tells whether there may be more. Cancel safe.
    async fn words(&mut self, from: &mut (impl AsyncRead + Unpin)) -> io::Result<bool> {
        let mut bytes = [0; 4096];
        let count = from.read(&mut bytes).await?;
        let mut stderr = io::stderr().lock();
        // Nobody may read it any more.
        let _ = stderr.write_all(&bytes[..count]).and_then(|()| stderr.flush());
        self.keep(&bytes[..count]);
        Ok(count > 0)
    }

    fn keep(&mut self, words: &[u8]) {
        self.words.extend(words);
        self.words.drain(..self.words.len().saturating_sub(KEPT));
    }

    fn verdict(self, status: ExitStatus) -> Result<PathBuf, BuildFailure> {
        match self.executable {
            Some(executable) if status.success() => Ok(executable),
            _ if self.has_errors && !self.has_crashed => Err(BuildFailure::DoesNotCompile),
            _ => {
                let words = String::from_utf8_lossy(&self.words);
                Err(BuildFailure::NoVerdict(why_not_built(self.binary, self.has_crashed, &words)))
            }
        }
    }
}

/// What the linkers of the systems say of a function that is declared and not there.
const UNDEFINED: [&str; 4] = ["undefined reference", "undefined symbol", "Undefined symbols", "unresolved external"];
/// What cargo and rustc say of a full disk on Unix and Windows.
const FULL_DISK: [&str; 3] = ["No space left on device", "(os error 112)", "not enough space on the disk"];
/// What cargo says of crates that it can't get.
const NO_CRATES: [&str; 6] = [
    "failed to download",
    "download of ",
    "Could not resolve host",
    "spurious network error",
    "failed to get `",
    "you're using offline mode",
];
/// What rustc and cargo say of a compiler that did not come to its end.
const CRASHED: [&str; 5] = [
    "internal compiler error",
    "the compiler unexpectedly panicked",
    "rustc interrupted by SIG",
    "memory allocation of ",
    "(exit code: 0xc",
];

fn is_any_of(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// The line for a binary that was not built although rustc found no error in the learner's program.
fn why_not_built(binary: &str, has_crashed: bool, words: &str) -> String {
    // cargo names the signal that ended what it ran: the compiler, or a crate's build script.
    let signal = words.split_once("(signal: ").and_then(|(_, rest)| rest.split_once(')')).map(|(signal, _)| signal);
    let is_script = words.contains("failed to run custom build command");
    if has_crashed || is_any_of(words, &CRASHED) || signal.is_some() && !is_script {
        let signal = signal.map(|signal| format!(" (signal {signal})")).unwrap_or_default();
        return format!(
            "the compiler itself crashed while building {binary}{signal}: that is no verdict. If memory is short, close \
             other programs; if it crashes again, undo the last change to homework.rs, or update Rust (`rustup update`)"
        );
    }
    let advice = if words.contains("linker `") && words.contains("not found") {
        "a linker is missing. A C compiler brings one (Debian, Ubuntu: `sudo apt install gcc`; macOS: `xcode-select \
         --install`; Windows: Visual Studio's build tools)"
    } else if is_any_of(words, &FULL_DISK) {
        "the disk is full; make room, and check again"
    } else if is_any_of(words, &NO_CRATES) {
        "crates can't be downloaded; connect to the network, and check again"
    } else {
        "cargo says above what is wrong"
    };
    format!("{binary} was not built, and not because of homework.rs: {advice}")
}

/// The format of cargo's messages: rendered diagnostics instead of those that cargo prints by itself. cargo does not
/// say which target an error of the latter is about, and a dependency that can't be built is not the learner's fault.
fn format(canvas: Canvas) -> &'static str {
    let forced = env::var("CARGO_TERM_COLOR");
    let colour = match forced.as_deref() {
        Ok("always") => true,
        Ok("never") => false,
        _ => canvas.colour,
    };
    if colour { "json-diagnostic-rendered-ansi" } else { "json" }
}

/// Gives cargo the environment of a cargo that was started in the terminal, whose standard error is not a pipe to here.
fn set_environment(command: &mut Command, canvas: Canvas) {
    console::cargo::hide_own_variables(command.as_std_mut());
    if !io::stderr().is_terminal() {
        return;
    }
    let width = canvas.width.to_string();
    for (name, value) in [
        ("CARGO_TERM_COLOR", if canvas.colour { "always" } else { "never" }),
        ("CARGO_TERM_PROGRESS_WHEN", "always"),
        ("CARGO_TERM_PROGRESS_WIDTH", &width),
    ] {
        if env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_machine_is_named() {
        let why = |words: &str| why_not_built("homework03", false, words);
        let compiler = "process didn't exit successfully: `rustc --crate-name homework03` ";
        for (words, named) in [
            (&*format!("{compiler}(signal: 9, SIGKILL: kill)"), "homework03 (signal 9, SIGKILL: kill):"),
            (&format!("{compiler}(exit code: 0xc00000fd, STATUS_STACK_OVERFLOW)"), "compiler itself crashed"),
            ("memory allocation of 34359738376 bytes failed", "compiler itself crashed"),
            ("error: linker `cc` not found", "a linker is missing"),
            ("error: failed to write x: No space left on device (os error 28)", "the disk is full"),
            ("warning: spurious network error (3 tries remaining)", "crates can't be downloaded"),
            ("error: failed to run custom build command for `x`\n(signal: 11, SIGSEGV)", "cargo says above"),
            ("error: failed to parse manifest", "not because of homework.rs: cargo says above"),
        ] {
            let line = why(words);
            assert!(line.contains(named), "{words}: {line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn only_errors_in_the_program_are_its_own() {
        let diagnostic = |level: &str, spans: &str, rendered: &str| {
            let text = format!(
                r#"{{"message": "", "code": null, "level": "{level}", "spans": [{spans}], "children": [],
                "rendered": "{rendered}"}}"#
            );
            serde_json::from_str::<Diagnostic>(&text).unwrap()
        };
        let span = r#"{"file_name": "homework.rs", "byte_start": 0, "byte_end": 0, "line_start": 1, "line_end": 1,
            "column_start": 1, "column_end": 1, "is_primary": true, "text": [], "label": null,
            "suggested_replacement": null, "suggestion_applicability": null, "expansion": null}"#;
        let ice = "error: internal compiler error";
        for (level, spans, rendered, has_errors, has_crashed) in [
            ("error", span, "", true, false),
            ("error", "", "linker `cc` not found", false, false),
            ("error", "", "linking with `cc` failed: undefined reference to `x`", true, false),
            ("warning", span, "", false, false),
            (ice, span, "", false, true),
        ] {
            let mut heard = Heard::new("homework03");
            heard.diagnostic(&diagnostic(level, spans, rendered), true);
            assert_eq!((heard.has_errors, heard.has_crashed), (has_errors, has_crashed), "{level} {rendered}");
            let mut heard = Heard::new("homework03");
            heard.diagnostic(&diagnostic(level, spans, rendered), false);
            assert_eq!((heard.has_errors, heard.has_crashed), (false, has_crashed), "{level} {rendered}");
        }
    }
}
