//! `async-mutex`: tokio's mutex where it is right. All pages go to one file, and the lines of a page stay together.

use std::io;
use std::path::Path;
use std::sync::Arc;

use reqwest::Client;
use shared::{Car, Lesson, cars};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::common::{all_done, get_page};

pub async fn run(lesson: &Lesson, client: &Client, output: &Path) -> shared::Result {
    let cant_be_written = |why| format!("{} can't be written: {why}; choose another with --output", output.display());
    let file = Arc::new(Mutex::new(create(output).await.map_err(cant_be_written)?));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, file) = (client.clone(), lesson.url(page), Arc::clone(&file));
        // #region async_mutex
        tasks.spawn(async move {
            let (status, html) = get_page(&client, url).await?;
            // Held to the end: nobody else may write in between.
            let mut file = file.lock().await;
            for car in cars(&html) {
                file.write_all(line(page, &car).as_bytes()).await?;
            }
            file.flush().await?;
            println!("Page: {page} Status: {status}");
            Ok(())
        });
        // #endregion async_mutex
    }
    all_done(tasks).await
}

fn line(page: u32, car: &Car) -> String {
    format!("{page};{} {};{}\n", car.make, car.model, car.price)
}

/// Creates a file, and its folder if that is not there.
async fn create(output: &Path) -> io::Result<File> {
    fs::create_dir_all(output.parent().unwrap_or(output)).await?;
    File::create(output).await
}
