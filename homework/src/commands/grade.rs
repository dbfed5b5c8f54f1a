//! `cargo homework grade`: judges a whole class.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
pub use linux::run;

use crate::context::Context;
use crate::options::Grade;

/// There are no walls here that hold strangers' programs.
///
/// # Errors
/// Always: what to do instead.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "Linux's waits")]
pub async fn run(_options: Grade, _context: &Context) -> Result<ExitCode, String> {
    Err("strangers' programs are held by walls that only Linux has: grade in a virtual machine or a container of it"
        .to_owned())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::env;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use console::signals::INTERRUPTED;
    use console::{Lang, say};
    use tokio::task::spawn_blocking;

    use super::{Context, ExitCode, Grade};
    use crate::commands::NO_VERDICT;
    use crate::context;
    use crate::grade::class::{Class, Request, Summary};
    use crate::grade::judge::Judging;
    use crate::grade::merge::{Merged, merge};
    use crate::grade::shard::Shard;
    use crate::grade::walls::Walls;
    use crate::options::{GradeCommand, Merge};
    use crate::process::cell::has_program;
    use crate::process::cgroup;
    use crate::workspace::Lesson;

    /// Judges the class that the options name, or puts its parts together.
    ///
    /// # Errors
    /// One line: the walls are not whole, or what can't be read or written.
    pub async fn run(options: Grade, context: &Context) -> Result<ExitCode, String> {
        let lang = context.lang;
        if let Some(GradeCommand::Merge(options)) = &options.command {
            return put_together(options, lang);
        }
        let lessons = lessons(&options, context)?;
        let interpreters = interpreters(&options.run)?;
        let shard = shard(options.shard.as_deref(), lang)?;
        let walls = if options.unsafe_no_sandbox {
            Walls::unsafe_ones()
        } else {
            interpreters.values().try_for_each(|words| are_in_cells(words))?;
            cgroup::ask_for_place();
            Walls::whole()?
        };
        let names = walls.names.join(", ");
        say(lang.pick(format!("Walls: {names}\n"), format!("Стены: {names}\n")));
        let request = Request {
            root: context.workspace.root.clone(),
            lessons,
            folder: options.folder.unwrap_or_default(),
            roster: options.roster,
            extensions: interpreters.keys().cloned().collect(),
            shard,
            out: options.out.clone(),
            due: options.due,
            again: options.again,
            lang,
        };
        let judging = Judging { walls, patience: options.patience, interpreters };
        let mut stop = context::listen()?;
        let interrupted = Arc::new(AtomicBool::new(false));
        let mut gathering = spawn_blocking({
            let interrupted = Arc::clone(&interrupted);
            move || Class::gather(request, &interrupted)
        });
        let class = tokio::select! {
            biased;
            () = stop.recv() => {
                interrupted.store(true, Ordering::Relaxed);
                let _ = gathering.await;
                return Ok(was_interrupted(lang));
            }
            class = &mut gathering => class.map_err(|why| format!("the class can't be taken in: {why}"))??,
        };
        let summary = tokio::select! {
            biased;
            () = stop.recv() => return Ok(was_interrupted(lang)),
            summary = class.grade(&judging) => summary?,
        };
        let Summary { learners, judged, errors } = summary;
        let out = options.out.display();
        say(lang.pick(
            format!("Learners: {learners}, judged now: {judged}, without a verdict: {errors}. Results: {out}\n"),
            format!("Учеников: {learners}, проверено сейчас: {judged}, без вердикта: {errors}. Результаты: {out}\n"),
        ));
        Ok(if errors > 0 { NO_VERDICT.into() } else { ExitCode::SUCCESS })
    }

    fn was_interrupted(lang: Lang) -> ExitCode {
        say(lang.pick(
            "\nInterrupted. What is done is kept: the same command goes on from there.\n",
            "\nПрервано. Всё готовое сохранено: та же команда продолжит с этого места.\n",
        ));
        INTERRUPTED.into()
    }

    /// The part of the class that is judged here: as the command line says, or else the machine.
    fn shard(option: Option<&str>, lang: Lang) -> Result<Shard, String> {
        let (shard, told_by) = match option {
            Some(text) => (text.parse()?, "--shard"),
            None => match Shard::of_machine(|name| env::var(name).ok())? {
                Some(told) => told,
                None => return Ok(Shard::WHOLE),
            },
        };
        say(lang
            .pick(format!("Part {shard} of the class ({told_by})\n"), format!("Часть {shard} группы ({told_by})\n")));
        Ok(shard)
    }

    fn put_together(options: &Merge, lang: Lang) -> Result<ExitCode, String> {
        let Merged { learners, errors, missing, empty } = merge(&options.parts, &options.out)?;
        for folder in &empty {
            let folder = folder.display();
            say(lang.pick(format!("{folder} holds no results\n"), format!("В {folder} результатов нет\n")));
        }
        for (name, shard) in &missing {
            say(lang.pick(
                format!("No result: {name} (part {shard})\n"),
                format!("Нет результата: {name} (часть {shard})\n"),
            ));
        }
        let (out, missing) = (options.out.display(), missing.len());
        say(lang.pick(
            format!("Learners: {learners}, missing: {missing}, answers without a verdict: {errors}. Results: {out}\n"),
            format!("Учеников: {learners}, не хватает: {missing}, ответов без вердикта: {errors}. Результаты: {out}\n"),
        ));
        Ok(if missing + errors > 0 { NO_VERDICT.into() } else { ExitCode::SUCCESS })
    }

    fn lessons(options: &Grade, context: &Context) -> Result<Vec<Lesson>, String> {
        if options.lesson.is_empty() {
            return Ok(context.workspace.lessons.clone());
        }
        let mut lessons: Vec<Lesson> = Vec::new();
        for text in &options.lesson {
            let lesson = context.workspace.lesson(text)?;
            if !lessons.contains(lesson) {
                lessons.push(lesson.clone());
            }
        }
        lessons.sort_by_key(|lesson| lesson.number);
        Ok(lessons)
    }

    /// Fails if cells don't have a program that a line of words starts: the first one, and what stands after `&&`.
    fn are_in_cells(words: &[String]) -> Result<(), String> {
        let commands = words.split(|word| word == "&&").filter_map(|command| command.first());
        let mut missing = commands.filter(|command| !command.contains("{}") && !has_program(command));
        let Some(command) = missing.next() else { return Ok(()) };
        Err(format!(
            "--run: there is no {command} under /usr, which is all that a judged program has: install it there"
        ))
    }

    /// How files are started, by their extension: of lines like `py=python3 {}`.
    fn interpreters(lines: &[String]) -> Result<BTreeMap<String, Vec<String>>, String> {
        let mut all = BTreeMap::new();
        for line in lines {
            let wrong = || format!("--run '{line}' is not understood: write it like --run 'py=python3 {{}}'");
            let (extension, command) = line.split_once('=').ok_or_else(wrong)?;
            let words = shlex::split(command).filter(|words| words.iter().any(|word| word.contains("{}")));
            let extension = extension.trim_start_matches('.').to_owned();
            if extension.is_empty() || !extension.chars().all(char::is_alphanumeric) || extension == "rs" {
                return Err(wrong());
            }
            all.insert(extension, words.ok_or_else(wrong)?);
        }
        Ok(all)
    }
}
