//! `error_for_status` makes an error of the page that answers 404, and `?` the end of the program.
//!
//! Must fail: lines, exit
//! May fail: line-at-once
//! Shows first: exit

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
    let response = client.get(url).send().await?.error_for_status()?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((page, status, shared::first_price(&html)))
}
