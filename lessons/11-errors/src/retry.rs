//! `retry`: another attempt where it may help, after a pause, as long as there is a budget.

use std::cell::Cell;
use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::{sleep, timeout};

use crate::page_error::{PageError, get_page, print};

/// The pause before a second attempt is a part of this at most,
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// and before a later one of this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration, most: u32, budget: u32) -> shared::Result {
    let budget = Budget(Cell::new(budget));
    let get = async |page| {
        let url = lesson.url(page);
        // #region attempts
        let mut attempts = 0;
        let answer = retry(most, &budget, async || {
            attempts += 1;
            timeout(limit, get_page(client, &url)).await.unwrap_or(Err(PageError::Timeout))
        });
        let answer = answer.await;
        // #endregion attempts
        if attempts > 1 {
            say(format_args!("page {page}: {attempts} attempts\n"));
        }
        (page, answer)
    };
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    while let Some((page, answer)) = answers.next().await {
        result = result.and(print(page, answer));
    }
    result
}

// #region retry
async fn retry<T>(
    most: u32,
    budget: &Budget,
    mut attempt: impl AsyncFnMut() -> Result<T, PageError>,
) -> Result<T, PageError> {
    let (mut number, mut pause) = (1, FIRST_PAUSE);
    loop {
        let result = attempt().await;
        let Err(why) = &result else { return result };
        if number == most || !why.may_pass() || !budget.take() {
            return result;
        }
        // Never before the site asks for it, and not all at the same moment.
        let jitter = pause.mul_f64(fastrand::f64());
        sleep(why.pause().unwrap_or_default() + jitter).await;
        number += 1;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
// #endregion retry

// #region budget
/// How many more attempts all pages together may make beyond their first.
struct Budget(Cell<u32>);

impl Budget {
    fn take(&self) -> bool {
        let Some(left) = self.0.get().checked_sub(1) else { return false };
        self.0.set(left);
        true
    }
}
// #endregion budget
