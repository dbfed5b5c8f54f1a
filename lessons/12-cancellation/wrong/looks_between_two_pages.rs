//! A task notes that Ctrl-C came, and the loop looks at the note after each page. There is none that comes any more.
//!
//! Must fail: given-up-at-once
//! May fail: lines
//! Shows first: given-up-at-once

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::stream::StreamExt;
use reqwest::Client;
use shared::Lesson;

use crate::{answers, end, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    let is_interrupted = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&is_interrupted);
    tokio::spawn(async move {
        interrupted.await;
        note.store(true, Ordering::Relaxed);
    });
    let client = Client::new();
    let mut answers = pin!(answers(lesson, &client));
    let mut printed = 0;
    while let Some(answer) = answers.next().await {
        print(answer?);
        printed += 1;
        if is_interrupted.load(Ordering::Relaxed) {
            end(lesson, printed);
        }
    }
    Ok(())
}
