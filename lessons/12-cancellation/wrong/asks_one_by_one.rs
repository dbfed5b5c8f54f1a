//! Ctrl-C is seen to, but one page is asked for after another.
//!
//! Must fail: in-flight
//! Shows first: in-flight

use reqwest::Client;
use shared::Lesson;

use crate::{at_once, end, interrupted, take};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    match take(at_once(1, lesson, &Client::new()), interrupted).await? {
        Some(printed) => end(lesson, printed),
        None => Ok(()),
    }
}
