//! Checking: builds, runs, judges, and says so.

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use console::signals::INTERRUPTED;
use console::{Canvas, Lang, OutputFile};

use super::NO_VERDICT;
use crate::cargo::{self, BuildFailure};
use crate::context::{self, Context, complain};
use crate::expect;
use crate::options::{Check, Judging};
use crate::plan::Plan;
use crate::process::Program;
use crate::run::conduct;
use crate::task::Task;
use crate::verdict::{Outcome, Verdict, Word};
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

    let mut stop = context::listen()?;
    let mut verdicts = Vec::new();
    for lesson in lessons {
        // Dropped when the person has had enough, it ends the program that is being judged, and all its children.
        let verdict = tokio::select! {
            // Ctrl-C ends cargo, too, which must not be taken for a verdict.
            biased;
            () = stop.recv() => return Ok(INTERRUPTED.into()),
            verdict = reach(lesson, program.as_ref(), judging, context) => verdict,
        };
        show(&verdict, json, context)?;
        verdicts.push(verdict);
    }
    if json {
        let json = json::json(&verdicts).map_err(|why| format!("the results can't be written as JSON: {why}"))?;
        write_out(&(json + "\n"))?;
    }
    if let Some(file) = junit {
        let xml = junit::junit(&verdicts).map_err(|why| format!("the results can't be written as XML: {why}"))?;
        file.finish(|out| out.write_all(xml.as_bytes()))?;
    }
    let words: Vec<Word> = verdicts.iter().map(Verdict::word).collect();
    Ok(if words.contains(&Word::Error) {
        NO_VERDICT.into()
    } else if words.contains(&Word::Fail) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Checks the learner's file of one lesson, and shows the verdict: whether it passed, or None when there is no verdict.
pub async fn one(lesson: &Lesson, judging: Judging, context: &Context) -> Option<bool> {
    let verdict = reach(lesson, None, judging, context).await;
    if let Err(why) = show(&verdict, false, context) {
        complain(why);
    }
    match verdict.word() {
        Word::Pass => Some(true),
        Word::Fail => Some(false),
        Word::Error => None,
    }
}

fn show(verdict: &Verdict, json: bool, context: &Context) -> Result<(), String> {
    if let Outcome::Error(why) = &verdict.outcome {
        complain(why);
    }
    if json { Ok(()) } else { write_out(&verdict.show(Canvas::of_stdout(context.lang))) }
}

/// Reaches a verdict on `program`, or on the learner's file of the lesson, whose verdict is kept.
async fn reach(lesson: &Lesson, program: Option<&Program>, judging: Judging, context: &Context) -> Verdict {
    let mut verdict =
        Verdict { lesson: lesson.number, summary: String::new(), build: None, outcome: Outcome::Error(String::new()) };
    verdict.outcome = match lesson.read_task() {
        Err(why) => Outcome::Error(why),
        Ok(task) => {
            task.summary.pick(context.lang).clone_into(&mut verdict.summary);
            match program {
                Some(program) => judge(&task, program, judging, context.lang).await,
                None => build_and_judge(lesson, &task, judging, context, &mut verdict).await,
            }
        }
    };
    verdict
}

async fn build_and_judge(
    lesson: &Lesson,
    task: &Task,
    judging: Judging,
    context: &Context,
    verdict: &mut Verdict,
) -> Outcome {
    let text = fs::read_to_string(lesson.homework()).unwrap_or_default();
    let began = Instant::now();
    let outcome = match cargo::build(lesson, &context.workspace.root).await {
        Ok(program) => {
            verdict.build = Some(began.elapsed());
            let program = Program { command: program.into(), arguments: Vec::new() };
            judge(task, &program, judging, context.lang).await
        }
        Err(BuildFailure::DoesNotCompile) => Outcome::DoesNotCompile,
        Err(BuildFailure::NoVerdict(why)) => return Outcome::Error(why),
    };
    verdict.outcome = outcome;
    let passed = verdict.word() == Word::Pass;
    // The verdict is about what was built, which must still be what was read before.
    if verdict.word() != Word::Error
        && fs::read_to_string(lesson.homework()).is_ok_and(|now| now == text)
        && let Err(why) = context.progress.keep_verdict(lesson, &text, passed)
    {
        complain(why);
    }
    std::mem::replace(&mut verdict.outcome, Outcome::DoesNotCompile)
}

async fn judge(task: &Task, program: &Program, judging: Judging, lang: Lang) -> Outcome {
    let seed = judging.seed.unwrap_or_else(|| fastrand::u32(..).into());
    let watch_idle = task.expect.idle_while_waiting.is_some();
    match conduct(Plan::draw(task, seed), program, judging.patience, watch_idle).await {
        Ok(run) => {
            let findings = expect::judge(task, &run, lang);
            Outcome::Judged(Box::new(run), findings)
        }
        Err(why) => Outcome::Error(why),
    }
}

fn write_out(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|why| format!("stdout can't be written: {why}"))
}
