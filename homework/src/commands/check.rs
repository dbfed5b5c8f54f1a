//! `cargo homework check`: builds, runs and judges homework, and shows the verdicts.

use std::cell::Cell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use console::signals::INTERRUPTED;
use console::{Canvas, Lang, OutputFile, say};
use tokio::sync::watch;

use super::{NO_VERDICT, waiting};
use crate::cargo::{self, BuildFailure};
use crate::context::{self, Context, complain};
use crate::language::Language;
use crate::options::{Check, Judging};
use crate::plan::Plan;
use crate::process::{Program, Wall, guard};
use crate::run::{self, Waiting, conduct, never_ran};
use crate::task::Task;
use crate::terminal::Typeset;
use crate::verdict::{self, Outcome, Verdict, Word};
use crate::verdict::{json, junit};
use crate::workspace::Lesson;

/// Checks what the options ask for, and says how it ended.
///
/// # Errors
/// When there is nothing to check, or the results can't be written.
pub async fn run(options: Check, context: &Context) -> Result<ExitCode, String> {
    let Check { lesson, judging, json, junit, program } = options;
    let lessons = match &lesson {
        Some(text) => vec![context.workspace.lesson(text)?],
        None => context.touched()?,
    };
    if lessons.is_empty() {
        return Err("no homework.rs has been changed yet: `cargo homework` lists them".to_owned());
    }
    let junit = junit.as_deref().map(OutputFile::create).transpose()?;
    let program = program
        .split_first()
        .map(|(command, arguments)| Program { command: command.clone(), arguments: arguments.to_vec() });

    let says_walls = Cell::new(!json);
    let checking = Checking { context, judging, program: program.as_ref(), json, says_walls };
    let mut stop = context::listen()?;
    let mut verdicts = Vec::new();
    for &lesson in &lessons {
        // Dropped when the person has had enough, it ends the program that is being judged, and all its children.
        let verdict = tokio::select! {
            // Ctrl-C ends cargo, too, which must not be taken for a verdict.
            biased;
            () = stop.recv() => return Ok(INTERRUPTED.into()),
            verdict = checking.reach_verdict(lesson) => verdict,
        };
        checking.show(&verdict)?;
        verdicts.push(verdict);
    }
    let words: Vec<Word> = verdicts.iter().map(Verdict::word).collect();
    if json {
        let json = json::json(&verdicts).map_err(|why| format!("the results can't be written as JSON: {why}"))?;
        write_out(&(json + "\n"))?;
    } else {
        let words: Vec<_> = lessons.into_iter().zip(words.iter().copied()).collect();
        write_out(&what_next(&words, Canvas::of_stdout(context.lang), context)?)?;
    }
    if let Some(file) = junit {
        let xml = junit::junit(&verdicts).map_err(|why| format!("the results can't be written as XML: {why}"))?;
        file.finish(|out| out.write_all(xml.as_bytes()))?;
    }
    Ok(if words.contains(&Word::Error) {
        NO_VERDICT.into()
    } else if words.contains(&Word::Fail) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Checks the learner's file of one lesson, shows the verdict, and tells whether it passed.
pub async fn one(lesson: &Lesson, judging: Judging, context: &Context) -> bool {
    let checking = Checking { context, judging, program: None, json: false, says_walls: Cell::new(false) };
    let verdict = checking.reach_verdict(lesson).await;
    if let Err(why) = checking.show(&verdict) {
        complain(why);
    }
    verdict.word() == Word::Pass
}

/// What is checked, and how.
struct Checking<'a> {
    context: &'a Context,
    judging: Judging,
    /// The program to be judged in place of the learner's file.
    program: Option<&'a Program>,
    /// Whether the results are printed as JSON in the end, and nothing else.
    json: bool,
    /// Whether it is still to be said which walls there are, before the first program runs.
    says_walls: Cell<bool>,
}

impl Checking<'_> {
    /// Reaches a verdict on the program, or on the learner's file of the lesson. The latter's verdict is kept.
    async fn reach_verdict(&self, lesson: &Lesson) -> Verdict {
        let (summary, (build, outcome)) = match lesson.read_task() {
            Err(why) => (String::new(), (None, Outcome::Error(why))),
            Ok(task) => {
                let outcome = match self.program {
                    Some(program) => (None, self.judge(&task, program, Language::of(program)).await),
                    None => self.build_and_judge(lesson, &task).await,
                };
                (task.summary.pick(self.context.lang).to_owned(), outcome)
            }
        };
        let (program, patience) = (self.program.cloned(), self.judging.patience);
        Verdict { lesson: lesson.number, summary, build, outcome, program, patience }
    }

    /// What came of the learner's file, and how long it took to build.
    async fn build_and_judge(&self, lesson: &Lesson, task: &Task) -> (Option<Duration>, Outcome) {
        let context = self.context;
        if let Some(todos) = context.progress.nothing_written(lesson) {
            let (task, file) = (context.readme(lesson), context.workspace.shown(&lesson.homework()));
            return (None, Outcome::NothingWritten { todos: todos.lines().map(str::to_owned).collect(), task, file });
        }
        let text = lesson.read_homework();
        let began = Instant::now();
        let (build, outcome) = match cargo::build(lesson, &context.workspace.root).await {
            Ok(program) => {
                let build = began.elapsed();
                let program = Program { command: program.into(), arguments: Vec::new() };
                (Some(build), self.judge(task, &program, Language::Rust).await)
            }
            Err(BuildFailure::DoesNotCompile) => (None, Outcome::DoesNotCompile),
            Err(BuildFailure::NoVerdict(why)) => (None, Outcome::Error(why)),
        };
        // The verdict is about what was built, which must still be what was read before.
        if outcome.word() != Word::Error
            && lesson.read_homework() == text
            && let Ok(Some(text)) = text
            && let Err(why) =
                context.progress.keep_verdict(lesson, &String::from_utf8_lossy(&text), outcome.word() == Word::Pass)
        {
            complain(why);
        }
        (build, outcome)
    }

    async fn judge(&self, task: &Task, program: &Program, language: Language) -> Outcome {
        let seed = self.judging.seed.unwrap_or_else(|| fastrand::u32(..).into());
        let expect = task.expect.get_ref();
        let judging = run::Judging {
            patience: self.judging.patience,
            watch_idle: expect.watch_idle(),
            cache: self.context.progress.cache(),
            language,
            cell: None,
        };
        let plan = Plan::draw(task.parts(), &task.acts, seed);
        let (waiting, waits) = watch::channel(Waiting::default());
        // In a box, as it is large.
        let run = Box::pin(async {
            let run = conduct(plan, program, &judging, &waiting).await;
            drop(waiting);
            run
        });
        let lang = self.context.lang;
        if self.says_walls.replace(false) {
            say(walls(&guard::walls(), lang) + "\n");
        }
        match if self.json { run.await } else { waiting::show_while(run, waits, lang).await } {
            Ok(run) => never_ran(&run, program).map_or_else(
                || {
                    let findings = expect.judge(&run, lang);
                    Outcome::Judged(Box::new(run), findings)
                },
                |why| Outcome::Error(why.pick(lang).to_owned()),
            ),
            Err(why) => Outcome::Error(why),
        }
    }

    fn show(&self, verdict: &Verdict) -> Result<(), String> {
        if let Outcome::Error(why) = &verdict.outcome {
            complain(why);
        }
        if self.json { Ok(()) } else { write_out(&verdict::show(verdict, Canvas::of_stdout(self.context.lang))) }
    }
}

/// The line that says which walls there are.
fn walls(walls: &[Wall], lang: Lang) -> String {
    let words = [
        (Wall::Files, "writes only to its folder", "пишет только в свою папку"),
        (Wall::Tcp, "connects only to the site", "соединяется только с сайтом"),
        (Wall::Signals, "signals only itself", "шлёт сигналы только себе"),
    ];
    let there = words.into_iter().filter(|(wall, ..)| walls.contains(wall)).map(|(_, en, ru)| lang.pick(en, ru));
    let there = there.collect::<Vec<_>>().join(", ");
    if there.is_empty() {
        let none = lang.pick(
            "No walls: this system can't keep a program to its folder and to the site.",
            "Стен нет: эта система не умеет запереть программу в её папке и оставить ей только сайт.",
        );
        return none.to_owned();
    }
    lang.pick(format!("Walls: it {there}."), format!("Стены: программа {there}."))
}

/// What follows the verdicts on these lessons: their sum, if there are several, and where to go on after a pass.
fn what_next(verdicts: &[(&Lesson, Word)], canvas: Canvas, context: &Context) -> Result<String, String> {
    let lang = canvas.lang;
    let names = |word: Word| {
        let of_word = verdicts.iter().filter(|(_, it)| *it == word);
        of_word.map(|(lesson, _)| format!("{:02} {}", lesson.number, lesson.name)).collect::<Vec<_>>()
    };
    let [passed, failed, unknown] = [Word::Pass, Word::Fail, Word::Error].map(names);
    let mut texts = Vec::new();
    if verdicts.len() > 1 {
        let (passed, all) = (passed.len(), verdicts.len());
        texts.push(lang.pick(format!("{passed} of {all} passed."), format!("Сдано {passed} из {all}.")));
        if !failed.is_empty() {
            let failed = failed.join(", ");
            texts.push(lang.pick(format!("Not yet: {failed}."), format!("Пока не сдано: {failed}.")));
        }
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            texts.push(lang.pick(format!("No verdict: {unknown}."), format!("Нет вердикта: {unknown}.")));
        }
    }
    if passed.len() == verdicts.len() {
        let done = if let [(lesson, _)] = verdicts { Some(*lesson) } else { None };
        texts.push(match context.next_after(done)? {
            Some(next) => {
                let (number, name, task) = (next.number, &next.name, context.readme(next));
                lang.pick(
                    format!("Next: homework {number:02}, {name}. Its task is in {task}."),
                    format!("Дальше: домашнее задание {number:02}, {name}. Оно описано в {task}."),
                )
            }
            None => context.after_the_last(),
        });
    }
    Ok(if texts.is_empty() { String::new() } else { format!("\n{}\n", canvas.wrap(&texts.join(" "), 0)) })
}

fn write_out(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|why| format!("stdout can't be written: {why}"))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::progress::Progress;
    use crate::workspace::Workspace;

    #[test]
    fn the_walls_are_said_in_one_line() {
        let all = [Wall::Files, Wall::Tcp, Wall::Signals, Wall::Limits];
        let said = "Walls: it writes only to its folder, connects only to the site, signals only itself.";
        assert_eq!(walls(&all, Lang::En), said);
        assert_eq!(walls(&all[..1], Lang::Ru), "Стены: программа пишет только в свою папку.");
        assert!(walls(&[Wall::Limits], Lang::En).starts_with("No walls: "));
    }

    #[test]
    fn after_the_verdicts_comes_what_is_next() {
        let folder = TempDir::new().unwrap();
        for name in ["01-blocking", "03-tokio", "04-async-std"] {
            let folder = folder.path().join("lessons").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            for name in ["homework.toml", "solution.rs", "homework.rs"] {
                std::fs::write(folder.join(name), "").unwrap();
            }
        }
        let workspace = Workspace::open(folder.path().to_owned()).unwrap();
        let context = Context { progress: Progress::of(&workspace), workspace, lang: Lang::En };
        let canvas = |lang| Canvas { width: 80, unicode: true, colour: false, lang };
        let said = |lang, words: &[Word]| {
            let verdicts: Vec<_> = context.workspace.lessons.iter().zip(words.iter().copied()).collect();
            what_next(&verdicts, canvas(lang), &context).unwrap()
        };
        let next = "\nNext: homework 03, tokio. Its task is in lessons/03-tokio/README.md.\n";
        assert_eq!(said(Lang::En, &[Word::Pass]), next);
        assert_eq!(said(Lang::En, &[Word::Fail]), "");
        let mixed = [Word::Pass, Word::Fail, Word::Error];
        assert_eq!(said(Lang::En, &mixed), "\n1 of 3 passed. Not yet: 03 tokio. No verdict: 04 async-std.\n");
        assert_eq!(said(Lang::Ru, &mixed), "\nСдано 1 из 3. Пока не сдано: 03 tokio. Нет вердикта: 04 async-std.\n");
        for lesson in &context.workspace.lessons {
            std::fs::write(lesson.homework(), "mine").unwrap();
            context.progress.keep_verdict(lesson, "mine", true).unwrap();
        }
        let all = said(Lang::En, &[Word::Pass; 3]);
        assert!(all.starts_with("\n3 of 3 passed. That was all of it. Compare "), "{all}");
    }
}
