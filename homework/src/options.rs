//! The checker's command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, Parser, Subcommand};
use console::Lang;
use console::options::{patience, try_parse_or};
use jiff::Timestamp;

use crate::workspace::{Workspace, nearest};

/// How long nothing may happen unless it is said otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "cargo homework", bin_name = "cargo homework", disable_help_subcommand = true)]
#[command(about = "Homework: what there is, and how far you are", long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub struct Options {
    /// What to do; without it, all homework is listed
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The language of what is said [default: the system's]
    #[arg(long, global = true, value_name = "en|ru")]
    pub lang: Option<Lang>,
}

// clap breaks no lines by itself without its feature `wrap_help`, so these fit 80 columns as they are.
const LONG_ABOUT: &str = "\
Homework: what there is, and how far you are.

Each lesson's README says what is asked for; your answer goes into the file
homework.rs beside it. Without a command, all homework is listed.";

const AFTER_HELP: &str = "\
A lesson N is written 3, 03, lesson03 or tokio.
Exit status: 0 all passed, 1 some failed, 2 no verdict was reached.";

impl Options {
    /// Parses the command line. Help is printed, and ends the program.
    ///
    /// # Errors
    /// One line that says what is wrong with it.
    pub fn from_command_line() -> Result<Self, String> {
        try_parse_or(|error| {
            let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
            let is_lesson = Workspace::find().is_ok_and(|workspace| workspace.lesson(word).is_ok());
            Some(unknown_command(word, is_lesson))
        })
    }
}

/// The line for a word in a command's place.
fn unknown_command(word: &str, is_lesson: bool) -> String {
    if is_lesson {
        return format!("a command is missing: did you mean `cargo homework check {word}`?");
    }
    let options = Options::command();
    let commands = options.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name);
    match nearest(word, commands) {
        Some(name) => format!("there is no command '{word}'; did you mean `cargo homework {name}`? (see --help)"),
        None => format!("there is no command '{word}' (see --help)"),
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build and run homework, and judge it by what the site saw
    #[command(after_help = "\
PROGRAM finds the site in PAGE_URL (a page's number is appended) and the number
of pages in PAGES, and prints the same lines: check 3 -- python3 mine.py")]
    Check(Check),
    /// Check again whenever homework.rs is saved; q leaves, h hints
    Watch(Watch),
    /// Judge a whole class, strangers' code behind walls (Linux)
    Grade(Grade),
    /// Show one more hint
    Hint(One),
    /// Show a solution
    Solution(Solution),
    /// Put the stub back; your file is copied aside first
    Reset(One),
    /// Make every homework.rs anew out of its solution.rs
    #[command(hide = true)]
    Stubs(Stubs),
}

/// A lesson's homework.
#[derive(Args, Debug)]
pub struct One {
    /// The lesson
    #[arg(value_name = "N")]
    pub lesson: String,
}

/// Which homework to check, and how.
#[derive(Args, Debug)]
pub struct Check {
    /// The lesson [default: all that were touched]
    #[arg(value_name = "N")]
    pub lesson: Option<String>,

    #[command(flatten)]
    pub judging: Judging,

    /// Print the results as JSON
    #[arg(long)]
    pub json: bool,

    #[arg(long, help = "Write the results to a file, too, in JUnit's format", value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Judge this program instead, whatever it is written in
    #[arg(last = true, value_name = "PROGRAM", requires = "lesson")]
    pub program: Vec<OsString>,
}

/// How a program is judged.
#[derive(Args, Clone, Copy, Debug)]
pub struct Judging {
    /// How long to wait without any progress
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = patience)]
    pub patience: Duration,

    /// Repeat a run: each verdict says which seed it had
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Which class to judge, and how.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, subcommand_value_name = "merge …")]
pub struct Grade {
    /// What else to do than to judge.
    #[command(subcommand)]
    pub command: Option<GradeCommand>,

    /// What was handed in: a folder, zip or file a learner
    #[arg(value_name = "DIR", required = true)]
    pub folder: Option<PathBuf>,

    /// A homework to judge; may be repeated [default: all]
    #[arg(long, value_name = "N")]
    pub lesson: Vec<String>,

    /// Where the results go
    #[arg(long, value_name = "OUT", default_value = "grades")]
    pub out: PathBuf,

    /// The class: learner,path,time,group,lang
    #[arg(long, value_name = "CSV")]
    pub roster: Option<PathBuf>,

    /// When answers were due: 2026-11-30T23:59:00Z
    #[arg(long, value_name = "TIME")]
    pub due: Option<Timestamp>,

    /// Judge a part only: the third of ten
    #[arg(long, value_name = "3/10")]
    pub shard: Option<String>,

    /// How other languages are run: py=python3 {}
    #[arg(long, value_name = "EXT=COMMAND")]
    pub run: Vec<String>,

    /// Judge again what has a result
    #[arg(long)]
    pub again: bool,

    /// How long to wait without any progress
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = patience)]
    pub patience: Duration,

    /// Judge without walls: only what you trust
    #[arg(long)]
    pub unsafe_no_sandbox: bool,
}

/// What to do with results.
#[derive(Debug, Subcommand)]
pub enum GradeCommand {
    /// Put parts together that were judged apart with --shard
    Merge(Merge),
}

/// Which parts to put together.
#[derive(Args, Debug)]
pub struct Merge {
    /// Folders with the parts' results
    #[arg(value_name = "OUT", required = true)]
    pub parts: Vec<PathBuf>,

    /// Where all of them go
    #[arg(long, value_name = "OUT", default_value = "grades")]
    pub out: PathBuf,
}

/// Which homework to watch.
#[derive(Args, Debug)]
pub struct Watch {
    /// The lesson to begin with [default: the first that has not passed]
    #[arg(value_name = "N")]
    pub lesson: Option<String>,

    #[command(flatten)]
    pub judging: Judging,
}

/// Whose solution to show.
#[derive(Args, Debug)]
pub struct Solution {
    #[command(flatten)]
    pub one: One,

    /// Show it before your own answer has passed
    #[arg(long)]
    pub force: bool,
}

/// Which stubs to make.
#[derive(Args, Debug)]
pub struct Stubs {
    /// Print this lesson's stub, and write nothing
    #[arg(long, value_name = "N")]
    pub print: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_fits_80_columns() {
        let mut command = Options::command();
        command.build();
        let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
        let mut texts = vec![command.render_help().to_string(), command.render_long_help().to_string()];
        for name in names {
            let command = command.find_subcommand_mut(&name).expect("a subcommand of this name");
            texts.extend([command.render_help().to_string(), command.render_long_help().to_string()]);
        }
        for text in texts {
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }

    #[test]
    fn what_may_be_meant_is_named() {
        assert!(unknown_command("3", true).ends_with("did you mean `cargo homework check 3`?"));
        for (word, name) in [("chekc", "check"), ("wach", "watch"), ("Hints", "hint"), ("solutoin", "solution")] {
            let line = unknown_command(word, false);
            assert!(line.ends_with(&format!("did you mean `cargo homework {name}`? (see --help)")), "{line}");
        }
        // A hidden command is not proposed.
        assert_eq!(unknown_command("grub", false), "there is no command 'grub' (see --help)");
        assert!(!unknown_command("stub", false).contains("stubs"));
    }

    #[test]
    fn a_program_follows_two_dashes() {
        let parse = |line: &str| Options::try_parse_from(line.split(' '));
        let Ok(Options { command: Some(Command::Check(check)), .. }) =
            parse("homework check 3 --seed 7 -- python3 mine.py --json --lang xx")
        else {
            panic!("it is a check")
        };
        assert_eq!(check.program, ["python3", "mine.py", "--json", "--lang", "xx"]);
        assert_eq!((check.json, check.judging.seed), (false, Some(7)));
        assert_eq!(check.judging.patience, Duration::from_secs(10));
        for wrong in ["check -- python3", "check 3 python3", "check --patience 0s", "check --patience x", "wach"] {
            assert!(parse(&format!("homework {wrong}")).is_err(), "{wrong}");
        }
    }
}
