//! It polls the answers every 10 ms, whether or not something has woken them.
//!
//! Must fail: idle-while-waiting
//! Shows first: idle-while-waiting

use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::sleep;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut answers: FuturesUnordered<_> =
        lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    while !answers.is_empty() {
        match answers.try_next().now_or_never().transpose()? {
            Some(Some(answer)) => println!("{}", line(answer)),
            _ => sleep(Duration::from_millis(10)).await,
        }
    }
    Ok(())
}
