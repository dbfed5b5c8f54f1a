//! What is compared: the lessons, which are built first, their Python twins, and any other program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, str};

use cargo_metadata::Message;

/// A program, and what it is called in tables.
#[derive(Clone, Debug)]
pub struct Program {
    pub name: String,
    /// The executable and its arguments.
    pub command: Vec<OsString>,
}

/// The lessons: their numbers and names.
const LESSONS: [(&str, &str); 6] =
    [("01", "blocking"), ("02", "threads"), ("03", "tokio"), ("04", "async-std"), ("05", "smol"), ("06", "futures")];

/// The Python twins of lessons 01 and 03: the packages that they need, and their files.
const TWINS: [(&str, &str); 3] =
    [("requests", "blocking.py"), ("httpx", "tasks_httpx.py"), ("aiohttp", "tasks_aiohttp.py")];

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// One of the programs that the course brings along, as `--only` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    Lesson(usize),
    Twin(usize),
    /// None of them: what `--with` adds is run alone.
    Nothing,
}

impl str::FromStr for Own {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lesson = LESSONS.iter().position(|(number, _)| *number == text || number.trim_start_matches('0') == text);
        let twin = TWINS.iter().position(|(package, _)| *package == text);
        match (lesson, twin) {
            (Some(lesson), _) => Ok(Self::Lesson(lesson)),
            (_, Some(twin)) => Ok(Self::Twin(twin)),
            _ if text == "none" => Ok(Self::Nothing),
            _ => Err("known are 01 to 06, requests, httpx, aiohttp, and none".to_owned()),
        }
    }
}

/// The programs that the course brings along: all of them, or `only` some. The lessons are built.
///
/// # Errors
/// When the course's folder is not found, or a lesson can't be built. A twin whose package is missing is left out, and `left_out` is told.
pub fn own(only: &[Own], left_out: impl Fn(&str)) -> Result<Vec<Program>, String> {
    let wanted = |own| only.is_empty() || only.contains(&own);
    let mut programs = Vec::new();
    if only == [Own::Nothing] {
        return Ok(programs);
    }
    let here = folder()?;
    for (number, name) in (0..LESSONS.len()).filter(|&lesson| wanted(Own::Lesson(lesson))).map(|lesson| LESSONS[lesson])
    {
        let executable = build(&format!("lesson{number}"), &here)?;
        programs.push(Program { name: format!("{number} {name}"), command: vec![executable.into()] });
    }
    for (package, file) in (0..TWINS.len()).filter(|&twin| wanted(Own::Twin(twin))).map(|twin| TWINS[twin]) {
        if python_has(package) {
            let script = here.join("python").join(file);
            programs.push(Program { name: format!("Python {package}"), command: vec![PYTHON.into(), script.into()] });
        } else {
            left_out(package);
        }
    }
    Ok(programs)
}

/// The folder of this lesson. `cargo run` tells it, wherever it was typed; else it is looked for from the current
/// folder upwards.
fn folder() -> Result<PathBuf, String> {
    let told = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let current = env::current_dir().map_err(|why| format!("the current folder can't be read: {why}"))?;
    let above = current.ancestors().map(|folder| folder.join("lessons/07-compare"));
    told.into_iter().chain(above).find(|folder| folder.join("python").join(TWINS[0].1).is_file()).ok_or_else(|| {
        format!("{} is not in the course's folder: go there first (cd), or compare --only none", current.display())
    })
}

/// Builds a package as this program was built, and says where cargo put its program.
///
/// Each by itself, as `cargo run -p` does: together they would get one union of all features, and be other programs.
fn build(package: &str, here: &Path) -> Result<PathBuf, String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg("build").arg("--manifest-path").arg(here.join("Cargo.toml"));
    cargo.args(["--package", package, "--bin", package]);
    console::cargo::hide_own_variables(&mut cargo);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // Messages for people go to stderr.
    cargo.args(["--message-format", "json-render-diagnostics"]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = cargo.output().map_err(|why| format!("cargo can't be started: {why}"))?;
    if !output.status.success() {
        return Err(format!("{package} can't be built: see cargo's messages above"));
    }
    executable(&output.stdout).ok_or_else(|| format!("cargo built {package}, but no program"))
}

/// The program that cargo's messages say was built.
fn executable(messages: &[u8]) -> Option<PathBuf> {
    let mut messages = Message::parse_stream(messages).map_while(Result::ok);
    let built = |message| match message {
        Message::CompilerArtifact(artifact) => artifact.executable,
        _ => None,
    };
    messages.find_map(built).map(Into::into)
}

fn python_has(package: &str) -> bool {
    let mut python = Command::new(PYTHON);
    python.args(["-c", &format!("import {package}")]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

/// A program as it is written on a command line.
impl str::FromStr for Program {
    type Err = &'static str;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        // There a backslash is part of a path.
        let words = if cfg!(windows) { shlex::split(&line.replace('\\', r"\\")) } else { shlex::split(line) };
        match words {
            None => Err("a quote is not closed"),
            Some(words) if words.is_empty() => Err("a program is needed"),
            Some(words) => {
                Ok(Self { name: line.trim().to_owned(), command: words.into_iter().map(Into::into).collect() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_written_as_in_a_shell() {
        let command = |line: &str| line.parse::<Program>().map(|program| program.command);
        assert_eq!(command("python3 tasks.py"), Ok(vec!["python3".into(), "tasks.py".into()]));
        assert_eq!(command(r#"run "my tasks" -x"#), Ok(vec!["run".into(), "my tasks".into(), "-x".into()]));
        assert_eq!(command("  ").unwrap_err(), "a program is needed");
        assert_eq!(command("run 'it").unwrap_err(), "a quote is not closed");
    }

    #[test]
    fn own_programs_have_short_names() {
        assert_eq!("03".parse(), Ok(Own::Lesson(2)));
        assert_eq!("3".parse(), Ok(Own::Lesson(2)));
        assert_eq!("aiohttp".parse(), Ok(Own::Twin(2)));
        assert_eq!("none".parse(), Ok(Own::Nothing));
        assert!("07".parse::<Own>().is_err());
        assert!("".parse::<Own>().is_err());
    }

    #[test]
    fn the_twins_lie_beside_it() {
        for (_, file) in TWINS {
            assert!(folder().unwrap().join("python").join(file).is_file(), "{file}");
        }
    }
}
