//! `drop`: futures are given up by dropping them. Of each nothing runs any more but destructors.

use std::mem;
use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::{Instant, timeout_at};

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let deadline = Instant::now() + patience;
    // #region drop
    let get = |page| get_with_a_note(client, page, lesson.url(page));
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Ok(answer) = timeout_at(deadline, answers.try_next()).await {
        let Some((page, status)) = answer? else { break };
        println!("Page: {page} Status: {status}");
    }
    // The timeout ended the waiting for an answer. This ends the requests.
    drop(answers);
    // #endregion drop
    Ok(())
}

// #region unfinished
/// Says which page was given up, if it is dropped.
struct Unfinished(u32);

impl Drop for Unfinished {
    fn drop(&mut self) {
        say(format_args!("page {} was given up\n", self.0));
    }
}
// #endregion unfinished

async fn get_with_a_note(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16)> {
    // #region get_with_a_note
    let unfinished = Unfinished(page);
    let answer = get_page(client, page, url).await;
    // Not reached when the future is dropped while it waits above.
    mem::forget(unfinished);
    answer
    // #endregion get_with_a_note
}
