//! A thread of the database's own: one writer, to which pages come through a channel.

use std::thread;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::{Car, Lesson};
use tokio::sync::mpsc;

use crate::get_page::get_page;
use crate::sqlite;

pub async fn run(lesson: &Lesson, client: &Client, locked: Duration) -> shared::Result {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("cars.sqlite");
    sqlite::create_and_lock(&file, locked)?;
    let mut database = sqlite::open(&file)?;
    // #region thread
    // As many pages may wait for the writer. When there are more, `send` waits, and no further page is asked for.
    let (to_writer, mut pages) = mpsc::channel::<(u32, u16, Vec<Car>)>(100);
    let writer = thread::spawn(move || -> shared::Result {
        // It ends when the sender has been dropped and all that was sent has been stored.
        while let Some((page, status, cars)) = pages.blocking_recv() {
            let count = sqlite::store(&mut database, page, &cars)?;
            println!("Page: {page} Status: {status} Cars: {count}");
        }
        Ok(())
    });
    let get = async |page| Ok::<_, shared::Error>((page, get_page(client, lesson.url(page)).await?));
    let mut answers = stream::iter(lesson.pages()).map(get).buffer_unordered(sqlite::AT_ONCE as usize);
    while let Some((page, (status, cars))) = answers.try_next().await? {
        to_writer.send((page, status, cars)).await?;
    }
    drop(to_writer);
    // #endregion thread
    tokio::task::spawn_blocking(|| writer.join()).await?.map_err(|_| "the writer panicked")?
}
