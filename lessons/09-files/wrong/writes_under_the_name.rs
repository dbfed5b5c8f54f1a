//! The file has its name from the beginning: whoever finds it does not know whether it is whole.
//!
//! Must fail: files
//! Shows first: files
//! Says: before the page was whole

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::save_lists;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    save_lists(lesson, &Client::new(), save_under_its_name).await
}

async fn save_under_its_name(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = File::create(format!("page-{page}.html")).await?;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
        file.flush().await?;
    }
    Ok(status)
}
