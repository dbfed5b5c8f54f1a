//! `spawn_blocking`: the call blocks a thread that is there for it, and the others go on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::get_page::get_page;
use crate::sqlite;

pub async fn run(lesson: &Lesson, client: &Client, locked: Duration) -> shared::Result {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("cars.sqlite");
    sqlite::create_and_lock(&file, locked)?;
    // #region spawn_blocking
    let database = Arc::new(Mutex::new(sqlite::open(&file)?));
    let get = async |page| Ok::<_, shared::Error>((page, get_page(client, lesson.url(page)).await?));
    let mut pages = stream::iter(lesson.pages()).map(get).buffer_unordered(sqlite::AT_ONCE as usize);
    let mut stored = JoinSet::new();
    while let Some((page, (status, cars))) = pages.try_next().await? {
        let database = Arc::clone(&database);
        stored.spawn_blocking(move || {
            // Never held across an `.await`, so this may be the standard library's mutex.
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            (page, status, sqlite::store(&mut database, page, &cars))
        });
    }
    // #endregion spawn_blocking
    while let Some(page) = stored.join_next().await {
        let (page, status, count) = page?;
        println!("Page: {page} Status: {status} Cars: {}", count?);
    }
    Ok(())
}
