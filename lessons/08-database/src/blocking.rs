//! A driver that blocks, called in an `async fn`: until the call returns, the thread does nothing else.

use std::cell::RefCell;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;
use crate::sqlite;

pub async fn run(lesson: &Lesson, client: &Client, locked: Duration) -> shared::Result {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("cars.sqlite");
    sqlite::create_and_lock(&file, locked)?;
    // #region blocking
    let database = RefCell::new(sqlite::open(&file)?);
    let store = async |page| -> shared::Result<_> {
        let (status, cars) = get_page(client, lesson.url(page)).await?;
        // While this waits for the lock, no other page is asked for, and no answer is taken.
        let count = sqlite::store(&mut database.borrow_mut(), page, &cars)?;
        Ok((page, status, count))
    };
    let mut stored = stream::iter(lesson.pages()).map(store).buffer_unordered(sqlite::AT_ONCE as usize);
    // #endregion blocking
    while let Some((page, status, count)) = stored.try_next().await? {
        println!("Page: {page} Status: {status} Cars: {count}");
    }
    Ok(())
}
