//! After Ctrl-C the exit status is 0: whoever started the program takes all pages for done.
//!
//! Must fail: exit
//! Shows first: exit

use reqwest::Client;
use shared::Lesson;

use crate::{answers, interrupted, take};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    if let Some(printed) = take(answers(lesson, &Client::new()), interrupted).await? {
        println!("Interrupted: {printed} of {}", lesson.pages().count());
    }
    Ok(())
}
