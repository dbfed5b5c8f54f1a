//! A `?` where an answer is taken: the first page that fails takes all the others with it.
//!
//! Must fail: attempts, lines
//! May fail: line-at-once
//! Shows first: lines

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::timeout;

use crate::LIMIT;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| -> shared::Result<(u32, u16)> {
        let response = timeout(LIMIT, client.get(lesson.url(page)).send()).await??.error_for_status()?;
        let status = response.status().as_u16();
        timeout(LIMIT, response.bytes()).await??;
        Ok((page, status))
    };
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
