//! Programs that never ran: a launcher, an interpreter or the system did not find what it was to start. That says nothing
//! about the learner's program, so it is no verdict.

use std::ffi::OsStr;
use std::path::Path;

use super::seen::{End, Run};
use crate::process::{Ended, Program};
use crate::text::Text;
use crate::words::own_words;

/// The status of a command that was not found, as shells report it; [`guard::CANT_BE_RUN`] is that of one that can't be
/// run.
///
/// [`guard::CANT_BE_RUN`]: crate::process::guard::CANT_BE_RUN
const NOT_FOUND: i32 = 127;

/// What starts a program that it finds by its current folder, and what to judge instead.
const LAUNCHERS: [(&str, &[&str], &str); 19] = [
    ("bun", &["run", "start", "x"], "node mine.js"),
    ("bundle", &["exec"], "ruby mine.rb"),
    ("cargo", &["run", "r", "test", "bench"], "target/debug/mine"),
    ("composer", &["run", "exec"], "php mine.php"),
    ("deno", &["task"], "deno run --allow-all mine.ts"),
    ("dotnet", &["run", "watch"], "dotnet mine.dll"),
    ("go", &["run", "test"], "./mine"),
    ("gradle", &[], "java -jar mine.jar"),
    ("gradlew", &[], "java -jar mine.jar"),
    ("make", &[], "./mine"),
    ("mvn", &[], "java -jar mine.jar"),
    ("npm", &[], "node mine.js"),
    ("npx", &[], "node mine.js"),
    ("pipenv", &["run"], ".venv/bin/python mine.py"),
    ("pnpm", &[], "node mine.js"),
    ("poetry", &["run"], ".venv/bin/python mine.py"),
    ("rake", &[], "ruby mine.rb"),
    ("uv", &["run"], ".venv/bin/python mine.py"),
    ("yarn", &[], "node mine.js"),
];

/// How interpreters and systems say that something was not found.
const NOT_FOUND_WORDS: [&str; 20] = [
    "no such file or directory",
    "can't open file",
    "can't open perl script",
    "cannot find module",
    "cannot find package",
    "could not find",
    "couldn't find",
    "no module named",
    "module not found",
    "could not open input file",
    "cannot open",
    "unable to access jarfile",
    "unable to open",
    "no go files",
    "go.mod file not found",
    "is not in std",
    "not installed",
    "command not found",
    "error: file not found",
    "enoent",
];

/// Why the program of a run never ran, and what to do; `None` if it did.
pub fn never_ran(run: &Run, program: &Program) -> Option<Text> {
    let act = run.last_act();
    if run.connections > 0 || act.stdout.bytes > 0 || run.acts.len() > 1 {
        return None;
    }
    let launcher = launcher(program);
    let status = match act.end {
        End::Ended(Ended::Status(status)) if status != 0 => Some(status),
        End::Silent | End::TooLong if launcher.is_some() => None,
        _ => return None,
    };
    let stderr = format!("{}{}", act.stderr.beginning, act.stderr.end).to_lowercase();
    let not_found = NOT_FOUND_WORDS.iter().any(|words| stderr.contains(words));
    let cant_be_run = [crate::process::guard::CANT_BE_RUN, NOT_FOUND].map(Some).contains(&status);
    if launcher.is_none() && !not_found && !cant_be_run {
        return None;
    }
    let name = Path::new(&program.command).file_name().unwrap_or(&program.command).to_string_lossy().into_owned();
    let words = own_words(&act.stderr);
    let words = words.map_or_else(String::new, |words| format!(" ({words})"));
    let ended = status.map_or_else(
        || Text::new("said nothing", "не сказала ничего"),
        |status| Text::new(format!("ended with status {status}"), format!("завершилась с кодом {status}")),
    );
    let instead = match launcher {
        Some(instead) => Text::new(
            format!("so build first, and name what was built: -- {instead}"),
            format!("поэтому сначала соберите её и укажите то, что получилось: -- {instead}"),
        ),
        None if not_found && stderr.contains("no module named") => Text::new(
            "so name the file to run, and the Python that has its packages: -- .venv/bin/python mine.py",
            "поэтому укажите файл и тот Python, у которого есть нужные пакеты: -- .venv/bin/python mine.py",
        ),
        None => Text::new(
            "so name files that are there, by their path from here",
            "поэтому укажите существующие файлы по их пути отсюда",
        ),
    };
    Some(Text::each(|lang| {
        let [ended, instead] = [&ended, &instead].map(|it| it.pick(lang));
        lang.pick(
            format!(
                "the program never ran: {name} {ended} before anything was asked of the site{words}; a judged program runs \
                 in an empty folder of its own, not in this one, {instead}"
            ),
            format!(
                "программа так и не начала работать: {name} {ended} раньше первого запроса к сайту{words}; проверяемая \
                 программа запускается в своей пустой папке, а не в этой, {instead}"
            ),
        )
    }))
}

/// What to judge instead of a launcher, if the program is one.
fn launcher(program: &Program) -> Option<&'static str> {
    let name = Path::new(&program.command).file_stem().and_then(OsStr::to_str)?;
    let first = program.arguments.first().and_then(|argument| argument.to_str());
    if name.starts_with("python") && first == Some("-m") {
        return Some(".venv/bin/python mine.py");
    }
    let (_, _, instead) = LAUNCHERS.iter().find(|(launcher, subcommands, _)| {
        name == *launcher && (subcommands.is_empty() || first.is_some_and(|first| subcommands.contains(&first)))
    })?;
    Some(instead)
}
