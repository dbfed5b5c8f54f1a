//! It never waits: it asks again and again whether an answer is there, and takes a whole processor for that.
//!
//! Must fail: idle-while-waiting
//! Shows first: idle-while-waiting

use futures::FutureExt;
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut answers: FuturesUnordered<_> =
        lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    while !answers.is_empty() {
        if let Some(Some(answer)) = answers.try_next().now_or_never().transpose()? {
            println!("{}", line(answer));
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}
