//! What is written into a buffer gets to disk when the buffer is full; its rest gets lost when the buffer is dropped.
//!
//! Must fail: streamed
//! May fail: files
//! Shows first: streamed
//! Says: flush

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use crate::{part, rename, save_lists};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    save_lists(lesson, &Client::new(), save_in_a_buffer).await
}

async fn save_in_a_buffer(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = BufWriter::new(File::create(part(page)).await?);
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
    }
    drop(file);
    rename(page).await?;
    Ok(status)
}
