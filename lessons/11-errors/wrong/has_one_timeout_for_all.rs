//! The timeout is around everything, and not around an attempt: the page that does not answer never gets a second one, nor
//! a line.
//!
//! Must fail: attempts, lines
//! Shows first: lines

use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::time::timeout;

use crate::{all_pages, attempt_without_limit, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let all = all_pages(lesson, async |url| attempt_without_limit(&client, url).await, next);
    timeout(Duration::from_secs(6), all).await?
}
