//! `FuturesUnordered`: each answer as it arrives.

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region unordered
    let get = |page| get_page(client, page, lesson.url(page));
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    // #endregion unordered
    Ok(())
}
