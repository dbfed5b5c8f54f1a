//! Lesson 11's wrong programs: mistakes that people make there, which `cargo homework check 11` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson11 --example wrong11 -- has-no-timeout --fault 3:never

mod asks_again_at_once;
mod ends_well;
mod ends_with_the_first_error;
mod gives_up_after_two;
mod has_no_timeout;
mod has_one_timeout_for_all;
mod leaves_it_to_reqwest;
mod pauses_in_the_loop;
mod pauses_one_second;
mod prints_at_the_end;
mod reads_milliseconds;
mod reads_no_body;
mod says_it_in_other_words;
mod takes_404_for_an_error;
mod takes_page_after_page;
mod treats_all_errors_alike;
mod tries_404_again;
mod tries_timeouts_three_times;

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode};
use shared::Lesson;
use tokio::time::{sleep, timeout};

testing::wrong!(
    block_on:
    asks_again_at_once,
    ends_well,
    ends_with_the_first_error,
    gives_up_after_two,
    has_no_timeout,
    has_one_timeout_for_all,
    leaves_it_to_reqwest,
    pauses_in_the_loop,
    pauses_one_second,
    prints_at_the_end,
    reads_milliseconds,
    reads_no_body,
    says_it_in_other_words,
    takes_404_for_an_error,
    takes_page_after_page,
    treats_all_errors_alike,
    tries_404_again,
    tries_timeouts_three_times,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// How an attempt ended.
enum Attempt {
    Status(u16),
    /// 503, with so many seconds in Retry-After.
    Unavailable(u64),
    Broken,
    Timeout,
}

/// What became of a page: its status, or the words of its line.
type Outcome = Result<u16, &'static str>;

/// After how long an attempt is given up.
const LIMIT: Duration = Duration::from_secs(2);
/// The pause after a connection broke.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks for a page once, as it should be done.
async fn attempt(client: &Client, url: &str) -> Attempt {
    timeout(LIMIT, attempt_without_limit(client, url)).await.unwrap_or(Attempt::Timeout)
}

async fn attempt_without_limit(client: &Client, url: &str) -> Attempt {
    let Ok(response) = client.get(url).send().await else { return Attempt::Broken };
    let status = response.status();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return Attempt::Unavailable(retry_after(&response));
    }
    if response.bytes().await.is_err() { Attempt::Broken } else { Attempt::Status(status.as_u16()) }
}

fn retry_after(response: &Response) -> u64 {
    let header = response.headers().get(RETRY_AFTER).and_then(|header| header.to_str().ok());
    header.and_then(|seconds| seconds.parse().ok()).unwrap_or(1)
}

/// How many attempts there may be at a page in all, the pause before the next, and the words for its line if there is none.
type Next = (u32, Duration, &'static str);

/// What should be done after an attempt.
fn next(attempt: &Attempt) -> Result<u16, Next> {
    match *attempt {
        Attempt::Status(status) => Ok(status),
        Attempt::Unavailable(seconds) => Err((3, Duration::from_secs(seconds), "unavailable")),
        Attempt::Broken => Err((3, PAUSE, "connection broken")),
        Attempt::Timeout => Err((2, Duration::ZERO, "timeout")),
    }
}

/// Makes attempts at a page, after each of which `next` says what is to be done.
async fn get_page(attempt: impl AsyncFn() -> Attempt, next: impl Fn(&Attempt) -> Result<u16, Next>) -> Outcome {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (most, pause, why) = match next(&attempt().await) {
            Ok(status) => return Ok(status),
            Err(next) => next,
        };
        if attempts >= most {
            return Err(why);
        }
        sleep(pause).await;
    }
}

/// Asks for all pages at once, with `attempt` and `next`, and says of each what became of it.
async fn all_pages(
    lesson: &Lesson,
    attempt: impl AsyncFn(&str) -> Attempt,
    next: impl Fn(&Attempt) -> Result<u16, Next>,
) -> shared::Result {
    let get = async |page| {
        let url = lesson.url(page);
        (page, get_page(async || attempt(&url).await, &next).await)
    };
    let mut outcomes: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    while let Some((page, outcome)) = outcomes.next().await {
        result = result.and(print(page, outcome));
    }
    result
}

/// The same with another `next` alone.
async fn all_pages_with(lesson: &Lesson, next: impl Fn(&Attempt) -> Result<u16, Next>) -> shared::Result {
    let client = Client::new();
    all_pages(lesson, async |url| attempt(&client, url).await, next).await
}

/// Says what became of a page.
fn print(page: u32, outcome: Outcome) -> shared::Result {
    match outcome {
        Ok(status) => println!("Page: {page} Status: {status}"),
        Err(why) => {
            println!("Page: {page} Error: {why}");
            return Err(format!("page {page}: {why}").into());
        }
    }
    Ok(())
}
