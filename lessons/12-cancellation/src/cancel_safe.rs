//! `cancel-safe`: a page is read line by line, and now and then it is said how far. No byte is lost by that.

use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::select;
use tokio::time::{Instant, interval_at};

use crate::body::{self, Answer};

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let read = |page| read_lines(client, page, lesson.url(page), patience);
    let mut answers: FuturesUnordered<_> = lesson.pages().map(read).collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}

async fn read_lines(client: &Client, page: u32, url: String, patience: Duration) -> shared::Result<(u32, u16)> {
    let Answer { status, body, length } = body::ask(client, url).await?;
    let mut ticks = interval_at(Instant::now() + patience, patience);
    let progress = |read| say(format_args!("page {page}: {read} bytes so far\n"));
    let mut read = 0;
    // #region cancel_safe
    let mut lines = BufReader::new(body).lines();
    loop {
        select! {
            line = lines.next_line() => match line? {
                Some(line) => read += line.len() + 1,
                None => break,
            },
            _ = ticks.tick() => progress(read),
        }
    }
    // #endregion cancel_safe
    let length = length.await?.map_err(|why| why.on_page(page))?;
    body::compare(page, read, length)?;
    Ok((page, status))
}
