//! Building the learner's program.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use console::{Canvas, Lang, say};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::workspace::Lesson;

/// Why there is no program.
#[derive(Debug)]
pub enum BuildFailure {
    /// The learner's program does not compile; rustc has said why. That is a verdict.
    DoesNotCompile,
    /// Something else is amiss, as this line says: that says nothing about the learner's program.
    NoVerdict(String),
}

/// What is of interest among the lines that cargo prints.
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Diagnostic { target: Target, message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Artifact { target: Target, executable: Option<PathBuf> },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

/// Builds the homework of a lesson in the workspace `root`, and says where the program is. cargo's and rustc's own
/// messages go to standard error as they are. When the future is dropped, cargo is killed.
///
/// # Errors
/// Why there is no program.
pub async fn build(lesson: &Lesson, root: &Path) -> Result<PathBuf, BuildFailure> {
    if !lesson.homework().exists() {
        let (file, number) = (lesson.homework(), lesson.number);
        let missing = format!("{} is missing: `cargo homework reset {number}` puts it back", file.display());
        return Err(BuildFailure::NoVerdict(missing));
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let binary = lesson.binary();
    let mut command = Command::new(&cargo);
    command.args(["build", "--package", &lesson.package(), "--bin", &binary, "--message-format", format()]);
    command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_cargo_run(name)) {
        command.env_remove(name);
    }
    let mut process = command.spawn().map_err(|why| {
        BuildFailure::NoVerdict(format!("cargo can't be run ({}): {why}; is Rust installed?", cargo.display()))
    })?;

    let mut executable = None;
    let mut has_errors = false;
    let mut lines = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
    let broken = |why| BuildFailure::NoVerdict(format!("cargo's answer can't be read: {why}"));
    while let Some(line) = lines.next_line().await.map_err(broken)? {
        // Lines that are none of cargo's are what a build script or macro printed.
        match serde_json::from_str(&line) {
            Ok(Message::Diagnostic { target, message }) => {
                has_errors |= target.name == binary && message.level.starts_with("error");
                show(&message.rendered.unwrap_or_default());
            }
            Ok(Message::Artifact { target, executable: Some(path) }) if target.name == binary => {
                executable = Some(path);
            }
            Ok(_) | Err(_) => {}
        }
    }
    let status = process.wait().await.map_err(broken)?;
    match executable {
        Some(executable) if status.success() => Ok(executable),
        _ if has_errors => Err(BuildFailure::DoesNotCompile),
        _ => Err(BuildFailure::NoVerdict(format!("{binary} was not built, and not because of homework.rs: {status}"))),
    }
}

/// Rendered diagnostics instead of those that cargo prints by itself: cargo does not say which target an error of the
/// latter is about, and a dependency that can't be built is not the learner's fault.
fn format() -> &'static str {
    let forced = env::var("CARGO_TERM_COLOR");
    let colour = match forced.as_deref() {
        Ok("always") => true,
        Ok("never") => false,
        _ => Canvas::of_stderr(Lang::default()).colour,
    };
    if colour { "json-diagnostic-rendered-ansi" } else { "json" }
}

/// Shows what rustc said in the place of cargo's progress bar, if there is one; cargo draws it anew.
fn show(rendered: &str) {
    let clear = if std::io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
    say(format_args!("{clear}{rendered}"));
}

/// Whether a variable is one of those that `cargo run` gives to this program about itself: what depends on it would be
/// built anew for cargo in a terminal and for cargo from here.
fn is_of_cargo_run(name: &OsStr) -> bool {
    const NAMES: [&str; 5] =
        ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR", "RUST_RECURSION_COUNT"];
    const PREFIXES: [&str; 3] = ["CARGO_BIN_EXE_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    let name = OsString::from(name).to_string_lossy().into_owned();
    NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_run_sets_is_not_passed_on() {
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION", "RUST_RECURSION_COUNT"] {
            assert!(is_of_cargo_run(name.as_ref()), "{name}");
        }
        for name in ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_TERM_COLOR", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!is_of_cargo_run(name.as_ref()), "{name}");
        }
    }
}
