//! `reqwest-retry`: what reqwest can do by itself. It has a budget, and no pause: Retry-After is not looked at.

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::{Client, StatusCode, retry};
use shared::Lesson;

use crate::page_error::{get_page, print};

pub async fn run(lesson: &Lesson, most: u32) -> shared::Result {
    let host = reqwest::Url::parse(&lesson.url(1))?.host_str().unwrap_or_default().to_owned();
    // #region reqwest_retry
    let policy = retry::for_host(host).max_retries_per_request(most - 1);
    let policy = policy.classify_fn(|attempt| match attempt.status() {
        Some(StatusCode::SERVICE_UNAVAILABLE) => attempt.retryable(),
        _ => attempt.success(),
    });
    let client = Client::builder().retry(policy).build()?;
    // #endregion reqwest_retry
    let get = async |page| (page, get_page(&client, &lesson.url(page)).await);
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    while let Some((page, answer)) = answers.next().await {
        result = result.and(print(page, answer));
    }
    result
}
