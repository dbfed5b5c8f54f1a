//! The answers come in the right order, but they are all collected before the first line is printed.
//!
//! Must fail: line-at-once
//! May fail: lines
//! Shows first: line-at-once

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let answers: FuturesUnordered<_> = lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    let answers: Vec<_> = answers.try_collect().await?;
    for answer in answers {
        println!("{}", line(answer));
    }
    Ok(())
}
