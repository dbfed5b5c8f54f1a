//! `parse`: the mistake. Slow work on the async thread: while it lasts, nobody's answer is taken, nothing is asked for.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, folder: &Path) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    let mut pages = stream::iter(lesson.pages()).map(get).buffer_unordered(at_once);
    // #region parse
    while let Some((page, status, html)) = pages.try_next().await? {
        cars::save(page, &html, folder)?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion parse
    Ok(())
}
