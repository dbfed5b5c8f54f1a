//! The program ends at once, as it would without any code for it: what it has done, nobody learns.
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
        Some(_) => process::exit(130),
        None => Ok(()),
    }
}
