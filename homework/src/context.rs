//! What every command works with: the workspace, the progress in it, the language.

use std::fmt::Display;

use console::signals::Stop;
use console::{Lang, say};

use crate::progress::{Progress, State};
use crate::workspace::{Lesson, Workspace};

/// The workspace, the learner's progress in it, and the language.
#[derive(Debug)]
pub struct Context {
    /// The lessons.
    pub workspace: Workspace,
    /// The record of what the learner has done.
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

    /// The lesson to go on with: the first one after `done` that has not passed, or else the first one before it.
    ///
    /// # Errors
    /// When a lesson's files can't be read.
    pub fn next_after(&self, done: Option<&Lesson>) -> Result<Option<&Lesson>, String> {
        let lessons = &self.workspace.lessons;
        let after = done.map_or(0, |done| lessons.iter().take_while(|lesson| lesson.number <= done.number).count());
        for lesson in lessons[after..].iter().chain(&lessons[..after]) {
            // Where nothing can be kept, the one that is done would come again and again.
            if Some(lesson) != done && self.progress.state(lesson)? != State::Passed {
                return Ok(Some(lesson));
            }
        }
        Ok(None)
    }

    /// A lesson's README, as it is shown.
    pub fn readme(&self, lesson: &Lesson) -> String {
        self.workspace.shown(&lesson.folder.join(self.lang.pick("README.md", "README.ru.md")))
    }

    /// What to do when all homework has passed.
    pub fn after_the_last(&self) -> String {
        let last = self.workspace.lessons.last().map_or(1, |lesson| lesson.number);
        self.lang.pick(
            format!(
                "That was all of it. Compare your answers with ours (`cargo homework solution {last}`), or write one \
                 in another language (`cargo homework check {last} -- python3 mine.py`)."
            ),
            format!(
                "Это всё. Сравните свои ответы с нашими (`cargo homework solution {last}`) или напишите один из них \
                 на другом языке (`cargo homework check {last} -- python3 mine.py`)."
            ),
        )
    }
}

/// Listens for Ctrl-C and its like, from now on.
///
/// # Errors
/// When the system gives no signals.
pub fn listen() -> Result<Stop, String> {
    Stop::listen().map_err(|why| format!("signals can't be received: {why}"))
}

/// Says in one line what is wrong.
pub fn complain(why: impl Display) {
    say(format_args!("Error: {why}\n"));
}
