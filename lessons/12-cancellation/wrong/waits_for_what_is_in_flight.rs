//! After Ctrl-C nothing more is asked for, but what is in flight is waited for, however long that takes.
//!
//! Must fail: given-up-at-once
//! Shows first: given-up-at-once

use std::pin::pin;

use futures::stream::{self, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::sync::watch;

use crate::{end, get_page, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        interrupted.await;
        let _ = tell.send(true);
    });
    let client = Client::new();
    let pages = stream::iter(lesson.pages()).take_while(|_| {
        let is_over = *told.borrow();
        async move { !is_over }
    });
    let mut answers = pin!(pages.map(|page| get_page(&client, page, lesson.url(page))).buffer_unordered(3));
    let mut printed = 0;
    while let Some(answer) = answers.next().await {
        print(answer?);
        printed += 1;
    }
    if *told.borrow() { end(lesson, printed) } else { Ok(()) }
}
