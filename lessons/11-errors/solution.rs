//! Homework 11. Pages go wrong, each in its own way. Each is asked for again where that helps, nobody waits for another,
//! and a line says what became of each page.
//!
//!     Page: 3 Status: 200
//!     Page: 7 Error: timeout     after a second attempt of two seconds
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson11 --bin homework11 -- --fault 3:fail-first=2,retry-after=2 --fault 5:cut-first=1 --fault 7:never
//!     cargo homework check 11

// #region answer
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode};
use tokio::time::{sleep, timeout};
// #endregion answer

use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
/// What an attempt that was answered led to.
enum Answer {
    Status(u16),
    /// The site asks to be left alone for so long.
    Later(Duration),
}

/// Asks for a page once, and reads it whole.
async fn attempt(client: &Client, url: &str) -> reqwest::Result<Answer> {
    let response = client.get(url).send().await?;
    let status = response.status();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return Ok(Answer::Later(Duration::from_secs(retry_after(&response).unwrap_or(1))));
    }
    response.bytes().await?;
    Ok(Answer::Status(status.as_u16()))
}

fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

/// Asks for a page until it is there, or no further attempt may help. The error is what its line says.
async fn get_page(client: &Client, url: &str) -> Result<u16, &'static str> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (most, pause, why) = match timeout(Duration::from_secs(2), attempt(client, url)).await {
            Ok(Ok(Answer::Status(status))) => return Ok(status),
            Ok(Ok(Answer::Later(pause))) => (3, pause, "unavailable"),
            Ok(Err(_)) => (3, Duration::from_millis(100), "connection broken"),
            Err(_) => (2, Duration::ZERO, "timeout"),
        };
        if attempts >= most {
            return Err(why);
        }
        // Only this page's future waits here.
        sleep(pause).await;
    }
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: ask for all pages at once, and for each again as the task says; say at once what became of it
    let client = Client::new();
    let get = async |page| (page, get_page(&client, &lesson.url(page)).await);
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut missing = 0;
    while let Some((page, answer)) = answers.next().await {
        match answer {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => {
                println!("Page: {page} Error: {why}");
                missing += 1;
            }
        }
    }
    if missing > 0 {
        return Err(format!("pages that are missing: {missing}").into());
    }
    Ok(())
    // #endregion answer
}
