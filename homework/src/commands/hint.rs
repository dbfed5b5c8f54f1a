//! `cargo homework hint`.

use console::Canvas;

use crate::context::{Context, complain};
use crate::terminal::{self, Typeset, print};
use crate::workspace::Lesson;

/// Shows the hints that were shown before, and one more.
///
/// # Errors
/// When they can't be read.
pub fn hint(context: &Context, lesson: &Lesson) -> Result<(), String> {
    let hints = lesson.read_task()?.hints.into_inner();
    let all = hints.len();
    let shown = context.progress.hints_shown(lesson)?;
    let count = (shown + 1).min(all);
    let page = Canvas::of_stdout(context.lang);
    for (hint, number) in hints.iter().zip(1..=count) {
        let heading = context.lang.pick(format!("Hint {number} of {all}"), format!("Подсказка {number} из {all}"));
        let (gap, heading) = (if number > 1 { "\n" } else { "" }, page.paint(terminal::STRONG, heading));
        print(format_args!("{gap}{heading}\n{}\n", page.wrap(hint.pick(context.lang), 0)));
    }
    if shown >= all {
        let number = lesson.number;
        let end = context.lang.pick(
            format!("There are no more hints. `cargo homework solution {number} --force` shows a solution."),
            format!("Подсказок больше нет. Решение покажет `cargo homework solution {number} --force`."),
        );
        print(format_args!("\n{}\n", page.wrap(&end, 0)));
    } else if let Err(why) = context.progress.keep_hints_shown(lesson, count) {
        // The hint has been shown all the same.
        complain(&why);
    }
    Ok(())
}
