//! What every command knows.

use std::fmt::Display;

use console::signals::Stop;
use console::{Lang, say};

use crate::progress::Progress;
use crate::workspace::{Lesson, Workspace};

/// The workspace, the learner's progress in it, and the language.
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

/// Listens for Ctrl-C and the like, from now on.
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
