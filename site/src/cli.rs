//! What the course's command lines have in common.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use clap::error::ErrorKind;
use clap::{Args, Parser};

use crate::{Canvas, Fault, Gate, Invalid, Lang, Latency, Scenario};

/// The options that say what the practice site does.
#[derive(Args, Clone, Debug, Default)]
pub struct ScenarioOptions {
    /// How long an answer takes: each page's own, out of this range [default: 100ms..300ms]
    #[arg(long, value_name = "FROM..TO")]
    pub latency: Option<Latency>,

    /// What cars there are, and how long each page takes, follows from it [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Hold answers: in-flight=N[,backwards|,one-at-a-time] or quiet=TIME
    #[arg(long, value_name = "GATE")]
    pub gate: Option<Gate>,

    /// Let a page go wrong: 3:404, 3:fail-first=2, 3:never, 3:reset, 3:cut, 3:drip=2s (may be repeated)
    #[arg(long, value_name = "PAGE:WHAT")]
    pub fault: Vec<Fault>,
}

impl ScenarioOptions {
    /// `base` with what these options say instead, checked.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn apply(self, base: Scenario) -> Result<Scenario, Invalid> {
        Scenario {
            seed: self.seed.unwrap_or(base.seed),
            latency: self.latency.or(base.latency),
            gate: self.gate.or(base.gate),
            faults: [base.faults, self.fault].concat(),
            ..base
        }
        .validated()
    }
}

/// Parses the command line. What is wrong with it is said in one line, and ends the program with status 1.
pub fn parse<T: Parser>() -> T {
    try_parse().unwrap_or_else(|why| fail(why))
}

/// Parses the command line. Help is printed, and ends the program.
///
/// # Errors
/// One line that says what is wrong with it.
pub fn try_parse<T: Parser>() -> Result<T, String> {
    T::try_parse().map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            error.exit();
        }
        // clap's first paragraph says what is wrong; the others give usage.
        let text = error.to_string();
        let paragraph: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let what = paragraph.join(" ");
        format!("{} (see --help)", what.strip_prefix("error: ").unwrap_or(&what))
    })
}

/// Ends the program with status 1 and one line that says why.
pub fn fail(why: impl Display) -> ! {
    say(format_args!("Error: {why}\n"));
    process::exit(1);
}

/// Writes to standard error. Unlike `eprint!` it does not panic when nobody reads that any more.
pub fn say(text: impl Display) {
    let _ = write!(io::stderr(), "{text}");
}

/// A number of pages: a whole number from 1.
///
/// # Errors
/// What was expected.
pub fn number_of_pages(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|&pages| pages > 0).ok_or_else(|| "a whole number from 1 is needed".to_owned())
}

/// Sees to it that `in_flight` requests can be in flight, each of which takes `files_each` open files of this process.
///
/// # Errors
/// When the system does not allow so many: how many are needed, and how to get them.
pub fn allow_in_flight(in_flight: u32, files_each: u64) -> Result<(), String> {
    /// Standard streams, the runtimes' own, the picture, and some to spare.
    const OTHERS: u64 = 64;
    let needed = u64::from(in_flight) * files_each + OTHERS;
    // Where there is no such limit, nothing is refused. Programs started from here inherit what was raised.
    let allowed = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(u64::MAX);
    if needed <= allowed {
        return Ok(());
    }
    let most = allowed.saturating_sub(OTHERS) / files_each;
    Err(format!(
        "{in_flight} pages in flight need {needed} open files, but the system allows {allowed}: have at most {most} in \
         flight, or allow more (`ulimit -Hn` shows the limit; root raises it, for instance in /etc/security/limits.conf)"
    ))
}

impl Canvas {
    /// What standard error can show. A stream that is no terminal gets 80 columns, or `COLUMNS`, and no colours.
    pub fn of_stderr(lang: Lang) -> Self {
        Self::of(io::stderr().is_terminal(), terminal_size::terminal_size_of(io::stderr()), lang)
    }

    /// What standard output can show, likewise.
    pub fn of_stdout(lang: Lang) -> Self {
        Self::of(io::stdout().is_terminal(), terminal_size::terminal_size_of(io::stdout()), lang)
    }

    fn of(terminal: bool, size: Option<(terminal_size::Width, terminal_size::Height)>, lang: Lang) -> Self {
        let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = match size {
            Some((terminal_size::Width(width), _)) => usize::from(width),
            None => columns.unwrap_or(80),
        };
        let colour = match (anstyle_query::no_color(), anstyle_query::clicolor_force()) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => terminal && anstyle_query::term_supports_ansi_color(),
        };
        Self { width, unicode: shows_unicode(), colour, lang }
    }
}

/// Whether the locale's character set is UTF-8. Windows' terminals of today show Unicode whatever the locale.
fn shows_unicode() -> bool {
    let linux_console = env::var_os("TERM").is_some_and(|term| term == "linux");
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
    let utf8 = |locale: String| locale.to_ascii_uppercase().replace('-', "").contains("UTF8");
    cfg!(windows) || (!linux_console && locale.into_iter().find(|value| !value.is_empty()).is_some_and(utf8))
}

/// A file that appears when it is complete. Whether it can be written is found out when it is opened.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    /// What is written until it is complete; the path itself where that is no file but a device or pipe.
    partial: PathBuf,
    file: Option<fs::File>,
}

impl OutputFile {
    /// Opens a file to be written later.
    ///
    /// # Errors
    /// One line that says why `path` can't be written.
    pub fn create(path: &Path) -> Result<Self, String> {
        let why = |why: &dyn Display| format!("{} can't be written: {why}", path.display());
        let partial = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(why(&"it is a folder; give a file's name")),
            Ok(metadata) if !metadata.is_file() => path.to_owned(),
            _ => {
                let mut name = path.file_name().ok_or_else(|| why(&"it is no file's name"))?.to_owned();
                name.push(".partial");
                path.with_file_name(name)
            }
        };
        let file = fs::File::create(&partial).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if partial.parent().is_some_and(|folder| !folder.is_dir()) => {
                why(&"its folder is not there; create it first")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                why(&"its folder is read-only; choose another")
            }
            _ => why(&format_args!("{error}; choose another folder")),
        })?;
        Ok(Self { path: path.to_owned(), partial, file: Some(file) })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// One line that says why it couldn't be written.
    pub fn finish(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let mut out = io::BufWriter::new(file);
        write(&mut out)
            .and_then(|()| out.flush())
            .and_then(|()| if self.partial == self.path { Ok(()) } else { fs::rename(&self.partial, &self.path) })
            .map_err(|error| format!("{} can't be written: {error}", self.path.display()))
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if self.partial != self.path {
            // There is nothing to remove when the file was completed.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_pages_is_a_whole_number_from_1() {
        assert_eq!(number_of_pages("10"), Ok(10));
        for bad in ["0", "-3", "ten", "1e9", "", "4294967296"] {
            assert!(number_of_pages(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_is_there_only_when_complete() {
        let folder = env::temp_dir().join(format!("site-output-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("log");
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();

        drop(OutputFile::create(&path).unwrap());
        assert!(names().is_empty());

        let output = OutputFile::create(&path).unwrap();
        assert!(!path.exists());
        output.finish(|out| out.write_all(b"done")).unwrap();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["log".into()], b"done".to_vec()));

        OutputFile::create(&path).unwrap().finish(|_| Err(io::Error::other("full"))).unwrap_err();
        assert_eq!((names(), fs::read(&path).unwrap()), (vec!["log".into()], b"done".to_vec()));

        assert!(OutputFile::create(&folder).unwrap_err().ends_with("it is a folder; give a file's name"));
        let nowhere = folder.join("nowhere").join("log");
        assert!(OutputFile::create(&nowhere).unwrap_err().ends_with("its folder is not there; create it first"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
