//! Page after page: each waits for all pauses and timeouts of those before it.
//!
//! Must fail: in-flight
//! May fail: each-page-once, lines, attempts, given-up, exit
//! Shows first: in-flight, each-page-once

use reqwest::Client;
use shared::Lesson;

use crate::{attempt, get_page, next, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut result = Ok(());
    for page in lesson.pages() {
        let url = lesson.url(page);
        let outcome = get_page(async || attempt(&client, &url).await, next).await;
        result = result.and(print(page, outcome));
    }
    result
}
