//! The commands: what is typed after `cargo homework`.

mod check;
mod grade;
mod hint;
mod list;
mod stub;
mod waiting;
mod watch;

use std::env;
use std::process::ExitCode;

use console::Lang;
use tokio::runtime;

use crate::context::{Context, complain};
use crate::options::{Command, Options};
use crate::process::guard;
use crate::progress::Progress;
use crate::workspace::{Lesson, Workspace};

/// The exit status when no verdict could be reached. 1 is for verdicts that are 'fail'.
const NO_VERDICT: u8 = 2;

/// Does what the command line says.
pub fn main() -> ExitCode {
    // Whatever else whoever started this has open, no judged program gets.
    #[cfg(unix)]
    close_fds::set_fds_cloexec(3, &[]);
    let mut arguments = env::args_os().skip(1);
    match arguments.next() {
        Some(first) if first == guard::SUBCOMMAND => guard::run(arguments),
        #[cfg(target_os = "linux")]
        Some(first) if first == guard::KEEPER => return guard::keep(arguments),
        _ => {}
    }
    match Options::from_command_line().and_then(run) {
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
            let check = async |lesson: &Lesson| check::one(lesson, watch.judging, &context).await;
            return block_on(watch::run(&context, first, check))?;
        }
        Some(Command::Grade(grade)) => return block_on(grade::run(grade, &context))?,
        Some(Command::Hint(one)) => hint::hint(&context, lesson(&one.lesson)?)?,
        Some(Command::Solution(it)) => stub::solution(&context, lesson(&it.one.lesson)?, it.force)?,
        Some(Command::Reset(one)) => stub::reset(&context, lesson(&one.lesson)?)?,
        Some(Command::Stubs(stubs)) => match stubs.print {
            Some(text) => stub::print_stub(lesson(&text)?)?,
            None => stub::stubs(&context)?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| format!("the runtime can't start: {why}"))?;
    let output = runtime.block_on(future);
    // Leaving does not wait for work that runs in a thread.
    runtime.shutdown_background();
    Ok(output)
}
