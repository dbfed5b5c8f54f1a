//! `retry`: another attempt where it may help, after a pause, as long as there is a budget.

use std::cell::Cell;
use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::sleep;

use crate::page_error::{Answer, get_page_within, print};

/// The longest pause before a second attempt. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How far it grows.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration, most: u32, budget: u32) -> shared::Result {
    let budget = Budget(Cell::new(budget));
    let get = async |page| {
        let url = lesson.url(page);
        // #region attempts
        let mut attempts = 0;
        let answer = retry(most, &budget, async || {
            attempts += 1;
            get_page_within(limit, client, &url).await
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
async fn retry<F>(most: u32, budget: &Budget, mut attempt: F) -> Answer
where
    F: AsyncFnMut() -> Answer,
{
    let (mut number, mut pause) = (1, FIRST_PAUSE);
    loop {
        let answer = attempt().await;
        let Err(why) = &answer else { return answer };
        if number == most || !why.may_pass() || !budget.take() {
            return answer;
        }
        // Not before the site asks for it, and not all at one moment.
        let jitter = pause.mul_f64(fastrand::f64());
        sleep(why.pause().saturating_add(jitter)).await;
        number += 1;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
// #endregion retry

// #region budget
/// Attempts that all pages together may make beyond their first ones.
struct Budget(Cell<u32>);

impl Budget {
    fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}
// #endregion budget
