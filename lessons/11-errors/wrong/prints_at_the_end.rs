//! Waits for all pages, and then prints all lines: until the last page is given up, nothing is said about any.
//!
//! Must fail: line-at-once
//! May fail: each-page-once, lines, attempts
//! Shows first: line-at-once, each-page-once, lines

use futures::future::join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{attempt, get_page, next, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| {
        let url = lesson.url(page);
        (page, get_page(async || attempt(&client, &url).await, next).await)
    };
    let outcomes = join_all(lesson.pages().map(get)).await;
    outcomes.into_iter().map(|(page, outcome)| print(page, outcome)).fold(Ok(()), Result::and)
}
