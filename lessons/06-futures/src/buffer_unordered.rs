//! `buffer_unordered`: a few requests at a time, each answer as it arrives.

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize) -> shared::Result {
    // #region buffer_unordered
    let get = |page| get_page(client, page, lesson.url(page));
    let requests = stream::iter(lesson.pages()).map(get);
    let mut answers = requests.buffer_unordered(at_once);
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    // #endregion buffer_unordered
    Ok(())
}
