//! Ctrl-C becomes an error that `main` returns: the exit status is 1, as if something had gone wrong.
//!
//! Must fail: exit
//! Shows first: exit

use reqwest::Client;
use shared::Lesson;

use crate::{answers, interrupted, take};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    match take(answers(lesson, &Client::new()), interrupted).await? {
        Some(printed) => {
            println!("Interrupted: {printed} of {}", lesson.pages().count());
            Err("interrupted".into())
        }
        None => Ok(()),
    }
}
