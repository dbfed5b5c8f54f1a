//! One request for the status, and another one for the price.
//!
//! Must fail: each-page-once
//! May fail: lines, line-at-once
//! Shows first: each-page-once

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::line;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut answers: FuturesUnordered<_> =
        lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    while let Some(answer) = answers.try_next().await? {
        println!("{}", line(answer));
    }
    Ok(())
}

async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16, Option<u32>)> {
    let status = client.get(&url).send().await?.status().as_u16();
    let html = client.get(&url).send().await?.text().await?;
    Ok((page, status, shared::first_price(&html)))
}
