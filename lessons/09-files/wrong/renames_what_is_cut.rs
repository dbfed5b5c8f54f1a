//! A connection that breaks off is taken for the body's end.
//!
//! Must fail: exit, files, lines
//! Shows first: files
//! Says: did not come whole

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::{part, rename, save_lists};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    save_lists(lesson, &Client::new(), save_what_comes).await
}

async fn save_what_comes(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = File::create(part(page)).await?;
    while let Ok(Some(piece)) = response.chunk().await {
        file.write_all(&piece).await?;
        file.flush().await?;
    }
    rename(page).await?;
    Ok(status)
}
