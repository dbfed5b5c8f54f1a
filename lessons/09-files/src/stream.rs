//! `stream`: each page's body goes to disk as it comes, a piece at a time, whatever its size.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, folder: &Path) -> shared::Result {
    let save = |page| async move {
        let saved = save_page(client, page, lesson.url(page), folder).await;
        saved.map_err(|why| why.on_page(page))
    };
    let mut saved = stream::iter(lesson.pages()).map(save).buffer_unordered(at_once);
    while let Some((page, status)) = saved.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}

// #region save_page
async fn save_page(client: &Client, page: u32, url: String, folder: &Path) -> shared::Result<(u32, u16)> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    // Whoever finds `page-3.html` finds all of it.
    let part = folder.join(format!("page-{page}.html.part"));
    let mut file = File::create(&part).await?;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
    }
    // The last write goes on in the background until then, and can still fail.
    file.flush().await?;
    fs::rename(&part, folder.join(format!("page-{page}.html"))).await?;
    Ok((page, status))
}
// #endregion save_page
