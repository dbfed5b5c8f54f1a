//! `backon`: the same with a crate: what is tried again, when, and who is told are methods.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use console::say;
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::timeout;

use crate::page_error::{PageError, get_page, print};

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration, most: u32) -> shared::Result {
    // #region backon
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(most as usize - 1)
        .with_jitter();
    let get = async |page| {
        let url = lesson.url(page);
        let attempt = || async {
            let answer = timeout(limit, get_page(client, &url)).await;
            answer.unwrap_or(Err(PageError::Timeout))
        };
        let answer = attempt
            .retry(backoff)
            .when(PageError::may_pass)
            // `None` when there are no attempts left.
            .adjust(|why, pause| Some(pause? + why.pause().unwrap_or_default()))
            .notify(|why, pause| say(format_args!("page {page}: {why}; again in {pause:.1?}\n")));
        (page, answer.await)
    };
    // #endregion backon
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    while let Some((page, answer)) = answers.next().await {
        result = result.and(print(page, answer));
    }
    result
}
