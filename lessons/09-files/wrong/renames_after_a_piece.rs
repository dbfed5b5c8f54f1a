//! The file gets its name when something is in it, not when all is.
//!
//! Must fail: files
//! Shows first: files
//! Says: before the page was whole

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::{part, rename, save_lists};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    save_lists(lesson, &Client::new(), save_and_rename_soon).await
}

async fn save_and_rename_soon(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = File::create(part(page)).await?;
    let mut is_renamed = false;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
        if !is_renamed {
            rename(page).await?;
            is_renamed = true;
        }
        file.flush().await?;
    }
    Ok(status)
}
