//! `cargo homework`: runs a learner's program against the practice site, and judges it by what the site saw.

#![warn(missing_docs)]

mod cargo;
mod check;
mod commands;
mod conductor;
mod expectations;
mod guard;
mod list;
mod options;
mod plan;
mod process;
mod progress;
mod report;
mod stub;
mod task;
mod terminal;
mod verdict;
mod watch;
mod workspace;

use std::env;
use std::fmt::Display;
use std::process::ExitCode;

use options::{Command, Options};
use progress::Progress;
use site::signals::Stop;
use site::{Lang, cli};
use tokio::runtime;
use workspace::{Lesson, Workspace};

/// The exit status when no verdict could be reached. 1 is for verdicts that are 'fail'.
const NO_VERDICT: u8 = 2;
/// The exit status of a program that Ctrl-C ended, as shells report it.
const INTERRUPTED: u8 = 130;

/// What every command knows.
#[derive(Debug)]
pub struct Context {
    /// Where the lessons are.
    pub workspace: Workspace,
    /// What the learner has done.
    pub progress: Progress,
    /// The language of what is said.
    pub lang: Lang,
}

impl Context {
    /// The lessons whose homework the learner has begun.
    ///
    /// # Errors
    /// When their files can't be read.
    pub fn touched(&self) -> Result<Vec<&Lesson>, String> {
        let mut touched = Vec::new();
        for lesson in &self.workspace.lessons {
            if self.progress.state(lesson)?.is_touched() {
                touched.push(lesson);
            }
        }
        Ok(touched)
    }
}

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == guard::SUBCOMMAND) {
        guard::run(arguments);
    }
    match cli::try_parse().and_then(run) {
        Ok(status) => status,
        Err(why) => {
            complain(why);
            NO_VERDICT.into()
        }
    }
}

fn run(options: Options) -> Result<ExitCode, String> {
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    let workspace = Workspace::find()?;
    let context = Context { progress: Progress::of(&workspace), workspace, lang };
    let lesson = |text: &str| context.workspace.lesson(text);
    match options.command {
        None => list::list(&context)?,
        Some(Command::Check(check)) => return block_on(check::run(check, &context))?,
        Some(Command::Watch(watch)) => {
            let first = watch.lesson.as_deref().map(lesson).transpose()?;
            let check = async |lesson: &Lesson| check::one(lesson, watch.judging, &context).await == Some(true);
            return block_on(watch::run(&context, first, check))?;
        }
        Some(Command::Hint(one)) => commands::hint(&context, lesson(&one.lesson)?)?,
        Some(Command::Solution(it)) => commands::solution(&context, lesson(&it.one.lesson)?, it.force)?,
        Some(Command::Reset(one)) => commands::reset(&context, lesson(&one.lesson)?)?,
        Some(Command::Stubs(stubs)) => match stubs.print {
            Some(text) => commands::print_stub(lesson(&text)?)?,
            None => commands::stubs(&context)?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|why| format!("the runtime can't start: {why}"))?.block_on(future))
}

/// Listens for Ctrl-C and the like, from now on.
fn listen() -> Result<Stop, String> {
    Stop::listen().map_err(|why| format!("signals can't be received: {why}"))
}

/// Says in one line what is wrong.
fn complain(why: impl Display) {
    cli::say(format_args!("Error: {why}\n"));
}
