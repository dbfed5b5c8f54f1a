//! `cargo homework`: what there is, and how far the learner is.

use anstyle::Style;
use console::{Canvas, Lang};

use crate::context::Context;
use crate::progress::State;
use crate::terminal::{self, Typeset, print};
use crate::workspace::Lesson;

/// Prints the list.
///
/// # Errors
/// When a lesson's files can't be read.
pub fn list(context: &Context) -> Result<(), String> {
    let mut rows = Vec::new();
    for lesson in &context.workspace.lessons {
        let task = lesson.read_task()?.summary.pick(context.lang).to_owned();
        rows.push((lesson, context.progress.state(lesson)?, task));
    }
    print(draw(&rows, context, Canvas::of_stdout(context.lang)));
    Ok(())
}

fn draw(rows: &[(&Lesson, State, String)], context: &Context, page: Canvas) -> String {
    let lang = context.lang;
    let width = |text: &str| text.chars().count();
    let names = rows.iter().map(|(lesson, ..)| width(&lesson.name)).max().unwrap_or(0);
    let states = rows.iter().map(|(_, state, _)| width(word(*state, lang).0)).max().unwrap_or(0);
    let margin = 2 + 2 + names + 2 + states + 2;

    let mut text = String::new();
    for (lesson, state, task) in rows {
        let (word, style) = word(*state, lang);
        let name = page.paint(terminal::STRONG, format_args!("{:02}  {:names$}", lesson.number, lesson.name));
        let state = page.paint(style, format_args!("{word:states$}"));
        text.extend([&name, "  ", &state, "  ", &page.wrap(task, margin), "\n"]);
    }
    text + "\n" + &what_next(rows, context, page)
}

/// How many have passed, and where to go on.
fn what_next(rows: &[(&Lesson, State, String)], context: &Context, page: Canvas) -> String {
    let lang = context.lang;
    let all = rows.len();
    let passed = rows.iter().filter(|(_, state, _)| *state == State::Passed).count();
    let count = lang.pick(format!("{passed} of {all} passed."), format!("Сдано {passed} из {all}."));
    let Some((lesson, state, _)) = rows.iter().find(|(_, state, _)| *state != State::Passed) else {
        return format!("{}\n", page.wrap(&format!("{count} {}", context.after_the_last()), 0));
    };
    let number = lesson.number;
    let (task, file) = (context.readme(lesson), context.workspace.shown(&lesson.homework()));
    let next = match state {
        State::Missing => lang.pick(
            format!("{file} is missing: `cargo homework reset {number}` puts it back."),
            format!("Файла {file} нет: `cargo homework reset {number}` вернёт его на место."),
        ),
        _ => lang.pick(
            format!(
                "Next: the task is in {task}, your answer goes into {file}. `cargo homework check {number}` checks it, \
                 `cargo homework watch` does so whenever you save."
            ),
            format!(
                "Дальше: задание в {task}, ответ пишите в {file}. `cargo homework check {number}` проверит его, \
                 `cargo homework watch` будет проверять при каждом сохранении."
            ),
        ),
    };
    format!("{}\n", page.wrap(&format!("{count} {next}"), 0))
}

fn word(state: State, lang: Lang) -> (&'static str, Style) {
    let (en, ru, style) = match state {
        State::Missing => ("missing", "нет файла", terminal::BAD),
        State::Untouched => ("untouched", "не начато", terminal::FAINT),
        State::Edited => ("not checked", "не проверено", terminal::OPEN),
        State::Failing => ("failing", "не сдано", terminal::BAD),
        State::Passed => ("passed", "сдано", terminal::GOOD),
        State::PassedThenEdited => ("edited since", "изменено", terminal::OPEN),
    };
    (lang.pick(en, ru), style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Progress;
    use crate::workspace::Workspace;

    fn canvas(width: usize, colour: bool) -> Canvas {
        Canvas { width, unicode: true, colour, lang: Lang::En }
    }

    fn drawn(lang: Lang, states: [State; 3], page: Canvas) -> String {
        let lessons = [(1, "blocking"), (4, "async-std"), (13, "state")].map(|(number, name)| Lesson {
            number,
            name: name.to_owned(),
            folder: format!("/курс/lessons/{number:02}-{name}").into(),
        });
        let workspace = Workspace { root: "/курс".into(), lessons: lessons.to_vec() };
        let context = Context { progress: Progress::of(&workspace), workspace, lang };
        let task = lang.pick(
            "Sixty pages at once on async-std; one connection is reset, the other pages are still printed.",
            "Шестьдесят страниц сразу на async-std; одно соединение рвётся, остальные страницы всё равно напечатаны.",
        );
        let rows: Vec<_> = lessons.iter().zip(states).map(|(lesson, state)| (lesson, state, task.to_owned())).collect();
        draw(&rows, &context, page)
    }

    #[test]
    fn the_list_fits_80_columns_in_both_languages() {
        let page = canvas(80, false);
        let states = [State::Passed, State::PassedThenEdited, State::Untouched];
        assert_eq!(
            drawn(Lang::En, states, page),
            "\
01  blocking   passed        Sixty pages at once on async-std; one connection is
                             reset, the other pages are still printed.
04  async-std  edited since  Sixty pages at once on async-std; one connection is
                             reset, the other pages are still printed.
13  state      untouched     Sixty pages at once on async-std; one connection is
                             reset, the other pages are still printed.

1 of 3 passed. Next: the task is in lessons/04-async-std/README.md, your answer
goes into lessons/04-async-std/homework.rs. `cargo homework check 4` checks it,
`cargo homework watch` does so whenever you save.
"
        );
        assert_eq!(
            drawn(Lang::Ru, [State::Edited, State::Missing, State::Failing], page),
            "\
01  blocking   не проверено  Шестьдесят страниц сразу на async-std; одно
                             соединение рвётся, остальные страницы всё равно
                             напечатаны.
04  async-std  нет файла     Шестьдесят страниц сразу на async-std; одно
                             соединение рвётся, остальные страницы всё равно
                             напечатаны.
13  state      не сдано      Шестьдесят страниц сразу на async-std; одно
                             соединение рвётся, остальные страницы всё равно
                             напечатаны.

Сдано 0 из 3. Дальше: задание в lessons/01-blocking/README.ru.md, ответ пишите в
lessons/01-blocking/homework.rs. `cargo homework check 1` проверит его,
`cargo homework watch` будет проверять при каждом сохранении.
"
        );
    }

    #[test]
    fn colours_do_not_move_the_columns() {
        let states = [State::Failing, State::Passed, State::Passed];
        let [plain, coloured] = [false, true].map(|colour| drawn(Lang::Ru, states, canvas(120, colour)));
        let mut stripped = String::new();
        for piece in coloured.split('\x1b') {
            stripped += piece.strip_prefix('[').and_then(|code| code.split_once('m')).map_or(piece, |(_, text)| text);
        }
        assert_ne!(plain, coloured);
        assert_eq!(plain, stripped);
    }

    #[test]
    fn after_the_last_there_is_something_to_do() {
        let last = |lang| drawn(lang, [State::Passed; 3], canvas(80, false)).split_once("\n\n").unwrap().1.to_owned();
        assert_eq!(
            last(Lang::En),
            "\
3 of 3 passed. That was all of it. Compare your answers with ours
(`cargo homework solution 13`), or write one in another language
(`cargo homework check 13 -- python3 mine.py`).
"
        );
        assert!(last(Lang::Ru).starts_with("Сдано 3 из 3. Это всё. Сравните "));
    }
}
