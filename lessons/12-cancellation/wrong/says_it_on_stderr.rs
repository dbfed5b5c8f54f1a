//! The line goes to standard error: whoever reads the lines does not find it among them.
//!
//! Must fail: interrupted
//! Shows first: interrupted

use std::process;

use reqwest::Client;
use shared::Lesson;

use crate::{answers, interrupted, take};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    match take(answers(lesson, &Client::new()), interrupted).await? {
        Some(printed) => {
            eprintln!("Interrupted: {printed} of {}", lesson.pages().count());
            process::exit(130);
        }
        None => Ok(()),
    }
}
