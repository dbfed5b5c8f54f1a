//! `spawn-blocking`: the first cure. Each page is parsed on a thread of the runtime's pool for what blocks.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, folder: &Path) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    let mut pages = stream::iter(lesson.pages()).map(get).buffer_unordered(at_once);
    // #region spawn_blocking
    let mut parsing = JoinSet::new();
    while let Some((page, status, html)) = pages.try_next().await? {
        let folder = folder.to_owned();
        parsing.spawn_blocking(move || -> shared::Result {
            cars::save(page, &html, &folder)?;
            println!("Page: {page} Status: {status}");
            Ok(())
        });
    }
    while let Some(parsed) = parsing.join_next().await {
        parsed??;
    }
    // #endregion spawn_blocking
    Ok(())
}
