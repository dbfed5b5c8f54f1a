//! `backon`: the same with a crate: what is tried again, when, and who is told are methods.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use console::say;
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::page_error::{PageError, get_page_within, print};

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration, most: u32) -> shared::Result {
    // #region backoff
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(most as usize - 1)
        .with_jitter();
    // #endregion backoff
    let get = async |page| {
        let url = lesson.url(page);
        let note = |why: &PageError, pause| say(format_args!("page {page}: {why}; again in {pause:.1?}\n"));
        // #region backon
        let attempt = || get_page_within(limit, client, &url);
        let answer = attempt
            .retry(backoff)
            .when(PageError::may_pass)
            // `pause` is `None` when no attempts are left.
            .adjust(|why, pause| Some(why.pause().saturating_add(pause?)))
            .notify(note);
        // #endregion backon
        (page, answer.await)
    };
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    while let Some((page, answer)) = answers.next().await {
        result = result.and(print(page, answer));
    }
    result
}
