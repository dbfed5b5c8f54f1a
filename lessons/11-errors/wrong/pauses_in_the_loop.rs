//! The pause is in the loop that takes the answers: meanwhile nobody's line is printed.
//!
//! Must fail: lines or line-at-once
//! May fail: each-page-once, attempts
//! Shows first: each-page-once, line-at-once, lines

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::sleep;

use crate::{attempt, next, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page, number| (page, number, attempt(&client, &lesson.url(page)).await);
    let mut attempts: FuturesUnordered<_> = lesson.pages().map(|page| get(page, 1)).collect();
    let mut result = Ok(());
    while let Some((page, number, attempt)) = attempts.next().await {
        match next(&attempt) {
            Ok(status) => print(page, Ok(status))?,
            Err((most, pause, _)) if number < most => {
                sleep(pause).await;
                attempts.push(get(page, number + 1));
            }
            Err((_, _, why)) => result = result.and(print(page, Err(why))),
        }
    }
    result
}
