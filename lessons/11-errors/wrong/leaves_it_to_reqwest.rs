//! reqwest's own retries come at once: it does not look at Retry-After.
//!
//! Must fail: attempts
//! Shows first: attempts

use reqwest::{Client, StatusCode, retry};
use shared::Lesson;

use crate::{all_pages, attempt, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let host = reqwest::Url::parse(&lesson.url(1))?.host_str().unwrap_or_default().to_owned();
    let policy = retry::for_host(host).classify_fn(|attempt| match attempt.status() {
        Some(StatusCode::SERVICE_UNAVAILABLE) => attempt.retryable(),
        _ => attempt.success(),
    });
    let client = Client::builder().retry(policy).build()?;
    all_pages(lesson, async |url| attempt(&client, url).await, next).await
}
