//! `cancel-unsafe`: the same reader with its mistake. What it had read of a line is lost when it is said how far it is.

use std::io::ErrorKind;
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
    // #region cancel_unsafe
    let (mut body, mut line) = (BufReader::new(body), String::new());
    loop {
        select! {
            length = body.read_line(&mut line) => match length {
                Ok(0) => break,
                Ok(length) => {
                    read += length;
                    line.clear();
                }
                // The rest of a line may begin in the middle of a letter.
                Err(why) if why.kind() == ErrorKind::InvalidData => {}
                Err(why) => return Err(why.into()),
            },
            _ = ticks.tick() => progress(read),
        }
    }
    // #endregion cancel_unsafe
    let length = length.await?.map_err(|why| why.on_page(page))?;
    body::compare(page, read, length)?;
    Ok((page, status))
}
