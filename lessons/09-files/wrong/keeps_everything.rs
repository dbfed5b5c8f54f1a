//! Each piece is written at once, and kept all the same: memory grows with the page.
//!
//! Must fail: streamed
//! Shows first: streamed
//! Says: memory had grown

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::{part, rename, save_lists};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    save_lists(lesson, &Client::new(), save_and_keep).await
}

async fn save_and_keep(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = File::create(part(page)).await?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
        file.write_all(&piece).await?;
        file.flush().await?;
    }
    assert!(!body.is_empty());
    rename(page).await?;
    Ok(status)
}
