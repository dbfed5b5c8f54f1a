//! `cargo homework solution`, `reset` and `stubs`: the files that learners start from and compare with.

use std::fs;

use console::say;

use crate::context::Context;
use crate::progress::{State, stub_of};
use crate::stub::without_marks;
use crate::terminal::print;
use crate::workspace::Lesson;

/// Prints the solution, if the learner has passed or insists.
///
/// # Errors
/// When the learner has not passed yet, or the solution can't be read.
pub fn solution(context: &Context, lesson: &Lesson, force: bool) -> Result<(), String> {
    if !force && !context.progress.has_passed(lesson) {
        let number = lesson.number;
        return Err(format!(
            "homework {number:02} has not passed yet: `cargo homework hint {number}` helps on, and --force shows the \
             solution all the same"
        ));
    }
    let path = lesson.solution();
    let solution = fs::read_to_string(&path).map_err(|why| format!("{} can't be read: {why}", path.display()))?;
    print(without_marks(&solution));
    Ok(())
}

/// Puts the stub back into the place of the learner's file.
///
/// # Errors
/// When the file can't be copied aside, or the stub not written.
pub fn reset(context: &Context, lesson: &Lesson) -> Result<(), String> {
    replace_by_stub(context, lesson)?;
    let file = context.workspace.shown(&lesson.homework());
    say(context.lang.pick(format!("{file} is the stub.\n"), format!("{file} — снова заготовка.\n")));
    Ok(())
}

/// Makes every homework.rs anew out of its solution.
///
/// # Errors
/// As [`reset`].
pub fn stubs(context: &Context) -> Result<(), String> {
    for lesson in &context.workspace.lessons {
        let path = lesson.homework();
        if context.progress.state(lesson)? == State::Untouched {
            continue;
        }
        replace_by_stub(context, lesson)?;
        let file = context.workspace.shown(&path);
        say(context.lang.pick(format!("{file} is new.\n"), format!("{file} создан заново.\n")));
    }
    Ok(())
}

/// Prints a lesson's stub, and writes nothing.
///
/// # Errors
/// When the solution can't be read, or its regions are not balanced.
pub fn print_stub(lesson: &Lesson) -> Result<(), String> {
    print(stub_of(lesson)?);
    Ok(())
}

fn replace_by_stub(context: &Context, lesson: &Lesson) -> Result<(), String> {
    if let Some(copy) = context.progress.replace_homework(lesson, &stub_of(lesson)?)? {
        let copy = context.workspace.shown(&copy);
        say(context.lang.pick(
            format!("What you had written is in {copy}\n"),
            format!("То, что вы написали, сохранено в {copy}\n"),
        ));
    }
    Ok(())
}
